"""Clocks of a row: what must happen by which day, and until when an appeal is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.facts import Facts, Flags
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes, among

NEVER: Final = np.iinfo(np.int64).max
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
    until = np.full(facts.rows.count, BLANK, dtype=np.int64)
    for code, name in enumerate(WINDOWS):
        until = np.where(route == code, _run(facts, book, name), until)
    running = {
        name: np.where(rows, _run(facts, book, name), BLANK)
        for name, rows in _running(facts, action).items()
    }
    claiming = _did(action, terms.FILE_CLAIM) & (until != BLANK)
    days = [*running.values(), np.where(claiming, until, BLANK)]
    nearest = np.min([np.where(day == BLANK, NEVER, day) for day in days], axis=0)
    windows = {name: np.where(route == code, until, BLANK) for code, name in enumerate(WINDOWS)}
    due = np.where(nearest == NEVER, BLANK, nearest)
    return Clocks(due, route, until, {**running, **windows})


def _did(action: Codes, *names: str) -> Flags:
    return among(action, map(terms.ACTIONS.index, names))


def _run(facts: Facts, book: Rulebook, name: str) -> Codes:
    """The last day of a clock. A withdrawal may be refunded as late as the goods are back: it is
    then due at once (Directive 2011/83/EU art. 13(3))."""
    asked, received = facts.rows.days["Request Date"], facts.rows.days["Received Date"]
    starts = {"Refund after receipt": received, "SAFE-T claim": np.maximum(asked, received)}
    last = book.due(name, facts.rows.codes["Marketplace"], starts.get(name, asked))
    if name == "Withdrawal refund":
        return np.where(last == BLANK, BLANK, np.maximum(last, received))
    return last


def _running(facts: Facts, action: Codes) -> dict[str, Flags]:
    """The rows in which each clock runs, by its name in Deadlines."""
    ours = facts.is_("Controller", "Seller")
    open_ours = ours & ~_did(action, terms.NO_ACTION)
    back = facts.is_("Received", "Y")
    return {
        "Answer request": open_ours & facts.is_("Status", "Requested"),
        "Refund after receipt": open_ours & back,
        "Withdrawal refund": open_ours & back & facts.is_("Withdrawal", "Y"),
        "A-to-z answer": _did(action, terms.HOLD) & facts.is_("A-to-z", "Y"),
        "FBA claim opens": _did(action, terms.CHECK_REIMBURSEMENT),
    }


def _route(facts: Facts, action: Codes) -> Codes:
    fba = facts.is_("Channel", "FBA")
    held = _did(action, terms.HOLD)
    carrier = facts.is_("Fault", "Carrier") & facts.is_("Controller", "Seller")
    conditions = [
        fba & _did(action, terms.FILE_CLAIM, terms.CHECK_REIMBURSEMENT),
        ~fba & facts.is_("A-to-z", "Y") & ~_did(action, terms.NO_ACTION),
        ~fba & _did(action, terms.FILE_CLAIM),
        ~fba & carrier & ~_did(action, terms.NO_ACTION),
        ~fba & held & facts.is_("State", "Different"),
    ]
    return np.select(conditions, [_FBA, _A_TO_Z, _SAFE_T, _CARRIER, _SAFE_T], BLANK)
