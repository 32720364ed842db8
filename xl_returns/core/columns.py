"""The columns of the Returns table: the one home of their header names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Final, Literal

from xl_returns.core import language, terms

Kind = Literal["text", "choice", "choices", "whole", "money", "date", "score"]
Owner = Literal["report", "seller", "suggestion", "record", "override", "reference"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, what it holds, who fills it, and its help.

    `money` is in the row's currency, `date` is a calendar day.
    """

    name: str
    kind: Kind
    owner: Owner
    help: str
    choices: tuple[str, ...] = ()
    width: int = 12


def _choice(
    name: str, owner: Owner, choices: tuple[str, ...], text: str, width: int = 12
) -> Column:
    return Column(name, "choice", owner, text, choices, width)


RETURN_ID: Final = "Return ID"

RETURNS: Final = (
    Column("Return ID", "text", "report", "RMA (MFN) or license plate number (FBA). One row each.", width=24),
    _choice("Channel", "report", terms.CHANNELS, "MFN: you ship. FBA: Amazon ships."),
    _choice("Marketplace", "report", terms.MARKETPLACES, "Where the order was placed."),
    Column("Order ID", "text", "report", "Amazon's order number, 3-7-7 digits.", width=22),
    Column("Order Date", "date", "report", "The day of the order; dated rules go by it."),
    Column("Delivered Date", "date", "seller", "The day the buyer got the goods. Starts the 14 days of an EU/UK withdrawal."),
    Column("Request Date", "date", "report", "The day the buyer asked to return (FBA: the day Amazon processed the unit)."),
    Column("SKU", "text", "report", "Your own stock number.", width=18),
    Column("ASIN", "text", "report", "Amazon's catalogue number.", width=13),
    Column("Item", "text", "report", "The product's title.", width=30),
    Column("Category", "text", "report", "Product category; fashion and media have rules of their own.", width=14),
    Column("Quantity", "whole", "report", "Units returned by this row.", width=9),
    Column("Unit Paid", "money", "report", "What the buyer paid for one unit, after promotions. Sets the price tier."),
    Column("Shipping Paid", "money", "report", "Outbound shipping that the buyer paid for the returned units."),
    _choice("Currency", "report", terms.CURRENCIES, "Blank: the marketplace's currency.", 9),
    Column("Reason", "text", "report", "Amazon's reason code, or your words; see the Reasons sheet.", width=26),
    Column("Buyer Comment", "text", "report", "The buyer's words, as text.", width=30),
    _choice("Status", "report", terms.STATUSES, "Where the return stands."),
    _choice("In Policy", "report", terms.YES_NO, "Y when Amazon's return policy covers the request.", 9),
    Column("Received Date", "date", "report", "The day the goods came back. Starts the refund clock."),
    Column("Condition", "choices", "seller", "What you found; several, with commas, count as the worst.", terms.CONDITIONS, 14),
    _choice("Buyer Wants", "seller", terms.BUYER_WISHES, "Full refund once an offer was refused.", 13),
    Column("Refunded So Far", "money", "report", "All money already paid back for this row."),
    _choice("Refund Controller", "report", terms.CONTROLLERS, "Who can refund. Blank: Seller for MFN, Amazon for FBA."),
    Column("Label Cost", "money", "report", "What the return label costs."),
    _choice("Label Payer", "report", terms.PAYERS, "Who pays the return label."),
    _choice("A-to-z", "report", terms.YES_NO, "Y when an A-to-z claim is open or was made.", 9),
    Column("Buyer Key", "text", "seller", "Any key that tells buyers apart; Amazon's reports have none.", width=14),
    _choice("Photos", "seller", terms.YES_NO, "Y when you have photos of the goods and the package.", 9),
    Column("New Price", "money", "seller", "Today's price of a new unit. Blank: Unit Paid."),
    Column("Unit Cost", "money", "seller", "Landed cost of one unit."),
    Column("Fulfilment Cost", "money", "seller", "What it costs to send one resold unit."),
    _choice("Action", "suggestion", terms.ACTIONS, "What to do now.", 20),
    Column("Refund", "money", "suggestion", "What to pay now or on receipt; for an offer, the opening offer."),
    Column("Offer", "money", "suggestion", "Opening keep-it offer."),
    Column("Offer Max", "money", "suggestion", "The most a keep-it offer should reach; above it, take the goods back."),
    Column("Due", "date", "suggestion", "The nearest deadline, as a day.", width=15),
    _choice("Disposition", "suggestion", terms.DISPOSITIONS, "What becomes of the goods.", 20),
    Column("Resale Price", "money", "suggestion", "Price of one unit in the chosen outlet."),
    Column("Recovery", "money", "suggestion", "Net money from the goods, all units."),
    Column("Risk", "score", "suggestion", "0 to 100. A reason to look, never a verdict on the buyer.", width=8),
    Column("Appeal", "text", "suggestion", "Route, last day, and evidence still missing.", width=30),
    Column("Warnings", "text", "suggestion", "What to know before acting, and which cells to fill.", width=32),
    Column("Rule", "text", "suggestion", "The rule that decided; see Action Rules.", width=8),
    Column("Why", "text", "suggestion", "The rule, the values it read, and the numbers behind the amount.", width=60),
    _choice("Decided Action", "record", terms.ACTIONS, "Written by Process Returns.", 20),
    Column("Decided Refund", "money", "record", "Written by Process Returns."),
    Column("Decided Resale Price", "money", "record", "Written by Process Returns."),
    Column("Decided At", "date", "record", "The day on which this decision was first recorded."),
    Column("Policy Version", "text", "record", "Fingerprint of the policy that decided.", width=14),
    _choice("Override Action", "override", terms.ACTIONS, "Your own decision; wins, and is never overwritten.", 20),
    Column("Override Refund", "money", "override", "Your own amount; wins, and is never overwritten."),
    Column("Override Note", "text", "override", "Why you decided otherwise.", width=30),
    Column("Order Item ID", "text", "reference", "Amazon's number of the order's line; a bulk refund needs it.", width=18),
    Column("Tracking ID", "text", "reference", "The return parcel's tracking number; several returns may share it.", width=22),
    Column("Negotiation", "text", "reference", "Offers made and answered, the next one, and the ceiling; kept by `offer`.", width=34),
    Column("Upload Batch", "text", "reference", "The batch file in which this refund was exported; it is not exported again.", width=20),
)  # fmt: skip

BY_NAME: Final = {column.name: column for column in RETURNS}
INPUTS: Final = tuple(c.name for c in RETURNS if c.owner in ("report", "seller"))
OVERRIDES: Final = tuple(c.name for c in RETURNS if c.owner == "override")
REFERENCES: Final = tuple(c.name for c in RETURNS if c.owner == "reference")
REPORTED: Final = (
    *(c.name for c in RETURNS if c.owner == "report"), "Condition", "Order Item ID", "Tracking ID",
)  # fmt: skip
"""The only columns that an import may write."""
SUGGESTIONS: Final = tuple(c.name for c in RETURNS if c.owner == "suggestion")
FUNCTIONS: Final = dict(
    zip(
        SUGGESTIONS,
        (
            "RETURN_ACTION", "REFUND_AMOUNT", "RETURN_OFFER", "RETURN_OFFER_MAX", "RETURN_DUE",
            "RETURN_DISPOSITION", "RESALE_PRICE", "RETURN_RECOVERY", "RETURN_RISK",
            "RETURN_APPEAL", "RETURN_WARNINGS", "RETURN_RULE", "RETURN_WHY",
        ),
        strict=True,
    )
)  # fmt: skip
"""The worksheet function that gives each suggestion for one row."""
RECORD: Final = tuple(c.name for c in RETURNS if c.owner == "record")
READ: Final = INPUTS + RECORD + OVERRIDES + REFERENCES
DESCRIPTIVE: Final = ("Item", "ASIN", "Tracking ID", "Override Note", "Policy Version")
"""Columns that no decision hangs on."""
NEEDED: Final = ("Return ID", "Channel", "Marketplace", "Quantity", "Unit Paid", "Status")


def normalised(header: str) -> str:
    """A header without case, blanks, dashes and underscores, so that spellings meet."""
    return re.sub(r"[\W_]+", "", header.casefold())


_NEAR: Final = 0.75
"""How alike two headers are that one slip of a key may have made of each other."""


@cache
def _headers() -> dict[str, str]:
    both = ((c.name, language.header(language.CHINESE, language.RETURNS, c.name)) for c in RETURNS)
    return {normalised(h): names[0] for names in both for h in names}


def near(missing: Iterable[str], headers: Iterable[str]) -> list[str]:
    """Headers that are not ours and look like a missing one, in either language."""
    foreign = [header for header in headers if header_name(header) is None]
    wanted = [(n, language.header(language.CHINESE, language.RETURNS, n)) for n in missing]
    found = [get_close_matches(name, foreign, 1, _NEAR) for both in wanted for name in both]
    return list(dict.fromkeys(match for matches in found for match in matches))


def doubled(headers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Headers of ours that mean the same as one before them, each with that first one."""
    first: dict[str, str] = {}
    for header in headers:
        if (name := header_name(header)) is None:
            continue
        if name in first:
            yield header, first[name]
        first.setdefault(name, header)


def header_name(header: str) -> str | None:
    """The contract's name of a header in either language, or None when it is not ours."""
    return _headers().get(normalised(header))
