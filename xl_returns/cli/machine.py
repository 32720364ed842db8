"""Commands for the computer and fresh workbooks: new, setup, doctor."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from xl_returns.books.save import backup_path
from xl_returns.calc.names import IN_CELLS
from xl_returns.cli.shared import EXIT_FINDINGS, FILE, JSON, print_json
from xl_returns.core import terms
from xl_returns.core.language import named, phrased, spoken
from xl_returns.desk.health import examine_book
from xl_returns.desk.mend import mend_book
from xl_returns.desk.new import new_book
from xl_returns.machine import libreoffice
from xl_returns.machine.checks import Check
from xl_returns.machine.doctor import examine_machine
from xl_returns.machine.setup import set_up


@click.command()
@click.argument("book", type=FILE)
@click.option(
    "--lang",
    type=click.Choice(terms.LANGUAGES),
    help="en or zh (简体中文). Default: the computer's language.",
)
def new(book: Path, lang: str | None) -> None:
    """Write a fresh workbook with the seller guide as its policy.

    BOOK.xlsm is live in Excel: worksheet functions, buttons. BOOK.xlsx has no
    macros: its suggestions are formulas of any spreadsheet program.
    """
    new_book(book, lang or spoken())
    click.echo(phrased("Written to {path}", path=book))


@click.command()
@click.option("--from", "source", metavar="WHAT", help="A wheel or folder to install from.")
@click.option("--libreoffice", "office", is_flag=True, help="Add the extension to LibreOffice.")
@click.option("--remove", is_flag=True, help="With --libreoffice: take the extension out again.")
def setup(source: str | None, office: bool, remove: bool) -> None:
    """Prepare this computer for live workbooks: the Python that Excel or LibreOffice calls."""
    if remove:
        _remove(office)
        return
    folder = set_up(source=source, say=click.echo)
    if office:
        _add(folder)
    click.echo(phrased("Ready: {folder}\n", folder=folder))
    _diagnose([*examine_machine(), *libreoffice.examine()], as_json=False)


def _add(folder: Path) -> None:
    from xl_returns.calc.oxt import extension  # noqa: PLC0415 - slow, and only here

    click.echo(phrased("Adding the extension to LibreOffice"))
    libreoffice.add(extension(libreoffice.engine(folder)))


def _remove(office: bool) -> None:
    if not office:
        raise click.UsageError(
            phrased("--remove takes the extension out of LibreOffice: add --libreoffice")
        )
    there = libreoffice.remove()
    click.echo(
        phrased("Taken out of LibreOffice")
        if there
        else phrased("LibreOffice does not have the extension")
    )


@click.command()
@click.argument("book", type=FILE, required=False)
@click.option("--mend", is_flag=True, help="Give BOOK back what it lost when LibreOffice saved it.")
@JSON
def doctor(book: Path | None, mend: bool, as_json: bool) -> None:
    """Look at this computer, and at BOOK, for what keeps Excel or LibreOffice from calling Python."""
    if mend:
        click.echo(_mended(book), err=as_json)
    machine = [*examine_machine(), *libreoffice.examine()]
    _diagnose([*machine, *(examine_book(book) if book else ())], as_json=as_json)


def _mended(book: Path | None) -> str:
    if book is None:
        raise click.UsageError(phrased("--mend needs a BOOK"))
    if not mend_book(book, IN_CELLS):
        return phrased("{path} lost nothing", path=book)
    return phrased("Mended {path}; as it was, it is {backup}", path=book, backup=backup_path(book))


def _diagnose(checks: Iterable[Check], *, as_json: bool) -> None:
    found = list(checks)
    if as_json:
        print_json([dataclasses.asdict(check) for check in found])
    for check in () if as_json else found:
        click.echo(f"{named(check.state):<9}{check.name:<19}{check.told}")
        if check.remedy:
            click.echo(f"{'':<28}> {check.remedy}")
    sys.exit(EXIT_FINDINGS if any(check.state == "error" for check in found) else 0)


COMMANDS = (new, setup, doctor)
