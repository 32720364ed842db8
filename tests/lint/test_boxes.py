"""The boxes of rules hold exactly the rows that the rules decide."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core import terms
from xl_returns.core.cells import intervals, words
from xl_returns.core.grid import codes_of
from xl_returns.core.tables import BLANK, NO_RULE, DecisionTable, compile_axis
from xl_returns.lint.boxes import contains, grown, left, meet, needed_to_fill, without
from xl_returns.lint.space import Space

COLUMNS = ("State", "Received", "Buyer Wants", "Age")
DOMAINS = {"State": terms.STATES, "Received": terms.YES_NO, "Buyer Wants": terms.BUYER_WISHES}
WORDS = {name: len(words) for name, words in DOMAINS.items()}
BLANKS = ("Buyer Wants", "Age")


def _chosen(count):
    codes = st.sets(st.integers(0, count - 1), min_size=1)
    return st.none() | codes.map(lambda found: tuple((code, code) for code in sorted(found)))


BOUND = st.integers(0, 12)
SPAN = st.tuples(BOUND, BOUND).map(lambda ends: ((min(ends), max(ends)),))
RULE = st.fixed_dictionaries({n: _chosen(c) for n, c in WORDS.items()} | {"Age": st.none() | SPAN})
ROW = st.fixed_dictionaries(
    {
        name: st.integers(0, count - 1) | (st.just(BLANK) if name in BLANKS else st.nothing())
        for name, count in WORDS.items()
    }
    | {"Age": st.just(BLANK) | st.integers(0, 14)}
)
RULES = st.lists(RULE, min_size=1, max_size=8)
ROWS = st.lists(ROW, min_size=1, max_size=20)


def _space(rules):
    return Space.over(COLUMNS, rules, ("(other)",))


def _facts(rows):
    return {name: np.array([row[name] for row in rows], dtype=np.int64) for name in COLUMNS}


def _first(rules, rows):
    """The rule that decides each row, or NO_RULE, by the table that decides."""
    axes = tuple(compile_axis(name, [rule[name] for rule in rules]) for name in COLUMNS)
    return DecisionTable(axes, len(rules)).first(_facts(rows), len(rows))


def _held(space, boxes, rows):
    """For each row, how many of the boxes hold it."""
    facts = _facts(rows)
    nothing = np.zeros(len(rows), dtype=int)
    return sum((space.rows_in(box, facts, len(rows)).astype(int) for box in boxes), nothing)


@given(RULES, ROWS)
def test_a_rule_decides_exactly_the_rows_in_what_earlier_rules_leave_of_its_box(rules, rows):
    space, first = _space(rules), _first(rules, rows)
    for position, box in enumerate(space.boxes):
        decided = left(box, space.boxes[:position])
        assert (_held(space, decided, rows) == (first == position)).all()


@given(RULES, ROWS)
def test_what_no_rule_decides_is_what_all_rules_leave_of_everything(rules, rows):
    space, first = _space(rules), _first(rules, rows)
    assert (_held(space, list(left(space.full, space.boxes)), rows) == (first == NO_RULE)).all()


@given(RULE, RULES)
def test_boxes_that_fill_another_are_named_and_none_too_many(rule, rules):
    space = _space([rule, *rules])
    box, *others = (meet(one, space.full) for one in space.boxes)
    if next(left(box, others), None) is None:
        needed = needed_to_fill(box, others, [])
        assert next(left(box, needed), None) is None
        for spare in range(len(needed)):
            fewer = needed[:spare] + needed[spare + 1 :]
            assert next(left(box, fewer), None) is not None


@given(RULES)
def test_a_grown_box_meets_no_rule_and_could_not_be_larger_in_any_column(rules):
    space = _space(rules)
    for box in list(left(space.full, space.boxes))[:3]:
        large = grown(box, space.full, space.boxes)
        assert contains(large, box)
        assert all(meet(large, other) is None for other in space.boxes)
        assert grown(large, space.full, space.boxes) == large


@given(RULE, RULE)
def test_cutting_a_box_leaves_parts_that_do_not_meet(one, other):
    space = _space([one, other])
    first, second = (meet(box, space.full) for box in space.boxes)
    parts = without(first, second)
    assert all(meet(part, second) is None and contains(first, part) for part in parts)
    assert all(meet(a, b) is None for i, a in enumerate(parts) for b in parts[:i])


@given(RULE)
def test_a_box_written_as_cells_is_read_back_as_the_same_box(rule):
    line = _space([rule]).line(_space([rule]).boxes[0])
    again = {name: codes_of(words(line.get(name, ""), d), d) for name, d in DOMAINS.items()}
    space = _space([rule, again | {"Age": intervals(line.get("Age", ""), 1)}])
    before, after = (meet(box, space.full) for box in space.boxes)
    assert before == after or _opened(space, before, after)


def _opened(space, before, after):
    """Whether a box came back larger only where every word was named, which needs no cell."""
    return contains(after, before) and space.text(before).count("known") > 0
