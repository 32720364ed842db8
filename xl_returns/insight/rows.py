"""Returns as one line each for insights: what, where, when, why, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core import cells, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.insight.causes import causes_of, dictionary
from xl_returns.insight.costs import costs_of, shares_of

NO_DAY: Final = -1


@dataclass(frozen=True, slots=True)
class Sale:
    """What was shipped of a SKU by orders of one month (its first day, since 1970-01-01).

    Money is in minor units of `currency`; None is not known.
    """

    sku: str
    marketplace: str
    channel: str
    month: int
    units: int
    currency: str
    ad_spend: int | None = None
    supplier: str = ""
    unit_freight: int | None = None


_COHORT: Final = ["sku", "marketplace", "month"]


def sales_frame(sales: Sequence[Sale]) -> pl.DataFrame:
    """Sales as columns."""
    schema = {
        "sku": pl.String, "marketplace": pl.String, "channel": pl.String, "month": pl.Int64,
        "units": pl.Int64, "currency": pl.String, "ad_spend": pl.Int64, "supplier": pl.String,
        "unit_freight": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(
        {name: [getattr(sale, name) for sale in sales] for name in schema}, schema=schema
    )


def returns_frame(
    decisions: Decisions,
    action: Codes,
    refund: Codes,
    book: Rulebook,
    sales: pl.DataFrame,
    reimbursed: Codes,
) -> pl.DataFrame:
    """Every return but the cancelled, one line each; amounts in minor units, days since 1970-01-01.

    `month` is the first day of the order's month, `sold` says whether Sales knows that month.
    """
    told = _told(decisions)
    month = _months(decisions.facts.rows.days["Order Date"])
    known = _sold(told.with_columns(month=pl.Series(month, dtype=pl.Int64)), sales)
    units = decisions.facts.units
    spent = shares_of(known["ad_spend"].to_numpy(), units, known["shipped"].to_numpy())
    costs = costs_of(decisions, action, refund, book, spent, reimbursed)
    cancelled = decisions.facts.is_("Status", "Cancelled")
    return known.with_columns(
        units=pl.Series(units, dtype=pl.Int64),
        **{name: pl.Series(column, dtype=pl.Int64) for name, column in costs.columns().items()},
    ).filter(pl.Series(~cancelled))


def _told(decisions: Decisions) -> pl.DataFrame:
    """What reports and buyers say of each row."""
    facts, rows = decisions.facts, decisions.facts.rows
    group = [str(word) for word in words(facts.reason.group, terms.REASON_GROUPS)]
    causes = causes_of(rows.text["Buyer Comment"], rows.text["Reason"], group)
    kinds = dictionary().causes
    day, cost = rows.days["Request Date"], rows.amounts["Unit Cost"]
    texts = {
        "return_id": rows.text["Return ID"],
        "order_id": rows.text["Order ID"],
        "sku": rows.text["SKU"],
        "item": rows.text["Item"],
        "category": rows.text["Category"],
        "comment": rows.text["Buyer Comment"],
        "marketplace": [
            word or "" for word in words(rows.codes["Marketplace"], terms.MARKETPLACES)
        ],
        "channel": [word or "" for word in words(rows.codes["Channel"], terms.CHANNELS)],
        "currency": [rows.currency(row) for row in range(rows.count)],
        "reason": group,
        "cause": [cause for cause, _ in causes],
        "kind": [kinds[cause].kind for cause, _ in causes],
    }
    return pl.DataFrame(
        {name: pl.Series(values, dtype=pl.String) for name, values in texts.items()}
        | {
            "by_comment": pl.Series([spoken for _, spoken in causes], dtype=pl.Boolean),
            "day": pl.Series(np.where(day == BLANK, NO_DAY, day), dtype=pl.Int64),
            "unit_cost": pl.Series(np.where(cost == BLANK, 0, cost), dtype=pl.Int64),
        }
    )


def _months(days: Codes) -> Codes:
    known = {day: month_of(day) for day in set(days.tolist()) if day != BLANK}
    return np.array([known.get(day, NO_DAY) for day in days.tolist()], dtype=np.int64)


def month_of(day: int, later: int = 0) -> int:
    """The first day of a day's month, or of one so many months later."""
    date = cells.date_of(day)
    months = date.year * 12 + date.month - 1 + later
    return cells.days_of(date.replace(year=months // 12, month=months % 12 + 1, day=1))


def _sold(told: pl.DataFrame, sales: pl.DataFrame) -> pl.DataFrame:
    """Lines with the units shipped and the ad spend of their own month and SKU."""
    shipped = sales.group_by(_COHORT).agg(pl.col("units").sum().alias("shipped"))
    spent = sales.group_by([*_COHORT, "currency"]).agg(pl.col("ad_spend").sum())
    return (
        told.join(shipped, on=_COHORT, how="left", maintain_order="left")
        .join(spent, on=[*_COHORT, "currency"], how="left", maintain_order="left")
        .with_columns(
            pl.col("shipped").fill_null(0),
            pl.col("ad_spend").fill_null(0),
            sold=pl.col("shipped").fill_null(0) > 0,
        )
    )
