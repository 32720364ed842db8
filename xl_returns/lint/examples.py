"""Rows of Returns made from boxes: examples that a seller can read, paste and decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from xl_returns.core import cells, money, terms
from xl_returns.core.cells import HIGHEST, LOWEST, Interval
from xl_returns.core.facts import STATE_OF_CONDITION
from xl_returns.core.grid import MILLS
from xl_returns.core.policy import Policy
from xl_returns.lint.boxes import Box
from xl_returns.lint.space import ORDER_DATE, Space

Row = dict[str, str]

_USUAL_CONTROLLER: Final = {"MFN": "Seller", "FBA": "Amazon"}
_USUAL_TIERS: Final = (1, 0, 2)
"""The middle tier first: it is the one that most rules speak of."""
_USUAL_PRICE: Final = 75
_DELIVERY: Final = 3
"""Days from an order to its delivery, and from there to the request, where nothing is asked."""
_LONG_AGO: Final = 60
"""Days after which no withdrawal period runs."""


class Examples:
    """Makes the plainest row that a box holds; cells that do not matter stay blank."""

    def __init__(self, space: Space, policy: Policy, today: int) -> None:
        self._space, self._policy, self._today = space, policy, today
        self._names = {axis.name for axis in space.axes}

    def row(self, box: Box) -> Row | None:
        """A row as cells by header, or None where no plain one can be made."""
        reason = self._reason(box)
        price = self._price(box)
        if reason is None or price is None:
            return None
        market, paid = price
        status = self._status(box)
        channel = self._word(box, "Channel", terms.CHANNELS) or "MFN"
        controller = self._word(box, "Controller", terms.CONTROLLERS)
        row = {
            "Channel": channel,
            "Marketplace": market,
            "Quantity": "1",
            "Unit Paid": paid,
            "Status": status,
            **reason,
            "In Policy": self._word(box, "In Policy", terms.YES_NO),
            "Buyer Wants": self._word(box, "Buyer Wants", terms.BUYER_WISHES),
            "Refund Controller": "" if controller == _USUAL_CONTROLLER[channel] else controller,
            "Category": self._word(box, "Category", self._policy.categories),
            "A-to-z": "Y" if self._is_yes(box, "A-to-z") else "",
            "Refunded So Far": paid
            if self._is_yes(box, "Settled") and status != "Refunded"
            else "",
            **self._dates(box, market),
        }
        if self._is_yes(box, "Received") and status != "Received":
            row["Received Date"] = _iso(self._today)
        return {header: text for header, text in row.items() if text}

    def _values(self, box: Box, name: str) -> tuple[list[Interval], bool]:
        if name not in self._names:
            return [(LOWEST, HIGHEST)], True
        return self._space.values(box, name)

    def _holds(self, box: Box, name: str, code: int | None) -> bool:
        runs, blank = self._values(box, name)
        return blank if code is None else any(low <= code <= high for low, high in runs)

    def _status(self, box: Box) -> str:
        """Received where goods are back, as plainly as the box allows; else the first it holds."""
        back = self._is_yes(box, "Received") or "Received" not in self._names
        if back and self._holds(box, "Status", terms.STATUSES.index("Received")):
            return "Received"
        return self._word(box, "Status", terms.STATUSES)

    def _is_yes(self, box: Box, name: str) -> bool:
        """Whether a box holds Y and neither N nor a blank."""
        return self._values(box, name) == ([(0, 0)], False)

    def _word(self, box: Box, name: str, words: Sequence[str]) -> str:
        """The first word that a box holds; nothing where a blank will do."""
        if self._holds(box, name, None):
            return ""
        held = [word for code, word in enumerate(words) if self._holds(box, name, code)]
        return held[0] if held else ""

    def _reason(self, box: Box) -> Row | None:
        """Reason and Condition of which group, fault and state come as the box has them."""
        fba = self._word(box, "Channel", terms.CHANNELS) == "FBA"
        for condition in (None, *range(len(terms.CONDITIONS))):
            if not self._holds(box, "Condition", condition):
                continue
            for code, group, fault, claimed in self._claims(fba=fba):
                state = claimed if condition is None else STATE_OF_CONDITION[condition]
                facts = {
                    "Reason Group": (terms.REASON_GROUPS, group),
                    "Fault": (terms.FAULTS, fault),
                    "State": (terms.STATES, state),
                }
                if all(self._holds(box, n, w.index(v)) for n, (w, v) in facts.items()):
                    seen = "" if condition is None else terms.CONDITIONS[condition]
                    return {"Reason": code, "Condition": seen}
        return None

    def _claims(self, *, fba: bool) -> Iterator[tuple[str, str, str, str]]:
        """Code, group, fault and claimed state; first of a row that gives no reason."""
        yield "", "Unknown", "Unknown", "Unknown"
        for reason in self._policy.reasons:
            fault = reason.fault_fba if fba else reason.fault_mfn
            yield reason.code, reason.group, fault, reason.state

    def _price(self, box: Box) -> tuple[str, str] | None:
        """A marketplace, and a unit price in its currency, of the box's tier."""
        for code, market in enumerate(terms.MARKETPLACES):
            currency = terms.MARKETPLACE_CURRENCY[market]
            tier = next((t for t in self._policy.tiers if t.currency == currency), None)
            if tier is None or not self._holds(box, "Marketplace", code):
                continue
            bounds = [int(money.exact(amount) * MILLS) for amount in (tier.low, tier.high)]
            spans = ((0, bounds[0] - 1), (bounds[0], bounds[1]), (bounds[1] + 1, HIGHEST))
            for tier_code in _USUAL_TIERS:
                if not self._holds(box, "Tier", tier_code):
                    continue
                bottom, top = spans[tier_code]
                for low, high in self._values(box, "Price")[0]:
                    price = _between(max(low, bottom, 1), min(high, top), money.decimals(currency))
                    if price is not None:
                        return market, price
        return None

    def _dates(self, box: Box, market: str) -> Row:
        """Dates from which age, withdrawal and order date come as the box has them."""
        aged, unknown = self._values(box, "Age")
        ordered = self._values(box, ORDER_DATE)
        row: Row = {}
        request = None
        if not unknown and aged:
            request = self._today - max(aged[0][0], 0)
        if ORDER_DATE in self._names and not ordered[1]:
            row["Order Date"] = _iso(_day_in(ordered[0], self._today))
        lawful = market in self._policy.settings.withdrawal_marketplaces
        if lawful and not self._holds(box, "Withdrawal", None):
            request = self._today if request is None else request
            back = _DELIVERY if self._holds(box, "Withdrawal", 0) else _LONG_AGO
            row["Delivered Date"] = _iso(request - back)
        if request is not None:
            row["Request Date"] = _iso(request)
        return row


def as_case(row: Mapping[str, str]) -> str:
    """A row as Cases are written: `Header = value; Header = value`."""
    return "; ".join(f"{header} = {text}" for header, text in row.items())


def _between(low: int, high: int, decimals: int) -> str | None:
    """A plain price between two amounts in mills; with ends open upwards the lowest will do."""
    coin = MILLS // 10**decimals
    usual = _USUAL_PRICE * MILLS
    if low <= usual <= high:
        return str(_USUAL_PRICE)
    for step in (MILLS, coin, 1):
        first = -(-low // step) * step
        if first <= high:
            return f"{(money.exact(first) / MILLS).normalize():f}"
    return None


def _day_in(runs: Sequence[Interval], today: int) -> int:
    for low, high in reversed(runs):
        if low <= today:
            return min(high, today)
    return runs[0][0]


def _iso(day: int) -> str:
    return cells.date_of(day).isoformat()
