"""What nobody knows beforehand and every price of a decision rests on."""

from __future__ import annotations

from dataclasses import dataclass

from xl_returns.core import money
from xl_returns.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Chances and multiples of what the policy says, in basis points (10,000 = sure, or as said)."""

    goods_back: int
    """Chance that goods come back once a return is approved."""
    appeal: int
    """Chance that a claim is granted."""
    acceptance: int = money.BASIS
    """Multiple of the chance that an offer is taken: its share of net paid."""
    recovery: int = money.BASIS
    label: int = money.BASIS
    inspection: int = money.BASIS

    @classmethod
    def of(cls, policy: Policy) -> Assumptions:
        """What a policy's Settings and Fees say."""
        settings = policy.settings
        return cls(settings.chance_goods_come_back, settings.chance_appeal_granted)
