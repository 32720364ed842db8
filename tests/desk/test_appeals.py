"""Appeals: a folder per case with facts, timeline, evidence and a draft."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from tests.desk.conftest import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core.ledgers import RECONCILE
from xl_returns.desk import ledger
from xl_returns.desk.appeals import cases_of, write_appeals
from xl_returns.desk.process import process_book

SWAPPED = {
    "Order ID": "111-1234567-1234567",
    "Item": "Lamp",
    "Unit Paid": 120,
    "Status": "Received",
    "Received Date": TODAY,
    "Condition": "Different item",
    "Photos": "Y",
    "Delivered Date": dt.date(2026, 11, 5),
}
CLAIM = {
    "Finding": "Refunded, never returned",
    "Order ID": "112-7654321-7654321",
    "SKU": "B-1",
    "Units": 1.0,
    "Amount": 50.0,
    "Currency": "USD",
    "Route": "FBA claim",
    "Closes": 46349.0,
    "What To Do": "File a claim.",
}


def cases(path):
    return cases_of(Workbook.open(path), TODAY)[0]


def test_a_held_row_with_a_route_becomes_a_case(make_book):
    path = make_book(SWAPPED, {})
    process_book(path, TODAY)
    (case,) = cases(path)
    assert (case.route, case.return_id, case.amount, case.currency) == (
        "SAFE-T",
        "R-1",
        12000,
        "USD",
    )
    assert case.closes == TODAY + dt.timedelta(30)
    assert case.missing == []
    days = [day for day, _ in case.timeline]
    assert days == sorted(days)
    assert "Goods received" in [told for _, told in case.timeline]
    assert any("Decided Hold for review" in told for _, told in case.desk)


def test_a_refund_by_the_seller_is_said_not_to_be_covered(make_book):
    path = make_book(SWAPPED)
    assert "only refunds that Amazon issued" in cases(path)[0].doubts[0]


def test_what_is_missing_is_said(make_book, tmp_path):
    path = make_book(SWAPPED | {"Photos": None, "Delivered Date": None})
    (case,) = cases(path)
    assert case.missing == ["photos", "proof of delivery"]
    write_appeals([case], tmp_path / "out")
    text = (tmp_path / "out" / "SAFE-T R-1" / "case.txt").read_text("utf-8-sig")
    assert "[ ] photos" in text
    assert "[x] inspection" in text
    assert "Messages with the buyer" in text


def test_the_draft_fills_in_the_case_and_keeps_our_own_thoughts_out(make_book, tmp_path):
    path = make_book(SWAPPED)
    write_appeals(cases(path), tmp_path / "out")
    draft = (tmp_path / "out" / "SAFE-T R-1" / "draft.txt").read_text("utf-8-sig")
    assert draft.startswith("Order 111-1234567-1234567, Lamp.")
    assert "120.00 USD" in draft
    assert "Attached: photos, inspection, proof of delivery" in draft
    assert "Why:" not in draft
    assert "Decided" not in draft
    assert "{" not in draft
    assert "fraud" not in draft.casefold()


def test_claims_of_the_reconcile_sheet_are_cases_until_their_window_closes(make_book):
    path = make_book({})
    book = Workbook.open(path)
    ledger.append(book, RECONCILE, [CLAIM, CLAIM | {"Closes": 46348.0, "Order ID": "x"}])
    book.save()
    (case,) = cases(path)
    assert (case.route, case.amount, case.order_id) == ("FBA claim", 5000, "112-7654321-7654321")


def test_a_sellers_own_files_stay_in_the_folder(make_book, tmp_path):
    path, out = make_book(SWAPPED), tmp_path / "out"
    write_appeals(cases(path), out)
    photo = out / "SAFE-T R-1" / "photo.jpg"
    photo.write_bytes(b"picture")
    write_appeals(cases(path), out)
    assert photo.read_bytes() == b"picture"


@pytest.mark.parametrize(
    "name", ["../../up", "C:\\Windows\\x", "CON", "a/b\\c", "=cmd()|x", "R\u202e1"]
)
def test_no_return_id_leads_out_of_the_folder_or_becomes_a_formula(make_book, tmp_path, name):
    path, out = (
        make_book(SWAPPED | {"Return ID": name, "Item": "=HYPERLINK(1)\u202eevil"}),
        tmp_path / "out",
    )
    write_appeals(cases(path), out)
    (folder,) = [entry for entry in out.iterdir() if entry.is_dir()]
    assert {entry.name for entry in folder.iterdir()} == {"case.txt", "draft.txt"}
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["Returns.xlsx", "out"]
    with (out / "appeals.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert all(cell[:1] not in ("=", "+", "-", "@") for row in rows for cell in row)
    assert "\u202e" not in (folder / "draft.txt").read_text("utf-8-sig")


def test_the_command_writes_the_folder(make_book, tmp_path, capsys):
    path = make_book(SWAPPED)
    asked = ["export", "appeals", str(path), "-o", str(tmp_path / "out"), "--today"]
    with pytest.raises(SystemExit) as ended:
        main([*asked, TODAY.isoformat()])
    assert ended.value.code == 0
    assert "1 appeals" in capsys.readouterr().out
