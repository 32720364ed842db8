"""Return rates count against what was shipped in the order's month; fees follow Amazon's count."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insight.conftest import LEVELS, LINES, day, insights, sale
from xl_returns.books.policies import default_grid
from xl_returns.core import sheets
from xl_returns.core.grid import Grid
from xl_returns.insight.levels import completed, line_for, read_levels, read_rates
from xl_returns.insight.odds import wilson
from xl_returns.insight.rates import fee_of, verdict

NOVEMBER = {"Order Date": dt.date(2026, 11, 2)}
FBA = {"Channel": "FBA", "Status": "Refunded", "Refunded So Far": 50}
HOME = {**FBA, "Category": "Home"}


def rate(rows, *sales):
    (found,) = insights(rows, sales).rates
    return found.returned, found.shipped, found.verdict


def test_ten_of_forty_are_surely_above_ten_percent_six_are_not():
    """Wilson: 14 to 40 %, and 7 to 29 %."""
    assert rate([{}] * 10, sale(40)) == (10, 40, "high")
    assert rate([{}] * 6, sale(40)) == (6, 40, "too few to tell")


def test_of_fewer_units_than_the_least_nothing_is_told():
    """Five of 20 are 11 to 47 %, but Return Rates asks for 25 units."""
    assert rate([{}] * 5, sale(20)) == (5, 20, "too few to tell")


def test_two_of_a_hundred_are_surely_normal():
    """Wilson: 0.6 to 7.0 %, below 10 %."""
    assert rate([{}] * 2, sale(100)) == (2, 100, "normal")


def test_a_month_that_still_comes_back_can_be_high_but_never_normal():
    assert rate([NOVEMBER] * 2, sale(100, month="2026-11-01")) == (2, 100, "too few to tell")
    assert rate([NOVEMBER] * 30, sale(100, month="2026-11-01")) == (30, 100, "high")


def test_a_return_counts_in_the_month_of_its_order_and_only_where_sales_knows_that_month():
    rows = [{}, {}, {"Order Date": dt.date(2026, 7, 30)}, {"Order Date": None}]
    assert rate(rows, sale(100)) == (2, 100, "normal")


def test_more_returned_than_sold_tells_nothing():
    assert rate([{"Quantity": 30}], sale(20)) == (30, 20, "too few to tell")


def test_without_sales_there_are_no_rates():
    assert insights([{}] * 5).rates == []


@given(st.integers(1, 5_000).flatmap(lambda of: st.tuples(st.integers(0, of - 1), st.just(of))))
def test_one_more_return_never_lowers_a_rate_or_its_ends(counts):
    hits, of = counts
    now, more = wilson(hits, of), wilson(hits + 1, of)
    assert (now.share < more.share, now.low <= more.low, now.high <= more.high) == (True,) * 3


@given(st.integers(1, 5_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_among_many_is_wider(counts):
    alone, among = wilson(*counts), wilson(*counts, 100)
    assert among.low <= alone.low
    assert alone.high <= among.high


@pytest.mark.parametrize(
    ("hits", "told"), [(0, "too few to tell"), (5, "high"), (2, "too few to tell")]
)
def test_few_units_are_too_few_to_tell(hits, told):
    assert verdict(wilson(hits, 20), 1_000) == told


def test_above_the_threshold_each_unit_pays_the_fee():
    """Derived from Amazon's rule: 12 of 100 back, 8.1 % are free, 1.78 a unit: 3.9 x 1.78 = 6.94."""
    assert fee_of(12, 100, 810, 178) == 6_94
    assert fee_of(8, 100, 810, 178) == 0


@given(st.integers(0, 999), st.integers(0, 1_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_one_more_return_never_lowers_the_fee(returned, shipped, threshold, fee):
    assert fee_of(returned, shipped, threshold, fee) <= fee_of(
        returned + 1, shipped, threshold, fee
    )


def test_the_fee_of_a_month_is_foretold_from_months_that_are_over():
    """August: 15 of 100 came back. September shipped 200, so that 30 are expected: 30 - 16.2."""
    september = {**HOME, "Order Date": dt.date(2026, 9, 2), "Request Date": dt.date(2026, 9, 20)}
    (fee,) = insights(
        [HOME] * 15 + [september] * 20,
        [sale(100, channel="FBA"), sale(200, month="2026-09-01", channel="FBA")],
    ).fees
    assert (fee.month, fee.returned, fee.expected) == (day("2026-09-01"), 20, 30)
    assert (fee.fee_so_far, fee.fee_expected) == (6_76, 24_56)
    assert (fee.charged_from, fee.is_final) == (day("2026-12-07"), False)


def test_months_that_count_and_days_that_charge_are_those_of_the_line():
    """Two months count: September is over at the end of October, and November charges it."""
    september = {**HOME, "Order Date": dt.date(2026, 9, 2), "Request Date": dt.date(2026, 9, 20)}
    late = {**september, "Request Date": dt.date(2026, 11, 1)}
    sales = [sale(100, month="2026-09-01", channel="FBA")]
    rows = [september] * 20 + [late] * 5
    lines = [replace(LINES[3], counted_months=2, charged_from=24, charged_until=28)]
    (usual,), (fee,) = insights(rows, sales).fees, insights(rows, sales, lines=lines).fees
    assert (usual.returned, usual.charged_from) == (25, day("2026-12-07"))
    assert (fee.returned, fee.charged_from, fee.is_final) == (20, day("2026-11-24"), True)
    ended = [replace(lines[0], charged_from=7, charged_until=22)]
    assert insights(rows, sales, lines=ended).fees == []


def test_a_rate_is_settled_once_the_months_of_its_line_are_over():
    october = [{"Order Date": dt.date(2026, 10, 2)}] * 2
    sales = [sale(100, month="2026-10-01")]
    one_month = [replace(LINES[-1], counted_months=1)]
    assert insights(october, sales).rates[0].verdict == "too few to tell"
    assert insights(october, sales, lines=one_month).rates[0].verdict == "normal"


def test_a_table_of_an_earlier_day_counts_and_charges_as_the_one_that_ships():
    shipped = default_grid(sheets.RETURN_RATES)
    later = ("Counted Months", "Charged From", "Charged Until")
    old = {name: [*cells, ""] for name, cells in shipped.columns.items() if name not in later}
    assert read_rates(completed(Grid(old, shipped.place), shipped)) == (LINES, [])


def test_a_month_is_told_until_it_is_charged_and_then_no_more():
    """August's count ends in October; 7 to 15 November charge it."""
    past = insights([HOME] * 20, [sale(100, channel="FBA")])
    assert past.fees == []
    assert past.rates[0].verdict == "high"


@pytest.mark.parametrize(
    "change",
    [
        {"Channel": "MFN"},
        {"Category": "Umbrellas"},
        {"Request Date": dt.date(2026, 12, 1)},
        {"Marketplace": "DE"},
    ],
)
def test_no_fee_without_fba_category_marketplace_and_a_return_in_time(change):
    september = {**HOME, "Order Date": dt.date(2026, 9, 2), "Request Date": dt.date(2026, 9, 20)}
    sales = [sale(100, month="2026-09-01", channel="FBA", marketplace=m) for m in ("US", "DE")]
    assert insights([{**september, **change}] * 20, sales).fees == []
    assert len(insights([september] * 20, sales).fees) == 1


def test_fewer_units_than_the_least_pay_no_fee_but_apparel_always_does():
    september = {**FBA, "Order Date": dt.date(2026, 9, 2), "Request Date": dt.date(2026, 9, 20)}
    few = [sale(20, month="2026-09-01", channel="FBA")]
    assert insights([{**september, "Category": "Home"}] * 9, few).fees == []
    (fee,) = insights([{**september, "Category": "Clothing"}] * 9, few).fees
    assert fee.fee_so_far == 9 * 1_78


def test_the_line_of_the_category_comes_before_the_line_of_any():
    assert line_for(LINES, " home ", "US", day("2026-08-01")).threshold == 810
    assert line_for(LINES, "home", "DE", day("2026-08-01")).threshold == 1_000
    assert line_for(LINES, "home", "US", day("2024-05-31")).threshold == 1_000


@pytest.mark.parametrize(
    ("header", "cell", "problem"),
    [
        ("Threshold", None, "Threshold is blank"),
        ("Currency", None, "Fee needs a Currency"),
        ("Least Shipped", 24.5, "Least Shipped is not a whole number"),
        ("Counted Months", None, "Counted Months is not a number of months"),
        ("Counted Months", 12, "Counted Months is not a number of months"),
        ("Charged From", None, "Fee needs Charged From and Charged Until"),
        ("Charged From", 16, "Fee needs Charged From and Charged Until"),
    ],
)
def test_a_line_of_return_rates_that_cannot_be_read_is_told_at_its_place(header, cell, problem):
    grid = changed(default_grid(sheets.RETURN_RATES), 0, header, cell)
    lines, (finding,) = read_rates(grid)
    assert len(lines) == len(LINES) - 1
    assert problem in str(finding)


@pytest.mark.parametrize(
    ("row", "header", "cell", "problem"),
    [
        (2, "Value", "many", "is not a number"),
        (2, "Value", 2.5, "is not a whole number"),
        (0, "Value", None, "the value is blank"),
        (0, "Setting", "Usual defect", "is not a setting of insights"),
        (11, "Value", -1, "is not an amount"),
    ],
)
def test_a_setting_that_cannot_be_read_keeps_its_default_and_is_told(row, header, cell, problem):
    grid = default_grid(sheets.INSIGHT_SETTINGS)
    levels, (finding,) = read_levels([grid, changed(grid, row, header, cell)])
    assert problem in str(finding)
    assert levels == LEVELS


def changed(grid, row, header, cell):
    columns = {name: list(column) for name, column in grid.columns.items()}
    columns[header][row] = cell
    return Grid(columns, grid.place)
