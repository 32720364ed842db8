"""Blocks of formulas beside each other on one hidden sheet, each column with a name.

In a formula `@` is the number of its sheet row and `¤` of the row above.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from xl_returns.books.build.frame import Plain
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import Styles
from xl_returns.core.sheets import Sheet

SHEET: Final = "Native Policy"
FIRST: Final = 4
"""The sheet row of a block's first line."""


@dataclass
class Column:
    """A column of a block: its name, and its formulas or words from the top."""

    name: str
    at: int
    cells: list[str]


@dataclass
class Block:
    """Columns of so many lines; `table` is the policy table of which each line reads one."""

    prefix: str
    about: str
    lines: int
    start: int
    table: Sheet | None = None
    columns: list[Column] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    areas: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Names of columns side by side: the first and the last of them."""

    def add(self, name: str, formula: str) -> str:
        """A column of one formula; gives back the reference to its cell in the same line."""
        return self.fill(name, [formula] * self.lines)

    def fill(self, name: str, cells: list[str]) -> str:
        """A column with a formula or word of its own in each line."""
        column = Column(name, self.start + len(self.columns), cells)
        self.columns.append(column)
        return f"${xl_col_to_name(column.at)}@"

    def at(self, name: str) -> str:
        """The reference to a column's cell in the same line."""
        return f"${self.letter(name)}@"

    def letter(self, name: str) -> str:
        """The sheet column in which a column stands."""
        return xl_col_to_name(next(c.at for c in self.columns if c.name == name))

    def name(self, column: str) -> str:
        """The defined name of a column."""
        return f"{self.prefix}_{re.sub(r'[^A-Za-z0-9]', '', column)}"

    def cell(self, header: str) -> str:
        """The cell of the policy table that a line reads, for use where it is compared at once."""
        if self.table is None:
            raise ValueError(f"{self.about} reads no policy table")
        return f"INDEX({self.table.table}[{header}],{self.line})"

    @property
    def line(self) -> str:
        """The number of a line, which the first column holds."""
        return f"${xl_col_to_name(self.start)}@"

    def within(self, formula: str, beyond: str = '""') -> str:
        """A formula for lines that the policy table has."""
        return f"=IF({self.line}>{self.name('Count')},{beyond},{formula})"

    def text(self, name: str, header: str) -> str:
        """A column with a policy column's texts."""
        return self.add(name, self.within(f'TRIM({self.cell(header)}&"")'))

    def value(self, name: str, header: str) -> str:
        """A column with a policy column's values; blank stays blank."""
        cell = self.cell(header)
        return self.add(
            name, self.within(f'IF({cell}="","",IF(ISTEXT({cell}),TRIM({cell}),{cell}))')
        )

    @property
    def width(self) -> int:
        """How many sheet columns the block takes, with a gap."""
        return len(self.columns) + 1


def add_blocks(book: Book, styles: Styles, blocks: list[Block]) -> None:
    """The hidden sheet with all blocks, and the names of their columns."""
    page = book.add_worksheet(SHEET, worksheet_class=Plain)
    page.hide()
    page.write_string(0, 0, "The policy sheets as the formulas of Returns read them. Nothing here is to be filled.", styles.get(bold=True))  # fmt: skip
    for block in blocks:
        page.write_string(1, block.start, block.about, styles.get(bold=True))
        for column in block.columns:
            page.write_own(2, column.at, column.name, styles.get(italic=True))
            _fill(page, column)
            letter = xl_col_to_name(column.at)
            area = f"${letter}${FIRST}:${letter}${FIRST + len(column.cells) - 1}"
            book.define_name(block.name(column.name), f"='{page.get_name()}'!{area}")
        for name, (first, last) in block.areas.items():
            area = f"${block.letter(first)}${FIRST}:${block.letter(last)}${FIRST + block.lines - 1}"
            book.define_name(block.name(name), f"='{page.get_name()}'!{area}")


def _fill(page: Page, column: Column) -> None:
    for number, cell in enumerate(column.cells):
        row = FIRST - 1 + number
        if cell.startswith("="):
            formula = cell.replace("@", str(row + 1)).replace("¤", str(row))
            page.write_formula(row, column.at, formula, None, "")
        elif cell.lstrip("-").isdigit():
            page.write_number(row, column.at, int(cell))
        else:
            page.write_string(row, column.at, cell)
