"""Goods in: scan, find, look, take in."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core.findings import Refusal
from xl_returns.core.ledgers import GOODS_IN, LOG
from xl_returns.desk import ledger
from xl_returns.desk.audit import audit_book
from xl_returns.desk.expected import look_up
from xl_returns.desk.goods_in import receive_goods, split_return, take_goods_in
from xl_returns.desk.process import process_book

PARCEL = {"Tracking ID": "9400111899223197428490", "Status": "In transit"}


def open_(path):
    return Workbook.open(path)


def scan(path, code, **found):
    book = open_(path)
    taken = receive_goods(book, TODAY, code, {k.replace("_", " "): v for k, v in found.items()})
    book.save()
    return taken


def rows(path, *headers):
    columns = open_(path).tables["Returns"].read(headers)
    return list(zip(*(columns[h] for h in headers), strict=True))


def told(path):
    return [line["Taken In"] for line in ledger.read(open_(path), GOODS_IN) if line["Code"]]


def test_a_scanned_parcel_is_received(make_book):
    path = make_book(PARCEL, {})
    taken = scan(path, "420902109400111899223197428490", Condition="Opened", Photos="Y")
    assert (taken.received, taken.findings) == (1, [])
    got = rows(path, "Status", "Condition", "Photos", "Received Date")[0]
    assert got == ("Received", "Opened", "Y", 46349.0)
    process_book(path, TODAY)
    assert audit_book(path).findings == []


@pytest.mark.parametrize("code", ["r-1", "R1", "111-1234567-1234567", "9400111899223197428490"])
def test_any_code_of_a_return_finds_it(make_book, code):
    path = make_book(PARCEL | {"Order ID": "111-1234567-1234567"}, {})
    assert [x.return_id for x in look_up(open_(path), code, TODAY)] == ["R-1"]


def test_a_category_has_its_own_check_list(make_book):
    path = make_book({"Category": "Apparel"}, {"Category": "Electronics"}, {})
    lists = [look_up(open_(path), f"R-{n}", TODAY)[0].checks for n in (1, 2, 3)]
    assert any("tags" in check for check in lists[0]["Look"])
    assert "Serial" in lists[1]
    assert "Serial" not in lists[2]
    assert all({"Photo", "Weight", "Look"} <= set(checks) for checks in lists)


def test_fewer_units_than_expected_split_the_return(make_book):
    path = make_book(PARCEL | {"Quantity": 3, "Shipping Paid": 1.0})
    scan(path, "R-1", Units=2.0, Condition="Sealed")
    assert rows(path, "Return ID", "Quantity", "Status", "Condition", "Shipping Paid") == [
        ("R-1", 2.0, "Received", "Sealed", 0.67),
        ("R-1 #2", 1.0, "In transit", None, 0.33),
    ]
    assert "1 wait" in told(path)[0]
    scan(path, "R-1", Condition="Damaged")
    assert rows(path, "Return ID", "Condition")[1] == ("R-1 #2", "Damaged")


def test_one_parcel_with_several_returns_asks_which(make_book):
    path = make_book(PARCEL, PARCEL | {"Order ID": "112-1234567-1234567"})
    before = rows(path, "Status", "Condition")
    book = open_(path)
    lines = {"Code": PARCEL["Tracking ID"], "Condition": "Opened"}
    book.write_cells("GoodsIn", {(0, h): value for h, value in lines.items()})
    taken = take_goods_in(book, TODAY)
    book.save()
    assert "2 returns fit (R-1, R-2)" in taken.findings[0].problem
    assert taken.findings[0].place == "Goods In!A5"
    assert rows(path, "Status", "Condition") == before
    book = open_(path)
    assert take_goods_in(book, TODAY).received == 0, "the line rests until a person clears it"
    book.write_cells("GoodsIn", {(0, "Return ID"): "R-2", (0, "Taken In"): None})
    assert take_goods_in(book, TODAY).received == 1
    book.save()
    assert [status for (status,) in rows(path, "Status")] == ["In transit", "Received"]


@pytest.mark.parametrize(
    ("found", "row", "problem"),
    [
        ({"Units": 2.0}, {}, "2 units came, 1 are expected"),
        ({"Units": 0.5}, {}, "units came"),
        ({"Units": 0.0}, {}, "0 units came"),
        ({"Condition": "Ruined"}, {}, "Ruined"),
        ({"Photos": "maybe"}, {}, "maybe"),
        ({"Units": "two"}, {}, "two"),
        ({}, {"Channel": "FBA"}, "goes back to Amazon"),
        ({}, {"Condition": "Opened"}, "already taken in as Opened"),
        ({"Units": 1.0}, {"Quantity": 2, "Override Action": "Refund now"}, "cannot be split"),
    ],
)
def test_what_cannot_be_taken_in_is_asked_and_changes_nothing(make_book, found, row, problem):
    path = make_book(PARCEL | row)
    before = open_(path).tables["Returns"].read()
    taken = scan(path, "R-1", **found)
    assert problem in taken.findings[0].problem
    assert taken.findings[0].place == "Code R-1"
    assert told(path) == [], "a refused scan leaves nothing behind"
    assert open_(path).tables["Returns"].read() == before
    assert taken.received == 0


def test_what_is_light_or_has_another_number_is_noted_not_judged(make_book):
    path = make_book(PARCEL, PARCEL | {"Tracking ID": "x"})
    scan(path, "R-1", Weight=320.0, Weight_Sent=480.0, Serial="B2", Serial_Sent="a-1")
    (line,) = told(path)
    assert "weighs 320 of 480" in line
    assert "serial B2 came, a-1 was sent" in line
    assert rows(path, "Condition")[0] == (None,)
    scan(path, "R-2", Weight=457.0, Weight_Sent=480.0, Serial="a1", Serial_Sent="A-1")
    assert told(path)[1] == "R-2: 1 of 1 received"


def test_taking_in_again_changes_nothing(make_book):
    path = make_book(PARCEL)
    scan(path, "R-1", Condition="Opened")
    before = path.read_bytes()
    book = open_(path)
    assert take_goods_in(book, TODAY).received == 0
    assert book.save() is False
    assert path.read_bytes() == before


def test_a_day_and_a_status_that_were_there_stay(make_book):
    path = make_book({"Status": "Refunded", "Received Date": TODAY - dt.timedelta(9)})
    scan(path, "R-1", Condition="Opened")
    assert rows(path, "Status", "Received Date") == [("Refunded", 46340.0)]
    assert "it is Refunded, and stays so" in told(path)[0]


def test_the_log_keeps_what_came_and_what_was_split(make_book):
    path = make_book(PARCEL | {"Quantity": 2})
    scan(path, "R-1", Units=1.0, Condition="Opened", Note="box torn")
    lines = [(x["Event"], x["Details"]) for x in ledger.read(open_(path), LOG)]
    assert lines == [
        ("Split", "1 + 1 units: R-1, R-1 #2"),
        ("Received", "R-1: 1 of 2 received; 1 wait; Opened; box torn"),
    ]


def test_a_return_is_split_on_request(make_book):
    path = make_book({"Quantity": 3})
    book = open_(path)
    assert split_return(book, "R-1", [1, 2], TODAY).parts == 1
    book.save()
    assert rows(path, "Return ID", "Quantity") == [("R-1", 1.0), ("R-1 #2", 2.0)]
    with pytest.raises(Refusal, match="has no return R-7"):
        split_return(open_(path), "R-7", [1], TODAY)


def test_the_look_up_formulas_stay_and_show_the_return(make_book):
    path = make_book(PARCEL | {"Item": "Lamp"})
    scan(path, "R-1")
    book = open_(path)
    book.write_cells("GoodsIn", {(1, "Code"): "nothing of ours"})
    take_goods_in(book, TODAY)
    sheet = book.tables["GoodsIn"].read(["Found", "Item"])
    assert (sheet["Found"][:2], sheet["Item"][:2]) == (["R-1", "-"], ["Lamp", "-"])


def test_a_wrong_scan_never_takes_anything_in_later(make_book):
    path = make_book(PARCEL | {"Quantity": 2}, PARCEL, {"Tracking ID": "other"})
    scan(path, PARCEL["Tracking ID"], Condition="Opened")
    scan(path, "R-1", Units=1.0, Condition="Sealed")
    scan(path, "R-2", Condition="Sealed")
    taken = scan(path, "other", Condition="Opened")
    assert (taken.received, taken.findings) == (1, [])
    assert ("R-1 #2", None) in rows(path, "Return ID", "Condition")


def test_more_scans_than_the_sheet_has_lines_find_room(make_book):
    path = make_book(*[{} for _ in range(40)])
    book = open_(path)
    for number in range(1, 41):
        receive_goods(book, TODAY, f"R-{number}", {"Condition": "Opened"})
    book.save()
    assert [code for (code,) in rows(path, "Condition")] == ["Opened"] * 40
    assert len(told(path)) == 40


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(code=st.text(min_size=1, max_size=60))
def test_any_scan_ends_in_a_return_or_a_question(make_book, code):
    path = make_book(PARCEL)
    book = open_(path)
    floor = look_up(book, code, TODAY)
    assert len(floor) <= 1


def test_the_command_shows_what_to_expect_and_takes_in(make_book, capsys):
    path = make_book(PARCEL | {"Item": "Lamp"})
    day = ["--today", TODAY.isoformat()]
    for asked, code in (
        [["R-1"], 0], [["R-1", "--units", "0"], 1], [["R-1", "--condition", "Opened"], 0], [["zzz"], 1],
    ):  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            main(["receive", str(path), *asked, *day])
        assert ended.value.code == code
    out = capsys.readouterr().out
    assert "Lamp" in out
    assert "[ ] " in out
    assert "1 taken in" in out
    assert "Nothing fits zzz" in out
    with pytest.raises(SystemExit) as ended:
        main(["split", str(path), "R-1", "1", *day])
    assert ended.value.code == 0
