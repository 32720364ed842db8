"""The plan for many units: the best there is within the caps, proved against every other one."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight.published import MICRO, recoveries
from xl_returns.insight.channels import IMPOSSIBLE, Channel, best_plan

ONE_EACH = np.ones(500, dtype=np.int64)
PUBLISHED = [Channel(), Channel(cap=80), Channel(cap=120), Channel(), Channel()]
CELL = st.just(IMPOSSIBLE) | st.integers(-300, 900)
LIMIT = st.none() | st.integers(0, 4)
COST = st.none() | st.integers(0, 1_500)


@st.composite
def instances(draw, shipments=COST):
    """Up to five rows of one or two units, three ways, caps and shipments."""
    rows = draw(st.integers(1, 5))
    cells = draw(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=rows, max_size=rows))
    units = draw(st.lists(st.integers(1, 2), min_size=rows, max_size=rows))
    channels = [Channel(draw(LIMIT), draw(shipments)) for _ in range(3)]
    return np.array(cells, dtype=np.int64), np.array(units, dtype=np.int64), channels


def whole(plan):
    return plan.total, int(plan.left.sum())


def by_trying_all(recovery, units, channels):
    """The greatest total among the assignments that leave the fewest units."""
    lines = np.repeat(recovery, units, axis=0).tolist()
    best = None
    for ways in itertools.product(range(-1, len(channels)), repeat=len(lines)):
        pairs = [(line, way) for line, way in zip(lines, ways, strict=True) if way >= 0]
        used = [sum(way == w for _, way in pairs) for w in range(len(channels))]
        broken = any(c.cap is not None and n > c.cap for c, n in zip(channels, used, strict=True))
        if broken or any(line[way] == IMPOSSIBLE for line, way in pairs):
            continue
        cost = sum(c.shipment or 0 for c, n in zip(channels, used, strict=True) if n)
        found = (len(pairs) - len(lines), sum(line[way] for line, way in pairs) - cost)
        best = found if best is None else max(best, found)
    return best[1], -best[0]


def test_the_published_units_bring_the_optimum_within_the_caps():
    """CAP-1: the page's own greedy sends 177 units to a liquidator that takes 120."""
    plan = best_plan(recoveries(), ONE_EACH, PUBLISHED)
    assert round(plan.total / MICRO, 2) == 18125.80
    assert plan.units.sum(axis=0).tolist() == [243, 80, 120, 57, 0]
    assert round(plan.uncapped / MICRO, 2) == 19066.71


def test_a_cap_is_worth_what_its_last_unit_brought_and_what_one_more_would_bring():
    """CAP-1: a programme's own shadow price is any between the two; outlet 17.92 is the last."""
    plan = best_plan(recoveries(), ONE_EACH, PUBLISHED)
    assert [round(price / MICRO, 2) for price in plan.last_unit] == [0, 17.92, 13.50, 0, 0]
    assert [round(price / MICRO, 2) for price in plan.one_more] == [0, 17.90, 13.50, 0, 0]


@given(instances())
@settings(deadline=None, max_examples=150)
def test_no_other_assignment_brings_more(instance):
    recovery, units, channels = instance
    if units.sum() > 7:
        units = np.ones_like(units)
    assert whole(best_plan(recovery, units, channels)) == by_trying_all(recovery, units, channels)


@given(instances())
@settings(deadline=None)
def test_the_plan_never_breaks_a_cap_and_loses_no_unit(instance):
    recovery, units, channels = instance
    plan = best_plan(recovery, units, channels)
    for used, channel in zip(plan.units.sum(axis=0).tolist(), channels, strict=True):
        assert channel.cap is None or used <= channel.cap
    assert (plan.units.sum(axis=1) + plan.left == units).all()
    assert not plan.units[recovery == IMPOSSIBLE].any()


@given(instances(shipments=st.none()), st.integers(0, 2))
@settings(deadline=None)
def test_one_unit_of_cap_more_or_less_changes_the_total_by_its_price(instance, way):
    recovery, units, channels = instance
    recovery[:, 2] = np.where(recovery[:, 2] == IMPOSSIBLE, -300, recovery[:, 2])
    channels[2] = Channel()
    cap = channels[way].cap
    if cap is None:
        return

    def total(cap):
        changed = [*channels[:way], Channel(cap), *channels[way + 1 :]]
        return best_plan(recovery, units, changed).total

    plan = best_plan(recovery, units, channels)
    assert total(cap + 1) - plan.total == plan.one_more[way]
    if cap:
        assert plan.total - total(cap - 1) == plan.last_unit[way]


@given(instances(shipments=st.none()))
@settings(deadline=None)
def test_without_caps_every_unit_goes_its_best_way_and_the_first_of_equals(instance):
    recovery, units, channels = instance
    plan = best_plan(recovery, units, [Channel()] * len(channels))
    possible = (recovery != IMPOSSIBLE).any(axis=1)
    assert (plan.units.argmax(axis=1) == recovery.argmax(axis=1))[possible].all()
    assert plan.total == plan.uncapped
    assert plan.left.sum() == units[~possible].sum()


@given(instances(), st.data())
@settings(deadline=None)
def test_a_better_way_never_lowers_the_plans_total(instance, data):
    recovery, units, channels = instance
    recovery[:, 0] = np.where(recovery[:, 0] == IMPOSSIBLE, -300, recovery[:, 0])
    channels[0] = Channel()
    before = best_plan(recovery, units, channels).total
    better = recovery.copy()
    way = data.draw(st.integers(0, 2))
    better[:, way] += np.where(better[:, way] == IMPOSSIBLE, 0, data.draw(st.integers(0, 500)))
    assert best_plan(better, units, channels).total >= before
    more = np.column_stack((recovery, recovery[::-1, 0]))
    assert best_plan(more, units, [*channels, Channel(1)]).total >= before


@pytest.mark.parametrize(("units", "pays", "wait"), [(9, False, 5), (13, False, 1), (14, True, 0)])
def test_a_shipment_waits_for_as_many_units_as_bear_its_cost(units, pays, wait):
    """100.00 a shipment, each unit gains 7.50 by it: 13.3 units, so 14."""
    recovery = np.array([[1_250, 500]])
    plan = best_plan(recovery, np.array([units]), [Channel(shipment=10_000), Channel()])
    (seen,) = plan.consolidations
    assert (seen.pays, seen.pays_from, seen.wait_for, seen.units) == (pays, 14, wait, units)
    assert plan.units.tolist() == [[units, 0] if pays else [0, units]]


def test_a_shipment_that_just_bears_its_cost_is_made():
    plan = best_plan(np.array([[1_250, 500]]), np.array([4]), [Channel(None, 3_000), Channel()])
    assert plan.units.tolist() == [[4, 0]]


def test_a_shipment_that_no_unit_gains_by_has_nothing_to_wait_for():
    plan = best_plan(np.array([[400, 500]]), np.array([4]), [Channel(None, 100), Channel()])
    (seen,) = plan.consolidations
    assert (seen.pays, seen.pays_from, seen.wait_for) == (False, None, None)


def test_the_rows_of_like_units_are_served_from_the_top():
    recovery = np.array([[900, 100], [500, 100], [900, 100], [900, 100]])
    plan = best_plan(recovery, np.array([2, 1, 2, 1]), [Channel(cap=3), Channel()])
    assert plan.units.tolist() == [[2, 0], [0, 1], [1, 1], [0, 1]]


def test_no_rows_make_an_empty_plan():
    plan = best_plan(
        np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.int64), [Channel(1)] * 2
    )
    assert (plan.total, plan.uncapped, plan.one_more) == (0, 0, (0, 0))


def test_a_hundred_thousand_units_are_planned_in_seconds():
    random = np.random.default_rng(7)
    price = random.integers(1_000, 9_000, 2_000)[random.integers(0, 2_000, 100_000)]
    recovery = price[:, None] * np.array([95, 80, 60, 40, 0]) // 100 - np.array(
        [700, 300, 200, 90, 84]
    )
    channels = [Channel(9_000), Channel(20_000), Channel(30_000), Channel(None, 10**6), Channel()]
    began = time.process_time()
    plan = best_plan(recovery, np.ones(100_000, dtype=np.int64), channels)
    assert time.process_time() - began < 10
    assert plan.units.sum(axis=0)[:3].tolist() == [9_000, 20_000, 30_000]
