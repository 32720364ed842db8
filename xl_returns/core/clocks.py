"""Deadlines of a row: the nearest day by which something must happen, and the appeal's last day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.facts import Facts, Flags
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes

NEVER: Final = np.iinfo(np.int64).max
_SAFE_T, _A_TO_Z, _FBA, _CARRIER = range(4)


@dataclass(frozen=True)
class Clocks:
    """Per row: the due day, the appeal route (position in terms.APPEALS) and its last day."""

    due: Codes
    appeal: Codes
    appeal_until: Codes


def clocks(facts: Facts, book: Rulebook, action: Codes) -> Clocks:
    """What is due when, given the action; BLANK where nothing is due or no route is open."""
    route = _route(facts, action)
    until = np.full(facts.rows.count, BLANK, dtype=np.int64)
    for code, name in enumerate(
        ("SAFE-T claim", "A-to-z appeal", "FBA claim closes", "Carrier claim")
    ):
        until = np.where(route == code, _run(facts, book, name), until)
    nearest = np.full(facts.rows.count, NEVER, dtype=np.int64)
    for rows, day in _running(facts, book, action, route, until):
        nearest = np.where(rows & (day != BLANK), np.minimum(nearest, day), nearest)
    return Clocks(np.where(nearest == NEVER, BLANK, nearest), route, until)


def _did(action: Codes, *names: str) -> Flags:
    return np.isin(action, [terms.ACTIONS.index(name) for name in names])


def _run(facts: Facts, book: Rulebook, name: str) -> Codes:
    asked, received = facts.rows.days["Request Date"], facts.rows.days["Received Date"]
    starts = {"Refund after receipt": received, "SAFE-T claim": np.maximum(asked, received)}
    return book.due(name, facts.rows.codes["Marketplace"], starts.get(name, asked))


def _running(
    facts: Facts, book: Rulebook, action: Codes, route: Codes, until: Codes
) -> list[tuple[Flags, Codes]]:
    """The clocks that run, as (rows, last day)."""
    ours = facts.is_("Controller", "Seller")
    open_ours = ours & ~_did(action, terms.NO_ACTION)
    back = facts.is_("Received", "Y")
    claiming = _did(action, terms.FILE_CLAIM)
    return [
        (open_ours & facts.is_("Status", "Requested"), _run(facts, book, "Answer request")),
        (open_ours & back, _run(facts, book, "Refund after receipt")),
        (open_ours & back & facts.is_("Withdrawal", "Y"), _run(facts, book, "Withdrawal refund")),
        (_did(action, terms.HOLD) & facts.is_("A-to-z", "Y"), _run(facts, book, "A-to-z answer")),
        (claiming & (route != BLANK), until),
        (_did(action, terms.CHECK_REIMBURSEMENT), _run(facts, book, "FBA claim opens")),
    ]


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
