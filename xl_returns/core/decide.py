"""Decide every row: facts, gates, action rules (FIRST), money, goods, clocks.

Deciding never writes and knows no clock: the day is an argument. One row is a column of one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xl_returns.core import terms
from xl_returns.core.clocks import Clocks, clocks
from xl_returns.core.facts import Facts, Flags, does, gather
from xl_returns.core.history import History
from xl_returns.core.offer import Offer, keep_it_offer
from xl_returns.core.refund import Refund, full_refund
from xl_returns.core.resale import Resale, best_resale, in_hand
from xl_returns.core.risk import score, seen_signals
from xl_returns.core.rows import Rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes, among, chosen

_NEEDED: Final = ("Channel", "Marketplace", "Status")
"""Facts without which a row is held."""


@dataclass(frozen=True)
class Decisions:
    """The decision on every row, as columns; amounts in minor units, days since 1970-01-01.

    Choices are positions in their declared words, BLANK where there is nothing to say.
    """

    facts: Facts
    rule: Codes
    ruled: Codes
    """The action that the rule names, before the gates."""
    possible_rule: Codes
    """The first rule that could decide if the row's blank cells were filled."""
    action: Codes
    lacks_price: Flags
    refund: Codes
    offer: Codes
    offer_max: Codes
    disposition: Codes
    resale_price: Codes
    recovery: Codes
    risk: Codes
    seen: dict[str, Flags]
    clocks: Clocks
    money: Refund
    terms_of_offer: Offer
    resale: Resale


def decide(rows: Rows, book: Rulebook, today: int, history: History | None = None) -> Decisions:
    """Decide rows by a policy on a day (days since 1970-01-01).

    `history` replaces the look across rows, for instance for a row shown alone.
    """
    return judge(gather(rows, book, today, history), book)


def judge(bare: Facts, book: Rulebook) -> Decisions:
    """Decide rows whose facts, all but the risk, are known."""
    rows = bare.rows
    seen = seen_signals(bare, book)
    risk = score(seen, book, rows.count)
    facts = replace(bare, table={**bare.table, "Risk": risk})
    rule, possible_rule = book.actions.first_and_possible(facts.table, rows.count)
    ruled = _action_of(rule, book)
    due = full_refund(facts, book)
    action, lacks_price = gated(facts, ruled)
    resale = best_resale(facts, book)
    payable = _payable(action, due)
    offer = keep_it_offer(facts, book, payable, resale.recovery)
    offering = does(action, terms.OFFER)
    disposition = _disposition(facts, book, action, resale)
    sold = to_be_sold(disposition)
    return Decisions(
        facts=facts,
        rule=rule,
        ruled=ruled,
        possible_rule=possible_rule,
        action=action,
        lacks_price=lacks_price,
        refund=refund_of(action, due, offer),
        offer=np.where(offering, offer.opening, BLANK),
        offer_max=np.where(offering, offer.most, BLANK),
        disposition=disposition,
        resale_price=np.where(sold, resale.price, BLANK),
        recovery=np.where(sold, resale.recovery * facts.units, BLANK),
        risk=risk,
        seen=seen,
        clocks=clocks(facts, book, action),
        money=due,
        terms_of_offer=offer,
        resale=resale,
    )


def refund_of(action: Codes, due: Refund, offer: Offer) -> Codes:
    """What an action pays, in minor units: the opening offer, what is due, or nothing."""
    pays = does(action, *terms.PAYING_ACTIONS)
    paid = _payable(action, due) * pays
    return chosen([(does(action, terms.OFFER), offer.opening)], paid)


def _payable(action: Codes, due: Refund) -> Codes:
    return chosen([(does(action, terms.KEEP_ITEM, terms.OFFER), _without_goods(due))], due.total)


def _code(action: str) -> int:
    return terms.ACTIONS.index(action)


def _action_of(rule: Codes, book: Rulebook) -> Codes:
    actions = [*(_code(r.action) for r in book.policy.action_rules), _code(terms.HOLD)]
    return np.array(actions)[rule]


def gated(facts: Facts, ruled: Codes) -> tuple[Codes, Flags]:
    """Actions that platform, law and the row itself allow; and rows whose price is missing."""
    hold, approve = _code(terms.HOLD), _code(terms.APPROVE)
    ours = facts.is_("Controller", "Seller")
    sellers, amazons = does(ruled, *terms.SELLER_ACTIONS), does(ruled, *terms.AMAZON_ACTIONS)
    foreign = (ours & ~sellers) | (~ours & ~amazons)
    protected = facts.is_("In Policy", "Y") | facts.is_("Withdrawal", "Y")
    unlawful = does(ruled, terms.CLOSE) & protected
    lacks_price = does(ruled, *terms.PAYING_ACTIONS, terms.OFFER) & (facts.net_paid == BLANK)
    unknown = np.any([facts.table[header] == BLANK for header in _NEEDED], axis=0)
    held = foreign | lacks_price | unknown | facts.rows.unread()
    return chosen([(held, hold), (unlawful, approve)], ruled), lacks_price


def lacking(decisions: Decisions) -> dict[str, Flags]:
    """Rows that are held because a cell is blank, by the header of the cell."""
    facts, lacks_price = decisions.facts, decisions.lacks_price
    return {
        **{header: facts.table[header] == BLANK for header in _NEEDED},
        "Quantity": lacks_price & (facts.rows.amounts["Quantity"] == BLANK),
        "Unit Paid": lacks_price & (facts.rows.unit_paid == BLANK),
    }


def _without_goods(due: Refund) -> Codes:
    return np.maximum(due.net_paid + due.shipping - due.refunded, 0)


def _disposition(facts: Facts, book: Rulebook, action: Codes, resale: Resale) -> Codes:
    code = terms.DISPOSITIONS.index
    ours = facts.is_("Channel", "MFN")
    ways = [*(code(r.disposition) for r in book.policy.resale_rules), BLANK]
    best = np.array(ways, dtype=np.int64).take(resale.rule)
    to_sell = in_hand(facts) | does(action, terms.REQUEST_REMOVAL)
    waiting = does(action, terms.APPROVE, terms.REFUND_ON_RECEIPT)
    waiting |= ours & facts.is_("Status", "In transit")
    unseen = ours & facts.is_("Received", "Y")
    keeps = does(action, terms.KEEP_ITEM, terms.OFFER) | (does(action, terms.REFUND_NOW) & ~unseen)
    amazon = ~ours & ~does(action, terms.REQUEST_REMOVAL)
    return chosen(
        [
            (to_sell, best),
            (amazon, code(terms.WITH_AMAZON)),
            (unseen, BLANK),
            (waiting, code(terms.AWAITING_GOODS)),
            (keeps, code(terms.BUYER_KEEPS)),
        ],
        np.full(facts.rows.count, BLANK, dtype=np.int64),
    )


def to_be_sold(disposition: Codes) -> Flags:
    """Rows whose goods go a way of the resale rules."""
    none = (terms.BUYER_KEEPS, terms.AWAITING_GOODS, terms.WITH_AMAZON)
    return (disposition != BLANK) & ~among(disposition, map(terms.DISPOSITIONS.index, none))
