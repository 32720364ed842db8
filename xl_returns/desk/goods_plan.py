"""The goods plan: the best way for all goods together, when ways take only so many units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions, to_be_sold
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import named, phrased
from xl_returns.core.ledgers import GOODS_PLAN
from xl_returns.core.policy import ResaleRule
from xl_returns.core.resale import ways
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, NO_RULE, Codes
from xl_returns.core.voice import Voice
from xl_returns.desk import ledger
from xl_returns.desk.decided import Decided
from xl_returns.insight.channels import IMPOSSIBLE, Channel, Consolidation, Plan, best_plan


@dataclass(frozen=True)
class WayUse:
    """How much a way takes in the plan; amounts in main units of the plan's currency.

    One more unit of its cap would bring `one_more`; the last one brought `last_unit`. `total` is
    without the cost of a shipment.
    """

    rule: str
    disposition: str
    units: int
    cap: int | None
    total: float
    one_more: float
    last_unit: float


@dataclass(frozen=True)
class Shipment:
    """Whether a way that ships together pays today; `cost` in main units.

    It pays from so many units like today's (None: from no number).
    """

    rule: str
    disposition: str
    cost: float
    units: int
    pays_from: int | None
    wait_for: int | None
    pays: bool
    cap: int | None

    def __str__(self) -> str:
        name = f"{named(self.disposition)} ({self.rule})"
        if self.pays_from is None:
            return phrased("{name} pays for no unit of today", name=name)
        told = phrased(
            "{name} pays from {units}; you have {here:,}",
            name=name,
            units=_units(self.pays_from),
            here=self.units,
        )
        if self.pays:
            return phrased("{told}: ship them", told=told)
        if self.cap is not None and self.pays_from > self.cap:
            return phrased("{told}, and it takes only {cap:,}", told=told, cap=self.cap)
        return phrased("{told}: wait for {wait_for:,} more", told=told, wait_for=self.wait_for)


@dataclass(frozen=True)
class CoinPlan:
    """The plan for the goods of one currency, in its main units.

    `best_alone` is what every unit would bring its own best way, without caps and shipments;
    `left` units find no way with room.
    """

    currency: str
    units: int
    left: int
    total: float
    best_alone: float
    ways: list[WayUse]
    shipments: list[Shipment]

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.currency}  {_units(self.units)}"
        for way in self.ways:
            cap = "" if way.cap is None else phrased("of {cap:,}", cap=way.cap)
            told = f"  {way.rule:<6}{named(way.disposition):<23}{way.units:>7,} {cap:<9}{self._shown(way.total):>13}"
            yield told + self._price(way)
        yield from (f"  {shipment}" for shipment in self.shipments)
        if self.left:
            yield phrased("  {units} without a way that has room", units=_units(self.left))
        total, alone = self._shown(self.total), self._shown(self.best_alone)
        if self.total == self.best_alone:
            yield phrased("  Together {total}: every unit goes its best way", total=total)
        else:
            yield phrased(
                "  Together {total}; each its best way, without caps and shipments, {alone}",
                total=total,
                alone=alone,
            )

    def _price(self, way: WayUse) -> str:
        if not way.last_unit:
            return ""
        last, more = self._shown(way.last_unit), self._shown(way.one_more)
        if last == more:
            return phrased("   one more unit would bring {more}", more=more)
        if not way.one_more:
            return phrased(
                "   the last unit brought {last}, one more would bring nothing", last=last
            )
        return phrased(
            "   one more unit would bring {more}, the last brought {last}", more=more, last=last
        )

    def _shown(self, amount: float) -> str:
        return f"{amount:,.{money.decimals(self.currency)}f}"


@dataclass(frozen=True)
class GoodsPlan:
    """What becomes of all goods that are to be sold; each currency apart."""

    plans: list[CoinPlan]
    lines: list[ledger.Line]
    findings: list[Finding]
    written_to: str = ""

    def __str__(self) -> str:
        told = [str(plan) for plan in self.plans] or [phrased("No goods are to be sold")]
        return "\n".join([*told, *filter(None, [self.written_to])])


def plan_goods(book: Book, today: dt.date) -> GoodsPlan:
    """Plan the goods of a workbook's rows that go a way of its Resale Rules. Raises Refusal."""
    decided = Decided.of(book, today)
    planner = _Planner(decided.decisions, decided.rulebook)
    coins = [*range(len(terms.CURRENCIES)), BLANK]
    made = [planner.plan(coin) for coin in coins if planner.rows_of(coin).size]
    return GoodsPlan(
        plans=[plan for plan, _ in made],
        lines=[line for _, lines in made for line in lines],
        findings=[*decided.findings, *decided.table.findings(decided.rows, decided.filled)],
    )


def write_goods_plan(book: Book, plan: GoodsPlan) -> GoodsPlan:
    """Make the Goods Plan sheet say exactly this plan. Raises Refusal where there is none."""
    if not ledger.has(book, GOODS_PLAN):
        raise Refusal(
            book.path.name,
            phrased("has no {sheet} sheet", sheet=GOODS_PLAN.sheet),
            phrased("copy its rows into a workbook made by `xl-returns new`"),
        )
    ledger.replace(book, GOODS_PLAN, plan.lines)
    return replace(plan, written_to=phrased("Written to {path}", path=book.path))


def _units(count: int) -> str:
    return phrased("1 unit") if count == 1 else phrased("{count:,} units", count=count)


class _Planner:
    """Plans the rows of one currency after the other, and says why."""

    def __init__(self, decisions: Decisions, rulebook: Rulebook) -> None:
        self._d, self._book = decisions, rulebook
        self._rules: Sequence[ResaleRule] = rulebook.policy.resale_rules
        self._voice = Voice(decisions, rulebook)
        self._rows = decisions.facts.rows
        self._sold = to_be_sold(decisions.disposition)
        self._units = np.maximum(self._rows.amounts["Quantity"], 1)
        every = list(ways(decisions.facts, rulebook))
        self._price = [way.now(way.price, self._rows.count) for way in every]
        self._recovery = [way.now(way.recovery, self._rows.count) for way in every]

    def rows_of(self, coin: int) -> Codes:
        """The rows of a currency whose goods are to be sold."""
        return np.flatnonzero(self._sold & (self._rows.codes["Currency"] == coin))

    def plan(self, coin: int) -> tuple[CoinPlan, list[ledger.Line]]:
        """The plan for a currency, and its lines."""
        rows = self.rows_of(coin)
        units = self._units[rows]
        recovery = np.column_stack([of_way[rows] for of_way in self._recovery])
        channels = [
            self._channel(line, rows[offered])
            for line, offered in zip(self._rules, (recovery != IMPOSSIBLE).T, strict=True)
        ]
        plan = best_plan(recovery, units, channels)
        told = _Told(self._rules, channels, plan, int(self._rows.places[rows[0]]))
        whole = CoinPlan(
            currency=self._rows.currency(int(rows[0])),
            units=int(units.sum()),
            left=int(plan.left.sum()),
            total=told.major(plan.total),
            best_alone=told.major(plan.uncapped),
            ways=told.ways(recovery),
            shipments=[told.shipment(each) for each in plan.consolidations],
        )
        return whole, list(self._lines(rows, plan, told))

    def _channel(self, line: ResaleRule, going: Codes) -> Channel:
        """A way's limits; where marketplaces differ, the dearest shipment counts."""
        if not line.per_shipment or not going.size:
            return Channel(line.most_units)
        facts = self._d.facts
        fee = self._book.fee(line.per_shipment, facts.venues, facts.today)
        nothing = np.zeros(self._rows.count, dtype=np.int64)
        return Channel(line.most_units, int(fee.on(nothing)[going].max()))

    def _lines(self, rows: Codes, plan: Plan, told: _Told) -> Iterator[ledger.Line]:
        for at, way in np.argwhere(plan.units > 0).tolist():
            row = int(rows[at])
            yield self._line(row, int(plan.units[at, way]), told) | self._sale(row, at, way, told)
        for at in np.flatnonzero(plan.left).tolist():
            row = int(rows[at])
            left: dict[str, Value] = {"Recovery": 0.0, "Why": self._voice.say("plan left")}
            yield self._line(row, int(plan.left[at]), told) | left

    def _line(self, row: int, units: int, told: _Told) -> dict[str, Value]:
        return {
            "Return ID": self._rows.text["Return ID"][row],
            "SKU": self._rows.text["SKU"][row],
            "Units": float(units),
            "Currency": self._rows.currency(row),
            "Best Alone": told.major(int(self._d.resale.recovery[row]) * units),
        }

    def _sale(self, row: int, at: int, way: int, told: _Told) -> dict[str, Value]:
        rule = self._rules[way]
        recovery = int(self._recovery[way][row]) * int(told.plan.units[at, way])
        return {
            "Way": rule.id,
            "Disposition": rule.disposition,
            "Grade": rule.grade,
            "Price": told.major(int(self._price[way][row])),
            "Recovery": told.major(recovery),
            "Why": self._why(row, way, told),
        }

    def _why(self, row: int, way: int, told: _Told) -> str:
        best = int(self._d.resale.rule[row])
        if best in (way, NO_RULE):
            return self._voice.say("plan best")
        values = {
            "disposition": self._voice.word(self._rules[best].disposition),
            "rule": self._rules[best].id,
            "amount": self._voice.money(row, int(self._d.resale.recovery[row])),
        }
        waiting = told.waiting.get(best)
        if waiting is None:
            return self._voice.say("plan full", cap=told.channels[best].cap, **values)
        return self._voice.say("plan waits", cost=self._voice.money(row, waiting.cost), **values)


class _Told:
    """A plan of one currency in its main units."""

    def __init__(
        self, rules: Sequence[ResaleRule], channels: Sequence[Channel], plan: Plan, places: int
    ) -> None:
        self._rules, self.channels, self.plan = rules, channels, plan
        self._places = places
        self.waiting = {each.way: each for each in plan.consolidations if not each.pays}

    def major(self, minor: int) -> float:
        """Minor units as a cell shows them."""
        return money.to_major(minor, self._places)

    def ways(self, recovery: Codes) -> list[WayUse]:
        """The ways that take units, and those whose cap keeps units out."""
        used = self.plan.units.sum(axis=0).tolist()
        worth = (np.where(self.plan.units > 0, recovery, 0) * self.plan.units).sum(axis=0).tolist()
        return [
            WayUse(
                rule=rule.id,
                disposition=rule.disposition,
                units=used[way],
                cap=self.channels[way].cap,
                total=self.major(worth[way]),
                one_more=self.major(self.plan.one_more[way]),
                last_unit=self.major(self.plan.last_unit[way]),
            )
            for way, rule in enumerate(self._rules)
            if used[way] or self.plan.one_more[way]
        ]

    def shipment(self, seen: Consolidation) -> Shipment:
        """A shipment as people read it."""
        rule = self._rules[seen.way]
        return Shipment(
            rule=rule.id,
            disposition=rule.disposition,
            cost=self.major(seen.cost),
            units=seen.units,
            pays_from=seen.pays_from,
            wait_for=seen.wait_for,
            pays=seen.pays,
            cap=self.channels[seen.way].cap,
        )
