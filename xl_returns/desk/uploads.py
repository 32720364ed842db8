"""Bulk refunds: what is decided, payable now and not paid yet goes into Amazon's file, once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, terms
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.events import REPLACEMENT
from xl_returns.core.facts import Flags
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.ledgers import LOG
from xl_returns.core.reconcile import PAID_ALREADY, reconcile
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK
from xl_returns.core.version import ENGINE
from xl_returns.desk import ledger
from xl_returns.desk.log import EXPORTED, write_log
from xl_returns.desk.reconcile import events_of
from xl_returns.desk.record import Verdicts, is_recorded, verdicts
from xl_returns.desk.table import ReturnsTable, as_value
from xl_returns.reports.adjustments import (
    NOTE,
    Adjustment,
    is_item_id,
    is_order_id,
    reason_code,
    texts,
    together,
    totals,
)

_DONE: Final = [terms.STATUSES.index(s) for s in ("Closed", "Cancelled", "Refunded")]
_PAYS_NOW: Final = [terms.ACTIONS.index(a) for a in (terms.KEEP_ITEM, terms.REFUND_NOW)]


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
        told = f"{len(self.lines):,} refunds for upload: {paid}"
        more = f"{self.skipped:,} returns were exported before; `--again` repeats them"
        return "\n".join([told, *([more] if self.skipped else []), *self.files])


def export_adjustments(
    path: Path, folder: Path, today: dt.date, *, again: bool = False, dry_run: bool = False
) -> Batch:
    """Export a workbook file's refunds into a folder and mark them in the file. Raises Refusal.

    The files get their lasting names only when the marks are saved: no refund can be uploaded that
    would be exported once more.
    """
    book = Workbook.open(path)
    batch = batch_of(book, today, again=again)
    if dry_run or not batch.lines:
        return batch
    parts = write_batch(batch, folder, path.name)
    mark(book, batch, today)
    book.save()
    return replace(batch, files=[str(path) for path in release(parts)])


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
    findings = [*findings, *_changed(decisions, verdict, chosen, table, filled)]
    chosen &= is_recorded(decisions, verdict)
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
        findings=findings,
        skipped=0 if again else int((payable & done).sum()),
    )


def write_batch(batch: Batch, folder: Path, book_name: str) -> list[Path]:
    """Write a batch's files under passing names (`.part`); see `release`. Raises Refusal."""
    told = {
        f"adjustments-{batch.name}-{market}.txt": text
        for market, text in texts(batch.lines).items()
    }
    told[f"adjustments-{batch.name}.json"] = _manifest(batch, told, book_name)
    parts = {folder / f"{name}.part": text for name, text in told.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, text in parts.items():
            part.write_bytes(text.encode())
    except OSError as error:
        raise Refusal(
            str(folder), f"cannot be written ({error.strerror})", "check the folder"
        ) from error
    return list(parts)


def mark(book: Book, batch: Batch, today: dt.date) -> None:
    """Note in Returns and Log that a batch was exported, so that it is not exported again."""
    table = ReturnsTable(book)
    table.write_cells({(row, "Upload Batch"): batch.name for row in batch.rows})
    entries: list[ledger.Line] = [
        {
            "At": as_value(today),
            "Event": EXPORTED,
            "Return ID": return_id,
            "Policy Version": batch.policy,
            "Currency": line.currency,
            "Details": f"batch {batch.name}: order {line.order_id}, item {line.item_id}",
        }
        for line in batch.lines
        for return_id in line.return_ids
    ]
    write_log(book, entries)


def release(parts: Iterable[Path]) -> list[Path]:
    """Give written files their lasting names, once the workbook has its marks."""
    return [part.replace(part.with_suffix("")) for part in parts]


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
        problem = "the row changed since it was decided, or never was: it is not exported"
        yield Finding(place, problem, "process the workbook, then export")


def _paid_already(
    book: Book, decisions: Decisions, verdict: Verdicts, rulebook: Rulebook
) -> dict[tuple[str, str], str]:
    """Order lines on which payments or replacements show what Returns does not: why to wait."""
    happened = events_of(book)
    held = {
        (event.order_id, event.sku): f"{event.source} names a replacement, {event.reference}"
        for event in happened
        if event.kind == REPLACEMENT
    }
    for found in reconcile(decisions, verdict.action, rulebook, happened):
        if found.finding in PAID_ALREADY:
            held[found.order_id, found.sku] = f"{found.finding} ({found.seen_in})"
    return held


def _held(
    held: Mapping[tuple[str, str], str], decisions: Decisions, row: int, place: str
) -> Iterator[Finding]:
    text = decisions.facts.rows.text
    if why := held.get((text["Order ID"][row], text["SKU"][row])):
        remedy = "look at the order's payments; write what was paid into Refunded So Far"
        yield Finding(place, f"{why}: it is not exported", remedy)


def _problems(
    decisions: Decisions, verdict: Verdicts, row: int, table: ReturnsTable, at: int
) -> Iterator[Finding]:
    """What keeps a refund out of the file."""
    text, due = decisions.facts.rows.text, decisions.money
    if not is_order_id(text["Order ID"][row]):
        yield Finding(
            table.place(at, "Order ID"),
            f"`{text['Order ID'][row][:40]}` is no Amazon order number, so it is not exported",
            "write it as 3-7-7 digits with hyphens, or refund in Seller Central",
        )
    if not is_item_id(text["Order Item ID"][row]):
        yield Finding(
            table.place(at, "Order Item ID"),
            "the order item's number is missing or no number, so the row is not exported",
            "take it from the returns or orders report, or refund in Seller Central",
        )
    paid = int(due.net_paid[row]) + max(int(decisions.facts.rows.amounts["Shipping Paid"][row]), 0)
    if due.net_paid[row] == BLANK or int(verdict.refund[row]) > paid - int(due.refunded[row]):
        yield Finding(
            table.place(at, "Decided Refund"),
            "the refund is more than the buyer paid and has not got back: it is not exported",
            "correct Unit Paid, Refunded So Far or Override Refund, and process",
        )


def _adjustment(decisions: Decisions, verdict: Verdicts, row: int) -> Adjustment:
    """A refund as goods and shipping, neither above what was paid for it."""
    facts, refund = decisions.facts, int(verdict.refund[row])
    rows = facts.rows
    goods = min(refund, int(decisions.money.net_paid[row]))
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


def _next_name(book: Book, today: dt.date) -> str:
    """A batch name that the Log does not know yet: the day and a number."""
    lines = ledger.read(book, LOG, ["Event", "Details"])
    told = (str(line["Details"]) for line in lines if line["Event"] == EXPORTED)
    pattern = re.compile(rf"batch {today.isoformat()}-(\d+):")
    numbers = [int(found[1]) for text in told if (found := pattern.match(text))]
    return f"{today.isoformat()}-{max(numbers, default=0) + 1}"


def _manifest(batch: Batch, files: Mapping[str, str], book_name: str) -> str:
    told = {
        "batch": batch.name,
        "workbook": book_name,
        "engine": ENGINE,
        "policy": batch.policy,
        "totals": totals(batch.lines),
        "files": {name: hashlib.sha256(t.encode()).hexdigest() for name, t in files.items()},
        "lines": [
            {"returns": line.return_ids, "marketplace": line.marketplace, **line.cells()}
            for line in batch.lines
        ],
        "note": NOTE,
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
