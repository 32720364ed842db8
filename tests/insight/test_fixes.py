"""What to mend first: savings by hand, sure or not, and what suppliers owe."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insight.conftest import LEVELS, insights, sale
from xl_returns.insight.fixes import claim_amount, saving

SMALL = {"Buyer Comment": "too small", "Reason": ""}
MUG = {**SMALL, "SKU": "MUG"}
WORTHLESS = {"Unit Paid": 30, "Status": "Requested", "Condition": None, "Received Date": None}
BROKEN = {"Reason": "DEFECTIVE", "Unit Cost": 20}


def told(found):
    return [(fix.sku, fix.cause, fix.own, fix.usual, fix.saving, fix.is_sure) for fix in found]


def test_a_cause_saves_what_it_costs_above_the_rate_of_other_goods():
    """Ten of 100 against 10 of 1,000 elsewhere: nine tenths of 10 x 26.40 (kept: see costs)."""
    rows = [{**SMALL, **WORTHLESS}] * 10 + [{**MUG, **WORTHLESS}] * 10
    found = insights(rows, [sale(100), sale(1_000, sku="MUG")]).fixes
    assert told(found) == [("LAMP", "Too small", (10, 100), (10, 1_000), 237_60, True)]
    assert (found[0].cost, found[0].returns, found[0].of_shipped) == (264_00, 10, True)


def test_without_sales_a_cause_is_a_share_of_the_returns():
    """All of 10 against 10 of 30 elsewhere: two thirds of 264.00."""
    late = {**MUG, **WORTHLESS, "Buyer Comment": "arrived late"}
    rows = [{**SMALL, **WORTHLESS}] * 10 + [{**MUG, **WORTHLESS}] * 10 + [late] * 20
    (small,) = [fix for fix in insights(rows).fixes if fix.sku == "LAMP"]
    assert (small.own, small.usual, small.saving) == ((10, 10), (10, 30), 176_00)
    assert (small.is_sure, small.of_shipped) == (True, False)


def test_the_only_sku_has_no_others_to_compare_with_and_could_save_it_all():
    (fix,) = insights([{**SMALL, **WORTHLESS}] * 5, [sale(100)]).fixes
    assert (fix.usual, fix.saving, fix.is_sure) == ((0, 0), fix.cost, True)


def test_few_units_are_never_sure():
    found = insights([SMALL] * 4, [sale(10), sale(10_000, sku="MUG")]).fixes
    assert [fix.is_sure for fix in found] == [False]


def test_a_cause_that_nobody_told_is_none_to_mend():
    assert insights([{"Reason": "", "SKU": "LAMP"}] * 9, [sale(100)]).fixes == []


@given(*[st.integers(1, 1_000)] * 5)
def test_a_saving_is_part_of_the_cost_and_grows_with_the_own_rate(cost, own, of, usual, others):
    whole = saving(cost, (own, of), (usual, others))
    assert 0 <= whole <= cost
    assert whole <= saving(cost, (own + 1, of), (usual, others))


def test_a_supplier_owes_the_defects_above_the_usual_share():
    """14 of 340 (ai-evos evaluation scenario RRL-004), 2 % accepted: 7.2 x (20.00 + 1.50 freight
    + 3.00 inspection) = 176.40; half of it is more than the 50.00 that a claim costs."""
    shipped = sale(340, supplier="Ningbo Light", unit_freight=1_50)
    (claim,) = insights([BROKEN] * 14, [shipped]).claims
    assert (claim.supplier, claim.defects, claim.sold) == ("Ningbo Light", 14, 340)
    assert (claim.unit_loss, claim.amount, claim.pursue) == (24_50, 176_40, True)
    assert (round(claim.interval.low, 4), round(claim.interval.high, 4)) == (0.0247, 0.0679)


def test_a_claim_that_hardly_pays_its_work_is_not_worth_it():
    """Nine of 340: 2.2 x 23.00 = 50.60; half of it is less than 50.00."""
    (claim,) = insights([BROKEN] * 9, [sale(340, supplier="N")]).claims
    assert (claim.amount, claim.pursue) == (50_60, False)


def test_fba_and_own_shipping_of_a_month_are_one_delivery_of_the_supplier():
    sales = [sale(170, supplier="N"), sale(170, supplier="N", channel="FBA")]
    (claim,) = insights([BROKEN] * 14, sales).claims
    assert (claim.defects, claim.sold) == (14, 340)


@pytest.mark.parametrize(
    "change", [{"Unit Cost": None}, {"Reason": "UNWANTED_ITEM"}, {"Order Date": None}]
)
def test_nothing_is_owed_without_cost_defect_or_month(change):
    assert not insights([{**BROKEN, **change}] * 14, [sale(340, supplier="N")]).claims
    assert not insights([BROKEN] * 14, [sale(340)]).claims


def test_the_accepted_share_is_the_sellers_own():
    strict = dataclasses.replace(LEVELS, shares={**LEVELS.shares, "Usual defects": 500})
    assert not insights([BROKEN] * 14, [sale(340, supplier="N")], levels=strict).claims


@given(*[st.integers(0, 2_000)] * 3, st.integers(0, 10_000))
def test_one_more_defect_never_lowers_a_claim(defects, sold, loss, baseline):
    less, more = (claim_amount(n, sold, baseline, loss) for n in (defects, defects + 1))
    assert 0 <= less <= more
