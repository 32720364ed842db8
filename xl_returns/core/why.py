"""Why a row was decided so, and where to appeal: one text each."""

from __future__ import annotations

from itertools import chain

import numpy as np
import polars as pl

from xl_returns.core import money, terms
from xl_returns.core.alike import Key, joined, told
from xl_returns.core.decide import Decisions
from xl_returns.core.evidence import proofs
from xl_returns.core.facts import DOMAINS
from xl_returns.core.rows import UNIT_SCALE
from xl_returns.core.tables import BLANK, NO_RULE, Codes, among
from xl_returns.core.texts import distinct, series_of
from xl_returns.core.voice import Voice, day, share


class Reasons:
    """Names the rule, the values it read, and the numbers behind the amount."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._d, self._book = voice, voice.decisions, voice.book
        self._rows = self._d.facts.rows
        self._acting, self._table = self._d.action, self._d.facts.table
        self._reckoned = _Reckoned(self._d)
        self._read = [
            [axis.name for axis in self._book.actions.axes if rule.conditions.get(axis.name)]
            for rule in self._book.policy.action_rules
        ]

    def whys(self) -> pl.Series:
        """The rule, the values it read, and the numbers behind the amount, of every row."""
        d, facts, parts = self._d, self._d.facts, self._reckoned.parts.values()
        offers = d.action == terms.ACTIONS.index(terms.OFFER)
        pays = among(d.action, map(terms.ACTIONS.index, terms.PAYING_ACTIONS))
        coin, reckoned = self._rows.codes["Currency"], self._reckoned
        owed = [reckoned.units, reckoned.unit, *parts, reckoned.refund, d.money.rule, coin]
        offered = [facts.table["Tier"], facts.net_paid, d.offer, d.offer_max, coin]
        sold = [d.resale.rule, d.resale.price, d.resale.sale, d.resale.recovery, coin]
        return joined(
            [
                told(np.ones(len(coin), dtype=np.bool_), self._what_was_read(), self._because),
                told(offers, offered, self._offer),
                told(pays, owed, self._sum),
                told(reckoned.sold & ~offers, sold, self._sale),
            ],
            " ",
        )

    def _what_was_read(self) -> list[Key]:
        """The columns that the first sentence depends on: facts only where the rule reads them."""
        d, table = self._d, self._d.facts.table
        columns: dict[str, list[Key]] = {name: [column] for name, column in table.items()}
        columns["Price"] = [self._reckoned.unit, self._rows.places]
        columns["Category"] = [distinct(self._rows.text["Category"]).of_row]
        keys: list[Key] = [d.rule, d.action]
        for name in dict.fromkeys(chain.from_iterable(self._read)):
            reads = np.array([*(name in read for read in self._read), False])[d.rule]
            keys += [np.where(reads, column, 0) for column in columns[name]]
        return keys

    def appeals(self) -> pl.Series:
        """The route of every row, its last day, and what evidence is still missing."""
        d, rows = self._d, self._rows
        blank = [rows.codes["Condition"] == BLANK, rows.days["Delivered Date"] == BLANK]
        unnamed = (series_of(rows.text["Order ID"]) == "").to_numpy()
        keys = [d.clocks.appeal, d.clocks.appeal_until, rows.codes["Photos"], *blank, unnamed]
        return told(d.clocks.appeal != BLANK, keys, self._appeal)

    def _appeal(self, row: int) -> str:
        route, until = int(self._d.clocks.appeal[row]), int(self._d.clocks.appeal_until[row])
        name = self._voice.word(terms.APPEALS[route])
        text = self._voice.say("appeal by", route=name, day=day(until)) if until != BLANK else name
        missing = [x.name for x in proofs(self._rows, row, terms.APPEALS[route]) if not x.there]
        if missing:
            text += self._voice.say(
                "missing", evidence=self._voice.list(map(self._voice.say, missing))
            )
        return text

    def _because(self, row: int) -> str:
        rule = self._voice.ruling[row]
        if rule == NO_RULE:
            return self._voice.say("why no rule", action=self._voice.action(self._acting[row]))
        return self._sentence(row, rule, self._read[rule])

    def _sentence(self, row: int, rule: int, read: list[str]) -> str:
        policy_rule = self._book.policy.action_rules[rule]
        acting = terms.ACTIONS[self._acting[row]]
        gated = "why gated" if acting != policy_rule.action else "why"
        return self._voice.say(
            gated if read else "why any",
            rule=policy_rule.id,
            action=self._voice.word(acting),
            ruled=self._voice.word(policy_rule.action),
            values=self._voice.list(self._value(row, header) for header in read),
        )

    def _value(self, row: int, header: str) -> str:
        value = self._table[header][row]
        if header in DOMAINS:
            text = self._voice.word(DOMAINS[header][value])
        elif header == "Category":
            text = self._rows.text["Category"][row]
        elif header == "Order Date":
            text = day(value)
        elif header == "Price":
            text = self._unit(row)
        else:
            text = str(value)
        return self._voice.say("is", name=self._voice.header(header), value=text)

    def _unit(self, row: int) -> str:
        return self._voice.money(row, self._reckoned.unit[row])

    def _sum(self, row: int) -> str:
        reckoned = self._reckoned
        text = self._voice.say("units", units=reckoned.units[row], unit=self._unit(row))
        for phrase, amounts in reckoned.parts.items():
            if amount := int(amounts[row]):
                text += self._part(row, phrase, amount)
        total = self._voice.money(row, reckoned.refund[row])
        return self._voice.say("sum", parts=text, total=total, currency=self._rows.currency(row))

    def _part(self, row: int, phrase: str, amount: int) -> str:
        rule = self._d.money.rule[row]
        line = self._book.policy.refund_rules[rule] if rule != NO_RULE else None
        return self._voice.say(
            phrase,
            amount=self._voice.money(row, amount),
            share=share(line.withhold if line else 0),
            rule=line.id if line else "",
        )

    def _offer(self, row: int) -> str:
        settings = self._book.policy.settings
        high = self._table["Tier"][row] == terms.TIERS.index("high")
        return self._voice.say(
            "offer",
            share=share(settings.opening_offer_high if high else settings.opening_offer_middle),
            net=self._voice.money(row, self._d.facts.net_paid[row]),
            amount=self._voice.money(row, self._d.offer[row]),
            most=self._voice.money(row, self._d.offer_max[row]),
            currency=self._rows.currency(row),
        )

    def _sale(self, row: int) -> str:
        resale = self._d.resale
        rule = self._book.policy.resale_rules[resale.rule[row]]
        price, sale, recovery = (x[row] for x in (resale.price, resale.sale, resale.recovery))
        return self._voice.say(
            "sell" if sale == price else "sell later",
            disposition=self._voice.word(rule.disposition),
            grade=self._voice.word(rule.grade),
            rule=rule.id,
            price=self._voice.money(row, price),
            sale=self._voice.money(row, sale),
            chance=share(rule.chance),
            weeks=rule.weeks,
            loss=share(rule.loss),
            fees=self._voice.money(row, sale - recovery),
            recovery=self._voice.money(row, recovery),
            currency=self._rows.currency(row),
        )


class _Reckoned:
    """The numbers behind the amounts."""

    def __init__(self, decisions: Decisions) -> None:
        rows, due = decisions.facts.rows, decisions.money
        keeps = decisions.action == terms.ACTIONS.index(terms.KEEP_ITEM)
        known = rows.unit_paid != BLANK
        self.unit = money.divide_half_up(np.where(known, rows.unit_paid, 0), UNIT_SCALE)
        self.units = rows.amounts["Quantity"]
        self.refund = decisions.refund
        self.parts: dict[str, Codes] = {
            "shipping": due.shipping,
            "withheld": np.where(keeps, 0, due.withheld),
            "label": np.where(keeps, 0, due.label),
            "refunded": due.refunded,
        }
        self.sold = decisions.recovery != BLANK
