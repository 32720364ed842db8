"""The same action rules in other engines, for `benchmark_decide.py`: zen-engine, pandas.

Neither is among the project's dependencies: `pip install zen-engine pandas` beside it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from xl_returns.core import cells
from xl_returns.core.cells import Interval
from xl_returns.core.facts import DOMAINS
from xl_returns.core.rulebook import Rulebook, span
from xl_returns.core.tables import BLANK, NO_RULE, Codes

Row = dict[str, str | int | None]
Cell = tuple[Interval, ...] | None
Peer = Callable[[Sequence[Row]], list[int]]
_KEY: Final = "actions"


def peers(book: Rulebook) -> dict[str, Peer]:
    """What gives the position of the first action rule that accepts each row, by name."""
    made = {"zen-engine": ("zen", _by_zen), "pandas apply": ("pandas", _by_pandas)}
    return {
        name: make(book)
        for name, (module, make) in made.items()
        if importlib.util.find_spec(module) is not None
    }


def rows_of(facts: Mapping[str, Codes], book: Rulebook, count: int) -> list[Row]:
    """Facts as the others take them: a dict for each row, declared words, None for a blank."""
    names = [axis.name for axis in book.actions.axes if axis.decides]
    shown = [[_shown(name, code, book) for code in facts[name][:count].tolist()] for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*shown, strict=True)]


def _words(name: str, book: Rulebook) -> Sequence[str]:
    return book.policy.categories if name == "Category" else DOMAINS.get(name, ())


def _shown(name: str, code: int, book: Rulebook) -> str | int | None:
    words = _words(name, book)
    return None if code == BLANK else words[code] if words else code


def _rules(book: Rulebook) -> list[dict[str, Cell]]:
    """The conditions of every rule by column; only the columns that decide."""
    deciding = {axis.name for axis in book.actions.axes if axis.decides}
    return [
        {
            name: cell
            for name, cell in {
                **rule.conditions,
                "Order Date": span(rule.first_day, rule.last_day),
            }.items()
            if name in deciding
        }
        for rule in book.policy.action_rules
    ]


def _by_zen(book: Rulebook) -> Peer:
    import zen  # noqa: PLC0415 - not among our dependencies

    engine = zen.ZenEngine({"loader": {"type": "static", "content": {_KEY: _graph(book)}}})

    def decide(rows: Sequence[Row]) -> list[int]:
        answers = engine.evaluate_batch([{"key": _KEY, "context": row} for row in rows])
        return [int(answer["data"]["result"].get("rule", NO_RULE)) for answer in answers]

    return decide


def _graph(book: Rulebook) -> dict[str, Any]:
    """The decision table in zen's JSON, between an input and an output."""
    rules = _rules(book)
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": f"$root['{name}']"} for name in rules[0]],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [
            {
                "_id": str(at),
                "rule": str(at),
                **{name: _unary(name, cell, book) for name, cell in rule.items()},
            }
            for at, rule in enumerate(rules)
        ],
    }
    ends = [("in", "inputNode", {}), (_KEY, "decisionTableNode", table), ("out", "outputNode", {})]
    return {
        "nodes": [
            {"id": name, "type": kind, "name": name, "position": {"x": 0, "y": 0}, "content": made}
            for name, kind, made in ends
        ],
        "edges": [
            {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
            for source, target in (("in", _KEY), (_KEY, "out"))
        ],
    }


def _unary(name: str, cell: Cell, book: Rulebook) -> str:
    """A condition as zen writes it: `"A", "B"`, `[1..5], >= 9`; blank accepts anything."""
    if words := _words(name, book):
        accepted = (words[code] for low, high in cell or () for code in range(low, high + 1))
        return ", ".join(f'"{word}"' for word in accepted)
    return ", ".join(_range(low, high) for low, high in cell or ())


def _range(low: int, high: int) -> str:
    if low == cells.LOWEST:
        return f"<= {high}"
    return f">= {low}" if high == cells.HIGHEST else f"[{low}..{high}]"


def _by_pandas(book: Rulebook) -> Peer:
    import pandas as pd  # noqa: PLC0415 - not among our dependencies

    tests = [
        [(name, _accepted(name, cell, book)) for name, cell in rule.items() if cell is not None]
        for rule in _rules(book)
    ]

    def first(row: Any) -> int:
        for at, rule in enumerate(tests):
            if all(accepts(row[name]) for name, accepts in rule):
                return at
        return NO_RULE

    def decide(rows: Sequence[Row]) -> list[int]:
        return [int(rule) for rule in pd.DataFrame(rows, dtype=object).apply(first, axis=1)]

    return decide


def _accepted(
    name: str, cell: tuple[Interval, ...], book: Rulebook
) -> Callable[[str | int | None], bool]:
    """A condition as a test on a value: one of some words, or within a range."""
    if words := _words(name, book):
        accepted = {words[code] for low, high in cell for code in range(low, high + 1)}
        return accepted.__contains__
    return lambda value: value is not None and any(low <= int(value) <= high for low, high in cell)


def differences(mine: Codes, theirs: Sequence[int]) -> int:
    """In how many rows two engines decide by another rule."""
    return int((mine[: len(theirs)] != np.array(theirs)).sum())
