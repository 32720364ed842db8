"""What becomes of the goods: the allowed way with the best recovery.

Recovery of a unit = price x chance of sale x (1 - loss per week) ^ weeks - fees - storage x weeks.
The price is a share of the new price within floor and cap, down to the price's ending. What a
unit is expected to sell for is rounded once, half up, and so is each fee on it (Amazon's own Grade
and Resell example works this way). A way that sells later wins only where waiting brings more
than the best that can be had now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.facts import Facts, Flags
from xl_returns.core.policy import ResaleRule
from xl_returns.core.policy_lines import FULFILMENT
from xl_returns.core.rows import UNIT_SCALE
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, NO_RULE, Codes, or_zero, places_of
from xl_returns.core.texts import distinct_codes


@dataclass(frozen=True)
class Resale:
    """The best way per row: rule position (or NO_RULE); price, sale and recovery of one unit.

    Amounts are in minor units; `sale` is what the unit is expected to sell for.
    """

    rule: Codes
    price: Codes
    sale: Codes
    recovery: Codes
    lacks_photos: Codes
    """The rule that would be the best if the row had photos, or NO_RULE."""
    photos_recovery: Codes
    """What a unit would bring by that rule."""


@dataclass(frozen=True)
class Way:
    """One resale rule on the rows that it takes, all of one unit in minor units.

    The rows at the positions `at` may go this way once they have the photos that it needs; those
    of them that are `offered` may now. The other columns are as long as `at`.
    """

    rule: int
    at: Codes
    offered: Flags
    price: Codes
    sale: Codes
    recovery: Codes

    def now(self, values: Codes, rows: int) -> Codes:
        """Its values as a column of so many rows, BLANK for those that may not go this way now."""
        column = np.full(rows, BLANK, dtype=np.int64)
        column[self.at[self.offered]] = values[self.offered]
        return column


def new_price(facts: Facts) -> Codes:
    """Today's new price of a unit in minor units; what the buyer paid where it is not known."""
    given = facts.rows.amounts["New Price"]
    paid = facts.rows.unit_paid
    fallback = np.where(paid == BLANK, BLANK, money.divide_half_up(or_zero(paid), UNIT_SCALE))
    return np.where(given == BLANK, fallback, given)


def in_hand(facts: Facts) -> Flags:
    """Rows whose goods the seller has and has looked at."""
    inspected = facts.rows.codes["Condition"] != BLANK
    return facts.is_("Channel", "MFN") & facts.is_("Received", "Y") & inspected


def _lacks_photos(facts: Facts) -> Flags:
    """Goods that are still to come can be photographed when they are there: only those in hand
    need their photos now."""
    return in_hand(facts) & ~facts.rows.is_("Photos", "Y")


def best_resale(facts: Facts, book: Rulebook) -> Resale:
    """For each row the resale rule with the best recovery; the upper rule wins a tie."""
    best, with_photos = _Best(facts.rows.count), _Best(facts.rows.count)
    lacking = _lacks_photos(facts)
    for way in ways(facts, book):
        if way.at.size:
            best.meet(way, way.offered)
            with_photos.meet(way, lacking[way.at])
    lacks = lacking & (with_photos.rule != best.rule)
    return Resale(
        rule=best.rule,
        price=best.price,
        sale=best.sale,
        recovery=best.recovery,
        lacks_photos=np.where(lacks, with_photos.rule, NO_RULE),
        photos_recovery=np.where(lacks, with_photos.recovery, BLANK),
    )


def ways(facts: Facts, book: Rulebook) -> Iterator[Way]:
    """Every resale rule on the rows that it takes, from the top; without a price there is no way."""
    known, lacking = new_price(facts), _lacks_photos(facts)
    priced = known != BLANK
    table = {**facts.table, "Condition": facts.expected_condition}
    for index, accepted in enumerate(book.resales.accepting(table, facts.rows.count)):
        line = book.policy.resale_rules[index]
        fits = accepted & priced
        if line.currency is not None:
            fits &= facts.rows.codes["Currency"] == terms.CURRENCIES.index(line.currency)
        at = places_of(fits)
        offered = ~lacking[at] if line.photos else np.ones(len(at), dtype=np.bool_)
        price, sale, recovery = _brings(line, facts, book, known, at) if at.size else (at, at, at)
        yield Way(index, at, offered, price, sale, recovery)


def _brings(
    line: ResaleRule, facts: Facts, book: Rulebook, known: Codes, at: Codes
) -> tuple[Codes, Codes, Codes]:
    """Price, expected sale and recovery of one unit of the rows at some positions."""
    price = _asking(line, known[at], facts.rows.places[at])
    sale = _expected_sale(line, price)
    return price, sale, sale - _fees(line, facts, book, at, sale)


class _Best:
    """The best way so far of every row."""

    def __init__(self, count: int) -> None:
        self.rule = np.full(count, NO_RULE, dtype=np.int64)
        self.price, self.sale = np.zeros((2, count), dtype=np.int64)
        self.recovery = np.full(count, BLANK, dtype=np.int64)

    def meet(self, way: Way, open_to: Flags) -> None:
        """Take a way where the rows that it is open to gain by it."""
        better = places_of(open_to & (way.recovery > self.recovery[way.at]))
        gaining = way.at[better]
        self.rule[gaining] = way.rule
        self.price[gaining] = way.price[better]
        self.sale[gaining] = way.sale[better]
        self.recovery[gaining] = way.recovery[better]


def _asking(line: ResaleRule, known: Codes, places: Codes) -> Codes:
    asked, lowest = money.percent_of(known, line.percent), np.zeros_like(known)
    if line.floor is not None:
        lowest = money.to_minor_each(line.floor, places)
        asked = np.maximum(asked, lowest)
    if line.cap is not None:
        asked = np.minimum(asked, money.to_minor_each(line.cap, places))
    if line.ending is None:
        return asked
    return np.maximum(_ending_in(line.ending, asked, places), np.minimum(lowest, asked))


def _ending_in(ending: float, asked: Codes, places: Codes) -> Codes:
    """Prices down to the nearest one with an ending; those below the first such price stay.

    A currency that cannot show the ending, as JPY a price of 0.99, keeps its prices.
    """
    ended = asked
    for digits in money.digits_in(places):
        last = money.exact(ending) * 10**digits
        if last == int(last):
            step = _step(int(last), 10**digits)
            down = asked - (asked - int(last)) % step
            ended = np.where((places == digits) & (down > 0), down, ended)
    return ended


def _step(ending: int, unit: int) -> int:
    """How far apart two prices with the same ending lie, in minor units."""
    return unit if ending < unit else 10 ** len(str(ending))


def _expected_sale(line: ResaleRule, price: Codes) -> Codes:
    """What a unit is expected to sell for, exact in whole numbers and rounded once."""
    top = line.chance * (money.BASIS - line.loss) ** line.weeks
    bottom = money.BASIS ** (line.weeks + 1)
    if top == bottom:
        return price
    prices, of_row = distinct_codes(price)
    sold = [money.ratio(each * top, bottom) for each in prices.tolist()]
    return np.array(sold, dtype=np.int64)[of_row]


def _fees(line: ResaleRule, facts: Facts, book: Rulebook, at: Codes, sale: Codes) -> Codes:
    total, where = np.zeros_like(sale), facts.venues.take(at)
    for name in line.fees:
        if name == FULFILMENT:
            total += or_zero(facts.rows.amounts["Fulfilment Cost"][at])
        else:
            total += book.fee(name, where, facts.today).on(sale)
    if line.storage:
        total += book.fee(line.storage, where, facts.today).on(sale) * line.weeks
    return total
