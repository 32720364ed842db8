"""Commands for the computer and fresh workbooks: new, setup, doctor."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from xl_returns.cli.shared import EXIT_FINDINGS, FILE, JSON, print_json
from xl_returns.desk.health import examine_book
from xl_returns.desk.new import new_book
from xl_returns.machine.checks import Check
from xl_returns.machine.doctor import examine_machine
from xl_returns.machine.setup import set_up


@click.command()
@click.argument("book", type=FILE)
def new(book: Path) -> None:
    """Write a fresh workbook with the seller guide as its policy.

    BOOK.xlsm is live in Excel: worksheet functions, buttons. BOOK.xlsx has no
    macros: its suggestions are formulas of any spreadsheet program.
    """
    new_book(book)
    click.echo(f"Written to {book}")


@click.command()
@click.option("--from", "source", metavar="WHAT", help="A wheel or folder to install from.")
def setup(source: str | None) -> None:
    """Prepare this computer for live workbooks: the Python that Excel calls."""
    folder = set_up(source=source, say=click.echo)
    click.echo(f"Ready: {folder}\n")
    _diagnose(examine_machine(), as_json=False)


@click.command()
@click.argument("book", type=FILE, required=False)
@JSON
def doctor(book: Path | None, as_json: bool) -> None:
    """Look at this computer, and at BOOK, for what keeps Excel from calling Python."""
    checks = [*examine_machine(), *(examine_book(book) if book else ())]
    _diagnose(checks, as_json=as_json)


def _diagnose(checks: Iterable[Check], *, as_json: bool) -> None:
    found = list(checks)
    if as_json:
        print_json([dataclasses.asdict(check) for check in found])
    for check in () if as_json else found:
        click.echo(f"{check.state:<9}{check.name:<19}{check.told}")
        if check.remedy:
            click.echo(f"{'':<28}> {check.remedy}")
    sys.exit(EXIT_FINDINGS if any(check.state == "error" for check in found) else 0)


COMMANDS = (new, setup, doctor)
