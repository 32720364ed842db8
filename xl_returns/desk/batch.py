"""Which refunds go into the next upload: decided, payable now, not paid yet, each once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.core import terms
from xl_returns.core.facts import Flags
from xl_returns.core.findings import Finding
from xl_returns.core.language import counted, marked, phrased
from xl_returns.core.ledgers import LOG
from xl_returns.core.tables import BLANK
from xl_returns.desk import ledger
from xl_returns.desk.decided import Decided
from xl_returns.desk.log import EXPORTED
from xl_returns.desk.reconcile import held_lines
from xl_returns.desk.record import is_recorded
from xl_returns.reports import ITEM_NUMBERS
from xl_returns.reports.adjustments import (
    Adjustment,
    is_item_id,
    is_order_id,
    reason_code,
    together,
    totals,
)

_DONE: Final = [terms.STATUSES.index(s) for s in terms.DONE]
_PAYS_NOW: Final = [terms.ACTIONS.index(a) for a in (terms.KEEP_ITEM, terms.REFUND_NOW)]

_REFUNDS: Final = (
    marked("1 refund for upload: {paid}"),
    marked("{count:,} refunds for upload: {paid}"),
)
_SKIPPED: Final = (
    marked("1 return was exported before; `--again` repeats it"),
    marked("{count:,} returns were exported before; `--again` repeats them"),
)


@dataclass(frozen=True)
class Batch:
    """Adjustments that are exported together, under one name; `rows` are their Returns rows."""

    name: str
    policy: str
    lines: list[Adjustment]
    rows: list[int]
    findings: list[Finding]
    skipped: int = 0
    files: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        paid = "  ".join(f"{sum_} {name}" for name, sum_ in totals(self.lines).items()) or "nothing"
        told = counted(*_REFUNDS, count=len(self.lines), paid=paid)
        more = counted(*_SKIPPED, count=self.skipped)
        return "\n".join([told, *([more] if self.skipped else []), *self.files])


def batch_of(book: Book, today: dt.date, *, again: bool = False) -> Batch:
    """The refunds of a workbook that are decided, payable now and not exported yet.

    `again` takes those that were exported before as well. Raises Refusal.
    """
    decided = Decided.of(book, today)
    payable, done = _payable(decided), _exported(decided)
    chosen = payable if again else payable & ~done
    findings = [
        *decided.findings,
        *decided.table.unread(decided.rows, decided.filled),
        *_changed(decided, chosen),
    ]
    chosen &= is_recorded(decided.decisions, decided.verdict) & ~decided.rows.unread()
    held = held_lines(decided)
    found, good = [], []
    for row in np.flatnonzero(chosen).tolist():
        problems = [*_problems(decided, row), *_held(decided, held, row)]
        findings += problems
        if not problems:
            found.append(_adjustment(decided, row))
            good.append(decided.filled[row])
    return Batch(
        name=_next_name(book, today),
        policy=decided.policy.version,
        lines=together(found),
        rows=good,
        findings=[*findings, *_repeated(decided, good, done, again=again)],
        skipped=0 if again else int((payable & done).sum()),
    )


def _repeated(decided: Decided, good: Sequence[int], done: Flags, *, again: bool) -> list[Finding]:
    """Refunds that stand in an earlier file as well."""
    places = zip(decided.filled, done.tolist(), strict=True)
    twice = [at for at, was in places if was and at in set(good)]
    if not again or not twice:
        return []
    problem = phrased(
        "{count:,} refunds were exported before: two uploads would pay them twice",
        count=len(twice),
    )
    place = decided.table.place(twice[0], "Return ID")
    return [Finding(place, problem, phrased("upload only one of the files"), "warning")]


def _payable(decided: Decided) -> Flags:
    """Rows whose decision pays now: the seller refunds, and nothing else is under way."""
    facts, verdict = decided.decisions.facts, decided.verdict
    ours = facts.is_("Channel", "MFN") & facts.is_("Controller", "Seller")
    open_rows = ~np.isin(facts.rows.codes["Status"], _DONE) & facts.is_("A-to-z", "N")
    return ours & open_rows & np.isin(verdict.action, _PAYS_NOW) & (verdict.refund > 0)


def _exported(decided: Decided) -> Flags:
    """Rows that the sheet or the Log says were exported."""
    lines = ledger.read(decided.book, LOG, ["Event", "Return ID"])
    logged = {str(line["Return ID"]) for line in lines if line["Event"] == EXPORTED}
    cells = decided.table.cells
    ids = cells["Return ID"]
    batches = cells.get("Upload Batch", [None] * len(ids))
    return np.array(
        [bool(batches[at]) or str(ids[at]) in logged for at in decided.filled], dtype=np.bool_
    )


def _changed(decided: Decided, chosen: Flags) -> Iterator[Finding]:
    recorded = is_recorded(decided.decisions, decided.verdict)
    for row in np.flatnonzero(chosen & ~recorded).tolist():
        place = decided.place(row, "Decided Action")
        problem = phrased("the row changed since it was decided, or never was: it is not exported")
        yield Finding(place, problem, phrased("process the workbook, then export"))


def _held(decided: Decided, held: Mapping[tuple[str, str], str], row: int) -> Iterator[Finding]:
    text = decided.rows.text
    if why := held.get((text["Order ID"][row], text["SKU"][row])):
        place = decided.place(row, "Refunded So Far")
        remedy = phrased("look at the order's payments; write what was paid into Refunded So Far")
        yield Finding(place, phrased("{why}: it is not exported", why=why), remedy)


def _problems(decided: Decided, row: int) -> Iterator[Finding]:
    """What keeps a refund out of the file."""
    for check in _CHECKS:
        yield from check(decided, row)


def _no_order(decided: Decided, row: int) -> Iterator[Finding]:
    order_id = decided.rows.text["Order ID"][row]
    if not is_order_id(order_id):
        yield Finding(
            decided.place(row, "Order ID"),
            phrased(
                "`{order_id}` is no Amazon order number, so it is not exported",
                order_id=order_id[:40],
            ),
            phrased("write it as 3-7-7 digits with hyphens, or refund in Seller Central"),
        )


def _no_item(decided: Decided, row: int) -> Iterator[Finding]:
    if not is_item_id(decided.rows.text["Order Item ID"][row]):
        yield Finding(
            decided.place(row, "Order Item ID"),
            phrased("the order item's number is missing or no number, so the row is not exported"),
            phrased(ITEM_NUMBERS),
        )


def _foreign(decided: Decided, row: int) -> Iterator[Finding]:
    market = int(decided.rows.codes["Marketplace"][row])
    currency = decided.rows.currency(row)
    if terms.MARKETPLACE_CURRENCY[terms.MARKETPLACES[market]] != currency:
        yield Finding(
            decided.place(row, "Currency"),
            phrased(
                "the file has no currency and {currency} is not the marketplace's: it is not exported",
                currency=currency,
            ),
            phrased("refund in Seller Central"),
        )


def _too_much(decided: Decided, row: int) -> Iterator[Finding]:
    due, refund = decided.decisions.money, int(decided.verdict.refund[row])
    paid = int(due.net_paid[row]) + max(int(decided.rows.amounts["Shipping Paid"][row]), 0)
    if due.net_paid[row] == BLANK or refund > paid - int(due.refunded[row]):
        yield Finding(
            decided.place(row, "Decided Refund"),
            phrased(
                "the refund is more than the buyer paid and has not got back: it is not exported"
            ),
            phrased("correct Unit Paid, Refunded So Far or Override Refund, and process"),
        )


_CHECKS: Final[tuple[Callable[[Decided, int], Iterator[Finding]], ...]] = (
    _no_order, _no_item, _foreign, _too_much,
)  # fmt: skip


def _adjustment(decided: Decided, row: int) -> Adjustment:
    """A refund as goods and shipping, neither above what was paid for it."""
    facts, refund = decided.decisions.facts, int(decided.verdict.refund[row])
    rows, goods = facts.rows, _goods_part(decided, row)
    group = terms.REASON_GROUPS[int(facts.table["Reason Group"][row])]
    return Adjustment(
        marketplace=terms.MARKETPLACES[int(rows.codes["Marketplace"][row])],
        currency=rows.currency(row),
        order_id=rows.text["Order ID"][row],
        item_id=rows.text["Order Item ID"][row],
        reason=reason_code(group, goods_back=bool(facts.is_("Received", "Y")[row])),
        goods=goods,
        shipping=refund - goods,
        return_ids=(rows.text["Return ID"][row],),
    )


def _goods_part(decided: Decided, row: int) -> int:
    """The share of a refund that is for the goods.

    Shipping that is owed is paid as such; of an own amount, or after an earlier refund, nobody
    knows: then the goods come first.
    """
    refund, due = int(decided.verdict.refund[row]), decided.decisions.money
    if decided.verdict.own[row] or due.refunded[row]:
        return min(refund, int(due.net_paid[row]))
    return refund - min(int(due.shipping[row]), refund)


def _next_name(book: Book, today: dt.date) -> str:
    """A batch name that the Log does not know yet: the day and a number."""
    lines = ledger.read(book, LOG, ["Event", "Details"])
    told = (str(line["Details"]) for line in lines if line["Event"] == EXPORTED)
    pattern = re.compile(rf"\D*{today.isoformat()}-(\d+)\b")
    numbers = [int(found[1]) for text in told if (found := pattern.match(text))]
    return f"{today.isoformat()}-{max(numbers, default=0) + 1}"
