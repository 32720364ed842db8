"""What an appeal needs to be believed, by route, and which of it a row already has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xl_returns.core import terms
from xl_returns.core.language import marked
from xl_returns.core.rows import Rows
from xl_returns.core.tables import BLANK


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence, by the name of its phrase, whether it is there, and what tells so."""

    name: str
    there: bool
    where: str = ""
    """The header of the cell, or its place."""


BY_HAND: Final = {
    terms.SAFE_T: (
        marked("Messages with the buyer (Seller Central, Messages)"),
        marked("Weight of the parcel as sent and as returned (carrier's page)"),
        marked("The return label and RMA (Manage Returns)"),
    ),
    terms.A_TO_Z: (
        marked("Messages with the buyer (Seller Central, Messages)"),
        marked("Tracking history with delivery scan (carrier's page)"),
    ),
    terms.FBA_CLAIM: (
        marked(
            "The refund in Payments, and the reimbursements report that has none for this order"
        ),
        marked("The FBA customer returns report for the order"),
    ),
    terms.CARRIER_CLAIM: (
        marked("Tracking history (carrier's page)"),
        marked("The invoice of what was sent"),
        marked("Weight and packing as sent"),
    ),
}
"""What no cell can tell, and where to find it. Source: Amazon help 202175000; sellers' guides."""


def proofs(rows: Rows, row: int, route: str) -> list[Proof]:
    """The evidence that a row can have for a route of appeal."""
    codes = rows.codes
    photos = Proof("photos", bool(rows.is_("Photos", "Y")[row]), "Photos")
    if route == terms.FBA_CLAIM:
        return [Proof("order number", bool(rows.text["Order ID"][row]), "Order ID")]
    if route == terms.CARRIER_CLAIM:
        return [photos, Proof("carrier's report", there=False)]
    return [
        photos,
        Proof("inspection", bool(codes["Condition"][row] != BLANK), "Condition"),
        Proof(
            "proof of delivery", bool(rows.days["Delivered Date"][row] != BLANK), "Delivered Date"
        ),
    ]
