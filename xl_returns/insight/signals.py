"""What is unusual and worth a look: many returns at once, listings that mislead.

A signal speaks of goods and days, never of a buyer: most of what looks strange is not (see
`odds.share_of_flags_right`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from xl_returns.insight.causes import LISTING
from xl_returns.insight.levels import (
    BURST_CHANCE,
    BURST_DAYS,
    BURST_LEAST,
    BURST_LOOK_BACK,
    LEAST_RETURNS,
    Levels,
)
from xl_returns.insight.odds import Interval, chance_of_at_least, wilson
from xl_returns.insight.rows import NO_DAY

_SHORTEST: Final = 15
"""Shorter comments are the same by chance."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Orders of one SKU that came back within a few days, against the SKU's own past.

    `usual` is how many the days before let expect, `chance` how likely so many or more are.
    `same_words` counts orders whose comment is word for word the same. Days since 1970-01-01.
    """

    sku: str
    marketplace: str
    first_day: int
    last_day: int
    orders: int
    usual: float
    chance: float
    same_words: int


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


def bursts(rows: pl.DataFrame, sales: pl.DataFrame, levels: Levels, today: int) -> list[Burst]:
    """The least likely burst of each SKU in the last days, the least likely first.

    The usual number is (orders before the days + 1) over the days before them since the SKU's
    first return or sale, no earlier than the first return of all: a short past makes a burst
    harder to call, not easier.
    """
    dated = rows.filter(
        (pl.col("day") != NO_DAY) & (pl.col("day") <= today) & (pl.col("sku") != "")
    )
    first_sold = dict(_first_sold(sales))
    recorded = int(dated["day"].to_numpy().min()) if len(dated) else today
    found = []
    for (sku, market), group in dated.group_by(["sku", "marketplace"], maintain_order=True):
        first = int(group["day"].to_numpy().min())
        since = max(min(first, first_sold.get((sku, market), first)), recorded)
        candidates = _windows(str(sku), str(market), _firsts(group), since, levels, today)
        if best := min(candidates, key=lambda burst: (burst.chance, burst.first_day), default=None):
            found.append(best)
    return sorted(found, key=lambda burst: (burst.chance, burst.sku))


def _first_sold(sales: pl.DataFrame) -> Iterator[tuple[tuple[object, ...], int]]:
    """The first month in which each SKU was sold in each marketplace."""
    first = sales.group_by("sku", "marketplace").agg(pl.col("month").min())
    for sku, market, month in first.iter_rows():
        yield (sku, market), month


def _firsts(group: pl.DataFrame) -> list[tuple[int, str]]:
    """Day and comment of each distinct order, in the order of days; a row without order is one."""
    named = group.with_columns(
        pl.when(pl.col("order_id") == "").then("return_id").otherwise("order_id").alias("order")
    )
    first = named.sort("day", "return_id").unique("order", keep="first", maintain_order=True)
    return list(first.select("day", "comment").iter_rows())


def _windows(
    sku: str,
    market: str,
    orders: Sequence[tuple[int, str]],
    since: int,
    levels: Levels,
    today: int,
) -> Iterator[Burst]:
    span, least = levels.counts[BURST_DAYS], levels.counts[BURST_LEAST]
    days = [day for day, _ in orders]
    for end in sorted(set(days)):
        start = end - span + 1
        within = [comment for day, comment in orders if start <= day <= end]
        past = start - since
        if len(within) < least or past < span or end <= today - levels.counts[BURST_LOOK_BACK]:
            continue
        usual = (sum(day < start for day in days) + 1) / past * span
        chance = chance_of_at_least(len(within), usual)
        if chance < levels.share(BURST_CHANCE):
            same = _same(within)
            yield Burst(sku, market, start, end, len(within), usual, chance, same)


def _same(comments: Sequence[str]) -> int:
    """How many comments say the same as the one that is said most; 0 where all differ."""
    plain = Counter(" ".join(text.casefold().split()) for text in comments)
    most = max((n for text, n in plain.items() if len(text) >= _SHORTEST), default=0)
    return most if most > 1 else 0


def listing_faults(rows: pl.DataFrame, levels: Levels) -> list[ListingFault]:
    """SKUs whose share of causes in the listing is surely above that of all other SKUs."""
    keys = ["sku", "marketplace"]
    blames = (pl.col("kind") == LISTING).cast(pl.Int64)
    counted = (
        rows.filter(pl.col("sku") != "")
        .group_by(keys, maintain_order=True)
        .agg(blames.sum().alias("blamed"), pl.len().cast(pl.Int64).alias("returns"))
    )
    blamed, every = int(counted["blamed"].sum()), int(counted["returns"].sum())
    found = []
    for sku, market, here, count in counted.iter_rows():
        if count < levels.counts[LEAST_RETURNS] or every == count:
            continue
        others, interval = (blamed - here) / (every - count), wilson(here, count)
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
