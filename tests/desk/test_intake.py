"""Import reports into a workbook."""

from __future__ import annotations

import pytest

from tests.desk.conftest import SAMPLES
from tests.desk.test_process import column
from tests.reports.conftest import FBA_13, MFN_32, table
from tests.support.books import put
from tests.support.days import TODAY
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import terms
from xl_returns.core.findings import Refusal
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
    put(path, "Returns", 0, "Status", "Received")
    import_reports(SAMPLES, path, TODAY)
    assert column(path, "Status")[0] == "Received"


def test_a_dry_run_writes_nothing(make_book):
    path = make_book(name="Empty.xlsx")
    before = path.read_bytes()
    assert import_reports(SAMPLES, path, TODAY, dry_run=True).new > 0
    assert path.read_bytes() == before


FBA = ["2026-10-20", "115-2000001-3000001", "KETTLE-1", "B0OWNTEST1", "X00", "Kettle", "1", "AAA1"]
FBA += ["SELLABLE", "UNWANTED_ITEM", "Unit returned to inventory", "LPNOWN1", ""]
MFN = {
    "Order ID": "115-2000001-3000001", "Return request date": "20-Oct-2026",
    "Return request status": "PendingApproval", "Amazon RMA ID": "Dq1RRMA", "Currency code": "USD",
    "Merchant SKU": "KETTLE-1", "Return quantity": "1", "Order Amount": "60.00",
    "Order quantity": "2",
}  # fmt: skip
NEW_ORDERS = ["order-id", "order-item-id", "purchase-date", "sku", "quantity-purchased"]


@pytest.fixture
def fba(tmp_path):
    """A report of one FBA return; it names no marketplace."""
    path = tmp_path / "reports" / "fba.txt"
    path.parent.mkdir()
    path.write_bytes(table(FBA_13, [FBA]))
    return path


@pytest.fixture
def mfn(tmp_path):
    """A report of one seller-fulfilled return in the layout without item numbers."""
    path = tmp_path / "mfn.txt"
    path.write_bytes(table(MFN_32, [[MFN.get(header, "") for header in MFN_32]]))
    return path


def home(path, shop):
    """Fill Home marketplace of a workbook."""
    book = Workbook.open(path)
    row = book.tables["Settings"].read(["Setting"])["Setting"].index("Home marketplace")
    book.write_cells("Settings", {(row, "Value"): shop})
    book.save()
    return path


def test_files_that_are_no_reports_are_named_and_the_others_come_in(make_book, fba):
    note = fba.with_name("codes.csv")
    note.write_text("code,meaning\n1,one\n")
    intake = import_reports([note, fba, fba.with_name("gone.txt")], make_book(), TODAY)
    assert (intake.new, intake.refused, intake.rejected) == (1, 2, 0)
    assert [finding.place for finding in intake.findings[:2]] == ["codes.csv", "gone.txt"]
    assert "2 files left out: they are no reports" in str(intake)


def test_where_no_file_is_a_report_nothing_happens(make_book, tmp_path):
    path = make_book({})
    before = path.read_bytes()
    for name in ("a.txt", "b.csv"):
        (tmp_path / name).write_text("notes")
    with pytest.raises(Refusal, match="nothing was imported"):
        import_reports([tmp_path / "a.txt", tmp_path / "b.csv"], path, TODAY)
    with pytest.raises(Refusal, match="this is no report we know"):
        import_reports([tmp_path / "a.txt"], path, TODAY)
    assert path.read_bytes() == before


def test_a_folder_gives_the_reports_in_it(make_book, fba, tmp_path):
    (fba.parent / "Returns.xlsx").write_bytes(b"PK no report")
    (fba.parent / "notes.md").write_text("notes")
    intake = import_reports([fba.parent], make_book(), TODAY)
    assert (intake.new, intake.refused) == (1, 0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="nothing was imported"):
        import_reports([tmp_path / "empty"], make_book(), TODAY)


def test_reports_that_name_no_shop_take_the_sellers_own_unless_another_is_asked_for(make_book, fba):
    path = home(make_book(), "CA")
    import_reports([fba], path, TODAY)
    assert column(path, "Marketplace") == ["CA"]
    path = home(make_book(), "CA")
    import_reports([fba], path, TODAY, "US")
    assert column(path, "Marketplace") == ["US"]


@pytest.mark.parametrize("code", ["GB", "gb", "uk"])
def test_the_command_takes_gb_for_uk_in_any_case(make_book, fba, run, code):
    path = make_book()
    assert run("import", fba, "--into", path, "--marketplace", code)[0] == 0
    assert column(path, "Marketplace") == ["UK"]


def test_the_command_refuses_a_marketplace_that_is_none(make_book, fba, run):
    path = make_book()
    before = path.read_bytes()
    code, _, told = run("import", fba, "--into", path, "--marketplace", "Utopia")
    assert (code, path.read_bytes()) == (2, before)
    assert "`UTOPIA` is not known here; write one of US, CA" in told


def test_a_shop_that_is_named_later_fills_what_waits_for_it(make_book, fba):
    path = make_book()
    import_reports([fba], path, TODAY)
    (told,) = [f for f in process_book(path, TODAY).findings if "waits only" in f.problem]
    row = Workbook.open(path).tables["Settings"].read(["Setting"])["Setting"]
    assert told.place == f"Settings!B{row.index('Home marketplace') + 5}"
    assert column(path, "Problem", "Check") == ["1 row waits only for its Marketplace"]
    import_reports([fba], home(path, "US"), TODAY)
    assert process_book(path, TODAY).findings == []
    assert column(path, "Action") != ["Hold for review"]


def test_the_home_marketplace_is_no_part_of_what_decides(make_book):
    path = make_book({})
    process_book(path, TODAY)
    assert process_book(home(path, "US"), TODAY).newly_decided == 0
    assert column(path, "Policy Version") == [policy_of(Workbook.open(make_book()))[0].version]


def test_numbers_of_order_items_come_from_new_orders(make_book, mfn, tmp_path):
    path, orders = make_book(), tmp_path / "new_orders.txt"
    wanting = import_reports([mfn], path, TODAY).findings
    assert ["order-item-id" in f.remedy for f in wanting if "item's number" in f.problem] == [True]
    line = [MFN["Order ID"], "90211000007717", "2026-10-05T09:15:00Z", "KETTLE-1", "2"]
    orders.write_bytes(table(NEW_ORDERS, [line]))
    intake = import_reports([orders], path, TODAY)
    assert intake.reports == ["new_orders.txt: New orders, 1 line"]
    assert column(path, "Order Item ID") == ["90211000007717"]
    assert column(path, "Unit Paid") == [30.0]
    assert not any("item's number" in f.problem for f in intake.findings)


def test_an_order_with_two_items_of_a_sku_gives_no_number(make_book, mfn, tmp_path):
    path, orders = make_book(), tmp_path / "new_orders.txt"
    line = [MFN["Order ID"], "90211000007717", "2026-10-05T09:15:00Z", "KETTLE-1", "1"]
    orders.write_bytes(table(NEW_ORDERS, [line, [line[0], "90211000007718", *line[2:]]]))
    import_reports([mfn, orders], path, TODAY)
    assert column(path, "Order Item ID") == [None]
