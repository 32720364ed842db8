"""Numbers that others have published, with their source."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.support.policies import grids
from xl_returns.books.policies import default_policy
from xl_returns.core import cells, money, terms
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rulebook import Rulebook, venues

GRADE_AND_RESELL = "https://sellercentral.amazon.com/gp/help/external/UA6RV6UA4DR2MFK"
ADMIN_FEE = "https://sellercentral.amazon.fr/gp/help/external/help.html?itemID=200387220"


def _one(name, table):
    return np.array([table.index(name)], dtype=np.int64)


def _fee(book, name, day, market="US", coin="USD"):
    where = venues(_one(market, terms.MARKETPLACES), _one(coin, terms.CURRENCIES))
    return book.fee(name, where, cells.day(day))


@pytest.mark.parametrize(
    ("percent", "price", "net"),
    [
        ("95%", "28.50", "16.62"),
        ("85%", "25.50", "14.07"),
        ("80%", "24.00", "12.80"),
        ("75%", "22.50", "11.52"),
    ],
)
def test_a_regraded_unit_brings_what_amazons_own_example_says(desk, percent, price, net):
    """New price 30.00, referral 15 %, processing 1.80, fulfilment 5.80 (GRADE_AND_RESELL)."""
    off = {(i, "On"): "N" for i in range(11) if i != 1}
    policy, _ = parse_policy(grids(ResaleRules={**off, (1, "Percent of New"): percent}))
    row = {
        "Return ID": "R", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0, "Unit Paid": 30.0,
        "New Price": 30.0, "Fulfilment Cost": 5.8, "Status": "Received", "Condition": "Opened",
        "Reason": "UNWANTED_ITEM", "Photos": "Y",
    }  # fmt: skip
    told = desk(row, book=Rulebook(policy))[0]
    assert (told["Resale Price"], told["Recovery"]) == (float(price), float(net))


@pytest.mark.parametrize(("line", "fee"), [("345.00", 500), ("57.00", 171)])
def test_the_refund_administration_fee_is_a_fifth_of_the_referral_up_to_its_cap(line, fee):
    """20 % of the referral fee, at most 5 EUR, per line (ADMIN_FEE)."""
    book = Rulebook(default_policy())
    admin = _fee(book, "Refund administration", "2026-11-23", "FR", "EUR")
    referral = _fee(book, "Referral", "2026-11-23", "FR", "EUR")
    price = np.array([money.to_minor(line, 2)])
    assert admin.on(referral.on(price))[0] == fee


@pytest.mark.parametrize(
    ("day", "cents"),
    [("2022-01-18", 52), ("2026-01-14", 104), ("2026-01-15", 84), ("2026-11-23", 84)],
)
def test_the_disposal_fee_is_the_one_that_was_valid_on_the_day(day, cents):
    """Standard size up to 0.5 lb (ecomcrew.com, removal and disposal fees; Z5Q2VW5WF4JWRGC)."""
    disposal = _fee(Rulebook(default_policy()), "Disposal", dt.date.fromisoformat(day))
    assert disposal.on(np.array([0]))[0] == cents


def test_a_restocking_fee_of_15_percent_on_349_99_leaves_297_49(desk):
    """RST-1 (ai-evos evaluation scenario RRL-001): fee 52.50, refund 297.49."""
    rule = {(9, "Withhold"): "15%", (9, "In Policy"): "N"}
    policy, _ = parse_policy(grids(RefundRules={**rule, (8, "On"): "N"}))
    row = {
        "Return ID": "R", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0,
        "Unit Paid": 349.99, "Status": "Received", "Condition": "Opened", "In Policy": "N",
        "Reason": "UNWANTED_ITEM",
    }  # fmt: skip
    assert desk(row, book=Rulebook(policy))[0]["Refund"] == 297.49


def test_a_coupon_on_the_order_is_paid_back_in_proportion(desk):
    """CPN-2: six at 50.00 with 10 % off from 300.00, paid 270.00; five come back. In proportion
    to what was paid that is 225.00; list price would be 250.00."""
    row = {
        "Return ID": "R", "Channel": "MFN", "Marketplace": "US", "Quantity": 5.0,
        "Unit Paid": 270 / 6, "Status": "Received", "Condition": "Sealed", "In Policy": "Y",
        "Reason": "UNWANTED_ITEM",
    }  # fmt: skip
    assert desk(row)[0]["Refund"] == 225.0
