"""Why a row was decided so, and where to appeal: one text each."""

from __future__ import annotations

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.evidence import proofs
from xl_returns.core.facts import DOMAINS
from xl_returns.core.rows import UNIT_SCALE
from xl_returns.core.tables import BLANK, NO_RULE
from xl_returns.core.voice import Voice, day, share


class Reasons:
    """Names the rule, the values it read, and the numbers behind the amount."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._d, self._book = voice, voice.decisions, voice.book
        self._rows = self._d.facts.rows
        self._sentences: dict[tuple[int, ...], str] = {}
        self._acting: list[int] = self._d.action.tolist()
        self._table = {name: column.tolist() for name, column in self._d.facts.table.items()}
        self._reckoned = _Reckoned(self._d)
        self._read = [
            [axis.name for axis in self._book.actions.axes if rule.conditions.get(axis.name)]
            for rule in self._book.policy.action_rules
        ]

    def why(self, row: int) -> str:
        """The rule, the values it read, and the numbers behind the amount."""
        return " ".join(filter(None, (self._because(row), self._reckoning(row))))

    def appeals(self) -> list[str | float | None]:
        """The route of every row, its last day, and what evidence is still missing."""
        routes, until = self._d.clocks.appeal.tolist(), self._d.clocks.appeal_until.tolist()
        return [
            None if route == BLANK else self._appeal(row, route, until[row])
            for row, route in enumerate(routes)
        ]

    def _appeal(self, row: int, route: int, until: int) -> str:
        name = self._voice.word(terms.APPEALS[route])
        text = self._voice.say("appeal by", route=name, day=day(until)) if until != BLANK else name
        missing = [x.name for x in proofs(self._rows, row, terms.APPEALS[route]) if not x.there]
        if missing:
            text += self._voice.say(
                "missing", evidence=self._voice.list(map(self._voice.say, missing))
            )
        return text

    def _because(self, row: int) -> str:
        rule, acting = self._voice.ruling[row], self._acting[row]
        if rule == NO_RULE:
            return self._voice.say("why no rule", action=self._voice.action(acting))
        read = self._read[rule]
        key = (rule, acting, *(self._table[name][row] for name in read))
        if key not in self._sentences or "Category" in read or "Price" in read:
            self._sentences[key] = self._sentence(row, rule, read)
        return self._sentences[key]

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

    def _reckoning(self, row: int) -> str:
        action = terms.ACTIONS[self._acting[row]]
        if action == terms.OFFER:
            return self._offer(row)
        parts = [self._sum(row)] if action in terms.PAYING_ACTIONS else []
        if self._reckoned.sold[row]:
            parts.append(self._sale(row))
        return " ".join(parts)

    def _sum(self, row: int) -> str:
        reckoned = self._reckoned
        text = self._voice.say("units", units=reckoned.units[row], unit=self._unit(row))
        for phrase, amounts in reckoned.parts.items():
            if amounts[row]:
                text += self._part(row, phrase, amounts[row])
        total = self._voice.money(row, reckoned.refund[row])
        return self._voice.say("sum", parts=text, total=total, currency=self._rows.currency(row))

    def _part(self, row: int, phrase: str, amount: int) -> str:
        rule = self._reckoned.refund_rule[row]
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
            net=self._voice.money(row, self._reckoned.net_paid[row]),
            amount=self._voice.money(row, self._reckoned.offer[row]),
            most=self._voice.money(row, self._reckoned.offer_max[row]),
            currency=self._rows.currency(row),
        )

    def _sale(self, row: int) -> str:
        rule = self._book.policy.resale_rules[self._reckoned.resale_rule[row]]
        price, sale = self._reckoned.price[row], self._reckoned.sale[row]
        recovery = self._reckoned.recovery[row]
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
    """The numbers behind the amounts, as plain lists: a row's texts read them one by one."""

    def __init__(self, decisions: Decisions) -> None:
        rows, due, resale = decisions.facts.rows, decisions.money, decisions.resale
        keeps = decisions.action == terms.ACTIONS.index(terms.KEEP_ITEM)
        known = rows.unit_paid != BLANK
        unit = money.divide_half_up(np.where(known, rows.unit_paid, 0), UNIT_SCALE)
        self.unit: list[int] = unit.tolist()
        self.units: list[int] = rows.amounts["Quantity"].tolist()
        self.net_paid: list[int] = decisions.facts.net_paid.tolist()
        self.refund: list[int] = decisions.refund.tolist()
        self.refund_rule: list[int] = due.rule.tolist()
        self.parts: dict[str, list[int]] = {
            "shipping": due.shipping.tolist(),
            "withheld": np.where(keeps, 0, due.withheld).tolist(),
            "label": np.where(keeps, 0, due.label).tolist(),
            "refunded": due.refunded.tolist(),
        }
        self.offer: list[int] = decisions.offer.tolist()
        self.offer_max: list[int] = decisions.offer_max.tolist()
        self.sold: list[bool] = (decisions.recovery != BLANK).tolist()
        self.resale_rule: list[int] = resale.rule.tolist()
        self.price: list[int] = resale.price.tolist()
        self.sale: list[int] = resale.sale.tolist()
        self.recovery: list[int] = resale.recovery.tolist()
