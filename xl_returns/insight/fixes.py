"""What to mend first: causes by what they would cost less, and what suppliers owe.

Saving of a cause = cost x (1 - usual rate / own rate). The own rate is the cause's units over the
units shipped of the SKU, the usual rate the same over all others; where Sales does not know the
SKU, both are shares of the returns. Amounts are minor units of the line's currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from xl_returns.core import money
from xl_returns.insight.causes import NOT_TOLD, PRODUCT
from xl_returns.insight.levels import CHANCE_PAID, LEAST_RETURNS, USUAL_DEFECTS, Levels
from xl_returns.insight.odds import Interval, wilson
from xl_returns.insight.rows import Sale

_PLACE: Final = ["sku", "marketplace"]
_COHORT: Final = ["marketplace", "month"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A cause of a SKU's returns; `own` and `usual` are (units, of units shipped or returned).

    `usual` is of 0 units where there are no other goods.
    """

    sku: str
    marketplace: str
    cause: str
    currency: str
    returns: int
    cost: int
    own: tuple[int, int]
    usual: tuple[int, int]
    saving: int
    is_sure: bool
    of_shipped: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What a supplier owes for defects above the usual share: amount, and whether to pursue it.

    `unit_loss` is unit cost + freight in + looking at it. Pursue where amount x chance of being
    paid > cost of a claim.
    """

    supplier: str
    sku: str
    currency: str
    defects: int
    sold: int
    interval: Interval
    baseline: int
    unit_loss: int
    amount: int
    pursue: bool


def fixes(rows: pl.DataFrame, sales: pl.DataFrame, levels: Levels) -> list[Fix]:
    """Causes that cost more than usual, the largest saving first within each currency.

    A cause is sure where enough units tell of it, and its rate's interval, one among as many as
    there are causes, lies above the usual.
    """
    known = (pl.col("sku") != "") & (pl.col("currency") != "")
    named = rows.filter(known & (pl.col("cause") != NOT_TOLD))
    lines = named.group_by([*_PLACE, "cause", "currency"], maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("returns"), pl.col("cost").sum()
    )
    rate = _Rates(rows, sales, levels.counts[LEAST_RETURNS])
    found = [_fix(rate, len(lines), *line) for line in lines.iter_rows()]
    return sorted(
        (fix for fix in found if fix.saving > 0),
        key=lambda fix: (fix.currency, -fix.saving, fix.sku, fix.cause),
    )


class _Rates:
    """Units by cause over units shipped, or over units returned where Sales does not know."""

    def __init__(self, rows: pl.DataFrame, sales: pl.DataFrame, least: int) -> None:
        self.least = least
        sold = rows.filter("sold")
        self._shipped = _sums(sales, _PLACE)
        self._of_sold, self._of_all = (
            _sums(sold, [*_PLACE, "cause"]),
            _sums(rows, [*_PLACE, "cause"]),
        )
        self._returned = _sums(rows, _PLACE)
        self._sold_by_cause, self._all_by_cause = _sums(sold, ["cause"]), _sums(rows, ["cause"])
        self._all_shipped = sum(self._shipped.values())
        self._all_returned = sum(self._returned.values())

    def of(
        self, sku: str, market: str, cause: str
    ) -> tuple[tuple[int, int], tuple[int, int], bool]:
        """The own and the usual rate as (units, of), and whether they are of shipped units."""
        own, shipped = (
            self._of_sold.get((sku, market, cause), 0),
            self._shipped.get((sku, market), 0),
        )
        if own and own <= shipped:
            others = self._sold_by_cause[(cause,)] - own, self._all_shipped - shipped
            return (own, shipped), others, True
        own, returned = self._of_all[sku, market, cause], self._returned[sku, market]
        others = self._all_by_cause[(cause,)] - own, self._all_returned - returned
        return (own, returned), others, False


def _sums(frame: pl.DataFrame, keys: Sequence[str]) -> dict[tuple[object, ...], int]:
    summed = frame.group_by(keys, maintain_order=True).agg(pl.col("units").sum())
    return {tuple(line[:-1]): int(line[-1]) for line in summed.iter_rows()}


def _fix(
    rate: _Rates,
    among: int,
    sku: str,
    market: str,
    cause: str,
    currency: str,
    returns: int,
    cost: int,
) -> Fix:
    own, usual, of_shipped = rate.of(sku, market, cause)
    saved = saving(cost, own, usual)
    above = not usual[1] or wilson(*own, among).low * usual[1] > usual[0]
    is_sure = own[0] >= rate.least and above
    return Fix(sku, market, cause, currency, returns, cost, own, usual, saved, is_sure, of_shipped)


def saving(cost: int, own: tuple[int, int], usual: tuple[int, int]) -> int:
    """Cost x (1 - usual rate / own rate), half up, never below 0; rates are (units, of).

    Without a usual rate the whole cost could be saved.
    """
    if not usual[1]:
        return max(cost, 0)
    whole = own[0] * usual[1]
    above = whole - usual[0] * own[1]
    if cost <= 0 or above <= 0:
        return 0
    return money.ratio(cost * above, whole)


def claims(
    rows: pl.DataFrame,
    sales: Sequence[Sale],
    processing: dict[str, int],
    levels: Levels,
) -> list[Claim]:
    """What suppliers owe, the largest amount first within each currency.

    `processing` is what looking at a returned unit costs, by currency. Goods without a supplier
    or a unit cost are left out.
    """
    lines: dict[tuple[str, str, str], list[Sale]] = {}
    for sale in sales:
        if sale.supplier:
            lines.setdefault((sale.supplier, sale.sku, sale.currency), []).append(sale)
    faulty = _sums(rows.filter(pl.col("kind") == PRODUCT), ["sku", "currency", *_COHORT])
    costs = _unit_costs(rows)
    found = []
    for (supplier, sku, currency), sold in lines.items():
        cohorts = {(sale.marketplace, sale.month) for sale in sold}
        defects = sum(faulty.get((sku, currency, *cohort), 0) for cohort in cohorts)
        cost, seen = costs.get((sku, currency), 0), processing.get(currency, 0)
        if cost and (claim := _claim(supplier, sold, defects, cost + seen, levels)).amount:
            found.append(claim)
    return sorted(found, key=lambda claim: (claim.currency, -claim.amount, claim.sku))


def _claim(
    supplier: str, sold: Sequence[Sale], defects: int, unit_loss: int, levels: Levels
) -> Claim:
    """The claim for goods of one SKU and currency; `unit_loss` still lacks the freight."""
    count, currency = sum(sale.units for sale in sold), sold[0].currency
    freight = next((s.unit_freight for s in reversed(sold) if s.unit_freight is not None), 0)
    loss, baseline = unit_loss + freight, levels.shares[USUAL_DEFECTS]
    defects = min(defects, count)
    amount = claim_amount(defects, count, baseline, loss)
    worth = amount * levels.shares[CHANCE_PAID] > levels.claim_cost_minor(currency) * money.BASIS
    return Claim(
        supplier=supplier,
        sku=sold[0].sku,
        currency=currency,
        defects=defects,
        sold=count,
        interval=wilson(defects, count),
        baseline=baseline,
        unit_loss=loss,
        amount=amount,
        pursue=worth,
    )


def _unit_costs(rows: pl.DataFrame) -> dict[tuple[str, ...], int]:
    """The unit cost of each SKU and currency, of the latest return that names one."""
    known = rows.filter(pl.col("unit_cost") > 0).sort("day", "return_id")
    last = known.unique(["sku", "currency"], keep="last", maintain_order=True)
    return {
        tuple(x[:2]): int(x[2]) for x in last.select("sku", "currency", "unit_cost").iter_rows()
    }


def claim_amount(defects: int, sold: int, baseline: int, unit_loss: int) -> int:
    """(defects - baseline x sold) x unit loss, half up, never below 0; baseline in basis points."""
    above = max(defects * money.BASIS - baseline * sold, 0)
    return money.ratio(above * unit_loss, money.BASIS)
