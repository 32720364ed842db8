"""Up to which price a refund without return costs less than taking the goods back, by SKU.

A return is the cheaper one where the goods bring more than label and inspection; the refund itself
is paid either way. Goods that bring k (1 - f) P - o at a new price P bear both from
P* = (label + inspection + o) / (k (1 - f)) on. The ways of the Resale Rules have steps, floors and
caps, so P* is looked for: it is the least price at which the goods bring enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core import money, terms
from xl_returns.core.decide import judge
from xl_returns.core.facts import Facts
from xl_returns.core.grid import MILLS
from xl_returns.core.resale import best_resale
from xl_returns.core.rows import Rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.insight.alternatives import SURE, Alternatives, alternatives
from xl_returns.insight.replay import Past, as_found, past

_PLACE: Final = ["sku", "marketplace", "currency"]
_SUMS: Final = ["units", "paid", "handling", "recovery"]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The break-even price of a SKU in a marketplace; amounts in minor units of the currency.

    `paid`, `handling` (label and inspection) and `recovery` are means of a unit over past returns.
    From `price` on the goods are worth taking back; None: at no price. `left` is what the tier
    `low`, choosing between the two, cost more than the break-even; None where there is no tier.
    """

    sku: str
    marketplace: str
    currency: str
    returns: int
    paid: int
    handling: int
    recovery: int
    price: int | None
    low: int | None
    left: int | None


def break_evens(rows: Rows, book: Rulebook, today: int, least: int) -> list[BreakEven]:
    """The break-even of every SKU with `least` returns that the seller may refund either way.

    Returns stand as they were asked for (see `replay.past`), with the condition found later. The
    most money left comes first within each currency.
    """
    asked = past(rows, book, today)
    seen = as_found(judge(asked.facts(book), book), asked.found, book)
    each = _each(seen.facts, alternatives(seen, book))
    skus = (
        each.group_by(_PLACE, maintain_order=True)
        .agg(pl.len().alias("returns"), pl.col(_SUMS).sum())
        .filter(pl.col("returns") >= least)
        .with_row_index("group")
    )
    each = each.join(skus.select("group", *_PLACE), on=_PLACE, maintain_order="left")
    goods = _Goods.of(asked, seen.facts, each, book)
    prices = goods.break_even(skus["handling"].to_numpy())
    found = list(_told(skus, prices, _left(each, prices), book))
    return sorted(found, key=lambda one: (one.currency, -(one.left or 0), one.sku))


def _each(facts: Facts, choices: Alternatives) -> pl.DataFrame:
    """The rows that may go either way: what each costs (1/10,000 of a minor unit), what tiers say.

    `price` is the unit price in mills of the row's currency.
    """
    actions = [one.action for one in choices.each]
    keep, back = actions.index(terms.KEEP_ITEM), actions.index(terms.REFUND_ON_RECEIPT)
    tier, paid = facts.table["Tier"], np.maximum(facts.net_paid, 0)
    columns = {
        "row": np.arange(facts.rows.count),
        "units": facts.units,
        "paid": paid,
        "handling": choices.each[back].handling,
        "recovery": choices.recovery,
        "price": facts.table["Price"],
        "scale": MILLS // 10**facts.rows.places,
        "keep": choices.costs[keep],
        "back": choices.costs[back],
        "either": choices.allowed[keep] & choices.allowed[back],
        "tier_keeps": tier == terms.TIERS.index("low"),
    }
    names = {
        "sku": facts.rows.text["SKU"],
        "marketplace": words(facts.rows.codes["Marketplace"], terms.MARKETPLACES),
        "currency": words(facts.rows.codes["Currency"], terms.CURRENCIES),
    }
    texts = {name: pl.Series(values, dtype=pl.String) for name, values in names.items()}
    known = (pl.col("sku") != "") & pl.col("currency").is_not_null()
    return pl.DataFrame(texts | columns).filter("either").filter(known)


@dataclass(frozen=True)
class _Goods:
    """Rows that resale rules tell apart, with the units that are like each, by group."""

    facts: Facts
    group: Codes
    units: Codes
    book: Rulebook

    @classmethod
    def of(cls, asked: Past, facts: Facts, each: pl.DataFrame, book: Rulebook) -> _Goods:
        """The goods of rows that have a group."""
        at, group = each["row"].to_numpy(), each["group"].to_numpy().astype(np.int64)
        table = {**facts.table, "Condition": facts.expected_condition}
        read = [axis.lines(table[axis.name])[at] for axis in book.resales.axes]
        alike = np.column_stack([group, facts.rows.amounts["Fulfilment Cost"][at], *read])
        _, first, kind = np.unique(alike, axis=0, return_index=True, return_inverse=True)
        units = np.zeros(len(first), dtype=np.int64)
        np.add.at(units, kind.ravel(), each["units"].to_numpy())
        one = asked.take(at[first]).facts(book)
        one = replace(one, expected_condition=facts.expected_condition[at[first]])
        return cls(one, group[first], units, book)

    def bring(self, price: Codes) -> Codes:
        """What all goods of each group bring, sold at so much new; minor units."""
        amounts = {**self.facts.rows.amounts, "New Price": price[self.group]}
        facts = replace(self.facts, rows=replace(self.facts.rows, amounts=amounts))
        unit = best_resale(facts, self.book).recovery
        total = np.zeros_like(price)
        np.add.at(total, self.group, np.where(unit == BLANK, 0, unit) * self.units)
        return total

    def break_even(self, handling: Codes) -> Codes:
        """The least new price at which each group brings its handling; BLANK where none does."""
        low, high = np.zeros_like(handling), np.full_like(handling, money.MAX_MINOR)
        ever = self.bring(high) >= handling
        while (low < high).any():
            middle = (low + high) // 2
            enough = self.bring(middle) >= handling
            low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
        return np.where(ever, low, BLANK)


def _left(each: pl.DataFrame, prices: Codes) -> Codes:
    """What the tiers' choices cost more than those at the break-even, by group; minor units."""
    keep, back, group, price, scale = (
        each[name].to_numpy() for name in ("keep", "back", "group", "price", "scale")
    )
    bound = np.where(prices == BLANK, money.MAX_MINOR, prices)[group]
    keeps = price < bound * scale
    chosen = np.where(each["tier_keeps"].to_numpy(), keep, back)
    total = np.zeros_like(prices)
    np.add.at(total, group, chosen - np.where(keeps, keep, back))
    return money.divide_half_up(total, SURE)


def _told(skus: pl.DataFrame, prices: Codes, left: Codes, book: Rulebook) -> Iterator[BreakEven]:
    lows = {
        tier.currency: money.to_minor(tier.low, money.decimals(tier.currency))
        for tier in book.policy.tiers
    }
    for line in skus.iter_rows(named=True):
        at, low = line["group"], lows.get(line["currency"])
        yield BreakEven(
            sku=line["sku"],
            marketplace=line["marketplace"],
            currency=line["currency"],
            returns=line["returns"],
            paid=money.ratio(line["paid"], line["units"]),
            handling=money.ratio(line["handling"], line["units"]),
            recovery=money.ratio(line["recovery"], line["units"]),
            price=None if prices[at] == BLANK else int(prices[at]),
            low=low,
            left=None if low is None else int(left[at]),
        )
