"""Return rates by the month of the order, and what Amazon will take for high ones.

The fee counts FBA units shipped in a month that come back in it or in months soon after it; how
many count and on which days of the month after them it is charged are lines of Return Rates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from xl_returns.core import money
from xl_returns.insight.levels import RateLine, line_for
from xl_returns.insight.odds import Interval, wilson
from xl_returns.insight.rows import month_of

Verdict = Literal["high", "normal", "too few to tell"]


@dataclass(frozen=True, slots=True)
class Rate:
    """Units returned of those shipped in the months that Sales knows; `threshold` in basis points.

    Months that are not over can only get worse: they may make a rate high, never normal.
    """

    sku: str
    marketplace: str
    returned: int
    shipped: int
    threshold: int
    interval: Interval | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FeeForecast:
    """What a month's returns of a SKU will cost in FBA returns processing fees, in minor units.

    `expected` are the units that will have come back when the count ends: the SKU's rate in months
    that are over, never less than those already back. `is_final` says that no more count. Days
    count from 1970-01-01.
    """

    sku: str
    marketplace: str
    month: int
    shipped: int
    returned: int
    expected: int
    threshold: int
    currency: str
    fee_so_far: int
    fee_expected: int
    charged_from: int
    is_final: bool


def verdict(interval: Interval | None, threshold: int) -> Verdict:
    """Whether a rate lies surely above or below a threshold (basis points)."""
    limit = threshold / money.BASIS
    if interval is None:
        return "too few to tell"
    if interval.low > limit:
        return "high"
    return "normal" if interval.high < limit else "too few to tell"


def rates(
    rows: pl.DataFrame, sales: pl.DataFrame, lines: Sequence[RateLine], today: int
) -> list[Rate]:
    """The rate of every SKU in every marketplace that Sales knows, the highest lower end first."""
    category = categories(rows)
    known = _counted(rows, sales)
    line_of = {
        (sku, market): line_for(lines, category.get(sku, ""), market, today)
        for sku, market in known
    }
    settled = {
        months: _settled(rows, sales, months, today)
        for months in {line.counted_months for line in line_of.values()}
    }
    found = [
        _rate(*key, counts, settled[line.counted_months].get(key, (0, 0)), line)
        for (key, counts), line in zip(known.items(), line_of.values(), strict=True)
    ]
    return sorted(found, key=lambda r: (-r.interval.low if r.interval else 1.0, r.sku))


def _settled(
    rows: pl.DataFrame, sales: pl.DataFrame, months: int, today: int
) -> dict[tuple[str, str], tuple[int, int]]:
    """As `_counted`, of the months whose returns all came in so many months."""
    shipped = sales["month"].unique().to_list()
    over = pl.col("month").is_in([m for m in shipped if today >= month_of(m, months)])
    return _counted(rows.filter(over), sales.filter(over))


def _counted(rows: pl.DataFrame, sales: pl.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """Units returned and shipped by SKU and marketplace."""
    keys = ["sku", "marketplace"]
    shipped = sales.group_by(keys, maintain_order=True).agg(pl.col("units").sum().alias("shipped"))
    back = rows.filter("sold").group_by(keys).agg(pl.col("units").sum().alias("returned"))
    both = shipped.join(back, on=keys, how="left", maintain_order="left").fill_null(0)
    return {(sku, market): (back, of) for sku, market, of, back in both.iter_rows()}


def _rate(
    sku: str, market: str, known: tuple[int, int], over: tuple[int, int], line: RateLine
) -> Rate:
    """Fewer units than the least, or more returned than sold, tell nothing."""

    def told(counts: tuple[int, int]) -> Verdict:
        enough = counts[1] >= line.least_shipped
        return verdict(_interval(*counts) if enough else None, line.threshold)

    judged = "high" if told(known) == "high" else told(over)
    return Rate(sku, market, *known, line.threshold, _interval(*known), judged)


def _interval(returned: int, shipped: int) -> Interval | None:
    return wilson(returned, shipped) if 0 < shipped >= returned else None


def categories(rows: pl.DataFrame) -> dict[str, str]:
    """The category that most returns of a SKU name."""
    counted = (
        rows.filter(pl.col("category") != "")
        .group_by("sku", "category")
        .len()
        .sort("len", "category", descending=[True, False])
        .unique("sku", keep="first", maintain_order=True)
    )
    return dict(counted.select("sku", "category").iter_rows())


def fee_forecasts(
    rows: pl.DataFrame, sales: pl.DataFrame, lines: Sequence[RateLine], today: int
) -> list[FeeForecast]:
    """The fees still to be charged, the largest first within each currency."""
    cohorts = [
        cohort
        for cohort in _cohorts(rows, sales, lines)
        if cohort.line.fee_minor and cohort.shipped >= max(cohort.line.least_shipped, 1)
    ]
    usual = _usual(cohorts, today)
    found = [
        _forecast(cohort, usual.get((cohort.sku, cohort.marketplace)), today)
        for cohort in cohorts
        if today <= cohort.charged(cohort.line.charged_until)
    ]
    due = [forecast for forecast in found if forecast.fee_expected]
    return sorted(due, key=lambda f: (f.currency, -f.fee_expected, f.sku, f.month))


@dataclass(frozen=True, slots=True)
class _Cohort:
    line: RateLine
    sku: str
    marketplace: str
    month: int
    shipped: int
    returned: int

    def is_over(self, today: int) -> bool:
        """Whether no return counts any more."""
        return today >= self.charged(1)

    def charged(self, day: int) -> int:
        """A day of the month that charges, which follows those whose returns count."""
        return month_of(self.month, self.line.counted_months) + day - 1


def _cohorts(rows: pl.DataFrame, sales: pl.DataFrame, lines: Sequence[RateLine]) -> list[_Cohort]:
    category, keys = categories(rows), ["sku", "marketplace", "month"]
    shipped = (
        sales.filter(pl.col("channel") == "FBA")
        .group_by(keys, maintain_order=True)
        .agg(pl.col("units").sum().alias("shipped"))
    )
    fitting = [
        line_for(lines, category.get(sku, ""), market, month)
        for sku, market, month in shipped.select(keys).iter_rows()
    ]
    ends = [month_of(m, x.counted_months) for m, x in zip(shipped["month"], fitting, strict=True)]
    counted = (
        rows.filter(pl.col("channel") == "FBA")
        .join(shipped.select(keys).with_columns(end=pl.Series(ends, dtype=pl.Int64)), on=keys)
        .filter(pl.col("day") < pl.col("end"))
    )
    back = counted.group_by(keys).agg(pl.col("units").sum().alias("returned"))
    both = shipped.join(back, on=keys, how="left", maintain_order="left").fill_null(0)
    return [_Cohort(line, *values) for line, values in zip(fitting, both.iter_rows(), strict=True)]


def _usual(cohorts: Iterable[_Cohort], today: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Units returned and shipped of each SKU in the months that are over."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for cohort in cohorts:
        if cohort.is_over(today):
            back, of = found.get((cohort.sku, cohort.marketplace), (0, 0))
            found[cohort.sku, cohort.marketplace] = back + cohort.returned, of + cohort.shipped
    return found


def _forecast(cohort: _Cohort, usual: tuple[int, int] | None, today: int) -> FeeForecast:
    line = cohort.line
    expected = cohort.returned
    if usual and not cohort.is_over(today):
        expected = max(expected, money.ratio(cohort.shipped * usual[0], usual[1]))
    return FeeForecast(
        sku=cohort.sku,
        marketplace=cohort.marketplace,
        month=cohort.month,
        shipped=cohort.shipped,
        returned=cohort.returned,
        expected=expected,
        threshold=line.threshold,
        currency=line.currency or "",
        fee_so_far=fee_of(cohort.returned, cohort.shipped, line.threshold, line.fee_minor),
        fee_expected=fee_of(expected, cohort.shipped, line.threshold, line.fee_minor),
        charged_from=cohort.charged(line.charged_from),
        is_final=cohort.is_over(today),
    )


def fee_of(returned: int, shipped: int, threshold: int, fee: int) -> int:
    """max(0, returned - threshold x shipped) x fee, rounded once; threshold in basis points."""
    above = max(returned * money.BASIS - threshold * shipped, 0)
    return money.ratio(above * fee, money.BASIS)
