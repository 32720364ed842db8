"""How sure a sum over past returns is: resampling of orders, and assumptions pushed both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from xl_returns.core import money
from xl_returns.core.tables import Codes
from xl_returns.insight.assumptions import Assumptions

SEED: Final = 20261124
DRAWS: Final = 2_000
_GROUPS: Final = 2_000
"""More orders than this are dealt into so many groups, which are drawn instead of them."""
_SPREAD: Final = 2_500
"""Assumptions are pushed a quarter down and up; chances stay within 0 and 100 %."""
LABELS: Final = {
    "goods_back": "Chance goods come back",
    "acceptance": "Offers accepted",
    "recovery": "What goods bring",
    "label": "Return label",
    "inspection": "Inspection",
    "appeal": "Claims granted",
}


def interval(amounts: Codes, orders: Codes) -> tuple[int, int]:
    """95 % bootstrap interval of a total, in minor units; rows of one order are drawn together.

    `orders` numbers the order of each row. The draws are the same in every run.
    """
    if len(amounts) == 0:
        return 0, 0
    chance = np.random.default_rng(SEED)
    _, number = np.unique(orders, return_inverse=True)
    groups = min(int(number.max()) + 1, _GROUPS)
    group = chance.permutation(int(number.max()) + 1)[number] % groups
    sums = np.bincount(group, weights=amounts.astype(np.float64), minlength=groups)
    weights = chance.multinomial(groups, np.full(groups, 1 / groups), size=DRAWS)
    low, high = np.percentile(weights @ sums, [2.5, 97.5])
    return round(float(low)), round(float(high))


@dataclass(frozen=True, slots=True)
class Swing:
    """An assumption pushed down and up (basis points), and the results then (minor units)."""

    assumption: str
    low: int
    high: int
    at_low: Codes
    at_high: Codes


def swings(usual: Assumptions, result: Callable[[Assumptions], Codes]) -> list[Swing]:
    """Push each assumption a quarter down and up, the others as they are."""
    return [
        Swing(
            LABELS[name],
            low,
            high,
            result(replace(usual, **{name: low})),
            result(replace(usual, **{name: high})),
        )
        for name, low, high in _pushed(usual)
    ]


def _pushed(usual: Assumptions) -> Iterator[tuple[str, int, int]]:
    chances = ("goods_back", "appeal")
    for name in LABELS:
        now = getattr(usual, name)
        low, high = (int(_share(now, money.BASIS + push)) for push in (-_SPREAD, _SPREAD))
        yield name, low, min(high, money.BASIS) if name in chances else high


def _share(amount: int, basis_points: int) -> npt.NDArray[Any]:
    return money.percent_of(np.array(amount), basis_points)
