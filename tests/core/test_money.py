"""Money is exact."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core import money

CENTS = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("number", "places", "minor"),
    [(1.005, 2, 101), (0.285, 2, 29), (2.675, 2, 268), (1.1e2, 0, 110), ("77.98", 2, 7798)],
)
def test_a_tie_is_rounded_up_as_excel_shows_it(number, places, minor):
    assert money.to_minor(number, places) == minor


@given(CENTS, st.integers(min_value=0, max_value=10_000))
def test_a_share_is_the_decimal_share_rounded_half_up_once(cents, points):
    exact = (Decimal(cents) * points / 10_000).quantize(Decimal(1), ROUND_HALF_UP)
    assert money.percent_of(np.array([cents]), points)[0] == exact


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_division_rounds_half_away_from_zero_for_both_signs(top, bottom):
    exact = (Decimal(top) / bottom).quantize(Decimal(1), ROUND_HALF_UP)
    assert money.divide_half_up(np.array([top]), bottom)[0] == exact


@given(CENTS, st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_the_parts_of_a_line_add_up_to_the_line(total, parts):
    of, before, given_out = sum(parts), 0, 0
    for units in parts:
        given_out += money.share(total, before, units, of)
        before += units
    assert given_out == total


@given(st.integers(-(10**11), 10**11), st.sampled_from([0, 2, 3]))
def test_what_a_cell_shows_is_what_was_meant(minor, places):
    assert money.to_minor(money.to_major(minor, places), places) == minor
    assert money.show(minor, places) == f"{Decimal(minor).scaleb(-places):.{places}f}"
