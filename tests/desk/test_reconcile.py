"""Companion reports into the workbook, and the Reconcile sheet that follows."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.books import lines, put
from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.core.ledgers import DUE, EVENTS, RECONCILE
from xl_returns.desk import ledger
from xl_returns.desk.batch import batch_of
from xl_returns.desk.intake import import_reports
from xl_returns.desk.letters import letters_of
from xl_returns.desk.process import process_book

SETTLEMENT = (
    "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\t"
    "currency\ttransaction-type\torder-id\tamount-type\tamount-description\tamount\t"
    "posted-date\tsku\tquantity-purchased\n"
    "77\t2026-09-01\t2026-09-15\t2026-09-17\t-110.00\tUSD\t\t\t\t\t\t\t\t\n"
    "77\t\t\t\t\t\tRefund\t111-7654321-7654321\tItemPrice\tPrincipal\t-50.00\t2026-09-05\tB-1\t1\n"
    "77\t\t\t\t\t\tRefund\t111-1234567-1234567\tItemPrice\tPrincipal\t-60.00\t2026-09-06\tA-1\t1\n"
)
OWN = {
    "Order ID": "111-1234567-1234567",
    "SKU": "A-1",
    "Unit Paid": 60,
    "Status": "Received",
    "Received Date": TODAY,
}


@pytest.fixture
def book(make_book, tmp_path):
    report = tmp_path / "settlement.txt"
    report.write_text(SETTLEMENT)
    path = make_book(OWN, {"Channel": "FBA", "Order ID": "111-7654321-7654321", "SKU": "B-1"})
    intake = import_reports([report], path, TODAY)
    assert (intake.events, intake.findings) == (2, [])
    process_book(path, TODAY)
    return path


def test_no_message_promises_a_refund_that_payments_show_as_paid(book):
    letters, (finding,) = letters_of(Workbook.open(book), TODAY)
    assert letters == []
    assert "Refund not noted in Returns (Settlement 77): no message" in finding.problem
    put(book, "Returns", 0, "Refunded So Far", 60.0)
    process_book(book, TODAY)
    assert letters_of(Workbook.open(book), TODAY) == ([], [])


@pytest.mark.parametrize("kind", ["Refund", "Replacement"])
def test_what_a_report_told_after_the_last_run_keeps_letters_and_refunds_back(make_book, kind):
    line = OWN | {"Order Item ID": "00123456789012"}
    path = make_book(line, line, line | {"SKU": "B-1", "Order Item ID": "55555"})
    process_book(path, TODAY)
    workbook = Workbook.open(path)
    told = {"Kind": kind, "Day": 46340.0, "Order ID": OWN["Order ID"], "SKU": "A-1", "Units": 1.0}
    paid = {"Amount": 90.0 if kind == "Refund" else 0.0, "Currency": "USD", "Source": "Settlement"}
    ledger.append(workbook, EVENTS, [told | paid])
    letters, kept_back = letters_of(workbook, TODAY)
    assert [letter.return_id for letter in letters] == ["R-3"]
    assert [finding.place for finding in kept_back] == ["Returns, R-1", "Returns, R-2"]
    assert [refund.return_ids for refund in batch_of(workbook, TODAY).lines] == [("R-3",)]


def test_a_refund_that_is_noted_since_the_row_was_decided_is_not_promised(make_book):
    path = make_book(OWN)
    process_book(path, TODAY)
    workbook = Workbook.open(path)
    assert len(letters_of(workbook, TODAY)[0]) == 1
    workbook.write_cells("Returns", {(0, "Refunded So Far"): 60.0})
    letters, (finding,) = letters_of(workbook, TODAY)
    assert letters == []
    assert (finding.problem, finding.remedy) == (
        "the row changed since it was decided: no message is written",
        "process the workbook, then export",
    )


def test_a_row_with_a_cell_that_cannot_be_read_is_promised_nothing(make_book):
    path = make_book(OWN | {"Label Cost": "a lot", "Override Action": "Refund now"})
    process_book(path, TODAY)
    workbook = Workbook.open(path)
    letters, (finding,) = letters_of(workbook, TODAY)
    assert letters == []
    assert finding.place == workbook.tables["Returns"].place(0, "Label Cost")
    assert finding.problem == "`a lot` is not a number: no message is written"


def test_what_payments_say_and_returns_does_not_know_is_told(book):
    told = {line["Finding"]: line for line in lines(book, RECONCILE)}
    assert told["Refund not noted in Returns"]["Amount"] == 60.0
    assert told["Refund not noted in Returns"]["Seen In"] == "Settlement 77"
    claim = told["Refunded, never returned"]
    assert (claim["Route"], claim["Order ID"]) == ("FBA claim", "111-7654321-7654321")
    assert claim["Closes"] > claim["Opens"] > 46000


def test_a_row_that_payments_concern_has_each_of_its_clocks_once(book):
    clocks = [(line["Return ID"], line["What"]) for line in lines(book, DUE)]
    assert ("R-1", "Refund after receipt") in clocks
    assert len(clocks) == len(set(clocks))


def test_a_report_imported_twice_adds_nothing(book, tmp_path):
    before = Workbook.open(book).tables["Events"].rows
    assert import_reports([tmp_path / "settlement.txt"], book, TODAY).events == 0
    assert Workbook.open(book).tables["Events"].rows == before == 2


def shipped(*references):
    """A report of parcels with these removal orders; equal ones are equal lines."""
    header = "order-id\tshipment-date\tsku\tdisposition\tshipped-quantity\tcarrier\n"
    return header + "".join(f"{r}\t2026-10-05\tA-1\tUnsellable\t2\tUPS\n" for r in references)


@pytest.mark.parametrize(
    ("told", "events"),
    [
        ([["1", "2"], ["1", "2"]], 2), ([["1", "2"], ["2", "3"]], 3), ([["1", "1"]], 2),
        ([["1"], ["1", "1", "2"], ["1", "1"]], 3),
    ],
)  # fmt: skip
def test_reports_that_overlap_tell_together_what_they_tell_one_after_the_other(
    make_book, tmp_path, told, events
):
    reports = [tmp_path / f"shipments ({number}).txt" for number in range(len(told))]
    for report, references in zip(reports, told, strict=True):
        report.write_text(shipped(*references))
    together, apart = make_book({}, name="together.xlsx"), make_book({}, name="apart.xlsx")
    assert import_reports(reports, together, TODAY).events == events
    assert sum(import_reports([report], apart, TODAY).events for report in reports) == events
    kept = [ledger.read(Workbook.open(path), EVENTS) for path in (together, apart)]
    assert kept[0] == kept[1]


def test_processing_again_changes_nothing(book):
    before = book.read_bytes()
    process_book(book, TODAY)
    assert book.read_bytes() == before


def test_the_sellers_note_stays_with_its_finding_even_when_it_is_settled(book):
    told = [line["Finding"] for line in lines(book, RECONCILE)]
    put(book, "Reconcile", told.index("Refund not noted in Returns"), "Your Note", "case 5")
    put(book, "Returns", 0, "Refunded So Far", 60.0)
    for _ in range(2):
        process_book(book, TODAY)
        settled = [line for line in lines(book, RECONCILE) if line["Your Note"]]
        assert [line["Finding"] for line in settled] == ["Settled: Refund not noted in Returns"]
    put(book, "Returns", 0, "Refunded So Far", 0.0)
    process_book(book, TODAY)
    (back,) = [line for line in lines(book, RECONCILE) if line["Your Note"]]
    assert back["Finding"] == "Refund not noted in Returns"


def test_a_claim_whose_window_closed_leaves_the_sheet(book):
    process_book(book, TODAY + dt.timedelta(100))
    assert "Refunded, never returned" not in [line["Finding"] for line in lines(book, RECONCILE)]


def test_events_hold_money_in_main_units_with_their_source(book):
    first = lines(book, EVENTS)[0]
    assert (first["Amount"], first["Currency"], first["Source"]) == (50.0, "USD", "Settlement")
