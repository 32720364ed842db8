"""Insights as lines of the sheets SKU Costs, Causes, Break-Even and Fix List.

Money is in main units; a return without a currency has no cost. Words stand in English until
`worded` puts them into the seller's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from xl_returns.books.cells import Value
from xl_returns.core import cells, money
from xl_returns.core.phrases import say, word
from xl_returns.core.voice import day, share
from xl_returns.desk.ledger import Line
from xl_returns.insight.breakeven import BreakEven
from xl_returns.insight.causes import dictionary
from xl_returns.insight.costs import per
from xl_returns.insight.fixes import Claim, Fix
from xl_returns.insight.levels import FLAG_FINDS, FLAG_SPARES, TRUE_CASES, Levels
from xl_returns.insight.odds import Interval, share_of_flags_right
from xl_returns.insight.overview import Insights
from xl_returns.insight.rates import FeeForecast, Rate
from xl_returns.insight.signals import Burst, ListingFault

FIX, CLAIM, FEE, HIGH, BURST, LISTING = (
    "Cause to fix", "Supplier claim", "Return rate fee", "High return rate", "Burst", "Listing",
)  # fmt: skip
SURE, UNSURE, PURSUE = "sure", "too few to tell", "pursue"
CERTAIN: Final = (SURE, PURSUE)
_COSTS: Final = {
    "Cost": "cost", "Refunds": "refunds", "Referral Back": "referral_back",
    "Refund Fees": "refund_fees", "Labels": "labels", "Handling": "handling",
    "Ad Spend": "ad_spend", "Recovery": "recovery", "Reimbursed": "reimbursed",
    "Lost Value": "lost_value",
}  # fmt: skip
_GUESSES: Final = 20
"""How many causes that are not sure a currency lists."""
_ONE_IN_A_BILLION: Final = 1e-9
_WORDS: Final = ("Kind", "Cause", "Main Cause", "Verdict", "Sure")
_QUOTED: Final = 2
_LONGEST_QUOTE: Final = 80


def worded(lines: Iterable[Line], language: str) -> list[Line]:
    """Lines whose declared words are in a language."""
    return [
        {h: word(language, v) if h in _WORDS and isinstance(v, str) else v for h, v in line.items()}
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
    return {header: _main(line[part], line["currency"]) for header, part in _COSTS.items()}


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
            "In Their Words": quotes.get(line["cause"]),
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


def _quotes(rows: pl.DataFrame) -> dict[str, str]:
    """The shortest comments of each cause, as buyers wrote them."""
    spoken = (
        rows.filter("by_comment")
        .select("cause", "comment", length=pl.col("comment").str.len_chars())
        .unique(maintain_order=True)
        .sort("cause", "length", "comment")
    )
    found: dict[str, list[str]] = {}
    for cause, comment, _ in spoken.iter_rows():
        if len(found.setdefault(cause, [])) < _QUOTED:
            found[cause].append(f"“{' '.join(comment.split())[:_LONGEST_QUOTE]}”")
    return {cause: " ".join(texts) for cause, texts in found.items()}


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
            "Unit Paid": _main(one.paid, one.currency),
            "Handling": _main(one.handling, one.currency),
            "Recovery": _main(one.recovery, one.currency),
            "Break-Even": None if one.price is None else _main(one.price, one.currency),
            "Tier Low": None if one.low is None else _main(one.low, one.currency),
            "Left On Table": None if one.left is None else _main(one.left, one.currency),
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


def fix_list(found: Insights, levels: Levels, language: str) -> list[Line]:
    """What to do: what can be counted in money first, then what to look at."""
    items = items_of(found.returns)
    counted = [
        *(_fix(fix, language) for fix in _worth_telling(found.fixes)),
        *(_claim(claim, language) for claim in found.claims),
        *(_fee(fee, language) for fee in found.fees),
    ]
    rank = {coin: place for place, coin in enumerate(found.currencies)}
    counted.sort(
        key=lambda line: (rank[str(line["Currency"])], line["Sure"] not in CERTAIN, -_saving(line))
    )
    looked = [
        *(_high(rate, language) for rate in found.rates if rate.verdict == "high"),
        *(_listing(fault, language) for fault in found.listings),
        *(_burst(burst, levels, language) for burst in found.bursts),
    ]
    return [{**line, "Item": items.get(str(line["SKU"]))} for line in [*counted, *looked]]


def _worth_telling(fixes: Iterable[Fix]) -> Iterator[Fix]:
    """All that is sure, and of the rest the largest of each currency."""
    guesses: Counter[str] = Counter()
    for fix in fixes:
        guesses[fix.currency] += not fix.is_sure
        if fix.is_sure or guesses[fix.currency] <= _GUESSES:
            yield fix


def _saving(line: Line) -> float:
    saving = line["Saving"]
    return saving if isinstance(saving, float) else 0.0


def _fix(fix: Fix, language: str) -> Line:
    phrase = "fix shipped" if fix.of_shipped else "fix returned"
    own, of = fix.own
    return {
        "Kind": FIX,
        "SKU": fix.sku,
        "Marketplace": fix.marketplace,
        "Cause": fix.cause,
        "Returns": float(fix.returns),
        "Cost": _main(fix.cost, fix.currency),
        "Saving": _main(fix.saving, fix.currency),
        "Currency": fix.currency,
        "Sure": SURE if fix.is_sure else UNSURE,
        "What To Do": dictionary().causes[fix.cause].what_to_fix[language],
        "Why": say(
            language,
            phrase,
            own=f"{own:,}",
            of=f"{of:,}",
            share=_percent(own / of),
            others=_others(fix, language),
        ),
    }


def _others(fix: Fix, language: str) -> str:
    usual, of = fix.usual
    if not of:
        return say(language, "fix alone")
    return say(language, "fix others", share=_percent(usual / of))


def _claim(claim: Claim, language: str) -> Line:
    places = money.decimals(claim.currency)
    worth = money.show(claim.amount, places)
    return {
        "Kind": CLAIM,
        "SKU": claim.sku,
        "Cause": "Defects",
        "Returns": float(claim.defects),
        "Cost": _main(claim.amount, claim.currency),
        "Saving": _main(claim.amount, claim.currency) if claim.pursue else None,
        "Currency": claim.currency,
        "Sure": PURSUE if claim.pursue else "not worth it",
        "What To Do": say(
            language, "claim do", amount=worth, currency=claim.currency, supplier=claim.supplier
        ),
        "Why": say(
            language,
            "claim why",
            defects=f"{claim.defects:,}",
            sold=f"{claim.sold:,}",
            rate=_interval(claim.interval, language),
            usual=share(claim.baseline),
            loss=money.show(claim.unit_loss, places),
        ),
    }


def _fee(fee: FeeForecast, language: str) -> Line:
    return {
        "Kind": FEE,
        "SKU": fee.sku,
        "Marketplace": fee.marketplace,
        "Returns": float(fee.returned),
        "Cost": _main(fee.fee_so_far, fee.currency),
        "Saving": _main(fee.fee_expected, fee.currency),
        "Currency": fee.currency,
        "Sure": SURE if fee.is_final else "forecast",
        "What To Do": say(language, "fee do"),
        "Why": say(
            language,
            "fee why",
            month=f"{cells.date_of(fee.month):%Y-%m}",
            returned=f"{fee.returned:,}",
            shipped=f"{fee.shipped:,}",
            expected=f"{fee.expected:,}",
            free=share(fee.threshold),
            day=day(fee.charged_from),
        ),
    }


def _high(rate: Rate, language: str) -> Line:
    known = rate.interval
    return {
        **_of_sku(HIGH, rate.sku, rate.marketplace, rate.returned),
        "What To Do": say(language, "high do"),
        "Why": say(
            language,
            "high why",
            returned=f"{rate.returned:,}",
            shipped=f"{rate.shipped:,}",
            rate=_interval(known, language) if known else say(language, "above sold"),
            limit=share(rate.threshold),
        ),
    }


def _listing(fault: ListingFault, language: str) -> Line:
    return {
        **_of_sku(LISTING, fault.sku, fault.marketplace, fault.blamed),
        "Cause": fault.main_cause,
        "What To Do": dictionary().causes[fault.main_cause].what_to_fix[language],
        "Why": say(
            language,
            "listing why",
            blamed=f"{fault.blamed:,}",
            returns=f"{fault.returns:,}",
            rate=_interval(fault.interval, language),
            others=_percent(fault.others),
        ),
    }


def _burst(burst: Burst, levels: Levels, language: str) -> Line:
    right = share_of_flags_right(
        levels.share(FLAG_FINDS), levels.share(FLAG_SPARES), levels.share(TRUE_CASES)
    )
    count, looking = burst.same_words, burst.looking_pays
    return {
        **_of_sku(BURST, burst.sku, burst.marketplace, burst.orders),
        "What To Do": say(language, "burst do"),
        "Why": say(
            language,
            "burst why",
            orders=burst.orders,
            first=day(burst.first_day),
            last=day(burst.last_day),
            usual=f"{burst.usual:.1f}",
            chance=_one_in(burst.chance, language),
            same=say(language, "burst same", count=count) if count else "",
            right=f"{100 * right:.0f} %",
            pays=""
            if looking is None
            else say(language, "burst pays", share=f"{100 * looking:.0f} %"),
        ),
    }


def _of_sku(kind: str, sku: str, marketplace: str, count: int) -> dict[str, Value]:
    return {
        "Kind": kind,
        "SKU": sku,
        "Marketplace": marketplace,
        "Returns": float(count),
        "Sure": SURE,
    }


def _one_in(chance: float, language: str) -> str:
    if chance < _ONE_IN_A_BILLION:
        return say(language, "one in a billion")
    return say(language, "one in", count=f"{float(f'{1 / chance:.1g}'):,.0f}")


def _interval(found: Interval, language: str) -> str:
    """A share with its interval, as `4.1 % (2.5 to 6.8 %)`."""
    ends = {"share": found.share, "low": found.low, "high": found.high}
    return say(language, "interval", **{name: f"{100 * end:.1f}" for name, end in ends.items()})


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"


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


def _main(minor: int, currency: str) -> float | None:
    return None if not currency else money.to_major(minor, money.decimals(currency))
