"""Selling fees that Amazon gives back with a refund, less the fee that it keeps for refunding.

Refund administration fee: the lesser of a cap and 20 % of the referral fee, per line (Amazon help
200387220); the shares and caps are lines of Fees.
"""

from __future__ import annotations

import numpy as np

from xl_returns.core.facts import Facts
from xl_returns.core.policy_lines import ADMINISTRATION_FEE, REFERRAL_FEE
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import Codes


class SellingFees:
    """The fees of the rows' marketplaces as they stand today, looked up once."""

    def __init__(self, facts: Facts, book: Rulebook) -> None:
        self._referral = book.fee(REFERRAL_FEE, facts.venues, facts.today)
        self._administration = book.fee(ADMINISTRATION_FEE, facts.venues, facts.today)
        self._ours = facts.is_("Controller", "Seller")

    def back(self, paid: Codes) -> Codes:
        """What comes back with a refund of each row, in minor units; nothing on refunds that
        Amazon controls."""
        referral = self._referral.on(paid)
        return np.where(self._ours, referral - self._administration.on(referral), 0)
