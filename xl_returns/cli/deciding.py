"""Commands that decide, look and prove: process, decide, check, explain, due, audit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from xl_returns.cli.shared import (
    DRY_RUN,
    FILE,
    JSON,
    LISTED,
    TODAY,
    day,
    end,
    leave,
    moment,
    print_json,
    step,
    tell,
)
from xl_returns.core import serials
from xl_returns.core.findings import Refusal
from xl_returns.core.language import counted, marked, named, phrased
from xl_returns.desk.alternatives import told as table_of
from xl_returns.desk.audit import audit_book
from xl_returns.desk.decide_files import Asked, decide_files
from xl_returns.desk.due import due_of, late, time_left
from xl_returns.desk.engines import started
from xl_returns.desk.policy_check import as_lines
from xl_returns.desk.process import process_book
from xl_returns.desk.review import check_book, explain_row


@click.command()
@click.argument("book", type=FILE)
@click.option("-o", "--out", type=FILE, help="Write another file; leave BOOK as it is.")
@TODAY
@DRY_RUN
@JSON
def process(
    book: Path, out: Path | None, today: dt.datetime | None, dry_run: bool, as_json: bool
) -> None:
    """Decide every row of BOOK and write the result into it."""
    summary = process_book(book, day(today), out, dry_run=dry_run, step=step, now=moment(today))
    tell(summary, as_json)
    end(summary.findings, as_json)


@click.command()
@click.argument("rows", nargs=-1, required=True)
@click.option(
    "-o",
    "--out",
    type=FILE,
    required=True,
    help="A .csv, .parquet or .xlsx file, or a new folder for Parquet files.",
)
@click.option(
    "--policy", type=FILE, help="The workbook whose policy decides. Default: the seller guide."
)
@click.option("--no-texts", is_flag=True, help="Leave Why, Warnings and Appeal out: faster.")
@click.option(
    "--engine",
    type=click.Choice(["polars", "dask"]),
    default="polars",
    show_default=True,
    help="polars: this computer. dask: several processes or machines; needs a folder for OUT.",
)
@click.option("--scheduler", metavar="ADDRESS", help="A Dask cluster that runs. Default: one here.")
@TODAY
@JSON
def decide(
    rows: tuple[str, ...],
    out: Path,
    policy: Path | None,
    no_texts: bool,
    engine: str,
    scheduler: str | None,
    today: dt.datetime | None,
    as_json: bool,
) -> None:
    """Decide the ROWS of .csv or .parquet files.

    ROWS are files, folders, or patterns such as 'rows/*.parquet', of Parquet also in a cloud
    (s3://bucket/rows). Returns per buyer, per SKU and day, and per order are looked for across all
    of them.
    """
    if engine == "dask" and out.suffix:
        raise Refusal(
            out.name,
            phrased("is one file, and a cluster writes many"),
            phrased("name a new folder"),
        )
    asked = Asked(day(today), policy, with_texts=not no_texts)
    with started(engine, scheduler) as run:
        count, findings = decide_files(rows, out, asked, run)
    if as_json:
        print_json({"rows": count, "written_to": str(out), "findings": findings})
    else:
        click.echo(phrased("{count:,} rows decided\nWritten to {path}", count=count, path=out))
    end(findings, as_json)


@click.command()
@click.argument("book", type=FILE)
@click.option("--notes", is_flag=True, help="List notes too, such as rules that cross.")
@click.option(
    "--write", is_flag=True, help="Fill Check and Policy Check, and Check beside every line."
)
@TODAY
@JSON
def check(book: Path, notes: bool, write: bool, today: dt.datetime | None, as_json: bool) -> None:
    """Say what is wrong in BOOK's policy, cases and rows, each with an example."""
    checked = check_book(book, day(today), write=write)
    if as_json:
        print_json({"findings": checked.findings, "policy": as_lines(checked.policy)})
    else:
        click.echo("\n".join(checked.told(notes=notes)).rstrip())
    leave(failed=checked.failed)


@click.command()
@click.argument("book", type=FILE)
@click.argument("which", metavar="RETURN_ID")
@click.option(
    "--write", is_flag=True, help="Put what each choice costs on BOOK's Alternatives sheet."
)
@TODAY
@JSON
def explain(book: Path, which: str, write: bool, today: dt.datetime | None, as_json: bool) -> None:
    """Say all about one return of BOOK, and what each choice would cost.

    An order or tracking number will do as RETURN_ID where only one return has it.
    """
    explained = explain_row(book, which, day(today), write=write)
    if as_json:
        due = explained.told["Due"]
        shown = serials.date_of(due).isoformat() if isinstance(due, float) else due
        print_json({**explained.told, "Due": shown, "Alternatives": explained.alternatives})
        return
    for title, value in explained.lines():
        click.echo(f"{title:<19}{value}")
    for line in (*table_of(explained.alternatives), explained.written_to):
        if line:
            click.echo(line)


@click.command()
@click.argument("book", type=FILE)
@TODAY
@JSON
def due(book: Path, today: dt.datetime | None, as_json: bool) -> None:
    """List the clocks of BOOK that run, the shortest first."""
    lines = due_of(book, moment(today))
    if as_json:
        print_json(lines)
        return
    for line in lines[:LISTED]:
        worth = (
            phrased("  forfeits {forfeits}", forfeits=line["Forfeits"])
            if line.get("Forfeits")
            else ""
        )
        name = line["Return ID"] or line["Order ID"]
        click.echo(
            f"{time_left(line):>10}  {named(line['What']):<32}{name:<22}{named(line['Action'])}{worth}"
        )
    clocks = counted(marked("1 clock"), marked("{count:,} clocks"), count=len(lines))
    click.echo(phrased("{clocks}, {late:,} late", clocks=clocks, late=late(lines)))


@click.command()
@click.argument("book", type=FILE)
@JSON
def audit(book: Path, as_json: bool) -> None:
    """Prove that BOOK's Log is whole and that every decision in it comes out again."""
    seen = audit_book(book)
    tell(seen, as_json)
    end(seen.findings, as_json)


COMMANDS = (process, decide, check, explain, due, audit)
