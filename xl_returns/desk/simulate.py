"""Replay past returns under another policy: what would change, and what it would save."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from xl_returns.books.book import Book
from xl_returns.books.build.page import Tongue
from xl_returns.books.build.replay_book import ReplayPages, build_replay, is_replay
from xl_returns.books.policies import opened, policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, money, sheets, terms
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import listed, marked, named, phrased, spoken
from xl_returns.core.policy import Policy
from xl_returns.core.rows import Rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import amounts, words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.desk.files import written_to
from xl_returns.desk.frame_files import rows_of_file
from xl_returns.desk.ledger import Line
from xl_returns.desk.process import Step
from xl_returns.desk.spans import is_rows_file
from xl_returns.desk.summary import coins
from xl_returns.desk.table import ReturnsTable
from xl_returns.insight.assumptions import Assumptions
from xl_returns.insight.replay import Past, Replay, order_numbers, past, replay, savings
from xl_returns.insight.thresholds import LEAST_ROWS, Proposal, best_tiers, with_tiers
from xl_returns.insight.uncertainty import DRAWS, SEED, interval, swings

BREAKDOWNS: Final = ("SKU", "Reason", "Marketplace")
MOST_CHANGES: Final = 50_000
"""More changed rows are counted, but not listed."""
_SAMPLE: Final = 20_000
"""Changed rows from which the effect of assumptions is drawn."""


@dataclass(frozen=True)
class Money:
    """What two policies cost in one currency, in main units, and what moves the difference."""

    currency: str
    rows: int
    changed: int
    before: float
    after: float
    saved: float
    saved_at_least: float
    saved_at_most: float
    tornado: list[Line]


@dataclass(frozen=True)
class Simulation:
    """A replay of past returns under two policies. Money is in main units per currency."""

    rows: int
    changed: int
    policy: str
    other: str
    money: list[Money]
    actions: list[Line]
    breakdowns: dict[str, list[Line]]
    changes: list[Line]
    tiers: list[Proposal]
    assumptions: list[str]
    findings: list[Finding] = field(default_factory=list)
    written_to: str = ""

    def __str__(self) -> str:
        lines = [
            phrased(
                "{rows:,} past returns, {changed:,} decided otherwise",
                rows=self.rows,
                changed=self.changed,
            )
        ]
        if wrong := sum(finding.severity == "error" for finding in self.findings):
            lines.insert(
                0,
                phrased(
                    "{wrong:,} error(s) in what was compared, listed last: mend them first",
                    wrong=wrong,
                ),
            )
        lines += [_money_told(one) for one in self.money if one.changed]
        lines += [_tier_told(tier) for tier in self.tiers]
        for line in self.actions[:10]:
            same = phrased(" (another amount or cost)") if line["Now"] == line["Other"] else ""
            now, other = named(line["Now"]), named(line["Other"])
            lines.append(f"  {line['Rows']:>8,.0f}  {now} -> {other}{same}")
        lines += [phrased("Assumed:"), *(f"  {text}" for text in self.assumptions)]
        return "\n".join([*lines, *([self.written_to] if self.written_to else [])])


def _money_told(one: Money) -> str:
    coin = one.currency
    ends = one.saved_at_least, one.saved_at_most
    if one.saved < 0:
        ends = -one.saved_at_most, -one.saved_at_least
    low, high = (coins({coin: x}) for x in ends)
    places = money.decimals(coin)
    return phrased(
        "{coin}: {before} now, {after} with the other: it saves {coins} (95 %: {low} to {high})"
        if one.saved >= 0
        else marked(
            "{coin}: {before} now, {after} with the other: it costs {coins} (95 %: {low} to {high})"
        ),
        coin=coin,
        before=f"{one.before:,.{places}f}",
        after=f"{one.after:,.{places}f}",
        coins=coins({coin: abs(one.saved)}),
        low=low,
        high=high,
    )


def _tier_told(tier: Proposal) -> str:
    saved, checked = (_main(x, tier.currency) for x in (tier.saved, tier.checked))
    return phrased(
        "{currency} tiers {low:g} and {high:g}: save {saved:,.2f} on {rows:,} returns; found on one half and tried on the other, {checked:,.2f}",
        currency=tier.currency,
        low=tier.low,
        high=tier.high,
        saved=saved,
        rows=tier.rows,
        checked=checked,
    )


def _main(minor: int, currency: str) -> float:
    return money.to_major(minor, money.decimals(currency))


def simulate(
    source: Path,
    other: Path | None,
    today: dt.date,
    *,
    search: bool = False,
    now: Path | None = None,
    step: Step = lambda _: None,
) -> Simulation:
    """Replay the returns of a workbook, .csv or .parquet file under its own and another policy.

    With `search` the tiers that would have cost least are looked for first, and replayed. `now` is
    the workbook with the policy of now, if it is not the file's own. Raises Refusal.
    """
    if not other and not search:
        raise Refusal(
            source.name,
            phrased("has no other policy to be tried"),
            phrased("give --policy or --search"),
        )
    step(phrased("Reading the returns"))
    if is_rows_file(source):
        rows, policy, findings = rows_of_file(source, now)
    else:
        book = opened(source)
        policy, findings = policy_of(book if now is None else Workbook.open(now))
        rows = _rows(book)
    return _tried(rows, policy, other, today, search=search, findings=findings, step=step)


def simulate_open(book: Book, other: Path, today: dt.date, step: Step) -> Simulation:
    """Replay the returns of an open workbook under another workbook's policy. Raises Refusal."""
    policy, findings = policy_of(book)
    return _tried(_rows(book), policy, other, today, search=False, findings=findings, step=step)


def _rows(book: Book) -> Rows:
    table = ReturnsTable(book)
    return table.rows(table.filled())


def _tried(
    rows: Rows,
    policy: Policy,
    other: Path | None,
    today: dt.date,
    *,
    search: bool,
    findings: Sequence[Finding],
    step: Step,
) -> Simulation:
    proposed, more = _policy(other) if other else (policy, [])
    asked = past(rows, Rulebook(policy), cells.days_of(today))
    tiers: list[Proposal] = []
    if search:
        step(phrased("Searching tiers"))
        tiers = best_tiers(asked, proposed)
        proposed = with_tiers(proposed, tiers)
    step(phrased("Replaying {count:,} returns", count=rows.count))
    seen = _told(replay(asked, policy, proposed), policy, proposed)
    assumed = [*seen.assumptions, *(_too_few(asked, tiers) if search else [])]
    return replace(seen, tiers=tiers, findings=[*findings, *more], assumptions=assumed)


def _too_few(asked: Past, tiers: Sequence[Proposal]) -> list[str]:
    """Which currencies have too few returns for a search of their tiers."""
    counts = Counter(words(asked.rows.codes["Currency"], terms.CURRENCIES))
    searched = {tier.currency for tier in tiers}
    few = [
        phrased("{count:,} in {coin}", count=n, coin=coin)
        for coin, n in counts.items()
        if coin and coin not in searched
    ]
    told = phrased(
        "Tiers are searched where there are {least} returns: not of {few}.",
        least=LEAST_ROWS,
        few=listed(few),
    )
    return [told] if few else []


def _policy(path: Path) -> tuple[Policy, list[Finding]]:
    """The policy of another workbook. Raises Refusal where it has none."""
    book = Workbook.open(path, read_only=True)
    if sheets.ACTION_RULES.table not in book.tables:
        raise Refusal(
            path.name, phrased("has no Action Rules"), phrased("name a workbook with a policy")
        )
    return policy_of(book)


def _told(seen: Replay, policy: Policy, other: Policy) -> Simulation:
    frame = _frame(seen)
    changed = np.flatnonzero(seen.changed)
    return Simulation(
        rows=len(frame),
        changed=len(changed),
        policy=policy.version,
        other=other.version,
        money=_money(seen, changed, policy, other),
        actions=_actions(seen, changed),
        breakdowns={name: _breakdown(frame, name) for name in BREAKDOWNS},
        changes=_changes(seen, changed),
        tiers=[],
        assumptions=_assumed(seen, policy, len(changed)),
    )


def _frame(seen: Replay) -> pl.DataFrame:
    rows = seen.past.rows
    return pl.DataFrame(
        {
            "SKU": rows.text["SKU"],
            "Reason": rows.text["Reason"],
            "Marketplace": words(rows.codes["Marketplace"], terms.MARKETPLACES),
            "Currency": words(rows.codes["Currency"], terms.CURRENCIES),
            "Changed": seen.changed,
            "Before": seen.before.cost,
            "After": seen.after.cost,
        }
    )


def _money(seen: Replay, changed: Codes, policy: Policy, other: Policy) -> list[Money]:
    coin, orders = seen.past.rows.codes["Currency"], order_numbers(seen.past)
    swinging = _swinging(seen.past, changed, policy, other)
    found = []
    for code, name in enumerate(terms.CURRENCIES):
        here = coin == code
        if not here.any():
            continue
        saved = seen.saved[here]
        low, high = interval(saved, orders[here])
        before, after = (int(one.cost[here].sum()) for one in (seen.before, seen.after))
        found.append(
            Money(
                currency=name,
                rows=int(here.sum()),
                changed=int(seen.changed[here].sum()),
                before=_main(before, name),
                after=_main(after, name),
                saved=_main(before - after, name),
                saved_at_least=_main(low, name),
                saved_at_most=_main(high, name),
                tornado=_tornado(swinging, code, before - after),
            )
        )
    return sorted(found, key=lambda one: -one.rows)


Swinging = list[tuple[str, int, int, Codes, Codes]]


def _swinging(asked: Past, changed: Codes, policy: Policy, other: Policy) -> Swinging:
    """For each assumption pushed down and up, what is saved per currency, in minor units."""
    some = changed
    if len(changed) > _SAMPLE:
        some = np.sort(np.random.default_rng(SEED).choice(changed, _SAMPLE, replace=False))
    sample = asked.take(some)
    saved = savings(sample, policy, other)
    scale, coin = len(changed) / max(len(some), 1), sample.rows.codes["Currency"]

    def by_currency(assumed: Assumptions) -> Codes:
        known = coin != BLANK
        total = np.bincount(coin[known], weights=saved(assumed)[known], minlength=_COINS)
        return np.rint(total * scale).astype(np.int64)

    found = swings(Assumptions.of(policy), by_currency)
    return [(s.assumption, s.low, s.high, s.at_low, s.at_high) for s in found]


_COINS: Final = len(terms.CURRENCIES)


def _tornado(swinging: Swinging, code: int, saved: int) -> list[Line]:
    coin = terms.CURRENCIES[code]
    lines: list[Line] = [
        {
            "Assumption": name,
            "Low": low / money.BASIS,
            "High": high / money.BASIS,
            "Saved At Low": _main(int(at_low[code]), coin),
            "Saved At High": _main(int(at_high[code]), coin),
            "Low Moves": _main(int(at_low[code]) - saved, coin),
            "High Moves": _main(int(at_high[code]) - saved, coin),
        }
        for name, low, high, at_low, at_high in swinging
    ]
    return sorted(lines, key=_width, reverse=True)


def _width(line: Line) -> float:
    return abs(float(line["Saved At High"] or 0) - float(line["Saved At Low"] or 0))


def _actions(seen: Replay, changed: Codes) -> list[Line]:
    pairs = Counter(
        zip(seen.before.action[changed].tolist(), seen.after.action[changed].tolist(), strict=True)
    )
    return [
        {"Now": terms.ACTIONS[a], "Other": terms.ACTIONS[b], "Rows": float(count)}
        for (a, b), count in pairs.most_common()
    ]


def _breakdown(frame: pl.DataFrame, name: str) -> list[Line]:
    """Cost before and after by a column, the most frequent currency and largest change first."""
    grouped = frame.group_by(name, "Currency").agg(
        pl.len().alias("Rows"), pl.col("Changed", "Before", "After").sum()
    )
    grouped = grouped.with_columns(
        (pl.col("Before") - pl.col("After")).alias("Saved"),
        pl.col("Rows").sum().over("Currency").alias("Of Currency"),
    ).sort("Of Currency", "Currency", pl.col("Saved").abs(), name, descending=[True, False] * 2)
    grouped = grouped.drop("Of Currency")
    return [_in_main_units(line) for line in grouped.to_dicts()]


def _in_main_units(line: dict[str, object]) -> Line:
    places = money.decimals(str(line["Currency"] or ""))
    shown = {h: money.to_major(int(str(line[h])), places) for h in ("Before", "After", "Saved")}
    counts = {h: float(str(line[h])) for h in ("Rows", "Changed")}
    texts = {h: str(v or "") for h, v in line.items() if h not in shown and h not in counts}
    return {**texts, **counts, **shown}


def _changes(seen: Replay, changed: Codes) -> list[Line]:
    """The rows that are decided otherwise, the largest difference first."""
    order = changed[np.argsort(-np.abs(seen.saved[changed]), kind="stable")][:MOST_CHANGES]
    rows = seen.past.rows.take(order)
    columns: dict[str, Sequence[object]] = {
        **{name: rows.text[name] for name in ("Return ID", "Order ID", "SKU", "Reason")},
        "Marketplace": words(rows.codes["Marketplace"], terms.MARKETPLACES),
        "Currency": words(rows.codes["Currency"], terms.CURRENCIES),
    }
    for name, one in (("Before", seen.before), ("After", seen.after)):
        columns[f"Action {name}"] = words(one.action[order], terms.ACTIONS)
        columns[f"Refund {name}"] = amounts(one.refund[order], rows.places)
        columns[f"Cost {name}"] = amounts(one.cost[order], rows.places)
    columns["Saved"] = amounts(seen.saved[order], rows.places)
    lines = zip(*columns.values(), strict=True)
    return [dict(zip(columns, line, strict=True)) for line in lines]


def _assumed(seen: Replay, policy: Policy, changed: int) -> list[str]:
    settings = policy.settings
    today = cells.date_of(seen.past.today).isoformat()
    return [
        phrased(
            "Returns that you control stand as they were asked for: nothing received, inspected, offered or paid."
        ),
        phrased(
            "A condition that was found later counts for what the goods bring, not for the decision."
        ),
        phrased("Fees and chances are those of the first policy, as of {today}.", today=today),
        phrased(
            "Goods come back in {share:g} % of approved returns; a refund counts as paid in any case.",
            share=settings.chance_goods_come_back / 100,
        ),
        phrased(
            "A buyer takes an offer with the chance of its share of what was paid; refused, the goods come back."
        ),
        phrased(
            "What one policy holds and the other decides costs a negotiation, then what the other decided."
        ),
        phrased(
            "The interval is a bootstrap of orders, {draws:,} draws, seed {seed}.",
            draws=DRAWS,
            seed=SEED,
        ),
        *(
            [
                phrased(
                    "Assumptions were tried on {tried:,} of the {changed:,} changed rows.",
                    tried=_SAMPLE,
                    changed=changed,
                )
            ]
            if changed > _SAMPLE
            else []
        ),
    ]


def check_target(target: Path) -> None:
    """Refuse to write a replay over anything but an earlier replay. Raises Refusal."""
    if target.suffix.casefold() != ".xlsx":
        raise Refusal(target.name, phrased("is no .xlsx file"), phrased("end its name in .xlsx"))
    if target.exists() and not is_replay(target):
        raise Refusal(
            target.name, phrased("is there and is no replay"), phrased("choose another name")
        )


def write_replay(seen: Simulation, target: Path) -> None:
    """Write a replay to a workbook of its own, with charts. Raises Refusal."""
    check_target(target)
    main = seen.money[0] if seen.money else None
    pages = ReplayPages(
        hint=phrased(
            "{rows:,} past returns under policies {policy} and {other}: {changed:,} would be decided otherwise.",
            rows=seen.rows,
            policy=seen.policy,
            other=seen.other,
            changed=seen.changed,
        ),
        money=[_money_line(one) for one in seen.money],
        tiers=[_tier_line(tier) for tier in seen.tiers],
        actions=seen.actions,
        main=main.currency if main else "",
        tornado=main.tornado if main else [],
        assumptions=seen.assumptions,
        sheets={
            **{f"By {name}": x for name, x in seen.breakdowns.items()},
            "Changes": seen.changes,
        },
    )
    with written_to(target.name, phrased("close it, or choose another file")):
        build_replay(target, pages, Tongue(spoken()))


def _tier_line(tier: Proposal) -> Line:
    return {
        "Currency": tier.currency,
        "Rows": float(tier.rows),
        "New Low": tier.low,
        "New High": tier.high,
        "Saved": _main(tier.saved, tier.currency),
        "Saved Elsewhere": _main(tier.checked, tier.currency),
    }


def _money_line(one: Money) -> Line:
    return {
        "Currency": one.currency,
        "Rows": float(one.rows),
        "Changed": float(one.changed),
        "Before": one.before,
        "After": one.after,
        "Saved": one.saved,
        "At Least": one.saved_at_least,
        "At Most": one.saved_at_most,
    }
