"""What each allowed action on a row would cost the seller from now on, and when the choice flips.

Expected cost = what is paid, less the selling fees that come back with it, plus, at the chance that
the goods come back, label and inspection less what the goods bring. A refund counts as paid whether
or not the goods come back, as in the ceiling of a keep-it offer (see `core.offer`): what both
choices pay cancels out. Money already spent or lost counts for none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions, gated, refund_of
from xl_returns.core.facts import Flags, does
from xl_returns.core.forfeits import forfeits
from xl_returns.core.offer import return_label
from xl_returns.core.policy_lines import INSPECTION_FEE, NEGOTIATION_FEE, REMOVAL_FEE
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.selling_fees import SellingFees
from xl_returns.core.tables import BLANK, Codes
from xl_returns.insight.assumptions import Assumptions

SURE: Final = money.BASIS
_NEVER: Final = np.iinfo(np.int64).max
_OPENED_BY_BUYER: Final = ("Requested", "Approved")
_RETURNS: Final = (terms.APPROVE, terms.REFUND_ON_RECEIPT)


@dataclass(frozen=True)
class Alternative:
    """One action on every row; minor units, chances in basis points."""

    action: str
    allowed: Flags
    refund: Codes
    accepted: Codes
    """Chance that the buyer takes it; what is not an offer is sure."""
    fees: Codes
    """Selling fees that come back with the refund, less the refund administration fee."""
    fixed: Codes
    """Expected cost but for the goods, in 1/10,000 of a minor unit."""
    chance: Codes
    """Chance that the goods come to the seller."""
    handling: Codes
    """Label and inspection, or the removal, if they do."""
    forfeited: Codes
    """What an appeal that it gives up was expected to bring."""

    def cost(self, recovery: Codes) -> Codes:
        """Expected cost in 1/10,000 of a minor unit if the goods bring `recovery`."""
        return self.fixed + self.chance * (self.handling - recovery)


@dataclass(frozen=True)
class Alternatives:
    """Every action that could be taken, and what the goods of each row would bring (all units)."""

    each: tuple[Alternative, ...]
    recovery: Codes
    costs: Codes
    """Expected cost of each action (first axis) on each row, in 1/10,000 of a minor unit."""
    allowed: Flags
    reviewing: Codes
    """What a person's time for one row costs, in minor units."""

    def ranking(self, row: int) -> list[int]:
        """The allowed actions of a row, the cheapest first; the upper one wins a tie."""
        order = np.argsort(self.costs[:, row], kind="stable")
        return [int(index) for index in order if self.allowed[index, row]]

    def cost(self, index: int, row: int) -> int:
        """What an action costs on a row, in minor units, rounded once."""
        return money.ratio(int(self.costs[index, row]), SURE)

    def flip(self, row: int) -> Flip | None:
        """The nearest recovery beyond which another action is cheapest; None when there is none."""
        order = self.ranking(row)
        found = [flip for other in order[1:] if (flip := self._flip(order[0], other, row))]
        now = int(self.recovery[row])
        return min(found, key=lambda flip: abs(flip.recovery - now), default=None)

    def _flip(self, best: int, other: int, row: int) -> Flip | None:
        gap = int(self.costs[other, row] - self.costs[best, row])
        leaning = int(self.each[best].chance[row] - self.each[other].chance[row])
        if not leaning:
            return None
        room = gap // abs(leaning)
        tie = int(self.recovery[row]) + (-room if leaning > 0 else room)
        return Flip(tie, leaning > 0, self.each[other].action) if tie >= 0 else None

    def policy_costs(self, action: Codes) -> Codes:
        """What the chosen action costs above the cheapest allowed one, both rounded, minor units.

        BLANK where the choice is not among them: a row that is held is not decided yet.
        """
        chosen, mine = self._chosen(action)
        least = np.where(self.allowed, self.costs, _NEVER).min(axis=0)
        mine, least = (np.where(chosen, costs, 0) for costs in (mine, least))
        above = money.divide_half_up(mine, SURE) - money.divide_half_up(least, SURE)
        return np.where(chosen, above, BLANK)

    def cost_of(self, action: Codes) -> Codes:
        """Expected cost of the chosen action, in 1/10,000 of a minor unit.

        What is held costs a person's time and then the cheapest allowed action, if there is one;
        a claim of unknown worth costs nothing.
        """
        chosen, mine = self._chosen(action)
        any_allowed = self.allowed.any(axis=0)
        least = np.where(self.allowed, self.costs, _NEVER).min(axis=0, initial=_NEVER)
        held = np.where(any_allowed, least, 0) + self.reviewing * SURE
        claims = does(action, *terms.CLAIMS)
        return np.where(chosen, mine, np.where(claims, 0, held))

    def _chosen(self, action: Codes) -> tuple[Flags, Codes]:
        """Rows whose choice is among the allowed ones, and its cost."""
        place = np.full(len(terms.ACTIONS), BLANK, dtype=np.int64)
        for at, one in enumerate(self.each):
            place[terms.ACTIONS.index(one.action)] = at
        mine, rows = place[action], np.arange(len(action))
        known = mine != BLANK
        index = np.where(known, mine, 0)
        return known & self.allowed[index, rows], self.costs[index, rows]


@dataclass(frozen=True, slots=True)
class Flip:
    """A recovery (minor units) below which, or else above which, another action is cheapest."""

    recovery: int
    below: bool
    action: str


def alternatives(
    decisions: Decisions, book: Rulebook, assumed: Assumptions | None = None
) -> Alternatives:
    """Price every action on every row by the policy's own numbers, or by other assumptions."""
    market = _Market(decisions, book, assumed or Assumptions.of(book.policy))
    each = tuple(market.alternative(action) for action in terms.ACTIONS if action != terms.HOLD)
    return Alternatives(
        each,
        market.recovery,
        np.array([one.cost(market.recovery) for one in each]),
        np.array([one.allowed for one in each]),
        market.bargaining,
    )


class _Market:
    """The prices behind the alternatives of decided rows."""

    def __init__(self, decisions: Decisions, book: Rulebook, assumed: Assumptions) -> None:
        self._d, self._book, self._assumed = decisions, book, assumed
        self._facts = facts = decisions.facts
        self._none = np.zeros(facts.rows.count, dtype=np.int64)
        self._back = facts.is_("Received", "Y")
        self._coming = facts.is_("Status", "In transit") & ~self._back
        self._ours = facts.is_("Controller", "Seller")
        self._open = self._ours & facts.is_("Status", *_OPENED_BY_BUYER) & ~self._back
        ended = facts.is_("Status", *terms.ENDED) | facts.is_("Settled", "Y")
        self._over = self._ours & ended
        self._contested = self._ours & facts.is_("A-to-z", "Y")
        units = facts.units
        brought = np.where(decisions.resale.recovery == BLANK, 0, decisions.resale.recovery)
        self.recovery = money.percent_of(brought * units, assumed.recovery)
        looked_at = self._fee(INSPECTION_FEE, self._none) * units
        self._inspection = money.percent_of(looked_at, assumed.inspection)
        self._label = money.percent_of(return_label(facts, book), assumed.label)
        self._removal = self._fee(REMOVAL_FEE, self._none) * units
        self.bargaining = self._fee(NEGOTIATION_FEE, self._none)
        self._selling = SellingFees(facts, book)
        self._lost = np.maximum(forfeits(decisions, book), 0)
        self._sensible = self._makes_sense()

    def alternative(self, action: str) -> Alternative:
        """An action on every row."""
        code = np.full_like(self._none, terms.ACTIONS.index(action))
        paid = refund_of(code, self._d.money, self._d.terms_of_offer)
        if action in _RETURNS:
            paid = self._d.money.total
        fees, accepted = self._selling.back(paid), np.full_like(self._none, SURE)
        forfeited = np.where(self._pays(action), self._lost, 0)
        forfeited = money.percent_of(forfeited, self._assumed.appeal)
        fixed = (paid - fees + forfeited - self._claimed(action)) * SURE
        chance, handling = self._goods(action)
        if action == terms.OFFER:
            back = self.alternative(terms.APPROVE)
            accepted = self._accepting(paid)
            fixed = accepted * (paid - fees) + (SURE - accepted) * (back.fixed // SURE)
            fixed += self.bargaining * SURE
            chance = money.divide_half_up((SURE - accepted) * back.chance, SURE)
        allowed = self._possible(action) & (gated(self._facts, code)[0] == code)
        allowed &= ~self._unvalued(action)
        return Alternative(
            action, allowed, paid, accepted, fees, fixed, chance, handling, forfeited
        )

    def _pays(self, action: str) -> bool:
        return action in (*terms.PAYING_ACTIONS, terms.OFFER)

    def _fee(self, name: str, price: Codes) -> Codes:
        return self._book.fee(name, self._facts.venues, self._facts.today).on(price)

    def _accepting(self, offered: Codes) -> Codes:
        """Chance that an offer is taken, if every amount up to net paid is as likely to be the
        least that the buyer takes."""
        paid = np.maximum(self._facts.net_paid, 0)
        share = money.divide_half_up(offered * SURE, np.maximum(paid, 1))
        return np.minimum(money.percent_of(share, self._assumed.acceptance), SURE)

    def _claimed(self, action: str) -> Codes:
        """What a claim is expected to bring: as much of net paid as SAFE-T pays at most, or the
        goods' landed cost from Amazon, at the chance that a claim is granted."""
        if action not in terms.CLAIMS:
            return self._none
        facts = self._facts
        share = self._book.policy.settings.safe_t_damage_share
        safe_t = money.percent_of(np.maximum(facts.net_paid, 0), share)
        landed = np.maximum(facts.rows.amounts["Unit Cost"], 0) * facts.units
        worth = np.where(facts.is_("Channel", "FBA"), landed, safe_t)
        return money.percent_of(worth, self._assumed.appeal)

    def _unvalued(self, action: str) -> Flags:
        """Claims of goods whose landed cost is not known have no price."""
        unknown = self._facts.rows.amounts["Unit Cost"] == BLANK
        return self._facts.is_("Channel", "FBA") & unknown & (action in terms.CLAIMS)

    def _goods(self, action: str) -> tuple[Codes, Codes]:
        """The chance that goods come with an action, and what taking them costs."""
        seen = self._facts.rows.codes["Condition"] != BLANK
        looking = np.where(seen & self._back, 0, self._inspection)
        if action == terms.REQUEST_REMOVAL:
            return np.full_like(self._none, SURE), self._removal + self._inspection
        here = self._ours & (self._back | self._coming)
        sent = self._open & (action in _RETURNS)
        chance = np.select([here, sent], [SURE, self._assumed.goods_back], 0)
        return chance, np.where(here, looking, self._label + looking)

    def _possible(self, action: str) -> Flags:
        """Rows on which an action makes sense where they stand; law and platform are the gates'."""
        chosen = does(self._d.action, action)
        if action == terms.NO_ACTION:
            return (self._over | ~self._ours | chosen) & ~self._contested
        return self._sensible.get(action, chosen) & ~self._over & ~self._contested

    def _makes_sense(self) -> dict[str, Flags]:
        facts = self._facts
        priced, restocked = facts.net_paid != BLANK, facts.is_("Condition", "Sealed")
        willing = ~facts.is_("Buyer Wants", "Full refund")
        not_ours = facts.is_("Fault", "Buyer", "Unknown")
        return {
            terms.APPROVE: self._open & facts.is_("Status", "Requested") & priced,
            terms.REFUND_ON_RECEIPT: (self._open | self._coming) & priced,
            terms.CLOSE: self._open & facts.is_("In Policy", "N") & not_ours,
            terms.KEEP_ITEM: self._open,
            terms.OFFER: self._open & willing & (facts.net_paid > 0),
            terms.REFUND_NOW: self._ours,
            terms.REQUEST_REMOVAL: facts.is_("Channel", "FBA") & self._back & ~restocked,
        }
