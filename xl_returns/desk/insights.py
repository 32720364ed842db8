"""Insights of a workbook: what returns cost, why they come, what to mend first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import default_grid, grid_of, opened
from xl_returns.core import cells, events, money, serials, sheets, terms
from xl_returns.core.findings import Finding
from xl_returns.core.language import listed, marked, phrased
from xl_returns.core.ledgers import BREAK_EVEN, CAUSES, FIX_LIST, SALES, SKU_COSTS
from xl_returns.core.rows import Rows
from xl_returns.core.tables import Codes
from xl_returns.desk import insight_lines, ledger
from xl_returns.desk.decided import Decided
from xl_returns.desk.fix_list import fix_list
from xl_returns.desk.reconcile import events_of
from xl_returns.desk.summary import coins
from xl_returns.insight.levels import Levels, RateLine, completed, read_levels, read_rates
from xl_returns.insight.overview import find
from xl_returns.insight.rows import Sale

_SHOWN: Final = 5
_IN_BRIEF: Final = 3
_SHEETS: Final = marked("Fix List, SKU Costs, Causes and Break-Even")
_LAST_MONTH: Final = 2_958_101
"""The first of January 9999: the year that is left holds all months in which its returns count."""


@dataclass(frozen=True)
class Told:
    """What insights tell, as lines of SKU Costs, Causes, Break-Even and Fix List.

    `cost` is by currency, in main units; `in_sales` counts returns of months that Sales knows.
    """

    returns: int
    in_sales: int
    cost: dict[str, float]
    sku_costs: list[ledger.Line]
    causes: list[ledger.Line]
    break_even: list[ledger.Line]
    fix_list: list[ledger.Line]
    findings: list[Finding]
    written_to: str = ""

    def __str__(self) -> str:
        return "\n".join(self._lines())

    @property
    def brief(self) -> str:
        """What a message box holds: the cost, and what to do first."""
        first = [_todo(line).strip() for line in self.fix_list[:_IN_BRIEF]]
        return "\n".join(
            [*self._head(), "", *first, "", phrased("More on {sheets}", sheets=_SHEETS)]
        )

    def _head(self) -> Iterator[str]:
        yield phrased(
            "{returns:,} returns cost  {coins}", returns=self.returns, coins=coins(self.cost)
        )
        if not self.in_sales:
            yield phrased("No rates: import All orders for what was sold")

    def _lines(self) -> Iterator[str]:
        yield from self._head()
        yield from _part(phrased("Dearest goods"), [_dear(line) for line in self.sku_costs])
        yield from _part(phrased("Why"), [_why(line) for line in self.causes])
        left = [_left(line) for line in self.break_even if line["Left On Table"]]
        yield from _part(phrased("Left on the table by the tier"), left)
        kinds = dict.fromkeys(str(line["Kind"]) for line in self.fix_list)
        for kind in kinds:
            yield from _part(kind, [_todo(x) for x in self.fix_list if x["Kind"] == kind])
        if self.written_to:
            yield self.written_to


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield phrased("  and {count:,} more", count=len(lines) - _SHOWN)


def _dear(line: ledger.Line) -> str:
    rate = line.get("Rate")
    of = (
        phrased(
            ", {value:.1f} % of those sold: {verdict}",
            value=100 * rate,
            verdict=line["Verdict"],
        )
        if isinstance(rate, float)
        else ""
    )
    told = phrased(
        "{returns}{of}; mostly {cause}",
        returns=_returns(line),
        of=of,
        cause=line["Main Cause"],
    )
    return f"{_money(line, 'Cost')}  {_place(line)} {told}"


def _why(line: ledger.Line) -> str:
    return f"{_money(line, 'Cost')}  {line['Cause']:<22} {_returns(line)}"


def _left(line: ledger.Line) -> str:
    return f"{_money(line, 'Left On Table')}  {_place(line)}  {line['What It Means']}"


def _place(line: ledger.Line) -> str:
    return f"{line['SKU']:<18} {line.get('Marketplace') or '':<3}"


def _returns(line: ledger.Line) -> str:
    count = line["Returns"]
    return phrased("1 return") if count == 1 else phrased("{count:,.0f} returns", count=count)


def _todo(line: ledger.Line) -> str:
    cause = f" {line['Cause']}," if line.get("Cause") else ""
    sure = f" [{line['Sure']}]"
    return f"{_money(line, 'Saving')}  {_place(line)}{cause} {line['Why']}{sure}"


def _money(line: ledger.Line, header: str) -> str:
    amount, coin = line.get(header), str(line.get("Currency") or "")
    shown = f"{amount:,.{money.decimals(coin)}f} {coin}" if isinstance(amount, float) else ""
    return f"{shown:>14}"


def insights_of(path: Path, today: dt.date, *, write: bool = False) -> Told:
    """The insights of a workbook file, written into it if asked for. Raises Refusal."""
    book = opened(path, read_only=not write)
    told = insights(book, today)
    if not write:
        return replace(
            told, written_to=phrased("Nothing written: --write fills {sheets}", sheets=_SHEETS)
        )
    told = replace(told, findings=[*told.findings, *write_insights(book, told)])
    saved = book.save()
    return replace(
        told,
        written_to=phrased("Written to {path}", path=path)
        if saved
        else phrased("Nothing new for {path}", path=path),
    )


def insights(book: Book, today: dt.date) -> Told:
    """What the returns of a workbook tell on a day; writes nothing. Raises Refusal."""
    decided = Decided.of(book, today)
    verdict, language = decided.verdict, decided.policy.settings.language
    rates, levels, findings = _tables(book)
    sales, unread = sales_of(book)
    found = find(
        decided.decisions, verdict.action, verdict.refund, decided.rulebook, sales, rates, levels,
        _reimbursed(book, decided.rows),
    )  # fmt: skip
    skus = insight_lines.sku_costs(found)
    unpriced = int((found.returns["currency"] == "").sum())
    return Told(
        returns=len(found.returns),
        in_sales=int(found.returns["sold"].sum()),
        cost=_cost(skus),
        sku_costs=insight_lines.worded(skus, language),
        causes=insight_lines.worded(insight_lines.causes(found, language), language),
        break_even=insight_lines.break_even(found, language),
        fix_list=insight_lines.worded(fix_list(found, levels, language), language),
        findings=[
            *findings,
            *unread,
            *decided.table.findings(decided.rows, decided.filled),
            *_unpriced(unpriced),
        ],
    )


def _unpriced(count: int) -> Iterator[Finding]:
    if count:
        told = (
            phrased("1 return has")
            if count == 1
            else phrased("{count:,} returns have", count=count)
        )
        problem = phrased("{told} no currency, so the cost is not counted", told=told)
        yield Finding(
            phrased("Returns"), problem, phrased("fill Marketplace or Currency"), "warning"
        )


def write_insights(book: Book, told: Told) -> list[Finding]:
    """Make the sheets of insights say what is told; those that lack are findings."""
    lines = {
        FIX_LIST: told.fix_list,
        SKU_COSTS: told.sku_costs,
        CAUSES: told.causes,
        BREAK_EVEN: told.break_even,
    }
    for sheet, said in lines.items():
        ledger.replace(book, sheet, said)
    lacking = [sheet.sheet for sheet in lines if not ledger.has(book, sheet)]
    if not lacking:
        return []
    problem = phrased(
        "has no sheet {missing}, so nothing was written there", missing=listed(lacking)
    )
    return [Finding(book.path.name, problem, phrased("move to a new workbook: xl-returns new"))]


def sales_of(book: Book) -> tuple[list[Sale], list[Finding]]:
    """The lines of Sales, and those that cannot be read."""
    sales, findings = [], []
    for row, line in ledger.numbered(book, SALES):
        sale = _sale(line)
        if sale:
            sales.append(sale)
        else:
            findings.append(_unread(book.tables[SALES.table].place(row, "SKU")))
    return sales, findings


def _unread(place: str) -> Finding:
    problem = phrased("the line of Sales needs SKU, Marketplace, Month, Units Shipped and Currency")
    return Finding(place, problem, phrased("complete it, or take it out"), "warning")


def _sale(line: ledger.Line) -> Sale | None:
    text = {name: cells.text_of(line[name]) for name in SALES.headers}
    month, units = line["Month"], _number(line["Units Shipped"])
    if not serials.is_day(month) or month > _LAST_MONTH or not units:
        return None
    if not text["SKU"] or text["Currency"] not in terms.CURRENCIES or not text["Marketplace"]:
        return None
    day = serials.date_of(month).replace(day=1)
    return Sale(
        sku=text["SKU"],
        marketplace=text["Marketplace"],
        channel=text["Channel"],
        month=cells.days_of(day),
        units=int(units),
        currency=text["Currency"],
        ad_spend=_minor(line["Ad Spend"], text["Currency"]),
        supplier=text["Supplier"],
        unit_freight=_minor(line["Unit Freight"], text["Currency"]),
    )


def _number(value: Value) -> float | None:
    """A number that is not below 0 and not absurd."""
    return value if isinstance(value, float) and 0 <= value <= money.MAX_MINOR else None


def _minor(value: Value, currency: str) -> int | None:
    number = _number(value)
    return None if number is None else money.to_minor(number, money.decimals(currency))


def _tables(book: Book) -> tuple[Sequence[RateLine], Levels, list[Finding]]:
    """Return Rates and Insight Settings of a workbook; the defaults where it has none."""
    shipped = default_grid(sheets.RETURN_RATES)
    grid = grid_of(book, sheets.RETURN_RATES) or shipped
    rates, findings = read_rates(completed(grid, shipped))
    own = grid_of(book, sheets.INSIGHT_SETTINGS)
    levels, problems = read_levels([default_grid(sheets.INSIGHT_SETTINGS), *([own] if own else [])])
    return rates, levels, [*findings, *problems]


def _reimbursed(book: Book, rows: Rows) -> Codes:
    """What was reimbursed for each order line, at its first row, in minor units."""
    sums: dict[tuple[str, str, str], int] = {}
    for event in events_of(book):
        if event.kind == events.REIMBURSEMENT and event.order_id:
            key = event.order_id, event.sku, event.currency
            sums[key] = sums.get(key, 0) + event.amount
    cancelled = rows.codes["Status"] == terms.STATUSES.index("Cancelled")
    named = zip(rows.text["Order ID"], rows.text["SKU"], strict=True)
    return np.array(
        [
            0 if cancelled[row] else sums.pop((order, sku, rows.currency(row)), 0)
            for row, (order, sku) in enumerate(named)
        ],
        dtype=np.int64,
    )


def _cost(lines: Sequence[ledger.Line]) -> dict[str, float]:
    """The whole cost by currency, in main units."""
    totals: dict[str, int] = {}
    for line in lines:
        coin, cost = str(line["Currency"]), line["Cost"]
        places = money.decimals(coin)
        totals[coin] = totals.get(coin, 0) + money.to_minor(
            cost if isinstance(cost, float) else 0.0, places
        )
    return {
        coin: money.to_major(minor, money.decimals(coin)) for coin, minor in totals.items() if minor
    }
