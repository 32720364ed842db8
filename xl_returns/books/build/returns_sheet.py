"""The Returns sheet: the table that people and reports fill and the desk decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from xl_returns.books.build.frame import FIRST_ROW, HEADER_ROW, LONGEST_LIST, add_sheet, note
from xl_returns.books.build.styles import (
    ALARM,
    BLUE,
    CALM,
    CARE,
    GREY,
    OWNER_NAME,
    OWNER_TINT,
    Styles,
)
from xl_returns.core import columns, terms
from xl_returns.core.columns import Column

LISTS: Final = "Lists"
_LEGEND_FROM: Final = 1
_HINT: Final = "One row per returned order line. Fill or import the blue and yellow columns, run `process`, act by Due."


def add_returns(book: Workbook, styles: Styles, rows: Sequence[Mapping[str, object]]) -> None:
    """The Returns sheet with its rows, or one blank row to type in."""
    sheet = add_sheet(book, styles, "Returns", _HINT, len(columns.RETURNS))
    _legend(sheet, styles)
    last = HEADER_ROW + max(len(rows), 1)
    sheet.add_table(
        HEADER_ROW,
        0,
        last,
        len(columns.RETURNS) - 1,
        {
            "name": "Returns",
            "style": "Table Style Light 1",
            "columns": [_table_column(column, styles) for column in columns.RETURNS],
        },
    )
    for position, column in enumerate(columns.RETURNS):
        cell = styles.cell(column.kind)
        sheet.set_column(position, position, column.width, cell)
        note(sheet, HEADER_ROW, position, f"{column.help}\n({OWNER_NAME[column.owner]})")
        _drop_down(sheet, column, position, last)
        for index in range(last - HEADER_ROW):
            value = rows[index].get(column.name) if rows else None
            _write(sheet, FIRST_ROW + index, position, value, cell)
    sheet.set_row(HEADER_ROW, 32)
    sheet.freeze_panes(FIRST_ROW, 1)
    _colour(book, sheet, last)


def _table_column(column: Column, styles: Styles) -> dict[str, Any]:
    header = styles.header(OWNER_TINT[column.owner])
    return {"header": column.name, "header_format": header, "format": styles.cell(column.kind)}


def _legend(sheet: Worksheet, styles: Styles) -> None:
    sheet.write_string(2, 0, "Columns:", styles.get(italic=True, align="right"))
    for position, (owner, name) in enumerate(OWNER_NAME.items(), _LEGEND_FROM):
        sheet.write_string(
            2, position, name, styles.get(bg_color=OWNER_TINT[owner], align="center")
        )


def _write(sheet: Worksheet, row: int, column: int, value: object, cell: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, cell)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), cell)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(row, column, value, cell)
    else:
        sheet.write_number(row, column, float(value), cell)  # type: ignore[arg-type]


def _drop_down(sheet: Worksheet, column: Column, position: int, last: int) -> None:
    if not column.choices:
        return
    listed: object = list(column.choices)
    if len(",".join(column.choices)) > LONGEST_LIST:
        listed = f"={list_name(column.name)}"
    several = column.kind == "choices"
    sheet.data_validation(
        FIRST_ROW,
        position,
        last,
        position,
        {
            "validate": "list",
            "source": listed,
            "error_type": "warning" if several else "stop",
            "error_title": column.name,
            "error_message": "Several words, with commas, count as the worst. Keep it?"
            if several
            else "Choose one of the words in the list.",
        },
    )


def list_name(header: str) -> str:
    """The defined name of a long list of choices."""
    return "List_" + header.replace(" ", "_").replace("-", "_")


def add_lists(book: Workbook) -> None:
    """The hidden sheet behind drop-downs that are too long to be written out."""
    sheet = book.add_worksheet(LISTS)
    sheet.very_hidden()
    long = [c for c in columns.RETURNS if len(",".join(c.choices)) > LONGEST_LIST]
    for position, column in enumerate(long):
        sheet.write_column(0, position, column.choices)
        letter = xl_col_to_name(position)
        area = f"={LISTS}!${letter}$1:${letter}${len(column.choices)}"
        book.define_name(list_name(column.name), area)


def _colour(book: Workbook, sheet: Worksheet, last: int) -> None:
    names = [column.name for column in columns.RETURNS]
    letter = {name: xl_col_to_name(names.index(name)) for name in names}
    first = FIRST_ROW + 1

    def paint(header: str, formula: str, look: dict[str, str], *, row: bool = False) -> None:
        left, right = (0, len(names) - 1) if row else (names.index(header), names.index(header))
        rule = {"type": "formula", "criteria": formula, "format": book.add_format(look)}
        sheet.conditional_format(FIRST_ROW, left, last, right, rule)

    due, risk, action = (f"${letter[name]}{first}" for name in ("Due", "Risk", "Action"))
    status = f"${letter['Status']}{first}"
    paint("Status", f'=OR({status}="Closed",{status}="Cancelled")', GREY, row=True)
    paint("Due", f'=AND({due}<>"",{due}<TODAY())', ALARM)
    paint("Due", f'=AND({due}<>"",{due}<=TODAY()+1)', CARE)
    paint("Risk", f"={risk}>=70", ALARM)
    paint("Risk", f"={risk}>=50", CARE)
    paint("Action", f'={action}="{terms.HOLD}"', CARE)
    paying = ",".join(f'{action}="{name}"' for name in terms.PAYING_ACTIONS)
    paint("Action", f"=OR({paying})", CALM)
    paint("Action", f'={action}="{terms.OFFER}"', BLUE)
