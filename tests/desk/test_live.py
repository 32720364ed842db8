"""A live table answers like the whole table decided at once, and decides only what is touched."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.days import DAY
from tests.support.rows import ROW, TABLE
from xl_returns.books.policies import default_policy
from xl_returns.core import columns
from xl_returns.core.decide import decide
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.desk.live import LiveTable, MissingPolicy, MissingTable, Policies

BOOK = Rulebook(default_policy())
FAMILY = {
    "Channel": "MFN",
    "Marketplace": "US",
    "Quantity": 1.0,
    "Unit Paid": 20.0,
    "Status": "Requested",
}


def columns_of(rows):
    return {name: [row.get(name) for row in rows] for name in columns.INPUTS}


def decided(rows):
    shown = suggestions(decide(parse_rows(columns_of(rows)), BOOK, DAY), BOOK)
    return [{name: shown[name][i] for name in shown} for i in range(len(rows))]


def update(live, rows, positions):
    at, shown = live.update(
        BOOK, DAY, len(rows), positions, columns_of([rows[i] for i in positions])
    )
    return {place: {name: shown[name][i] for name in shown} for i, place in enumerate(at)}


@given(TABLE, st.lists(st.tuples(st.integers(0, 7), ROW), max_size=5))
@settings(deadline=None)
def test_after_any_edits_it_shows_what_the_whole_table_decides(rows, edits):
    live = LiveTable()
    shown = update(live, rows, list(range(len(rows))))
    for place, new in edits:
        at = place % len(rows)
        rows[at] = {**new, "Return ID": rows[at]["Return ID"]}
        shown |= update(live, rows, [at])
    assert [shown[i] for i in range(len(rows))] == decided(rows)


def test_editing_a_row_decides_no_row_that_has_nothing_to_do_with_it():
    rows = [{**FAMILY, "Return ID": f"R{i}", "Order ID": str(i), "SKU": "A"} for i in range(50)]
    live = LiveTable()
    update(live, rows, list(range(50)))
    rows[7]["Condition"] = "Damaged"
    assert list(update(live, rows, [7])) == [7]


def test_a_row_of_the_same_order_line_is_decided_again():
    rows = [{**FAMILY, "Return ID": f"R{i}", "Order ID": "1", "SKU": "A"} for i in range(2)]
    live = LiveTable()
    update(live, rows, [0, 1])
    rows[0]["Quantity"] = 2.0
    assert set(update(live, rows, [0])) == {0, 1}


def test_a_blank_row_gets_blanks():
    rows = [{**FAMILY, "Return ID": "R1"}, {}]
    shown = update(LiveTable(), rows, [0, 1])
    assert set(shown[1].values()) == {None}
    assert set(shown[1]) == set(columns.SUGGESTIONS)


def test_part_of_an_unknown_table_is_not_enough():
    with pytest.raises(MissingTable):
        LiveTable().update(BOOK, DAY, 2, [0], columns_of([FAMILY]))


def test_an_unknown_policy_has_to_be_loaded():
    with pytest.raises(MissingPolicy):
        Policies().book("never seen")


def test_a_policy_that_was_used_lately_stays():
    policies = Policies()
    version = policies.add(default_policy())
    assert policies.add(default_policy()) == version == policies.latest
    assert policies.book(version) is policies.book(version)


def test_refunds_without_goods_count_for_the_buyers_later_rows():
    kept = {
        **FAMILY,
        "Buyer Key": "x",
        "Request Date": dt.date(2026, 11, 1),
        "Status": "Refunded",
        "Refunded So Far": 20.0,
    }
    rows = [{**kept, "Return ID": f"R{i}"} for i in range(4)]
    rows.append(
        {**FAMILY, "Return ID": "R9", "Buyer Key": "x", "Request Date": dt.date(2026, 11, 20)}
    )
    alone = decided(rows[4:])[0]["Risk"]
    assert decided(rows)[4]["Risk"] > alone
    back = [{**row, "Received Date": dt.date(2026, 11, 5)} for row in rows[:4]]
    assert decided([*back, rows[4]])[4]["Risk"] < decided(rows)[4]["Risk"]
