"""What a refund by the seller gives up: claims that only cover refunds which Amazon issued."""

from __future__ import annotations

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes, or_zero


def forfeits(decisions: Decisions, book: Rulebook) -> Codes:
    """The most that SAFE-T could pay for each row and will not once the seller refunds it.

    Minor units, BLANK where there is nothing to lose. Goods that came back worn, by the buyer's
    hand or nobody knows whose; the share is a setting. Source: Amazon help 202175000.
    """
    facts = decisions.facts
    ours = facts.is_("Channel", "MFN") & facts.is_("Controller", "Seller")
    worn = facts.is_("Condition", *terms.WORN)
    losing = ours & facts.is_("Received", "Y") & worn & facts.is_("Fault", "Buyer", "Unknown")
    paid = or_zero(facts.net_paid)
    worth = money.percent_of(paid, book.policy.settings.safe_t_damage_share)
    return np.where(losing & (worth > 0) & ~facts.is_("Settled", "Y"), worth, BLANK)
