"""Decision tables: the masks mean what a reader of the sheet means."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core.tables import BLANK, NO_RULE, DecisionTable, compile_axis

AXES = ("a", "b", "c")
BOUND = st.integers(-3, 12)
CELL = st.none() | st.lists(
    st.tuples(BOUND, BOUND).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=3
).map(tuple)
RULE = st.fixed_dictionaries(dict.fromkeys(AXES, CELL))
VALUE = st.just(BLANK) | st.integers(-5, 14)
ROW = st.fixed_dictionaries(dict.fromkeys(AXES, VALUE))


def _accepts(rule, row):
    return all(
        cell is None or (row[axis] != BLANK and any(low <= row[axis] <= high for low, high in cell))
        for axis, cell in rule.items()
    )


def _table(rules):
    axes = tuple(compile_axis(axis, [rule[axis] for rule in rules]) for axis in AXES)
    return DecisionTable(axes, len(rules))


def _columns(rows):
    return {axis: np.array([row[axis] for row in rows], dtype=np.int64) for axis in AXES}


@given(st.lists(RULE, min_size=1, max_size=70), st.lists(ROW, min_size=1, max_size=20))
def test_the_first_rule_from_the_top_that_fits_decides(rules, rows):
    naive = [
        next((i for i, rule in enumerate(rules) if _accepts(rule, row)), NO_RULE) for row in rows
    ]
    assert _table(rules).first(_columns(rows), len(rows)).tolist() == naive


@given(st.lists(RULE, min_size=1, max_size=70), st.lists(ROW, min_size=1, max_size=5))
def test_accepting_names_every_rule_that_fits(rules, rows):
    found = [flags.tolist() for flags in _table(rules).accepting(_columns(rows), len(rows))]
    assert found == [[_accepts(rule, row) for row in rows] for rule in rules]


@given(st.lists(RULE, min_size=1, max_size=20), ROW)
def test_a_rule_that_filling_blanks_could_reach_is_the_possible_one(rules, row):
    table, columns = _table(rules), _columns([row])
    decided, possible = (int(found[0]) for found in table.first_and_possible(columns, 1))
    assert decided == int(table.first(columns, 1)[0])
    blanks = int(table.blanks(columns, 1)[0])
    if possible not in (decided, NO_RULE):
        assert table.blanks_in_the_way(blanks, possible)
    if BLANK not in row.values():
        assert possible == decided


FAR = st.sampled_from([0, 20_000, -20_000, 10**6])


@given(CELL, CELL, FAR, st.lists(VALUE | st.integers(-(2**40), 2**40), min_size=1))
def test_a_value_falls_on_the_same_segment_alone_and_among_many(one, other, far, values):
    cells = [cell and tuple((low + far, high + far) for low, high in cell) for cell in (one, other)]
    axis = compile_axis("a", cells)
    column = np.array([value if value == BLANK else value + far for value in values])
    many = axis.lines(np.resize(column, 1_000 + len(column)))
    assert many.tolist() == np.resize(axis.lines(column), len(many)).tolist()


def test_a_blank_value_meets_only_a_blank_cell():
    rules = [{"a": ((0, 9),), "b": None, "c": None}, {"a": None, "b": None, "c": None}]
    row = {"a": BLANK, "b": BLANK, "c": 1}
    assert _table(rules).first(_columns([row]), 1).tolist() == [1]
