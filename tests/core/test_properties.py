"""What must hold for every row that anybody can type."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from tests.support.rows import TABLE
from xl_returns.core import money, terms
from xl_returns.core.rows import parse_rows


def _minor(amount):
    return round(Decimal(str(amount or 0)) * 100)


@pytest.mark.parametrize("action", [*terms.PAYING_ACTIONS, terms.OFFER])
def test_made_up_rows_meet_every_action_that_pays(desk, action):
    """What is claimed below of every row would else be claimed of rows that are only held."""
    first = settings(max_examples=1_000, phases=[Phase.generate], database=None)
    assert find(
        TABLE, lambda rows: action in [told["Action"] for told in desk(*rows)], settings=first
    )


@given(TABLE)
@settings(deadline=None)
def test_nobody_is_ever_paid_more_than_was_paid(desk, rows):
    for row, told in zip(rows, desk(*rows), strict=True):
        paid = _minor(row["Unit Paid"]) * int(row["Quantity"]) + _minor(row["Shipping Paid"])
        refund = _minor(told["Refund"])
        assert refund >= 0
        if refund and row["Marketplace"] != "JP":  # prices here have cents, yen have none
            assert refund + _minor(row["Refunded So Far"]) <= paid


@given(TABLE)
@settings(deadline=None)
def test_amazon_rows_get_no_approval_no_closing_and_no_refund(desk, rows):
    for row, told in zip(rows, desk(*rows), strict=True):
        if row["Channel"] == "FBA" or row["Refund Controller"] == "Amazon":
            assert told["Action"] in terms.AMAZON_ACTIONS
            assert not told["Refund"]
        else:
            assert told["Action"] in terms.SELLER_ACTIONS


@given(TABLE, st.randoms())
@settings(deadline=None)
def test_the_order_of_rows_does_not_matter(desk, rows, random):
    shuffled = random.sample(rows, len(rows))
    told = {row["Return ID"]: said for row, said in zip(rows, desk(*rows), strict=True)}
    again = {row["Return ID"]: said for row, said in zip(shuffled, desk(*shuffled), strict=True)}
    assert told == again


@given(TABLE)
@settings(deadline=None)
def test_a_row_alone_is_decided_as_in_a_column_of_strangers(desk, rows):
    strangers = [
        {**row, "Order ID": f"o{i}", "SKU": f"s{i}", "Buyer Key": ""} for i, row in enumerate(rows)
    ]
    assert desk(*strangers) == [desk(row)[0] for row in strangers]


@given(TABLE)
@settings(deadline=None)
def test_an_offer_is_never_above_its_ceiling_nor_the_ceiling_above_what_was_paid(desk, rows):
    for row, told in zip(rows, desk(*rows), strict=True):
        if told["Action"] == terms.OFFER and row["Marketplace"] != "JP":
            paid = _minor(row["Unit Paid"]) * int(row["Quantity"]) + _minor(row["Shipping Paid"])
            assert 0 <= _minor(told["Offer"]) <= _minor(told["Offer Max"]) <= paid
            assert told["Refund"] == told["Offer"]


@given(TABLE)
@settings(deadline=None)
def test_only_sealed_goods_are_restocked_as_new(desk, rows):
    for row, told in zip(rows, desk(*rows), strict=True):
        if told["Disposition"] == terms.RESTOCK:
            assert row["Condition"] == "Sealed"


@given(TABLE)
@settings(deadline=None)
def test_risk_is_a_score_and_every_row_says_why(desk, rows):
    for told in desk(*rows):
        assert 0 <= told["Risk"] <= 100
        assert told["Why"].endswith(".")
        assert told["Action"] in terms.ACTIONS


@given(
    st.integers(1, 100_000), st.integers(1, 9), st.lists(st.integers(1, 3), min_size=1, max_size=4)
)
@settings(deadline=None)
def test_a_line_split_into_returns_is_paid_to_the_cent(desk, total, extra, units):
    """A line's total over its units is read so that the units add up to the total."""
    of = sum(units) + extra
    rows = [
        {
            "Return ID": f"R{i}", "Channel": "MFN", "Marketplace": "US", "Order ID": "1", "SKU": "A",
            "Quantity": float(n), "Unit Paid": float(f"{total / 100 / of:.15g}"),
            "Status": "Received", "Reason": "DEFECTIVE", "Condition": "Defective",
        }
        for i, n in enumerate(units)
    ]  # fmt: skip
    paid = sum(_minor(told["Refund"]) for told in desk(*rows))
    exact = (Decimal(total) * sum(units) / of).quantize(Decimal(1), ROUND_HALF_UP)
    assert paid == exact


@pytest.mark.parametrize("beside", [5.0, "5,50", None, False])
def test_a_truth_value_is_no_amount_whatever_stands_beside_it(beside):
    for header in ("Unit Paid", "Refunded So Far", "Override Refund"):
        first, *_ = parse_rows({header: [True, beside]}).problems
        assert (first.row, first.problem) == (0, "`True` is not a number")


@given(st.lists(st.floats(-1, 100) | st.sampled_from([True, -1e-39, -0.0]), min_size=1))
def test_a_cell_is_read_the_same_beside_numbers_and_beside_text(cells):
    alone = parse_rows({"Refunded So Far": cells})
    beside = parse_rows({"Refunded So Far": [*cells, ""]})
    assert (
        beside.amounts["Refunded So Far"].tolist()[:-1] == alone.amounts["Refunded So Far"].tolist()
    )
    assert beside.problems == alone.problems


@given(st.lists(st.floats(0, 1e6) | st.integers(0, 10**15).map(lambda n: n / 10**9), min_size=1))
def test_a_column_of_unit_prices_is_read_as_each_price_alone(prices):
    exact = [int((money.exact(p) * 10**8).quantize(Decimal(1), ROUND_HALF_UP)) for p in prices]
    assert parse_rows({"Unit Paid": prices}).unit_paid.tolist() == exact
