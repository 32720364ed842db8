"""The policy sheets with the defaults that ship with the product."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xl_returns.books.build.frame import FIRST_ROW, HEADER_ROW, LONGEST_LIST, add_sheet, note
from xl_returns.books.build.styles import CONDITION_TINT, NOTE_TINT, OPEN_TINT, OUTCOME_TINT, Styles
from xl_returns.books.policies import default_rows
from xl_returns.core.sheets import Field, Sheet

_SPARE_ROWS = 200
"""Drop-downs reach so far below the defaults, for rules that sellers add."""
_NOTES = ("Basis", "Note", "Source")
_WRAPPED = 46


def add_policy_sheet(book: Workbook, styles: Styles, sheet: Sheet) -> None:
    """One policy sheet: its table, its help, its drop-downs."""
    page = add_sheet(book, styles, sheet.name, sheet.about, len(sheet.fields))
    rows = default_rows(sheet)
    last = HEADER_ROW + len(rows)
    page.add_table(
        HEADER_ROW,
        0,
        last,
        len(sheet.fields) - 1,
        {
            "name": sheet.table,
            "style": "Table Style Light 1",
            "columns": [
                {"header": f.name, "header_format": styles.header(_tint(f, sheet))}
                for f in sheet.fields
            ],
        },
    )
    for position, field in enumerate(sheet.fields):
        page.set_column(position, position, field.width)
        note(page, HEADER_ROW, position, _help(field))
        _drop_down(page, field, position, last)
    for index, row in enumerate(rows):
        _line(page, styles, sheet, FIRST_ROW + index, row)
    page.set_row(HEADER_ROW, 32)
    page.freeze_panes(FIRST_ROW, 1)


def _tint(field: Field, sheet: Sheet) -> str:
    if field.name in _NOTES:
        return NOTE_TINT
    outcome = not field.condition and any(f.condition for f in sheet.fields)
    return (
        OUTCOME_TINT
        if outcome and field.name not in ("Rule", "On", "From", "To")
        else CONDITION_TINT
    )


def _help(field: Field) -> str:
    choices = f"\n{', '.join(field.choices)}" if field.choices else ""
    return f"{field.help}{choices}"


def _drop_down(page: Worksheet, field: Field, position: int, last: int) -> None:
    listed = ",".join(field.choices)
    if field.cell in ("choice", "flag") and field.choices and len(listed) <= LONGEST_LIST:
        rule = {"validate": "list", "source": list(field.choices)}
        page.data_validation(FIRST_ROW, position, last + _SPARE_ROWS, position, rule)


def _line(page: Worksheet, styles: Styles, sheet: Sheet, row: int, cells: dict[str, str]) -> None:
    tint = {"bg_color": OPEN_TINT} if cells.get("Basis") == "Open °" else {}
    for position, field in enumerate(sheet.fields):
        wrap = {"text_wrap": True} if field.width > _WRAPPED else {}
        _cell(page, styles, row, position, field, cells[field.name], {**tint, **wrap})


def _cell(
    page: Worksheet,
    styles: Styles,
    row: int,
    column: int,
    field: Field,
    text: str,
    look: dict[str, Any],
) -> None:
    value, kind = _typed(field, text)
    cell = styles.cell(kind, **look)
    if text == "":
        page.write_blank(row, column, None, styles.cell("", **look))
    elif isinstance(value, dt.datetime):
        page.write_datetime(row, column, value, cell)
    elif isinstance(value, float):
        page.write_number(row, column, value, cell)
    else:
        page.write_string(row, column, value, cell)


def _typed(field: Field, text: str) -> tuple[str | float | dt.datetime, str]:
    """A default's value as its cell should hold it, and the kind of format."""
    if field.cell in ("percent", "raw") and text.endswith("%"):
        return float(text.removesuffix("%")) / 100, "percent"
    if field.cell == "date" and text:
        return dt.datetime.fromisoformat(text), "date"
    if (field.cell == "number" and not field.condition) or (field.cell == "raw" and text.isdigit()):
        return (float(text), "") if text else ("", "")
    return text, "text"
