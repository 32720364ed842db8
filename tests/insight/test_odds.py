"""Intervals, unlikely counts and right flags, against published numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.insight.odds import (
    chance_of_at_least,
    share_of_flags_right,
    wilson,
    worth_holding,
)

COUNTS = st.integers(1, 100_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_fourteen_defects_of_340_are_4_12_percent_from_2_47_to_6_79():
    """Published: ai-evos evaluation scenario RRL-004."""
    found = wilson(14, 340)
    assert round(100 * found.share, 2) == 4.12
    assert (round(found.low, 4), round(found.high, 4)) == (0.0247, 0.0679)


def test_five_of_twenty_may_be_11_or_47_percent():
    """Derived: Wilson (1927), 95 %, worked out by hand."""
    found = wilson(5, 20)
    assert (round(100 * found.low), round(100 * found.high)) == (11, 47)


@given(COUNTS)
def test_the_interval_holds_the_share(counts):
    found = wilson(*counts)
    assert 0 <= found.low <= found.share <= found.high <= 1


@given(COUNTS, st.integers(2, 50))
def test_the_interval_narrows_with_more_of_the_same(counts, times):
    hits, of = counts
    few, many = wilson(hits, of), wilson(hits * times, of * times)
    assert many.high - many.low < few.high - few.low


@given(COUNTS)
def test_counting_the_others_turns_the_interval_over(counts):
    hits, of = counts
    one, other = wilson(hits, of), wilson(of - hits, of)
    assert math.isclose(one.low, 1 - other.high, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("base", "right"), [(0.1514, 0.517), (0.05, 0.240), (0.03, 0.157), (0.01, 0.057)]
)
def test_of_flags_that_find_90_and_spare_85_percent_few_are_right(base, right):
    """Derived from Bayes' rule; 15.14 % is retail's own figure for 2024."""
    assert round(share_of_flags_right(0.90, 0.85, base), 3) == right


def test_holding_pays_from_a_chance_of_19_57_percent():
    """Derived: review 6, friction 12, loss 80."""
    assert round(worth_holding(6, 12, 80), 4) == 0.1957


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_the_chance_from_which_holding_pays_is_a_chance(review, friction, loss):
    assert 0 <= worth_holding(review, friction, loss) <= 1


def test_five_where_less_than_one_is_usual_are_hardly_chance():
    """Table of the Poisson distribution: P(X >= 5 | 0.5) = 0.000172."""
    assert round(chance_of_at_least(5, 0.5), 6) == 0.000172


@given(st.integers(0, 300), st.floats(0.001, 300))
def test_more_is_never_likelier_than_fewer(count, expected):
    fewer, more = chance_of_at_least(count, expected), chance_of_at_least(count + 1, expected)
    assert 0 <= more <= fewer + 1e-12 <= 1 + 1e-12
