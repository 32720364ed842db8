"""All that is known of one SKU of one order, side by side: rows of Returns and events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from xl_returns.core import events, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.events import Event
from xl_returns.core.language import listed, named
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that does not agree; money in minor units, days since 1970-01-01, None unknown."""

    finding: str
    return_id: str
    order_id: str
    sku: str
    units: int
    amount: int
    currency: str
    route: str
    opens: int | None
    closes: int | None
    remedy: str
    seen_in: str
    marketplace: str = ""


@dataclass
class OrderLine:
    """All that is known of one SKU of one order: rows of Returns, and events by kind."""

    order_id: str
    sku: str
    rows: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def of(self, kind: str) -> list[Event]:
        """The events of a kind; of two payment reports on the same money, the better one.

        Transactions name no settlement while the money is deferred: then the same sum is the same.
        """
        found = [event for event in self.events if event.kind == kind]
        if kind != events.REFUND:
            return found
        settled = [event for event in found if event.source == events.PAYMENTS[0]]
        known = {event.reference for event in settled}
        sums = {event.amount + event.tax for event in settled}
        return settled + [
            event
            for event in found
            if event.source != events.PAYMENTS[0]
            and event.reference not in known
            and (event.reference or event.amount + event.tax not in sums)
        ]


class Books:
    """Decided rows and events, and the clocks that windows follow."""

    def __init__(self, decisions: Decisions, action: Codes, book: Rulebook) -> None:
        self.decisions, self.action, self.book = decisions, action, book
        self.rows, self.today = decisions.facts.rows, decisions.facts.today
        facts = decisions.facts
        self.fba = facts.is_("Channel", "FBA")
        self.amazon_pays = facts.is_("Controller", "Amazon")
        self.back = facts.is_("Received", "Y")
        self.paid_until: dict[str, int] = {}
        """The last day that payments tell of, by currency."""

    def clock(self, name: str, marketplace: str, start: int | None) -> int | None:
        """The last day of a clock, None where it cannot start."""
        if start is None or start == BLANK:
            return None
        code = terms.MARKETPLACES.index(marketplace) if marketplace in terms.MARKETPLACES else BLANK
        due = int(self.book.due(name, np.array([code]), np.array([start]))[0])
        return None if due == BLANK else due

    def market(self, line: OrderLine) -> str:
        """Where an order line was sold."""
        codes = [int(self.rows.codes["Marketplace"][row]) for row in line.rows]
        named = [terms.MARKETPLACES[code] for code in codes if code != BLANK]
        return next(iter(named + [e.marketplace for e in line.events if e.marketplace]), "")

    def is_fba(self, line: OrderLine) -> bool:
        """Whether Amazon shipped an order line, as far as anything tells."""
        if line.rows:
            return bool(self.fba[line.rows[0]])
        return any(event.channel == "FBA" for event in line.events)

    def units_back(self, line: OrderLine) -> int:
        """How many units of a line came back."""
        return sum(self.units(row) for row in line.rows if self.back[row])

    def units(self, row: int) -> int:
        """The units of a row; unknown counts as one."""
        return max(int(self.rows.amounts["Quantity"][row]), 1)

    def got_by_buyer(self, event: Event, marketplace: str) -> int:
        """A refund as it compares with Unit Paid: with tax where prices hold it."""
        settings = self.book.policy.settings
        without = (*settings.sales_tax_apart, *settings.prices_exclude_vat)
        return event.amount + (0 if marketplace in without else event.tax)

    def tell(
        self,
        line: OrderLine,
        finding: str,
        units: int,
        amount: int,
        remedy: str,
        seen: Sequence[Event] = (),
        *,
        row: int | None = None,
        route: str = "",
        opens: int | None = None,
        closes: int | None = None,
    ) -> Discrepancy:
        """A finding about an order line, or about one row of it."""
        row = row if row is not None else next(iter(line.rows), None)
        coin = next((event.currency for event in line.events if event.currency), "")
        sources = dict.fromkeys(
            f"{named(event.source)} {event.reference}".strip() for event in seen
        )
        return Discrepancy(
            finding=finding,
            return_id="" if row is None else self.rows.text["Return ID"][row],
            order_id=line.order_id,
            sku=line.sku,
            units=units,
            amount=amount,
            currency=coin if row is None else self.rows.currency(row) or coin,
            route=route,
            opens=opens,
            closes=closes,
            remedy=remedy,
            seen_in=listed(sources) or str(named("Returns")),
            marketplace=self.market(line),
        )


def lines_of(books: Books, happened: Iterable[Event]) -> list[OrderLine]:
    """Order lines of rows and events; an event without SKU belongs to an order's only line."""
    lines: dict[tuple[str, str], OrderLine] = {}
    skus: dict[str, set[str]] = {}
    text = books.rows.text
    for row, key in enumerate(zip(text["Order ID"], text["SKU"], strict=True)):
        if key[0]:
            lines.setdefault(key, OrderLine(*key)).rows.append(row)
            skus.setdefault(key[0], set()).add(key[1])
    for event in happened:
        known = skus.get(event.order_id, set())
        sku = next(iter(known)) if not event.sku and len(known) == 1 else event.sku
        if event.order_id and event.kind not in (events.REMOVAL, events.SHIPMENT):
            key = event.order_id, sku
            lines.setdefault(key, OrderLine(*key)).events.append(event)
    return list(lines.values())
