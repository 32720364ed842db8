"""Clocks of a row: what must happen by which day, and until when an appeal is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.facts import Facts, Flags, does
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes, chosen, places_of

_SAFE_T, _A_TO_Z, _FBA, _CARRIER = range(4)
WINDOWS: Final = ("SAFE-T claim", "A-to-z appeal", "FBA claim closes", "Carrier claim")
"""The clock of each route of appeal, in the order of terms.APPEALS."""


@dataclass(frozen=True)
class Clocks:
    """Per row: the due day, the appeal route (position in terms.APPEALS) and its last day.

    `running` has the last day of every clock by its name in Deadlines, BLANK where it stands still.
    """

    due: Codes
    appeal: Codes
    appeal_until: Codes
    running: Mapping[str, Codes]


def clocks(facts: Facts, book: Rulebook, action: Codes) -> Clocks:
    """What is due when, given the action; BLANK where nothing is due or no route is open."""
    route = _route(facts, action)
    windows = {name: route == code for code, name in enumerate(WINDOWS)}
    running = {
        name: _run(facts, book, name, rows)
        for name, rows in (_running(facts, action) | windows).items()
    }
    until = _first([running[name] for name in WINDOWS])
    claiming = np.where(does(action, terms.FILE_CLAIM), until, BLANK)
    duties = [days for name, days in running.items() if name not in WINDOWS]
    return Clocks(_first([*duties, claiming]), route, until, running)


def _first(days: Sequence[Codes]) -> Codes:
    """The earliest day of each row; BLANK where it has none.

    One below BLANK is the largest number of all, so that a blank comes last.
    """
    return reduce(np.minimum, (column - 1 for column in days)) + 1


def _run(facts: Facts, book: Rulebook, name: str, rows: Flags) -> Codes:
    """The last day of a clock that runs in some rows, BLANK in the others.

    A withdrawal may be refunded as late as the goods are back: it is then due at once (Directive
    2011/83/EU art. 13(3)).
    """
    last, at = np.full(facts.rows.count, BLANK, dtype=np.int64), places_of(rows)
    if not at.size:
        return last
    asked, received = (facts.rows.days[h][at] for h in ("Request Date", "Received Date"))
    starts = {"Refund after receipt": received, "SAFE-T claim": np.maximum(asked, received)}
    found = book.due(name, facts.rows.codes["Marketplace"][at], starts.get(name, asked))
    if name == "Withdrawal refund":
        found = np.where(found == BLANK, BLANK, np.maximum(found, received))
    last[at] = found
    return last


def _running(facts: Facts, action: Codes) -> dict[str, Flags]:
    """The rows in which each clock runs, by its name in Deadlines."""
    ours = facts.is_("Controller", "Seller")
    open_ours = ours & ~does(action, terms.NO_ACTION)
    back = facts.is_("Received", "Y")
    return {
        "Answer request": open_ours & facts.is_("Status", "Requested"),
        "Refund after receipt": open_ours & back,
        "Withdrawal refund": open_ours & back & facts.is_("Withdrawal", "Y"),
        "A-to-z answer": does(action, terms.HOLD) & facts.is_("A-to-z", "Y"),
        "FBA claim opens": does(action, terms.CHECK_REIMBURSEMENT),
    }


def _route(facts: Facts, action: Codes) -> Codes:
    fba = facts.is_("Channel", "FBA")
    held = does(action, terms.HOLD)
    carrier = facts.is_("Fault", "Carrier") & facts.is_("Controller", "Seller")
    acting = ~does(action, terms.NO_ACTION)
    cases: list[tuple[Flags, Codes | int]] = [
        (fba & does(action, terms.FILE_CLAIM, terms.CHECK_REIMBURSEMENT), _FBA),
        (~fba & facts.is_("A-to-z", "Y") & acting, _A_TO_Z),
        (~fba & does(action, terms.FILE_CLAIM), _SAFE_T),
        (~fba & carrier & acting, _CARRIER),
        (~fba & held & facts.is_("State", "Different"), _SAFE_T),
    ]
    return chosen(cases, np.full(facts.rows.count, BLANK, dtype=np.int64))
