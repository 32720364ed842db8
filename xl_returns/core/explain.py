"""Decisions in words: Appeal, Warnings, Rule and Why, one text per row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from xl_returns.core import cells, columns, money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.facts import DOMAINS, Flags
from xl_returns.core.phrases import say, word
from xl_returns.core.rows import UNIT_SCALE
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, NO_RULE

_RISK_SHOWN: Final = 30
"""Risk signals are named from this score on."""
_PERCENT: Final = 100


class Telling:
    """Writes the texts of decisions in the policy's language."""

    def __init__(self, decisions: Decisions, book: Rulebook) -> None:
        self._d, self._book = decisions, book
        self._facts, self._rows = decisions.facts, decisions.facts.rows
        self._language = book.policy.settings.language
        self._sentences: dict[tuple[int, ...], str] = {}
        self._places: list[int] = self._rows.places.tolist()
        self._ruling: list[int] = decisions.rule.tolist()
        self._acting: list[int] = decisions.action.tolist()
        self._table = {name: column.tolist() for name, column in self._facts.table.items()}
        self._reckoned = _Reckoned(decisions)
        self._possible: list[int] = decisions.possible_rule.tolist()
        self._ruled_code: list[int] = decisions.ruled.tolist()
        self._blanks: list[int] = book.actions.blanks(self._facts.table, self._rows.count).tolist()
        self._fills: dict[tuple[int, int, int], str] = {}
        self._read = [
            [axis.name for axis in book.actions.axes if rule.conditions.get(axis.name) is not None]
            for rule in book.policy.action_rules
        ]

    def rule(self, row: int) -> str:
        """The id of the rule that decided."""
        rule = self._ruling[row]
        return "" if rule == NO_RULE else self._book.policy.action_rules[rule].id

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
        name = word(self._language, terms.APPEALS[route])
        text = self._say("appeal by", route=name, day=_day(until)) if until != BLANK else name
        missing = [proof for lacks, proof in self._evidence(row, route) if lacks]
        if missing:
            text += self._say("missing", evidence=self._list(map(self._say, missing)))
        return text

    def warnings(self) -> list[str]:
        """The warnings of every row, each as one text."""
        found: list[list[str]] = [[] for _ in range(self._rows.count)]
        for rows, tell in self._warned():
            for row in np.flatnonzero(rows):
                if text := tell(int(row)):
                    found[row].append(text)
        for problem in self._rows.problems:
            found[problem.row].append(
                self._say("unreadable", header=problem.header, problem=problem.problem)
            )
        return [self._say("join").join(texts) for texts in found]

    def _say(self, phrase: str, **values: object) -> str:
        return say(self._language, phrase, **values)

    def _list(self, texts: Iterable[str]) -> str:
        return self._say("list").join(texts)

    def _money(self, row: int, minor: int) -> str:
        return money.show(int(minor), self._places[row])

    def _action(self, code: int) -> str:
        return word(self._language, terms.ACTIONS[code])

    def _because(self, row: int) -> str:
        rule, acting = self._ruling[row], self._acting[row]
        if rule == NO_RULE:
            return self._say("why no rule", action=self._action(acting))
        read = self._read[rule]
        key = (rule, acting, *(self._table[name][row] for name in read))
        if key not in self._sentences or "Category" in read or "Price" in read:
            self._sentences[key] = self._sentence(row, rule, read)
        return self._sentences[key]

    def _sentence(self, row: int, rule: int, read: list[str]) -> str:
        return self._say(
            "why" if read else "why any",
            rule=self._book.policy.action_rules[rule].id,
            action=self._action(self._acting[row]),
            values=self._list(self._value(row, header) for header in read),
        )

    def _value(self, row: int, header: str) -> str:
        value = self._table[header][row]
        if header in DOMAINS:
            text = word(self._language, DOMAINS[header][value])
        elif header == "Category":
            text = self._rows.text["Category"][row]
        elif header == "Order Date":
            text = _day(value)
        elif header == "Price":
            text = self._unit(row)
        else:
            text = str(value)
        return self._say("is", name=self._header(header), value=text)

    def _header(self, header: str) -> str:
        column = columns.BY_NAME.get(header)
        return column.zh if self._language == "zh" and column else word(self._language, header)

    def _unit(self, row: int) -> str:
        return self._money(row, self._reckoned.unit[row])

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
        text = self._say("units", units=reckoned.units[row], unit=self._unit(row))
        for phrase, amounts in reckoned.parts.items():
            if amounts[row]:
                text += self._part(row, phrase, amounts[row])
        total = self._money(row, reckoned.refund[row])
        return self._say("sum", parts=text, total=total, currency=self._rows.currency(row))

    def _part(self, row: int, phrase: str, amount: int) -> str:
        rule = self._reckoned.refund_rule[row]
        line = self._book.policy.refund_rules[rule] if rule != NO_RULE else None
        return self._say(
            phrase,
            amount=self._money(row, amount),
            share=_share(line.withhold if line else 0),
            rule=line.id if line else "",
        )

    def _offer(self, row: int) -> str:
        settings = self._book.policy.settings
        high = self._table["Tier"][row] == terms.TIERS.index("high")
        return self._say(
            "offer",
            share=_share(settings.opening_offer_high if high else settings.opening_offer_middle),
            net=self._money(row, self._reckoned.net_paid[row]),
            amount=self._money(row, self._reckoned.offer[row]),
            most=self._money(row, self._reckoned.offer_max[row]),
            currency=self._rows.currency(row),
        )

    def _sale(self, row: int) -> str:
        rule = self._book.policy.resale_rules[self._reckoned.resale_rule[row]]
        price, recovery = self._reckoned.price[row], self._reckoned.recovery[row]
        return self._say(
            "sell",
            disposition=word(self._language, rule.disposition),
            grade=word(self._language, rule.grade),
            rule=rule.id,
            price=self._money(row, price),
            fees=self._money(row, price - recovery),
            recovery=self._money(row, recovery),
            currency=self._rows.currency(row),
        )

    def _evidence(self, row: int, route: int) -> list[tuple[bool, str]]:
        carrier = route == terms.APPEALS.index("Carrier claim")
        rows = self._rows
        return [
            (rows.codes["Photos"][row] != 0, "photos"),
            (not carrier and rows.codes["Condition"][row] == BLANK, "inspection"),
            (not carrier and rows.days["Delivered Date"][row] == BLANK, "proof of delivery"),
            (carrier, "tracking"),
        ]

    def _warned(self) -> Iterable[tuple[Flags, Callable[[int], str]]]:
        """Every kind of warning: the rows that have it, and how to say it."""
        d, facts, rows = self._d, self._facts, self._rows
        settings = self._book.policy.settings
        open_rows = d.action != terms.ACTIONS.index(terms.NO_ACTION)
        pays = np.isin(d.action, [terms.ACTIONS.index(a) for a in terms.PAYING_ACTIONS])
        back = facts.is_("Received", "Y")
        mfn = facts.is_("Channel", "MFN") & facts.is_("Controller", "Seller")
        worn = facts.is_("Condition", "Minor defect", "Damaged", "Defective", "Incomplete")
        changed = d.action != d.ruled
        closing = d.ruled == terms.ACTIONS.index(terms.CLOSE)
        label_matters = np.isin(
            d.action, [terms.ACTIONS.index(a) for a in (terms.APPROVE, terms.REFUND_ON_RECEIPT)]
        )
        goods = np.where(d.resale.recovery == BLANK, 0, d.resale.recovery)
        vat = np.isin(
            rows.codes["Marketplace"],
            [terms.MARKETPLACES.index(m) for m in settings.prices_exclude_vat],
        )
        return [
            (self._lacking(), self._fill),
            (d.possible_rule != d.rule, self._could_change),
            (changed & ~closing & ~d.lacks_price & ~self._lacking(), self._foreign),
            (changed & closing, self._unlawful),
            (facts.is_("A-to-z", "Y") & open_rows, lambda _: self._say("a to z")),
            (d.clocks.due < np.where(d.clocks.due == BLANK, BLANK, facts.today), self._overdue),
            (closing & ~changed, lambda _: self._say("negotiate")),
            (pays & d.money.forbidden, self._forbidden),
            (pays & (d.money.wants_photo > 0), self._photo),
            (pays & mfn & back & worn & facts.is_("Fault", "Buyer", "Unknown"), self._forfeit),
            (pays & mfn & back & facts.is_("Marketplace", "US"), self._auto_refund),
            (label_matters & (d.terms_of_offer.label > goods) & (d.terms_of_offer.label > 0), self._label_dear),
            (facts.is_("Status", "Refunded") & (facts.refunded == 0) & mfn, lambda _: self._say("marked")),
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

    def _needed(self) -> dict[str, np.typing.NDArray[np.int64]]:
        codes = self._rows.codes
        quantity = self._rows.amounts["Quantity"]
        return {h: codes[h] for h in ("Channel", "Marketplace", "Status")} | {"Quantity": quantity}

    def _fill(self, row: int) -> str:
        blank = [header for header, column in self._needed().items() if column[row] == BLANK]
        if self._d.lacks_price[row] and self._rows.unit_paid[row] == BLANK:
            blank.append("Unit Paid")
        return self._say("fill", cells=self._list(map(self._header, blank))) if blank else ""

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
        shown = dict.fromkeys(self._header(_CELL_OF_FACT.get(name, name)) for name in names)
        action = word(self._language, rule.action)
        return self._say("fill for rule", cells=self._list(shown), rule=rule.id, action=action)

    def _foreign(self, row: int) -> str:
        controller = terms.CONTROLLERS[int(self._facts.table["Controller"][row])]
        return self._say("foreign", controller=word(self._language, controller), **self._ruled(row))

    def _ruled(self, row: int) -> dict[str, str]:
        return {"rule": self.rule(row), "action": self._action(int(self._d.ruled[row]))}

    def _unlawful(self, row: int) -> str:
        return self._say("unlawful", **self._ruled(row))

    def _overdue(self, row: int) -> str:
        return self._say("overdue", day=_day(int(self._d.clocks.due[row])))

    def _forbidden(self, row: int) -> str:
        rule = self._book.policy.refund_rules[int(self._d.money.rule[row])]
        return self._say("forbidden", rule=rule.id, share=_share(rule.withhold))

    def _photo(self, row: int) -> str:
        return self._say("photo", amount=self._money(row, int(self._d.money.wants_photo[row])))

    def _forfeit(self, row: int) -> str:
        net = self._facts.net_paid[row : row + 1]
        worth = money.percent_of(net, self._book.policy.settings.safe_t_damage_share)
        return self._say("forfeit", amount=self._money(row, int(worth[0])))

    def _auto_refund(self, row: int) -> str:
        due = int(self._d.clocks.due[row])
        return "" if due == BLANK else self._say("auto refund", day=_day(due))

    def _label_dear(self, row: int) -> str:
        label = self._money(row, int(self._d.terms_of_offer.label[row]))
        goods = int(self._d.resale.recovery[row])
        return self._say("label dear", label=label, goods=self._money(row, max(goods, 0)))

    def _overpaid(self, row: int) -> str:
        over = int(self._facts.refunded[row] - self._facts.net_paid[row])
        return self._say("overpaid", amount=self._money(row, over))

    def _repeat(self, row: int) -> str:
        return self._say("repeat", count=int(self._facts.history.repeats[row]))

    def _unknown_reason(self, row: int) -> str:
        return self._say("unknown reason", code=self._rows.text["Reason"][row])

    def _no_tier(self, row: int) -> str:
        return self._say("no tier", currency=self._rows.currency(row))

    def _vat(self, row: int) -> str:
        return self._say("vat", amount=self._money(row, int(self._d.refund[row])))

    def _risk(self, row: int) -> str:
        shown = [word(self._language, name) for name, rows in self._d.seen.items() if rows[row]]
        return self._say("risk", score=int(self._d.risk[row]), signals=self._list(shown))


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
        self.recovery: list[int] = resale.recovery.tolist()


_CELL_OF_FACT: Final = {
    "Tier": "Unit Paid",
    "Price": "Unit Paid",
    "Age": "Request Date",
    "Withdrawal": "Delivered Date",
}
"""The cell to fill when a fact is not known."""


def _share(basis_points: int) -> str:
    return f"{basis_points / _PERCENT:g} %"


def _day(day: int) -> str:
    return cells.date_of(day).isoformat()
