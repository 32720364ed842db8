"""The Fix List: what to do, what it saves, how sure that is.

Money is in main units. Kinds and other declared words stand in English (see
`insight_lines.worded`), sentences in the seller's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from xl_returns.books.cells import Value
from xl_returns.core import cells, money
from xl_returns.core.phrases import say
from xl_returns.core.voice import day, share
from xl_returns.desk.insight_lines import items_of, main_units
from xl_returns.desk.ledger import Line
from xl_returns.insight.causes import dictionary
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
_GUESSES: Final = 20
"""How many causes that are not sure a currency lists."""
_ONE_IN_A_BILLION: Final = 1e-9


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
        "Cost": main_units(fix.cost, fix.currency),
        "Saving": main_units(fix.saving, fix.currency),
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
        "Cost": main_units(claim.amount, claim.currency),
        "Saving": main_units(claim.amount, claim.currency) if claim.pursue else None,
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
        "Cost": main_units(fee.fee_so_far, fee.currency),
        "Saving": main_units(fee.fee_expected, fee.currency),
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
