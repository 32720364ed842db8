"""The true cost of returns: what a seller has less because goods came back.

Cost = refunds - referral fee credited + refund administration fee + label + handling
     + ad spend of the units that came back (selling them again costs it again)
     - what the goods bring - what was reimbursed.

The goods' lost value, what they cost less what they bring, is told beside it and not added.
All amounts are minor units of each row's currency; currencies never add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.facts import Facts, Flags, does
from xl_returns.core.policy_lines import ADMINISTRATION_FEE, INSPECTION_FEE, REFERRAL_FEE
from xl_returns.core.resale import new_price
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes

_ADDED: Final = ("refunds", "refund_fees", "labels", "handling", "ad_spend")
_TAKEN_OFF: Final = ("referral_back", "recovery", "reimbursed")


@dataclass(frozen=True)
class Costs:
    """The parts of the cost per row, in minor units."""

    refunds: Codes
    referral_back: Codes
    refund_fees: Codes
    labels: Codes
    handling: Codes
    ad_spend: Codes
    recovery: Codes
    reimbursed: Codes
    lost_value: Codes

    @property
    def cost(self) -> Codes:
        """What the row costs in all; below 0 where it brought more than it took."""
        added = sum((getattr(self, name) for name in _ADDED), np.zeros_like(self.refunds))
        return added - sum((getattr(self, name) for name in _TAKEN_OFF), np.zeros_like(added))

    def columns(self) -> dict[str, Codes]:
        """The parts and the cost by name."""
        return {part.name: getattr(self, part.name) for part in fields(self)} | {"cost": self.cost}


def names() -> list[str]:
    """What costs consist of, and the cost itself."""
    return [*(part.name for part in fields(Costs)), "cost"]


def costs_of(
    decisions: Decisions,
    action: Codes,
    refund: Codes,
    book: Rulebook,
    ad_spend: Codes,
    reimbursed: Codes,
) -> Costs:
    """The cost of every row, by the action and refund (minor units) that count for it.

    `ad_spend` and `reimbursed` are the rows' own shares. A return that waits for its goods counts
    with the refund that will be due; one that was refunded, or that Amazon refunds, with the whole
    price where no amount is told.
    """
    facts = decisions.facts
    refunds = _refunds(decisions, action, refund)
    comes = _comes_back(facts, action)
    goods = comes | (facts.is_("Controller", "Amazon") & (refunds > 0))
    recovery = np.where(goods & (reimbursed == 0), _recovery(decisions), 0)
    gone = (refunds > 0) | comes
    fees = {
        name: book.fee(name, facts.venues, facts.today)
        for name in (REFERRAL_FEE, ADMINISTRATION_FEE, INSPECTION_FEE)
    }
    referral = np.where(refunds > 0, fees[REFERRAL_FEE].on(refunds), 0)
    inspection = fees[INSPECTION_FEE].on(np.zeros_like(refunds))
    return Costs(
        refunds=refunds,
        referral_back=referral,
        refund_fees=np.where(referral > 0, fees[ADMINISTRATION_FEE].on(referral), 0),
        labels=np.where(comes, decisions.terms_of_offer.label, 0),
        handling=np.where(comes, inspection * facts.units, 0),
        ad_spend=ad_spend,
        recovery=recovery,
        reimbursed=reimbursed,
        lost_value=np.where(gone, np.maximum(_worth(facts) - recovery, 0), 0),
    )


def per(rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Rows with costs, summed by columns, the dearest first within each currency."""
    return (
        rows.group_by([*keys, "currency"], maintain_order=True)
        .agg(pl.len().alias("returns"), pl.col("units").sum(), *(pl.col(n).sum() for n in names()))
        .sort("currency", "cost", *keys, descending=[False, True, *[False] * len(keys)])
    )


def _refunds(decisions: Decisions, action: Codes, refund: Codes) -> Codes:
    facts = decisions.facts
    waits = does(action, terms.APPROVE)
    ours = facts.refunded + np.where(waits, decisions.money.total, refund)
    declined = facts.is_("Channel", "MFN") & facts.is_("Status", "Closed")
    paid = facts.is_("Status", "Refunded") | (facts.is_("Controller", "Amazon") & ~declined)
    return np.where(paid & (facts.refunded == 0), decisions.money.net_paid, ours)


def _comes_back(facts: Facts, action: Codes) -> Flags:
    """Rows of your own shipping whose goods are back, or on their way."""
    back = facts.is_("Received", "Y") | facts.is_("Status", "In transit")
    back |= does(action, terms.APPROVE, terms.REFUND_ON_RECEIPT)
    return back & ~facts.is_("Channel", "FBA")


def _recovery(decisions: Decisions) -> Codes:
    unit = decisions.resale.recovery
    return np.where(unit == BLANK, 0, unit) * decisions.facts.units


def _worth(facts: Facts) -> Codes:
    """What the units cost to buy, else what new ones sell for."""
    cost, price = facts.rows.amounts["Unit Cost"], new_price(facts)
    unit = np.where(cost == BLANK, price, cost)
    return np.where(unit == BLANK, 0, unit) * facts.units


def shares_of(total: Codes, units: Codes, of: Codes) -> Codes:
    """Parts of totals that belong to `units` of `of` units, half up; 0 where `of` is 0."""
    known = of > 0
    return np.where(known, money.divide_half_up(total * units, np.where(known, of, 1)), 0)
