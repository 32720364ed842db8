"""Returns, refunds and reimbursements side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.days import TODAY
from tests.support.rows import TABLE
from xl_returns.books.policies import default_policy
from xl_returns.core import cells
from xl_returns.core.decide import decide
from xl_returns.core.events import Event
from xl_returns.core.reconcile import concerns, reconcile
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook

BOOK = Rulebook(default_policy())
ORDER = "111-1234567-1234567"
MFN = {
    "Return ID": "R-1", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0, "Unit Paid": 80.0,
    "Status": "Approved", "Order ID": ORDER, "SKU": "A", "Reason": "UNWANTED_ITEM",
    "Request Date": TODAY - dt.timedelta(60),
}  # fmt: skip
FBA = MFN | {"Channel": "FBA", "Status": "Received", "Condition": "Sealed"}


def day(back):
    return cells.day(TODAY - dt.timedelta(back))


def event(kind="Refund", back=40, amount=8000, **more):
    plain = Event(
        kind=kind, day=day(back), order_id=ORDER, sku="A", units=1, amount=amount, tax=0,
        currency="USD", marketplace="US", channel="", reference="S1", source="Settlement", detail="",
    )  # fmt: skip
    return replace(plain, **more)


def found(rows, *happened):
    parsed = parse_rows({h: [row.get(h) for row in rows] for h in {h for row in rows for h in row}})
    decisions = decide(parsed, BOOK, day(0))
    return reconcile(decisions, decisions.action, BOOK, happened)


def names(rows, *happened):
    return [x.finding for x in found(rows, *happened)]


def test_refunded_and_never_returned_is_claimed_once_sixty_days_are_over():
    (missing,) = found([], event(back=61, channel="FBA"))
    assert (missing.finding, missing.route) == ("Refunded, never returned", "FBA claim")
    assert (missing.amount, missing.opens, missing.closes) == (8000, day(1), day(-59))
    assert found([], event(back=60, channel="FBA")) == []
    assert found([], event(back=121, channel="FBA")) == [], "the window has closed"


def test_of_several_refunded_units_those_that_never_came_are_claimed():
    row = FBA | {"Quantity": 1.0}
    (missing,) = found([row], event(back=70, units=3, amount=24000))
    assert (missing.units, missing.amount) == (2, 16000)


@pytest.mark.parametrize(
    "instead", [{"rows": [FBA]}, {"events": [event("Reimbursement", 10, 6000)]}, {"channel": "MFN"}]
)
def test_what_came_back_or_was_paid_for_is_not_claimed(instead):
    refund = event(back=70, channel=instead.get("channel", "FBA"))
    assert names(instead.get("rows", []), refund, *instead.get("events", [])) == []


def test_a_damaged_unit_without_reimbursement_is_claimed():
    damaged = FBA | {
        "Condition": "Damaged",
        "Reason": "DAMAGED_BY_FC",
        "Order Date": TODAY - dt.timedelta(70),
    }
    other = event("Replacement", order_id="another")
    (claim,) = found([damaged], other)
    assert (claim.finding, claim.route, claim.amount) == (
        "Returned, not reimbursed",
        "FBA claim",
        8000,
    )
    assert claim.opens == day(0)
    assert names([damaged], event("Reimbursement", 10, 6000)) == []
    assert names([damaged], event("Reimbursement", 10, -6000)) == ["Returned, not reimbursed"]


def test_goods_that_amazon_refunded_and_that_never_came_are_safe_t():
    row = MFN | {
        "Refund Controller": "Amazon",
        "Refunded So Far": 80.0,
        "Request Date": TODAY - dt.timedelta(34),
    }
    (late,) = found([row], event(back=24))
    assert (late.finding, late.route) == ("Refunded, not back yet", "SAFE-T")
    assert late.closes == day(-6)
    assert found([row], event(back=23)) == []
    assert found([row], event(back=31)) == [], "the window has closed"


def test_goods_that_the_buyer_may_keep_are_not_missed():
    kept = MFN | {"Unit Paid": 20.0, "Refunded So Far": 20.0, "Decided Action": "Refund, keep item"}
    assert names([kept], event(amount=2000)) == []
    asked_back = MFN | {"Refunded So Far": 80.0}
    assert names([asked_back], event()) == ["Refunded, not back yet"]


def test_the_same_refund_twice_and_a_refund_above_what_was_paid_show():
    row = MFN | {"Status": "Received", "Received Date": TODAY, "Refunded So Far": 160.0}
    (twice,) = found([row], event(), event(back=20, reference="S2"))
    assert (twice.finding, twice.amount) == ("Refunded twice", 8000)
    row["Refunded So Far"] = 95.0
    (above,) = found([row], event(amount=9500))
    assert (above.finding, above.amount) == ("Refunded above what was paid", 1500)


def test_settlement_and_transactions_tell_of_the_same_money_once():
    row = MFN | {"Status": "Received", "Received Date": TODAY, "Refunded So Far": 80.0}
    assert names([row], event(), event(source="Transactions")) == []
    assert names([row], event(), event(source="Transactions", reference="")) == []


@pytest.mark.parametrize(("marketplace", "over"), [("US", 0), ("DE", 1)])
def test_tax_counts_where_prices_hold_it(marketplace, over):
    row = MFN | {"Marketplace": marketplace, "Status": "Received", "Received Date": TODAY}
    row |= {"Refunded So Far": 96.0}
    told = names([row], event(amount=8000, tax=1600, marketplace=marketplace, currency="EUR"))
    assert told == ["Refunded above what was paid"] * over


def test_a_replaced_and_refunded_order_shows():
    (both,) = found(
        [FBA | {"Refund Controller": "Amazon"}], event(), event("Replacement", amount=0)
    )
    assert (both.finding, both.route, both.amount) == ("Replaced and refunded", "FBA claim", 8000)


def test_a_refund_without_money_shows_once_payments_reach_so_far():
    row = MFN | {"Status": "Refunded", "Refunded So Far": 80.0}
    other = {"order_id": "112-1234567-1234567", "amount": 1}
    assert names([row], event(back=40, **other)) == ["Marked refunded, no money moved"]
    assert names([row], event(back=50, **other)) == [], "a refund may show two weeks later"


def test_money_that_returns_does_not_know_of_is_told_before_it_is_paid_twice():
    row = MFN | {"Status": "Received", "Received Date": TODAY, "Refunded So Far": 30.0}
    (unknown,) = found([row], event())
    assert (unknown.finding, unknown.amount) == ("Refund not noted in Returns", 5000)


def test_a_removal_that_came_short_shows():
    asked = event("Removal", order_id="", reference="M1", units=3, detail="status Completed")
    sent = event("Removal shipment", order_id="", reference="M1", units=2)
    (short,) = found([], asked, sent)
    assert (short.finding, short.units) == ("Removal came short", 1)
    assert found([], asked, sent, sent) == []
    assert found([], asked) == [], "no shipment report, no verdict"


def test_returned_units_that_the_ledger_lacks_show():
    rows = [
        FBA | {"Return ID": f"L{i}", "Order ID": f"{i}", "Request Date": TODAY - dt.timedelta(5)}
        for i in range(3)
    ]
    book = [event("Ledger return", back=back, order_id="", units=1) for back in (9, 1)]
    (lost,) = found(rows, *book)
    assert (lost.finding, lost.units, lost.sku) == ("Returned, not in the inventory ledger", 1, "A")
    assert found(rows[:2], *book) == []


def events_of(*orders):
    return st.lists(
        st.builds(
            event,
            st.sampled_from(["Refund", "Reimbursement", "Replacement", "Ledger return", "Removal"]),
            st.integers(0, 200),
            st.integers(-(10**6), 10**6),
            order_id=st.sampled_from([*orders, "", "x"]),
            sku=st.sampled_from(["A", "B", ""]),
            channel=st.sampled_from(["MFN", "FBA", ""]),
            source=st.sampled_from(["Settlement", "Transactions"]),
        ),
        max_size=8,
    )


@given(events_of(ORDER), st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(happened, chance):
    shuffled = list(happened)
    chance.shuffle(shuffled)

    def told(listed):
        return sorted(
            (x.finding, x.order_id, x.sku, x.units, x.amount)
            for x in found([MFN, FBA | {"SKU": "B"}], *listed)
        )

    assert told(happened) == told(shuffled)


@given(TABLE, events_of("1", "2"))
def test_rows_that_it_does_not_concern_change_nothing(table, happened):
    rows = [row | {"Marketplace": "US"} for row in table]
    parsed = parse_rows({h: [row[h] for row in rows] for h in rows[0]})
    decisions = decide(parsed, BOOK, day(0))
    at = np.flatnonzero(concerns(decisions, decisions.action, happened))
    some = decide(parsed.take(at), BOOK, day(0), decisions.facts.history.take(at))
    assert reconcile(some, some.action, BOOK, happened) == reconcile(
        decisions, decisions.action, BOOK, happened
    )
