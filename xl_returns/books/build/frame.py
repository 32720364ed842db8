"""What every sheet shares: the title band, the frozen header, the print set-up."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import Styles

HEADER_ROW: Final = 3
"""The table's header stands on the fourth row, below title, hint and legend."""
FIRST_ROW: Final = HEADER_ROW + 1
_WIDEST_PAGE: Final = 30
"""Sheets with more columns print on several pages instead of in tiny letters."""
_LINE_HEIGHT: Final = 13
_WIDE: Final = 12
"""On sheets with more columns the first one is frozen: the hint scrolls with the others."""
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
) -> Page:
    """A sheet with its title band, ready for a table."""
    sheet = book.add_worksheet(name, worksheet_class=kind)
    sheet.hide_gridlines(2)
    sheet.set_row(0, 26)
    sheet.set_row(1, 18)
    for column in range(columns):
        sheet.write_blank(0, column, None, styles.title())
        sheet.write_blank(1, column, None, styles.hint())
    sheet.write_string(0, 0, name, styles.title())
    sheet.write_string(1, int(columns > _WIDE), hint, styles.hint())
    sheet.set_landscape()
    sheet.set_paper(9)
    if columns > _WIDEST_PAGE:
        sheet.set_print_scale(55)
        sheet.repeat_columns(0)
    else:
        sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    return sheet


def fit_heights(sheet: Page, texts: Mapping[int, Sequence[str]], widths: Sequence[int]) -> None:
    """Give rows whose texts (by row) wrap in columns of these widths the height they need."""
    for row, cells in texts.items():
        lines = max(
            ceil(shown_width(text) / width) for text, width in zip(cells, widths, strict=True)
        )
        if lines > 1:
            sheet.set_row(row, _LINE_HEIGHT * lines + 2)


def shown_width(text: str) -> int:
    """How many narrow letters a text is as wide as: Chinese characters count twice."""
    return len(text) + sum(map(_is_wide, text))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def note(sheet: Page, row: int, column: int, text: str) -> None:
    """A header's help, shown when it is pointed at."""
    lines = shown_width(text) // 34 + 2
    sheet.write_comment(row, column, text, {"author": "", "width": 210, "height": 16 * lines + 8})
