"""Where things stand on the Dashboard: its grid, its cells, and the lists behind its charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from xl_returns.core import terms

SHEET: Final = "Dashboard"
WIDTHS: Final = (112, 76, 94, 94, 72, 116, 138, 50, 122, 66, 44, 144)
"""The page's columns in pixels; each pair is as wide as a tile, two pairs as wide as a chart."""
CHOOSERS, TILES, FIRST_CHARTS, MORE_CHARTS, LAST_CHARTS, END = 2, 4, 8, 21, 32, 40
"""The rows in which the page's parts begin, and the row after its last. A list has its title and
its header in its first two rows; between the parts a row is left."""
LEFT, MIDDLE, RIGHT = 0, 4, 8
"""The columns in which they begin."""
LINE: Final = 20
TALL: Final = 32
"""Pixels of a row; rows of the fix list are tall."""
TODAY: Final = "$B$3"
"""Today's cell. Every formula reads it, so that Excel counts anew on opening: `process` changes
tables while Excel is closed, and formulas that no volatile cell feeds would show the old day."""
OWN_CURRENCY, OWN_PLACE = "$D$3", "$G$3"
"""The two cells that the seller may change."""
AUTO, ALL = "Auto", "All"
"""What stands in them first: the currency of most rows, and every marketplace."""
UNSEEN: Final = " "
"""What stands in cells of text until a program has counted: a blank that is no number."""
ASIDE: Final = len(WIDTHS) + 1
"""The column at which the lists behind the charts begin, right of the page."""
_UPPER, _LOWER = FIRST_CHARTS + 3, MORE_CHARTS + 4


@dataclass(frozen=True)
class Block:
    """A list beside the page: its first row and column, how many rows, and its headers."""

    row: int
    column: int
    rows: int
    headers: tuple[str, ...]

    def cell(self, line: int, header: str) -> str:
        """The address of a cell, lines counted from 0."""
        column = self.column + self.headers.index(header)
        return xl_rowcol_to_cell(self.row + line, column, row_abs=True, col_abs=True)

    def down_to(self, line: int, header: str) -> str:
        """The address of a column's cells from the first to this line."""
        column = self.column + self.headers.index(header)
        return xl_range_abs(self.row, column, self.row + line, column)

    def whole(self, header: str) -> str:
        """The address of a whole column."""
        return self.down_to(self.rows - 1, header)

    def for_chart(self, sheet: str, header: str) -> list[str | int]:
        """A whole column as charts name it, on the sheet of this title."""
        column = self.column + self.headers.index(header)
        return [sheet, self.row, column, self.row + self.rows - 1, column]

    def name_for_chart(self, sheet: str, header: str) -> str:
        """A column's header as charts name it, on the sheet of this title."""
        return f"={quote_sheetname(sheet)}!{self.cell(-1, header)}"


NOT_PROCESSED: Final = "Not processed yet"
ASKED: Final = (*(a for a in terms.ACTIONS if a != terms.NO_ACTION), NOT_PROCESSED)
"""What open returns may ask for."""
CHOICES: Final = ("Currency", "Marketplace", "Marketplace asked for", "Rows without currency")
_BARS: Final = 8
_COUNTED: Final = ("Name", "Rows")
_RANKED: Final = ("Key", "Line", "Name")

MONTHS: Final = Block(_UPPER, ASIDE, 12, ("Month", "Returns", "Refunded"))
COINS: Final = Block(_LOWER, ASIDE, len(terms.CURRENCIES), ("Currency", "Rows"))
ACTIONS: Final = Block(_UPPER, ASIDE + 4, _BARS, _COUNTED)
EVERY_ACTION: Final = Block(_LOWER, ASIDE + 4, len(ASKED), (*_COUNTED, "Rank"))
GOODS: Final = Block(_UPPER, ASIDE + 8, _BARS, _COUNTED)
EVERY_GOODS: Final = Block(_LOWER, ASIDE + 8, len(terms.DISPOSITIONS), (*_COUNTED, "Rank"))
SKUS: Final = Block(_UPPER, ASIDE + 12, _BARS, _RANKED)
CAUSES: Final = Block(_LOWER, ASIDE + 12, _BARS, _RANKED)
CHOSEN: Final = Block(_LOWER + 11, ASIDE + 12, len(CHOICES), ("Chosen for", "Chosen"))
DUE: Final = Block(_UPPER, ASIDE + 16, 10, _RANKED[:2])
FIXES: Final = Block(_LOWER, ASIDE + 16, 6, _RANKED[:2])
HOMES: Final = Block(
    _UPPER, ASIDE + 19, len(terms.MARKETPLACES), ("Marketplace", "Currency", "Asked")
)
CURRENCY, PLACE, PLACE_ASKED, WITHOUT = (CHOSEN.cell(line, "Chosen") for line in range(CHOSEN.rows))
"""What is chosen: currency, marketplace, the marketplace as COUNTIFS asks for it, and how many of
its rows name no currency (theirs is the marketplace's)."""
