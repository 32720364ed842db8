"""The sheet `Native`: the day, whether the policy can be read, and what formulas leave open."""

from __future__ import annotations

from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xl_returns.books.build.frame import TABLE_STYLE, add_sheet
from xl_returns.books.build.native import policy
from xl_returns.books.build.native.blocks import Block
from xl_returns.books.build.styles import NOTE_TINT, Styles

SHEET: Final = "Native"
HEADERS: Final = ("Today", "State")
_TODAY: Final = "$A$6"
_STATE: Final = "$B$6"
_HINT: Final = "The green columns of Returns are formulas here: they follow your policy sheets in any spreadsheet program, without Python and without macros."


def add_page(book: Workbook, styles: Styles, blocks: list[Block]) -> None:
    """The sheet with its table, and the names under which formulas know its cells."""
    page = add_sheet(book, styles, SHEET, _HINT, 2)
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 110)
    headers = [{"header": h, "header_format": styles.header(NOTE_TINT)} for h in HEADERS]
    options = {"name": SHEET, **TABLE_STYLE, "columns": headers, "autofilter": False}
    page.add_table(4, 0, 5, 1, options)
    page.write_formula(5, 0, "=TODAY()", styles.cell("date"), "")
    page.write_formula(5, 1, f"={_state(blocks)}", styles.cell("prose"), "")
    book.define_name(policy.TODAY, f"='{SHEET}'!{_TODAY}")
    book.define_name(policy.STATE, f"='{SHEET}'!{_STATE}")


def _state(blocks: list[Block]) -> str:
    """What keeps the policy from being read; blank when nothing does."""
    found = '""'
    for block in reversed([b for b in blocks if any(c.name == "Trouble" for c in b.columns)]):
        state, most = block.name("Trouble"), block.lines
        place = f'"Formulas cannot read {block.about}, line "&{state}&": see xl-returns check"'
        many = f'"{block.about} has more than the {most} lines that formulas read"'
        found = f"IF({state}>{most},{many},IF({state}>0,{place},{found}))"
    return found
