"""Claims that the Reconcile sheet names, each read from its cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.core import cells, money, serials, terms
from xl_returns.core.findings import Finding
from xl_returns.core.language import phrased
from xl_returns.core.ledgers import RECONCILE, SETTLED
from xl_returns.core.messages import one_line
from xl_returns.desk import ledger

_TOLD: Final = ("Finding", "Units", "Seen In", "What To Do", "Your Note")
_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Claim:
    """A line of the Reconcile sheet with a route of appeal; amount in minor units."""

    return_id: str
    order_id: str
    sku: str
    route: str
    opens: dt.date | None
    closes: dt.date | None
    amount: int | None
    currency: str
    told: tuple[tuple[str, str], ...]


def claims_of(book: Book, today: dt.date) -> tuple[list[Claim], list[Finding]]:
    """The claims whose window has not closed, and cells that cannot be read."""
    found, findings = [], []
    for row, line in ledger.numbered(book, RECONCILE):
        text = {header: one_line(cells.text_of(line[header])) for header in RECONCILE.headers}
        if text["Route"] not in terms.APPEALS or text["Finding"].startswith(SETTLED):
            continue
        reader = _Reader(book, row, line)
        claim = _claim(text, reader)
        findings += reader.findings
        if claim.closes is None or claim.closes >= today:
            found.append(claim)
    return found, findings


def date_in(value: object) -> dt.date | None:
    """The day that a cell holds, as a serial number or as text; None for a blank. CellProblem."""
    if serials.is_day(value):
        return serials.date_of(value)
    if isinstance(value, (bool, float)):
        raise cells.CellProblem(
            phrased("`{value}` is not a date", value=value), phrased("write it as 2026-01-31")
        )
    days = cells.day(value)
    return None if days is None else cells.date_of(days)


class _Reader:
    """Reads the cells of one line; what cannot be read counts as blank and is a finding."""

    def __init__(self, book: Book, row: int, line: ledger.Line) -> None:
        self._book, self._row, self._line = book, row, line
        self.findings: list[Finding] = []

    def read(self, header: str, read: Callable[[Value], _Read]) -> _Read | None:
        """What a cell says."""
        try:
            return read(self._line[header])
        except cells.CellProblem as problem:
            place = self._book.tables[RECONCILE.table].place(self._row, header)
            self.findings.append(Finding(place, problem.problem, problem.remedy))
            return None


def _claim(text: dict[str, str], reader: _Reader) -> Claim:
    places = money.decimals(text["Currency"])
    return Claim(
        return_id=text["Return ID"],
        order_id=text["Order ID"],
        sku=text["SKU"],
        route=text["Route"],
        opens=reader.read("Opens", date_in),
        closes=reader.read("Closes", date_in),
        amount=reader.read("Amount", lambda value: _amount(value, places)),
        currency=text["Currency"],
        told=tuple((name, text[name]) for name in _TOLD if text[name]),
    )


def _amount(value: Value, places: int) -> int | None:
    if value is None or value == "":
        return None
    wrong = cells.CellProblem(
        phrased("`{value}` is not an amount", value=value), phrased("write an amount such as 12.50")
    )
    if isinstance(value, bool):
        raise wrong
    try:
        number = money.exact(value)
    except ValueError:
        raise wrong from None
    if not 0 <= number * 10**places <= money.MAX_MINOR:
        raise wrong
    return money.to_minor(number, places)
