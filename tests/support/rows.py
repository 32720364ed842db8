"""Rows of returns as anybody might type them."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from xl_returns.core import terms

REASONS = ("UNWANTED_ITEM", "CR-DEFECTIVE", "SWITCHEROO", "NO_REASON_GIVEN", "WAT", "NEVER_ARRIVED")
DAYS = st.none() | st.dates(dt.date(2026, 8, 1), dt.date(2026, 11, 23))
PRICE = st.none() | st.integers(0, 40_000).map(lambda cents: cents / 100)


def _maybe(words):
    return st.none() | st.sampled_from(words)


_ANY = st.fixed_dictionaries(
    {
        "Channel": _maybe(terms.CHANNELS),
        "Marketplace": _maybe(terms.MARKETPLACES),
        "Order ID": st.sampled_from(["", "1", "2"]),
        "SKU": st.sampled_from(["", "A", "B"]),
        "Order Date": DAYS,
        "Delivered Date": DAYS,
        "Request Date": DAYS,
        "Received Date": DAYS,
        "Category": st.sampled_from(["", "Shoes", "Software", "Toys"]),
        "Quantity": st.integers(1, 5).map(float),
        "Unit Paid": PRICE,
        "Shipping Paid": PRICE,
        "Reason": st.sampled_from(REASONS),
        "Status": _maybe(terms.STATUSES),
        "In Policy": _maybe(terms.YES_NO),
        "Condition": _maybe(terms.CONDITIONS),
        "Buyer Wants": _maybe(terms.BUYER_WISHES),
        "Refunded So Far": PRICE,
        "Refund Controller": _maybe(terms.CONTROLLERS),
        "Label Cost": PRICE,
        "Label Payer": _maybe(terms.PAYERS),
        "A-to-z": _maybe(terms.YES_NO),
        "Buyer Key": st.sampled_from(["", "x", "y"]),
        "Photos": _maybe(terms.YES_NO),
        "New Price": PRICE,
        "Fulfilment Cost": PRICE,
    }
)
_ASKED = st.fixed_dictionaries(
    {
        "Channel": st.just("MFN"),
        "Marketplace": st.sampled_from(["US", "DE", "UK", "JP"]),
        "Status": st.sampled_from(["Requested", "Approved", "In transit", "Received"]),
        "Unit Paid": st.integers(1, 40_000).map(lambda cents: cents / 100),
        "Reason": st.sampled_from(["UNWANTED_ITEM", "FOUND_BETTER_PRICE", "CR-DEFECTIVE", "WAT"]),
        "Refund Controller": st.none(),
        "A-to-z": st.none(),
        "Received Date": st.none(),
        "Refunded So Far": st.none() | st.integers(0, 2_000).map(lambda cents: cents / 100),
    }
)
ROW = _ANY | st.builds(lambda row, asked: {**row, **asked}, _ANY, _ASKED)
"""Every other row is one that the seller has to answer: of the rest most are held, or Amazon's."""
TABLE = st.lists(ROW, min_size=1, max_size=8).map(
    lambda rows: [{**row, "Return ID": f"R{i}"} for i, row in enumerate(rows)]
)
