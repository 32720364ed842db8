"""Bursts and listing faults: what is called, and what many goods or a holiday must not call."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insight.conftest import day, insights, sale
from tests.support.days import TODAY

FIRST = dt.date(2026, 6, 1)
SMALL = {"Buyer Comment": "too small", "Reason": ""}
LATE = {"Buyer Comment": "arrived late", "Reason": ""}


def on(date, count=1, **row):
    return [{"Request Date": date, "Order Date": None, **row}] * count


def every(days, **row):
    """A return of a SKU every so many days since June."""
    return [x for n in range(0, 170, days) for x in on(FIRST + dt.timedelta(n), **row)]


def test_many_orders_within_days_of_a_quiet_sku_are_a_burst():
    """One return in ten days is usual: 0.3 in three days; eight came."""
    found = insights(every(10) + on(dt.date(2026, 11, 12), 8)).bursts
    (burst,) = found
    assert (burst.sku, burst.orders, burst.last_day) == ("LAMP", 8, day("2026-11-12"))
    assert burst.usual < 0.35
    assert burst.chance < 1e-6


def test_looking_at_the_returns_of_a_burst_first_pays_from_a_chance_on():
    """A row takes 3.00 of time and waiting 15 % of 50.00: (3.00 + 7.50) / (50.00 + 7.50)."""
    (burst,) = insights(every(10) + on(dt.date(2026, 11, 12), 8)).bursts
    assert round(burst.looking_pays, 4) == round(10.5 / 57.5, 4)
    fba = {"Channel": "FBA", "Status": "Refunded"}
    (burst,) = insights(every(10, **fba) + on(dt.date(2026, 11, 12), 8, **fba)).bursts
    assert burst.looking_pays is None


def test_rows_of_one_order_are_one():
    assert not insights(every(10) + on(dt.date(2026, 11, 12), 8, **{"Order ID": "SAME"})).bursts


def test_a_sku_without_a_past_calls_no_burst():
    assert not insights(on(dt.date(2026, 11, 12), 8)).bursts


def test_a_busy_sku_is_no_burst():
    assert not insights(every(1) * 3).bursts


def test_an_old_burst_is_no_news():
    assert not insights(every(10) + on(dt.date(2026, 7, 20), 8)).bursts


def test_comments_word_for_word_the_same_are_counted():
    same = {"Buyer Comment": "Do NOT buy,  fake product"}
    other = {"Buyer Comment": "do not buy, fake product"}
    short = {"Buyer Comment": "bad"}
    (burst,) = insights(
        every(10)
        + on(dt.date(2026, 11, 12), 3, **same)
        + on(dt.date(2026, 11, 12), 2, **other)
        + on(dt.date(2026, 11, 12), 4, **short)
    ).bursts
    assert (burst.orders, burst.same_words) == (9, 5)


def test_when_all_goods_come_back_more_often_none_of_them_bursts():
    """After a holiday every SKU comes back eight times on a day; alone, each would be a burst."""
    skus = [{"SKU": f"S{n}"} for n in range(6)]
    calm = [x for sku in skus for x in every(10, **sku)]
    holiday = [x for sku in skus for x in on(dt.date(2026, 11, 12), 8, **sku)]
    assert not insights(calm + holiday).bursts
    assert len(insights(calm + holiday[:8]).bursts) == 1


def test_many_goods_by_chance_alone_call_nothing():
    """300 SKUs of one return in eight days, some of which meet: 27,000 days are looked at."""
    rows = [
        {"SKU": f"S{n % 300}", "Request Date": FIRST + dt.timedelta(n * 7919 % 170)}
        for n in range(6_000)
    ]
    assert not insights(rows).bursts


def test_a_listing_is_blamed_where_its_own_returns_blame_it_more_than_those_of_others():
    rows = [SMALL] * 9 + [LATE] + [{**SMALL, "SKU": "MUG"}] * 3 + [{**LATE, "SKU": "MUG"}] * 17
    (fault,) = insights(rows).listings
    assert (fault.sku, fault.blamed, fault.returns) == ("LAMP", 9, 10)
    assert (fault.others, fault.main_cause) == (0.15, "Too small")


def test_of_few_returns_and_of_one_sku_alone_no_listing_is_blamed():
    assert not insights([SMALL] * 4 + [{**LATE, "SKU": "MUG"}] * 20).listings
    assert not insights([SMALL] * 20).listings


ROWS = st.lists(
    st.builds(
        lambda sku, days, words: {
            "SKU": sku, "Request Date": TODAY - dt.timedelta(days), "Buyer Comment": words,
        },
        st.sampled_from(["A", "B", ""]), st.integers(0, 200), st.sampled_from(["too small", "坏了"]),
    ),
    max_size=40,
)  # fmt: skip


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_signals_do_not_depend_on_the_order_of_rows(rows, chance):
    rows = [{**row, "Order ID": f"N{n}", "Return ID": f"N{n}"} for n, row in enumerate(rows)]
    shuffled = chance.sample(rows, len(rows))
    one, other = insights(rows, [sale(9, sku="A")]), insights(shuffled, [sale(9, sku="A")])
    assert (one.bursts, one.listings) == (other.bursts, other.listings)
