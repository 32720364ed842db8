"""Workbooks for the tests, and ways to look into them."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.worksheet.table import Table as OpenpyxlTable

from xl_returns.books.workbook import Workbook

HEADERS = ("Return ID", "Paid", "Twice", "Action", "Why & how", "Done")
SHEET = "xl/worksheets/sheet1.xml"
TABLE = "xl/tables/table1.xml"


def rich_book(path: Path, rows: int = 5, *, date1904: bool = False, after=None) -> Path:
    """Several sheets, chart, formats, validation, comment, names, calculated column."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "date_1904": date1904})
    sheet, other = book.add_worksheet("Returns"), book.add_worksheet("Dash board")
    money, red = book.add_format({"num_format": "0.00"}), book.add_format({"bg_color": "#FF0000"})
    bold = book.add_format({"bold": True})
    columns = [{"header": name} for name in HEADERS]
    columns[2]["formula"] = "=Returns[[#This Row],[Paid]]*2"
    sheet.add_table(0, 0, rows, len(HEADERS) - 1, {"name": "Returns", "columns": columns})
    for row in range(1, rows + 1):
        sheet.write(row, 0, f"R-{row} <&>")
        sheet.write_number(row, 1, row * 10.5, money)
        sheet.write_formula(row, 2, "=Returns[[#This Row],[Paid]]*2", money, row * 21)
        sheet.write_formula(row, 3, f'=IF(B{row + 1}>20,"Refund now","")', None, "old")
        sheet.write_blank(row, 4, None, red)
    if rows > 1:
        sheet.write_rich_string(2, 0, "ri", bold, "ch ", red, "text")
        sheet.write_boolean(1, 5, True)
        sheet.write_formula(2, 5, "=1/0", None, "#DIV/0!")
    sheet.write_comment("A2", "a comment")
    sheet.data_validation(f"B2:B{rows + 1}", {"validate": "decimal", "criteria": ">=", "value": 0})
    sheet.data_validation("H2:H99", {"validate": "list", "source": ["x", "y"]})
    sheet.conditional_format(1, 1, rows, 1, {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format(1, 3, rows, 4, {"type": "duplicate", "format": red})
    other.write_formula("A1", "=SUM(Returns[Paid])", None, 157.5)
    other.add_table("B3:C5", {"name": "Second", "columns": [{"header": "x"}, {"header": "y"}]})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"=Returns!$B$2:$B${rows + 1}"})
    other.insert_chart("E2", chart)
    book.define_name("Rate", "=Returns!$B$2")
    if after:
        after(book, sheet)
    book.close()
    return path


def openpyxl_book(path: Path) -> Path:
    """The same table as openpyxl writes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Returns"
    sheet.append(list(HEADERS))
    for row in range(1, 4):
        sheet.append([f"R-{row}", row * 1.5, f"=B{row + 1}*2", None, "x\ny", row % 2 == 0])
    sheet.add_table(OpenpyxlTable(displayName="Returns", ref="A1:F4"))
    book.save(path)
    return path


def without_cells(sheet: bytes) -> bytes:
    return re.sub(rb"<c r=[^>]*?(?:/>|>.*?</c>)", b"", sheet, flags=re.DOTALL)


def cell(sheet: bytes, place: str) -> bytes:
    found = re.search(rb'<c r="%b"[^>]*?(?:/>|>.*?</c>)' % place.encode(), sheet)
    return found[0] if found else b""


def changed(path):
    """A rich workbook with something to save."""
    book = Workbook.open(path)
    book.write("Returns", {"Paid": [1.0] * 5})
    return book


def names(folder):
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())
