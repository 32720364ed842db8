"""What the policy reads of each row: the columns of its decision tables, and the amounts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from xl_returns.core import money, terms
from xl_returns.core.grid import MILLS
from xl_returns.core.history import History, across
from xl_returns.core.rows import UNIT_SCALE, Rows
from xl_returns.core.rulebook import ReasonFacts, Rulebook, Venues, venues
from xl_returns.core.tables import BLANK, Codes, among, chosen, or_zero

Flags = npt.NDArray[np.bool_]

_QUOTIENT_GUARD: Final = 100
"""A unit price that is a line's total over its units misses the total by less than this, in
millionths; it is taken off before the one rounding, so that the units add up to the line."""
STATE_OF_CONDITION: Final = ("Intact", "Intact", "Used", "Faulty", "Faulty", "Used", "Different")
"""The state of the goods by inspected condition, in the order of terms.CONDITIONS."""


@dataclass(frozen=True)
class Facts:
    """Facts per row. `table` holds the columns that rules can read, by their header."""

    rows: Rows
    history: History
    reason: ReasonFacts
    table: dict[str, Codes]
    today: int
    net_paid: Codes
    """What the buyer paid for the returned units, minor units; BLANK when not known."""
    refunded: Codes
    venues: Venues
    expected_condition: Codes
    """Inspected, else what the policy expects of the claimed state."""

    def is_(self, header: str, *words: str) -> Flags:
        """Rows whose choice in a column is one of the words."""
        domain = DOMAINS[header]
        return among(self.table[header], map(domain.index, words))

    @cached_property
    def units(self) -> Codes:
        """The units of each row; unknown counts as one."""
        return np.maximum(self.rows.amounts["Quantity"], 1)


def does(action: Codes, *names: str) -> Flags:
    """Rows whose action is one of some."""
    return among(action, map(terms.ACTIONS.index, names))


DOMAINS: Final = {
    "Channel": terms.CHANNELS,
    "Controller": terms.CONTROLLERS,
    "Status": terms.STATUSES,
    "Settled": terms.YES_NO,
    "A-to-z": terms.YES_NO,
    "Reason Group": terms.REASON_GROUPS,
    "Fault": terms.FAULTS,
    "State": terms.STATES,
    "Condition": terms.CONDITIONS,
    "Received": terms.YES_NO,
    "Withdrawal": terms.YES_NO,
    "In Policy": terms.YES_NO,
    "Tier": terms.TIERS,
    "Buyer Wants": terms.BUYER_WISHES,
    "Marketplace": terms.MARKETPLACES,
}
"""The declared words behind each fact that is a choice."""


def gather(rows: Rows, book: Rulebook, today: int, history: History | None = None) -> Facts:
    """The facts of every row on a day, all but the risk; looks across rows unless told."""
    reason = book.reasons(rows.text["Reason"], rows.codes["Channel"])
    past = across(rows, reason.group) if history is None else history
    net, refunded = _net_paid(rows, past), or_zero(rows.amounts["Refunded So Far"])
    condition, received = rows.codes["Condition"], _received(rows, today)
    state = _state(condition, reason.state)
    price = _price(rows)
    table = {
        "Channel": rows.codes["Channel"],
        "Controller": _controller(rows),
        "Status": rows.codes["Status"],
        "Settled": _yes(_settled(rows, net, refunded)),
        "A-to-z": _yes(rows.is_("A-to-z", "Y")),
        "Reason Group": reason.group,
        "Fault": reason.fault,
        "State": state,
        "Condition": condition,
        "Received": _yes(received),
        "Withdrawal": _withdrawal(rows, book),
        "In Policy": rows.codes["In Policy"],
        "Tier": book.tiers(price, rows.codes["Currency"]),
        "Price": price,
        "Buyer Wants": rows.codes["Buyer Wants"],
        "Age": _since(rows.days["Request Date"], today),
        "Marketplace": rows.codes["Marketplace"],
        "Category": book.categories(rows.text["Category"]),
        "Order Date": rows.days["Order Date"],
    }
    return Facts(
        rows=rows,
        history=past,
        reason=reason,
        table=table,
        today=today,
        net_paid=net,
        refunded=refunded,
        venues=venues(rows.codes["Marketplace"], rows.codes["Currency"]),
        expected_condition=_expected(condition, state, book),
    )


def _yes(flags: Flags) -> Codes:
    return (~flags).astype(np.int64)


def _since(day: Codes, today: int) -> Codes:
    return np.where(day == BLANK, BLANK, today - day)


def _net_paid(rows: Rows, past: History) -> Codes:
    units = rows.amounts["Quantity"]
    known = (units != BLANK) & (rows.unit_paid != BLANK)
    unit, count = rows.unit_paid * known, units * known
    before = past.units_before
    return np.where(known, _of_units(unit, before + count) - _of_units(unit, before), BLANK)


def _of_units(unit: Codes, units: Codes) -> Codes:
    guarded = money.divide_half_up(unit * units, _QUOTIENT_GUARD)
    return money.divide_half_up(guarded, UNIT_SCALE // _QUOTIENT_GUARD)


def _price(rows: Rows) -> Codes:
    """The unit price in mills of the row's currency."""
    known = rows.unit_paid != BLANK
    scale = (UNIT_SCALE // MILLS) * money.scale(rows.places).astype(np.int64)
    return np.where(known, money.divide_half_up(rows.unit_paid * known, scale), BLANK)


def _controller(rows: Rows) -> Codes:
    fba = rows.is_("Channel", "FBA")
    amazon = rows.is_("Refund Controller", "Amazon")
    return (fba | amazon).astype(np.int64)


def _received(rows: Rows, today: int) -> Flags:
    day = rows.days["Received Date"]
    back = rows.is_("Status", "Received")
    return back | ((day != BLANK) & (day <= today))


def _settled(rows: Rows, net: Codes, refunded: Codes) -> Flags:
    marked = rows.is_("Status", "Refunded")
    return marked | ((net != BLANK) & (refunded >= net) & (refunded > 0))


def _state(condition: Codes, claimed: Codes) -> Codes:
    by_condition = np.array([terms.STATES.index(state) for state in STATE_OF_CONDITION])
    return chosen([(condition != BLANK, by_condition.take(np.maximum(condition, 0)))], claimed)


def _expected(condition: Codes, state: Codes, book: Rulebook) -> Codes:
    settings = book.policy.settings
    guess = np.full(len(terms.STATES), BLANK, dtype=np.int64)
    guess[terms.STATES.index("Intact")] = terms.CONDITIONS.index(settings.condition_when_intact)
    guess[terms.STATES.index("Faulty")] = terms.CONDITIONS.index(settings.condition_when_faulty)
    return chosen([(condition != BLANK, condition)], guess.take(state))


def _withdrawal(rows: Rows, book: Rulebook) -> Codes:
    """Y within the withdrawal period. Delivery is never before the order, so a request soon
    after the order is in time even when the delivery day is not known."""
    settings = book.policy.settings
    where = [terms.MARKETPLACES.index(m) for m in settings.withdrawal_marketplaces]
    lawful = among(rows.codes["Marketplace"], where)
    asked, delivered = rows.days["Request Date"], rows.days["Delivered Date"]
    start = np.where(delivered == BLANK, rows.days["Order Date"], delivered)
    dated = (asked != BLANK) & (start != BLANK)
    in_time = dated & (asked - start * dated <= settings.withdrawal_period)
    unsure = lawful & ~in_time & ((delivered == BLANK) | (asked == BLANK))
    return np.where(unsure, BLANK, _yes(lawful & in_time))
