"""Appeals: a folder per case with facts, timeline, evidence and a draft."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core.findings import Refusal
from xl_returns.core.ledgers import EVENTS, RECONCILE
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


AMAZONS = SWAPPED | {"Refund Controller": "Amazon", "Refunded So Far": 120}


def claimed(path, *lines):
    """The workbook with lines on its Reconcile sheet."""
    book = Workbook.open(path)
    ledger.append(book, RECONCILE, lines)
    book.save()
    return path


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
    told = {proof.name: proof.where for proof in case.evidence}
    assert told["photos"].startswith("Returns!")
    assert f"[ ] photos ({told['photos']})" in text
    assert f"[x] inspection ({told['inspection']})" in text
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
    path = claimed(make_book({}), CLAIM, CLAIM | {"Closes": 46348.0, "Order ID": "x"})
    (case,) = cases(path)
    assert (case.route, case.amount, case.order_id) == ("FBA claim", 5000, "112-7654321-7654321")


def test_two_returns_of_an_order_are_two_cases_that_know_of_each_other(make_book):
    first, second = cases(make_book(SWAPPED | {"SKU": "A"}, SWAPPED | {"SKU": "B"}))
    assert (first.name, second.name) == ("SAFE-T R-1", "SAFE-T R-2")
    assert "one claim an order" in first.doubts[-1]
    assert "one claim an order" in second.doubts[-1]


def test_two_skus_of_an_order_are_two_claims_and_a_line_told_twice_is_one(make_book, tmp_path):
    lines = [CLAIM, CLAIM | {"Finding": "No reimbursement"}, CLAIM | {"SKU": "B-2", "Amount": 7.5}]
    first, second = cases(claimed(make_book({}), *lines))
    assert (first.amount, second.amount) == (5000, 750)
    assert [text for name, text in first.facts if name == "Finding"] == [
        "Refunded, never returned",
        "No reimbursement",
    ]
    write_appeals([first, second], tmp_path / "out")
    assert len([entry for entry in (tmp_path / "out").iterdir() if entry.is_dir()]) == 2


def test_what_the_reconcile_sheet_says_of_a_row_joins_its_case(make_book):
    line = CLAIM | {"Return ID": "R-1", "Route": "SAFE-T", "Amount": 80.0, "Closes": 46360.0}
    (case,) = cases(claimed(make_book(AMAZONS), line))
    assert (case.amount, case.closes) == (8000, dt.date(2026, 12, 4))
    facts = dict(case.facts)
    assert (facts["Finding"], facts["Condition"]) == ("Refunded, never returned", "Different item")


def test_a_line_without_a_return_id_joins_the_open_row_of_its_order_and_sku(make_book):
    line = CLAIM | {"Order ID": SWAPPED["Order ID"], "Route": "SAFE-T", "SKU": "B"}
    path = claimed(make_book(AMAZONS | {"SKU": "A"}, AMAZONS | {"SKU": "B"}), line)
    assert [(case.return_id, case.amount) for case in cases(path)] == [
        ("R-1", 12000),
        ("R-2", 5000),
    ]


def test_a_line_of_a_row_that_has_another_route_is_a_case_of_its_own(make_book):
    line = CLAIM | {"Return ID": "R-1", "Route": "Carrier claim"}
    found = cases(claimed(make_book(SWAPPED), line))
    assert [case.name for case in found] == ["SAFE-T R-1", "Carrier claim R-1"]
    assert "Item" in dict(found[1].facts)


def test_a_finding_that_is_settled_is_no_claim(make_book):
    assert cases(claimed(make_book({}), CLAIM | {"Finding": "Settled: Refunded twice"})) == []


def test_the_reconcile_sheet_calls_settled_what_is_gone_and_has_a_note(make_book):
    path = claimed(make_book({}), CLAIM | {"Your Note": "asked Amazon"})
    assert len(cases(path)) == 1
    process_book(path, TODAY)
    (line,) = ledger.read(Workbook.open(path), RECONCILE)
    assert line["Route"] == "FBA claim"
    assert cases(path) == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Closes", 1e10), ("Closes", -5.0), ("Closes", "soon"), ("Opens", True), ("Amount", -1.0),
        ("Amount", 1e300), ("Amount", "much"), ("Amount", True),
    ],
)  # fmt: skip
def test_a_cell_of_the_reconcile_sheet_that_cannot_be_read_is_told_at_its_place(
    make_book, header, value
):
    path = claimed(make_book({}), CLAIM | {header: value})
    found, findings = cases_of(Workbook.open(path), TODAY)
    assert len(found) == 1
    assert [finding.place[:10] for finding in findings] == ["Reconcile!"]
    assert (header == "Amount") is (found[0].amount is None)


def test_days_and_amounts_may_be_typed_as_text(make_book):
    (case,) = cases(claimed(make_book({}), CLAIM | {"Closes": "2026-12-01", "Amount": "7.50"}))
    assert (case.closes, case.shown_amount()) == (dt.date(2026, 12, 1), "7.50 USD")


def test_yen_have_no_decimals(make_book, tmp_path):
    line = CLAIM | {"Currency": "JPY", "Amount": 1500.0}
    write_appeals(cases(claimed(make_book({}), line)), tmp_path)
    assert "1500 JPY" in (tmp_path / "FBA claim 112-7654321-7654321" / "draft.txt").read_text(
        "utf-8-sig"
    )


def test_an_amount_that_is_not_known_is_never_nothing(make_book, tmp_path):
    path = make_book(SWAPPED | {"Unit Paid": None})
    (case,) = cases(path)
    write_appeals([case], tmp_path)
    assert "At stake: not known" in (tmp_path / case.name / "case.txt").read_text("utf-8-sig")
    assert "0.00" not in (tmp_path / case.name / "draft.txt").read_text("utf-8-sig")


def test_refunds_and_reimbursements_of_the_order_stand_in_the_timeline(make_book):
    path = make_book(AMAZONS | {"SKU": "A"}, {"SKU": "B"})
    book = Workbook.open(path)
    event = {"Kind": "Refund", "Order ID": SWAPPED["Order ID"], "SKU": "A", "Units": 1.0,
             "Day": 46340.0, "Amount": 120.0, "Currency": "USD", "Source": "Settlement", "Reference": "7"}  # fmt: skip
    ledger.append(book, EVENTS, [event, event | {"SKU": "B"}, event | {"Day": 1e10}])
    (case,) = cases_of(book, TODAY)[0]
    told = [line for line in case.timeline if line[1].startswith("Refund")]
    assert told == [(dt.date(2026, 11, 14), "Refund 120.00 USD, Settlement 7")]


def test_a_decision_without_a_log_is_told_from_its_record(make_book):
    path = make_book(SWAPPED)
    process_book(path, TODAY)
    book = Workbook.open(path)
    del book.tables["Log"]
    assert cases_of(book, TODAY)[0][0].desk == [(TODAY, "Decided Hold for review")]


def doubts(path):
    (case,) = cases(path)
    return " | ".join(case.doubts)


def test_a_refund_by_amazon_speaks_for_safe_t(make_book):
    assert doubts(make_book(AMAZONS)) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"Refund Controller": "Seller", "Refunded So Far": 5},
            "5.00 USD is refunded: not eligible",
        ),
        ({"Refunded So Far": None}, "file once Amazon has refunded"),
        ({"Condition": "Damaged"}, "at most 50 % of net paid: 60.00 USD"),
        ({"Received Date": None, "Request Date": None}, "The last day is not known"),
        ({"Received Date": "2026-09-01", "Request Date": "2026-09-01"}, "closed on 2026-10-01"),
    ],
)
def test_what_speaks_against_safe_t_is_said(make_book, change, said):
    assert said in doubts(make_book(AMAZONS | {"Status": "Received"} | change))


def test_the_share_that_safe_t_pays_is_the_sellers_setting(make_book):
    path = make_book(AMAZONS | {"Condition": "Damaged"})
    book = Workbook.open(path)
    row = book.tables["Settings"].read()["Setting"].index("SAFE-T damage share")
    book.write_cells("Settings", {(row, "Value"): "40%"})
    book.save()
    assert "48.00 USD" in doubts(path)


def test_an_fba_claim_says_when_its_window_opens_by_the_deadlines_sheet(make_book):
    path = make_book({"Channel": "FBA", "Status": "Refunded", "Condition": "Damaged"})
    (case,) = cases(path)
    assert case.opens == dt.date(2026, 11, 22) + dt.timedelta(60)
    assert f"opens on {case.opens}" in " ".join(case.doubts)
    book = Workbook.open(path)
    lines = book.tables["Deadlines"].read()
    row = list(zip(lines["Deadline"], lines["Marketplace"], strict=True)).index(
        ("FBA claim opens", None)
    )
    book.write_cells("Deadlines", {(row, "Days"): 45.0})
    book.save()
    assert cases(path)[0].opens == dt.date(2026, 11, 22) + dt.timedelta(45)


def test_an_fba_claim_asks_for_the_reimbursements_report_until_it_was_imported(make_book):
    path = make_book(
        {"Channel": "FBA", "Status": "Refunded", "Condition": "Damaged", "Order ID": "1"}
    )
    assert "reimbursements report" in cases(path)[0].missing
    book = Workbook.open(path)
    ledger.append(book, EVENTS, [{"Kind": "Reimbursement", "Order ID": "1", "Source": "x"}])
    (case,) = cases_of(book, TODAY)[0]
    assert case.missing == []
    assert "claim no more than what is left" in case.doubts[-1]


def test_units_that_came_back_used_are_said_not_to_be_paid_by_amazon(make_book):
    row = {"Channel": "FBA", "Status": "Received", "Condition": "Defective"}
    line = CLAIM | {"Return ID": "R-1"}
    assert "does not pay for units" in doubts(claimed(make_book(row), line))


def test_a_route_without_a_text_is_told(make_book):
    path = make_book(SWAPPED)
    book = Workbook.open(path)
    row = book.tables["Messages"].read()["Action"].index("SAFE-T")
    book.write_cells("Messages", {(row, "Action"): "FBA claim"})
    book.save()
    _, findings = cases_of(Workbook.open(path), TODAY)
    assert [f.problem for f in findings if "SAFE-T" in f.problem] == [
        "has no text for SAFE-T in en"
    ]


def test_ids_that_differ_only_in_case_have_folders_of_their_own(make_book, tmp_path):
    rows = [SWAPPED | {"Return ID": name, "Order ID": name} for name in ("DfqR", "dfqr", "x", "x")]
    found = cases(make_book(*rows))
    assert len({case.name.casefold() for case in found}) == 4
    write_appeals(found, tmp_path / "out")
    assert len([entry for entry in (tmp_path / "out").iterdir() if entry.is_dir()]) == 4


def test_a_folder_that_cannot_be_written_is_refused(make_book, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Refusal, match="cannot be written"):
        write_appeals(cases(make_book(SWAPPED)), tmp_path / "out")


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
    assert "1 appeal\n" in capsys.readouterr().out
