"""Insights as lines of the sheets SKU Costs, Causes and Break-Even.

Money is in main units; a return without a currency has no cost. Words stand in English until
`worded` puts them into the seller's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from xl_returns.books.cells import Value
from xl_returns.core import money
from xl_returns.core.language import text
from xl_returns.core.phrases import say
from xl_returns.desk.ledger import Line
from xl_returns.insight.breakeven import BreakEven
from xl_returns.insight.causes import dictionary
from xl_returns.insight.costs import per
from xl_returns.insight.overview import Insights
from xl_returns.insight.rates import Rate

_COSTS: Final = {
    "Cost": "cost", "Refunds": "refunds", "Referral Back": "referral_back",
    "Refund Fees": "refund_fees", "Labels": "labels", "Handling": "handling",
    "Ad Spend": "ad_spend", "Recovery": "recovery", "Reimbursed": "reimbursed",
    "Lost Value": "lost_value",
}  # fmt: skip
_WORDS: Final = ("Kind", "Cause", "Main Cause", "Verdict", "Sure")
_QUOTED: Final = 2
_LONGEST_QUOTE: Final = 80


def worded(lines: Iterable[Line], language: str) -> list[Line]:
    """Lines whose declared words are in a language."""
    return [
        {h: text(language, v) if h in _WORDS and isinstance(v, str) else v for h, v in line.items()}
        for line in lines
    ]


def sku_costs(found: Insights) -> list[Line]:
    """A line per SKU and marketplace, the main currency first, the dearest first."""
    rate = {(line.sku, line.marketplace): line for line in found.rates}
    items, cause = items_of(found.returns), _main_causes(found.returns)
    lines = per(found.returns, ["sku", "marketplace"]).iter_rows(named=True)
    return [
        {
            "SKU": line["sku"],
            "Item": items.get(line["sku"]),
            "Marketplace": line["marketplace"],
            "Currency": line["currency"],
            "Returns": float(line["returns"]),
            "Units": float(line["units"]),
            **_rate(rate.get((line["sku"], line["marketplace"]))),
            **_costs(line),
            "Main Cause": cause[line["sku"], line["marketplace"], line["currency"]],
        }
        for line in _main_first(lines, found)
    ]


def _costs(line: Mapping[str, Any]) -> dict[str, Value]:
    return {header: main_units(line[part], line["currency"]) for header, part in _COSTS.items()}


def _rate(rate: Rate | None) -> dict[str, Value]:
    if rate is None:
        return {}
    told: dict[str, Value] = {
        "Shipped": float(rate.shipped),
        "Threshold": rate.threshold / money.BASIS,
        "Verdict": rate.verdict,
    }
    if rate.interval is None:
        return told
    ends = {
        "Rate": rate.interval.share,
        "Rate From": rate.interval.low,
        "Rate To": rate.interval.high,
    }
    return told | {header: round(share, 6) for header, share in ends.items()}


def causes(found: Insights, language: str) -> list[Line]:
    """A line per cause and currency, the main currency first, the dearest first."""
    rows = found.returns
    book, quotes = dictionary().causes, _quotes(rows)
    spoken = dict(_counted(rows.filter("by_comment"), ["cause", "currency"]))
    every = dict(_counted(rows, ["currency"]))
    dearest = _dearest(rows)
    return [
        {
            "Cause": line["cause"],
            "Kind": book[line["cause"]].kind,
            "Returns": float(line["returns"]),
            "Share": round(line["returns"] / every[line["currency"],], 6),
            "By Comment": float(spoken.get((line["cause"], line["currency"]), 0)),
            "Currency": line["currency"],
            **_costs(line),
            "Dearest SKU": dearest[line["cause"], line["currency"]],
            "In Their Words": quotes.get((line["cause"], line["currency"])),
            "What To Fix": book[line["cause"]].what_to_fix[language],
        }
        for line in _main_first(per(rows, ["cause"]).iter_rows(named=True), found)
    ]


def _counted(rows: pl.DataFrame, keys: Sequence[str]) -> Iterable[tuple[tuple[str, ...], int]]:
    return ((tuple(line[:-1]), int(line[-1])) for line in rows.group_by(keys).len().iter_rows())


def _dearest(rows: pl.DataFrame) -> dict[tuple[str, str], str]:
    """The SKU that each cause costs most with, by currency."""
    lines = per(rows, ["cause", "sku"]).unique(
        ["cause", "currency"], keep="first", maintain_order=True
    )
    return {(line["cause"], line["currency"]): line["sku"] for line in lines.iter_rows(named=True)}


def _quotes(rows: pl.DataFrame) -> dict[tuple[str, str], str]:
    """The shortest comments of each cause and currency, as buyers wrote them."""
    spoken = (
        rows.filter("by_comment")
        .select("cause", "currency", "comment", length=pl.col("comment").str.len_chars())
        .unique(maintain_order=True)
        .sort("cause", "currency", "length", "comment")
    )
    found: dict[tuple[str, str], list[str]] = {}
    for cause, currency, comment, _ in spoken.iter_rows():
        if len(found.setdefault((cause, currency), [])) < _QUOTED:
            quote = f"“{' '.join(comment.split())[:_LONGEST_QUOTE]}”"
            found[cause, currency].append(quote)
    return {line: " ".join(texts) for line, texts in found.items()}


def break_even(found: Insights, language: str) -> list[Line]:
    """A line per SKU and marketplace, the main currency first, the most money left first."""
    items, rank = items_of(found.returns), {c: at for at, c in enumerate(found.currencies)}
    return [
        {
            "SKU": one.sku,
            "Item": items.get(one.sku),
            "Marketplace": one.marketplace,
            "Currency": one.currency,
            "Returns": float(one.returns),
            "Unit Paid": main_units(one.paid, one.currency),
            "Handling": main_units(one.handling, one.currency),
            "Recovery": main_units(one.recovery, one.currency),
            "Break-Even": None if one.price is None else main_units(one.price, one.currency),
            "Tier Low": None if one.low is None else main_units(one.low, one.currency),
            "Left On Table": None if one.left is None else main_units(one.left, one.currency),
            "What It Means": meaning(one, language),
        }
        for one in sorted(found.break_evens, key=lambda one: rank[one.currency])
    ]


def meaning(one: BreakEven, language: str) -> str:
    """What a break-even says beside the seller's tier."""
    if one.price is None:
        return say(language, "even none")
    places = money.decimals(one.currency)
    price, low = money.show(one.price, places), money.show(one.low or 0, places)
    if one.low is None:
        return say(language, "even no tier", price=price)
    if one.price == one.low:
        return say(language, "even same")
    return say(
        language, "even below" if one.price < one.low else "even above", price=price, low=low
    )


def items_of(rows: pl.DataFrame) -> dict[str, str]:
    """What each SKU is called; the first name that a return gives it."""
    named = rows.filter(pl.col("item") != "").unique("sku", keep="first", maintain_order=True)
    return dict(named.select("sku", "item").iter_rows())


def _main_causes(rows: pl.DataFrame) -> Mapping[tuple[str, ...], str]:
    keys = ["sku", "marketplace", "currency"]
    counted = (
        rows.group_by([*keys, "cause"])
        .agg(pl.len(), pl.col("cost").sum())
        .sort("len", "cost", "cause", descending=[True, True, False])
        .unique(keys, keep="first", maintain_order=True)
    )
    return {tuple(line[:3]): line[3] for line in counted.iter_rows()}


def _main_first(lines: Iterable[dict[str, Any]], found: Insights) -> list[dict[str, Any]]:
    rank = {coin: place for place, coin in enumerate(found.currencies)}
    return sorted(lines, key=lambda line: (rank.get(line["currency"], 99), -line["cost"]))


def main_units(minor: int, currency: str) -> float | None:
    """An amount as a cell shows it; nothing where the currency is not known."""
    return None if not currency else money.to_major(minor, money.decimals(currency))
