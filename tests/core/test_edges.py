"""The last day, cent or row that counts, and the first that does not."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.days import TODAY
from tests.support.policies import grids, row_of
from xl_returns.books.policies import default_rows
from xl_returns.core import sheets
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rulebook import Rulebook

ROW = {
    "Return ID": "R-1", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0, "Unit Paid": 30.0,
    "Status": "Requested", "Reason": "UNWANTED_ITEM", "In Policy": "Y",
}  # fmt: skip
FIRST = TODAY - dt.timedelta(60)
OUT_OF_POLICY = {"Marketplace": "DE", "In Policy": "N", "Delivered Date": dt.date(2026, 11, 1)}
OFFERED = {"Unit Paid": 75.0, "New Price": 75.0}


def days_ago(days):
    return TODAY - dt.timedelta(days)


def rows(*changes):
    return [
        {**ROW, "Return ID": f"R-{i}", "Order ID": f"O-{i}", **c} for i, c in enumerate(changes)
    ]


def by(**changes):
    policy, findings = parse_policy(grids(**changes))
    assert findings == []
    return Rulebook(policy)


@pytest.mark.parametrize(
    ("change", "risk"),
    [
        ({"Delivered Date": FIRST, "Request Date": FIRST + dt.timedelta(24), "Condition": "Opened"}, 0),
        ({"Delivered Date": FIRST, "Request Date": FIRST + dt.timedelta(25), "Condition": "Opened"}, 5),
        ({"Delivered Date": FIRST, "Request Date": FIRST + dt.timedelta(30)}, 0),
        ({"Delivered Date": FIRST, "Request Date": FIRST + dt.timedelta(31)}, 10),
        ({"Refunded So Far": 30.0}, 0),
        ({"Refunded So Far": 30.01}, 15),
        ({"Refunded So Far": 10.0, "Request Date": days_ago(30)}, 0),
        ({"Refunded So Far": 10.0, "Request Date": days_ago(31)}, 15),
    ],
)  # fmt: skip
def test_a_signal_is_seen_from_its_limit_on(desk, change, risk):
    assert desk({**ROW, **change})[0]["Risk"] == risk


@pytest.mark.parametrize(("between", "risk"), [(6, 10), (7, 0)])
def test_seven_days_of_a_buyer_end_with_the_day_of_the_request(desk, between, risk):
    days = (20, 18, 20 - between)
    made = rows(*({"Buyer Key": "b", "Request Date": days_ago(back)} for back in days))
    assert [told["Risk"] for told in desk(*made)] == [0, 0, risk]


@pytest.mark.parametrize(("words", "risk"), [("it is too loud", 0), ("it is too loud!", 10)])
def test_only_comments_of_some_length_are_compared(desk, words, risk):
    assert {told["Risk"] for told in desk(*rows(*[{"Buyer Comment": words}] * 3))} == {risk}


def test_of_two_returns_of_a_line_and_a_day_the_lower_number_is_the_older(desk):
    """Two units at 10.005 are 20.01 together: the older one is paid the odd cent."""
    line = {"Order ID": "1", "SKU": "A", "Unit Paid": 10.005, "Request Date": TODAY}
    later, older = desk({**ROW, **line, "Return ID": "R-2"}, {**ROW, **line, "Return ID": "R-1"})
    assert (older["Refund"], later["Refund"]) == (10.01, 10.0)


@pytest.mark.parametrize(("received", "action"), [(0, "Refund now"), (-1, "Refund on receipt")])
def test_goods_are_back_from_the_day_of_their_receipt_on(desk, received, action):
    (told,) = desk({**ROW, "Status": "In transit", "Received Date": days_ago(received)})
    assert told["Action"] == action


def test_what_cost_nothing_is_not_settled_by_that(desk):
    assert desk({**ROW, "Unit Paid": 0.0})[0]["Rule"] == "S11"


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        (dt.date(2026, 11, 15), "Refund, keep item"),
        (dt.date(2026, 11, 16), "Close request"),
        (None, "Refund, keep item"),
    ],
)
def test_a_withdrawal_is_in_time_for_fourteen_days_and_where_nobody_knows(desk, asked, action):
    assert desk({**ROW, **OUT_OF_POLICY, "Request Date": asked})[0]["Action"] == action


def test_no_rule_closes_a_withdrawal(desk):
    rule = row_of("S10")
    closing = by(ActionRules={(rule, "Withdrawal"): ""})
    row = {**ROW, **OUT_OF_POLICY, "Request Date": dt.date(2026, 11, 15)}
    assert desk(row, book=closing)[0]["Action"] == "Approve return"


def test_goods_that_are_paid_for_on_their_way_are_still_awaited(desk):
    sent = {"Delivered Date": days_ago(30), "Request Date": days_ago(20), "Status": "In transit"}
    (told,) = desk({**ROW, "Marketplace": "DE", **sent})
    assert (told["Rule"], told["Disposition"]) == ("W01", "Awaiting goods")


def test_what_is_refunded_before_it_is_sent_back_stays_with_the_buyer(desk):
    (told,) = desk({**ROW, "Unit Paid": 80.0, "Reason": "DEFECTIVE"})
    assert (told["Action"], told["Disposition"]) == ("Refund now", "Buyer keeps")


def test_a_label_that_nobody_names_a_payer_of_is_the_sellers(desk):
    """A label of 6.00, at a chance of 90 % that the goods come back, raises the highest offer by 5.40."""
    payers = ({}, {"Label Payer": "Seller"}, {"Label Payer": "Customer"})
    unknown, seller, customer = desk(*rows(*({**OFFERED, **payer} for payer in payers)))
    assert unknown["Offer Max"] == seller["Offer Max"]
    assert seller["Offer Max"] - customer["Offer Max"] == pytest.approx(5.4)


def test_each_unit_is_inspected_and_all_come_in_one_parcel(desk):
    one, two = desk(*rows(OFFERED, {**OFFERED, "Quantity": 2.0}))
    assert two["Offer Max"] == pytest.approx(2 * one["Offer Max"] - 5.4, abs=0.011)


def test_of_two_ways_that_bring_the_same_the_upper_one_is_gone(desk):
    bundle, special = (row_of(rule, sheets.RESALE_RULES) for rule in ("G05", "G06"))
    line = default_rows(sheets.RESALE_RULES)[bundle]
    alike = by(ResaleRules={(special, name): line[name] for name in ("Percent of New", "Fees")})
    back = {"Status": "Received", "Condition": "Opened"}
    assert desk({**ROW, **back}, book=alike)[0]["Disposition"] == "Bundle"


@pytest.mark.parametrize("reason", ["DEFECTIVE", "DAMAGED_BY_CARRIER", "DAMAGED_BY_FC"])
def test_nothing_is_kept_for_a_fault_that_is_not_the_buyers_whatever_a_rule_says(desk, reason):
    keeping = by(RefundRules={(row_of("R01", sheets.REFUND_RULES), "On"): "N"})
    back = {"Status": "Received", "Condition": "Damaged", "Photos": "Y", "Reason": reason}
    assert desk({**ROW, **back}, book=keeping)[0]["Refund"] == 30.0


def test_a_label_is_kept_only_as_far_as_there_is_something_to_keep_it_from(desk):
    label = {"Label Payer": "Seller", "Label Cost": 50.0}
    (told,) = desk({**ROW, "Status": "Received", "Condition": "Sealed", **label})
    assert "1 x 30.00 - return label 30.00 = 0.00 USD" in told["Why"]


def test_a_claim_for_goods_that_never_came_runs_from_the_request(desk):
    paid = {"Status": "Refunded", "Refund Controller": "Amazon", "Request Date": days_ago(24)}
    (told,) = desk({**ROW, **paid})
    assert (told["Action"], told["Due"]) == ("File claim", TODAY + dt.timedelta(6))


@pytest.mark.parametrize(("status", "open_still"), [("Requested", True), ("Closed", False)])
def test_what_is_closed_has_no_appeal_left(desk, status, open_still):
    (told,) = desk({**ROW, "A-to-z": "Y", "Status": status})
    assert ("A-to-z appeal" in (told["Appeal"] or "")) is open_still


def test_a_risk_of_thirty_is_named(desk):
    paid_twice = {"Condition": "Minor defect", "Refunded So Far": 30.01}
    (told,) = desk({**ROW, **paid_twice})
    assert told["Risk"] == 30
    assert "Risk 30" in told["Warnings"]


@pytest.mark.parametrize(("asked", "overdue"), [(1, False), (2, True)])
def test_what_is_due_today_is_not_late(desk, asked, overdue):
    (told,) = desk({**ROW, "Request Date": days_ago(asked)})
    assert ("2026-11-22" in (told["Warnings"] or "")) is overdue


@pytest.mark.parametrize(("channel", "told"), [("MFN", True), ("FBA", False)])
def test_a_refund_that_the_row_does_not_know_is_asked_for_where_the_seller_pays(
    desk, channel, told
):
    (row,) = desk({**ROW, "Status": "Refunded", "Channel": channel})
    assert ("without an amount" in (row["Warnings"] or "")) is told
