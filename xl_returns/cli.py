"""The command line: `xl-returns COMMAND`. Exit 0 done, 1 findings that need a person, 2 wrong use."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from xl_returns import __version__
from xl_returns.books.workbook import Workbook
from xl_returns.core import terms
from xl_returns.core.findings import Finding, Refusal
from xl_returns.desk.audit import audit_book
from xl_returns.desk.due import due_of, late
from xl_returns.desk.expected import look_up
from xl_returns.desk.files import decide_file
from xl_returns.desk.goods_in import receive as take_goods
from xl_returns.desk.goods_in import split_return, take_in
from xl_returns.desk.health import examine_book
from xl_returns.desk.intake import import_reports
from xl_returns.desk.letters import letters_of, write_letters
from xl_returns.desk.new import new_book
from xl_returns.desk.offers import answer_offer, make_offer, negotiation_of
from xl_returns.desk.process import process_book
from xl_returns.desk.review import check_book, explain_row
from xl_returns.desk.uploads import export_adjustments
from xl_returns.machine.checks import Check
from xl_returns.machine.doctor import examine_machine
from xl_returns.machine.setup import set_up

_EXIT_FINDINGS = 1
_EXIT_WRONG_USE = 2
_LISTED = 20

_TITLES = {
    "return_id": "Return ID", "units": "Units", "condition": "Condition", "photos": "Photos",
    "weight": "Weight", "weight_sent": "Weight Sent", "serial": "Serial",
    "serial_sent": "Serial Sent", "note": "Note",
}  # fmt: skip

_file = click.Path(path_type=Path)
_today = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day to decide for, as 2026-01-31. Default: today.",
)
_folder = click.option("-o", "--out", "folder", type=_file, required=True, help="A folder.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """A returns desk in Excel, decided by the policy in your own workbook."""


@cli.command()
@click.argument("book", type=_file)
@click.option("-o", "--out", type=_file, help="Write another file; leave BOOK as it is.")
@_today
@_dry_run
@_json
def process(
    book: Path, out: Path | None, today: dt.datetime | None, dry_run: bool, as_json: bool
) -> None:
    """Decide every row of BOOK and write the result into it."""
    summary = process_book(book, _day(today), out, dry_run=dry_run, step=_step, now=_moment(today))
    _tell(summary, as_json)
    _end(summary.findings, as_json)


@cli.command(name="import")
@click.argument("reports", type=_file, nargs=-1, required=True)
@click.option("--into", type=_file, required=True, help="The workbook.")
@click.option(
    "--marketplace",
    type=click.Choice(terms.MARKETPLACES, case_sensitive=False),
    metavar="CODE",
    help="Where the reports name none.",
)
@_today
@_dry_run
@_json
def import_(
    reports: Sequence[Path],
    into: Path,
    marketplace: str | None,
    today: dt.datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take Amazon's REPORTS into a workbook."""
    intake = import_reports(reports, into, _day(today), marketplace, dry_run=dry_run, step=_step)
    _tell(intake, as_json)
    _end(intake.findings, as_json)


@cli.command()
@click.argument("rows", type=_file)
@click.option("-o", "--out", type=_file, required=True, help="A .csv, .parquet or .xlsx file.")
@click.option(
    "--policy", type=_file, help="The workbook whose policy decides. Default: the seller guide."
)
@_today
@_json
def decide(
    rows: Path, out: Path, policy: Path | None, today: dt.datetime | None, as_json: bool
) -> None:
    """Decide the ROWS of a .csv or .parquet file."""
    count, findings = decide_file(rows, out, _day(today), policy)
    if as_json:
        _print_json({"rows": count, "written_to": str(out), "findings": findings})
    else:
        click.echo(f"{count:,} rows decided\nWritten to {out}")
    _end(findings, as_json)


@cli.command()
@click.argument("book", type=_file)
@_today
@_json
def check(book: Path, today: dt.datetime | None, as_json: bool) -> None:
    """Say what is wrong in BOOK's policy, cases and rows."""
    findings = check_book(book, _day(today))
    if as_json:
        _print_json({"findings": findings})
    elif not findings:
        click.echo("Nothing to mend")
    _end(findings, as_json, limit=None)


@cli.command()
@click.argument("book", type=_file)
@click.argument("return_id")
@_today
@_json
def explain(book: Path, return_id: str, today: dt.datetime | None, as_json: bool) -> None:
    """Say all about one return of BOOK."""
    told = explain_row(book, return_id, _day(today))
    if isinstance(due := told["Due"], float):
        told["Due"] = (dt.date(1899, 12, 30) + dt.timedelta(due)).isoformat()
    if as_json:
        _print_json(told)
        return
    for name, value in told.items():
        if value is not None:
            click.echo(f"{name:<19}{value}")


@cli.command()
@click.argument("book", type=_file)
@_today
@_json
def due(book: Path, today: dt.datetime | None, as_json: bool) -> None:
    """List the clocks of BOOK that run, the shortest first."""
    lines = due_of(book, _moment(today))
    if as_json:
        _print_json(lines)
        return
    for line in lines[:_LISTED]:
        worth = f"  forfeits {line['Forfeits']}" if line["Forfeits"] else ""
        click.echo(
            f"{line['Hours Left']:>8,.1f} h  {line['What']:<22}{line['Return ID']:<22}"
            f"{line['Action']}{worth}"
        )
    click.echo(f"{len(lines):,} clocks, {late(lines):,} late")


@cli.command()
@click.argument("book", type=_file)
@click.argument("code")
@click.option("--return-id", help="Which return, where the code fits several.")
@click.option("--units", type=int, help="How many came; fewer than expected splits the return.")
@click.option("--condition", help="What you found; several with commas.")
@click.option("--photos", is_flag=True, help="You have photos.")
@click.option("--weight", type=float, help="What the parcel weighs.")
@click.option("--weight-sent", type=float, help="What it weighed when you sent it.")
@click.option("--serial", help="The serial number that came.")
@click.option("--serial-sent", help="The serial number that you sent.")
@click.option("--note", help="Anything else.")
@_today
@_json
def receive(book: Path, code: str, today: dt.datetime | None, as_json: bool, **found: Any) -> None:
    """Look up a scanned CODE in BOOK; with what you found, take the goods in.

    CODE is a tracking number, RMA, LPN or order number.
    """
    given = {_TITLES[name]: value for name, value in found.items() if value not in (None, False)}
    if not given:
        expected = look_up(Workbook.open(book, read_only=True), code, _day(today))
        if as_json:
            _print_json(list(map(dataclasses.asdict, expected)))
        else:
            click.echo("\n".join(map(str, expected)) or f"Nothing fits {code}")
        sys.exit(0 if expected else _EXIT_FINDINGS)
    file = Workbook.open(book)
    line = {name: float(v) if isinstance(v, int) else v for name, v in given.items()}
    taken = take_goods(file, _day(today), code, line | ({"Photos": "Y"} if found["photos"] else {}))
    file.save()
    _tell(taken, as_json)
    _end(taken.findings, as_json)


@cli.command(name="goods-in")
@click.argument("book", type=_file)
@_today
@_json
def goods_in(book: Path, today: dt.datetime | None, as_json: bool) -> None:
    """Take the lines of BOOK's Goods In sheet into Returns."""
    file = Workbook.open(book)
    taken = take_in(file, _day(today))
    file.save()
    _tell(taken, as_json)
    _end(taken.findings, as_json)


@cli.command()
@click.argument("book", type=_file)
@click.argument("return_id")
@click.argument("units", type=int, nargs=-1, required=True)
@_today
@_json
def split(
    book: Path, return_id: str, units: Sequence[int], today: dt.datetime | None, as_json: bool
) -> None:
    """Split one return of BOOK into several with so many UNITS each, such as 2 1."""
    file = Workbook.open(book)
    taken = split_return(file, return_id, units, _day(today))
    file.save()
    _tell(taken, as_json)


@cli.command()
@click.argument("book", type=_file)
@click.argument("return_id")
@click.option("--made", is_flag=True, help="Record that the next offer was made.")
@click.option("--amount", type=float, help="Record that an offer of this amount was made.")
@click.option("--accepted", "answer", flag_value="accepted", help="The buyer took the offer.")
@click.option("--refused", "answer", flag_value="refused", help="The buyer did not take it.")
@click.option("--insists", "answer", flag_value="insists", help="Refused, and wants all back.")
@_today
@_json
def offer(
    book: Path,
    return_id: str,
    made: bool,
    amount: float | None,
    answer: str | None,
    today: dt.datetime | None,
    as_json: bool,
) -> None:
    """Show the keep-it offers for one return of BOOK, or record one that was made or answered."""
    made = made or amount is not None
    if made and answer:
        raise click.UsageError("record the offer first, then its answer")
    file = Workbook.open(book, read_only=not (made or answer))
    day = _day(today)
    if made:
        stands = make_offer(file, return_id, day, amount)
    elif answer:
        insists = answer == "insists"
        stands = answer_offer(file, return_id, day, accepted=answer == "accepted", insists=insists)
    else:
        stands = negotiation_of(file, return_id, day)
    file.save()
    if as_json:
        _print_json(dataclasses.asdict(stands) | {"next": stands.next, "ladder": stands.ladder})
        return
    click.echo(str(stands))
    click.echo(f"Ladder: {', '.join(map(stands.shown, stands.ladder))}")
    click.echo(f"Learned: {stands.learned}")


@cli.command()
@click.argument("book", type=_file)
@_json
def audit(book: Path, as_json: bool) -> None:
    """Prove that BOOK's Log is whole and that every decision in it comes out again."""
    seen = audit_book(book)
    _tell(seen, as_json)
    _end(seen.findings, as_json)


@cli.group()
def export() -> None:
    """Write files for what was decided."""


@export.command()
@click.argument("book", type=_file)
@_folder
@click.option("--again", is_flag=True, help="Also what was exported before.")
@_today
@_dry_run
@_json
def adjustments(
    book: Path,
    folder: Path,
    again: bool,
    today: dt.datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write Amazon's bulk refund file for BOOK's decided, unpaid rows, and mark them."""
    batch = export_adjustments(book, folder, _day(today), again=again, dry_run=dry_run)
    _tell(batch, as_json)
    _end(batch.findings, as_json)


@export.command()
@click.argument("book", type=_file)
@_folder
@_json
def messages(book: Path, folder: Path, as_json: bool) -> None:
    """Write a message to the buyer of every decided, open row of BOOK, in the buyer's language."""
    letters, findings = letters_of(Workbook.open(book, read_only=True))
    written = write_letters(letters, folder)
    if as_json:
        _print_json({"messages": list(map(dataclasses.asdict, letters)), "findings": findings})
    else:
        click.echo(f"{len(letters):,} messages\nWritten to {' and '.join(map(str, written))}")
    _end(findings, as_json)


@cli.command()
@click.argument("book", type=_file)
def new(book: Path) -> None:
    """Write a fresh workbook with the seller guide as its policy.

    BOOK.xlsm is live in Excel: worksheet functions, buttons. BOOK.xlsx has no macros.
    """
    new_book(book)
    click.echo(f"Written to {book}")


@cli.command()
@click.option("--from", "source", metavar="WHAT", help="A wheel or folder to install from.")
def setup(source: str | None) -> None:
    """Prepare this computer for live workbooks: the Python that Excel calls."""
    folder = set_up(source=source, say=click.echo)
    click.echo(f"Ready: {folder}\n")
    _diagnose(examine_machine(), as_json=False)


@cli.command()
@click.argument("book", type=_file, required=False)
@_json
def doctor(book: Path | None, as_json: bool) -> None:
    """Look at this computer, and at BOOK, for what keeps Excel from calling Python."""
    checks = [*examine_machine(), *(examine_book(book) if book else ())]
    _diagnose(checks, as_json=as_json)


def _diagnose(checks: Iterable[Check], *, as_json: bool) -> None:
    found = list(checks)
    if as_json:
        _print_json([dataclasses.asdict(check) for check in found])
    for check in () if as_json else found:
        click.echo(f"{check.state:<9}{check.name:<19}{check.told}")
        if check.remedy:
            click.echo(f"{'':<28}> {check.remedy}")
    sys.exit(_EXIT_FINDINGS if any(check.state == "error" for check in found) else 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; a refusal is one sentence and exit code 2."""
    _speak_utf8()
    try:
        cli.main(arguments, prog_name="xl-returns", standalone_mode=True)
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(_EXIT_WRONG_USE)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _day(today: dt.datetime | None) -> dt.date:
    return dt.datetime.now().astimezone().date() if today is None else today.date()


def _moment(today: dt.datetime | None) -> dt.datetime:
    """Now, or the noon (UTC) of a day that was asked for."""
    if today is None:
        return dt.datetime.now().astimezone()
    return dt.datetime.combine(today.date(), dt.time(12), dt.UTC)


def _step(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"{text} …", err=True)


def _tell(result: Any, as_json: bool) -> None:
    if as_json:
        _print_json(dataclasses.asdict(result))
    else:
        click.echo(str(result))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=_as_json))


def _as_json(value: object) -> object:
    return dataclasses.asdict(value) if isinstance(value, Finding) else str(value)


def _end(findings: Sequence[Finding], as_json: bool, limit: int | None = _LISTED) -> None:
    if not as_json:
        for finding in findings[:limit]:
            click.echo(f"{finding.severity}: {finding}")
        if limit is not None and len(findings) > limit:
            click.echo(f"and {len(findings) - limit:,} more; see the Check sheet or `check`")
    sys.exit(_EXIT_FINDINGS if any(f.severity == "error" for f in findings) else 0)
