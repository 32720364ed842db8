"""The allowed words of the product, in the order in which they are offered to the seller."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

CHANNELS: Final = ("MFN", "FBA")
CONTROLLERS: Final = ("Seller", "Amazon")
YES_NO: Final = ("Y", "N")
STATUSES: Final = (
    "Requested",
    "Approved",
    "In transit",
    "Received",
    "Closed",
    "Cancelled",
    "Refunded",
)
ENDED: Final = ("Closed", "Cancelled")
"""Statuses of a request that ended without a refund."""
DONE: Final = (*ENDED, "Refunded")
"""Statuses after which nothing is paid and nobody is written to."""
CONDITIONS: Final = (
    "Sealed",
    "Opened",
    "Minor defect",
    "Damaged",
    "Defective",
    "Incomplete",
    "Different item",
)
"""Best first; a cell that names several counts as its last (the grade is the worst dimension)."""
WORN: Final = ("Minor defect", "Damaged", "Defective", "Incomplete")
"""Conditions of goods that are what was sold and have lost value."""
STATES: Final = ("Intact", "Faulty", "Used", "Different", "Unknown")
"""What the goods are to the policy: claimed by the buyer's reason, or inspected."""
TIERS: Final = ("low", "middle", "high")
FAULTS: Final = ("Seller", "Buyer", "Carrier", "Amazon", "Unknown")
PAYERS: Final = ("Seller", "Customer", "Amazon")
BUYER_WISHES: Final = ("Full refund", "Open to offer")
REASON_GROUPS: Final = (
    "Size",
    "Changed mind",
    "Not as described",
    "Wrong item",
    "Transit damage",
    "Defective",
    "Late delivery",
    "Undelivered",
    "Unauthorised",
    "Unknown",
)
GRADES: Final = ("New", "Like New", "Very Good", "Good", "Acceptable", "Unsellable")

NO_ACTION: Final = "No action"
HOLD: Final = "Hold for review"
APPROVE: Final = "Approve return"
CLOSE: Final = "Close request"
KEEP_ITEM: Final = "Refund, keep item"
OFFER: Final = "Offer partial refund"
REFUND_NOW: Final = "Refund now"
REFUND_ON_RECEIPT: Final = "Refund on receipt"
CHECK_REIMBURSEMENT: Final = "Check reimbursement"
FILE_CLAIM: Final = "File claim"
REQUEST_REMOVAL: Final = "Request removal"

SELLER_ACTIONS: Final = (
    NO_ACTION,
    APPROVE,
    CLOSE,
    KEEP_ITEM,
    OFFER,
    REFUND_NOW,
    REFUND_ON_RECEIPT,
    HOLD,
)
AMAZON_ACTIONS: Final = (NO_ACTION, CHECK_REIMBURSEMENT, FILE_CLAIM, REQUEST_REMOVAL, HOLD)
ACTIONS: Final = tuple(dict.fromkeys(SELLER_ACTIONS + AMAZON_ACTIONS))
PAYING_ACTIONS: Final = (KEEP_ITEM, REFUND_NOW, REFUND_ON_RECEIPT)
CLAIMS: Final = (CHECK_REIMBURSEMENT, FILE_CLAIM)

BUYER_KEEPS: Final = "Buyer keeps"
AWAITING_GOODS: Final = "Awaiting goods"
WITH_AMAZON: Final = "With Amazon"
RESTOCK: Final = "Restock as new"
DISPOSITIONS: Final = (
    BUYER_KEEPS,
    AWAITING_GOODS,
    RESTOCK,
    "Resell used",
    "Bundle",
    "Discount special",
    "Third-party warehouse",
    "Ship home",
    "Liquidate",
    "Donate",
    "Dispose",
    WITH_AMAZON,
)
SAFE_T: Final = "SAFE-T"
A_TO_Z: Final = "A-to-z appeal"
FBA_CLAIM: Final = "FBA claim"
CARRIER_CLAIM: Final = "Carrier claim"
APPEALS: Final = (SAFE_T, A_TO_Z, FBA_CLAIM, CARRIER_CLAIM)
ANSWERS: Final = ACTIONS + APPEALS
"""What texts are kept for: actions of the desk, and routes of appeal."""
GOODS_CHECKS: Final = ("Look", "Photo", "Weight", "Serial")
BASES: Final = ("Guide", "Open °", "Platform", "Law", "Seller")
"""Where a rule comes from; `Open °` is a default that the seller guide leaves open."""
LANGUAGES: Final = ("en", "zh")
EU: Final = ("DE", "FR", "IT", "ES", "NL", "BE", "IE", "SE", "PL")

MARKETPLACE_CURRENCY: Final = MappingProxyType(
    {
        "US": "USD", "CA": "CAD", "MX": "MXN", "BR": "BRL", "UK": "GBP", "DE": "EUR",
        "FR": "EUR", "IT": "EUR", "ES": "EUR", "NL": "EUR", "BE": "EUR", "IE": "EUR",
        "SE": "SEK", "PL": "PLN", "TR": "TRY", "AE": "AED", "SA": "SAR", "EG": "EGP",
        "IN": "INR", "JP": "JPY", "SG": "SGD", "AU": "AUD",
    }
)  # fmt: skip
"""The currency in which each marketplace sells; a row may name another."""
MARKETPLACES: Final = tuple(MARKETPLACE_CURRENCY)
CURRENCIES: Final = tuple(dict.fromkeys(MARKETPLACE_CURRENCY.values()))
MARKETPLACE_ZONE: Final = MappingProxyType(
    {
        "US": "America/Los_Angeles", "CA": "America/Los_Angeles", "MX": "America/Mexico_City",
        "BR": "America/Sao_Paulo", "UK": "Europe/London", "DE": "Europe/Berlin",
        "FR": "Europe/Paris", "IT": "Europe/Rome", "ES": "Europe/Madrid",
        "NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "IE": "Europe/Dublin",
        "SE": "Europe/Stockholm", "PL": "Europe/Warsaw", "TR": "Europe/Istanbul",
        "AE": "Asia/Dubai", "SA": "Asia/Riyadh", "EG": "Africa/Cairo", "IN": "Asia/Kolkata",
        "JP": "Asia/Tokyo", "SG": "Asia/Singapore", "AU": "Australia/Sydney",
    }
)  # fmt: skip
"""Where each marketplace's days begin and end; Amazon's American sites count in Pacific time."""
