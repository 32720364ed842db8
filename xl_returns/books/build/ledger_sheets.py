"""The sheets of the ledgers: Due, Goods In, Fix List, SKU Costs, Log and all the others."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from xl_returns.books.build.frame import (
    FIRST_ROW,
    HEADER_ROW,
    TABLE_STYLE,
    add_sheet,
    note,
    print_columns,
)
from xl_returns.books.build.ledger_help import HELP
from xl_returns.books.build.lists import Lists
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import (
    ALARM,
    CALM,
    CARE,
    NOTE_TINT,
    OUTCOME_TINT,
    OWNER_TINT,
    Styles,
)
from xl_returns.books.build.typed import expect
from xl_returns.core import ledgers
from xl_returns.core.language import CHINESE, text
from xl_returns.core.ledgers import NONE, Entry, Ledger

_CODE: Final = "GoodsIn[[#This Row],[Code]]"
_SPARE_ROWS: Final = 500
_TWO_LINES: Final = 32


def _looked_up(wanted: str, *by: str) -> str:
    """A row's value by its code, tried in one column after the other."""
    found = f'"{NONE}"'
    for column in reversed(by):
        found = f"IFERROR(INDEX(Returns[{wanted}],MATCH({_CODE},Returns[{column}],0)),{found})"
    return f'=IF({_CODE}="","{NONE}",{found})'


_UNTIL: Final = "Due[[#This Row],[Until Here]]"
FORMULAS: Final = {
    ledgers.GOODS_IN: {
        "Found": _looked_up("Return ID", "Return ID", "Tracking ID", "Order ID"),
        "Item": _looked_up("Item", "Return ID", "Tracking ID", "Order ID"),
    },
    ledgers.DUE: {"Hours Left": f'=IF(ISNUMBER({_UNTIL}),({_UNTIL}-NOW())*24,"{NONE}")'},
}
"""What ledgers show at once, in any program: the first return that a code fits, the hours left."""


def _either(word: str) -> str:
    """A formula: a cell is a word, in English or in Chinese."""
    return f'OR({{cell}}="{word}",{{cell}}="{text(CHINESE, word)}")'


_PAINTED: Final = {
    ledgers.FIX_LIST: ("Sure", _either("sure"), CALM),
    ledgers.SKU_COSTS: ("Verdict", _either("high"), ALARM),
    ledgers.BREAK_EVEN: ("Left On Table", "N({cell})>0", CARE),
}
"""Cells that catch the eye: their column, what holds of them, and how they look."""


def add_ledger(book: Book, styles: Styles, lists: Lists, ledger: Ledger) -> None:
    """A ledger with its blank rows, whose cells carry the format of the rows to come."""
    page = add_sheet(book, styles, ledger.sheet, ledger.about, len(ledger.columns))
    formulas, told = FORMULAS.get(ledger, {}), HELP.get(ledger, {})
    options = {
        "name": ledger.table,
        **TABLE_STYLE,
        "columns": [_column(entry, ledger, styles, formulas) for entry in ledger.columns],
    }
    rows = range(FIRST_ROW, FIRST_ROW + ledger.blank_rows)
    page.add_table(HEADER_ROW, 0, rows[-1], len(ledger.columns) - 1, options)
    look = {"text_wrap": True, "valign": "top"} if ledger.wraps else {}
    for position, entry in enumerate(ledger.columns):
        page.set_column(position, position, entry.width)
        if entry.name in told:
            note(page, HEADER_ROW, position, page.tongue.text(told[entry.name]))
        cell = styles.cell(entry.kind, **look)
        for row in rows:
            if entry.name in formulas:
                page.write_formula(row, position, formulas[entry.name], cell, NONE)
            else:
                page.write_blank(row, position, None, cell)
        _drop_down(page, lists, position, entry)
        if entry.name in ledger.typed:
            area = (FIRST_ROW, position, FIRST_ROW + _SPARE_ROWS, position)
            expect(page, entry.kind, entry.name, area)
    page.freeze_panes(FIRST_ROW, 0)
    if ledger is ledgers.DUE:
        _paint_hours(book, page)
    if ledger in _PAINTED:
        _paint(book, page, ledger)
    page.set_default_row(_TWO_LINES if ledger.wraps else 16)
    page.set_row(HEADER_ROW, _TWO_LINES)
    if ledger.printed_to:
        print_columns(page, ledger.headers.index(ledger.printed_to) + 1)
    if ledger.hidden:
        page.hide()


def _column(
    entry: Entry, ledger: Ledger, styles: Styles, formulas: dict[str, str]
) -> dict[str, Any]:
    tint = NOTE_TINT
    if entry.name in ledger.typed:
        tint = OWNER_TINT["seller"]
    elif entry.name in formulas:
        tint = OUTCOME_TINT
    column = {"header": entry.name, "header_format": styles.header(tint, entry.kind)}
    return column | ({"formula": formulas[entry.name]} if entry.name in formulas else {})


def _drop_down(page: Page, lists: Lists, position: int, entry: Entry) -> None:
    if not entry.choices:
        return
    rule = {
        "validate": "list",
        "source": lists.source(entry.name, entry.choices),
        "error_type": "warning",
        "error_title": entry.name,
        "error_message": "This word is not in the list. Keep it?",
    }
    page.data_validation(FIRST_ROW, position, FIRST_ROW + _SPARE_ROWS, position, rule)


def _paint(book: Book, page: Page, ledger: Ledger) -> None:
    header, holds, look = _PAINTED[ledger]
    column = ledger.headers.index(header)
    cell = xl_rowcol_to_cell(FIRST_ROW, column, col_abs=True)
    rule = {
        "type": "formula",
        "criteria": f"={holds.format(cell=cell)}",
        "format": book.add_format(look),
    }
    page.conditional_format(FIRST_ROW, column, FIRST_ROW + _SPARE_ROWS, column, rule)


def _paint_hours(book: Book, page: Page) -> None:
    """Late clocks and those of the next day catch the eye."""
    first = f"$A{FIRST_ROW + 1}"
    for limit, look in ((0, ALARM), (24, CARE)):
        rule = {
            "type": "formula",
            "criteria": f"=AND(ISNUMBER({first}),{first}<{limit})",
            "format": book.add_format(look),
        }
        page.conditional_format(FIRST_ROW, 0, FIRST_ROW + _SPARE_ROWS, 1, rule)
