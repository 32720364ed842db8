"""What companion reports say happened, as the workbook keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REFUND, REIMBURSEMENT, REPLACEMENT = "Refund", "Reimbursement", "Replacement"
REMOVAL, SHIPMENT, LEDGER_RETURN = "Removal", "Removal shipment", "Ledger return"
PAYMENTS: Final = ("Settlement", "Transactions")
"""Reports that tell of refunds, the better one first: both may tell of the same money."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; money in minor units of `currency`, days since 1970-01-01.

    `amount` of a refund is what the buyer got without `tax`; of a reimbursement, what the seller
    got. `units` is 0 where the report names none.
    """

    kind: str
    day: int | None
    order_id: str
    sku: str
    units: int
    amount: int
    tax: int
    currency: str
    marketplace: str
    channel: str
    reference: str
    source: str
    detail: str
