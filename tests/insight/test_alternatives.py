"""What each choice costs, to the cent, and where it flips."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.days import DAY
from tests.support.policies import grids
from tests.support.rows import TABLE
from xl_returns.books.policies import default_policy, default_rows
from xl_returns.core import sheets, terms
from xl_returns.core.decide import decide, gated
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.insight.alternatives import alternatives
from xl_returns.insight.assumptions import Assumptions

GUIDE = Rulebook(default_policy())
ASKED = {
    "Return ID": "R", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0, "Unit Paid": 75.0,
    "Status": "Requested", "In Policy": "Y", "Reason": "UNWANTED_ITEM",
}  # fmt: skip


def _where(sheet, **named):
    """The position of a default line."""
    rows = default_rows(sheet)
    return next(i for i, r in enumerate(rows) if all(r[h] == v for h, v in named.items()))


def _book(fees=(), chances=(), **more):
    """The guide with other fees (by name, in dollars or as a share) and other chances."""
    changed = {}
    for name, header, value in fees:
        country = "US" if name == "Disposal" else ""
        at = [i for i, r in enumerate(default_rows(sheets.FEES)) if r["Fee"] == name
              and r["Marketplace"] == country and r["Currency"] in ("", "USD")]  # fmt: skip
        changed |= {(i, header): value for i in at}
    chosen = {(_where(sheets.SETTINGS, Setting=name), "Value"): v for name, v in chances}
    policy, findings = parse_policy(grids(Fees=changed, Settings=chosen, **more))
    assert not [f for f in findings if f.severity == "error"]
    return Rulebook(policy)


def _priced(row, book=GUIDE, assumed=None):
    rows = parse_rows({name: [value] for name, value in row.items()})
    decisions = decide(rows, book, DAY)
    return decisions, alternatives(decisions, book, assumed)


def _costs(row, book=GUIDE):
    _, priced = _priced(row, book)
    return {priced.each[i].action: priced.cost(i, 0) for i in priced.ranking(0)}


NO_FEES = (("Referral", "Percent", "0%"),)
ALL_COME_BACK = (("Chance goods come back", "100%"),)


def test_a_bulky_thing_without_worth_is_refunded_without_return():
    """KEEP-1: 79.99, label 120 to 160, nothing to restock: returnless at 79.99
    (ai-evos evaluation scenario RRL-011)."""
    ways = {(i, "On"): "N" for i in range(11)}
    book = _book(NO_FEES, ResaleRules=ways)
    row = {**ASKED, "Unit Paid": 79.99, "Label Cost": 120.0, "Reason": "CR-DEFECTIVE"}
    costs = _costs(row, book)
    assert costs["Refund, keep item"] == min(costs.values()) == 79_99
    assert costs["Approve return"] > costs["Refund, keep item"]


def test_a_return_of_goods_at_thirty_gains_what_the_break_even_says():
    """BE-1: label and inspection 8.00; Good: 80 %, referral 15 %, processing and fulfilment 7.60:
    the return of goods sold at 30.00 gains 4.80 over letting them go."""
    off = {(i, "On"): "N" for i in range(11) if i != 2}
    fees = (("Return label", "Amount", "5.00"), ("Inspection", "Amount", "3.00"))
    book = _book(fees, ALL_COME_BACK, ResaleRules={**off, (2, "Condition"): "Opened"})
    row = {**ASKED, "Unit Paid": 30.0, "New Price": 30.0, "Fulfilment Cost": 5.8}
    costs = _costs(row, book)
    assert costs["Refund, keep item"] - costs["Approve return"] == 4_80


def test_one_offer_of_half_the_fallback_costs_what_the_closed_form_says():
    """OFF-1: paid 60, a return costs 40, the buyer's least is uniform up to 60: offer 20, expected
    cost 33.33 (derived: F(x) x + (1 - F(x)) V at x = V / 2)."""
    off = {(i, "On"): "N" for i in range(11) if i != 1}
    fees = (
        *NO_FEES, ("Inspection", "Amount", "0"), ("Negotiation", "Amount", "0"),
        ("Return label", "Amount", "0"), ("Used processing", "Amount", "0"),
    )  # fmt: skip
    chances = (*ALL_COME_BACK, ("Opening offer middle", "33.34%"))
    resale = {**off, (1, "Percent of New"): "100%"}
    book = _book(fees, chances, ResaleRules=resale)
    row = {**ASKED, "Unit Paid": 60.0, "New Price": 20.0}
    costs = _costs(row, book)
    assert costs["Approve return"] == 40_00
    assert costs["Offer partial refund"] == 33_33


def test_goods_that_are_back_cost_the_refund_less_what_they_bring():
    row = {**ASKED, "Status": "Received", "Condition": "Opened", "New Price": 75.0}
    decisions, priced = _priced(row)
    assert [priced.each[i].action for i in priced.ranking(0)] == ["Refund now"]
    refund, recovery = 75_00, int(decisions.recovery[0])
    fees_back = 11_25 - 2_25
    assert priced.cost(priced.ranking(0)[0], 0) == refund - fees_back - recovery


def test_a_refund_of_worn_goods_counts_the_claim_that_it_gives_up():
    row = {**ASKED, "Status": "Received", "Condition": "Damaged", "Photos": "Y"}
    _, priced = _priced(row)
    refund = priced.each[priced.ranking(0)[0]]
    assert refund.action == "Refund now"
    assert refund.forfeited[0] == 75_00 // 4


def test_nothing_is_left_to_choose_on_a_row_with_a_claim_that_amazon_decides():
    assert _costs({**ASKED, "A-to-z": "Y"}) == {}


def test_units_that_amazon_put_back_in_stock_are_not_called_home():
    row = {**ASKED, "Channel": "FBA", "Status": "Received", "Condition": "Sealed"}
    assert list(_costs(row)) == ["No action"]


def test_what_the_policy_costs_is_its_choice_less_the_cheapest():
    row = {**ASKED, "Unit Paid": 40.0}
    decisions, priced = _priced(row)
    costs = _costs(row)
    assert terms.ACTIONS[decisions.action[0]] == "Refund, keep item"
    expected = costs["Refund, keep item"] - min(costs.values())
    assert priced.policy_costs(decisions.action)[0] == expected


def test_a_held_row_has_no_policy_cost():
    decisions, priced = _priced({**ASKED, "Reason": "UNAUTHORIZED_PURCHASE"})
    assert priced.policy_costs(decisions.action)[0] < 0


@given(TABLE)
@settings(deadline=None)
def test_only_what_the_gates_let_through_is_an_alternative(rows):
    headers = rows[0]
    parsed = parse_rows({h: [row[h] for row in rows] for h in headers})
    decisions = decide(parsed, GUIDE, DAY)
    priced = alternatives(decisions, GUIDE)
    for one in priced.each:
        code = np.full(parsed.count, terms.ACTIONS.index(one.action))
        assert not (one.allowed & (gated(decisions.facts, code)[0] != code)).any()


@given(TABLE)
@settings(deadline=None)
def test_a_policy_never_costs_less_than_the_cheapest_choice(rows):
    parsed = parse_rows({h: [row[h] for row in rows] for h in rows[0]})
    decisions = decide(parsed, GUIDE, DAY)
    costs = alternatives(decisions, GUIDE).policy_costs(decisions.action)
    assert (costs[costs > np.iinfo(np.int64).min] >= 0).all()


@given(TABLE)
@settings(deadline=None)
def test_at_the_flip_value_the_choice_stands_and_one_cent_beyond_it_falls(rows):
    parsed = parse_rows({h: [row[h] for row in rows] for h in rows[0]})
    decisions = decide(parsed, GUIDE, DAY)
    priced = alternatives(decisions, GUIDE)
    for row in range(parsed.count):
        flip = priced.flip(row)
        if flip is None:
            continue
        best = priced.ranking(row)[0]

        def is_best(recovery, row=row, best=best):
            at = np.full(parsed.count, recovery)
            costs = [int(priced.each[i].cost(at)[row]) for i in priced.ranking(row)]
            return int(priced.each[best].cost(at)[row]) == min(costs)

        assert is_best(flip.recovery)
        assert not is_best(flip.recovery + (-1 if flip.below else 1))


@given(TABLE, st.integers(10_000, 20_000))
@settings(deadline=None)
def test_goods_that_bring_more_never_make_the_cheapest_choice_dearer(rows, more):
    parsed = parse_rows({h: [row[h] for row in rows] for h in rows[0]})
    decisions = decide(parsed, GUIDE, DAY)
    usual = Assumptions.of(GUIDE.policy)
    richer = Assumptions(usual.goods_back, usual.appeal, recovery=more)
    before, after = (alternatives(decisions, GUIDE, a) for a in (usual, richer))
    for row in range(parsed.count):
        if before.ranking(row) and (before.recovery[row] >= 0):
            assert min(after.costs[i, row] for i in after.ranking(row)) <= min(
                before.costs[i, row] for i in before.ranking(row)
            )
