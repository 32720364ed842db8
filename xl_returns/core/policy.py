"""The seller's policy: plain frozen data, one model per sheet.

Rules keep their conditions as closed integer intervals per column (see `rulebook`); amounts are
numbers as typed, turned into minor units when a row's currency is known. Days count from 1970-01-01.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict

from xl_returns.core.cells import Interval
from xl_returns.core.money import BASIS

Conditions = Mapping[str, tuple[Interval, ...] | None]


def fingerprint(text: str) -> str:
    """The version that a text of `Policy.what_decides` bears."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class _Line(BaseModel):
    """A line of a policy sheet; `place` is where the seller finds it."""

    model_config = ConfigDict(frozen=True)

    place: str = ""
    basis: str = ""
    note: str = ""
    source: str = ""


class Rule(_Line):
    """What every rule has: a lasting id, the order dates it holds for, and its conditions."""

    id: str
    first_day: int | None
    last_day: int | None
    conditions: Conditions


class ActionRule(Rule):
    """What to do with a row."""

    action: str


class RefundRule(Rule):
    """What may be kept back: a share of net paid (basis points), and who bears shipping."""

    withhold: int
    refund_outbound: bool
    deduct_label: bool


class ResaleRule(Rule):
    """A way to get money from the goods; price = share of the new price, within floor and cap.

    Amounts are in main units of the row's currency, shares in basis points.
    """

    disposition: str
    grade: str
    percent: int
    fees: tuple[str, ...]
    currency: str | None
    floor: float | None
    cap: float | None
    ending: float | None = None
    """What prices end in, such as 0.99."""
    photos: bool = False
    weeks: int = 0
    """How long a unit takes to sell."""
    loss: int = 0
    """What a unit loses of its value each week."""
    storage: str = ""
    """The fee for a unit and week until it is sold."""
    chance: int = BASIS
    """How likely a unit is sold at all."""
    most_units: int | None = None
    """How many units this way can take at once; seen by the goods plan alone."""
    per_shipment: str = ""
    """The fee for a whole shipment; seen by the goods plan alone."""


class Reason(_Line):
    """A reason code: what it claims and who is at fault, by channel."""

    code: str
    group: str
    fault_mfn: str
    fault_fba: str
    state: str
    postage: str


class Tier(_Line):
    """The two unit prices that part low, middle and high in a currency."""

    currency: str
    low: float
    high: float


class Fee(_Line):
    """A dated charge per unit: a share of the price (basis points) and/or an amount."""

    name: str
    marketplace: str | None
    currency: str | None
    first_day: int | None
    last_day: int | None
    percent: int
    amount: float
    cap: float | None


class Deadline(_Line):
    """A dated clock: so many calendar or business days."""

    name: str
    marketplace: str | None
    first_day: int | None
    last_day: int | None
    days: int
    business: bool


class Holiday(_Line):
    """A day on which a marketplace differs from its public calendar."""

    day: int
    marketplace: str | None
    is_open: bool


class Signal(_Line):
    """Points that a risk signal adds, and where it starts."""

    name: str
    points: int
    limit: int


class Message(_Line):
    """A text to the buyer for an action, in a language."""

    action: str
    language: str
    text: str


class Case(_Line):
    """An example row with the outcome that the seller expects."""

    name: str
    row: Mapping[str, str]
    action: str
    refund: float | None


class Settings(BaseModel):
    """Choices for the whole workbook; shares in basis points."""

    model_config = ConfigDict(frozen=True)

    language: str = "en"
    opening_offer_middle: int = 0
    opening_offer_high: int = 0
    chance_goods_come_back: int = 10_000
    chance_appeal_granted: int = 5_000
    photo_threshold: int = 10_000
    withdrawal_period: int = 0
    withdrawal_marketplaces: tuple[str, ...] = ()
    fashion_categories: tuple[str, ...] = ()
    ships_from_abroad: bool = False
    prices_exclude_vat: tuple[str, ...] = ()
    condition_when_intact: str = "Opened"
    condition_when_faulty: str = "Defective"
    safe_t_damage_share: int = 0
    ask_above: int = 0
    """Times the high price of a currency; new refunds above it are asked about first."""
    offer_steps: int = 1
    weight_tolerance: int = 0
    sales_tax_apart: tuple[str, ...] = ()
    home_marketplace: str | None = None
    """The shop of reports that name none; it helps to read, it decides nothing."""


class Policy(BaseModel):
    """Everything the seller decided, parsed once."""

    model_config = ConfigDict(frozen=True)

    settings: Settings
    tiers: tuple[Tier, ...]
    action_rules: tuple[ActionRule, ...]
    refund_rules: tuple[RefundRule, ...]
    reasons: tuple[Reason, ...]
    resale_rules: tuple[ResaleRule, ...]
    fees: tuple[Fee, ...]
    deadlines: tuple[Deadline, ...]
    holidays: tuple[Holiday, ...]
    signals: tuple[Signal, ...]
    messages: tuple[Message, ...]
    cases: tuple[Case, ...]
    categories: tuple[str, ...]

    def but(self, **changes: Any) -> Policy:
        """Make the same policy with other lines or settings."""
        return Policy(**{**dict(self), **changes})

    def spoken(self, language: str) -> Policy:
        """Make the same policy with sentences in a language."""
        return self.but(settings=self.settings.model_copy(update={"language": language}))

    @cached_property
    def version(self) -> str:
        """Fingerprint of what decides: equal policies have equal versions, wherever they stand."""
        return fingerprint(self.what_decides())

    def what_decides(self) -> str:
        """All that decides, as JSON: without places, notes, texts to buyers and cases."""
        left_out: dict[str, Any] = {name: {"__all__": _TOLD} for name in _LINES}
        left_out |= {"settings": {"home_marketplace"}, "messages": True, "cases": True}
        return self.model_dump_json(exclude=left_out)

    @classmethod
    def of_what_decides(cls, text: str) -> Policy:
        """The policy behind `what_decides`; ValueError when the text is none."""
        return cls.model_validate({**json.loads(text), "messages": [], "cases": []})


_TOLD = {"place", "note", "source", "basis"}
_LINES = (
    "tiers", "action_rules", "refund_rules", "reasons", "resale_rules", "fees", "deadlines",
    "holidays", "signals",
)  # fmt: skip
