"""Many workbooks: each processed by a child process, once, whatever happens to the others.

What is done is noted in `.xl-returns-done` in the folder, one file for each workbook, so that a run
that was stopped goes on where it was. A note counts as long as the workbook is byte for byte what
that run left, on the same day, with the same version.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import logging
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from xl_returns.books.hold import Busy, held
from xl_returns.books.save import explained
from xl_returns.books.siblings import original_of, workbooks
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import phrased
from xl_returns.core.version import ENGINE
from xl_returns.desk.process import process_book
from xl_returns.desk.workers import Died, Workers

State = Literal["processed", "tried", "done before", "copy", "busy", "refused", "lost"]
DONE: Final = ".xl-returns-done"
_FINE: Final = ("processed", "tried", "done before")
_PAUSE: Final = 0.5
_PATIENCE: Final = 600.0


@dataclass(frozen=True)
class Job:
    """A workbook, by its name below the folder, and how it is to be processed."""

    folder: Path
    name: str
    today: dt.date
    dry_run: bool = False
    again: bool = False

    @property
    def path(self) -> Path:
        """The workbook."""
        return self.folder / self.name


@dataclass(frozen=True)
class Outcome:
    """What became of a workbook."""

    workbook: str
    state: State
    rows: int = 0
    new: int = 0
    errors: int = 0
    told: str = ""
    notes: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.state in _FINE and not self.errors

    def __str__(self) -> str:
        if self.state not in _FINE:
            return self.told
        counts = phrased(
            "{rows:,} rows, {new:,} new or changed, {errors:,} errors",
            rows=self.rows,
            new=self.new,
            errors=self.errors,
        )
        done = phrased(", done before and unchanged since") if self.state == "done before" else ""
        return f"{self.workbook}: {counts}{done}"


def process_folder(
    folder: Path,
    today: dt.date,
    children: int,
    *,
    dry_run: bool = False,
    again: bool = False,
) -> Iterator[Outcome]:
    """Process every workbook below a folder; those that another run works on come last.

    `again` takes those that are done and unchanged as well.
    """
    jobs = []
    for path in workbooks(folder):
        name = path.relative_to(folder).as_posix()
        if original := original_of(path):
            yield _copy(name, original)
        else:
            jobs.append(Job(folder, name, today, dry_run=dry_run, again=again))
    yield from _all(jobs, children)


def _all(jobs: Sequence[Job], children: int) -> Iterator[Outcome]:
    """Every job's outcome; what is busy is tried again until it is free, or for ten minutes."""
    until = time.monotonic() + _PATIENCE
    workers = Workers(do, min(children, max(1, len(jobs))), _lost)
    while jobs:
        busy, over = [], time.monotonic() > until
        for job, outcome in zip(jobs, workers.each(jobs), strict=True):
            if outcome.state == "busy" and not over:
                busy.append(job)
            else:
                yield outcome
        jobs = busy
        time.sleep(_PAUSE if busy else 0)


def _copy(name: str, original: Path) -> Outcome:
    problem = phrased("by its name it is a copy of {name}, so it is left alone", name=original.name)
    remedy = phrased(
        "take over what is new in it into {name} and delete it, or rename it", name=original.name
    )
    return Outcome(name, "copy", told=str(Finding(name, problem, remedy)))


def _lost(job: Job, died: Died) -> Outcome:
    """The outcome of a workbook whose child process died."""
    try:
        how = phrased("was ended by {name}", name=signal.Signals(-died.code).name)
    except ValueError:
        how = phrased("ended with {code}", code=died.code)
    problem = phrased(
        "the process that worked on it {how}; the workbook is whole, the old or the new one",
        how=how,
    )
    remedy = phrased("start again; if memory is short, with --jobs 1")
    return Outcome(job.name, "lost", told=str(Finding(job.name, problem, remedy)))


def do(job: Job) -> Outcome:
    """Process one workbook, unless it is done; whatever stops that is told."""
    notes: list[str] = []
    with _listening(notes):
        outcome = _tried(job)
    return dataclasses.replace(outcome, notes=(*notes, *outcome.notes))


def _tried(job: Job) -> Outcome:
    try:
        return _processed(job, "tried") if job.dry_run else _once(job)
    except Busy as busy:
        return Outcome(job.name, "busy", told=str(busy))
    except Refusal as refusal:
        return Outcome(job.name, "refused", told=str(refusal))
    except MemoryError:
        problem, remedy = (
            phrased("the memory was too small for it; it is as it was"),
            phrased("try it with --jobs 1"),
        )
    except Exception as error:  # noqa: BLE001 - the others are not to suffer from it
        problem, remedy = (
            f"{type(error).__name__}: {error}",
            phrased("report this; it is as it was"),
        )
    return Outcome(job.name, "refused", told=str(Finding(job.name, problem, remedy)))


def _once(job: Job) -> Outcome:
    """Process a workbook that no other run works on, and note that it is done."""
    with explained(job.path), held(job.path):
        if not job.again and (before := _noted(job)):
            return before
        outcome = _processed(job, "processed")
        _note(job, outcome)
    return outcome


def _processed(job: Job, state: State) -> Outcome:
    summary = process_book(job.path, job.today, dry_run=job.dry_run)
    errors = sum(finding.severity == "error" for finding in summary.findings)
    lost = (dataclasses.replace(finding, place=job.name) for finding in summary.unmended)
    notes = tuple(map(str, lost))
    return Outcome(job.name, state, summary.rows, summary.newly_decided, errors, notes=notes)


def _note_path(job: Job) -> Path:
    return job.folder / DONE / f"{hashlib.sha256(os.fsencode(job.name)).hexdigest()[:16]}.json"


def _key(job: Job) -> list[str]:
    """What must be the same for a note to count."""
    with job.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return [job.name, digest, job.today.isoformat(), ENGINE]


def _noted(job: Job) -> Outcome | None:
    """The outcome that a note tells; a note that is missing, broken or of another file tells none."""
    try:
        note = json.loads(_note_path(job).read_text("utf-8"))
        rows, new, errors = map(int, note["counts"])
        known = note["of"] == _key(job)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return Outcome(job.name, "done before", rows, new, errors) if known else None


def _note(job: Job, outcome: Outcome) -> None:
    path = _note_path(job)
    with contextlib.suppress(OSError):  # without a note it is done again, which changes nothing
        note = {"of": _key(job), "counts": [outcome.rows, outcome.new, outcome.errors]}
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(note), "utf-8")


class _Listener(logging.Handler):
    def __init__(self, notes: list[str]) -> None:
        super().__init__()
        self._notes = notes

    def emit(self, record: logging.LogRecord) -> None:
        self._notes.append(record.getMessage())


@contextlib.contextmanager
def _listening(notes: list[str]) -> Iterator[None]:
    """Collect what is said on the way, which would go to the console."""
    handler, log = _Listener(notes), logging.getLogger("xl_returns")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
