"""A typed column is read as a whole, to what its cells one by one are read to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core import columns
from xl_returns.core.alike import alike
from xl_returns.core.rows import parse_rows
from xl_returns.core.tables import BLANK
from xl_returns.core.texts import distinct_codes

WORDS = st.sampled_from([None, "", "Opened", "opened ", "Damaged, Opened", "Damaged", "huh", "Y"])
CELLS = {
    "Condition": WORDS,
    "Photos": WORDS,
    "Reason": WORDS,
    "Quantity": st.none() | st.integers(-2, 9_002),
    "Unit Paid": st.none() | st.floats(-1, 2e6) | st.integers(0, 10**6).map(lambda n: n / 1000),
    "New Price": st.none() | st.decimals(0, 10_000, places=3),
    "Label Cost": st.none() | st.integers(-1, 10**12),
    "Refunded So Far": st.none() | st.booleans(),
    "Shipping Paid": st.sampled_from([None, "", "4,99", "4.99", "x"]),
    "Request Date": st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)),
    "Order Date": st.none() | st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)),
    "Delivered Date": st.none() | st.floats(-5, 60_000),
    "Received Date": st.sampled_from([None, "", "2026-11-23", "soon"]),
}


@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1))
def test_typed_columns_are_read_as_cells(rows):
    given_cells = {h: [row[h] for row in rows] for h in CELLS}
    typed = pl.DataFrame(given_cells, strict=False, infer_schema_length=None)
    cells = {h: typed[h].to_list() for h in CELLS}
    one, two = parse_rows(cells), parse_rows({h: typed[h] for h in CELLS})
    for part in ("codes", "amounts", "days", "text"):
        mine, theirs = getattr(one, part), getattr(two, part)
        assert {h: list(mine[h]) for h in mine} == {h: list(theirs[h]) for h in theirs}
    assert one.unit_paid.tolist() == two.unit_paid.tolist()
    assert one.problems == two.problems


CHOSEN = [c for c in columns.RETURNS if c.kind == "choice" and c.owner != "suggestion"]


@pytest.mark.parametrize("column", CHOSEN, ids=lambda column: column.name)
def test_every_declared_word_is_known_in_a_typed_column(column):
    typed = parse_rows({column.name: pl.Series([*column.choices, None])})
    assert typed.codes[column.name].tolist() == [*range(len(column.choices)), BLANK]


def test_amounts_as_exact_decimals_are_read_exactly():
    prices = pl.Series([Decimal("10.005"), Decimal("0.014")], dtype=pl.Decimal(20, 3))
    assert parse_rows({"New Price": prices}).amounts["New Price"].tolist() == [1001, 1]


@pytest.mark.parametrize("word", ["nan", " NaN "])
@pytest.mark.parametrize("column", [list, pl.Series])
def test_the_word_nan_among_numbers_is_no_blank(column, word):
    rows = parse_rows({"New Price": column(["12.50", None, word])})
    assert rows.amounts["New Price"].tolist() == [1250, BLANK, BLANK]
    assert [problem.row for problem in rows.problems] == [2]


CODES = st.lists(
    st.tuples(st.booleans(), st.integers(-3, 3), st.sampled_from([BLANK, 0, 2**61, -(2**61)])),
    min_size=1,
)


@given(CODES)
def test_rows_are_alike_when_they_are_equal_in_every_key(rows):
    marked, *keys = (np.array(column) for column in zip(*rows, strict=True))
    kinds = alike(marked, keys)
    for row, kind in zip(rows, kinds.of_row.tolist(), strict=True):
        if row[0]:
            assert rows[kinds.first[kind]][1:] == row[1:]
        else:
            assert kind == len(kinds.first)
    assert len(kinds.first) == len({row[1:] for row in rows if row[0]})


@given(st.lists(st.integers(-5, 5) | st.integers(-(2**62), 2**62)))
def test_distinct_codes_are_those_of_numpy(codes):
    values, of_row = distinct_codes(np.array(codes, dtype=np.int64))
    assert values.tolist() == sorted(set(codes))
    assert [values[place] for place in of_row] == codes
