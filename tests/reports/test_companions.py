import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.conftest import (
    FBA_13,
    LEDGER_15,
    MFN_32,
    ORDERS,
    REIMBURSEMENTS_18,
    REMOVALS_16,
    REPLACEMENTS_9,
    SETTLEMENT_24,
    SETTLEMENT_V1_36,
    SHIPMENTS_9,
    TRANSACTIONS_EN,
    table,
)
from xl_returns.core.findings import Refusal
from xl_returns.reports import Event, maps, merge, read_report

KINDS = {
    "MFN returns": MFN_32,
    "FBA returns": FBA_13,
    "All orders": ORDERS,
    "Reimbursements": REIMBURSEMENTS_18,
    "Removal orders": REMOVALS_16,
    "Removal shipments": SHIPMENTS_9,
    "Replacements": REPLACEMENTS_9,
    "Settlement": SETTLEMENT_24,
    "Inventory ledger": LEDGER_15,
    "Transactions": TRANSACTIONS_EN,
}


def one(data):
    report = read_report(data, "r.txt")
    (event,) = report.events
    return event, report.findings


@given(st.sampled_from(sorted(KINDS)), st.randoms(use_true_random=False))
def test_every_kind_is_told_apart_in_any_order_of_columns(kind, random):
    headers = list(KINDS[kind])
    random.shuffle(headers)
    report = read_report(table(headers, []), "any.txt")
    assert report.kind == kind
    assert (report.rows, report.lines, report.events, report.findings) == ((), (), (), ())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_every_kind_is_known_in_every_encoding(kind, encoding):
    data = table(KINDS[kind], []).decode().encode(encoding)
    assert read_report(data, "any.txt").kind == kind


def test_a_reimbursement_is_money_to_the_seller(reimbursements):
    event, findings = one(reimbursements({}))
    assert not findings
    assert event == Event(
        kind="Reimbursement", day=dt.date(2026, 10, 12), order_id="115-2000001-3000001",
        sku="KETTLE-1", units=2, amount=Decimal("25.00"), tax=Decimal(0), currency="USD",
        marketplace="", channel="FBA", reference="4400001", source="Reimbursements",
        detail="CustomerReturn", place="r.txt line 2",
    )  # fmt: skip


def test_a_reversal_is_negative_only_when_the_report_says_so(reimbursements):
    back = {"original-reimbursement-id": "4399999", "reason": "Reversal"}
    report = read_report(
        reimbursements(back, back | {"amount-total": "-25,00", "quantity-reimbursed-total": "-2"}),
        "r.txt",
    )
    assert [(e.amount, e.units) for e in report.events] == [(25, 2), (-25, -2)]
    assert report.events[0].detail == "Reversal, corrects 4399999"


def test_units_given_back_in_stock_are_told(reimbursements):
    event, _ = one(
        reimbursements({"quantity-reimbursed-inventory": "2", "quantity-reimbursed-cash": "0",
                        "amount-total": "0.00", "reason": "Lost_Warehouse", "amazon-order-id": ""})
    )  # fmt: skip
    assert (event.amount, event.detail) == (0, "Lost_Warehouse, 2 back in stock")


def test_a_reimbursement_reads_the_same_in_every_form(reimbursements):
    points = reimbursements({})
    commas = reimbursements({"amount-total": "25,00"})
    semicolons = reimbursements({"amount-total": "25,00"}, delimiter=";")
    cut = reimbursements({}, headers=REIMBURSEMENTS_18[:16])
    quoted = reimbursements({}, delimiter=",")
    assert len({one(data)[0] for data in (points, commas, semicolons, cut, quoted)}) == 1


@pytest.mark.parametrize("amount", ["", "abc", "1.234", "=1+1", "9" * 14, "1e5"])
def test_an_amount_that_cannot_be_read_is_never_zero(reimbursements, amount):
    report = read_report(reimbursements({"amount-total": amount}, {}), "r.txt")
    assert [e.place for e in report.events] == ["r.txt line 3"]
    (finding,) = report.findings
    assert (finding.place, finding.severity) == ("r.txt line 2", "error")
    assert "amount" in finding.problem
    assert finding.remedy


def test_a_reimbursement_without_currency_takes_the_shop_asked_for(reimbursements):
    data = reimbursements({"currency-unit": ""})
    assert read_report(data, "r.txt", "UK").events[0].currency == "GBP"
    report = read_report(data, "r.txt")
    assert not report.events
    assert "no currency" in report.findings[0].problem


def test_a_removal_counts_what_was_requested_and_not_cancelled(removals):
    event, findings = one(removals({}))
    assert not findings
    assert (event.kind, event.units, event.amount, event.reference) == ("Removal", 4, 0, "RM-77")
    assert (event.order_id, event.day) == ("", dt.date(2026, 10, 1))
    assert event.detail == (
        "Return; requested 5, shipped 4, disposed 0, cancelled 1, status Completed"
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"requested-quantity": ""}, "no requested"),
        ({"requested-quantity": "some"}, "`some`"),
        ({"cancelled-quantity": "6"}, "more units are cancelled"),
        ({"order-id": ""}, "no number"),
    ],
)
def test_a_removal_that_makes_no_sense_is_left_out(removals, cells, said):
    report = read_report(removals(cells, {}), "r.txt")
    assert len(report.events) == 1
    assert said in report.findings[0].problem


@pytest.mark.parametrize(
    "spelling",
    [
        {},
        {"quantity shipped": "shipped-quantity"},
        {"shipment-date": "carrier-shipment-date", "removal-date": "request-date"},
        {"order-id": "removal-order-id"},
    ],
)
def test_a_removal_shipment_is_read_in_every_spelling(shipments, spelling):
    data = shipments({}).decode()
    for old, new in spelling.items():
        data = data.replace(old, new, 1)
    event, findings = one(data.encode())
    assert not findings
    assert (event.kind, event.units, event.reference) == ("Removal shipment", 4, "RM-77")
    assert (event.day, event.detail) == (dt.date(2026, 10, 5), "Unsellable, UPS, 1ZOWN")


@pytest.mark.parametrize("header", ["replacement-amazon-order-id", "replacement-customer-order-id"])
def test_a_replacement_names_both_orders(replacements, header):
    data = replacements({}).replace(b"replacement-amazon-order-id", header.encode())
    event, findings = one(data)
    assert not findings
    assert (event.kind, event.units, event.detail) == ("Replacement", 1, "DEFECTIVE")
    assert (event.order_id, event.reference) == ("115-2000001-3000001", "115-9000009-9000009")


def test_ledger_days_are_american_in_every_shop(ledger):
    report = read_report(ledger({}), "ledger.csv", "DE")
    (event,) = report.events
    assert not report.findings
    assert event.day == dt.date(2026, 10, 3)
    assert (event.kind, event.units, event.detail) == ("Ledger return", 1, "CUSTOMER_DAMAGED")
    assert (event.sku, event.reference, event.marketplace) == ("KETTLE-1", "REF1", "")


def test_two_equal_ledger_rows_are_two_events(ledger):
    report = read_report(ledger({}, {}, {"Event Type": "Shipments", "Quantity": "-1"}), "l.csv")
    assert [e.place for e in report.events] == ["l.csv line 2", "l.csv line 3"]
    assert not report.findings


def test_an_unknown_ledger_event_is_noted(ledger):
    report = read_report(ledger({"Event Type": "Kundenretouren"}), "l.csv")
    assert not report.events
    assert "`Kundenretouren`" in report.findings[0].problem


def test_hostile_text_stays_text(reimbursements, replacements):
    cells = {"sku": '=HYPERLINK("x")', "reason": "Cust\x07omer\x1bReturn" + "x" * 500}
    event, _ = one(reimbursements(cells))
    assert event.sku == '=HYPERLINK("x")'
    assert event.detail.startswith("CustomerReturnxx")
    assert len(event.detail) <= 60
    event, _ = one(replacements({"replacement-amazon-order-id": "+cmd|' /C calc'!A0"}))
    assert event.reference == "+cmd|' /C calc'!A0"


def test_reading_twice_gives_the_same_events(reimbursements, removals, settlement, transactions):
    for build in (reimbursements, removals, settlement, transactions):
        data = build({}, {})
        assert read_report(data, "a").events == read_report(data, "a").events


@pytest.mark.parametrize("kind", ["reimbursements", "removals", "shipments", "ledger"])
def test_a_file_cut_within_a_number_gives_no_false_event(kind, request):
    number = {"reimbursements": b"25.00", "removals": b"5", "shipments": b"4", "ledger": b"1"}[kind]
    data = request.getfixturevalue(kind)({}, {"Quantity": "17"} if kind == "ledger" else {})
    last = data.rstrip().rindex(b"\n")
    mark = b"," if kind == "ledger" else b"\t"
    quote = b'"' if kind == "ledger" else b""
    at = data.index(mark + quote + number, last)
    report = read_report(data[: at + len(mark + quote) + 1], "r.txt")
    assert [e.place for e in report.events] == ["r.txt line 2"]
    assert "cut off" in report.findings[0].problem


def test_merge_leaves_companion_reports_alone(reimbursements, settlement, mfn):
    reports = [read_report(build({}), "r") for build in (reimbursements, settlement, mfn)]
    merged = merge([], reports, {}, None)
    assert len(merged.new) == 1
    assert not merge([], reports[:2], {}, None).findings


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (SETTLEMENT_V1_36, "old form"),
        (["settlement-id", "amount"], "a settlement report, but columns"),
        (["Date", "MSKU", "Starting Warehouse Balance", "Customer Returns"], "ledger summary"),
        (["amazon-order-id", "shipment-item-id", "sku", "quantity-shipped"], "shipments report"),
    ],
)
def test_relatives_are_refused_with_a_remedy(headers, said):
    with pytest.raises(Refusal, match=said) as refusal:
        read_report(table(headers, []), "x.txt")
    assert refusal.value.finding.remedy


def test_the_old_settlement_is_refused_naming_the_new_one():
    with pytest.raises(Refusal) as refusal:
        read_report(table(SETTLEMENT_V1_36, []), "x.txt")
    assert "Flat File V2" in refusal.value.finding.remedy


def test_a_settlement_in_xml_is_refused_naming_the_flat_file():
    data = b"<AmazonEnvelope><Message><SettlementReport/></Message></AmazonEnvelope>"
    with pytest.raises(Refusal) as refusal:
        read_report(data, "x.xml")
    assert "Flat File V2" in refusal.value.finding.remedy


_CELL = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "1", "-1", "-19,99", "3/4/2026", "EUR", "Refund", "ItemPrice", "Amazon.de", '"']),
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from([h for k, h in KINDS.items() if "returns" not in k and k != "All orders"]),
    st.lists(st.lists(_CELL, max_size=30), max_size=6),
    st.sampled_from(["\t", ",", ";"]),
    st.sampled_from(["utf-8", "utf-16", "cp932", "cp1252"]),
)
def test_any_cells_under_a_companion_header_end_in_a_report(headers, rows, delimiter, encoding):
    text = "\n".join(delimiter.join(row) for row in [headers, *rows])
    try:
        report = read_report(text.encode(encoding, errors="replace"), "any")
    except Refusal:
        return
    assert not report.rows
    assert all(isinstance(event, Event) and event.amount.is_finite() for event in report.events)


def test_every_line_of_the_new_maps_has_a_source_and_a_known_word():
    words = {
        "transaction_type": {"Refund", ""},
        "fulfilment": {"FBA", "MFN"},
        "settlement_amount": {"Buyer", ""},
        "ledger_event": {"Ledger return", ""},
    }
    for name, allowed in words.items():
        assert {row["Word"] for row in maps.rows(name)} <= allowed
    for name in (
        *words,
        "settlement_tax",
        "months",
        "headers",
        "transaction_headers",
        "other_reports",
    ):
        assert all(row["Source"] for row in maps.rows(name))
        assert all(None not in row and None not in row.values() for row in maps.rows(name))


def test_no_header_means_two_fields_of_a_report():
    for name in ("headers", "transaction_headers"):
        rows = maps.rows(name)
        for report in {row["Report"] for row in rows}:
            mine = [r for r in rows if r["Report"] == report]
            assert all(
                r["Field"] == maps.headers(report)[maps.normalised(r["Header"])] for r in mine
            )
