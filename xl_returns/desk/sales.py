"""The Sales sheet: what was shipped, by SKU, marketplace and month of the order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.core import cells, serials
from xl_returns.core.ledgers import SALES
from xl_returns.desk import ledger
from xl_returns.desk.table import as_value
from xl_returns.reports import Cohort, Report, Sold, sold


def keep_sales(book: Book, reports: Iterable[Report]) -> int:
    """Keep what All orders reports say; how many lines are new or larger.

    A line gives way only to a larger count, so that importing again adds nothing; what the seller
    typed beside it stays.
    """
    if not ledger.has(book, SALES):
        return 0
    here = {_cohort(line): (row, line) for row, line in ledger.numbered(book, SALES)}
    new: list[ledger.Line] = []
    larger: dict[tuple[int, str], Value] = {}
    for cohort, told in sold(reports).items():
        row, line = here.get(cohort, (None, None))
        if row is None or line is None:
            new.append(_line(cohort, told))
        elif told.units > _units(line):
            larger |= {
                (row, "Units Shipped"): float(told.units),
                (row, "Revenue"): float(told.revenue),
            }
    book.write_cells(SALES.table, larger)
    ledger.append(book, SALES, sorted(new, key=lambda line: (str(line["SKU"]), line["Month"])))
    return len(new) + len({row for row, _ in larger})


def _cohort(line: ledger.Line) -> Cohort:
    sku, marketplace, channel, currency = (
        cells.text_of(line[name]) for name in ("SKU", "Marketplace", "Channel", "Currency")
    )
    return Cohort(sku, marketplace, channel, _month(line["Month"]), currency)


def _month(value: Value) -> dt.date:
    """The first day of a line's month; a line without one meets no cohort."""
    return serials.date_of(value).replace(day=1) if serials.is_day(value) else dt.date.min


def _units(line: ledger.Line) -> float:
    units = line["Units Shipped"]
    return units if isinstance(units, float) else 0.0


def _line(cohort: Cohort, told: Sold) -> ledger.Line:
    return {
        "SKU": cohort.sku,
        "ASIN": told.asin,
        "Marketplace": cohort.marketplace,
        "Channel": cohort.channel,
        "Month": as_value(cohort.month),
        "Units Shipped": float(told.units),
        "Currency": cohort.currency,
        "Revenue": float(told.revenue),
    }
