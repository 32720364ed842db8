"""The price tiers that would have cost least on past returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.decide import judge
from xl_returns.core.facts import Flags
from xl_returns.core.grid import MILLS
from xl_returns.core.policy import Policy, Tier
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes
from xl_returns.insight.replay import Past, order_numbers, priced, pricing

LEAST_ROWS: Final = 30
"""Fewer past returns of a currency say too little about its tiers."""
_ROUND: Final = tuple(
    step * MILLS // 100 for step in (10_000, 5_000, 1_000, 500, 100, 50, 10, 5, 1)
)
"""Steps of round amounts, from 100 down to a cent, in mills."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tiers that would have cost least in a currency, and what they save in minor units.

    `checked` is what tiers found on one half of the orders save on the other half, both ways.
    """

    currency: str
    low: float
    high: float
    rows: int
    saved: int
    checked: int


def best_tiers(asked: Past, policy: Policy) -> list[Proposal]:
    """Search every pair of tiers for each currency that has enough past returns.

    Every row is decided as low, middle and high; a pair of tiers only chooses among the three, so
    that running sums over the prices find the least exactly. Decisions pass the same gates as ever.
    """
    costs, price = _costs(asked, policy), asked.facts(Rulebook(policy)).table["Price"]
    coin = asked.rows.codes["Currency"]
    found = []
    for tier in policy.tiers:
        here = (coin == terms.CURRENCIES.index(tier.currency)) & (price != BLANK)
        if here.sum() >= LEAST_ROWS:
            found.append(_proposal(tier, costs[:, here], price[here], _half(asked, here)))
    return found


def _costs(asked: Past, policy: Policy) -> Codes:
    """The cost of each row (second axis) as low, middle and high, in minor units."""
    book, facts = Rulebook(policy), asked.facts(Rulebook(policy))
    of_tier = []
    for code in range(len(terms.TIERS)):
        tier = np.full_like(facts.table["Tier"], code)
        decisions = judge(replace(facts, table={**facts.table, "Tier": tier}), book)
        of_tier.append(priced(decisions, asked.found, pricing(policy, policy)).cost)
    return np.array(of_tier)


def _half(asked: Past, here: Flags) -> Flags:
    return order_numbers(asked)[here] % 2 == 0


def _proposal(tier: Tier, costs: Codes, price: Codes, half: Flags) -> Proposal:
    now = _mills(tier.low), _mills(tier.high)
    best = _least(costs, price, now)
    checked = 0
    for part in (half, ~half):
        if part.any() and (~part).any():
            tried = _least(costs[:, part], price[part], now)
            checked += _sum(costs, price, now, ~part) - _sum(costs, price, tried, ~part)
    everywhere = np.ones(len(price), dtype=np.bool_)
    saved = _sum(costs, price, now, everywhere) - _sum(costs, price, best, everywhere)
    low, high = (bound / MILLS for bound in best)
    return Proposal(tier.currency, low, high, len(price), saved, checked)


def _sum(costs: Codes, price: Codes, bounds: tuple[int, int], rows: Flags) -> int:
    tier = np.where(price < bounds[0], 0, np.where(price <= bounds[1], 1, 2))
    return int(costs[tier, np.arange(len(price))][rows].sum())


def _least(costs: Codes, price: Codes, now: tuple[int, int]) -> tuple[int, int]:
    """The bounds (mills) of the least total cost; those of now where nothing is cheaper.

    With the prices sorted, those before `begin` are low and those from `end` on are high.
    """
    prices, place = np.unique(price, return_inverse=True)
    sums = [np.bincount(place, weights=line, minlength=len(prices)) for line in costs]
    low, middle, high = np.array([np.concatenate([[0.0], line.cumsum()]) for line in sums])
    best_begin = np.minimum.accumulate(low - middle)
    totals = best_begin + middle + high[-1] - high
    end = int(totals.argmin())
    begin = int((low - middle)[: end + 1].argmin())
    if totals[end] >= _sum(costs, price, now, np.ones(len(price), dtype=np.bool_)):
        return now
    edges = [-1, *prices.tolist(), int(prices[-1]) + 100 * MILLS]
    if begin == end:
        bound = _plain(edges[begin] + 1, edges[begin + 1] - 1, now[0])
        return bound, bound
    return (
        _plain(edges[begin] + 1, edges[begin + 1], now[0]),
        _plain(edges[end], edges[end + 1] - 1, now[1]),
    )


def _plain(least: int, most: int, usual: int) -> int:
    """A number of mills from `least` to `most`: the usual one, else the roundest."""
    if least <= usual <= most:
        return usual
    rounded = (-(-least // step) * step for step in _ROUND)
    return next((number for number in rounded if number <= most), least)


def _mills(amount: float) -> int:
    return int(money.exact(amount) * MILLS)


def with_tiers(policy: Policy, found: list[Proposal]) -> Policy:
    """A policy whose tiers are the proposed ones."""
    new = {proposal.currency: proposal for proposal in found}
    tiers = tuple(
        tier.model_copy(update={"low": new[tier.currency].low, "high": new[tier.currency].high})
        if tier.currency in new
        else tier
        for tier in policy.tiers
    )
    return policy.but(tiers=tiers)
