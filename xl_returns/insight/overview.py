"""Everything that insights find in a table of returns, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from xl_returns.core import terms
from xl_returns.core.decide import Decisions
from xl_returns.core.policy_lines import INSPECTION_FEE, NEGOTIATION_FEE
from xl_returns.core.rulebook import Rulebook, venues
from xl_returns.core.tables import BLANK, Codes
from xl_returns.insight.breakeven import BreakEven, break_evens
from xl_returns.insight.fixes import Claim, Fix, claims, fixes
from xl_returns.insight.levels import LEAST_RETURNS, Levels, RateLine
from xl_returns.insight.rates import FeeForecast, Rate, fee_forecasts, rates
from xl_returns.insight.rows import Sale, returns_frame, sales_frame
from xl_returns.insight.signals import Burst, ListingFault, bursts, listing_faults


@dataclass(frozen=True)
class Insights:
    """What returns cost and why, what to mend first, and what is unusual.

    `returns` has a line per return (see `rows.returns_frame`); `currencies` come in the order of
    how many returns name them, so that the first is the main one.
    """

    returns: pl.DataFrame
    currencies: tuple[str, ...]
    rates: list[Rate]
    fees: list[FeeForecast]
    fixes: list[Fix]
    claims: list[Claim]
    bursts: list[Burst]
    listings: list[ListingFault]
    break_evens: list[BreakEven]


def find(
    decisions: Decisions,
    action: Codes,
    refund: Codes,
    book: Rulebook,
    sales: Sequence[Sale],
    lines: Sequence[RateLine],
    levels: Levels,
    reimbursed: Codes,
) -> Insights:
    """Look at decided rows, by the action and refund that count, beside what was sold."""
    sold, today = sales_frame(sales), decisions.facts.today
    rows = returns_frame(decisions, action, refund, book, sold, reimbursed)
    return Insights(
        returns=rows,
        currencies=_currencies(decisions),
        rates=rates(rows, sold, lines, today),
        fees=fee_forecasts(rows, sold, lines, today),
        fixes=fixes(rows, sold, levels),
        claims=claims(rows, sales, _usual(INSPECTION_FEE, book, today), levels),
        bursts=bursts(rows, sold, levels, _usual(NEGOTIATION_FEE, book, today), today),
        listings=listing_faults(rows, levels),
        break_evens=break_evens(decisions.facts.rows, book, today, levels.counts[LEAST_RETURNS]),
    )


def _currencies(decisions: Decisions) -> tuple[str, ...]:
    """Currencies by how many returns name them; those that tie stand in their usual order."""
    codes = decisions.facts.rows.codes["Currency"]
    counts = np.bincount(codes[codes != BLANK], minlength=len(terms.CURRENCIES))
    order = np.argsort(-counts, kind="stable")
    return tuple(terms.CURRENCIES[code] for code in order)


def _usual(name: str, book: Rulebook, today: int) -> dict[str, int]:
    """What a fee is in each currency, in minor units."""
    coins = np.arange(len(terms.CURRENCIES))
    fee = book.fee(name, venues(np.full(len(coins), BLANK), coins), today)
    return dict(zip(terms.CURRENCIES, fee.on(np.zeros_like(coins)).tolist(), strict=True))
