"""Keep-it offers as a ladder."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core.ladder import (
    ACCEPTED,
    REFUSED,
    Acceptance,
    Answered,
    Negotiation,
    acceptance,
    ladder,
    next_offer,
)

MONEY = st.integers(0, 10**7)


def test_one_offer_from_nothing_is_half_of_what_a_refusal_costs():
    """OFF-1: the buyer's limit is uniform and a refusal costs V = 40: offer 20."""
    assert next_offer(0, 4000, 1) == 2000


@given(st.integers(1, 6), st.integers(1, 1000))
def test_from_nothing_the_offers_are_those_of_the_closed_form(steps, unit):
    """K rising offers: x_k = k V / (K + 1)."""
    ceiling = unit * (steps + 1)
    offers = ladder(next_offer(0, ceiling, steps), ceiling, steps)
    assert offers == [Fraction(k * ceiling, steps + 1) for k in range(1, steps + 1)]


@given(MONEY, MONEY, st.integers(1, 8))
def test_offers_rise_and_never_pass_the_ceiling(opening, ceiling, steps):
    offers = ladder(opening, ceiling, steps)
    assert offers == sorted(offers)
    assert 1 <= len(offers) <= steps
    assert offers[-1] <= ceiling


@given(MONEY, MONEY, st.integers(1, 5))
def test_a_negotiation_follows_its_ladder_to_the_end(opening, ceiling, steps):
    stands = Negotiation("R", "USD", ceiling, opening, ceiling, steps)
    planned = stands.ladder
    made = []
    while stands.next is not None:
        made.append(stands.next)
        stands = Negotiation("R", "USD", ceiling, opening, ceiling, steps, list(made), REFUSED)
    assert made == planned
    assert "nothing left to offer" in str(stands)


def test_the_share_of_an_offer_is_rounded_half_up():
    """One of 4,000 is 2.5 basis points."""
    stands = Negotiation("R", "USD", 4_000, 1, 4_000, 3)
    assert stands.share(1) == 3


def test_an_open_or_accepted_offer_is_followed_by_none():
    stands = Negotiation("R", "EUR", 7500, 2250, 6000, 3, [2250])
    assert (stands.next, stands.waits) == (None, True)
    accepted = Negotiation("R", "EUR", 7500, 2250, 6000, 3, [2250], ACCEPTED)
    assert (accepted.next, accepted.waits) == (None, False)
    assert str(accepted) == "22.50 EUR accepted (1 of 3)"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([], "no offer like it was answered yet"),
        ([(3000, True), (3400, False), (1000, True)], "1 of 2 offers like it were accepted: too few to tell"),
        ([(3000, True)] * 7 + [(2800, False)] * 5, "7 of 12 offers like it were accepted"),
    ],
)  # fmt: skip
def test_acceptance_shows_how_much_it_rests_on(answers, told):
    assert str(acceptance(3000, [Answered(*answer) for answer in answers])) == told


def test_offers_far_off_teach_nothing():
    assert acceptance(3000, [Answered(9000, True)]) == Acceptance(0, 0)
