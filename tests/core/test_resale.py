"""Ways to get money from goods: price endings, photos, time, chance, and what never lowers it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.policies import grids
from tests.support.rows import TABLE
from xl_returns.books.policies import default_rows
from xl_returns.core import sheets
from xl_returns.core.grid import Grid
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rulebook import Rulebook

LATER = (
    "Price Ending", "Photos", "Weeks", "Loss per Week", "Storage per Week", "Chance of Sale",
    "Most Units", "Per Shipment",
)  # fmt: skip
RULES = range(len(default_rows(sheets.RESALE_RULES)))
USED, SPECIAL = 1, 5
"""G02 and G06 by their row."""
DONATION = [row["Fee"] for row in default_rows(sheets.FEES)].index("Donation")
OPENED = {
    "Return ID": "R", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0, "Unit Paid": 100.0,
    "Status": "Received", "Condition": "Opened", "Reason": "UNWANTED_ITEM", "Photos": "Y",
}  # fmt: skip


def policy_with(*rules, fees=None, **cells):
    """Only these resale rules are on; `cells` change the first of them, `fees` the Fees sheet."""
    off = {(row, "On"): "N" for row in RULES if row not in rules}
    changed = {(rules[0], name.replace("_", " ")): value for name, value in cells.items()}
    policy, findings = parse_policy(grids(ResaleRules={**off, **changed}, Fees=fees or {}))
    assert findings == []
    return Rulebook(policy)


def only(**cells):
    """One way without fees, at these cells."""
    return policy_with(USED, **{"Percent_of_New": "95%", "Fees": "", "Currency": "USD", **cells})


@pytest.mark.parametrize(
    ("asked", "ending", "floor", "price"),
    [
        ("20.50", "0.99", "", 19.99), ("20.99", "0.99", "", 20.99), ("21.00", "0.99", "", 20.99),
        ("0.50", "0.99", "", 0.50), ("20.50", "0.99", "20", 20.00), ("20.50", "0", "", 20.00),
        ("27.30", "9.99", "", 19.99), ("9.10", "9.99", "", 9.10), ("20.50", "", "", 20.50),
        ("18.00", "0.99", "20", 20.00), ("20.50", "0.995", "", 20.50),
    ],
)  # fmt: skip
def test_a_price_goes_down_to_its_ending_and_never_below_the_floor(
    desk, asked, ending, floor, price
):
    book = only(Percent_of_New="100%", Price_Ending=ending, Floor=floor)
    assert desk({**OPENED, "Unit Paid": float(asked)}, book=book)[0]["Resale Price"] == price


@pytest.mark.parametrize(
    ("limit", "currency", "marketplace", "price"),
    [("1.005", "USD", "US", 1.01), ("12.345", "EUR", "DE", 12.35), ("20.5", "JPY", "JP", 21.0)],
)
def test_floor_and_cap_between_two_cents_are_rounded_half_up(
    desk, limit, currency, marketplace, price
):
    row = {**OPENED, "Marketplace": marketplace}
    capped = only(Currency=currency, Cap=limit)
    raised = only(Currency=currency, Percent_of_New="0%", Floor=limit)
    for book in (capped, raised):
        assert desk(row, book=book)[0]["Resale Price"] == price


@pytest.mark.parametrize(("ending", "price"), [("0.99", 2_050), ("980", 1_980)])
def test_yen_keep_their_price_where_the_ending_has_decimals(desk, ending, price):
    book = only(Percent_of_New="100%", Price_Ending=ending, Currency="")
    row = {**OPENED, "Unit Paid": 2_050.0, "Marketplace": "JP"}
    assert desk(row, book=book)[0]["Resale Price"] == price


def test_a_way_that_needs_photos_waits_for_them_and_says_so(desk):
    book = policy_with(USED, SPECIAL)
    without, having = desk({**OPENED, "Photos": None}, {**OPENED, "Return ID": "S"}, book=book)
    assert (without["Disposition"], having["Disposition"]) == ("Discount special", "Resell used")
    told = (
        f"Fill Photos: Resell used (G02) needs them and would bring {having['Recovery']:.2f} each"
    )
    assert told in without["Warnings"]
    assert "Fill Photos" not in (having["Warnings"] or "")


def test_goods_that_are_still_to_come_need_no_photos_yet(desk):
    book = policy_with(USED, SPECIAL)
    coming = {**OPENED, "Status": "In transit", "Condition": None}
    without, having = desk({**coming, "Photos": None}, {**coming, "Return ID": "S"}, book=book)
    assert without["Offer Max"] == having["Offer Max"]
    assert "Fill Photos" not in (without["Warnings"] or "")


@pytest.mark.parametrize(("weeks", "holds"), [(7, True), (8, False)])
def test_goods_are_held_only_while_waiting_brings_more_than_selling_now(desk, weeks, holds):
    """Chance 90 % x 95.00 x 0.96 ^ T - 0.32 T against 70.00 - 10.50 now: the room decides."""
    book = policy_with(
        USED, SPECIAL, Fees="", Weeks=str(weeks), Loss_per_Week="4%", Chance_of_Sale="90%",
        Storage_per_Week="Storage",
        fees={(DONATION, "Fee"): "Storage", (DONATION, "Currency"): "USD", (DONATION, "Amount"): "0.32"},
    )  # fmt: skip
    now = 59_50
    later = Fraction(90, 100) * 95_00 * Fraction(96, 100) ** weeks
    told = desk({**OPENED, "Fulfilment Cost": 0.0}, book=book)[0]
    assert (told["Disposition"] == "Resell used") is holds
    assert holds is (later - 32 * weeks > now)
    if holds:
        assert told["Recovery"] == (int(later + Fraction(1, 2)) - 32 * weeks) / 100
        assert "95.00 x 90 % sold x 7 weeks at -4 %" in told["Why"]


@given(
    price=st.integers(0, 10**8), chance=st.integers(0, 10_000), loss=st.integers(0, 10_000),
    weeks=st.integers(1, 520),
)  # fmt: skip
@settings(deadline=None, max_examples=40)
def test_what_a_unit_is_expected_to_bring_is_exact_and_rounded_once(
    desk, price, chance, loss, weeks
):
    book = only(
        Percent_of_New="100%", Weeks=str(weeks), Loss_per_Week=f"{loss / 100}%",
        Chance_of_Sale=f"{chance / 100}%",
    )  # fmt: skip
    expected = price * Fraction(chance, 10_000) * Fraction(10_000 - loss, 10_000) ** weeks
    told = desk({**OPENED, "Unit Paid": price / 100}, book=book)[0]
    assert round(told["Recovery"] * 100) == int(expected + Fraction(1, 2))


def test_a_fee_that_is_a_share_is_taken_of_what_the_unit_is_expected_to_sell_for(desk):
    """Referral 15 % of 47.50: a unit that is not sold costs no referral."""
    told = desk(OPENED, book=only(Fees="Referral", Chance_of_Sale="50%"))[0]
    assert told["Recovery"] == 47.50 - 7.13


def test_a_workbook_from_before_these_columns_is_read_without_a_finding():
    old = grids()
    columns = old["Resale Rules"].columns
    old["Resale Rules"] = Grid(
        {name: cells for name, cells in columns.items() if name not in LATER},
        old["Resale Rules"].place,
    )
    policy, findings = parse_policy(old)
    blank = {(row, name): "" for row in RULES for name in LATER}
    assert findings == []
    assert policy == parse_policy(grids(ResaleRules=blank))[0]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"Loss per Week": "2%"}, "need Weeks"),
        ({"Weeks": "1.5"}, "Weeks is not a whole number"),
        ({"Weeks": "600"}, "Weeks is too long"),
        ({"Price Ending": "-0.01"}, "below 0"),
        ({"Most Units": "-1"}, "Most Units is not a whole number"),
        ({"Per Shipment": "Container"}, "the Fees sheet has no Container"),
        ({"Storage per Week": "Shelf", "Weeks": "2"}, "the Fees sheet has no Shelf"),
    ],
)
def test_a_cell_that_cannot_hold_is_found(cells, problem):
    _, findings = parse_policy(grids(ResaleRules={(USED, n): text for n, text in cells.items()}))
    assert [problem in finding.problem for finding in findings] == [True]


def _recoveries(desk, rows, **changes):
    policy, _ = parse_policy(grids(ResaleRules=changes["rules"]))
    return [told["Recovery"] for told in desk(*rows, book=Rulebook(policy))]


@given(TABLE, st.sampled_from(RULES), st.integers(0, 100))
@settings(deadline=None, max_examples=60)
def test_a_better_way_never_lowers_what_goods_bring(desk, rows, rule, percent):
    usual = default_rows(sheets.RESALE_RULES)
    better = max(percent, int(usual[rule]["Percent of New"].removesuffix("%")))
    selling = {
        (rule, "Weeks"): "8", (rule, "Loss per Week"): "3%", (rule, "Chance of Sale"): "60%",
        (rule, "Price Ending"): "0.99",
    }  # fmt: skip
    off, on = {**selling, (rule, "On"): "N"}, {**selling, (rule, "On"): "Y"}
    raised = {**on, (rule, "Percent of New"): f"{better}%"}
    lines = zip(*(_recoveries(desk, rows, rules=r) for r in (off, on, raised)), strict=True)
    for without, usually, best in lines:
        assert without is None or usually >= without
        assert usually is None or best >= usually
