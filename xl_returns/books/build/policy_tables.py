"""The policy sheets with the defaults that ship with the product."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from xlsxwriter.utility import xl_col_to_name

from xl_returns.books.build.frame import (
    FIRST_ROW,
    HEADER_ROW,
    TABLE_STYLE,
    add_sheet,
    fit_heights,
    note,
    print_columns,
)
from xl_returns.books.build.lists import ONE_OF_THE_LIST, Lists
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import CONDITION_TINT, NOTE_TINT, OPEN_TINT, OUTCOME_TINT, Styles
from xl_returns.books.build.typed import expect
from xl_returns.books.policies import default_rows
from xl_returns.core.sheets import CHECKED, POLICY, Field, Sheet
from xl_returns.core.vocabulary import condition, example

_SPARE_ROWS: Final = 200
"""Drop-downs and colours reach so far below the defaults, for rules that sellers add."""
_NOTES: Final = ("Basis", "Note", "Source", CHECKED.name)
_OWN: Final = ("Text", "Language", "Source", "Code", "Category", "Rule")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def add_policy_sheet(book: Book, styles: Styles, lists: Lists, sheet: Sheet) -> None:
    """One policy sheet: its table, its help, its drop-downs."""
    fields = (*sheet.fields, CHECKED) if sheet in POLICY else sheet.fields
    page = add_sheet(book, styles, sheet.name, sheet.about, len(fields))
    rows = [_spoken(page, row) for row in default_rows(sheet)]
    last = HEADER_ROW + max(len(rows), 1)
    headers = [
        {"header": f.name, "header_format": styles.header(_tint(f, sheet), _kind(f))}
        for f in fields
    ]
    options = {"name": sheet.table, **TABLE_STYLE, "columns": headers}
    page.add_table(HEADER_ROW, 0, last, len(fields) - 1, options)
    for position, field in enumerate(fields):
        page.set_column(position, position, field.width)
        note(page, HEADER_ROW, position, _help(page, field))
        _drop_down(page, lists, field, position, last)
        texts = [row.get(field.name, "") for row in rows] or [""]
        for row, text in enumerate(texts, FIRST_ROW):
            _write(page, styles, row, position, field, text)
    cells = {
        y: [_said(page, f, row[f.name]) for f in sheet.fields]
        for y, row in enumerate(rows, FIRST_ROW)
    }
    fit_heights(page, cells, [field.width for field in sheet.fields])
    _tint_open(book, page, sheet, last)
    names = [field.name for field in sheet.fields]
    print_columns(page, names.index("Note") + 1 if "Note" in names else len(names))
    page.set_default_row(16)
    page.set_row(HEADER_ROW, 32)
    page.freeze_panes(FIRST_ROW, 1)


def _tint(field: Field, sheet: Sheet) -> str:
    if field.name in _NOTES:
        return NOTE_TINT
    decides = any(f.condition for f in sheet.fields)
    if not decides or field.condition or field.name in ("Rule", "On", "From", "To"):
        return CONDITION_TINT
    return OUTCOME_TINT


def _help(page: Page, field: Field) -> str:
    words = ", ".join(map(page.tongue.text, field.choices))
    told = page.tongue.text(field.help)
    return f"{told}\n{words}" if words else told


def _drop_down(page: Page, lists: Lists, field: Field, position: int, last: int) -> None:
    if field.cell not in ("choice", "flag") or not field.choices:
        area = (FIRST_ROW, position, last + _SPARE_ROWS, position)
        expect(page, _kind(field), field.name, area)
        return
    rule = {
        "validate": "list",
        "source": lists.source(field.name, field.choices),
        "error_title": field.name,
        "error_message": ONE_OF_THE_LIST,
    }
    page.data_validation(FIRST_ROW, position, last + _SPARE_ROWS, position, rule)


def _tint_open(book: Book, page: Page, sheet: Sheet, last: int) -> None:
    """Defaults that the guide leaves open are tinted, until their Basis is changed."""
    names = [field.name for field in sheet.fields]
    if "Basis" not in names:
        return
    basis = f"${xl_col_to_name(names.index('Basis'))}{FIRST_ROW + 1}"
    look = book.add_format({"bg_color": OPEN_TINT})
    rule = {"type": "formula", "criteria": f'={basis}="Open °"', "format": look}
    page.conditional_format(FIRST_ROW, 0, last + _SPARE_ROWS, len(names) - 1, rule)


def _kind(field: Field) -> str:
    """How an empty cell of a column looks, and what typing into it gives."""
    if field.cell == "number" and not field.condition:
        return "number"
    kinds = {"percent": "percent", "date": "date", "text": "prose", "raw": "prose"}
    return kinds.get(field.cell, "text")


def _write(page: Page, styles: Styles, row: int, column: int, field: Field, text: str) -> None:
    value, kind = _typed(field, text)
    cell = styles.cell(kind, text_wrap=True)
    if text == "":
        page.write_blank(row, column, None, cell)
    elif isinstance(value, dt.datetime):
        page.write_datetime(row, column, value, cell)
    elif isinstance(value, float):
        page.write_number(row, column, value, cell)
    else:
        page.write_own(row, column, _said(page, field, value), cell)


def _spoken(page: Page, row: dict[str, str]) -> dict[str, str]:
    """A default line; the one that sets the language sets the page's."""
    return {**row, "Value": page.tongue.language} if row.get("Setting") == "Language" else row


def _said(page: Page, field: Field, text: str) -> str:
    """A default's text as the page's language has it; texts to buyers and codes stay."""
    if field.name in _OWN:
        return text
    if field.name == "Row":
        return example(page.tongue.language, text)
    if field.name == "Not Allowed":
        return "; ".join(page.tongue.text(word.strip()) for word in text.split(";"))
    if field.name == "Fees" or field.cell == "raw" or (field.choices and field.cell != "choice"):
        return condition(page.tongue.language, text)
    return page.tongue.text(text)


def _typed(field: Field, text: str) -> tuple[str | float | dt.datetime, str]:
    """A default's value as its cell should hold it, and the kind of format."""
    kind = _kind(field)
    if field.cell in ("percent", "raw") and text.endswith("%"):
        return float(text.removesuffix("%")) / 100, "fine percent" if "." in text else "percent"
    if kind == "date" and text:
        return dt.datetime.fromisoformat(text), kind
    if (kind == "number" or field.cell == "raw") and _NUMBER.fullmatch(text):
        return float(text), "fine number" if "." in text else "number"
    return text, kind
