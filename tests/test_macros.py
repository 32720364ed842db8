"""The buttons: macros unchanged over an open workbook, through xlwings."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

from scripts import build_workbook as sources
from tests.support.days import TODAY
from tests.support.xlwings_engine import open_book
from xl_returns import macros
from xl_returns.books.build import build
from xl_returns.books.live import OpenWorkbook
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns
from xl_returns.desk.audit import audit
from xl_returns.desk.intake import import_reports
from xl_returns.desk.process import process_book

SAMPLES = sorted((Path(macros.__file__).parent / "samples").glob("*.*"))
ROW = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "US",
    "Order ID": "111-1",
    "Order Date": dt.date(2026, 11, 1),
    "Request Date": dt.date(2026, 11, 20),
    "Item": "=HYPERLINK(1)",
    "Quantity": 1,
    "Unit Paid": 20,
    "Status": "Requested",
}
LIVE = sources.macros([*sources.own_modules()])


@pytest.fixture(scope="module")
def made():
    target = io.BytesIO()
    build(target, [ROW, {**ROW, "Return ID": "R2", "Unit Paid": 700}], LIVE)
    return target.getvalue()


@pytest.fixture
def path(tmp_path, made):
    target = tmp_path / "Returns.xlsm"
    target.write_bytes(made)
    return target


@pytest.fixture
def run(path, monkeypatch):
    """Run a macro over the open workbook; gives the engine's book."""
    monkeypatch.setattr(macros, "_today", lambda: TODAY)
    opened = {}

    def run(job, prepare=lambda _: None, currency=False):
        if not opened:
            opened["book"], opened["impl"] = open_book(path, currency=currency)
        prepare(opened["impl"])
        monkeypatch.setattr(xw.Book, "caller", classmethod(lambda _: opened["book"]))
        job()
        return opened["impl"]

    return run


def column(impl, name):
    table = OpenWorkbook(xw.Book(impl=impl)).tables["Returns"]
    return table.read([name])[name]


def test_process_writes_what_the_command_writes(run, path, tmp_path):
    impl = run(macros.process_returns)
    headless = tmp_path / "headless.xlsm"
    process_book(path, TODAY, headless)
    expected = Workbook.open(headless).tables["Returns"].read(columns.RECORD)
    for name in columns.RECORD:
        assert column(impl, name) == expected[name]


def test_process_leaves_formulas_and_tells_what_it_did(run):
    impl = run(macros.process_returns)
    formulas = impl.sheets("Returns").formulas
    assert sum("RETURN_ACTION(" in text for text in formulas.values()) == 2
    assert impl.app.asked[0].startswith("2 rows decided, 2 new or changed")
    assert impl.app.status_bar is False
    assert "Returns: Deciding 2 rows …" in impl.app.said


def test_processing_again_changes_nothing(run):
    before = run(macros.process_returns).state()
    assert run(macros.process_returns).state() == before


def test_process_writes_neighbouring_columns_as_one_block(run):
    impl = run(macros.process_returns)
    returns = [address for sheet, address in impl.writes if sheet == "Returns"]
    assert returns == ["$AT$5:$AU$6", "$AW$5:$AX$6"]


def test_calculation_and_screen_are_as_before_even_after_a_failure(run):
    def prepare(impl):
        impl.app.calculation = "semiautomatic"
        impl.fail_at = 2

    impl = run(macros.process_returns, prepare)
    assert (impl.app.calculation, impl.app.screen_updating) == ("semiautomatic", True)


@pytest.mark.parametrize("fail_at", range(1, 8))
def test_a_failure_in_the_midst_leaves_the_book_as_it_was(run, path, fail_at):
    before = open_book(path)[1].state()
    impl = run(macros.process_returns, lambda impl: setattr(impl, "fail_at", fail_at))
    if "Excel is busy" in impl.app.asked[-1]:
        assert "changed nothing" in impl.app.asked[-1]
        assert impl.state() == before
    else:
        assert len(impl.writes) < fail_at


def test_large_refunds_are_asked_about_and_no_means_nothing_is_written(run, path, monkeypatch):
    before = open_book(path)[1].state()
    monkeypatch.setattr(macros, "_may_pay", asked_below(macros._may_pay))

    impl = run(macros.process_returns, lambda impl: setattr(impl.app, "answer", "cancel"))
    assert impl.app.asked[0] == "New refunds add up to 20.00 USD. Record these decisions?"
    assert impl.state() == before


def asked_below(may_pay):
    """The question at once: as if the seller had set `Ask above` to 0."""

    def ask(excel, policy, told):
        careful = policy.settings.model_copy(update={"ask_above": 0})
        return may_pay(excel, policy.model_copy(update={"settings": careful}), told)

    return ask


def test_reports_come_in_as_with_the_command(run, path, tmp_path):
    headless = tmp_path / "headless.xlsm"
    headless.write_bytes(path.read_bytes())
    import_reports(SAMPLES, headless, TODAY)
    impl = run(
        macros.import_reports,
        lambda impl: setattr(impl.app, "picked", "\n".join(map(str, SAMPLES))),
    )
    expected = Workbook.open(headless).tables["Returns"].read(columns.INPUTS)
    for name in columns.INPUTS:
        assert column(impl, name) == expected[name], name
    formulas = impl.sheets("Returns").formulas
    assert sum("RETURN_WHY(" in text for text in formulas.values()) == len(expected["Return ID"])


def test_a_formula_of_the_sellers_own_stays_a_formula(run):
    place = (5, columns.INPUTS.index("Order Date") + 1)

    def prepare(impl):
        returns = impl.sheets("Returns")
        returns.formulas[place] = "=TODAY()-3"
        impl.app.picked = "\n".join(map(str, SAMPLES))

    impl = run(macros.import_reports, prepare)
    assert impl.sheets("Returns").formulas[place] == "=TODAY()-3"
    assert (45, place[1]) not in impl.sheets("Returns").formulas
    book = OpenWorkbook(xw.Book(impl=impl))
    book.write_cells("Returns", {(0, "Order Date"): 46000.0, (1, "Order Date"): 46000.0})
    assert impl.sheets("Returns").formulas[place] == "=TODAY()-3"
    assert book.tables["Returns"].read(["Order Date"])["Order Date"][1] == 46000.0


def test_only_changed_cells_are_written(run):
    impl = run(macros.process_returns)
    book = OpenWorkbook(xw.Book(impl=impl))
    impl.writes.clear()
    assert book.write_cells("Returns", {(1, "Status"): "Received"}) == 1
    assert impl.writes == [("Returns", "$R$6:$R$6")]


def test_what_cannot_be_taken_back_is_said(run):
    def prepare(impl):
        impl.fail_at, impl.stays_broken = 3, True

    told = run(macros.process_returns, prepare).app.asked[-1]
    assert "close the workbook without saving it" in told
    assert "Nothing was changed" not in told


def test_choosing_no_report_does_nothing(run, path):
    assert run(macros.import_reports).state() == open_book(path)[1].state()


def test_rows_are_not_written_over_what_stands_below_the_table(run):
    def prepare(impl):
        impl.app.picked = "\n".join(map(str, SAMPLES))
        impl.sheets("Returns").values[(20, 1)] = "my notes"

    impl = run(macros.import_reports, prepare)
    assert "something stands below the table Returns" in impl.app.asked[-1]
    assert impl.sheets("Returns").values[(20, 1)] == "my notes"


def test_hostile_text_stays_text_and_is_not_repeated_as_a_formula(run):
    run(macros.process_returns)
    impl = run(
        macros.import_reports,
        lambda impl: setattr(impl.app, "picked", "\n".join(map(str, SAMPLES))),
    )
    for sheet in impl.sheets:
        assert not any("HYPERLINK(1)" in text for text in sheet.formulas.values())
    assert "=HYPERLINK(1)" in column(impl, "Item")


def test_currency_cells_count_to_the_cent(run):
    impl = run(macros.process_returns, currency=True)
    assert isinstance(impl.sheets("Returns").values[(5, 13)], Decimal)
    assert column(impl, "Decided Refund")[0] == 20.0


def test_check_lists_findings_on_the_check_sheet(run):
    def prepare(impl):
        impl.sheets("Returns").values[(5, 13)] = "twenty"

    impl = run(macros.check_policy, prepare)
    assert "Returns!M5: `twenty` is not a number" in impl.app.asked[-1]
    assert "Returns!M5" in impl.sheets("Check").values.values()


def test_explain_tells_about_the_selected_row(run):
    def prepare(impl):
        impl.app.selection = impl.sheets("Returns").range((6, 3))

    impl = run(macros.explain_row, prepare)
    told = impl.app.asked[-1]
    assert told.startswith("Return ID: R2\nAction: ")
    assert "Refund, keep item: " in told
    shown = list(impl.sheets("Alternatives").values.values())
    assert "R2" in shown
    assert "chosen" in shown


def test_explain_without_a_row_says_what_to_do(run):
    def prepare(impl):
        impl.app.selection = impl.sheets("Log").range((6, 3))

    assert "click a row of Returns" in run(macros.explain_row, prepare).app.asked[-1]


def test_export_writes_a_file_in_which_no_text_is_a_formula(run, path):
    run(macros.export)
    written = path.with_name("Returns-decisions.csv").read_text("utf-8")
    assert written.startswith("Return ID,Channel,")
    assert "'=HYPERLINK(1)" in written
    assert "2026-11-20" in written


OPEN = {
    **ROW,
    "Order ID": "111-1234567-1234567",
    "Order Item ID": "00123456789012",
    "Item": "Lamp",
    "SKU": "A-1",
}


@pytest.fixture(scope="module")
def processed(tmp_path_factory):
    """A workbook on which there is something to negotiate, to receive and to upload."""
    path = tmp_path_factory.mktemp("processed") / "Returns.xlsm"
    rows = [
        OPEN,
        OPEN | {"Return ID": "R2", "Unit Paid": 75, "Reason": "UNWANTED_ITEM"},
        OPEN | {"Return ID": "R3", "Quantity": 3, "Status": "In transit", "Tracking ID": "9400"},
    ]
    build(path, rows, LIVE)
    process_book(path, TODAY)
    return path.read_bytes()


@pytest.fixture
def desk(path, processed):
    path.write_bytes(processed)
    return path


def select(impl, row):
    impl.app.selection = impl.sheets("Returns").range((row, 3))


def test_offers_are_shown_made_and_answered_from_the_selected_row(desk, run):
    def prepare(typed):
        def prepare(impl):
            select(impl, 6)
            impl.app.typed = typed

        return prepare

    impl = run(macros.negotiate, prepare(""))
    (prompt, usual), *_ = impl.app.prompted
    assert "offer 22.50 USD next" in prompt
    assert usual == "22.50"
    assert impl.app.asked == []
    for typed in ("22,50", "r", "30", "A"):
        impl = run(macros.negotiate, prepare(typed))
    assert "30.00 USD accepted (2 of 3)" in impl.app.asked[-1]
    assert column(impl, "Override Refund")[1] == 30.0
    assert column(impl, "Negotiation")[1].startswith("30.00 USD accepted")
    assert "nothing is left to offer" in run(macros.negotiate, prepare("40")).app.asked[-1]
    assert "is not a number" in run(macros.negotiate, prepare("x")).app.asked[-1]


def test_goods_are_taken_in_from_their_sheet(desk, run):
    def prepare(impl):
        sheet = impl.sheets("Goods In")
        headers = {value: at for at, value in sheet.values.items() if at[0] == 4}
        for header, value in (("Code", "9400"), ("Units", 2.0), ("Condition", "Opened")):
            sheet.values[5, headers[header][1]] = value

    impl = run(macros.take_goods_in, prepare)
    assert "R3: 2 of 3 received" in impl.app.asked[-1]
    assert column(impl, "Return ID")[-1] == "R3 #2"
    assert column(impl, "Quantity") == [1.0, 1.0, 2.0, 1.0]
    assert column(impl, "Condition")[2] == "Opened"
    formulas = impl.sheets("Goods In").formulas
    assert any("MATCH(" in text for text in formulas.values())


def test_the_selected_return_is_split(desk, run):
    def prepare(typed):
        return lambda impl: (select(impl, 7), setattr(impl.app, "typed", typed))

    assert "is not its quantity" in run(macros.split_return, prepare("2 x")).app.asked[-1]
    impl = run(macros.split_return, prepare("2 1"))
    assert "R3 is now R3, R3 #2" in impl.app.asked[-1]
    assert column(impl, "Quantity") == [1.0, 1.0, 2.0, 1.0]


def test_files_for_amazon_and_buyers_are_written_and_refunds_marked(desk, run):
    impl = run(macros.export_files)
    out = desk.with_name("Returns-out")
    names = {file.name for file in out.iterdir()}
    assert {"adjustments-2026-11-23-1-US.txt", "messages.txt", "returnless-US.txt"} <= names
    assert column(impl, "Upload Batch")[0] == "2026-11-23-1"
    assert impl.saves == 1
    again = run(macros.export_files)
    assert again.saves == 1


def test_no_refund_file_without_a_yes(desk, run):
    impl = run(macros.export_files, lambda impl: setattr(impl.app, "answer", "cancel"))
    assert not list(desk.with_name("Returns-out").glob("adjustments*"))
    assert column(impl, "Upload Batch") == [None] * 3


def test_a_refund_file_whose_marks_cannot_be_written_is_not_there(desk, run):
    run(macros.export_files, lambda impl: setattr(impl, "fail_at", 1))
    assert not list(desk.with_name("Returns-out").glob("adjustments*"))


def test_the_log_is_proved_in_excel_as_well(desk, run):
    told = run(macros.prove_log).app.asked[-1]
    assert "3 of them decisions" in told
    assert "Nothing was changed" in told


def test_what_the_macros_log_can_be_proved_by_the_command(desk, run):
    run(macros.process_returns)
    impl = run(macros.negotiate, lambda impl: (select(impl, 6), setattr(impl.app, "typed", "22.5")))
    assert audit(OpenWorkbook(xw.Book(impl=impl))).findings == []


def test_the_goods_are_planned_on_their_sheet(desk, run):
    def prepare(impl):
        sheet = impl.sheets("Goods In")
        headers = {value: at for at, value in sheet.values.items() if at[0] == 4}
        for header, value in (("Code", "9400"), ("Units", 3.0), ("Condition", "Sealed")):
            sheet.values[5, headers[header][1]] = value

    run(macros.take_goods_in, prepare)
    impl = run(macros.plan_goods)
    assert "3 units" in impl.app.asked[-1]
    assert "Restock as new" in impl.sheets("Goods Plan").values.values()


def test_insights_fill_their_sheets_and_say_what_comes_first(desk, run):
    impl = run(macros.look_into_returns)
    told = impl.app.asked[-1]
    assert told.startswith("3 returns cost ")
    assert "More on Fix List, SKU Costs, Causes and Break-Even" in told
    assert len(told) < 1_000
    assert "Not told" in impl.sheets("Causes").values.values()


def test_the_open_book_is_replayed_under_the_policy_of_a_chosen_one(desk, run, tmp_path):
    other = tmp_path / "Other.xlsm"
    build(other, [], LIVE)
    changed = Workbook.open(other)
    changed.write_cells("Tiers", {(0, "Low"): 1.0, (0, "High"): 2.0})
    changed.save()
    impl = run(macros.replay, lambda impl: setattr(impl.app, "picked", f"{other}"))
    assert "past returns" in impl.app.asked[-1]
    assert desk.with_name("Returns-replay.xlsx").exists()
