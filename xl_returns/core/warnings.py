"""What to know before acting on a row, and which cells to fill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.alike import Key, joined, told
from xl_returns.core.decide import lacking
from xl_returns.core.facts import Flags, does
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
        self._say, self._word, self._money = voice.say, voice.word, voice.money
        self._places = self._rows.places
        self._open = ~self._acts(terms.NO_ACTION)
        self._pays = self._acts(*terms.PAYING_ACTIONS)
        self._ours = self._facts.is_("Channel", "MFN") & self._facts.is_("Controller", "Seller")
        self._back = self._facts.is_("Received", "Y")
        self._closing = does(self._d.ruled, terms.CLOSE)
        self._changed = self._d.action != self._d.ruled
        self._to_fill = lacking(self._d) | {"Quantity": self._rows.amounts["Quantity"] == BLANK}
        self._lacks = np.any([*self._to_fill.values(), self._d.lacks_price], axis=0)

    def texts(self) -> Told:
        """The warnings of every row, each as one text; null where there is none."""
        kinds = (kind(self) for kind in _KINDS)
        found = [kind.told() for kind in kinds if kind.rows.any()]
        return joined([*found, self._unreadable()], self._say("join"))

    def _unreadable(self) -> Told:
        texts: dict[int, list[str]] = {}
        for problem in self._rows.problems:
            texts.setdefault(problem.row, []).append(
                self._say("unreadable", header=problem.header, problem=problem.problem)
            )
        every = np.arange(self._rows.count)
        return told(
            self._rows.unread(),
            lambda: [every],
            lambda row: self._say("join").join(texts[row]),
        )

    def _acts(self, *actions: str) -> Flags:
        return does(self._d.action, *actions)

    def to_fill(self) -> Kind:
        """Cells without which the row waits."""

        def tell(row: int) -> str:
            blank = [header for header, rows in self._to_fill.items() if rows[row]]
            cells = self._voice.list(map(self._voice.header, blank))
            return self._say("fill", cells=cells) if blank else ""

        return Kind(self._lacks, tell, list(self._to_fill.values()))

    def could_change(self) -> Kind:
        """Blank cells in the way of a rule before the one that decided."""
        blanks = self._book.actions.blanks(self._facts.table, self._rows.count)
        possible, ruled = self._d.possible_rule, self._d.ruled

        def tell(row: int) -> str:
            rule = self._book.policy.action_rules[first := int(possible[row])]
            if rule.action == terms.ACTIONS[int(ruled[row])]:
                return ""
            names = self._book.actions.blanks_in_the_way(int(blanks[row]), first)
            shown = dict.fromkeys(self._voice.header(_CELL_OF_FACT.get(n, n)) for n in names)
            cells, action = self._voice.list(shown), self._word(rule.action)
            return self._say("fill for rule", cells=cells, rule=rule.id, action=action)

        return Kind(possible != self._d.rule, tell, [possible, ruled, blanks])

    def foreign(self) -> Kind:
        """What the rule says is for another to do, who controls the refund."""
        controller = self._facts.table["Controller"]

        def tell(row: int) -> str:
            who = self._word(terms.CONTROLLERS[int(controller[row])])
            return self._say("foreign", controller=who, **self._ruled(row))

        whole = ~self._lacks & ~self._rows.unread()
        keys = [controller, self._d.rule, self._d.ruled]
        return Kind(self._changed & ~self._closing & whole, tell, keys)

    def unlawful(self) -> Kind:
        """A rule that closes what may not be closed."""
        return Kind(
            self._changed & self._closing,
            lambda row: self._say("unlawful", **self._ruled(row)),
            [self._d.rule, self._d.ruled],
        )

    def _ruled(self, row: int) -> dict[str, str]:
        action = self._voice.action(int(self._d.ruled[row]))
        return {"rule": self._voice.rule(row), "action": action}

    def a_to_z(self) -> Kind:
        """An A-to-z claim is open."""
        return Kind(self._facts.is_("A-to-z", "Y") & self._open, lambda _: self._say("a to z"))

    def overdue(self) -> Kind:
        """The nearest clock has run out."""
        due = self._d.clocks.due
        late = due < np.where(due == BLANK, BLANK, self._facts.today)
        return Kind(late, lambda row: self._say("overdue", day=day(int(due[row]))), [due])

    def without_condition(self) -> Kind:
        """Goods are back, and nobody has said in which condition."""
        unsaid = self._rows.codes["Condition"] == BLANK
        rows = self._ours & self._back & self._open & unsaid
        return Kind(rows, lambda _: self._say("fill condition"))

    def resale_photos(self) -> Kind:
        """A better way to sell asks for photos."""
        resale = self._d.resale

        def tell(row: int) -> str:
            rule = self._book.policy.resale_rules[int(resale.lacks_photos[row])]
            amount = self._money(row, int(resale.photos_recovery[row]))
            way = self._word(rule.disposition)
            return self._say("fill photos", disposition=way, rule=rule.id, amount=amount)

        keys = [resale.lacks_photos, resale.photos_recovery, self._places]
        return Kind(resale.lacks_photos != NO_RULE, tell, keys)

    def negotiate(self) -> Kind:
        """A request that the policy closes."""
        return Kind(self._closing & ~self._changed, lambda _: self._say("negotiate"))

    def forbidden(self) -> Kind:
        """A refund rule withholds what law or platform forbid."""
        rule = self._d.money.rule

        def tell(row: int) -> str:
            named = self._book.policy.refund_rules[int(rule[row])]
            return self._say("forbidden", rule=named.id, share=share(named.withhold))

        return Kind(self._pays & self._d.money.forbidden, tell, [rule])

    def photo(self) -> Kind:
        """An amount may be withheld once there is a photo."""
        amount = self._d.money.wants_photo
        return Kind(
            self._pays & (amount > 0),
            lambda row: self._say("photo", amount=self._money(row, int(amount[row]))),
            [amount, self._places],
        )

    def forfeit(self) -> Kind:
        """A refund now gives up a claim."""
        worth = forfeits(self._d, self._book)
        return Kind(
            self._pays & (worth != BLANK),
            lambda row: self._say("forfeit", amount=self._money(row, int(worth[row]))),
            [worth, self._places],
        )

    def auto_refund(self) -> Kind:
        """In the US Amazon refunds by itself after the last day, and SAFE-T is lost."""
        last = self._d.clocks.running["Refund after receipt"]

        def tell(row: int) -> str:
            late = last[row] < self._facts.today
            return self._say("auto refunded" if late else "auto refund", day=day(int(last[row])))

        in_us = self._facts.is_("Marketplace", "US")
        return Kind(self._pays & (last != BLANK) & in_us, tell, [last])

    def undated(self) -> Kind:
        """Goods are back, and nobody has said when."""
        unsaid = self._rows.days["Received Date"] == BLANK
        rows = self._ours & self._open & self._facts.is_("Status", "Received") & unsaid
        header = self._voice.header("Received Date")
        return Kind(rows, lambda _: self._say("fill received", header=header))

    def label_dear(self) -> Kind:
        """The label costs more than the goods bring."""
        label, recovery = self._d.terms_of_offer.label, self._d.resale.recovery
        goods = np.maximum(recovery, 0)
        asked = self._acts(terms.APPROVE, terms.REFUND_ON_RECEIPT) & (recovery != BLANK)

        def tell(row: int) -> str:
            shown = {
                "label": self._money(row, int(label[row])),
                "goods": self._money(row, int(goods[row])),
            }
            return self._say("label dear", **shown)

        return Kind(asked & (label > recovery) & (label > 0), tell, [label, goods, self._places])

    def marked(self) -> Kind:
        """Marked refunded, without an amount."""
        rows = self._facts.is_("Status", "Refunded") & (self._facts.refunded == 0) & self._ours
        return Kind(rows, lambda _: self._say("marked"))

    def overpaid(self) -> Kind:
        """More was refunded than the buyer paid."""
        paid = self._facts.net_paid
        over = self._facts.refunded - paid
        return Kind(
            (paid != BLANK) & (over > 0),
            lambda row: self._say("overpaid", amount=self._money(row, int(over[row]))),
            [over, self._places],
        )

    def repeat(self) -> Kind:
        """The same order line is returned more than once."""
        times = self._facts.history.repeats
        return Kind(
            self._open & (times > 1),
            lambda row: self._say("repeat", count=int(times[row])),
            [times],
        )

    def unknown_reason(self) -> Kind:
        """A reason that no line of Reasons has."""
        reasons = self._rows.text["Reason"]
        return Kind(
            ~self._facts.reason.known,
            lambda row: self._say("unknown reason", code=reasons[row]),
            [distinct(reasons).of_row],
        )

    def no_tier(self) -> Kind:
        """A currency that no line of Tiers has."""
        price, tier = self._facts.table["Price"], self._facts.table["Tier"]
        currency = self._rows.codes["Currency"]
        return Kind(
            (price != BLANK) & (tier == BLANK) & (currency != BLANK),
            lambda row: self._say("no tier", currency=self._rows.currency(row)),
            [currency],
        )

    def vat(self) -> Kind:
        """Prices stand without tax, and the buyer gets it back too."""
        excluding = self._book.policy.settings.prices_exclude_vat
        there = among(self._rows.codes["Marketplace"], map(terms.MARKETPLACES.index, excluding))
        refund = self._d.refund
        return Kind(
            there & (refund > 0),
            lambda row: self._say("vat", amount=self._money(row, int(refund[row]))),
            [refund, self._places],
        )

    def risk(self) -> Kind:
        """The signals of a high score."""
        score, seen = self._d.risk, self._d.seen
        none = np.zeros(self._rows.count, dtype=np.int64)
        signals = sum(
            (rows.astype(np.int64) << bit for bit, rows in enumerate(seen.values())), none
        )

        def tell(row: int) -> str:
            shown = self._voice.list(self._word(name) for name, rows in seen.items() if rows[row])
            return self._say("risk", score=int(score[row]), signals=shown)

        return Kind(score >= _RISK_SHOWN, tell, [score, signals])


_KINDS: Final = (
    Warnings.to_fill, Warnings.could_change, Warnings.foreign, Warnings.unlawful, Warnings.a_to_z,
    Warnings.overdue, Warnings.without_condition, Warnings.resale_photos, Warnings.negotiate,
    Warnings.forbidden, Warnings.photo, Warnings.forfeit, Warnings.auto_refund, Warnings.undated,
    Warnings.label_dear, Warnings.marked, Warnings.overpaid, Warnings.repeat,
    Warnings.unknown_reason, Warnings.no_tier, Warnings.vat, Warnings.risk,
)  # fmt: skip
"""Every kind of warning, in the order in which a row says them."""
