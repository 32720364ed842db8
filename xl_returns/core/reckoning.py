"""The numbers behind the amounts, as sentences for whole columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.facts import does
from xl_returns.core.rows import UNIT_SCALE
from xl_returns.core.tables import BLANK, NO_RULE, Codes, or_zero
from xl_returns.core.texts import Told, picked, spread
from xl_returns.core.voice import Voice, share


def reckoned(voice: Voice) -> list[Told]:
    """How rows came to what they offer, pay or bring: a column for each, None where it is not."""
    d = voice.decisions
    offers = does(d.action, terms.OFFER)
    pays = does(d.action, *terms.PAYING_ACTIONS)
    sold = (d.recovery != BLANK) & ~offers
    at_once = d.resale.sale == d.resale.price
    return [
        spread(offers, _Reckoning(voice).offer, None),
        spread(pays, _Reckoning(voice).sum, None),
        spread(sold & at_once, lambda at: _Reckoning(voice).sale("sell", at), None),
        spread(sold & ~at_once, lambda at: _Reckoning(voice).sale("sell later", at), None),
    ]


def unit_of(decisions: Decisions) -> Codes:
    """What the buyer paid for a unit, in minor units."""
    return money.divide_half_up(or_zero(decisions.facts.rows.unit_paid), UNIT_SCALE)


class _Reckoning:
    """Sentences about the rows at some positions."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._d = voice, voice.decisions
        self._policy, self._rows = voice.book.policy, self._d.facts.rows

    def offer(self, at: Codes) -> Told:
        """What share of what was paid is offered, and the most."""
        d, settings = self._d, self._policy.settings
        high = d.facts.table["Tier"][at] == terms.TIERS.index("high")
        shares = [settings.opening_offer_middle, settings.opening_offer_high]
        return self._voice.say_all(
            "offer",
            share=picked(list(map(share, shares)), high.astype(np.int64)),
            net=self._money(d.facts.net_paid, at),
            amount=self._money(d.offer, at),
            most=self._money(d.offer_max, at),
            currency=self._currency(at),
        )

    def sum(self, at: Codes) -> Told:
        """Units by price, what is added and kept, and the refund."""
        d = self._d
        keeps = does(d.action, terms.KEEP_ITEM)
        units = money.show_all(self._rows.amounts["Quantity"][at], np.zeros_like(at))
        text = self._voice.say_all("units", units=units, unit=self._money(unit_of(d), at))
        for phrase, amounts in (
            ("shipping", d.money.shipping),
            ("withheld", np.where(keeps, 0, d.money.withheld)),
            ("label", np.where(keeps, 0, d.money.label)),
            ("refunded", d.money.refunded),
        ):
            part = spread(amounts[at] != 0, self._part(phrase, amounts, at), "")
            text = self._voice.say_all("with part", parts=text, part=part)
        total = self._money(d.refund, at)
        return self._voice.say_all("sum", parts=text, total=total, currency=self._currency(at))

    def _part(self, phrase: str, amounts: Codes, at: Codes) -> Callable[[Codes], Told]:
        lines, rule = self._policy.refund_rules, self._d.money.rule
        shares = [*(share(line.withhold) for line in lines), share(0)]
        ids = [*(line.id for line in lines), ""]

        def say(some: Codes) -> Told:
            here = at[some]
            line = np.where(rule[here] == NO_RULE, len(lines), rule[here])
            return self._voice.say_all(
                phrase,
                amount=self._money(amounts, here),
                share=picked(shares, line),
                rule=picked(ids, line),
            )

        return say

    def sale(self, phrase: str, at: Codes) -> Told:
        """What a unit is sold for, less fees."""
        resale, word, lines = self._d.resale, self._voice.word, self._policy.resale_rules
        line = resale.rule[at]
        return self._voice.say_all(
            phrase,
            disposition=picked([word(x.disposition) for x in lines], line),
            grade=picked([word(x.grade) for x in lines], line),
            rule=picked([x.id for x in lines], line),
            price=self._money(resale.price, at),
            sale=self._money(resale.sale, at),
            chance=picked([share(x.chance) for x in lines], line),
            weeks=picked([str(x.weeks) for x in lines], line),
            loss=picked([share(x.loss) for x in lines], line),
            fees=self._money(resale.sale - resale.recovery, at),
            recovery=self._money(resale.recovery, at),
            currency=self._currency(at),
        )

    def _money(self, minor: Codes, at: Codes) -> Told:
        return money.show_all(minor[at], self._rows.places[at])

    def _currency(self, at: Codes) -> Told:
        code = self._rows.codes["Currency"][at]
        names = [*terms.CURRENCIES, ""]
        return picked(names, np.where(code == BLANK, len(terms.CURRENCIES), code))
