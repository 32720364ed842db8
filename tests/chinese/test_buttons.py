"""Buttons and worksheet functions of a Chinese workbook, over an in-memory Excel."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import xlwings as xw

from scripts import build_workbook as sources
from tests.support.days import TODAY
from tests.support.xlwings_engine import open_book
from xl_returns import functions, macros
from xl_returns.books.build import build
from xl_returns.books.build.page import Tongue
from xl_returns.books.live import OpenWorkbook
from xl_returns.core import columns
from xl_returns.core.language import CHINESE, RETURNS, header

ROW = {
    "Return ID": "R1", "Channel": "MFN", "Marketplace": "US", "Order Date": dt.date(2026, 11, 1),
    "Request Date": dt.date(2026, 11, 20), "Quantity": 1, "Unit Paid": 20, "Status": "Requested",
}  # fmt: skip


@pytest.fixture
def opened(tmp_path):
    """A Chinese live workbook with one return, open in an in-memory Excel."""
    made = io.BytesIO()
    live = sources.macros(sources.own_modules(CHINESE), CHINESE)
    build(made, [ROW], live, tongue=Tongue(CHINESE))
    path = tmp_path / "退货.xlsm"
    path.write_bytes(made.getvalue())
    return open_book(path)


def test_the_button_decides_in_chinese(opened, monkeypatch):
    book, impl = opened
    monkeypatch.setattr(macros, "_today", lambda: TODAY)
    monkeypatch.setattr(xw.Book, "caller", classmethod(lambda _: book))
    macros.process_returns()
    assert impl.app.asked[0].startswith("已判定 1 行，新增或更改 1 行")
    table = OpenWorkbook(book).tables["Returns"]
    assert table.read(["Decided Action"])["Decided Action"] == ["退款不退货"]
    assert table.read(["Status"])["Status"] == ["已申请"]
    log = OpenWorkbook(book).tables["Log"].read(["Event", "Action"])
    assert (log["Event"], log["Action"]) == (["已决定"], ["退款不退货"])


@pytest.mark.parametrize(
    ("status", "action"), [("已申请", "退款不退货"), ("Requested", "退款不退货")]
)
def test_functions_answer_in_the_language_of_the_headers(status, action):
    cells = {**ROW, "Status": status, "Order Date": 46327.0, "Request Date": 46346.0}
    names = [name for name in columns.INPUTS if name in cells]
    headers = ([header(CHINESE, RETURNS, name) for name in names],)
    row = ([cells[name] for name in names],)
    assert functions.RETURN_ACTION(row, None, 46349.0, headers) == action
    assert functions.RETURN_ACTION(row, None, 46349.0, (names,)) == "Refund, keep item"
