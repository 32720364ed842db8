"""Import reports into a workbook: new rows below, changed cells in place, nothing twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import opened, policy_of, settings_of
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import counted, listed, marked, named, phrased
from xl_returns.core.ledgers import LOG
from xl_returns.core.policy_lines import reason_key
from xl_returns.desk import ledger
from xl_returns.desk.log import IMPORTED, write_log
from xl_returns.desk.process import Step
from xl_returns.desk.reconcile import keep_events
from xl_returns.desk.sales import keep_sales
from xl_returns.desk.table import ReturnsTable, as_value
from xl_returns.reports import KNOWN, Merge, Report, known_marketplace, merge, read_report

_ENDINGS: Final = (".txt", ".csv", ".tsv", ".xml")
"""What reports are called: other files in a folder are passed over."""
_EVENTS: Final = (
    marked("1 event: process to reconcile"),
    marked("{count:,} events: process to reconcile"),
)
_SALES: Final = (
    marked("1 line of Sales: see insights"),
    marked("{count:,} lines of Sales: see insights"),
)
_REFUSED: Final = (
    marked("1 file left out: it is no report"),
    marked("{count:,} files left out: they are no reports"),
)


@dataclass(frozen=True)
class Intake:
    """What an import did: reports by kind; rows new, changed, unchanged, rejected; new events; new
    or larger lines of Sales; files that are no reports.
    """

    reports: list[str]
    new: int
    changed: int
    unchanged: int
    findings: list[Finding]
    events: int = 0
    sales: int = 0
    refused: int = 0
    written_to: str = ""

    @property
    def rejected(self) -> int:
        """Lines that could not be taken."""
        return sum(f.severity == "error" for f in self.findings) - self.refused

    def _counts(self) -> str:
        return phrased(
            "{new:,} new, {changed:,} changed, {unchanged:,} unchanged, {rejected:,} rejected",
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            rejected=self.rejected,
        )

    def __str__(self) -> str:
        return "\n".join(
            [
                *self.reports,
                self._counts(),
                *([counted(*_EVENTS, count=self.events)] if self.events else []),
                *([counted(*_SALES, count=self.sales)] if self.sales else []),
                *([counted(*_REFUSED, count=self.refused)] if self.refused else []),
                self.written_to,
            ]
        )


def import_reports(
    paths: Sequence[Path],
    into: Path,
    today: dt.date,
    marketplace: str | None = None,
    *,
    dry_run: bool = False,
    step: Step = lambda _: None,
) -> Intake:
    """Take report files, and those in folders, into a workbook; files that are none are told of.

    Raises Refusal for a file that is no workbook, or when no file is a report.
    """
    book = opened(into)
    intake = take_in(read_reports(paths, book, marketplace, step), book, today, marketplace)
    saved = False if dry_run else book.save()
    told = (
        phrased("Written to {path}", path=into)
        if saved
        else phrased("Nothing written to {path}", path=into)
    )
    return replace(intake, written_to=told)


def take_in(read: Read, book: Book, today: dt.date, marketplace: str | None = None) -> Intake:
    """Merge reports into a workbook's Returns table. Raises Refusal."""
    table, reports = ReturnsTable(book), read.reports
    filled = table.filled()
    existing = [{name: column[row] for name, column in table.cells.items()} for row in filled]
    shop = _shop(book, marketplace)
    merged = merge(existing, reports, _last_imported(book), shop)
    table.write_cells(
        {
            (filled[row], name): value
            for row, changes in merged.changed.items()
            for name, value in changes.items()
        }
    )
    if merged.new:
        table.append(merged.new)
    write_log(book, _entries(merged, today))
    events, doubts = keep_events(book, reports)
    return Intake(
        reports=[f"{report.name}: {named(report.kind)}, {_size(report)}" for report in reports],
        new=len(merged.new),
        changed=len(merged.changed),
        unchanged=merged.unchanged,
        events=events,
        sales=keep_sales(book, reports),
        refused=len(read.refused),
        findings=read.refused
        + [f for r in reports for f in r.findings]
        + merged.findings
        + doubts
        + _reasons(book, merged),
    )


@dataclass(frozen=True)
class Read:
    """The files that are reports, and why the others are none."""

    reports: list[Report]
    refused: list[Finding]


def read_reports(
    paths: Sequence[Path],
    book: Book,
    marketplace: str | None = None,
    step: Step = lambda _: None,
) -> Read:
    """Read report files, and those in folders, for a workbook.

    Raises Refusal when none of them is a report.
    """
    shop, read = _shop(book, marketplace), Read([], [])
    for path in chain.from_iterable(map(_files, paths)):
        try:
            read.reports.append(_read(path, shop, step))
        except Refusal as refusal:
            read.refused.append(refusal.finding)
    if not read.reports:
        raise _nothing(read.refused)
    return read


def _shop(book: Book, marketplace: str | None) -> str | None:
    """The shop of reports that name none: the one asked for, or the seller's own."""
    return known_marketplace(marketplace) or settings_of(book).home_marketplace


def _files(path: Path) -> list[Path]:
    """A file, or what may be a report in a folder."""
    if not path.is_dir():
        return [path]
    with _readable(path):
        return sorted(file for file in path.iterdir() if file.suffix.casefold() in _ENDINGS)


def _nothing(refused: Sequence[Finding]) -> Refusal:
    """Why nothing at all was imported."""
    if len(refused) == 1:
        return Refusal(refused[0].place, refused[0].problem, refused[0].remedy)
    return Refusal(
        listed(finding.place for finding in refused) or phrased("The folder"),
        phrased("no report among the files, so nothing was imported"),
        phrased(KNOWN),
    )


def _read(path: Path, marketplace: str | None, step: Step) -> Report:
    step(phrased("Reading {name}", name=path.name))
    with _readable(path):
        data = path.read_bytes()
    return read_report(data, path.name, marketplace)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Refuse what the system does not let us read."""
    try:
        yield
    except OSError as error:
        raise Refusal(
            path.name,
            phrased("cannot be read ({strerror})", strerror=error.strerror),
            phrased("check the path"),
        ) from error


def _size(report: Report) -> str:
    lines = len(report.rows or report.lines or report.events or report.items)
    return counted(marked("1 line"), marked("{count:,} lines"), count=lines)


def _last_imported(book: Book) -> Mapping[str, Mapping[str, str]]:
    """What the last import saw of each return, from the Log."""
    lines = ledger.read(book, LOG, ["Event", "Return ID", "Details"])
    return {
        str(line["Return ID"]): _parsed(line["Details"])
        for line in lines
        if line["Event"] == IMPORTED and isinstance(line["Details"], str)
    }


def _parsed(details: Value) -> dict[str, str]:
    try:
        found = json.loads(str(details))
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _entries(merged: Merge, today: dt.date) -> list[ledger.Line]:
    return [
        {
            "At": as_value(today),
            "Event": IMPORTED,
            "Return ID": name,
            "Details": json.dumps(values, ensure_ascii=False),
        }
        for name, values in merged.imported.items()
    ]


def _reasons(book: Book, merged: Merge) -> list[Finding]:
    """Reason codes that the policy does not know yet."""
    known = {reason.code for reason in policy_of(book)[0].reasons}
    met = {str(row["Reason"]) for row in merged.new if row.get("Reason")}
    return [
        Finding(
            phrased("Reasons"),
            phrased("{code} is not known", code=code),
            phrased("add it to the Reasons sheet"),
            "warning",
        )
        for code in sorted(met)
        if reason_key(code) not in known
    ]
