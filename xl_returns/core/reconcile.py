"""Returns, refunds and reimbursements that do not agree, and what to do about it.

Every kind of disagreement is one function over one order line. Windows come from Deadlines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from xl_returns.core import events, money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.events import Event
from xl_returns.core.facts import Flags, does
from xl_returns.core.language import phrased
from xl_returns.core.order_lines import Books, Discrepancy, OrderLine, lines_of
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes

_CLAIMED: Final = [terms.ACTIONS.index(a) for a in terms.CLAIMS]
_KEEPS: Final = [terms.ACTIONS.index(a) for a in (terms.KEEP_ITEM, terms.OFFER)]
_SUPPORT: Final = "Seller Support"
NOT_NOTED: Final = "Refund not noted in Returns"
TWICE, ABOVE, REPLACED = "Refunded twice", "Refunded above what was paid", "Replaced and refunded"
PAID_ALREADY: Final = (NOT_NOTED, TWICE, ABOVE, REPLACED)
"""Findings after which nothing more may be paid before a person has looked."""


def reconcile(
    decisions: Decisions, action: Codes, book: Rulebook, happened: Sequence[Event]
) -> list[Discrepancy]:
    """Everything that does not agree, what closes first standing first.

    `action` is what counts for each row, the seller's own decisions included.
    """
    if not happened:
        return []
    books = Books(decisions, action, book)
    for event in happened:
        if event.kind == events.REFUND and event.day is not None:
            last = books.paid_until.get(event.currency, event.day)
            books.paid_until[event.currency] = max(last, event.day)
    lines = lines_of(books, happened)
    found = [x for line in lines for check in _CHECKS for x in check(books, line)]
    found += [*_short_removals(happened), *_not_in_ledger(books, happened)]
    return sorted(found, key=lambda x: (x.closes is None, x.closes or 0, x.order_id, x.finding))


def concerns(decisions: Decisions, action: Codes, happened: Sequence[Event]) -> Flags:
    """The rows that `reconcile` could speak of: it says the same of them without the others,
    if the rows of an order line are of one marketplace."""
    facts = decisions.facts
    if not happened:
        return np.zeros(facts.rows.count, dtype=np.bool_)
    orders = {event.order_id for event in happened} - {""}
    booked = {event.sku for event in happened if event.kind == events.LEDGER_RETURN}
    fba, amounts = facts.is_("Channel", "FBA"), facts.rows.amounts
    marked = (amounts["Refunded So Far"] > 0) | facts.is_("Status", "Refunded")
    named = np.array([name in orders for name in facts.rows.text["Order ID"]], dtype=np.bool_)
    counted = np.array([sku in booked for sku in facts.rows.text["SKU"]], dtype=np.bool_)
    return named | marked | (fba & (does(action, *terms.CLAIMS) | counted))


def _not_returned(books: Books, line: OrderLine) -> Iterator[Discrepancy]:
    """FBA: Amazon refunded, the unit never came, and nothing was paid for it."""
    refunds = line.of(events.REFUND)
    if not refunds or not books.is_fba(line) or line.of(events.REIMBURSEMENT):
        return
    market, day = books.market(line), _last_day(refunds)
    refunded = max(sum(event.units for event in refunds), 1)
    missing = refunded - books.units_back(line)
    overdue = books.clock("FBA goods back", market, day)
    closes = books.clock("FBA claim closes", market, day)
    if missing < 1 or overdue is None or books.today <= overdue or _is_past(closes, books):
        return
    yield books.tell(
        line,
        "Refunded, never returned",
        missing,
        money.ratio(_sum(refunds) * missing, refunded),
        phrased("File a customer-return claim: refunded, not returned, not reimbursed."),
        refunds,
        route=terms.FBA_CLAIM,
        opens=books.clock("FBA claim opens", market, day),
        closes=closes,
    )


def _not_back(books: Books, line: OrderLine) -> Iterator[Discrepancy]:
    """Seller-fulfilled: refunded, to be sent back, and still not here."""
    refunds, market = line.of(events.REFUND), books.market(line)
    day = _last_day(refunds)
    late = books.clock("MFN goods back", market, day)
    if books.is_fba(line) or late is None or books.today <= late:
        return
    for row in line.rows:
        if books.back[row] or _is_kept(books, row):
            continue
        amazon = bool(books.amazon_pays[row])
        closes = books.clock("SAFE-T claim", market, day) if amazon else None
        remedy = (
            phrased("Amazon refunded and nothing came: file SAFE-T with the tracking history.")
            if amazon
            else phrased(
                "You refunded by yourself: ask the carrier and the buyer where the parcel is."
            )
        )
        if not _is_past(closes, books):
            yield books.tell(
                line,
                "Refunded, not back yet",
                books.units(row),
                _sum(refunds),
                remedy,
                refunds,
                row=row,
                route=terms.SAFE_T if amazon else "",
                opens=day if amazon else None,
                closes=closes,
            )


def _is_kept(books: Books, row: int) -> bool:
    """Whether the buyer keeps the goods by decision, now or as recorded."""
    decided = int(books.rows.codes["Decided Action"][row])
    return int(books.action[row]) in _KEEPS or decided in _KEEPS


def _not_reimbursed(books: Books, line: OrderLine) -> Iterator[Discrepancy]:
    """FBA: a unit came back and Amazon is liable for it, yet paid nothing."""
    paid = sum(max(e.units, 1) for e in line.of(events.REIMBURSEMENT) if e.amount > 0)
    for row in line.rows:
        if not books.fba[row] or int(books.action[row]) not in _CLAIMED:
            continue
        paid -= books.units(row)
        if paid >= 0:
            continue
        asked, market = int(books.rows.days["Request Date"][row]), books.market(line)
        yield books.tell(
            line,
            "Returned, not reimbursed",
            books.units(row),
            max(int(books.decisions.facts.net_paid[row]), 0),
            phrased("Amazon answers for this unit: file a claim once the window is open."),
            row=row,
            route=terms.FBA_CLAIM,
            opens=books.clock("FBA claim opens", market, asked),
            closes=books.clock("FBA claim closes", market, asked),
        )


def _overpaid(books: Books, line: OrderLine) -> Iterator[Discrepancy]:
    """More was refunded than the buyer paid, or the same twice."""
    refunds = line.of(events.REFUND)
    nets = [int(books.decisions.facts.net_paid[row]) for row in line.rows]
    if not refunds or not nets or BLANK in nets:
        return
    market = books.market(line)
    got = [books.got_by_buyer(event, market) for event in refunds]
    shipping = [max(int(books.rows.amounts["Shipping Paid"][row]), 0) for row in line.rows]
    paid = _for_units_refunded(books, line, sum(nets) + sum(shipping))
    over = sum(got) - paid
    if over > _rounding(books, line):
        twice = len(got) > len(set(got))
        yield books.tell(
            line,
            TWICE if twice else ABOVE,
            len(refunds),
            over,
            phrased(
                "Compare the refunds in Seller Central; ask Amazon to correct what it refunded."
            ),
            refunds,
            route=_SUPPORT if books.amazon_pays[line.rows[0]] else "",
        )


def _for_units_refunded(books: Books, line: OrderLine, paid: int) -> int:
    """What was paid for the units that FBA refunded, of which Returns may hold fewer."""
    here = sum(map(books.units, line.rows))
    refunded = sum(event.units for event in line.of(events.REFUND))
    if not books.is_fba(line) or refunded <= here:
        return paid
    return money.ratio(paid * refunded, here)


def _replaced(books: Books, line: OrderLine) -> Iterator[Discrepancy]:
    """A replacement was sent and the money was paid back as well."""
    sent, refunds = line.of(events.REPLACEMENT), line.of(events.REFUND)
    if not sent or not refunds:
        return
    market, day, fba = books.market(line), _last_day(refunds), books.is_fba(line)
    amazon = fba or any(books.amazon_pays[row] for row in line.rows)
    route = (terms.FBA_CLAIM if fba else terms.SAFE_T) if amazon else ""
    closing = {terms.FBA_CLAIM: "FBA claim closes", terms.SAFE_T: "SAFE-T claim"}.get(route, "")
    yield books.tell(
        line,
        REPLACED,
        sum(max(event.units, 1) for event in sent),
        _sum(refunds),
        phrased(
            "A replaced return needs no refund: claim it back, or ask the buyer for the goods."
        ),
        (*sent, *refunds),
        route=route,
        opens=books.clock("FBA claim opens", market, day) if route == terms.FBA_CLAIM else None,
        closes=books.clock(closing, market, day),
    )


def _no_money(books: Books, line: OrderLine) -> Iterator[Discrepancy]:
    """Marked refunded, but payments that reach so far show no money."""
    if line.of(events.REFUND):
        return
    refunded = terms.STATUSES.index("Refunded")
    for row in line.rows:
        marked = max(int(books.rows.amounts["Refunded So Far"][row]), 0)
        asked = int(books.rows.days["Request Date"][row])
        shows = books.clock("Refund in payments", books.market(line), asked)
        known = shows is not None and books.paid_until.get(books.rows.currency(row), 0) >= shows
        if known and (marked or int(books.rows.codes["Status"][row]) == refunded):
            yield books.tell(
                line,
                "Marked refunded, no money moved",
                books.units(row),
                marked,
                phrased(
                    "Look at the order's payments; if nothing was paid, clear Refunded So Far."
                ),
                row=row,
            )


def _not_noted(books: Books, line: OrderLine) -> Iterator[Discrepancy]:
    """Money was refunded that the rows do not know of: a refund now would pay it twice."""
    if not line.rows or books.amazon_pays[line.rows[0]]:
        return
    refunds, market = line.of(events.REFUND), books.market(line)
    noted = sum(max(int(books.rows.amounts["Refunded So Far"][row]), 0) for row in line.rows)
    got = sum(books.got_by_buyer(event, market) for event in refunds)
    if got - noted > _rounding(books, line):
        yield books.tell(
            line,
            NOT_NOTED,
            0,
            got - noted,
            phrased("Write what was paid into Refunded So Far before anything more is refunded."),
            refunds,
        )


_CHECKS: Final[tuple[Callable[[Books, OrderLine], Iterator[Discrepancy]], ...]] = (
    _not_returned, _not_back, _not_reimbursed, _overpaid, _replaced, _no_money, _not_noted,
)  # fmt: skip


def _short_removals(happened: Iterable[Event]) -> Iterator[Discrepancy]:
    """Removals of which fewer units were shipped than asked for, once shipments are known."""
    asked: dict[tuple[str, str], Event] = {}
    shipped: Counter[tuple[str, str]] = Counter()
    for event in happened:
        key = event.reference, event.sku
        if event.kind == events.REMOVAL and "completed" in event.detail.casefold():
            asked[key] = event
        elif event.kind == events.SHIPMENT:
            shipped[key] += event.units
    for key, removal in asked.items():
        if 0 < shipped[key] < removal.units:
            yield Discrepancy(
                finding="Removal came short",
                return_id="",
                order_id=removal.reference,
                sku=removal.sku,
                units=removal.units - shipped[key],
                amount=0,
                currency=removal.currency,
                route=_SUPPORT,
                opens=removal.day,
                closes=None,
                remedy=phrased("Count what arrived; ask Amazon to pay for the units it lost."),
                seen_in=removal.detail,
            )


def _not_in_ledger(books: Books, happened: Iterable[Event]) -> Iterator[Discrepancy]:
    """FBA units that came back on days the inventory ledger covers, and are not in it."""
    entries = [e for e in happened if e.kind == events.LEDGER_RETURN and e.day is not None]
    if not entries:
        return
    first, last = (choose(e.day or 0 for e in entries) for choose in (min, max))
    booked = Counter[str]()
    for entry in entries:
        booked[entry.sku] += max(entry.units, 1)
    came: dict[str, OrderLine] = {}
    day = books.rows.days["Request Date"]
    for row in np.flatnonzero(books.fba & books.back & (day >= first) & (day <= last)).tolist():
        sku = books.rows.text["SKU"][row]
        came.setdefault(sku, OrderLine("", sku)).rows.append(row)
    for sku, line in came.items():
        units = sum(map(books.units, line.rows))
        if sku in booked and units > booked[sku]:
            yield books.tell(
                line,
                "Returned, not in the inventory ledger",
                units - booked[sku],
                0,
                phrased(
                    "Compare the returns of this SKU with the ledger; claim units that never arrived."
                ),
                entries[:1],
                route=terms.FBA_CLAIM,
                closes=books.clock("FBA claim closes", books.market(line), int(day[line.rows[-1]])),
            )


def _rounding(books: Books, line: OrderLine) -> int:
    """So many minor units may go astray where unit prices are a line's total over its units."""
    return sum(map(books.units, line.rows))


def _is_past(day: int | None, books: Books) -> bool:
    return day is not None and day < books.today


def _last_day(happened: Iterable[Event]) -> int | None:
    return max((event.day for event in happened if event.day is not None), default=None)


def _sum(happened: Iterable[Event]) -> int:
    return sum(event.amount for event in happened)
