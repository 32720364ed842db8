"""Past returns under two policies: what changes, what it saves, how sure that is."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.days import DAY
from tests.support.policies import grids, row_of
from tests.support.rows import TABLE
from xl_returns.books.policies import default_policy
from xl_returns.core import terms
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.insight import thresholds
from xl_returns.insight.assumptions import Assumptions
from xl_returns.insight.replay import outcome, past, pricing, replay, savings
from xl_returns.insight.thresholds import best_tiers, with_tiers
from xl_returns.insight.uncertainty import interval, swings

GUIDE = default_policy()
ROW = {
    "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0, "Status": "Refunded", "In Policy": "Y",
    "Reason": "UNWANTED_ITEM", "Request Date": dt.date(2026, 9, 1), "Order Date": dt.date(2026, 8, 9),
}  # fmt: skip


def _policy(**changes):
    return parse_policy(grids(**changes))[0]


def _in_dollars(**bounds):
    usd, *others = GUIDE.tiers
    assert usd.currency == "USD"
    return GUIDE.but(tiers=(usd.model_copy(update=bounds), *others))


def _rows(*rows):
    full = [{"Return ID": f"R{i}", "Order ID": f"o{i}", **ROW, **r} for i, r in enumerate(rows)]
    headers = dict.fromkeys(h for row in full for h in row)
    return parse_rows({h: [row.get(h) for row in full] for h in headers})


def _replay(rows, other, now=GUIDE):
    return replay(past(rows, Rulebook(now), DAY), now, other)


@given(TABLE)
@settings(deadline=None, max_examples=60)
def test_replaying_a_policy_against_itself_saves_nothing(rows):
    seen = _replay(parse_rows({h: [row[h] for row in rows] for h in rows[0]}), GUIDE)
    assert not seen.changed.any()
    assert not seen.saved.any()


@given(TABLE, st.integers(1, 99))
@settings(deadline=None, max_examples=60)
def test_another_tier_changes_only_rows_between_the_old_and_the_new_bound(rows, low):
    parsed = parse_rows({h: [row[h] for row in rows] for h in rows[0]})
    seen = _replay(parsed, _in_dollars(low=low))
    touched = parsed.codes["Currency"] == terms.CURRENCIES.index("USD")
    price = parsed.unit_paid / 10**8
    touched &= (price >= min(low, 50)) & (price < max(low, 50))
    assert not (seen.changed & ~touched).any()


def test_a_hand_made_quarter_saves_what_it_must():
    """Two worthless things at 40.00 that are called back instead of being kept cost nine tenths of
    label (6.00) and inspection (3.00) more."""
    ways = {(i, "On"): "N" for i in range(11)}
    now = _policy(ResaleRules=ways)
    other = _policy(ResaleRules=ways, ActionRules={(row_of("S11"), "Action"): "Approve return"})
    rule = now.action_rules[row_of("S11")]
    assert (rule.id, rule.action) == ("S11", "Refund, keep item")
    seen = _replay(_rows({"Unit Paid": 40.0}, {"Unit Paid": 40.0}, {"Unit Paid": 80.0}), other, now)
    assert seen.changed.tolist() == [True, True, False]
    assert seen.saved.tolist() == [-8_10, -8_10, 0]


def test_returns_are_decided_as_they_were_asked_for_whatever_came_after():
    rows = _rows(
        {"Unit Paid": 40.0, "Status": "Closed", "Refunded So Far": 40.0},
        {"Unit Paid": 40.0, "Status": "Received", "Received Date": dt.date(2026, 9, 9)},
    )
    seen = _replay(rows, GUIDE)
    assert [terms.ACTIONS[code] for code in seen.before.action] == ["Refund, keep item"] * 2


def test_what_was_found_in_the_goods_changes_their_price_not_the_decision():
    rows = _rows(
        {"Unit Paid": 150.0, "Buyer Wants": "Full refund", "Condition": "Sealed"},
        {"Unit Paid": 150.0, "Buyer Wants": "Full refund", "Condition": "Damaged"},
    )
    before = _replay(rows, GUIDE).before
    assert before.action[0] == before.action[1]
    assert before.cost[0] < before.cost[1]


def test_other_fees_in_the_other_policy_do_not_make_it_look_cheaper():
    cheaper = GUIDE.but(fees=tuple(f for f in GUIDE.fees if f.name not in ("Return label", "Inspection")))  # fmt: skip
    rows = _rows(*({"Unit Paid": price} for price in (20.0, 60.0, 75.0, 150.0)))
    seen = _replay(rows, cheaper)
    same = seen.before.refund == seen.after.refund
    assert not seen.saved[same].any()


def _quarter(count=120):
    chance = random.Random(7)  # noqa: S311 - only a quarter to replay
    return _rows(
        *(
            {
                "Unit Paid": chance.randrange(500, 20_000) / 100,
                "Reason": chance.choice(["UNWANTED_ITEM", "CR-DEFECTIVE"]),
                "Condition": chance.choice([None, "Sealed", "Opened", "Damaged"]),
            }
            for _ in range(count)
        )
    )


def test_no_pair_of_tiers_costs_less_than_the_proposed_one():
    rows = _quarter(60)
    asked = past(rows, Rulebook(GUIDE), DAY)
    found = best_tiers(asked, GUIDE)
    least = replay(asked, GUIDE, with_tiers(GUIDE, found)).after.cost.sum()
    grid = [*range(0, 201, 20), 25, 30, 45]
    policies = [_in_dollars(low=a, high=b) for a in grid for b in grid if a <= b]
    tried = [outcome(asked, Rulebook(p), pricing(p, GUIDE)).cost for p in policies]
    assert least <= min(costs.sum() for costs in tried)


def test_the_saving_that_is_promised_is_the_one_that_the_replay_finds():
    asked = past(_quarter(), Rulebook(GUIDE), DAY)
    (usd,) = best_tiers(asked, GUIDE)
    assert replay(asked, GUIDE, with_tiers(GUIDE, [usd])).saved.sum() == usd.saved > 0


def test_too_few_returns_propose_no_tiers():
    few = past(_quarter(thresholds.LEAST_ROWS - 1), Rulebook(GUIDE), DAY)
    assert best_tiers(few, GUIDE) == []


def test_tiers_that_are_already_best_stay_as_they_are():
    asked = past(_quarter(), Rulebook(GUIDE), DAY)
    best = with_tiers(GUIDE, best_tiers(asked, GUIDE))
    (again,) = best_tiers(asked, best)
    assert (again.saved, again.low, again.high) == (0, best.tiers[0].low, best.tiers[0].high)


@given(st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=200))
def test_an_interval_is_ordered_and_the_same_in_every_run(amounts):
    values, orders = np.array(amounts), np.arange(len(amounts))
    low, high = interval(values, orders)
    assert low <= high
    assert (low, high) == interval(values, orders)


def test_an_interval_of_equal_amounts_is_a_point_and_of_unequal_ones_covers_their_sum():
    orders = np.arange(400)
    assert interval(np.full(400, 25), orders) == (10_000, 10_000)
    amounts = np.random.default_rng(1).integers(-100, 300, 400)
    low, high = interval(amounts, orders)
    assert low < amounts.sum() < high
    spread = 1.96 * amounts.std() * 20
    assert high - low == pytest.approx(2 * spread, rel=0.1)


def test_rows_of_one_order_are_drawn_together():
    amounts = np.tile([100, -100], 200)
    assert interval(amounts, np.repeat(np.arange(200), 2)) == (0, 0)
    low, high = interval(amounts, np.arange(400))
    assert low < 0 < high


def test_every_assumption_is_pushed_both_ways_and_only_its_own():
    asked = past(_quarter(40), Rulebook(GUIDE), DAY)
    other = with_tiers(GUIDE, best_tiers(asked, GUIDE))
    saved = savings(asked, GUIDE, other)
    usual = Assumptions.of(GUIDE)
    found = swings(usual, saved)
    assert len(found) == len(usual.__slots__)
    assert saved(usual).tolist() == replay(asked, GUIDE, other).saved.tolist()
    assert any((swing.at_low != swing.at_high).any() for swing in found)
