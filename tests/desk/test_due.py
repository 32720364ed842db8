"""The Due sheet: clocks in the marketplace's time, the shortest first."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tests.support.books import lines, put
from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core import terms
from xl_returns.core.ledgers import DUE
from xl_returns.desk.due import due_of, time_left
from xl_returns.desk.process import process_book
from xl_returns.desk.table import as_moment

NOW = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
YESTERDAY = TODAY - dt.timedelta(1)
DAMAGED = {
    "Status": "Received",
    "Received Date": YESTERDAY,
    "Condition": "Damaged",
    "Reason": "UNWANTED_ITEM",
    "Photos": "Y",
    "Unit Paid": 80,
}


def test_a_clock_ends_with_the_day_where_the_marketplace_is(make_book):
    path = make_book({"Marketplace": "JP", "Request Date": TODAY}, {"Request Date": TODAY})
    japan, america = due_of(path, NOW)
    assert (japan["Time Zone"], america["Time Zone"]) == ("Asia/Tokyo", "America/Los_Angeles")
    assert (
        america["Until"]
        == japan["Until"]
        == as_moment(dt.datetime.combine(TODAY + dt.timedelta(1), dt.time(23, 59)))
    )
    end = dt.datetime.combine(
        TODAY + dt.timedelta(1), dt.time(23, 59), ZoneInfo("America/Los_Angeles")
    )
    assert america["Hours Left"] == round((end - NOW) / dt.timedelta(hours=1), 1)
    assert japan["Hours Left"] < america["Hours Left"]


def test_the_shortest_clock_stands_first_and_what_is_late_is_below_zero(make_book):
    path = make_book({"Request Date": TODAY}, {"Request Date": TODAY - dt.timedelta(5)})
    process_book(path, TODAY)
    late, soon = lines(path, DUE)
    assert (late["Return ID"], soon["Return ID"]) == ("R-2", "R-1")
    assert late["Hours Left"] < 0 < soon["Hours Left"]
    assert late["What"] == "Answer request"


def test_every_clock_of_a_row_has_its_line(make_book):
    path = make_book(DAMAGED | {"Marketplace": "DE", "Delivered Date": YESTERDAY})
    whats = [line["What"] for line in due_of(path, NOW)]
    assert whats == ["Refund after receipt", "Withdrawal refund"]


def test_what_a_refund_now_gives_up_stands_beside_it(make_book):
    path = make_book(DAMAGED, {**DAMAGED, "Reason": "DEFECTIVE"})
    buyer_at_fault, seller_at_fault = sorted(due_of(path, NOW), key=lambda line: line["Return ID"])
    assert buyer_at_fault["Forfeits"] == 40.0
    assert seller_at_fault["Forfeits"] is None


def test_rows_that_ask_for_nothing_have_no_clock(make_book):
    path = make_book({"Status": "Cancelled"}, {"Override Action": "No action"})
    assert due_of(path, NOW) == []


def test_of_a_row_that_was_exported_only_the_appeal_is_left(make_book):
    swapped = {"Status": "Received", "Received Date": TODAY, "Condition": "Different item"}
    path = make_book(swapped | {"Upload Batch": "2026-11-22-1"}, swapped)
    whats = [(line["Return ID"], line["What"]) for line in due_of(path, NOW)]
    assert whats == [
        ("R-2", "Refund after receipt"),
        ("R-1", "SAFE-T claim"),
        ("R-2", "SAFE-T claim"),
    ]


def test_processing_later_the_same_day_writes_nothing(make_book):
    path = make_book({}, DAMAGED)
    process_book(path, TODAY, now=NOW)
    before = path.read_bytes()
    process_book(path, TODAY, now=NOW + dt.timedelta(hours=3))
    assert path.read_bytes() == before


def test_a_done_row_leaves_the_sheet(make_book):
    path = make_book({}, {"Unit Paid": 75})
    process_book(path, TODAY)
    put(path, "Returns", 0, "Status", "Cancelled")
    process_book(path, TODAY)
    assert {line["Return ID"] for line in lines(path, DUE)} == {"R-2"}


@pytest.mark.parametrize("marketplace", terms.MARKETPLACES)
def test_every_marketplace_has_a_time_zone_that_exists(marketplace):
    assert ZoneInfo(terms.MARKETPLACE_ZONE[marketplace])


def test_the_command_counts_what_is_late(make_book, capsys):
    path = make_book({"Request Date": TODAY - dt.timedelta(5)})
    with pytest.raises(SystemExit) as ended:
        main(["due", str(path), "--today", TODAY.isoformat()])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "Answer request" in told
    assert "1 clock, 1 late" in told


def test_a_withdrawal_whose_goods_come_late_is_due_when_they_are_back(make_book):
    late = DAMAGED | {"Marketplace": "DE", "Delivered Date": dt.date(2026, 11, 1)}
    path = make_book(late | {"Request Date": dt.date(2026, 11, 3), "Received Date": YESTERDAY})
    (line,) = [line for line in due_of(path, NOW) if line["What"] == "Withdrawal refund"]
    assert line["Until"] == as_moment(dt.datetime.combine(YESTERDAY, dt.time(23, 59)))


def test_a_holiday_of_the_sellers_own_moves_a_business_day(make_book):
    path = make_book(DAMAGED | {"Marketplace": "DE", "Received Date": TODAY})

    def until(holiday):
        book = Workbook.open(path)
        book.write_cells("Holidays", {(0, h): v for h, v in holiday.items()})
        book.save()
        (line,) = [x for x in due_of(path, NOW) if x["What"] == "Refund after receipt"]
        return line["Until"] // 1 - as_moment(dt.datetime.combine(TODAY, dt.time()))

    tomorrow = as_moment(dt.datetime.combine(TODAY, dt.time())) + 1
    assert until({}) == 2
    assert until({"Day": tomorrow, "On": "Y"}) == 3
    assert until({"Marketplace": "FR"}) == 2
    assert until({"Marketplace": None}) == 3
    assert until({"Closed": "N"}) == 2


@pytest.mark.parametrize(
    ("hours", "said"),
    [(8.4, "8 h"), (-3.2, "3 h late"), (47.9, "47 h"), (48.0, "2 d"), (-640.2, "26 d late")],
)
def test_time_is_told_in_hours_when_it_is_short_and_in_days_otherwise(hours, said):
    assert time_left({"Hours Left": hours}) == said
