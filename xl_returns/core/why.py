"""Why a row was decided so, and where to appeal: one text each."""

from __future__ import annotations

from itertools import chain

import numpy as np

from xl_returns.core import terms
from xl_returns.core.alike import Key, joined, told
from xl_returns.core.decide import lacking
from xl_returns.core.evidence import proofs
from xl_returns.core.facts import DOMAINS
from xl_returns.core.reckoning import reckoned, unit_of
from xl_returns.core.tables import BLANK, NO_RULE
from xl_returns.core.texts import Told, distinct, series_of
from xl_returns.core.voice import Voice, day


class Reasons:
    """Names the rule, the values it read, and the numbers behind the amount."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._d, self._book = voice, voice.decisions, voice.book
        self._rows = self._d.facts.rows
        self._acting, self._table = self._d.action, self._d.facts.table
        self._unit = unit_of(self._d)
        self._read = self._book.read_by
        self._lacking = lacking(self._d)

    def whys(self) -> Told:
        """The rule, the values it read, and the numbers behind the amount, of every row."""
        every = np.ones(self._rows.count, dtype=np.bool_)
        because = told(every, self._what_was_read, self._because)
        return joined([because, *reckoned(self._voice)], " ")

    def _what_was_read(self) -> list[Key]:
        """The columns that the first sentence depends on: facts only where the rule reads them."""
        d, table = self._d, self._d.facts.table
        columns: dict[str, list[Key]] = {name: [column] for name, column in table.items()}
        columns["Price"] = [self._unit, self._rows.places]
        columns["Category"] = [distinct(self._rows.text["Category"]).of_row]
        keys: list[Key] = [d.rule, d.action, *self._lacking.values()]
        for name in dict.fromkeys(chain.from_iterable(self._read)):
            reads = np.array([*(name in read for read in self._read), False])[d.rule]
            keys += [reads * column for column in columns[name]]
        return keys

    def appeals(self) -> Told:
        """The route of every row, its last day, and what evidence is still missing."""
        return told(self._d.clocks.appeal != BLANK, self._evidence, self._appeal)

    def _evidence(self) -> list[Key]:
        """What the text of an appeal depends on."""
        d, rows = self._d, self._rows
        blank = [rows.codes["Condition"] == BLANK, rows.days["Delivered Date"] == BLANK]
        unnamed = (series_of(rows.text["Order ID"]) == "").to_numpy()
        return [d.clocks.appeal, d.clocks.appeal_until, rows.codes["Photos"], *blank, unnamed]

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
        cells = [header for header, rows in self._lacking.items() if rows[row]]
        gated = "why" if acting == policy_rule.action else "why lacking" if cells else "why gated"
        return self._voice.say(
            gated if read else "why any",
            rule=policy_rule.id,
            action=self._voice.word(acting),
            ruled=self._voice.word(policy_rule.action),
            values=self._voice.list(self._value(row, header) for header in read),
            cells=self._voice.list(map(self._voice.header, cells)),
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
            text = self._voice.money(row, self._unit[row])
        else:
            text = str(value)
        return self._voice.say("is", name=self._voice.header(header), value=text)
