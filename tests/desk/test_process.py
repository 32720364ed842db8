"""Process a workbook: decide, record, log, and change nothing else."""

from __future__ import annotations

import datetime as dt
import tempfile

import openpyxl
import pytest

from tests.support.books import lines, put
from tests.support.days import TODAY
from tests.support.zips import members
from xl_returns.books import deflate, stream
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Refusal
from xl_returns.core.ledgers import CHECK
from xl_returns.desk import due, look
from xl_returns.desk import process as desk
from xl_returns.desk.due import due_of
from xl_returns.desk.process import process_book

NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)


def column(path, header, table="Returns"):
    return Workbook.open(path).tables[table].read([header])[header]


def test_every_row_gets_its_suggestion_and_its_record(make_book):
    path = make_book({}, {"Unit Paid": 75, "Reason": "DEFECTIVE"})
    process_book(path, TODAY)
    assert column(path, "Action") == ["Refund, keep item", "Refund now"]
    assert column(path, "Refund") == [49.99, 75.0]
    assert column(path, "Decided Action") == ["Refund, keep item", "Refund now"]
    assert column(path, "Due") == [46349.0, 46349.0]


def test_openpyxl_reads_what_was_written(make_book):
    path = make_book({})
    process_book(path, TODAY)
    sheet = openpyxl.load_workbook(path)["Returns"]
    headers = {c.value: c for row in sheet.iter_rows() for c in row if c.value in ("Action", "Due")}
    below = headers["Action"].offset(1)
    assert below.value == "Refund, keep item"
    assert headers["Due"].offset(1).value.date() == TODAY


def test_a_second_run_changes_nothing(make_book):
    path = make_book({}, {"Unit Paid": 75})
    process_book(path, TODAY)
    before, touched = path.read_bytes(), path.stat().st_mtime_ns
    summary = process_book(path, TODAY)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, touched)
    assert (summary.newly_decided, summary.changed_cells) == (0, 0)


def test_the_log_tells_each_decision_once(make_book):
    path = make_book({}, {"Unit Paid": 75})
    process_book(path, TODAY)
    process_book(path, TODAY)
    assert column(path, "Return ID", "Log") == ["R-1", "R-2"]
    put(path, "Returns", 0, "Status", "Cancelled")
    process_book(path, TODAY)
    assert column(path, "Action", "Log")[-1] == "No action"
    assert len(column(path, "Action", "Log")) == 3


def test_another_resale_price_is_another_decision(make_book):
    path = make_book({"Status": "Received", "Condition": "Sealed", "New Price": 50})
    process_book(path, TODAY)
    put(path, "Returns", 0, "New Price", 60.0)
    process_book(path, TODAY + dt.timedelta(1))
    assert column(path, "Decided Resale Price") == [60.0]
    assert column(path, "Decided At") == [46350.0]
    assert len(column(path, "Return ID", "Log")) == 2


def test_a_decision_that_stands_keeps_its_day_and_its_policy(make_book):
    path = make_book({})
    process_book(path, TODAY)
    decided_by = column(path, "Policy Version")
    put(path, "Tiers", 1, "Low", 1.0)
    process_book(path, TODAY + dt.timedelta(1))
    assert column(path, "Decided At") == [46349.0]
    assert column(path, "Policy Version") == decided_by
    assert policy_of(Workbook.open(path))[0].version not in decided_by


def test_an_override_wins_and_is_never_overwritten(make_book):
    path = make_book(
        {"Override Action": "Hold for review", "Override Refund": 5, "Override Note": "my call"}
    )
    process_book(path, TODAY)
    assert column(path, "Decided Action") == ["Hold for review"]
    assert column(path, "Decided Refund") == [5.0]
    assert column(path, "Override Action") == ["Hold for review"]
    assert column(path, "Action") == ["Refund, keep item"]


def test_only_our_own_parts_change(make_book):
    path = make_book({})
    before = members(path)
    process_book(path, TODAY)
    after = members(path)
    changed = {name for name in before if before[name] != after[name]}
    assert set(before) == set(after)
    assert all(name.startswith(("xl/worksheets/sheet", "xl/tables/")) for name in changed)
    assert len(changed) <= 4


def test_a_dry_run_writes_nothing(make_book):
    path = make_book({})
    before = path.read_bytes()
    summary = process_book(path, TODAY, dry_run=True)
    assert path.read_bytes() == before
    assert summary.actions == {"Refund, keep item": 1}


def test_another_file_may_be_written_instead(make_book, tmp_path):
    path = make_book({})
    before = path.read_bytes()
    process_book(path, TODAY, tmp_path / "out.xlsx")
    assert path.read_bytes() == before
    assert column(tmp_path / "out.xlsx", "Action") == ["Refund, keep item"]


def test_an_edited_policy_decides(make_book):
    path = make_book({})
    put(path, "Tiers", 0, "Low", 40.0)
    process_book(path, TODAY)
    assert column(path, "Action") == ["Offer partial refund"]


def test_what_cannot_be_read_is_told_at_its_cell_in_the_check_sheet(make_book):
    path = make_book({"Status": "Lost", "Quantity": 1.5})
    summary = process_book(path, TODAY)
    places = column(path, "Place", "Check")
    assert [str(f.place) for f in summary.findings] == places
    assert all(place.startswith("Returns!") for place in places)
    put(path, "Returns", 0, "Status", "Requested")
    put(path, "Returns", 0, "Quantity", 1.0)
    process_book(path, TODAY)
    assert set(column(path, "Place", "Check")) == {None}


def test_of_very_many_findings_the_sheet_lists_the_first_and_the_run_counts_all(
    make_book, monkeypatch
):
    monkeypatch.setattr(desk, "MOST_FINDINGS", 2)
    path = make_book(*[{"Reason": f"WAT-{number}"} for number in range(3)])
    assert len(process_book(path, TODAY).findings) == 3
    assert len(lines(path, CHECK)) == 2


def test_a_return_id_that_stands_twice_is_told(make_book):
    path = make_book({}, {"Return ID": "R-1"})
    assert any("stands 2 times" in f.problem for f in process_book(path, TODAY).findings)


def test_money_is_told_per_currency_and_never_added_up(make_book):
    path = make_book({}, {"Marketplace": "DE", "Unit Paid": 20})
    assert process_book(path, TODAY).to_refund == {"USD": 49.99, "EUR": 20.0}


def test_a_buyers_formula_stays_text(make_book):
    path = make_book({"Buyer Comment": "=1+1", "Reason": "=cmd()"})
    process_book(path, TODAY)
    sheet = openpyxl.load_workbook(path)["Returns"]
    texts = [c for row in sheet.iter_rows() for c in row if c.value in ("=1+1", "=cmd()")]
    assert [c.data_type for c in texts] == ["s", "s"]


def test_a_workbook_that_is_open_is_refused(make_book):
    path = make_book({})
    path.with_name(f"~${path.name}").write_bytes(b"")
    with pytest.raises(Refusal) as caught:
        process_book(path, TODAY)
    assert caught.value.finding.remedy


def test_a_workbook_that_is_not_ours_is_refused(tmp_path):
    foreign = openpyxl.Workbook()
    foreign.save(tmp_path / "foreign.xlsx")
    with pytest.raises(Refusal, match="Returns"):
        process_book(tmp_path / "foreign.xlsx", TODAY)


def test_the_why_is_in_chinese_when_the_setting_says_so(make_book):
    path = make_book({})
    put(path, "Settings", 0, "Value", "zh")
    process_book(path, TODAY)
    assert "退款不退货" in column(path, "Why")[0]


def test_own_decisions_count_in_the_record_the_log_and_the_totals(make_book):
    path = make_book(
        {"Override Action": "No action"},
        {"Override Refund": 5},
        {"Unit Paid": 75, "Override Action": "Refund now"},
    )
    summary = process_book(path, TODAY)
    assert column(path, "Decided Refund") == [0.0, 5.0, 75.0]
    assert summary.actions == {"No action": 1, "Refund, keep item": 1, "Refund now": 1}
    assert summary.to_refund == {"USD": 80.0}
    assert column(path, "Event", "Log") == ["Overridden"] * 3


def test_an_own_amount_above_what_was_paid_is_an_error(make_book):
    path = make_book({"Override Refund": 4999})
    (finding,) = process_book(path, TODAY).findings
    assert finding.severity == "error"
    assert "4999.0 is more than the 49.99 that the buyer has paid" in str(finding)


def test_an_own_decision_that_cannot_be_read_is_held(make_book):
    path = make_book({"Override Action": "Pay him"}, {"Override Refund": -5})
    process_book(path, TODAY)
    assert column(path, "Decided Action") == ["Hold for review"] * 2
    assert column(path, "Decided Refund") == [0.0, 0.0]


def test_another_ending_for_the_result_is_refused(make_book, tmp_path):
    path = make_book({})
    for name in ("out.xlsm", "out.csv", "notes.txt"):
        with pytest.raises(Refusal, match="another kind"):
            process_book(path, TODAY, tmp_path / name)
        assert not (tmp_path / name).exists()


def test_dates_that_cannot_be_and_unknown_reasons_are_said(make_book):
    path = make_book(
        {
            "Order Date": dt.date(2026, 11, 10),
            "Received Date": dt.date(2026, 11, 1),
            "Request Date": dt.date(2027, 5, 1),
            "Reason": "MOON_PHASE",
        }
    )
    told = {finding.problem for finding in process_book(path, TODAY).findings}
    assert told == {
        "Received Date is before Order Date",
        "Request Date lies in the future",
        "MOON_PHASE is not known",
    }


def test_a_setting_that_cannot_be_read_keeps_its_usual_value(make_book):
    path = make_book({"Unit Paid": 75, "Reason": "UNWANTED_ITEM", "In Policy": "Y"})
    before = column(process_copy(path), "Offer")
    place = column(path, "Setting", "Settings").index("Opening offer middle")
    put(path, "Settings", place, "Value", "dreißig")
    process_book(path, TODAY)
    assert column(path, "Offer") == before != [None]


def process_copy(path):
    copy = path.with_name("copy.xlsx")
    copy.write_bytes(path.read_bytes())
    process_book(copy, TODAY)
    return copy


def test_after_amazons_own_refund_day_the_row_says_to_check_first(make_book):
    received = {"Status": "Received", "Received Date": dt.date(2026, 11, 16), "Condition": "Sealed"}
    path = make_book(received, {**received, "Received Date": None})
    process_book(path, TODAY)
    late, undated = column(path, "Warnings")
    assert "Amazon may have refunded by itself after 2026-11-20: check before you pay" in late
    assert "Fill Received Date: it starts the refund clock" in undated


def test_amazons_own_refund_day_counts_from_the_goods_whatever_else_is_due_before(make_book):
    """Four days from receipt; the answer to the request was due the day before."""
    requested = {"Request Date": dt.date(2026, 11, 20), "Received Date": dt.date(2026, 11, 22)}
    path = make_book({**requested, "Status": "Requested", "Condition": "Sealed"})
    process_book(path, TODAY)
    assert column(path, "Due") == [46347.0]  # 2026-11-21
    assert "After 2026-11-26 Amazon refunds by itself" in column(path, "Warnings")[0]


def test_a_copy_beside_a_workbook_is_named_and_changes_nothing_in_it(make_book):
    path = make_book({})
    alone = process_book(path, TODAY, path.with_name("alone.xlsx"))
    path.with_name(f"{path.stem} (conflicted copy 2026-11-20).xlsx").write_bytes(path.read_bytes())
    found = process_book(path, TODAY, path.with_name("beside.xlsx")).findings
    assert [f.problem for f in found if f not in alone.findings] == [
        f"by its name it is a copy of {path.name}; what is new in it was not processed"
    ]
    written = (path.with_name(name).read_bytes() for name in ("alone.xlsx", "beside.xlsx"))
    assert len(set(written)) == 1


MANY = [
    {
        "Return ID": f"R-{number % 37}",
        "Order ID": f"{number % 11}",
        "SKU": f"SKU-{number % 3}",
        "Buyer Key": f"buyer {number % 5}",
        "Reason": ("UNWANTED_ITEM", "WAT", "DEFECTIVE")[number % 3],
        "Unit Paid": 10.0 + number,
        "Status": ("Requested", "Received", "Approved")[number % 3],
        "Request Date": TODAY - dt.timedelta(number % 30),
    }
    for number in range(40)
]


def test_a_table_decided_in_small_parts_is_decided_as_a_whole(make_book, monkeypatch):
    whole, parts = make_book(*MANY, name="whole.xlsx"), make_book(*MANY, name="parts.xlsx")
    told = process_book(whole, TODAY)
    monkeypatch.setattr(stream, "_BATCH", 7)
    monkeypatch.setattr(stream, "_MANY_MISSING", 3)
    monkeypatch.setattr(look, "_ROWS_AT_ONCE", 5)
    again = process_book(parts, TODAY)
    assert str(told).splitlines()[:-1] == str(again).splitlines()[:-1]
    assert sorted(map(str, told.findings)) == sorted(map(str, again.findings))
    one, other = (Workbook.open(path).tables for path in (whole, parts))
    assert all(one[name].read() == other[name].read() for name in one if name != "Check")


def test_only_the_nearest_clocks_stand_on_due_however_the_rows_come(make_book, monkeypatch):
    path = make_book(*reversed(MANY))
    nearest = [line["Return ID"] for line in due_of(path, NOON)][:3]
    monkeypatch.setattr(stream, "_BATCH", 7)
    monkeypatch.setattr(due, "_LISTED", 3)
    process_book(path, TODAY)
    assert column(path, "Return ID", "Due") == nearest


def test_no_room_for_unfinished_work_is_a_refusal_that_names_the_folder(make_book, monkeypatch):
    path = make_book(*MANY)
    before = path.read_bytes()
    monkeypatch.setattr(deflate, "_IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(path.parent / "gone"))
    with pytest.raises(Refusal, match="no room for unfinished work"):
        process_book(path, TODAY)
    assert path.read_bytes() == before
