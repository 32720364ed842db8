"""The workbook that shows a replay: money, what moves it, and every changed row."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from xl_returns.books.build.frame import HEADER_ROW, TABLE_STYLE, add_sheet
from xl_returns.books.build.page import PLAIN, Book, Page, Tongue
from xl_returns.books.build.styles import BAND, CALM, NOTE_TINT, OUTCOME_TINT, QUIET, Styles
from xl_returns.books.cells import Value
from xl_returns.core.language import RETURNS, marked, text
from xl_returns.core.terms import LANGUAGES

Line = Mapping[str, Value]
SUMMARY: Final = "Replay"
NOTHING: Final = marked("Nothing changes")
_MONEY: Final = (
    "Before", "After", "Saved", "At Least", "At Most", "Saved Elsewhere", "New Low", "New High", "Saved At Low", "Saved At High", "Low Moves",
    "High Moves",
    "Refund Before", "Refund After", "Cost Before", "Cost After",
)  # fmt: skip
_COUNTS: Final = ("Rows", "Changed")
_SHARES: Final = ("Low", "High")
_WORDED: Final = ("Now", "Other", "Action Before", "Action After", "Assumption")
"""Columns of the product's words; others are of sellers."""
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


def build_replay(target: Path | BinaryIO, pages: ReplayPages, tongue: Tongue = PLAIN) -> None:
    """Write the workbook in a tongue. Raises OSError when the file cannot be written."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Book(made, options, tongue)
    styles = Styles(book)
    _summary(book, styles, pages)
    for name, lines in pages.sheets.items():
        _listing(book, styles, name, lines)
    book.close()
    if isinstance(target, Path):
        target.write_bytes(made.getvalue())
    else:
        target.write(made.getvalue())


def is_replay(path: Path) -> bool:
    """Whether a file is a workbook that `build_replay` wrote, by its sheets."""
    try:
        names = openpyxl.load_workbook(path, read_only=True).sheetnames
    except (OSError, ValueError, KeyError, BadZipFile, InvalidFileException):
        return False
    return any(text(spoken, SUMMARY) in names for spoken in LANGUAGES) and not any(
        text(spoken, RETURNS) in names for spoken in LANGUAGES
    )


def _summary(book: Book, styles: Styles, pages: ReplayPages) -> None:
    page = add_sheet(book, styles, SUMMARY, pages.hint, 18)
    page.set_column(0, 1, 22)
    page.set_column(2, 7, 13)
    page.set_column(8, 17, 9)
    said = page.tongue.text
    below = _block(page, styles, HEADER_ROW, said("Money"), pages.money)
    if pages.tiers:
        least = said("Tiers that would have cost least")
        below = _block(page, styles, below, least, pages.tiers)
    top = below
    moved = said("Assumptions, {coin}: what is saved if").format(coin=pages.main)
    below = _block(page, styles, below, moved, pages.tornado)
    below = _block(page, styles, below, said("Changed decisions"), pages.actions)
    page.write_string(below, 0, "Assumed", styles.get(bold=True, font_size=12))
    for row, told in enumerate(pages.assumptions, below + 1):
        page.write_own(row, 0, told, styles.get())
    if pages.tornado:
        _tornado(book, page, top + 2, pages)
    if pages.sheets.get("By SKU"):
        _by_sku(book, page, pages)
    page.fit_to_pages(1, 1)


def _block(page: Page, styles: Styles, top: int, title: str, lines: Sequence[Line]) -> int:
    """Lines under a title and their headers; the row where the next block starts."""
    page.write_own(top, 0, title, styles.get(bold=True, font_size=12))
    if not lines:
        page.write_string(top + 1, 0, NOTHING, styles.get(italic=True))
        return top + 3
    for column, header in enumerate(lines[0]):
        tongue = page.tongue
        name = tongue.text(header) if header in _SHARES else tongue.header(SUMMARY, header)
        page.write_own(top + 1, column, name, styles.header(NOTE_TINT, _kind(header)))
    for row, line in enumerate(lines, top + 2):
        for column, (header, value) in enumerate(line.items()):
            _write(page, styles, row, column, header, value)
    return top + 3 + len(lines)


def _listing(book: Book, styles: Styles, name: str, lines: Sequence[Line]) -> None:
    headers = list(lines[0]) if lines else [book.tongue.text(NOTHING)]
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
    elif header in _WORDED:
        page.write_string(row, column, str(value or ""), look)
    else:
        page.write_own(row, column, str(value or ""), look)


def _tornado(book: Book, page: Page, first: int, pages: ReplayPages) -> None:
    """How far each assumption moves what is saved, drawn from the saving as assumed."""
    last = first + len(pages.tornado) - 1
    chart, headers = book.add_chart({"type": "bar"}), list(pages.tornado[0])
    for header, name, colour in (
        ("Low Moves", page.tongue.text("assumption lower"), QUIET),
        ("High Moves", page.tongue.text("assumption higher"), BAND),
    ):
        column = headers.index(header)
        chart.add_series(
            {
                "name": name,
                "categories": [page.name, first, 0, last, 0],
                "values": [page.name, first, column, last, column],
                "fill": {"color": colour},
                "gap": 40,
                "overlap": 100,
            }
        )
    title = page.tongue.text("What moves the saving, {coin}").format(coin=pages.main)
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 9}})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 560, "height": 300})
    page.insert_chart(HEADER_ROW, _CHART_COLUMN, chart)


def _by_sku(book: Book, page: Page, pages: ReplayPages) -> None:
    lines = pages.sheets["By SKU"]
    mine = sum(line["Currency"] == pages.main for line in lines)
    headers, last = list(lines[0]), HEADER_ROW + min(mine, 10)
    column, listed = headers.index("Saved"), page.tongue.text("By SKU")
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": page.tongue.header(SUMMARY, "Saved"),
            "categories": [listed, HEADER_ROW + 1, 0, last, 0],
            "values": [listed, HEADER_ROW + 1, column, last, column],
            "fill": {"color": BAND},
            "invert_if_negative": True,
            "invert_if_negative_color": CALM["font_color"],
            "gap": 40,
        }
    )
    title = page.tongue.text("Saved by SKU, {coin}").format(coin=pages.main)
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "label_position": "low", "num_font": {"size": 9}})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
    chart.set_size({"width": 560, "height": 300})
    page.insert_chart(HEADER_ROW + 16, _CHART_COLUMN, chart)
