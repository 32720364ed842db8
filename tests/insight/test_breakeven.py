"""The price up to which a refund without return is cheaper, against published and derived cases."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight.conftest import PLAIN
from tests.support.days import DAY
from tests.support.policies import grids
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.insight.breakeven import break_evens

GOOD = 2
"""Resale rule G03 by its row: 80 %, referral, used processing 1.80, fulfilment."""
ONLY_GOOD = {(row, "On"): "N" for row in range(11) if row != GOOD}
NOTHING_SELLS = {(row, "On"): "N" for row in range(11)}
WORN = {**PLAIN, "Condition": "Minor defect", "Label Cost": 5, "Fulfilment Cost": 5.8}
BULKY = {**PLAIN, "Unit Paid": 79.99, "Label Cost": 140}


def book(**changes):
    return Rulebook(parse_policy(grids(**changes))[0])


GUIDE = book()


def found(rows, rulebook, least=1):
    full = [{**row, "Return ID": f"R{n}", "Order ID": f"O{n}"} for n, row in enumerate(rows)]
    headers = dict.fromkeys(h for row in full for h in row)
    parsed = parse_rows({h: [row.get(h) for row in full] for h in headers})
    return break_evens(parsed, rulebook, DAY, least)


def test_amazons_good_row_breaks_even_at_22_94():
    """Derived (D1.2): (8.00 + 7.60) / (0.80 x 0.85) = 22.94, of Amazon's FBA Grade and Resell
    figures for Good with 8.00 for label and inspection assumed."""
    (one,) = found([WORN], book(ResaleRules=ONLY_GOOD))
    assert (one.price, one.handling) == (22_94, 8_00)


def test_at_30_the_return_gains_4_80_that_the_tier_leaves_on_the_table():
    """Derived: 30.00 x 0.80 x 0.85 - 7.60 - 8.00 = 4.80, at 90 % that it comes back 4.32."""
    (one,) = found([{**WORN, "Unit Paid": 30}], book(ResaleRules=ONLY_GOOD))
    assert one.recovery - one.handling == 4_80
    assert (one.low, one.left) == (50_00, 4_32)


def test_a_bulky_thing_that_brings_nothing_is_never_worth_its_label():
    """Published: ai-evos evaluation scenario RRL-011, 79.99 with a label of 120 to 160 and no
    restock value: refund without return. The tier calls it back: 90 % of (140.00 + 3.00)."""
    (one,) = found([BULKY], book(ResaleRules=NOTHING_SELLS))
    assert (one.price, one.recovery, one.low) == (None, 0, 50_00)
    assert one.left == 128_70


def test_where_the_tier_is_the_break_even_nothing_is_left():
    policy = book(ResaleRules=ONLY_GOOD, Tiers={(0, "Low"): "22.94"})
    rows = [{**WORN, "Unit Paid": price} for price in (22.93, 22.94, 80)]
    (one,) = found(rows, policy)
    assert (one.price, one.low, one.left) == (22_94, 22_94, 0)


def test_a_label_that_the_buyer_pays_is_no_cost():
    (one,) = found([{**WORN, "Label Payer": "Customer"}], book(ResaleRules=ONLY_GOOD))
    assert (one.handling, one.price) == (3_00, 15_59)


def test_the_label_is_for_the_parcel_and_looking_for_each_unit():
    """Two units share a label of 5.00: 2.50 + 3.00 each."""
    (one,) = found([{**WORN, "Quantity": 2}], book(ResaleRules=ONLY_GOOD))
    assert (one.handling, one.price) == (5_50, 19_26)


def test_the_condition_that_was_found_counts_for_what_goods_bring():
    """Of two, only the worn one sells; it must bear both: 27.76 - 4.16 - 7.60 = 16.00."""
    (one,) = found([WORN, {**WORN, "Condition": "Defective"}], book(ResaleRules=ONLY_GOOD))
    assert one.price == 34_70


def test_each_marketplace_stands_alone_and_few_returns_are_left_out():
    rows = [WORN] * 3 + [{**WORN, "Marketplace": "DE"}] * 2
    places = [(one.marketplace, one.currency, one.returns) for one in found(rows, book(), 2)]
    assert places == [("DE", "EUR", 2), ("US", "USD", 3)]
    assert [one.marketplace for one in found(rows, book(), 3)] == ["US"]


@pytest.mark.parametrize(
    "change",
    [
        {"Channel": "FBA"},
        {"Refund Controller": "Amazon"},
        {"Status": "Cancelled"},
        {"Unit Paid": None},
        {"SKU": ""},
    ],
)
def test_only_goods_that_the_seller_may_refund_either_way_are_told(change):
    assert found([{**WORN, **change}], book()) == []


def test_without_returns_there_is_no_break_even():
    assert found([], book()) == []


@given(st.integers(0, 200_00), st.integers(0, 50_00), st.sampled_from(["Opened", "Minor defect"]))
@settings(max_examples=30)
def test_it_is_the_least_price_at_which_the_goods_bring_what_handling_costs(label, more, condition):
    row = {**WORN, "Condition": condition, "Label Cost": label / 100}
    (one,) = found([row], GUIDE)
    at, below = (
        found([{**row, "Unit Paid": price / 100}], GUIDE)[0] for price in (one.price, one.price - 1)
    )
    assert at.recovery >= at.handling
    assert below.recovery < below.handling
    (dearer,) = found([{**row, "Label Cost": (label + more) / 100}], GUIDE)
    assert dearer.price >= one.price
