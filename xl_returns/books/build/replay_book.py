"""The workbook that shows a replay: money, what moves it, and every changed row."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from xl_returns.books.build.frame import HEADER_ROW, TABLE_STYLE, add_sheet
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import BAND, CALM, NOTE_TINT, OUTCOME_TINT, QUIET, Styles
from xl_returns.books.cells import Value

Line = Mapping[str, Value]
SUMMARY: Final = "Replay"
_MONEY: Final = (
    "Before", "After", "Saved", "At Least", "At Most", "Saved Elsewhere", "New Low", "New High", "Saved At Low", "Saved At High", "Low Moves",
    "High Moves",
    "Refund Before", "Refund After", "Cost Before", "Cost After",
)  # fmt: skip
_COUNTS: Final = ("Rows", "Changed")
_SHARES: Final = ("Low", "High")
_WIDE: Final = {"Action Before": 22, "Action After": 22, "Reason": 26, "Order ID": 22, "SKU": 18}
_CHART_COLUMN: Final = 9


@dataclass(frozen=True)
class ReplayPages:
    """What is shown: lines of the summary's tables, of the main currency's tornado, and sheets."""

    hint: str
    money: Sequence[Line]
    tiers: Sequence[Line]
    actions: Sequence[Line]
    main: str
    tornado: Sequence[Line]
    assumptions: Sequence[str]
    sheets: Mapping[str, Sequence[Line]]


def build_replay(target: Path, pages: ReplayPages) -> None:
    """Write the workbook. Raises OSError when the file cannot be written."""
    made = io.BytesIO()
    book = Book(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = Styles(book)
    _summary(book, styles, pages)
    for name, lines in pages.sheets.items():
        _listing(book, styles, name, lines)
    book.close()
    target.write_bytes(made.getvalue())


def is_replay(path: Path) -> bool:
    """Whether a file is a workbook that `build_replay` wrote, by its sheets."""
    try:
        names = openpyxl.load_workbook(path, read_only=True).sheetnames
    except (OSError, ValueError, KeyError, BadZipFile, InvalidFileException):
        return False
    return SUMMARY in names and "Returns" not in names


def _summary(book: Book, styles: Styles, pages: ReplayPages) -> None:
    page = add_sheet(book, styles, SUMMARY, pages.hint, 18)
    page.set_column(0, 1, 22)
    page.set_column(2, 7, 13)
    page.set_column(8, 17, 9)
    below = _block(page, styles, HEADER_ROW, "Money", pages.money)
    if pages.tiers:
        below = _block(page, styles, below, "Tiers that would have cost least", pages.tiers)
    top = below
    below = _block(
        page, styles, below, f"Assumptions, {pages.main}: what is saved if", pages.tornado
    )
    below = _block(page, styles, below, "Changed decisions", pages.actions)
    page.write_string(below, 0, "Assumed", styles.get(bold=True, font_size=12))
    for row, text in enumerate(pages.assumptions, below + 1):
        page.write_string(row, 0, text, styles.get())
    if pages.tornado:
        _tornado(book, page, top + 2, pages)
    if pages.sheets.get("By SKU"):
        _by_sku(book, page, pages)
    page.fit_to_pages(1, 1)


def _block(page: Page, styles: Styles, top: int, title: str, lines: Sequence[Line]) -> int:
    """Lines under a title and their headers; the row where the next block starts."""
    page.write_string(top, 0, title, styles.get(bold=True, font_size=12))
    if not lines:
        page.write_string(top + 1, 0, "Nothing changes", styles.get(italic=True))
        return top + 3
    for column, header in enumerate(lines[0]):
        page.write_string(top + 1, column, header, styles.header(NOTE_TINT, _kind(header)))
    for row, line in enumerate(lines, top + 2):
        for column, (header, value) in enumerate(line.items()):
            _write(page, styles, row, column, header, value)
    return top + 3 + len(lines)


def _listing(book: Book, styles: Styles, name: str, lines: Sequence[Line]) -> None:
    headers = list(lines[0]) if lines else ["Nothing changes"]
    page = add_sheet(book, styles, name, "The largest difference first.", len(headers))
    columns = [
        {"header": h, "header_format": styles.header(OUTCOME_TINT, _kind(h))} for h in headers
    ]
    last = HEADER_ROW + max(len(lines), 1)
    table = name.replace(" ", "")
    page.add_table(
        HEADER_ROW, 0, last, len(headers) - 1, {"name": table, **TABLE_STYLE, "columns": columns}
    )
    for column, header in enumerate(headers):
        page.set_column(column, column, _WIDE.get(header, 14))
    for row, line in enumerate(lines, HEADER_ROW + 1):
        for column, (header, value) in enumerate(line.items()):
            _write(page, styles, row, column, header, value)
    page.freeze_panes(HEADER_ROW + 1, 1)


def _kind(header: str) -> str:
    if header in _MONEY:
        return "money"
    if header in _SHARES:
        return "percent"
    return "whole" if header in _COUNTS else "prose"


def _write(page: Page, styles: Styles, row: int, column: int, header: str, value: Value) -> None:
    look = styles.cell(_kind(header))
    if isinstance(value, float):
        page.write_number(row, column, value, look)
    else:
        page.write_string(row, column, str(value or ""), look)


def _tornado(book: Book, page: Page, first: int, pages: ReplayPages) -> None:
    """How far each assumption moves what is saved, drawn from the saving as assumed."""
    last = first + len(pages.tornado) - 1
    chart, headers = book.add_chart({"type": "bar"}), list(pages.tornado[0])
    for header, name, colour in (
        ("Low Moves", "assumption lower", QUIET),
        ("High Moves", "assumption higher", BAND),
    ):
        column = headers.index(header)
        chart.add_series(
            {
                "name": name,
                "categories": [SUMMARY, first, 0, last, 0],
                "values": [SUMMARY, first, column, last, column],
                "fill": {"color": colour},
                "gap": 40,
                "overlap": 100,
            }
        )
    chart.set_title({"name": f"What moves the saving, {pages.main}", "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 9}})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 560, "height": 300})
    page.insert_chart(HEADER_ROW, _CHART_COLUMN, chart)


def _by_sku(book: Book, page: Page, pages: ReplayPages) -> None:
    lines = pages.sheets["By SKU"]
    mine = sum(line["Currency"] == pages.main for line in lines)
    headers, last = list(lines[0]), HEADER_ROW + min(mine, 10)
    column = headers.index("Saved")
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "Saved",
            "categories": ["By SKU", HEADER_ROW + 1, 0, last, 0],
            "values": ["By SKU", HEADER_ROW + 1, column, last, column],
            "fill": {"color": BAND},
            "invert_if_negative": True,
            "invert_if_negative_color": CALM["font_color"],
            "gap": 40,
        }
    )
    chart.set_title({"name": f"Saved by SKU, {pages.main}", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 9}})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
    chart.set_size({"width": 560, "height": 300})
    page.insert_chart(HEADER_ROW + 16, _CHART_COLUMN, chart)
