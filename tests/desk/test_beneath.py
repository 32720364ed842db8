"""Lines that stand right below a table, as LibreOffice leaves them, are not passed over in silence."""

from __future__ import annotations

import pytest

from tests.support.days import TODAY
from xl_returns.books.build import build
from xl_returns.books.package import Package
from xl_returns.books.parts import read_parts
from xl_returns.books.save import save
from xl_returns.books.workbook import Workbook
from xl_returns.desk.beneath import beneath
from xl_returns.desk.process import process_book
from xl_returns.desk.review import check_book

ROW = {"Channel": "MFN", "Marketplace": "US", "Quantity": 1, "Unit Paid": 20, "Status": "Requested"}


@pytest.fixture
def short(tmp_path):
    """A workbook whose Returns and Tiers end above their last two lines."""
    path = tmp_path / "Returns.xlsx"
    build(path, [{**ROW, "Return ID": f"R{number}"} for number in range(5)])
    package = Package(path)
    for table in read_parts(package).tables:
        if table.name in ("Returns", "Tiers"):
            shorter = str(table.area._replace(bottom=table.area.bottom - 2))
            text = package.read(table.part).replace(str(table.area).encode(), shorter.encode())
            package.replace(table.part, [text])
    save(package, path)
    return path


def test_process_and_check_name_the_first_of_the_lines_and_how_to_take_them_in(short):
    told = process_book(short, TODAY)
    assert told.rows == 3
    for findings in (told.findings, check_book(short, TODAY).findings):
        found = {f.place: f for f in findings if "ends above this row" in f.problem}
        assert set(found) == {"Returns!A8", "Tiers!A19"}
        assert "2 lines from here on are not read" in found["Returns!A8"].problem
        assert "Define Range, Returns" in found["Returns!A8"].remedy


def test_a_fresh_workbook_has_none(tmp_path):
    path = tmp_path / "Fresh.xlsx"
    build(path, native=True)
    assert not list(beneath(Workbook.open(path)))
