"""What every sheet shares: the title band, the frozen header, the print set-up."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import Styles

HEADER_ROW: Final = 3
"""The table's header stands on the fourth row, below title, hint and legend."""
FIRST_ROW: Final = HEADER_ROW + 1
_PRINT_SCALE: Final = 80
"""Text of 10 points prints in 8; what is wider goes on, column by column, on further pages."""
_LINE_HEIGHT: Final = 13
_CHINESE_LINE_HEIGHT: Final = 16
_NARROW: Final = 0.82
"""How much of a column's unit a letter takes at most, over a whole line."""
_WIDE: Final = 12
"""On sheets with more columns the first one is frozen: the hint scrolls with the others."""
_LAST_ROW: Final = 1048575
TABLE_STYLE: Final = {"style": "Table Style Light 1", "banded_rows": False}


class Plain(Page):
    """A sheet whose formulas hold no function that came after Excel 2016: none is looked for.

    Looking for them takes XlsxWriter longer than all the rest of a sheet with many formulas.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002 - as the base class has it
        return formula.removeprefix("=")


def add_sheet(
    book: Book,
    styles: Styles,
    name: str,
    hint: str,
    columns: int,
    kind: type[Page] | None = None,
    hint_at: int | None = None,
) -> Page:
    """A sheet with its title band, ready for a table.

    The hint stands in the first column, or where it scrolls with the others; or in a given one.
    """
    sheet = book.add_worksheet(name, worksheet_class=kind)
    sheet.hide_gridlines(2)
    sheet.set_row(0, 26)
    sheet.set_row(1, 18)
    for column in range(columns):
        sheet.write_blank(0, column, None, styles.title())
        sheet.write_blank(1, column, None, styles.hint())
    sheet.write_string(0, 0, name, styles.title())
    at = int(columns > _WIDE) if hint_at is None else hint_at
    sheet.write_string(1, at, hint, styles.hint())
    _set_up_print(sheet)
    return sheet


def _set_up_print(sheet: Page) -> None:
    """On paper each page has the headers, the first column, and its name and number below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.25, right=0.25, top=0.4, bottom=0.5)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.set_print_scale(_PRINT_SCALE)
    sheet.repeat_rows(HEADER_ROW)
    sheet.repeat_columns(0)


def print_columns(sheet: Page, count: int) -> None:
    """Only the first columns go on paper, as far down as they are used.

    XlsxWriter would name whole columns by their letters alone, which openpyxl cannot read.
    """
    last = xl_rowcol_to_cell(_LAST_ROW, count - 1, row_abs=True, col_abs=True)
    sheet.print_area_range = f"{quote_sheetname(sheet.get_name())}!$A$1:{last}"


def fit_heights(sheet: Page, texts: Mapping[int, Sequence[str]], widths: Sequence[int]) -> None:
    """Give rows whose texts (by row) wrap in columns of these widths the height they need."""
    for row, cells in texts.items():
        height = max(_height(text, width) for text, width in zip(cells, widths, strict=True))
        if height > _CHINESE_LINE_HEIGHT:
            sheet.set_row(row, height + 2)


def _height(text: str, width: int) -> int:
    """The points that a text takes in a column of this width."""
    wide = sum(map(_is_wide, text))
    lines = ceil((_NARROW * (len(text) - wide) + 2 * wide) / width)
    return lines * (_CHINESE_LINE_HEIGHT if wide else _LINE_HEIGHT)


def shown_width(text: str) -> int:
    """How many narrow letters a text is as wide as: Chinese characters count twice."""
    return len(text) + sum(map(_is_wide, text))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def note(sheet: Page, row: int, column: int, text: str) -> None:
    """A header's help, shown when it is pointed at."""
    lines = shown_width(text) // 34 + 2
    sheet.write_comment(row, column, text, {"author": "", "width": 210, "height": 16 * lines + 8})
