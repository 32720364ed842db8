"""Past returns decided again by two policies, and what each would have cost.

Every return that the seller controls is put back to the day it was asked for: nothing received,
inspected, offered or paid. What was found later in the goods counts for what they bring, not for
the decision. Both policies are priced by the fees and chances of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.decide import Decisions, judge
from xl_returns.core.facts import Facts, Flags, gather
from xl_returns.core.history import History, across
from xl_returns.core.money import divide_half_up
from xl_returns.core.policy import Policy
from xl_returns.core.resale import best_resale
from xl_returns.core.rows import Rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes
from xl_returns.insight.alternatives import SURE, alternatives
from xl_returns.insight.assumptions import Assumptions

_LATER_CODES: Final = ("Condition", "Buyer Wants", "A-to-z", "Override Action")
_LATER_AMOUNTS: Final = ("Refunded So Far", "Override Refund")
_LATER_DAYS: Final = ("Received Date",)
_HOLD: Final = terms.ACTIONS.index(terms.HOLD)


@dataclass(frozen=True)
class Past:
    """Returns as they stood when they were asked for, and the condition that was found later."""

    rows: Rows
    history: History
    found: Codes
    today: int

    def facts(self, book: Rulebook) -> Facts:
        """The facts as a policy reads them, on the day of each request: no time has passed."""
        facts = gather(self.rows, book, self.today, self.history)
        age = np.where(_is_put_back(self.rows), 0, facts.table["Age"])
        return replace(facts, table={**facts.table, "Age": age})

    def take(self, positions: Codes) -> Past:
        """The returns at these positions."""
        rows, history = self.rows.take(positions), self.history.take(positions)
        return Past(rows, history, self.found[positions], self.today)


def past(rows: Rows, book: Rulebook, today: int) -> Past:
    """Put rows back to the day they were asked for; those that Amazon controls stay as they are."""
    asked = _put_back(rows)
    groups = book.reasons(rows.text["Reason"], rows.codes["Channel"]).group
    return Past(asked, across(asked, groups), rows.codes["Condition"], today)


def order_numbers(asked: Past) -> Codes:
    """A number for each row's order; rows without an order number are orders of their own."""
    orders = asked.rows.text["Order ID"]
    named = {name: number for number, name in enumerate(dict.fromkeys(orders))}
    alone = len(named)
    return np.array([named[name] if name else alone + row for row, name in enumerate(orders)])


def _put_back(rows: Rows) -> Rows:
    back = _is_put_back(rows)

    def blank(columns: Mapping[str, Codes], names: tuple[str, ...]) -> dict[str, Codes]:
        later = {name: np.where(back, BLANK, columns[name]) for name in names}
        return {**columns, **later}

    codes = blank(rows.codes, _LATER_CODES)
    codes["Status"] = np.where(back, terms.STATUSES.index("Requested"), codes["Status"])
    return replace(
        rows,
        codes=codes,
        amounts=blank(rows.amounts, _LATER_AMOUNTS),
        days=blank(rows.days, _LATER_DAYS),
    )


def _is_put_back(rows: Rows) -> Flags:
    ours = rows.codes["Channel"] == terms.CHANNELS.index("MFN")
    ours &= rows.codes["Refund Controller"] != terms.CONTROLLERS.index("Amazon")
    status = rows.codes["Status"]
    return ours & (status != BLANK) & (status != terms.STATUSES.index("Cancelled"))


@dataclass(frozen=True)
class Outcome:
    """What a policy decides on each row and its expected cost, in minor units."""

    action: Codes
    refund: Codes
    cost: Codes
    review: Codes
    """What a person's time for a row costs."""

    def beside(self, other: Outcome) -> Outcome:
        """The same, where a row that it holds and another policy decides costs a person's time and
        then what the other's decision costs: who holds everything saves nothing."""
        only_held = (self.action == _HOLD) & (other.action != _HOLD)
        return replace(self, cost=np.where(only_held, other.cost + self.review, self.cost))


def pricing(policy: Policy, by: Policy) -> Rulebook:
    """A policy with the fees and chances of another: what its decisions are priced by."""
    settings = policy.settings.model_copy(
        update={
            "chance_goods_come_back": by.settings.chance_goods_come_back,
            "chance_appeal_granted": by.settings.chance_appeal_granted,
        }
    )
    return Rulebook(policy.but(fees=by.fees, settings=settings))


def outcome(asked: Past, book: Rulebook, priced_by: Rulebook) -> Outcome:
    """Decide past returns by a policy and price the decisions by another's numbers."""
    return priced(judge(asked.facts(book), book), asked.found, priced_by)


def priced(
    decisions: Decisions, found: Codes, book: Rulebook, assumed: Assumptions | None = None
) -> Outcome:
    """The expected cost of decisions, given the condition that was found later (BLANK: never)."""
    choices = alternatives(as_found(decisions, found, book), book, assumed)
    return Outcome(
        decisions.action,
        decisions.refund,
        divide_half_up(choices.cost_of(decisions.action), SURE),
        choices.reviewing,
    )


def as_found(decisions: Decisions, found: Codes, book: Rulebook) -> Decisions:
    """Decisions whose goods bring what the condition that was found later (BLANK: never) tells."""
    expected = decisions.facts.expected_condition
    seen = replace(decisions.facts, expected_condition=np.where(found == BLANK, expected, found))
    return replace(decisions, facts=seen, resale=best_resale(seen, book))


@dataclass(frozen=True)
class Replay:
    """The same past returns under two policies."""

    past: Past
    before: Outcome
    after: Outcome

    @property
    def saved(self) -> Codes:
        """What the second policy saves on each row, in minor units; below 0 it costs more."""
        return self.before.cost - self.after.cost

    @property
    def changed(self) -> Flags:
        """Rows on which the two differ in action, refund or cost."""
        pairs = (
            (self.before.action, self.after.action),
            (self.before.refund, self.after.refund),
            (self.before.cost, self.after.cost),
        )
        return np.any([a != b for a, b in pairs], axis=0)


def replay(asked: Past, now: Policy, other: Policy) -> Replay:
    """Decide past returns by the policy of now and by another."""
    book = Rulebook(now)
    before = outcome(asked, book, book)
    after = outcome(asked, Rulebook(other), pricing(other, now))
    return Replay(asked, before.beside(after), after.beside(before))


def savings(asked: Past, now: Policy, other: Policy) -> Callable[[Assumptions], Codes]:
    """What another policy saves on each row under assumptions; decided once, priced each time."""
    book = Rulebook(now)
    mine = judge(asked.facts(book), book)
    theirs = judge(asked.facts(Rulebook(other)), Rulebook(other))
    priced_by = pricing(other, now)

    def saved(assumed: Assumptions) -> Codes:
        before = priced(mine, asked.found, book, assumed)
        after = priced(theirs, asked.found, priced_by, assumed)
        return before.beside(after).cost - after.beside(before).cost

    return saved
