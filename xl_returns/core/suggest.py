"""The suggestion columns of the Returns table, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.explain import Telling
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes

Shown = list[str | float | None]
_SERIAL_EPOCH: Final = 25_569


def suggestions(decisions: Decisions, book: Rulebook) -> dict[str, Shown]:
    """Every suggestion column by header: text, amounts in main units, days as Excel serials."""
    telling, places = Telling(decisions, book), decisions.facts.rows.places
    rows = range(decisions.facts.rows.count)
    return {
        "Action": words(decisions.action, terms.ACTIONS),
        "Refund": amounts(np.where(decisions.lacks_price, BLANK, decisions.refund), places),
        "Offer": amounts(decisions.offer, places),
        "Offer Max": amounts(decisions.offer_max, places),
        "Due": [None if day == BLANK else float(day + _SERIAL_EPOCH) for day in decisions.clocks.due],
        "Disposition": words(decisions.disposition, terms.DISPOSITIONS),
        "Resale Price": amounts(decisions.resale_price, places),
        "Recovery": amounts(decisions.recovery, places),
        "Risk": [float(score) for score in decisions.risk],
        "Appeal": [telling.appeal(row) or None for row in rows],
        "Warnings": [text or None for text in telling.warnings()],
        "Rule": [telling.rule(row) or None for row in rows],
        "Why": [telling.why(row) for row in rows],
    }


def words(codes: Codes, domain: Sequence[str]) -> Shown:
    """Positions as their words; blank stays blank."""
    return [None if code == BLANK else domain[code] for code in codes]


def amounts(minor: Codes, places: Codes) -> Shown:
    """Minor units as the numbers that cells show."""
    return [
        None if amount == BLANK else money.to_major(int(amount), int(place))
        for amount, place in zip(minor, places, strict=True)
    ]
