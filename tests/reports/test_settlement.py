import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.conftest import SETTLEMENT_24
from xl_returns.reports import Event, read_report

TAX = {"amount-description": "Tax", "amount": "-3,80"}
SHIPPING = {"amount-description": "Shipping", "amount": "-4,99"}
FEE = {"amount-type": "ItemFees", "amount-description": "Commission", "amount": "3,00"}
PROMOTION = {"amount-type": "Promotion", "amount": "2,00"}
WITHHELD = {"amount-type": "ItemWithheldTax", "amount": "3,80"}


def read(data, *args):
    return read_report(data, "s.txt", *args)


def one(data):
    report = read(data)
    (event,) = report.events
    return event, report.findings


def test_a_refund_is_the_sum_of_the_buyers_lines(settlement):
    event, findings = one(settlement({}, TAX, SHIPPING, FEE, PROMOTION, WITHHELD))
    assert not findings
    assert event == Event(
        kind="Refund", day=dt.date(2026, 10, 5), order_id="302-2000001-3000001", sku="KETTLE-1",
        units=0, amount=Decimal("22.98"), tax=Decimal("3.80"), currency="EUR", marketplace="DE",
        channel="MFN", reference="26500000001", source="Settlement", detail="Refund",
        place="s.txt line 3",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("description", "is_tax"),
    [
        ("Principal", False), ("Shipping", False), ("GiftWrap", False), ("Goodwill", False),
        ("RestockingFee", False), ("ReturnShipping", False), ("Tax", True), ("ShippingTax", True),
        ("GiftWrapTax", True), ("SomeNewTax", True), ("TaxDiscount", True),
    ],
)  # fmt: skip
def test_tax_is_told_from_price(settlement, description, is_tax):
    event, _ = one(settlement({"amount-description": description, "amount": "-1.00"}))
    assert (event.amount, event.tax) == ((0, 1) if is_tax else (1, 0))


@pytest.mark.parametrize(
    "kind", ["Refund", "Chargeback Refund", "A-to-z Guarantee Refund", "A-to-z Guarantee Claim"]
)
def test_every_type_that_pays_buyers_back_is_a_refund(settlement, kind):
    event, findings = one(settlement({"transaction-type": kind}))
    assert not findings
    assert event.detail == kind


@pytest.mark.parametrize("kind", ["Order", "Refund_Retrocharge", "ServiceFee", "other-transaction"])
def test_other_types_are_passed_over(settlement, kind):
    cells = {"transaction-type": kind, "amount": "19,99", "amount-type": "ItemPrice"}
    report = read(settlement(cells))
    assert not report.events
    assert not report.findings


def test_an_unknown_type_that_takes_back_a_sale_is_noted(settlement):
    report = read(settlement({"transaction-type": "Cosmic Refund"}, {}))
    assert len(report.events) == 1
    assert "`Cosmic Refund`" in report.findings[0].problem


def test_an_unknown_amount_type_of_a_refund_is_noted(settlement):
    report = read(settlement({"amount-type": "Mystery"}, {}))
    assert report.events[0].amount == Decimal("19.99")
    assert "`Mystery`" in report.findings[0].problem


@pytest.mark.parametrize(
    "other",
    [
        {"sku": "OTHER"}, {"order-id": "302-1"}, {"transaction-type": "Chargeback Refund"},
        {"adjustment-id": "ADJ2"}, {"adjustment-id": ""}, {"posted-date-time": "06.10.2026"},
    ],
)  # fmt: skip
def test_different_refunds_are_kept_apart(settlement, other):
    assert len(read(settlement({}, other, {})).events) == 2


def test_a_restocking_fee_lowers_and_a_cancelled_refund_reverses(settlement):
    fee = {"amount-description": "RestockingFee", "amount": "5,00"}
    assert one(settlement({}, fee))[0].amount == Decimal("14.99")
    assert one(settlement({"amount": "19,99"}))[0].amount == Decimal("-19.99")


def test_refunded_fees_alone_are_no_refund(settlement):
    report = read(settlement(FEE))
    assert (report.events, report.findings) == ((), ())


def test_fulfilled_by_amazon_is_told(settlement):
    assert one(settlement({"fulfillment-id": "AFN"}))[0].channel == "FBA"


@pytest.mark.parametrize(
    ("posted", "exact"),
    [
        ("05.10.2026", ""), ("2026-10-05", ""), ("2026-10-05T23:10:00+00:00", ""), ("", "2026/10/05 23:10:00 UTC"),
        ("05/10/26", "2026-10-05 05:23:19 UTC"), ("05.10.2026", "05.10.2026 00:00:00 UTC"),
    ],
)  # fmt: skip
def test_the_day_is_read_in_every_form(settlement, posted, exact):
    event, findings = one(settlement({"posted-date": posted, "posted-date-time": exact}))
    assert event.day == dt.date(2026, 10, 5)
    assert not findings


def test_currency_stands_only_on_the_line_of_totals(settlement):
    totals = {"settlement-id": "S2", "currency": "SEK"}
    second = {**dict.fromkeys(SETTLEMENT_24, ""), **totals}
    refund = {"settlement-id": "S2", "marketplace-name": ""}
    report = read(settlement({}, refund, second))
    assert [(e.reference, e.currency) for e in report.events] == [
        ("26500000001", "EUR"),
        ("S2", "SEK"),
    ]


def test_without_totals_the_currency_is_the_marketplaces_and_said_so(settlement):
    event, findings = one(settlement({}, totals=None))
    assert event.currency == "EUR"
    assert "names no currency" in findings[0].problem


def test_without_any_currency_a_refund_is_left_out(settlement):
    report = read(settlement({"marketplace-name": ""}, totals=None))
    assert not report.events
    assert "currency of settlement 26500000001 is not in the file" in report.findings[0].problem


def test_money_that_we_do_not_know_is_left_out(settlement):
    totals = {**dict.fromkeys(SETTLEMENT_24, ""), "settlement-id": "26500000001", "currency": "XYZ"}
    report = read(settlement({}, totals=totals))
    assert not report.events
    assert "`XYZ`" in report.findings[0].problem


@pytest.mark.parametrize("amount", ["", "abc", "-1.234", "--5", "=1+1"])
def test_a_refund_with_a_line_that_cannot_be_read_is_left_out_whole(settlement, amount):
    report = read(settlement({}, {"amount": amount}, {"order-id": "302-9"}))
    assert [event.order_id for event in report.events] == ["302-9"]
    (finding,) = report.findings
    assert finding.place == "s.txt line 4"
    assert "whole refund" in finding.remedy


def test_a_file_cut_within_a_line_gives_no_false_sum(settlement):
    data = settlement({}, {"amount": "-100,00"})
    report = read(data[: data.rindex(b"-100,00") + 4])
    assert not report.events
    assert report.findings[0].place == "s.txt line 4"
    assert "cut off" in report.findings[0].problem
    assert "whole refund was left out" in report.findings[0].remedy


def test_lines_that_do_not_make_the_total_are_doubted(settlement):
    totals = {**dict.fromkeys(SETTLEMENT_24, ""), "settlement-id": "26500000001",
              "currency": "EUR", "total-amount": "-24,98"}  # fmt: skip
    whole = settlement({}, SHIPPING, totals=totals)
    assert not read(whole).findings
    cut = b"\r\n".join(whole.split(b"\r\n")[:3])
    report = read(cut)
    assert report.events[0].amount == Decimal("19.99")
    assert report.findings[0].severity == "warning"
    assert "-19.99 instead of -24,98" in report.findings[0].problem


AMOUNTS = st.lists(
    st.tuples(
        st.sampled_from(["Principal", "Shipping", "Tax", "ShippingTax", "Goodwill"]),
        st.decimals(min_value=-9999, max_value=9999, places=2),
    ),
    min_size=1,
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(AMOUNTS, st.randoms(use_true_random=False))
def test_a_refund_is_minus_the_sum_of_its_lines_however_they_are_ordered(
    settlement, amounts, random
):
    lines = [{"amount-description": d, "amount": f"{v:.2f}"} for d, v in amounts]
    commas = [line | {"amount": line["amount"].replace(".", ",")} for line in lines]
    event, _ = one(settlement(*lines))
    random.shuffle(commas)
    again, _ = one(settlement(*commas))
    assert (event.amount, event.tax) == (again.amount, again.tax)
    assert event.amount + event.tax == -sum(value for _, value in amounts)


def test_a_hundred_thousand_lines_take_seconds(settlement):
    rows = [
        {"order-id": f"302-{n // 4:07d}-0000001", "amount": f"-{n % 90},99"} for n in range(100_000)
    ]
    data = settlement(*rows)
    start = time.process_time()
    assert len(read(data).events) == 25_000
    assert time.process_time() - start < 10
