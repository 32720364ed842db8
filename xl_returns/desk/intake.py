"""Import reports into a workbook: new rows below, changed cells in place, nothing twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import policy_of, speak_as
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import named, phrased
from xl_returns.core.ledgers import LOG
from xl_returns.core.policy_lines import reason_key
from xl_returns.desk import ledger
from xl_returns.desk.log import IMPORTED, write_log
from xl_returns.desk.process import Step
from xl_returns.desk.reconcile import keep_events
from xl_returns.desk.sales import keep_sales
from xl_returns.desk.table import ReturnsTable, as_value
from xl_returns.reports import Merge, Report, merge, read_report


@dataclass(frozen=True)
class Intake:
    """What an import did: reports by kind; rows new, changed, unchanged, rejected; new events; new
    or larger lines of Sales.
    """

    reports: list[str]
    new: int
    changed: int
    unchanged: int
    findings: list[Finding]
    events: int = 0
    sales: int = 0
    written_to: str = ""

    @property
    def rejected(self) -> int:
        """Lines that could not be taken."""
        return sum(f.severity == "error" for f in self.findings)

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
                *(
                    [phrased("{events:,} events: process to reconcile", events=self.events)]
                    if self.events
                    else []
                ),
                *(
                    [phrased("{sales:,} lines of Sales: see insights", sales=self.sales)]
                    if self.sales
                    else []
                ),
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
    """Take reports into a workbook. Raises Refusal for a file that is no report or no workbook."""
    book = Workbook.open(into)
    speak_as(book)
    reports = read_reports(paths, marketplace, step)
    intake = take_in(reports, book, today, marketplace)
    saved = False if dry_run else book.save()
    told = (
        phrased("Written to {path}", path=into)
        if saved
        else phrased("Nothing written to {path}", path=into)
    )
    return replace(intake, written_to=told)


def take_in(
    reports: Sequence[Report], book: Book, today: dt.date, marketplace: str | None = None
) -> Intake:
    """Merge reports into a workbook's Returns table. Raises Refusal."""
    table = ReturnsTable(book)
    filled = table.filled()
    existing = [{name: column[row] for name, column in table.cells.items()} for row in filled]
    merged = merge(existing, reports, _last_imported(book), marketplace)
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
        findings=[f for r in reports for f in r.findings]
        + merged.findings
        + doubts
        + _reasons(book, merged),
    )


def read_reports(
    paths: Sequence[Path], marketplace: str | None = None, step: Step = lambda _: None
) -> list[Report]:
    """Read report files. Raises Refusal for a file that is no report."""
    return [_read(path, marketplace, step) for path in paths]


def _read(path: Path, marketplace: str | None, step: Step) -> Report:
    step(phrased("Reading {name}", name=path.name))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(
            path.name,
            phrased("cannot be read ({strerror})", strerror=error.strerror),
            phrased("check the path"),
        ) from error
    return read_report(data, path.name, marketplace)


def _size(report: Report) -> str:
    lines = len(report.rows) or len(report.lines) or len(report.events)
    return phrased("1 line") if lines == 1 else phrased("{count:,} lines", count=lines)


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
