"""A policy compiled once: decision tables and look-ups that answer for whole columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import holidays
import numpy as np
import numpy.typing as npt

from xl_returns.core import cells, money, terms
from xl_returns.core.grid import MILLS
from xl_returns.core.policy import Deadline, Fee, Policy, Rule, Signal
from xl_returns.core.policy_lines import reason_key
from xl_returns.core.policy_sheets import OTHER_CATEGORY
from xl_returns.core.tables import (
    BLANK,
    Codes,
    DecisionTable,
    compile_axis,
    places_of,
)
from xl_returns.core.texts import distinct, distinct_codes

_COUNTRY: Final = {"UK": "GB"}
_HOLIDAY_SPAN: Final = 1
"""Holidays are looked up for the year of each date and so many years after it."""


@dataclass(frozen=True)
class ReasonFacts:
    """What reason codes say, per row, as positions in the declared words."""

    group: Codes
    fault: Codes
    state: Codes
    buyer_pays_postage: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]


class Rulebook:
    """The compiled form of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.actions = _table(policy.action_rules)
        self.refunds = _table(policy.refund_rules)
        self.resales = _table(policy.resale_rules)
        self.signals: Mapping[str, Signal] = {s.name: s for s in policy.signals}
        self._reasons = {r.code: r for r in policy.reasons}
        self._tiers = {t.currency: t for t in policy.tiers}
        self._fee_lines: dict[tuple[str, str, str, int], tuple[int, int, int]] = {}
        self._fees: dict[str, list[Fee]] = {}
        for fee in policy.fees:
            self._fees.setdefault(fee.name, []).append(fee)
        self._categories = {
            name.casefold(): code
            for code, name in reversed(list(enumerate(policy.categories)))
            if name != OTHER_CATEGORY
        }

    def reasons(self, codes: Sequence[str], channel: Codes) -> ReasonFacts:
        """Group, fault, claimed state and postage of each row's reason code, by channel."""
        fba = channel == terms.CHANNELS.index("FBA")
        seen = distinct(codes)
        lines = [self._reason(text) for text in seen.values]
        group, fault_mfn, fault_fba, state, postage, known = (
            np.array(lines, dtype=np.int64).reshape(-1, 6).T
        )
        return ReasonFacts(
            group=group.take(seen.of_row),
            fault=np.append(fault_mfn, fault_fba).take(seen.of_row + fba * len(lines)),
            state=state.take(seen.of_row),
            buyer_pays_postage=(postage == 1).take(seen.of_row),
            known=(known == 1).take(seen.of_row),
        )

    def _reason(self, text: str | None) -> tuple[int, int, int, int, int, int]:
        reason = self._reasons.get(reason_key(text)) if text else None
        unknown = terms.FAULTS.index("Unknown")
        if reason is None:
            group, state = terms.REASON_GROUPS.index("Unknown"), terms.STATES.index("Unknown")
            return group, unknown, unknown, state, 0, int(not text)
        return (
            terms.REASON_GROUPS.index(reason.group),
            terms.FAULTS.index(reason.fault_mfn),
            terms.FAULTS.index(reason.fault_fba),
            terms.STATES.index(reason.state),
            int(reason.postage == "Buyer"),
            1,
        )

    def categories(self, names: Sequence[str]) -> Codes:
        """Positions in the policy's category words; a word it does not use is `(other)`."""
        other = len(self.policy.categories) - 1
        seen = distinct(names)
        found = [
            self._categories.get(name.strip().casefold(), other) if name else BLANK
            for name in seen.values
        ]
        return np.array(found, dtype=np.int64)[seen.of_row]

    def tiers(self, price: Codes, currency: Codes) -> Codes:
        """low, middle or high for prices in mills; blank without a price or a tier."""
        low, high = (bound.take(np.maximum(currency, -1)) for bound in self._bounds.T)
        tier_of = (price >= low).astype(np.int64) + (price > high)
        return np.where((price == BLANK) | (low == BLANK), BLANK, tier_of)

    @cached_property
    def _bounds(self) -> Codes:
        """The mills between which the middle tier lies, by currency; a last line of blanks."""
        bounds = np.full((len(terms.CURRENCIES) + 1, 2), BLANK, dtype=np.int64)
        for name, tier in self._tiers.items():
            bounds[terms.CURRENCIES.index(name)] = [_mills(tier.low), _mills(tier.high)]
        return bounds

    @cached_property
    def read_by(self) -> list[list[str]]:
        """The facts that each action rule has a condition on, in the order of the columns."""
        names = [axis.name for axis in self.actions.axes]
        rules = self.policy.action_rules
        return [[name for name in names if rule.conditions.get(name)] for rule in rules]

    def fee(self, name: str, venues: Venues, day: int) -> FeeColumns:
        """A fee as it stands on a day, for each row."""
        lines = [self._fee_line(name, market, coin, day) for market, coin in venues.pairs]
        return FeeColumns(np.array(lines, dtype=np.int64).reshape(-1, 3), venues.of_row)

    def _fee_line(self, name: str, market: str, coin: str, day: int) -> tuple[int, int, int]:
        asked = (name, market, coin, day)
        if asked not in self._fee_lines:
            self._fee_lines[asked] = self._found_fee(*asked)
        return self._fee_lines[asked]

    def _found_fee(self, name: str, market: str, coin: str, day: int) -> tuple[int, int, int]:
        fee = self._fee(name, market, coin, day)
        if fee is None:
            return 0, 0, money.MAX_MINOR
        places = money.decimals(coin)
        cap = money.MAX_MINOR if fee.cap is None else money.to_minor(fee.cap, places)
        return fee.percent, money.to_minor(fee.amount, places), cap

    def _fee(self, name: str, market: str, coin: str, day: int) -> Fee | None:
        fitting = [
            fee
            for fee in self._fees.get(name, ())
            if fee.marketplace in (None, market)
            and fee.currency in (None, coin)
            and _holds(fee.first_day, fee.last_day, day)
        ]
        return max(fitting, key=_how_specific, default=None)

    def due(self, name: str, marketplace: Codes, start: Codes) -> Codes:
        """The last day of a clock that starts on given days; blank where it cannot start."""
        known = places_of(start != BLANK)
        due = np.full(len(start), BLANK, dtype=np.int64)
        places, days = marketplace[known], start[known]
        first = int(days.min(initial=cells.HIGHEST))
        width = int(days.max(initial=first)) - first + 1
        moments = np.where(places == BLANK, -1, places) * width + (days - first)
        found, of_row = distinct_codes(moments)
        due[known] = self._due(name, found // width, found % width + first).take(of_row)
        return due

    def _due(self, name: str, marketplace: Codes, start: Codes) -> Codes:
        due = np.full(len(start), BLANK, dtype=np.int64)
        for code in np.unique(marketplace):
            market = "" if code < 0 else terms.MARKETPLACES[code]
            here = marketplace == code
            for line in self._clocks(name, market):
                open_rows = here & (due == BLANK) & _within(line, start)
                due[open_rows] = _run(line, market, start[open_rows], self._differing(market))
        return due

    def _differing(self, market: str) -> tuple[tuple[int, bool], ...]:
        """The days on which a marketplace is closed or open against its public calendar."""
        lines = self.policy.holidays
        return tuple((x.day, x.is_open) for x in lines if x.marketplace in (None, market))

    def _clocks(self, name: str, market: str) -> list[Deadline]:
        named = [line for line in self.policy.deadlines if line.name == name]
        here = [line for line in named if line.marketplace == market]
        return here + [line for line in named if line.marketplace is None]


@dataclass(frozen=True)
class Venues:
    """The (marketplace, currency) pairs that occur, and which of them each row has."""

    pairs: Sequence[tuple[str, str]]
    of_row: npt.NDArray[np.intp]

    def take(self, positions: Codes) -> Venues:
        """Those of the rows at these positions."""
        return Venues(self.pairs, self.of_row[positions])


def venues(marketplace: Codes, currency: Codes) -> Venues:
    """Find the pairs of rows; a blank is an empty string."""
    width = len(terms.CURRENCIES) + 1
    keys = (np.maximum(marketplace, -1) + 1) * width + (np.maximum(currency, -1) + 1)
    found, of_row = distinct_codes(keys)
    markets, coins = ("", *terms.MARKETPLACES), ("", *terms.CURRENCIES)
    pairs = [(markets[key // width], coins[key % width]) for key in found]
    return Venues(pairs, of_row)


@dataclass(frozen=True)
class FeeColumns:
    """A fee by row: share in basis points, amount and cap in minor units; a line for each venue."""

    lines: Codes
    of_row: npt.NDArray[np.intp]

    def on(self, price: Codes) -> Codes:
        """What the fee takes from a price, in minor units, rounded once."""
        percent, amount, cap = self.lines.T
        if not percent.any():
            return np.minimum(amount, cap).take(self.of_row)
        taken = money.percent_of(price, self._of_row(percent)) + self._of_row(amount)
        return np.minimum(taken, self._of_row(cap))

    def _of_row(self, values: Codes) -> Codes | int:
        """The value of each row's venue; a single one where all venues have the same."""
        return int(values[0]) if (values == values[0]).all() else values.take(self.of_row)


def _table(rules: Sequence[Rule]) -> DecisionTable:
    names: Iterable[str] = rules[0].conditions if rules else ()
    axes = [compile_axis(name, [rule.conditions[name] for rule in rules]) for name in names]
    days = [span(rule.first_day, rule.last_day) for rule in rules]
    return DecisionTable((*axes, compile_axis("Order Date", days)), len(rules))


def span(first: int | None, last: int | None) -> tuple[cells.Interval, ...] | None:
    """Order dates as a condition; None accepts any, a blank too."""
    if first is None and last is None:
        return None
    low = cells.LOWEST if first is None else first
    return ((low, cells.HIGHEST if last is None else last),)


def _mills(amount: float) -> int:
    return int(money.exact(amount) * MILLS)


def _holds(first: int | None, last: int | None, day: int) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _how_specific(fee: Fee) -> tuple[bool, bool, int]:
    since = cells.LOWEST if fee.first_day is None else fee.first_day
    return fee.marketplace is not None, fee.currency is not None, since


def _within(line: Deadline, start: Codes) -> npt.NDArray[np.bool_]:
    first = cells.LOWEST if line.first_day is None else line.first_day
    last = cells.HIGHEST if line.last_day is None else line.last_day
    return (start >= first) & (start <= last)


def _run(
    line: Deadline, market: str, start: Codes, differing: tuple[tuple[int, bool], ...]
) -> Codes:
    if not line.business or len(start) == 0:
        return start + line.days
    years = range(
        cells.date_of(int(start.min())).year,
        cells.date_of(int(start.max())).year + 1 + _HOLIDAY_SPAN,
    )
    closed, week = _calendar(market, years, differing)
    ends = np.busday_offset(
        start.astype("datetime64[D]"), line.days, roll="backward", weekmask=week, holidays=closed
    )
    return ends.astype(np.int64)


@lru_cache(maxsize=64)
def _calendar(
    market: str, years: range, differing: tuple[tuple[int, bool], ...]
) -> tuple[list[dt.date], list[bool]]:
    """Holidays, public ones and the policy's, and open weekdays of a marketplace's country."""
    country = _COUNTRY.get(market, market)
    closed, week = set[dt.date](), [True] * 5 + [False] * 2
    if market and country in holidays.list_supported_countries():
        calendar = holidays.country_holidays(country, years=years)
        closed, week = set(calendar), [day not in calendar.weekend for day in range(7)]
    for day, is_open in differing:
        (closed.discard if is_open else closed.add)(cells.date_of(day))
    return sorted(closed), week
