"""What is unusual and worth a look: many returns at once, listings that mislead.

A signal speaks of goods and days, never of a buyer: most of what looks strange is not (see
`odds.share_of_flags_right`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core.tables import Codes
from xl_returns.insight.causes import LISTING
from xl_returns.insight.levels import (
    BURST_CHANCE,
    BURST_DAYS,
    BURST_LEAST,
    BURST_LOOK_BACK,
    LEAST_RETURNS,
    WAITING,
    Levels,
)
from xl_returns.insight.odds import Interval, chance_of_at_least, wilson, worth_holding

_PLACE: Final = ["sku", "marketplace"]
_SHORTEST: Final = 15
"""Shorter comments are the same by chance."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Orders of one SKU that came back within a few days, against the SKU's own past.

    `usual` is how many the days before let expect, `chance` how likely so many or more are.
    `same_words` counts orders whose comment is word for word the same. Holding their refunds to look
    first pays where abuse is likelier than `looking_pays`; None where Amazon refunds them all. Days
    since 1970-01-01.
    """

    sku: str
    marketplace: str
    first_day: int
    last_day: int
    orders: int
    usual: float
    chance: float
    same_words: int
    looking_pays: float | None


@dataclass(frozen=True, slots=True)
class ListingFault:
    """A SKU whose returns blame the listing more often than those of the other SKUs do."""

    sku: str
    marketplace: str
    blamed: int
    returns: int
    interval: Interval
    others: float
    main_cause: str


def bursts(
    rows: pl.DataFrame, sales: pl.DataFrame, levels: Levels, reviewing: dict[str, int], today: int
) -> list[Burst]:
    """The least likely burst of each SKU in the last days, the least likely first.

    The usual number is (orders before the days + 1) over the days before them since the SKU's
    first return or sale, no earlier than the first return of all: a short past makes a burst
    harder to call, not easier. Where all other goods come back more often too, as after a
    holiday, the usual number rises with theirs. `reviewing` is what a person's time for one row
    costs, by currency, in minor units.
    """
    orders = _orders(rows, today)
    groups = orders.partition_by(_PLACE, maintain_order=True, as_dict=True)
    shop = _Shop(orders["day"].to_numpy(), levels, len(groups), reviewing, today)
    sold = dict(_first_sold(sales))
    found = []
    for place, own in groups.items():
        first = int(own["day"][0])
        candidates = shop.bursts(own, min(first, sold.get(place, first)))
        if best := min(candidates, key=lambda burst: (burst.chance, burst.first_day), default=None):
            found.append(best)
    return sorted(found, key=lambda burst: (burst.chance, burst.sku))


def _orders(rows: pl.DataFrame, today: int) -> pl.DataFrame:
    """The first return of each order of a SKU, by day; a row without an order is one."""
    dated = rows.filter(pl.col("day").is_between(0, today) & (pl.col("sku") != ""))
    named = dated.with_columns(
        order=pl.when(pl.col("order_id") == "").then("return_id").otherwise("order_id")
    )
    in_time = named.sort("day", "return_id")
    return in_time.unique([*_PLACE, "order"], keep="first", maintain_order=True)


def _first_sold(sales: pl.DataFrame) -> Iterator[tuple[tuple[object, ...], int]]:
    """The first month in which each SKU was sold in each marketplace."""
    for sku, market, month in sales.group_by(_PLACE).agg(pl.col("month").min()).iter_rows():
        yield (sku, market), month


class _Shop:
    """Days on which orders of all SKUs came back, and from which chance on a burst is called."""

    def __init__(
        self, days: Codes, levels: Levels, places: int, reviewing: dict[str, int], today: int
    ) -> None:
        self._days, self._reviewing, self._waiting = days, reviewing, levels.share(WAITING)
        self._span, self._least = levels.counts[BURST_DAYS], levels.counts[BURST_LEAST]
        look_back = levels.counts[BURST_LOOK_BACK]
        self._since = today - look_back
        self._called = levels.share(BURST_CHANCE) / max(places * look_back, 1)

    def bursts(self, own: pl.DataFrame, since: int) -> Iterator[Burst]:
        """The bursts among the orders of one SKU, which could come back since a day."""
        days, since = own["day"].to_numpy(), max(since, int(self._days[0]))
        for end in np.unique(days[days > self._since]).tolist():
            start = end - self._span + 1
            here, past = _between(days, start, end), start - since
            if here < self._least or past < self._span:
                continue
            before = int(_between(days, since, start - 1))
            usual = (before + 1) / past * self._span * self._rise(days, start, end)
            chance = chance_of_at_least(here, usual)
            if chance < self._called:
                yield self._burst(
                    own.filter(pl.col("day").is_between(start, end)), start, end, usual, chance
                )

    def _burst(
        self, within: pl.DataFrame, start: int, end: int, usual: float, chance: float
    ) -> Burst:
        sku, market = within.select(_PLACE).row(0)
        same, pays = _same(within["comment"].to_list()), self._looking_pays(within)
        return Burst(sku, market, start, end, len(within), usual, chance, same, pays)

    def _looking_pays(self, within: pl.DataFrame) -> float | None:
        ours = within.filter(pl.col("channel") == "MFN")
        if not len(ours):
            return None
        loss = int(ours["refunds"].sum()) / len(ours)
        review = self._reviewing.get(ours["currency"][0], 0)
        return worth_holding(review, self._waiting * loss, loss)

    def _rise(self, own: Codes, start: int, end: int) -> float:
        """How many times their usual number all other goods come back, at least once."""
        first = int(self._days[0])
        now = _between(self._days, start, end) - _between(own, start, end)
        before = _between(self._days, first, start - 1) - _between(own, first, start - 1)
        usual = before / (start - first) * self._span
        return max(now / (usual + 1), 1.0)


def _between(days: Codes, first: int, last: int) -> int:
    """How many of sorted days lie within two days."""
    low, high = np.searchsorted(days, [first, last + 1])
    return int(high - low)


def _same(comments: Sequence[str]) -> int:
    """How many comments say the same as the one that is said most; 0 where all differ."""
    plain = Counter(" ".join(text.casefold().split()) for text in comments)
    most = max((n for text, n in plain.items() if len(text) >= _SHORTEST), default=0)
    return most if most > 1 else 0


def listing_faults(rows: pl.DataFrame, levels: Levels) -> list[ListingFault]:
    """SKUs whose share of causes in the listing is surely above that of all other SKUs.

    Its interval is one among as many as there are SKUs.
    """
    blames = (pl.col("kind") == LISTING).cast(pl.Int64)
    counted = (
        rows.filter(pl.col("sku") != "")
        .group_by(_PLACE, maintain_order=True)
        .agg(blames.sum().alias("blamed"), pl.len().cast(pl.Int64).alias("returns"))
    )
    blamed, every = int(counted["blamed"].sum()), int(counted["returns"].sum())
    found = []
    for sku, market, here, count in counted.iter_rows():
        if count < levels.counts[LEAST_RETURNS] or every == count:
            continue
        others = (blamed - here) / (every - count)
        interval = wilson(here, count, len(counted))
        if interval.low > others:
            cause = _main_listing_cause(rows, sku, market)
            found.append(ListingFault(sku, market, here, count, interval, others, cause))
    return sorted(found, key=lambda fault: (fault.others - fault.interval.low, fault.sku))


def _main_listing_cause(rows: pl.DataFrame, sku: str, market: str) -> str:
    here = rows.filter(
        (pl.col("sku") == sku) & (pl.col("marketplace") == market) & (pl.col("kind") == LISTING)
    )
    counted = Counter(here["cause"].to_list())
    return min(counted, key=lambda cause: (-counted[cause], cause))
