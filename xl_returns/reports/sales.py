"""What All orders reports say was sold: units and revenue of a SKU in a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from xl_returns.reports.model import OrderLine, Report


class Cohort(NamedTuple):
    """The orders of one month that are counted together; `month` is its first day."""

    sku: str
    marketplace: str
    channel: str
    month: dt.date
    currency: str


@dataclass(frozen=True, slots=True)
class Sold:
    """Units shipped of a cohort, and what buyers paid for them after promotions, in main units."""

    asin: str = ""
    units: int = 0
    revenue: Decimal = Decimal(0)


def sold(reports: Iterable[Report]) -> dict[Cohort, Sold]:
    """Shipped lines by cohort; an order and SKU that several reports name counts by the last one."""
    lines: dict[tuple[str, str], list[OrderLine]] = {}
    for report in reports:
        lines |= _grouped(report.lines)
    found: dict[Cohort, Sold] = {}
    for group in lines.values():
        for line in group:
            if cohort := _cohort(line):
                found[cohort] = _more(found.get(cohort, Sold()), line)
    return found


def _grouped(lines: Iterable[OrderLine]) -> dict[tuple[str, str], list[OrderLine]]:
    groups: dict[tuple[str, str], list[OrderLine]] = {}
    for line in lines:
        groups.setdefault((line.order_id, line.sku), []).append(line)
    return groups


def _cohort(line: OrderLine) -> Cohort | None:
    """None for what is not shipped, or does not say where, when or what was sold."""
    told = line.sku and line.marketplace and line.currency and line.purchased
    if not line.shipped or not told or line.purchased is None:
        return None
    month = line.purchased.replace(day=1)
    return Cohort(line.sku, line.marketplace, line.channel, month, line.currency)


def _more(so_far: Sold, line: OrderLine) -> Sold:
    return replace(
        so_far,
        asin=so_far.asin or line.asin,
        units=so_far.units + line.quantity,
        revenue=so_far.revenue + line.price - line.item_promotion,
    )
