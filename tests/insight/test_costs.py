"""What returns cost, added up by hand, and that no view of it loses a cent."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight.conftest import insights, sale
from xl_returns.insight.costs import names, per

KEPT = {
    "Status": "Requested", "Unit Paid": 30, "Condition": None, "Received Date": None,
    "Reason": "UNWANTED_ITEM",
}  # fmt: skip
FBA = {
    "Channel": "FBA", "Status": "Refunded", "Received Date": None, "Condition": None,
    "Refunded So Far": 50,
}  # fmt: skip
GERMAN = {"Marketplace": "DE", "SKU": "MUG"}


def cost(row, sales=(), reimbursed=None):
    """The parts of the cost of one return that are not 0, in minor units."""
    (line,) = insights([row], sales, reimbursed=reimbursed).returns.iter_rows(named=True)
    return {name: line[name] for name in names() if line[name]}


def test_a_defect_that_came_back_costs_refund_fees_label_and_looking_less_what_it_brings():
    """Refund 50.00; 15 % referral comes back less its 20 %; label 6.00, inspection 3.00; shipped
    home it brings 30 % less 8.00 = 7.00: 50.00 - 7.50 + 1.50 + 6.00 + 3.00 - 7.00 = 46.00."""
    assert cost({}) == {
        "refunds": 50_00, "referral_back": 7_50, "refund_fees": 1_50, "labels": 6_00,
        "handling": 3_00, "recovery": 7_00, "lost_value": 43_00, "cost": 46_00,
    }  # fmt: skip


def test_goods_that_the_buyer_keeps_cost_no_label_and_bring_nothing():
    """30.00 - 4.50 + 0.90 = 26.40."""
    assert cost(KEPT) == {
        "refunds": 30_00, "referral_back": 4_50, "refund_fees": 90, "lost_value": 30_00,
        "cost": 26_40,
    }  # fmt: skip


def test_each_returned_unit_bears_its_share_of_the_months_ad_spend():
    """100.00 for 40 units shipped, two of them back: 5.00."""
    shipped = sale(40, ad_spend=100_00)
    assert cost({"Quantity": 2, "Unit Paid": 25}, [shipped])["ad_spend"] == 5_00
    assert "ad_spend" not in cost({"Order Date": dt.date(2026, 7, 1)}, [shipped])


def test_what_was_reimbursed_takes_the_place_of_what_the_goods_bring():
    found = cost(FBA, reimbursed=[20_00])
    assert (found["reimbursed"], found["cost"]) == (20_00, 50_00 - 7_50 + 1_50 - 20_00)
    assert "recovery" not in found


@pytest.mark.parametrize("told", [50, None])
def test_a_refund_whose_amount_nobody_tells_is_the_price(told):
    assert cost({**FBA, "Refunded So Far": told})["refunds"] == 50_00
    assert cost({"Status": "Refunded", "Refunded So Far": told})["refunds"] == 50_00


@pytest.mark.parametrize(
    "row",
    [
        {**KEPT, "Status": "Closed"},
        {**KEPT, "Status": "Closed", "Refund Controller": "Amazon"},
        {**KEPT, "Status": "Approved", "Request Date": dt.date(2026, 9, 1)},
    ],
)
def test_what_was_declined_or_never_sent_costs_nothing(row):
    assert cost(row) == {}


def test_lost_value_is_what_the_goods_cost_to_buy_where_that_is_known():
    assert cost({"Unit Cost": 20})["lost_value"] == 20_00 - 7_00
    assert "lost_value" not in cost({"Unit Cost": 5})


def test_a_cancelled_return_is_none():
    assert not len(insights([{"Status": "Cancelled"}, {}]).returns.filter(return_id="R0"))


ROWS = st.lists(
    st.builds(
        dict.__or__,
        st.sampled_from([{}, KEPT, FBA, GERMAN, {"Status": "Closed"}]),
        st.fixed_dictionaries(
            {
                "Quantity": st.integers(1, 3),
                "Unit Paid": st.integers(1, 40_000).map(lambda cents: cents / 100),
                "Buyer Comment": st.sampled_from(["", "too small", "坏了", "不想要了"]),
            }
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(ROWS)
@settings(max_examples=40)
def test_by_sku_and_by_cause_the_costs_add_up_to_the_same(rows):
    found = insights(rows, [sale(500, ad_spend=99_99)]).returns
    for keys in (["sku", "marketplace"], ["cause"], ["reason"], ["sku", "cause"]):
        summed = per(found, keys)
        for part in names():
            assert summed[part].sum() == found[part].sum()


@given(ROWS)
@settings(max_examples=40)
def test_the_cost_is_its_parts(rows):
    found = insights(rows).returns
    added = sum(found[p] for p in ("refunds", "refund_fees", "labels", "handling", "ad_spend"))
    taken = sum(found[p] for p in ("referral_back", "recovery", "reimbursed"))
    assert (found["cost"] == added - taken).all()
