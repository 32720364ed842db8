"""One return split into several."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.days import TODAY
from xl_returns.books.policies import default_policy
from xl_returns.core import cells, money
from xl_returns.core.codes import plain, readings
from xl_returns.core.decide import decide
from xl_returns.core.findings import Refusal
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.split import OF_ALL_UNITS, split, whole_of

BOOK = Rulebook(default_policy())
UNITS = st.lists(st.integers(1, 6), min_size=1, max_size=4)
AMOUNT = st.none() | st.integers(0, 10**6).map(lambda minor: minor / 100)


def row(units, **more):
    return {
        "Return ID": "R-1", "Channel": "MFN", "Marketplace": "US", "Order ID": "O", "SKU": "A",
        "Quantity": float(sum(units)), "Unit Paid": 33.335, "Status": "Received",
        "Reason": "DEFECTIVE", "Condition": "Defective", "Request Date": "2026-11-20", **more,
    }  # fmt: skip


def total_refund(rows):
    headers = {header for each in rows for header in each}
    parsed = parse_rows({h: [each.get(h) for each in rows] for h in headers})
    return int(np.sum(decide(parsed, BOOK, cells.day(TODAY)).refund))


@given(UNITS, AMOUNT, AMOUNT, AMOUNT, st.sampled_from([2, 0]))
def test_the_parts_add_up_to_the_whole(units, shipping, label, refunded, places):
    given_amounts = dict(zip(OF_ALL_UNITS, (shipping, label, refunded), strict=True))
    whole = row(units, **given_amounts)
    parts = split(whole, units, places, ["R-1"])
    assert [part["Quantity"] for part in parts] == units
    assert len({part["Return ID"] for part in parts}) == len(units)
    for header, amount in given_amounts.items():
        cut = [part.get(header) for part in parts]
        if amount is None:
            assert not any(cut)
        else:
            minor = sum(money.to_minor(value, places) for value in cut)
            assert minor == money.to_minor(amount, places)


@given(UNITS)
def test_the_parts_are_refunded_as_much_as_the_whole(units):
    whole = row(units)
    assert total_refund(split(whole, units, 2, [])) == total_refund([whole])


def test_the_parts_of_a_return_are_no_repeats():
    parts = split(row([1, 1]), [1, 1], 2, [])

    def repeats(rows):
        headers = {header for each in rows for header in each}
        parsed = parse_rows({h: [each.get(h) for each in rows] for h in headers})
        return decide(parsed, BOOK, cells.day(TODAY)).facts.history.repeats.tolist()

    assert repeats(parts) == [1, 1]
    assert repeats([*parts, row([1]) | {"Return ID": "R-9"}]) == [2, 2, 2]


def test_the_first_part_keeps_its_record_and_the_others_start_afresh():
    whole = row([2, 1], **{"Decided Action": "Refund now", "Negotiation": "x"})
    first, second = split(whole, [2, 1], 2, ["R-1", "R-1 #2"])
    assert (first["Return ID"], first["Decided Action"]) == ("R-1", "Refund now")
    assert second["Return ID"] == "R-1 #3"
    assert "Decided Action" not in second
    assert "Negotiation" not in second


@pytest.mark.parametrize("units", [[1, 1], [3, 0], [4, -1], []])
def test_units_that_do_not_add_up_are_refused(units):
    with pytest.raises(Refusal, match="not its quantity"):
        split(row([3]), units, 2, [])


@pytest.mark.parametrize("header", ["Override Action", "Override Refund", "Upload Batch"])
def test_a_row_with_money_on_its_way_is_not_split(header):
    with pytest.raises(Refusal, match="cannot be split"):
        split(row([2], **{header: "x"}), [1, 1], 2, [])


def test_a_part_knows_its_whole():
    assert whole_of("R-1 #2") == whole_of("R-1") == "R-1"
    assert whole_of("FBA 1 sku 2026-01-01 #1x") == "FBA 1 sku 2026-01-01 #1x"


@pytest.mark.parametrize(
    ("scanned", "meant"),
    [
        ("dfqryqfbrrma", "DfqRyqfBRRMA"),
        (" 111-1234567-1234567\r\n", "111-1234567-1234567"),
        ("]C1LPNRR123456", "LPNRR123456"),
        ("X0LPNRR123456", "LPNRR123456"),
        ("420902109400111899223197428490", "9400111899223197428490"),
        ("42090210123494001118992231974284901", "42090210123494001118992231974284901"),
        ("\u200b１Z-999", "1Z999"),
        ("\u200b9400 1118 9922 3197 4284 90", "9400111899223197428490"),
    ],
)  # fmt: skip
def test_what_a_scanner_gives_meets_what_was_typed(scanned, meant):
    assert plain(meant) in readings(scanned)


@given(st.text())
def test_any_scan_can_be_read(text):
    assert all(plain(reading) == reading for reading in readings(text))
