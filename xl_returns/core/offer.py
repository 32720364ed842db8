"""The keep-it offer: how much to offer first, and the most that still beats a return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.facts import Facts
from xl_returns.core.policy_lines import INSPECTION_FEE, LABEL_FEE
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes, or_zero


@dataclass(frozen=True)
class Offer:
    """Opening and highest offer per row, and the cost of having the goods sent back; minor units."""

    opening: Codes
    most: Codes
    label: Codes
    inspection: Codes


def keep_it_offer(facts: Facts, book: Rulebook, refundable: Codes, recovery: Codes) -> Offer:
    """The offer of every row.

    The most to offer is P - rho x max(0, R - s - c): the refund P that a return would cost, less
    what the goods would bring after label s and inspection c, times the chance rho that they come
    back. Above it, a return is cheaper.
    """
    settings, label = book.policy.settings, return_label(facts, book)
    inspection = _usual(INSPECTION_FEE, facts, book)
    goods = or_zero(recovery) * facts.units
    gain = np.maximum(goods - label - inspection * facts.units, 0)
    most = np.maximum(refundable - money.percent_of(gain, settings.chance_goods_come_back), 0)
    high = facts.is_("Tier", "high")
    share = np.where(high, settings.opening_offer_high, settings.opening_offer_middle)
    opening = money.percent_of(or_zero(facts.net_paid), share)
    return Offer(np.minimum(opening, most), most, label, inspection)


def return_label(facts: Facts, book: Rulebook) -> Codes:
    """What a return label costs the seller on each row, in minor units."""
    payer, own = facts.rows.codes["Label Payer"], facts.rows.amounts["Label Cost"]
    paid_by_others = (payer != BLANK) & (payer != terms.PAYERS.index("Seller"))
    return np.where(paid_by_others, 0, np.where(own == BLANK, _usual(LABEL_FEE, facts, book), own))


def _usual(fee: str, facts: Facts, book: Rulebook) -> Codes:
    nothing = np.zeros(facts.rows.count, dtype=np.int64)
    return book.fee(fee, facts.venues, facts.today).on(nothing)
