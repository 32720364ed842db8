"""The Returns sheet: the table that people and reports fill and the desk decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from xl_returns.books.build.frame import FIRST_ROW, HEADER_ROW, TABLE_STYLE, Plain, add_sheet, note
from xl_returns.books.build.lists import ONE_OF_THE_LIST, Lists
from xl_returns.books.build.macros import Macros, add_button, formula
from xl_returns.books.build.native import Native
from xl_returns.books.build.native.rows import UNANSWERED
from xl_returns.books.build.native.step import Step
from xl_returns.books.build.native.step import formula as row_formula
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import (
    ALARM,
    BLUE,
    CALM,
    CARE,
    GREY,
    NOTE_TINT,
    OWNER_NAME,
    OWNER_TINT,
    Styles,
)
from xl_returns.books.build.typed import expect
from xl_returns.core import columns, terms
from xl_returns.core.columns import Column

_HINT: Final = "One row per returned order line; [+] above the columns, or 2 at the left, unfolds the rest. Run `xl-returns process`, act by Due."
_LIVE_HINT: Final = "One row per returned order line; [+] above the columns, or 2 at the left, unfolds the rest. Press the button, act by Due."
_NATIVE_HINT: Final = "One row per returned order line; [+] above the columns, or 2 at the left, unfolds the rest. What formulas cannot answer: sheet Native."
_IN_SIGHT: Final = (
    "Return ID", "Item", "Status", "Action", "Refund", "Due", "Warnings", "Why",
    *columns.OVERRIDES,
)  # fmt: skip
"""What the morning needs; all other columns are folded away in groups that a click opens."""
_HINT_AT: Final = columns.INPUTS.index("Item")
_PROSE_FROM: Final = 30
"""Text columns so wide hold sentences; narrower ones hold ids."""
_LATE: Final = {"num_format": 'yyyy-mm-dd" late"'}
_ONE_WORD: Final = {
    "error_type": "stop",
    "error_message": ONE_OF_THE_LIST,
}
_SEVERAL_WORDS: Final = {
    "error_type": "warning",
    "error_message": "Several words, with commas, count as the worst. Keep it?",
}


def add_returns(
    book: Book,
    styles: Styles,
    lists: Lists,
    rows: Sequence[Mapping[str, object]],
    macros: Macros | None,
    native: Native | None,
) -> None:
    """The Returns sheet with its rows, or one blank row to type in."""
    steps = native.steps if native else []
    width = len(columns.RETURNS) + len(steps)
    hint = _LIVE_HINT if macros else _NATIVE_HINT if native else _HINT
    sheet = add_sheet(book, styles, "Returns", hint, width, Plain if native else None, _HINT_AT)
    sheet.set_row(2, 14)
    last = HEADER_ROW + max(len(rows), 1)
    formulas = _formulas(macros, native)
    options = {
        "name": "Returns",
        **TABLE_STYLE,
        "columns": [
            *(_table_column(c, styles, formulas.get(c.name)) for c in columns.RETURNS),
            *(_step_column(step, styles) for step in steps),
        ],
    }
    sheet.add_table(HEADER_ROW, 0, last, width - 1, options)
    for position, column in enumerate(columns.RETURNS):
        sheet.set_column(position, position, column.width, None, _folding(position))
        _name_owner(sheet, styles, position, column)
        note(sheet, HEADER_ROW, position, sheet.tongue.text(column.help))
        _drop_down(sheet, lists, column, position, last)
        values = [row.get(column.name) for row in rows] or [None]
        _fill(sheet, position, values, styles, formulas.get(column.name))
    for position, step in enumerate(steps, len(columns.RETURNS)):
        sheet.set_column(position, position, 12, None, {"level": 1, "hidden": True})
        note(sheet, HEADER_ROW, position, sheet.tongue.text(step.help))
        for row in range(FIRST_ROW, last + 1):
            sheet.write_formula(row, position, row_formula(step.formula), styles.cell("prose"), "")
    sheet.set_default_row(16)
    sheet.set_row(HEADER_ROW, 32)
    sheet.freeze_panes(FIRST_ROW, 1)
    paint = _Paint(book, sheet, last)
    paint.all()
    if native:
        paint.native([name for name in columns.SUGGESTIONS if name not in native.suggestions])
    if macros:
        add_button(sheet)


def _formulas(macros: Macros | None, native: Native | None) -> Mapping[str, str]:
    """The formula of each suggestion that has one."""
    if native:
        return native.suggestions
    return {name: formula(name) for name in columns.SUGGESTIONS} if macros else {}


def _step_column(step: Step, styles: Styles) -> dict[str, Any]:
    return {
        "header": step.header,
        "header_format": styles.header(NOTE_TINT),
        "format": styles.cell("prose"),
        "formula": row_formula(step.formula),
    }


def _kind(column: Column) -> str:
    return "prose" if column.kind == "text" and column.width >= _PROSE_FROM else column.kind


def _cell(styles: Styles, column: Column) -> Format:
    """The look of a column's cells; a long id is made smaller, so that its end is seen."""
    return styles.cell(_kind(column), shrink=column.name == columns.RETURN_ID)


def _table_column(column: Column, styles: Styles, formula: str | None) -> dict[str, Any]:
    return {
        "header": column.name,
        "header_format": styles.header(OWNER_TINT[column.owner], _kind(column)),
        "format": _cell(styles, column),
        **({"formula": formula} if formula else {}),
    }


def _folding(position: int) -> dict[str, Any]:
    """A column's place in the outline; the one right of a group has the group's button."""
    names = [column.name for column in columns.RETURNS]
    if names[position] not in _IN_SIGHT:
        return {"level": 1, "hidden": True}
    return {"collapsed": position > 0 and names[position - 1] not in _IN_SIGHT}


def _name_owner(sheet: Page, styles: Styles, position: int, column: Column) -> None:
    """Who fills a column, above its header."""
    look = styles.get(bg_color=OWNER_TINT[column.owner], font_size=8)
    sheet.write_string(2, position, OWNER_NAME[column.owner], look)


def _fill(
    sheet: Page, column: int, values: Sequence[object], styles: Styles, formula: str | None
) -> None:
    cell = _cell(styles, columns.RETURNS[column])
    for row, value in enumerate(values, FIRST_ROW):
        if formula:
            sheet.write_formula(row, column, formula, cell, "" if value is None else value)
        elif isinstance(value, str) and value and not columns.RETURNS[column].choices:
            sheet.write_own(row, column, value, cell)
        else:
            _write(sheet, row, column, value, cell)


def _write(sheet: Page, row: int, column: int, value: Any, cell: Format) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, cell)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), cell)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(row, column, value, cell)
    else:
        sheet.write_number(row, column, float(value), cell)


def _drop_down(sheet: Page, lists: Lists, column: Column, position: int, last: int) -> None:
    area = (FIRST_ROW, position, last, position)
    yours = column.owner in ("seller", "override")
    if not column.choices:
        if yours or column.owner == "report":
            expect(sheet, column.kind, column.name, area, column.help if yours else "")
        return
    rule = {
        "validate": "list",
        "source": lists.source(column.name, column.choices),
        "error_title": column.name,
        **(_SEVERAL_WORDS if column.kind == "choices" else _ONE_WORD),
        **({"input_title": column.name, "input_message": column.help} if yours else {}),
    }
    sheet.data_validation(*area, rule)


class _Paint:
    """Colours that follow the values; of two that meet, the one painted first wins."""

    def __init__(self, book: Book, sheet: Page, last: int) -> None:
        self._book, self._sheet, self._last = book, sheet, last
        self._names = [column.name for column in columns.RETURNS]

    def all(self) -> None:
        """Done rows grey; Due, Risk and Action by how much they ask for."""
        done = ",".join(f'{self._cell("Status")}="{word}"' for word in terms.ENDED)
        self._row(f"=OR({done})", GREY)
        due, risk, action = (self._cell(name) for name in ("Due", "Risk", "Action"))
        self._one("Due", f"=AND(ISNUMBER({due}),{due}<TODAY())", {**ALARM, **_LATE})
        self._one("Due", f"=AND(ISNUMBER({due}),{due}<=TODAY()+1)", CARE)
        self._one("Risk", f"=AND(ISNUMBER({risk}),{risk}>=70)", ALARM)
        self._one("Risk", f"=AND(ISNUMBER({risk}),{risk}>=50)", CARE)
        paying = ",".join(f'{action}="{name}"' for name in terms.PAYING_ACTIONS)
        self._one("Action", f'={action}="{terms.HOLD}"', CARE)
        self._one("Action", f"=OR({paying})", CALM)
        self._one("Action", f'={action}="{terms.OFFER}"', BLUE)

    def native(self, written: Sequence[str]) -> None:
        """No answer catches the eye; what was written when another rule decided is grey."""
        self._one("Action", f'={self._cell("Action")}="{UNANSWERED}"', ALARM)
        rule, why = self._cell("Rule"), self._cell("Why")
        changed = f'=AND({why}<>"",LEFT({why},LEN({rule})+1)<>{rule}&" ")'
        for header in written:
            self._one(header, changed, GREY)

    def _cell(self, header: str) -> str:
        return f"${xl_col_to_name(self._names.index(header))}{FIRST_ROW + 1}"

    def _one(self, header: str, formula: str, look: dict[str, str]) -> None:
        position = self._names.index(header)
        rule = {"type": "formula", "criteria": formula, "format": self._book.add_format(look)}
        self._sheet.conditional_format(FIRST_ROW, position, self._last, position, rule)

    def _row(self, formula: str, look: dict[str, str]) -> None:
        rule = {"type": "formula", "criteria": formula, "format": self._book.add_format(look)}
        area = (FIRST_ROW, 0, self._last, len(self._names) - 1)
        self._sheet.conditional_format(*area, {**rule, "stop_if_true": True})
