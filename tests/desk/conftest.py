from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path

import pytest

from xl_returns import cli
from xl_returns.books.build import build
from xl_returns.books.workbook import Workbook
from xl_returns.desk.table import as_value

SAMPLES = sorted(Path(str(files("xl_returns") / "samples")).glob("*.*"))

ROW = {
    "Return ID": "R-1", "Channel": "MFN", "Marketplace": "US", "Quantity": 1, "Unit Paid": 49.99,
    "Status": "Requested", "Reason": "UNWANTED_ITEM", "In Policy": "Y",
    "Request Date": dt.date(2026, 11, 22), "Order Date": dt.date(2026, 11, 1),
}  # fmt: skip


@pytest.fixture(scope="session")
def new(tmp_path_factory):
    """A workbook without rows."""
    path = tmp_path_factory.mktemp("new") / "Returns.xlsx"
    build(path)
    return path


@pytest.fixture
def make_book(new, tmp_path):
    """A workbook with rows given as changes to one plain row."""

    def make(*changes, name="Returns.xlsx"):
        rows = [{**ROW, "Return ID": f"R-{i}", **change} for i, change in enumerate(changes, 1)]
        book = Workbook.open(new)
        book.append("Returns", [{h: as_value(cell) for h, cell in row.items()} for row in rows])
        book.save(tmp_path / name)
        return tmp_path / name

    return make


@pytest.fixture
def run(capsys):
    """Run a command; give its exit code and what it printed."""

    def call(*arguments):
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(a) for a in arguments])
        told = capsys.readouterr()
        return stopped.value.code or 0, told.out, told.err

    return call
