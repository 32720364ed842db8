"""Why a row was decided so: what it lacks is named."""

from __future__ import annotations

ROW = {
    "Return ID": "R-1", "Channel": "FBA", "Marketplace": "US", "Quantity": 1, "Unit Paid": 30.0,
    "Status": "Received", "Refund Controller": "Amazon", "Condition": "Sealed",
}  # fmt: skip


def test_a_row_that_waits_for_its_marketplace_says_so(desk):
    (told,) = desk({**ROW, "Marketplace": None})
    assert told["Action"] == "Hold for review"
    assert "but Marketplace must be filled first: Hold for review." in told["Why"]


def test_a_paying_row_without_a_price_says_so(desk):
    seller = {"Channel": "MFN", "Refund Controller": "Seller", "Unit Paid": None}
    (told,) = desk({**ROW, **seller})
    assert "but Unit Paid must be filled first: Hold for review." in told["Why"]


def test_a_row_that_lacks_nothing_says_what_was_decided(desk):
    assert "must be filled" not in desk(ROW)[0]["Why"]


def test_a_currency_that_is_not_known_has_no_tier_to_add(desk):
    (told,) = desk({**ROW, "Marketplace": None, "Currency": None})
    assert "price tier" not in told["Warnings"]
    assert "Fill Marketplace" in told["Warnings"]
