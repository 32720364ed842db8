"""Bulk refunds: what is decided, payable now and not paid yet goes into Amazon's file, once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from xl_returns.books.book import Book
from xl_returns.books.policies import opened
from xl_returns.core.language import phrased
from xl_returns.core.version import ENGINE
from xl_returns.desk import ledger
from xl_returns.desk.batch import Batch, batch_of
from xl_returns.desk.files import written_to
from xl_returns.desk.log import EXPORTED, write_log
from xl_returns.desk.table import ReturnsTable, as_value
from xl_returns.reports.adjustments import NOTE, texts, totals


def export_adjustments(
    path: Path, folder: Path, today: dt.date, *, again: bool = False, dry_run: bool = False
) -> Batch:
    """Export a workbook file's refunds into a folder and mark them in the file. Raises Refusal.

    The files get their lasting names only when the marks are saved: no refund can be uploaded that
    would be exported once more.
    """
    book = opened(path)
    batch = batch_of(book, today, again=again)
    if dry_run or not batch.lines:
        return batch
    parts = write_batch(batch, folder, path.name)
    with dropped_unless_saved(parts, path):
        mark(book, batch, today)
        book.save()
    return replace(batch, files=[str(path) for path in release(parts)])


def write_batch(batch: Batch, folder: Path, book_name: str) -> list[Path]:
    """Write a batch's files under passing names (`.part`); see `release`. Raises Refusal."""
    told = {
        f"adjustments-{batch.name}-{market}.txt": text
        for market, text in texts(batch.lines).items()
    }
    told[f"adjustments-{batch.name}.json"] = _manifest(batch, told, book_name)
    parts = {folder / f"{name}.part": text for name, text in told.items()}
    with written_to(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        for part, text in parts.items():
            part.write_bytes(text.encode())
    return list(parts)


@contextmanager
def dropped_unless_saved(parts: Iterable[Path], path: Path) -> Iterator[None]:
    """Take written files away again when the marking fails and the workbook stays as it was."""
    before = _state(path)
    try:
        yield
    except BaseException:
        if _state(path) == before:
            for part in parts:
                part.unlink(missing_ok=True)
        raise


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
            "Details": phrased(
                "batch {batch}: order {order}, item {item}",
                batch=batch.name,
                order=line.order_id,
                item=line.item_id,
            ),
        }
        for line in batch.lines
        for return_id in line.return_ids
    ]
    write_log(book, entries)


def release(parts: Iterable[Path]) -> list[Path]:
    """Give written files their lasting names, once the workbook has its marks."""
    return [part.replace(part.with_suffix("")) for part in parts]


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is saved; None when there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


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
