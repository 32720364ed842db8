"""The suggestion columns of the Returns table, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from xl_returns.core import money, serials, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.facts import Flags
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes
from xl_returns.core.voice import Voice
from xl_returns.core.warnings import Warnings
from xl_returns.core.why import Reasons

Shown = list[str | float | None]


def suggestions(decisions: Decisions, book: Rulebook) -> dict[str, Shown]:
    """Every suggestion column by header: text, amounts in main units, days as Excel serials."""
    voice, places = Voice(decisions, book), decisions.facts.rows.places
    reasons = Reasons(voice)
    rows = range(decisions.facts.rows.count)
    return {
        "Action": words(decisions.action, terms.ACTIONS),
        "Refund": amounts(np.where(decisions.lacks_price, BLANK, decisions.refund), places),
        "Offer": amounts(decisions.offer, places),
        "Offer Max": amounts(decisions.offer_max, places),
        "Due": _or_none(decisions.clocks.due == BLANK, decisions.clocks.due + float(serials.EPOCH)),
        "Disposition": words(decisions.disposition, terms.DISPOSITIONS),
        "Resale Price": amounts(decisions.resale_price, places),
        "Recovery": amounts(decisions.recovery, places),
        "Risk": decisions.risk.astype(np.float64).tolist(),
        "Appeal": list(reasons.appeals()),
        "Warnings": list(Warnings(voice).texts()),
        "Rule": [voice.rule(row) or None for row in rows],
        "Why": list(reasons.whys()),
    }


def words(codes: Codes, domain: Sequence[str]) -> Shown:
    """Positions as their words; blank stays blank."""
    shown: dict[int, str | None] = {BLANK: None, **dict(enumerate(domain))}
    return [shown[code] for code in codes.tolist()]


def amounts(minor: Codes, places: Codes) -> Shown:
    """Minor units as the numbers that cells show."""
    return _or_none(minor == BLANK, minor / money.scale(places))


def _or_none(blank: Flags, values: npt.NDArray[np.floating[Any]]) -> Shown:
    shown: Shown = values.tolist()
    for row in np.flatnonzero(blank).tolist():
        shown[row] = None
    return shown
