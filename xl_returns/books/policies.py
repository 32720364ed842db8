"""Where policies come from: the sheets of a workbook, or the defaults that ship with the product."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Protocol

from xl_returns.books.workbook import Workbook
from xl_returns.core import serials, sheets
from xl_returns.core.findings import Finding
from xl_returns.core.grid import Grid
from xl_returns.core.language import speak, speaking
from xl_returns.core.policy import Policy, Settings
from xl_returns.core.policy_settings import read_settings
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.vocabulary import contract, english, names_in


def default_rows(sheet: sheets.Sheet) -> list[dict[str, str]]:
    """The default lines of a policy sheet, as text by header."""
    text = (files("xl_returns") / "data" / "policy" / sheet.file).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


@cache
def default_policy() -> Policy:
    """The policy that ships with the product."""
    policy, findings = parse_policy({sheet.name: default_grid(sheet) for sheet in sheets.POLICY})
    if findings:
        raise AssertionError("\n".join(map(str, findings)))
    return policy


def _line_of(file: str) -> Callable[[int, str], str]:
    return lambda row, header: f"{file} line {row + 2} {header}"


class PolicyTable(Protocol):
    """A table as far as policies are read from it."""

    def read(self) -> Mapping[str, Sequence[object]]:
        """Whole columns by header; dates are serial numbers."""

    def place(self, row: int, header: str) -> str:
        """The place of a cell, for messages; row 0 is the first below the header."""


class PolicyBook(Protocol):
    """A workbook as far as policies are read from it."""

    @property
    def tables(self) -> Mapping[str, PolicyTable]:
        """The tables by name."""

    @property
    def date1904(self) -> bool:
        """Whether its serial days count from 1904."""


def policy_of(book: PolicyBook) -> tuple[Policy, list[Finding]]:
    """The policy in a workbook's sheets, with every problem at its cell."""
    return policy_in(grids_of(book))


def policy_in(grids: Mapping[str, Grid]) -> tuple[Policy, list[Finding]]:
    """The policy in the cells of policy sheets, with every problem at its cell, in its language."""
    with speaking(_settings_in(grids.get(sheets.SETTINGS.name)).language):
        return parse_policy(grids, default_policy().settings)


def speak_as(book: PolicyBook) -> None:
    """From now on say sentences in a workbook's language."""
    speak(settings_of(book).language)


def opened(path: Path, *, read_only: bool = False) -> Workbook:
    """A workbook file for a job, which from now on speaks its language. Raises Refusal."""
    book = Workbook.open(path, read_only=read_only)
    speak_as(book)
    return book


def settings_of(book: PolicyBook) -> Settings:
    """The settings of a workbook; what cannot be read keeps its usual value."""
    return _settings_in(grid_of(book, sheets.SETTINGS))


def _settings_in(grid: Grid | None) -> Settings:
    return read_settings(grid, default_policy().settings)[0]


def grids_of(book: PolicyBook) -> dict[str, Grid]:
    """The cells of a workbook's policy sheets, by sheet name; those that it lacks are left out."""
    found = {sheet.name: grid_of(book, sheet) for sheet in sheets.POLICY}
    return {name: grid for name, grid in found.items() if grid}


def grid_of(book: PolicyBook, sheet: sheets.Sheet) -> Grid | None:
    """The cells of a sheet's table in a workbook; None where it has no such table."""
    table = book.tables.get(sheet.table)
    if table is None:
        return None
    named = _named(sheet.table, table.read())
    cells: dict[str, list[object]] = {
        f.name: [_READ.get(f.cell, _in_english)(value, book) for value in named[f.name]]
        for f in sheet.fields
        if f.name in named
    }
    return Grid(cells, table.place)


def _named(table: str, columns: Mapping[str, Sequence[object]]) -> dict[str, Sequence[object]]:
    """Columns by the contract's names, in whichever language their headers stand."""
    return dict(zip(names_in(table, tuple(columns)), columns.values(), strict=True))


def default_grid(sheet: sheets.Sheet) -> Grid:
    """The default lines of a policy sheet, as cells."""
    rows = default_rows(sheet)
    return Grid({f.name: [row[f.name] for row in rows] for f in sheet.fields}, _line_of(sheet.file))


def _plain(value: object, _: PolicyBook) -> object:
    return value if value is None or isinstance(value, (str, float, bool)) else str(value)


def _name(value: object, book: PolicyBook) -> object:
    return english(value) if isinstance(value, str) else _plain(value, book)


def _in_english(value: object, book: PolicyBook) -> object:
    return contract(value) if isinstance(value, str) else _plain(value, book)


def _as_date(value: object, book: PolicyBook) -> object:
    """A serial day as a date; what is none stays as it is, to be told about."""
    shift = serials.SHIFT_1904 if book.date1904 else 0
    if not isinstance(value, float) or not serials.is_day(value + shift):
        return _plain(value, book)
    return serials.date_of(value + shift)


_READ: Final[Mapping[sheets.Cell, Callable[[object, PolicyBook], object]]] = {
    "text": _plain,
    "date": _as_date,
    "id": _name,
}
"""How cells are read: text as it stands, days as dates, names and words in English."""
