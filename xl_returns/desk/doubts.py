"""What a person should look at again in rows that could all be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.policies import grid_of
from xl_returns.core import money
from xl_returns.core.decide import Decisions, lacking
from xl_returns.core.facts import Flags
from xl_returns.core.findings import Finding
from xl_returns.core.language import counted, marked, phrased
from xl_returns.core.policy_settings import HOME
from xl_returns.core.sheets import SETTINGS
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


def wait_for_shop(decisions: Decisions) -> Flags:
    """Rows that are held for nothing but their Marketplace."""
    rows, cells = decisions.facts.rows, lacking(decisions)
    shop = cells.pop("Marketplace") & (decisions.action != decisions.ruled)
    own = rows.codes["Override Action"] != BLANK
    return shop & ~own & ~rows.unread() & ~np.any(list(cells.values()), axis=0)


def waiting(book: Book, count: int) -> list[Finding]:
    """How many rows wait for their Marketplace, told once, at the setting that imports read."""
    if not count:
        return []
    grid = grid_of(book, SETTINGS)
    lines = grid.rows() if grid else ()
    at = [index for index, line in lines if line["Setting"] == HOME]
    place = grid.place(at[0], "Value") if grid and at else SETTINGS.name
    problem = counted(
        marked("1 row waits only for its Marketplace"),
        marked("{count:,} rows wait only for their Marketplace"),
        count=count,
    )
    remedy = phrased(
        "fill {setting} on the sheet Settings and import the reports again, import with "
        "--marketplace, or fill Marketplace in the rows",
        setting=HOME,
    )
    return [Finding(place, problem, remedy, "warning")]


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
            phrased(
                "{amount} is more than the {left} that the buyer has paid and not got back",
                amount=money.to_major(int(own[row]), places),
                left=money.to_major(int(most[row]), places),
            ),
            phrased("correct the amount"),
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
            yield Finding(
                place,
                phrased("{later} is before {earlier}", later=later, earlier=earlier),
                phrased("correct the date"),
                "warning",
            )
    for name in ("Order Date", "Delivered Date", "Request Date", "Received Date"):
        for row in np.flatnonzero((days[name] != BLANK) & (days[name] > today)).tolist():
            place = table.place(filled[row], name)
            yield Finding(
                place,
                phrased("{name} lies in the future", name=name),
                phrased("correct the date"),
                "warning",
            )


def _reasons(
    decisions: Decisions, table: ReturnsTable, filled: Sequence[int], told: set[str]
) -> Iterator[Finding]:
    facts = decisions.facts
    for row in np.flatnonzero(~facts.reason.known).tolist():
        reason = facts.rows.text["Reason"][row]
        if reason not in told:
            told.add(reason)
            place = table.place(filled[row], "Reason")
            yield Finding(
                place,
                phrased("{reason} is not known", reason=reason),
                phrased("add it to the Reasons sheet"),
                "warning",
            )
