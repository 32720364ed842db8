"""What counts can tell: intervals of shares, unlikely numbers, flags that are right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Final

_MISSED: Final = 0.05
"""How often an interval misses: it holds 95 %."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share between 0 and 1, and the two ends of its 95 % interval."""

    share: float
    low: float
    high: float


def wilson(hits: int, of: int, among: int = 1) -> Interval:
    """The share of hits with Wilson's interval (1927); `of` is at least 1.

    `among` so many intervals, all hold their share with 95 % together (Bonferroni).
    """
    share, spread = hits / of, _z(among) ** 2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return Interval(share, max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0))


@cache
def _z(among: int) -> float:
    """How many standard deviations an interval reaches: 1.96 for one alone."""
    return NormalDist().inv_cdf(1 - _MISSED / 2 / among)


def chance_of_at_least(count: int, expected: float) -> float:
    """The chance of so many or more events where `expected` are usual (Poisson)."""
    if count <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    if count <= expected:
        return max(1.0 - sum(_chance_of(number, expected) for number in range(count)), 0.0)
    term, total, number = _chance_of(count, expected), 0.0, count
    while term > total * 1e-17:
        total, number = total + term, number + 1
        term *= expected / number
    return min(total, 1.0)


def _chance_of(count: int, expected: float) -> float:
    return math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))


def share_of_flags_right(finds: float, spares: float, base: float) -> float:
    """Of all flags, the share that is right (positive predictive value).

    `finds` is the share of true cases that are flagged (sensitivity), `spares` the share of the
    others that are not (specificity), `base` how common true cases are.
    """
    right, wrong = finds * base, (1 - spares) * (1 - base)
    return right / (right + wrong) if right + wrong else 0.0


def worth_holding(review: float, friction: float, loss: float) -> float:
    """The chance of a loss from which on it pays to hold a refund and look.

    Costs in one currency: `review` of looking, `friction` of an honest buyer who waits, `loss` of
    a refund that should not have been paid: p* = (review + friction) / (loss + friction).
    """
    if loss + friction <= 0:
        return 1.0
    return min((review + friction) / (loss + friction), 1.0)
