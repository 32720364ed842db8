"""What a person should look at again in rows that could all be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from xl_returns.core import money
from xl_returns.core.decide import Decisions
from xl_returns.core.findings import Finding
from xl_returns.core.tables import BLANK, Codes
from xl_returns.desk.table import ReturnsTable

_LATER: Final = (
    ("Order Date", "Delivered Date"),
    ("Order Date", "Request Date"),
    ("Order Date", "Received Date"),
)


def doubts(
    decisions: Decisions, table: ReturnsTable, filled: Sequence[int], told: set[str]
) -> list[Finding]:
    """Amounts above what was paid, dates that cannot be, reasons that the policy does not know.

    A reason is told of once; `told` gathers them.
    """
    return [
        *_own_amounts(decisions, table, filled),
        *_dates(decisions, table, filled),
        *_reasons(decisions, table, filled, told),
    ]


def _own_amounts(
    decisions: Decisions, table: ReturnsTable, filled: Sequence[int]
) -> Iterator[Finding]:
    rows, due = decisions.facts.rows, decisions.money
    own = rows.amounts["Override Refund"]
    most = _without_goods(decisions)
    for row in np.flatnonzero((own != BLANK) & (due.net_paid != BLANK) & (own > most)).tolist():
        places = int(rows.places[row])
        yield Finding(
            table.place(filled[row], "Override Refund"),
            f"{money.to_major(int(own[row]), places)} is more than the "
            f"{money.to_major(int(most[row]), places)} that the buyer has paid and not got back",
            "correct the amount",
        )


def _without_goods(decisions: Decisions) -> Codes:
    due, shipping = decisions.money, decisions.facts.rows.amounts["Shipping Paid"]
    paid = due.net_paid + np.where(shipping == BLANK, 0, shipping)
    return np.maximum(paid - due.refunded, 0)


def _dates(decisions: Decisions, table: ReturnsTable, filled: Sequence[int]) -> Iterator[Finding]:
    days, today = decisions.facts.rows.days, decisions.facts.today
    for earlier, later in _LATER:
        known = (days[earlier] != BLANK) & (days[later] != BLANK)
        for row in np.flatnonzero(known & (days[later] < days[earlier])).tolist():
            place = table.place(filled[row], later)
            yield Finding(place, f"{later} is before {earlier}", "correct the date", "warning")
    for name in ("Order Date", "Delivered Date", "Request Date", "Received Date"):
        for row in np.flatnonzero((days[name] != BLANK) & (days[name] > today)).tolist():
            place = table.place(filled[row], name)
            yield Finding(place, f"{name} lies in the future", "correct the date", "warning")


def _reasons(
    decisions: Decisions, table: ReturnsTable, filled: Sequence[int], told: set[str]
) -> Iterator[Finding]:
    facts = decisions.facts
    for row in np.flatnonzero(~facts.reason.known).tolist():
        reason = facts.rows.text["Reason"][row]
        if reason not in told:
            told.add(reason)
            place = table.place(filled[row], "Reason")
            yield Finding(place, f"{reason} is not known", "add it to the Reasons sheet", "warning")
