"""Amazon's files in and out: import and export."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from xl_returns.books.policies import opened
from xl_returns.cli.shared import (
    DRY_RUN,
    FILE,
    FOLDER,
    JSON,
    TODAY,
    day,
    end,
    print_json,
    step,
    tell,
)
from xl_returns.core.language import counted, listed, marked, phrased
from xl_returns.desk.appeals import cases_of, write_appeals
from xl_returns.desk.intake import import_reports
from xl_returns.desk.letters import letters_of, write_letters
from xl_returns.desk.returnless import NOTE, rules_of, write_rules
from xl_returns.desk.uploads import export_adjustments


@click.command(name="import")
@click.argument("reports", type=FILE, nargs=-1, required=True)
@click.option("--into", type=FILE, required=True, help="The workbook.")
@click.option(
    "--marketplace",
    metavar="CODE",
    help="Where the reports name none. Default: Home marketplace in Settings.",
)
@TODAY
@DRY_RUN
@JSON
def import_(
    reports: Sequence[Path],
    into: Path,
    marketplace: str | None,
    today: dt.datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take Amazon's REPORTS into a workbook.

    REPORTS are files, or folders with .txt, .csv, .tsv and .xml files. Files that are no reports are
    named, and the others are taken in.
    """
    intake = import_reports(reports, into, day(today), marketplace, dry_run=dry_run, step=step)
    tell(intake, as_json)
    end(intake.findings, as_json)


@click.group()
def export() -> None:
    """Write files for what was decided."""


@export.command()
@click.argument("book", type=FILE)
@FOLDER
@click.option("--again", is_flag=True, help="Also what was exported before.")
@TODAY
@DRY_RUN
@JSON
def adjustments(
    book: Path,
    folder: Path,
    again: bool,
    today: dt.datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write Amazon's bulk refund file for BOOK's decided, unpaid rows, and mark them."""
    batch = export_adjustments(book, folder, day(today), again=again, dry_run=dry_run)
    tell(batch, as_json)
    end(batch.findings, as_json)


@export.command()
@click.argument("book", type=FILE)
@FOLDER
@TODAY
@JSON
def messages(book: Path, folder: Path, today: dt.datetime | None, as_json: bool) -> None:
    """Write a message to the buyer of every decided, open row of BOOK, in the buyer's language."""
    letters, findings = letters_of(opened(book, read_only=True), day(today))
    written = write_letters(letters, folder)
    if as_json:
        print_json({"messages": list(map(dataclasses.asdict, letters)), "findings": findings})
    else:
        click.echo(counted(marked("1 message"), marked("{count:,} messages"), count=len(letters)))
        click.echo(phrased("Written to {files}", files=listed(map(str, written))))
    end(findings, as_json)


@export.command()
@click.argument("book", type=FILE)
@FOLDER
@TODAY
@JSON
def appeals(book: Path, folder: Path, today: dt.datetime | None, as_json: bool) -> None:
    """Write a folder for every appeal that is open: facts, timeline, evidence, draft."""
    cases, findings = cases_of(opened(book, read_only=True), day(today))
    written = write_appeals(cases, folder)
    if as_json:
        print_json({"cases": list(map(dataclasses.asdict, cases)), "findings": findings})
    else:
        click.echo(counted(marked("1 appeal"), marked("{count:,} appeals"), count=len(cases)))
        click.echo(phrased("Written to {path}", path=written[-1]))
    end(findings, as_json)


@export.command()
@click.argument("book", type=FILE)
@FOLDER
@TODAY
@JSON
def returnless(book: Path, folder: Path, today: dt.datetime | None, as_json: bool) -> None:
    """Write Amazon's returnless rules for the SKUs that BOOK's policy lets buyers keep."""
    rules, findings = rules_of(opened(book, read_only=True), day(today))
    written = write_rules(rules, folder)
    if as_json:
        print_json({"rules": list(map(dataclasses.asdict, rules)), "findings": findings})
    else:
        always = sum(rule.always for rule in rules)
        click.echo(
            phrased(
                "{always:,} of {count:,} SKUs are kept whatever the reason",
                always=always,
                count=len(rules),
            )
        )
        click.echo(phrased("Written to {files}", files=listed(map(str, written))))
        click.echo(phrased(NOTE))
    end(findings, as_json)


COMMANDS = (import_, export)
