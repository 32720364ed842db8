"""Risk of a row, 0 to 100: the seller's weights over signals that the table itself shows.

A score is a reason to look and to collect evidence, never a verdict on a buyer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.facts import Facts, Flags
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes

Seen = Callable[[Facts, int], Flags]


def seen_signals(facts: Facts, book: Rulebook) -> dict[str, Flags]:
    """Which rows show each signal that the policy has switched on."""
    return {
        name: SIGNALS[name](facts, signal.limit)
        for name, signal in book.signals.items()
        if name in SIGNALS
    }


def score(seen: Mapping[str, Flags], book: Rulebook, count: int) -> Codes:
    """The points of all seen signals, cut to 0..100."""
    total = np.zeros(count, dtype=np.int64)
    for name, flags in seen.items():
        total += flags * book.signals[name].points
    return np.clip(total, 0, 100)


def _whim(facts: Facts) -> Flags:
    return facts.is_("Reason Group", "Changed mind", "Size")


def _days_to_request(facts: Facts) -> Codes:
    asked, delivered = facts.rows.days["Request Date"], facts.rows.days["Delivered Date"]
    dated = (asked != BLANK) & (delivered != BLANK)
    return np.where(dated, asked - delivered * dated, -1)


def _counted(name: str) -> Seen:
    return lambda facts, limit: getattr(facts.history, name) >= max(limit, 1)


def _near_deadline(facts: Facts, limit: int) -> Flags:
    late = _days_to_request(facts) >= limit
    return late & _whim(facts) & facts.is_("Condition", "Opened", *terms.WORN)


def _above_paid(facts: Facts, _: int) -> Flags:
    return (facts.net_paid != BLANK) & (facts.refunded > facts.net_paid)


def _paid_not_returned(facts: Facts, limit: int) -> Flags:
    return (facts.refunded > 0) & facts.is_("Received", "N") & (facts.table["Age"] > limit)


def _confirmed(facts: Facts, _: int) -> Flags:
    broken = facts.is_("Reason Group", "Defective") & facts.is_("Condition", "Defective")
    damaged = facts.is_("Reason Group", "Transit damage") & facts.is_("Condition", "Damaged")
    return broken | damaged


SIGNALS: Final[Mapping[str, Seen]] = MappingProxyType(
    {
        "Different item": lambda f, _: f.is_("Condition", "Different item"),
        "Unauthorised": lambda f, _: f.is_("Reason Group", "Unauthorised"),
        "Wear against reason": lambda f, _: _whim(f) & f.is_("Condition", *terms.WORN),
        "No fault found": lambda f, _: (
            f.is_("Reason Group", "Defective") & f.is_("Condition", "Sealed")
        ),
        "Late request": lambda f, limit: _days_to_request(f) > limit,
        "Near deadline": _near_deadline,
        "Same order and SKU": _counted("repeats"),
        "Bracketing": _counted("sizes_of_order"),
        "Buyer in 7 days": _counted("buyer_7_days"),
        "Buyer in 90 days": _counted("buyer_90_days"),
        "Kept items": _counted("kept_180_days"),
        "Same words": _counted("same_words"),
        "SKU burst": _counted("sku_same_day"),
        "Refunded above paid": _above_paid,
        "Refunded, not returned": _paid_not_returned,
        "Fault confirmed": _confirmed,
        "Carrier or Amazon at fault": lambda f, _: f.is_("Fault", "Carrier", "Amazon"),
        "Open to offer": lambda f, _: f.is_("Buyer Wants", "Open to offer"),
    }
)
"""Every signal that the product can see, by its name in the Risk Weights sheet."""
