"""Import reports into a workbook."""

from __future__ import annotations

from tests.desk.conftest import SAMPLES, TODAY
from tests.desk.test_process import column, put
from xl_returns.core import terms
from xl_returns.desk.intake import import_reports
from xl_returns.desk.process import process_book


def test_reports_become_rows_and_every_row_is_decided(make_book):
    path = make_book(name="Empty.xlsx")
    intake = import_reports(SAMPLES, path, TODAY)
    assert intake.new == len(column(path, "Return ID"))
    assert intake.rejected == 0
    summary = process_book(path, TODAY)
    assert summary.rows == intake.new
    assert set(column(path, "Action")) <= set(terms.ACTIONS)


def test_importing_again_changes_nothing(make_book):
    path = make_book(name="Empty.xlsx")
    import_reports(SAMPLES, path, TODAY)
    before = path.read_bytes()
    again = import_reports(SAMPLES, path, TODAY)
    assert (again.new, again.changed) == (0, 0)
    assert path.read_bytes() == before


def test_what_the_seller_typed_stays(make_book):
    path = make_book(name="Empty.xlsx")
    import_reports(SAMPLES, path, TODAY)
    put(path, "Status", "Received")
    import_reports(SAMPLES, path, TODAY)
    assert column(path, "Status")[0] == "Received"


def test_a_dry_run_writes_nothing(make_book):
    path = make_book(name="Empty.xlsx")
    before = path.read_bytes()
    assert import_reports(SAMPLES, path, TODAY, dry_run=True).new > 0
    assert path.read_bytes() == before
