"""What a report becomes: incoming rows, order lines, findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from xl_returns.core.findings import Finding

Cell = str | int | Decimal | dt.date
Kind = Literal[
    "MFN returns",
    "FBA returns",
    "All orders",
    "New orders",
    "Reimbursements",
    "Removal orders",
    "Removal shipments",
    "Replacements",
    "Settlement",
    "Transactions",
    "Inventory ledger",
]
EventKind = Literal[
    "Refund", "Reimbursement", "Replacement", "Removal", "Removal shipment", "Ledger return"
]

MFN: Final = "MFN returns"
FBA: Final = "FBA returns"
ORDERS: Final = "All orders"
ITEMS: Final = "New orders"
REIMBURSEMENTS: Final = "Reimbursements"
REMOVALS: Final = "Removal orders"
SHIPMENTS: Final = "Removal shipments"
REPLACEMENTS: Final = "Replacements"
SETTLEMENT: Final = "Settlement"
TRANSACTIONS: Final = "Transactions"
LEDGER: Final = "Inventory ledger"

REFUND: Final = "Refund"
REIMBURSEMENT: Final = "Reimbursement"
REPLACEMENT: Final = "Replacement"
REMOVAL: Final = "Removal"
SHIPMENT: Final = "Removal shipment"
LEDGER_RETURN: Final = "Ledger return"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One returned order line of a report, under the contract's headers; absent is unknown."""

    place: str
    values: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of the all-orders report; amounts are for the whole line.

    `channel` is MFN, FBA or blank; a line of a report that names no status counts as shipped.
    """

    order_id: str
    sku: str
    asin: str
    purchased: dt.date | None
    quantity: int
    currency: str
    marketplace: str
    price: Decimal
    shipping: Decimal | None
    item_promotion: Decimal
    ship_promotion: Decimal
    channel: str = ""
    shipped: bool = True


@dataclass(frozen=True, slots=True)
class OrderItem:
    """The number that Amazon gave to one line of an order; a report of new orders names it."""

    order_id: str
    sku: str
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a companion report says happened; money in main units of `currency`.

    `day` is the day posted, approved, shipped or, for a removal, asked for. `units` is 0 where the
    report names none. `amount` of a Refund is what the buyer got without tax, positive, and `tax`
    what was paid back on top; of a Reimbursement it is positive when it goes to the seller, and a
    reversal is negative; of anything else it is 0. `reference` is the number of the settlement,
    reimbursement, replacement order or removal order. `detail` is one line for people.
    """

    kind: EventKind
    day: dt.date | None
    order_id: str = ""
    sku: str
    units: int
    amount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    currency: str = ""
    marketplace: str = ""
    channel: str = ""
    reference: str
    source: Kind
    detail: str
    place: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was read: returns, order lines, their numbers or events, and what could not be
    read.
    """

    kind: Kind
    name: str
    rows: tuple[Incoming, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    items: tuple[OrderItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """What an import would write: new rows, cells of existing rows, and what to remember.

    `changed` goes from an index into the existing rows to the cells to write. `unchanged` counts
    the existing rows that the reports spoke of and that stay as they are. `imported` is, by
    Return ID, what the reports said; it is the base of the next import and is to be kept for
    every row named, as a whole.
    """

    new: list[dict[str, Cell]] = field(default_factory=list)
    changed: dict[int, dict[str, Cell]] = field(default_factory=dict)
    unchanged: int = 0
    imported: dict[str, dict[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Record:
    """The raw cells of one row by field name, and where they stand.

    `short` when some are missing; `cut` when the file ends before the last of them does.
    """

    place: str
    fields: Mapping[str, str]
    short: bool = False
    cut: bool = False
