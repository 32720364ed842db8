"""Decide the rows of CSV and Parquet files, however many, with no workbook."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import polars as pl
from polars.io.plugins import register_io_source

from xl_returns.core import cells
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.frames import Desk, kept
from xl_returns.core.language import phrased
from xl_returns.core.rulebook import Rulebook
from xl_returns.desk.files import written_to
from xl_returns.desk.frame_files import (
    can_be_written,
    can_hold,
    harmless_frame,
    is_result,
    policy_or_guide,
    whole_file,
    write_frame,
)
from xl_returns.desk.spans import ROWS_IN_SPAN, Span, same_columns, sources, spans_of
from xl_returns.desk.spread import ROWS_IN_BUCKET, Job, Unread, all_twice, all_unread

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """What runs a step for every item and gives the results in order."""

    def __call__(self, step: Callable[[Any], Any], items: Sequence[Any], /) -> list[Any]:
        """Run a step for every item."""


@dataclass(frozen=True)
class Asked:
    """How files are to be decided: by which policy, for which day, with or without sentences."""

    today: dt.date
    policy_book: Path | None = None
    with_texts: bool = True
    rows_in_span: int = ROWS_IN_SPAN
    rows_in_bucket: int = ROWS_IN_BUCKET


def in_this_process(step: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Run a step for every item, one after the other."""
    return [step(item) for item in items]


def decide_files(
    given: Sequence[str], out: Path, asked: Asked, run: Engine = in_this_process
) -> tuple[int, list[Finding]]:
    """Decide rows by contract headers into a CSV, Parquet or xlsx file, or a folder of parts.

    Other columns are kept, and the order of the rows. Gives the number of rows and what could not
    be read. Raises Refusal.
    """
    files = sources(given)
    _check_target(out, [*files, *([str(asked.policy_book)] if asked.policy_book else [])])
    policy, findings = policy_or_guide(asked.policy_book)
    desk = Desk(Rulebook(policy), cells.days_of(asked.today), asked.with_texts)
    spans = spans_of(files, asked.rows_in_span)
    count = sum(span.rows for span in spans)
    if out.suffix:
        schema = same_columns(files)
        can_hold(out, {header: schema[header] for header in kept(schema)}, count)
    with _work_beside(out) as work:
        job = Job(desk, work / "history", max(1, -(-count // asked.rows_in_bucket)))
        job.work.mkdir()
        run(job.look, spans)
        twice = run(job.count, job.all_buckets())
        unread = _into_file(job, spans, out) if out.suffix else _into_parts(job, spans, work, run)
        if not out.suffix:
            (work / "parts").replace(out)
    place = Path(files[0]).name if len(files) == 1 else phrased("{count} files", count=len(files))
    return count, [*findings, *all_unread(unread), *all_twice(twice, place)]


def _check_target(out: Path, read: Sequence[str]) -> None:
    """Refuse to write over what is read, or over a workbook that is no earlier result."""
    if out.resolve() in {Path(file).resolve() for file in read if "://" not in file}:
        raise Refusal(
            out.name,
            phrased("is the file that is read"),
            phrased("choose another name for the result"),
        )
    if not out.suffix:
        return
    can_be_written(out)
    if out.suffix.casefold() == ".xlsx" and out.exists() and not is_result(out):
        raise Refusal(
            out.name,
            phrased("is there and is no result of `decide`"),
            phrased("choose another name"),
        )


def _into_parts(job: Job, spans: Sequence[Span], work: Path, run: Engine) -> list[Unread]:
    """One part for each span; named so that their order is that of the rows."""
    names = (work / "parts" / f"part-{number:05d}.parquet" for number in range(len(spans)))
    return run(job.part, list(zip(spans, names, strict=True)))


def _into_file(job: Job, spans: Sequence[Span], out: Path) -> list[Unread]:
    unread: list[Unread] = []

    def decided() -> Iterator[pl.DataFrame]:
        for span in spans:
            frame, problems = job.decided(span)
            unread.append(problems)
            yield frame

    if out.suffix.casefold() == ".parquet":
        _stream_parquet(decided(), out)
    elif out.suffix.casefold() == ".csv":
        _stream_csv(decided(), out)
    else:
        write_frame(pl.concat(decided()), out)
    return unread


def _stream_csv(frames: Iterable[pl.DataFrame], out: Path) -> None:
    with whole_file(out) as unfinished, unfinished.open("wb") as file:
        for number, frame in enumerate(frames):
            harmless_frame(frame).write_csv(file, include_header=number == 0)


def _stream_parquet(frames: Iterator[pl.DataFrame], out: Path) -> None:
    """Write frames to one file; at no time are more than a few of them in memory."""
    first, failed = next(frames), list[Exception]()

    def each(*_: object) -> Iterator[pl.DataFrame]:
        yield first
        try:
            yield from frames
        except Exception as error:
            failed.append(error)
            raise

    with whole_file(out) as unfinished:
        try:
            register_io_source(each, schema=first.schema).sink_parquet(unfinished)
        except pl.exceptions.PolarsError:
            raise failed[0] if failed else OSError(0, phrased("no space, or no access")) from None


@contextmanager
def _work_beside(out: Path) -> Iterator[Path]:
    """A folder for unfinished work beside the result, on the same disk; gone afterwards."""
    if not out.suffix and out.exists():
        raise Refusal(out.name, phrased("is there already"), phrased("choose a folder that is new"))
    with written_to(out.name):
        work = Path(tempfile.mkdtemp(prefix=f".{out.stem}.", suffix=".unfinished", dir=out.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
