"""What to know before acting on a row, and which cells to fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.alike import Key, joined, told
from xl_returns.core.decide import lacking
from xl_returns.core.facts import Flags
from xl_returns.core.forfeits import forfeits
from xl_returns.core.tables import BLANK, NO_RULE, among
from xl_returns.core.texts import Told, distinct
from xl_returns.core.voice import Voice, day, share

_RISK_SHOWN: Final = 30
"""Risk signals are named from this score on."""
_CELL_OF_FACT: Final = {
    "Tier": "Unit Paid",
    "Price": "Unit Paid",
    "Age": "Request Date",
    "Withdrawal": "Delivered Date",
}
"""The cell to fill when a fact is not known."""


@dataclass(frozen=True)
class Kind:
    """A kind of warning: the rows that have it, how to say it, and what that depends on."""

    rows: Flags
    tell: Callable[[int], str]
    keys: Sequence[Key] = ()

    def told(self) -> Told:
        """What it says of every row; None where it says nothing."""
        return told(self.rows, lambda: self.keys, self.tell)


class Warnings:
    """Finds every kind of warning by column and says it by row."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._d, self._book = voice, voice.decisions, voice.book
        self._facts, self._rows = self._d.facts, self._d.facts.rows
        self._blanks = self._book.actions.blanks(self._facts.table, self._rows.count)
        self._to_fill = lacking(self._d) | {"Quantity": self._rows.amounts["Quantity"] == BLANK}
        self._worth = forfeits(self._d, self._book)

    def texts(self) -> Told:
        """The warnings of every row, each as one text; null where there is none."""
        found = [kind.told() for kind in self._kinds() if kind.rows.any()]
        return joined([*found, self._unreadable()], self._voice.say("join"))

    def _unreadable(self) -> Told:
        texts: dict[int, list[str]] = {}
        for problem in self._rows.problems:
            texts.setdefault(problem.row, []).append(
                self._voice.say("unreadable", header=problem.header, problem=problem.problem)
            )
        every = np.arange(self._rows.count)
        return told(
            self._rows.unread(),
            lambda: [every],
            lambda row: self._voice.say("join").join(texts[row]),
        )

    def _kinds(self) -> Iterable[Kind]:
        """Every kind of warning."""
        d, facts, rows = self._d, self._facts, self._rows
        settings = self._book.policy.settings
        open_rows = d.action != terms.ACTIONS.index(terms.NO_ACTION)
        pays = among(d.action, map(terms.ACTIONS.index, terms.PAYING_ACTIONS))
        back = facts.is_("Received", "Y")
        mfn = facts.is_("Channel", "MFN") & facts.is_("Controller", "Seller")
        changed = d.action != d.ruled
        closing = d.ruled == terms.ACTIONS.index(terms.CLOSE)
        awaiting = (terms.APPROVE, terms.REFUND_ON_RECEIPT)
        label_matters = among(d.action, map(terms.ACTIONS.index, awaiting))
        none = np.zeros(rows.count, dtype=np.int64)
        valued = d.resale.recovery != BLANK
        goods = np.where(valued, d.resale.recovery, 0)
        without_vat = map(terms.MARKETPLACES.index, settings.prices_exclude_vat)
        vat = among(rows.codes["Marketplace"], without_vat)
        say, codes, places = self._voice.say, rows.codes, rows.places
        due, worth = d.clocks.due, self._worth
        by_itself = d.clocks.running["Refund after receipt"]
        price, tier = facts.table["Price"], facts.table["Tier"]
        label, recovery = d.terms_of_offer.label, d.resale.recovery
        seen = sum((rows.astype(np.int64) << bit for bit, rows in enumerate(d.seen.values())), none)
        lacking = np.any([*self._to_fill.values(), d.lacks_price], axis=0)
        return [
            Kind(lacking, self._fill, list(self._to_fill.values())),
            Kind(d.possible_rule != d.rule, self._could_change, [d.possible_rule, d.ruled, self._blanks]),
            Kind(changed & ~closing & ~lacking & ~rows.unread(), self._foreign, [facts.table["Controller"], d.rule, d.ruled]),
            Kind(changed & closing, self._unlawful, [d.rule, d.ruled]),
            Kind(facts.is_("A-to-z", "Y") & open_rows, lambda _: say("a to z")),
            Kind(due < np.where(due == BLANK, BLANK, facts.today), self._overdue, [due]),
            Kind(mfn & back & open_rows & (codes["Condition"] == BLANK), lambda _: say("fill condition")),
            Kind(d.resale.lacks_photos != NO_RULE, self._resale_photos, [d.resale.lacks_photos, d.resale.photos_recovery, places]),
            Kind(closing & ~changed, lambda _: say("negotiate")),
            Kind(pays & d.money.forbidden, self._forbidden, [d.money.rule]),
            Kind(pays & (d.money.wants_photo > 0), self._photo, [d.money.wants_photo, places]),
            Kind(pays & (worth != BLANK), self._forfeit, [worth, places]),
            Kind(pays & (by_itself != BLANK) & facts.is_("Marketplace", "US"), self._auto_refund, [by_itself]),
            Kind(mfn & open_rows & facts.is_("Status", "Received") & (rows.days["Received Date"] == BLANK), self._undated),
            Kind(label_matters & valued & (label > goods) & (label > 0), self._label_dear, [label, recovery, places]),
            Kind(facts.is_("Status", "Refunded") & (facts.refunded == 0) & mfn, lambda _: say("marked")),
            Kind((facts.net_paid != BLANK) & (facts.refunded > facts.net_paid), self._overpaid, [facts.refunded - np.maximum(facts.net_paid, 0), places]),
            Kind(open_rows & (facts.history.repeats > 1), self._repeat, [facts.history.repeats]),
            Kind(~facts.reason.known, self._unknown_reason, [distinct(rows.text["Reason"]).of_row]),
            Kind((price != BLANK) & (tier == BLANK) & (codes["Currency"] != BLANK), self._no_tier, [codes["Currency"]]),
            Kind(vat & (d.refund > 0), self._vat, [d.refund, places]),
            Kind(d.risk >= _RISK_SHOWN, self._risk, [d.risk, seen]),
        ]  # fmt: skip

    def _fill(self, row: int) -> str:
        blank = [header for header, rows in self._to_fill.items() if rows[row]]
        return (
            self._voice.say("fill", cells=self._voice.list(map(self._voice.header, blank)))
            if blank
            else ""
        )

    def _could_change(self, row: int) -> str:
        rule = self._book.policy.action_rules[possible := int(self._d.possible_rule[row])]
        if rule.action == terms.ACTIONS[int(self._d.ruled[row])]:
            return ""
        names = self._book.actions.blanks_in_the_way(int(self._blanks[row]), possible)
        shown = dict.fromkeys(self._voice.header(_CELL_OF_FACT.get(name, name)) for name in names)
        action = self._voice.word(rule.action)
        return self._voice.say(
            "fill for rule", cells=self._voice.list(shown), rule=rule.id, action=action
        )

    def _undated(self, _: int) -> str:
        return self._voice.say("fill received", header=self._voice.header("Received Date"))

    def _foreign(self, row: int) -> str:
        controller = terms.CONTROLLERS[int(self._facts.table["Controller"][row])]
        return self._voice.say(
            "foreign", controller=self._voice.word(controller), **self._ruled(row)
        )

    def _ruled(self, row: int) -> dict[str, str]:
        return {
            "rule": self._voice.rule(row),
            "action": self._voice.action(int(self._d.ruled[row])),
        }

    def _unlawful(self, row: int) -> str:
        return self._voice.say("unlawful", **self._ruled(row))

    def _overdue(self, row: int) -> str:
        return self._voice.say("overdue", day=day(int(self._d.clocks.due[row])))

    def _forbidden(self, row: int) -> str:
        rule = self._book.policy.refund_rules[int(self._d.money.rule[row])]
        return self._voice.say("forbidden", rule=rule.id, share=share(rule.withhold))

    def _photo(self, row: int) -> str:
        return self._voice.say(
            "photo", amount=self._voice.money(row, int(self._d.money.wants_photo[row]))
        )

    def _forfeit(self, row: int) -> str:
        return self._voice.say("forfeit", amount=self._voice.money(row, int(self._worth[row])))

    def _auto_refund(self, row: int) -> str:
        last = int(self._d.clocks.running["Refund after receipt"][row])
        late = last < self._facts.today
        return self._voice.say("auto refunded" if late else "auto refund", day=day(last))

    def _label_dear(self, row: int) -> str:
        label = self._voice.money(row, int(self._d.terms_of_offer.label[row]))
        goods = int(self._d.resale.recovery[row])
        return self._voice.say(
            "label dear", label=label, goods=self._voice.money(row, max(goods, 0))
        )

    def _resale_photos(self, row: int) -> str:
        rule = self._book.policy.resale_rules[int(self._d.resale.lacks_photos[row])]
        amount = self._voice.money(row, int(self._d.resale.photos_recovery[row]))
        return self._voice.say(
            "fill photos",
            disposition=self._voice.word(rule.disposition),
            rule=rule.id,
            amount=amount,
        )

    def _overpaid(self, row: int) -> str:
        over = int(self._facts.refunded[row] - self._facts.net_paid[row])
        return self._voice.say("overpaid", amount=self._voice.money(row, over))

    def _repeat(self, row: int) -> str:
        return self._voice.say("repeat", count=int(self._facts.history.repeats[row]))

    def _unknown_reason(self, row: int) -> str:
        return self._voice.say("unknown reason", code=self._rows.text["Reason"][row])

    def _no_tier(self, row: int) -> str:
        return self._voice.say("no tier", currency=self._rows.currency(row))

    def _vat(self, row: int) -> str:
        return self._voice.say("vat", amount=self._voice.money(row, int(self._d.refund[row])))

    def _risk(self, row: int) -> str:
        shown = [self._voice.word(name) for name, rows in self._d.seen.items() if rows[row]]
        return self._voice.say(
            "risk", score=int(self._d.risk[row]), signals=self._voice.list(shown)
        )
