"""What to know before acting on a row, and which cells to fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.facts import Flags
from xl_returns.core.forfeits import forfeits
from xl_returns.core.tables import BLANK, NO_RULE, Codes
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


class Warnings:
    """Finds every kind of warning by column and says it by row."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._d, self._book = voice, voice.decisions, voice.book
        self._facts, self._rows = self._d.facts, self._d.facts.rows
        self._possible: list[int] = self._d.possible_rule.tolist()
        self._ruled_code: list[int] = self._d.ruled.tolist()
        blanks = self._book.actions.blanks(self._facts.table, self._rows.count)
        self._blanks: list[int] = blanks.tolist()
        self._worth = forfeits(self._d, self._book)
        self._fills: dict[tuple[int, int, int], str] = {}

    def texts(self) -> list[str]:
        """The warnings of every row, each as one text."""
        found: list[list[str]] = [[] for _ in range(self._rows.count)]
        for rows, tell in self._warned():
            for row in np.flatnonzero(rows):
                if text := tell(int(row)):
                    found[row].append(text)
        for problem in self._rows.problems:
            found[problem.row].append(
                self._voice.say("unreadable", header=problem.header, problem=problem.problem)
            )
        return [self._voice.say("join").join(texts) for texts in found]

    def _warned(self) -> Iterable[tuple[Flags, Callable[[int], str]]]:
        """Every kind of warning: the rows that have it, and how to say it."""
        d, facts, rows = self._d, self._facts, self._rows
        settings = self._book.policy.settings
        open_rows = d.action != terms.ACTIONS.index(terms.NO_ACTION)
        pays = np.isin(d.action, [terms.ACTIONS.index(a) for a in terms.PAYING_ACTIONS])
        back = facts.is_("Received", "Y")
        mfn = facts.is_("Channel", "MFN") & facts.is_("Controller", "Seller")
        changed = d.action != d.ruled
        closing = d.ruled == terms.ACTIONS.index(terms.CLOSE)
        label_matters = np.isin(
            d.action, [terms.ACTIONS.index(a) for a in (terms.APPROVE, terms.REFUND_ON_RECEIPT)]
        )
        valued = d.resale.recovery != BLANK
        goods = np.where(valued, d.resale.recovery, 0)
        vat = np.isin(
            rows.codes["Marketplace"],
            [terms.MARKETPLACES.index(m) for m in settings.prices_exclude_vat],
        )
        return [
            (self._lacking(), self._fill),
            (d.possible_rule != d.rule, self._could_change),
            (changed & ~closing & ~d.lacks_price & ~self._lacking(), self._foreign),
            (changed & closing, self._unlawful),
            (facts.is_("A-to-z", "Y") & open_rows, lambda _: self._voice.say("a to z")),
            (d.clocks.due < np.where(d.clocks.due == BLANK, BLANK, facts.today), self._overdue),
            (mfn & back & open_rows & (rows.codes["Condition"] == BLANK), lambda _: self._voice.say("fill condition")),
            (d.resale.lacks_photos != NO_RULE, self._resale_photos),
            (closing & ~changed, lambda _: self._voice.say("negotiate")),
            (pays & d.money.forbidden, self._forbidden),
            (pays & (d.money.wants_photo > 0), self._photo),
            (pays & (self._worth != BLANK), self._forfeit),
            (pays & mfn & back & facts.is_("Marketplace", "US"), self._auto_refund),
            (mfn & open_rows & facts.is_("Status", "Received") & (rows.days["Received Date"] == BLANK), self._undated),
            (label_matters & valued & (d.terms_of_offer.label > goods) & (d.terms_of_offer.label > 0), self._label_dear),
            (facts.is_("Status", "Refunded") & (facts.refunded == 0) & mfn, lambda _: self._voice.say("marked")),
            ((facts.net_paid != BLANK) & (facts.refunded > facts.net_paid), self._overpaid),
            (open_rows & (facts.history.repeats > 1), self._repeat),
            (~facts.reason.known, self._unknown_reason),
            ((facts.table["Price"] != BLANK) & (facts.table["Tier"] == BLANK), self._no_tier),
            (vat & (d.refund > 0), self._vat),
            (d.risk >= _RISK_SHOWN, self._risk),
        ]  # fmt: skip

    def _lacking(self) -> Flags:
        return np.any([column == BLANK for column in self._needed().values()], axis=0) | (
            self._d.lacks_price
        )

    def _needed(self) -> dict[str, Codes]:
        codes = self._rows.codes
        quantity = self._rows.amounts["Quantity"]
        return {h: codes[h] for h in ("Channel", "Marketplace", "Status")} | {"Quantity": quantity}

    def _fill(self, row: int) -> str:
        blank = [header for header, column in self._needed().items() if column[row] == BLANK]
        if self._d.lacks_price[row] and self._rows.unit_paid[row] == BLANK:
            blank.append("Unit Paid")
        return (
            self._voice.say("fill", cells=self._voice.list(map(self._voice.header, blank)))
            if blank
            else ""
        )

    def _could_change(self, row: int) -> str:
        key = (self._possible[row], self._ruled_code[row], self._blanks[row])
        if key not in self._fills:
            self._fills[key] = self._fill_for(*key)
        return self._fills[key]

    def _fill_for(self, possible: int, ruled: int, blanks: int) -> str:
        rule = self._book.policy.action_rules[possible]
        if rule.action == terms.ACTIONS[ruled]:
            return ""
        names = self._book.actions.blanks_in_the_way(blanks, possible)
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
        due = int(self._d.clocks.due[row])
        if due == BLANK:
            return ""
        late = due < self._facts.today
        return self._voice.say("auto refunded" if late else "auto refund", day=day(due))

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
