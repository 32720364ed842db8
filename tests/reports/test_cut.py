"""A file that ends in the middle of its last line: no cut gives other figures in silence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from importlib.resources import files

import pytest

from tests.reports.conftest import MFN_32, MFN_33
from xl_returns.core.findings import Refusal
from xl_returns.reports import read_report

SAMPLES = sorted(files("xl_returns").joinpath("samples").iterdir(), key=lambda path: path.name)
BUILT = [
    "mfn", "fba", "orders", "reimbursements", "removals", "shipments", "replacements",
    "settlement", "ledger", "transactions",
]  # fmt: skip


LAST = {
    "mfn": {
        "Amazon RMA ID": "B",
        "Refunded Amount": "550.00",
        "Return delivery date": "12-Nov-2026",
    },
    "fba": {"license-plate-number": "", "quantity": "12", "customer-comments": "A|5 of 10|Yes"},
    "orders": {"quantity": "12", "item-price": "590.00"},
    "reimbursements": {"amount-total": "250.00", "quantity-reimbursed-total": "12"},
    "removals": {"requested-quantity": "15", "cancelled-quantity": "10"},
    "shipments": {"quantity shipped": "14"},
    "replacements": {"quantity": "12"},
    "settlement": {"amount": "-100,00", "quantity-purchased": "12"},
    "ledger": {"Quantity": "17"},
    "transactions": {"product sales": "-300.00", "quantity": "12"},
}
"""Cells of each last line that would tell something else without their ends."""


def figures(report):
    """The amounts, quantities, days and numbers that a report tells, by line."""
    told = {}
    for row in report.rows:
        told[row.values["Return ID"]] = {
            header: value
            for header, value in row.values.items()
            if isinstance(value, (int, Decimal, dt.date)) or header == "Order Item ID"
        }
    for number, line in enumerate([*report.lines, *report.items]):
        told[number] = repr(line)
    for event in report.events:
        told[event.place, event.reference] = (event.day, event.units, event.amount, event.tax)
    return told


def silently_other(data, name="report.txt"):
    """Where the last line can be cut so that the report tells other figures, or fewer, and no more
    findings than the whole one. Of its first mark alone, which may be a quotation mark, none is told.
    """
    whole = read_report(data, name)
    truth, known = figures(whole), set(whole.findings)
    for at in range(data.rstrip(b"\r\n").rindex(b"\n") + 3, len(data)):
        try:
            report = read_report(data[:at], name)
        except Refusal:
            continue
        if set(report.findings) <= known and figures(report) != truth:
            yield data[:at].rpartition(b"\n")[2], figures(report)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_no_cut_of_a_samples_last_line_gives_other_figures_in_silence(path):
    assert list(silently_other(path.read_bytes(), path.name)) == []


@pytest.mark.parametrize("kind", BUILT)
def test_no_cut_of_any_reports_last_line_gives_other_figures_in_silence(kind, request):
    data = request.getfixturevalue(kind)({}, LAST.get(kind, {}))
    assert figures(read_report(data, "report.txt"))
    assert list(silently_other(data)) == []


@pytest.mark.parametrize("price", ["5", "59.9", "59.90"])
def test_an_order_line_cut_within_its_price_is_left_out(orders, price):
    data = orders({}, {"amazon-order-id": "115-2", "item-price": "59.90"})
    report = read_report(data[: data.rindex(b"59.90") + len(price)], "orders.txt")
    assert [line.order_id for line in report.lines] == ["115-2000001-3000001"]
    (finding,) = report.findings
    assert (finding.place, finding.problem) == ("orders.txt line 3", "the row is cut off")


@pytest.mark.parametrize(("end", "doubts"), [("\r\n", 0), ("\n", 0), ("", 1)])
def test_a_whole_last_row_without_a_line_end_is_taken_and_doubted(mfn, end, doubts):
    data = mfn({"Refunded Amount": "55"}, headers=MFN_32).rstrip(b"\r\n") + end.encode()
    report = read_report(data, "returns.txt")
    assert report.rows[0].values["Refunded So Far"] == 55
    assert sum("without a line end" in finding.problem for finding in report.findings) == doubts


def test_columns_that_nobody_reads_may_be_cut_or_missing(mfn):
    headers = [*MFN_33, "Note", "More"]
    data = mfn({}, headers=headers)
    for cut in (b"\t\r\n", b"\t\t\r\n"):
        report = read_report(data.removesuffix(cut) + b"\t", "returns.txt")
        assert (len(report.rows), report.findings) == (1, ())


@pytest.mark.parametrize(("rows", "end", "taken"), [(1, "\n", 1), (2, "", 2), (1, "", 0)])
def test_rows_that_lack_their_last_columns_are_whole_where_the_line_ends_or_all_do(
    mfn, rows, end, taken
):
    header, *told = mfn({}, {"Amazon RMA ID": "B"}).decode().splitlines()
    short = [line.partition("StandardRefund")[0] for line in told[:rows]]
    report = read_report(("\n".join([header, *short]) + end).encode(), "returns.txt")
    assert len(report.rows) == taken
    assert [f.severity for f in report.findings] == ["warning" if taken else "error"] * (not end)


def test_a_closed_quotation_mark_ends_a_file_as_well_as_a_line_end(ledger):
    data = ledger({}, {"Quantity": "17"})
    report = read_report(data.rstrip(b"\r\n"), "ledger.csv")
    assert [event.units for event in report.events] == [1, 17]
    assert report.findings == ()


def test_an_item_number_that_is_cut_off_names_no_item():
    data = "order-id\torder-item-id\tpurchase-date\tsku\n115-1\t90211000200642\t2026-10-05\tK-1\n"
    assert list(silently_other(data.encode())) == []
    assert read_report(data[: data.index("200642")].encode(), "new.txt").items == ()
