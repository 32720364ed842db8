"""Which refunds go into the next upload: decided, payable now, not paid yet, each once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.core import cells, terms
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.events import REPLACEMENT
from xl_returns.core.facts import Flags
from xl_returns.core.findings import Finding
from xl_returns.core.language import counted, marked, named, phrased
from xl_returns.core.ledgers import LOG
from xl_returns.core.reconcile import PAID_ALREADY, reconcile
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK
from xl_returns.desk import ledger
from xl_returns.desk.log import EXPORTED
from xl_returns.desk.reconcile import events_of
from xl_returns.desk.record import Verdicts, is_recorded, verdicts
from xl_returns.desk.table import ReturnsTable
from xl_returns.reports import ITEM_NUMBERS
from xl_returns.reports.adjustments import (
    Adjustment,
    is_item_id,
    is_order_id,
    reason_code,
    together,
    totals,
)

_DONE: Final = [terms.STATUSES.index(s) for s in ("Closed", "Cancelled", "Refunded")]
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
    policy, findings = policy_of(book)
    table = ReturnsTable(book)
    filled = table.filled()
    rows = table.rows(filled)
    rulebook = Rulebook(policy)
    decisions = decide(rows, rulebook, cells.day(today) or 0)
    verdict = verdicts(decisions)
    payable = _payable(decisions, verdict)
    done = _exported(book, table, filled)
    chosen = payable if again else payable & ~done
    findings = [
        *findings,
        *table.unread(rows, filled),
        *_changed(decisions, verdict, chosen, table, filled),
    ]
    chosen &= is_recorded(decisions, verdict) & ~rows.unread()
    held = _paid_already(book, decisions, verdict, rulebook)
    found, good = [], []
    for row in np.flatnonzero(chosen).tolist():
        problems = list(_problems(decisions, verdict, row, table, filled[row]))
        problems += _held(held, decisions, row, table.place(filled[row], "Refunded So Far"))
        findings += problems
        if not problems:
            found.append(_adjustment(decisions, verdict, row))
            good.append(filled[row])
    return Batch(
        name=_next_name(book, today),
        policy=policy.version,
        lines=together(found),
        rows=good,
        findings=[*findings, *_repeated(table, filled, good, done, again=again)],
        skipped=0 if again else int((payable & done).sum()),
    )


def _repeated(
    table: ReturnsTable, filled: Sequence[int], good: Sequence[int], done: Flags, *, again: bool
) -> list[Finding]:
    """Refunds that stand in an earlier file as well."""
    twice = [at for at, was in zip(filled, done.tolist(), strict=True) if was and at in set(good)]
    if not again or not twice:
        return []
    problem = phrased(
        "{count:,} refunds were exported before: two uploads would pay them twice",
        count=len(twice),
    )
    place = table.place(twice[0], "Return ID")
    return [Finding(place, problem, phrased("upload only one of the files"), "warning")]


def _payable(decisions: Decisions, verdict: Verdicts) -> Flags:
    """Rows whose decision pays now: the seller refunds, and nothing else is under way."""
    facts = decisions.facts
    ours = facts.is_("Channel", "MFN") & facts.is_("Controller", "Seller")
    open_rows = ~np.isin(facts.rows.codes["Status"], _DONE) & facts.is_("A-to-z", "N")
    return ours & open_rows & np.isin(verdict.action, _PAYS_NOW) & (verdict.refund > 0)


def _exported(book: Book, table: ReturnsTable, filled: Sequence[int]) -> Flags:
    """Rows that the sheet or the Log says were exported."""
    lines = ledger.read(book, LOG, ["Event", "Return ID"])
    logged = {str(line["Return ID"]) for line in lines if line["Event"] == EXPORTED}
    ids = table.cells["Return ID"]
    batches = table.cells.get("Upload Batch", [None] * len(ids))
    return np.array([bool(batches[at]) or str(ids[at]) in logged for at in filled], dtype=np.bool_)


def _changed(
    decisions: Decisions,
    verdict: Verdicts,
    chosen: Flags,
    table: ReturnsTable,
    filled: Sequence[int],
) -> Iterator[Finding]:
    for row in np.flatnonzero(chosen & ~is_recorded(decisions, verdict)).tolist():
        place = table.place(filled[row], "Decided Action")
        problem = phrased("the row changed since it was decided, or never was: it is not exported")
        yield Finding(place, problem, phrased("process the workbook, then export"))


def _paid_already(
    book: Book, decisions: Decisions, verdict: Verdicts, rulebook: Rulebook
) -> dict[tuple[str, str], str]:
    """Order lines on which payments or replacements show what Returns does not: why to wait."""
    happened = events_of(book)
    held = {
        (event.order_id, event.sku): phrased(
            "{source} names a replacement, {reference}",
            source=event.source,
            reference=event.reference,
        )
        for event in happened
        if event.kind == REPLACEMENT
    }
    for found in reconcile(decisions, verdict.action, rulebook, happened):
        if found.finding in PAID_ALREADY:
            held[found.order_id, found.sku] = f"{named(found.finding)} ({found.seen_in})"
    return held


def _held(
    held: Mapping[tuple[str, str], str], decisions: Decisions, row: int, place: str
) -> Iterator[Finding]:
    text = decisions.facts.rows.text
    if why := held.get((text["Order ID"][row], text["SKU"][row])):
        remedy = phrased("look at the order's payments; write what was paid into Refunded So Far")
        yield Finding(place, phrased("{why}: it is not exported", why=why), remedy)


def _problems(
    decisions: Decisions, verdict: Verdicts, row: int, table: ReturnsTable, at: int
) -> Iterator[Finding]:
    """What keeps a refund out of the file."""
    text, due = decisions.facts.rows.text, decisions.money
    if not is_order_id(text["Order ID"][row]):
        yield Finding(
            table.place(at, "Order ID"),
            phrased(
                "`{order_id}` is no Amazon order number, so it is not exported",
                order_id=text["Order ID"][row][:40],
            ),
            phrased("write it as 3-7-7 digits with hyphens, or refund in Seller Central"),
        )
    if not is_item_id(text["Order Item ID"][row]):
        yield Finding(
            table.place(at, "Order Item ID"),
            phrased("the order item's number is missing or no number, so the row is not exported"),
            phrased(ITEM_NUMBERS),
        )
    market, currency = (
        int(decisions.facts.rows.codes["Marketplace"][row]),
        decisions.facts.rows.currency(row),
    )
    if terms.MARKETPLACE_CURRENCY[terms.MARKETPLACES[market]] != currency:
        yield Finding(
            table.place(at, "Currency"),
            phrased(
                "the file has no currency and {currency} is not the marketplace's: it is not exported",
                currency=currency,
            ),
            phrased("refund in Seller Central"),
        )
    paid = int(due.net_paid[row]) + max(int(decisions.facts.rows.amounts["Shipping Paid"][row]), 0)
    if due.net_paid[row] == BLANK or int(verdict.refund[row]) > paid - int(due.refunded[row]):
        yield Finding(
            table.place(at, "Decided Refund"),
            phrased(
                "the refund is more than the buyer paid and has not got back: it is not exported"
            ),
            phrased("correct Unit Paid, Refunded So Far or Override Refund, and process"),
        )


def _adjustment(decisions: Decisions, verdict: Verdicts, row: int) -> Adjustment:
    """A refund as goods and shipping, neither above what was paid for it."""
    facts, refund = decisions.facts, int(verdict.refund[row])
    rows, goods = facts.rows, _goods_part(decisions, verdict, row)
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


def _goods_part(decisions: Decisions, verdict: Verdicts, row: int) -> int:
    """The share of a refund that is for the goods.

    Shipping that is owed is paid as such; of an own amount, or after an earlier refund, nobody
    knows: then the goods come first.
    """
    refund, due = int(verdict.refund[row]), decisions.money
    if verdict.own[row] or due.refunded[row]:
        return min(refund, int(due.net_paid[row]))
    return refund - min(int(due.shipping[row]), refund)


def _next_name(book: Book, today: dt.date) -> str:
    """A batch name that the Log does not know yet: the day and a number."""
    lines = ledger.read(book, LOG, ["Event", "Details"])
    told = (str(line["Details"]) for line in lines if line["Event"] == EXPORTED)
    pattern = re.compile(rf"\D*{today.isoformat()}-(\d+)\b")
    numbers = [int(found[1]) for text in told if (found := pattern.match(text))]
    return f"{today.isoformat()}-{max(numbers, default=0) + 1}"
