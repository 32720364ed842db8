"""What becomes of the goods: the allowed way with the best recovery.

Recovery of a unit = price - fees, price = share of the new price within floor and cap; each fee
is rounded once, half up (Amazon's own Grade and Resell example works this way).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.facts import Facts
from xl_returns.core.policy import ResaleRule
from xl_returns.core.policy_lines import FULFILMENT
from xl_returns.core.rows import UNIT_SCALE
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, NO_RULE, Codes


@dataclass(frozen=True)
class Resale:
    """The best way per row: rule position (or NO_RULE), price and recovery of one unit (minor)."""

    rule: Codes
    price: Codes
    recovery: Codes


def new_price(facts: Facts) -> Codes:
    """Today's new price of a unit in minor units; what the buyer paid where it is not known."""
    given = facts.rows.amounts["New Price"]
    paid = facts.rows.unit_paid
    fallback = np.where(
        paid == BLANK, BLANK, money.divide_half_up(np.where(paid == BLANK, 0, paid), UNIT_SCALE)
    )
    return np.where(given == BLANK, fallback, given)


def best_resale(facts: Facts, book: Rulebook) -> Resale:
    """For each row the resale rule with the best recovery; the upper rule wins a tie."""
    count, known = facts.rows.count, new_price(facts)
    rule = np.full(count, NO_RULE, dtype=np.int64)
    price, recovery = np.zeros(count, dtype=np.int64), np.full(count, BLANK, dtype=np.int64)
    table = {**facts.table, "Condition": facts.expected_condition}
    for index, accepted in enumerate(book.resales.accepting(table, count)):
        line = book.policy.resale_rules[index]
        asked = _asking(line, facts, known)
        left = asked - _fees(line, facts, book, asked)
        better = accepted & (known != BLANK) & _coin_fits(line, facts) & (left > recovery)
        rule, price, recovery = (
            np.where(better, new, old)
            for new, old in ((index, rule), (asked, price), (left, recovery))
        )
    return Resale(rule, price, recovery)


def _coin_fits(line: ResaleRule, facts: Facts) -> np.typing.NDArray[np.bool_]:
    if line.currency is None:
        return np.ones(facts.rows.count, dtype=bool)
    coin: Codes = facts.rows.codes["Currency"]
    return coin == terms.CURRENCIES.index(line.currency)


def _asking(line: ResaleRule, facts: Facts, known: Codes) -> Codes:
    asked = money.percent_of(np.where(known == BLANK, 0, known), line.percent)
    scale = 10**facts.rows.places
    if line.floor is not None:
        asked = np.maximum(asked, np.rint(line.floor * scale).astype(np.int64))
    if line.cap is not None:
        asked = np.minimum(asked, np.rint(line.cap * scale).astype(np.int64))
    return asked


def _fees(line: ResaleRule, facts: Facts, book: Rulebook, asked: Codes) -> Codes:
    total = np.zeros(facts.rows.count, dtype=np.int64)
    for name in line.fees:
        if name == FULFILMENT:
            own = facts.rows.amounts["Fulfilment Cost"]
            total += np.where(own == BLANK, 0, own)
        else:
            total += book.fee(name, facts.venues, facts.today).on(asked)
    return total
