"""The space of a decision table: its columns cut into segments, its lines as boxes, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from xl_returns.core import cells, terms
from xl_returns.core.cells import HIGHEST, LOWEST, Interval
from xl_returns.core.facts import DOMAINS
from xl_returns.core.grid import MILLS
from xl_returns.core.language import phrased, spoken
from xl_returns.core.money import exact
from xl_returns.core.policy import Conditions, Rule
from xl_returns.core.rulebook import span
from xl_returns.core.tables import BLANK, Axis, Codes, compile_axis
from xl_returns.core.vocabulary import condition
from xl_returns.lint.boxes import Box

ORDER_DATE: Final = "Order Date"
_USUAL: Final = {
    "Settled": terms.YES_NO.index("N"),
    "A-to-z": terms.YES_NO.index("N"),
    "In Policy": terms.YES_NO.index("Y"),
    "Withdrawal": terms.YES_NO.index("N"),
    "Reason Group": terms.REASON_GROUPS.index("Changed mind"),
    "Risk": 0,
}
"""What most rows have in columns by which rules take out exceptions."""
BLANK_ONLY: Final = ((-2, -2),)
"""A condition that only a blank meets; no value of a column that may be blank is -2."""
_WORD: Final = 64
_SCALES: Final = {"Price": MILLS}
_NEVER_BELOW: Final = {"Price": 0, "Risk": 0, "Age": 0}
_NEVER_ABOVE: Final = {"Risk": 100}
_MAY_BE_BLANK: Final = {
    "Condition", "In Policy", "Withdrawal", "Buyer Wants", "Age", "Category", ORDER_DATE,
}  # fmt: skip
"""Columns in which a row that can be decided may be blank."""


def conditions_of(rule: Rule) -> Conditions:
    """A rule's conditions, its order dates among them."""
    return {**rule.conditions, ORDER_DATE: span(rule.first_day, rule.last_day)}


@dataclass(frozen=True)
class Space:
    """Columns cut wherever a line of the table, or anything it is compared with, cuts them.

    `full` is the box of all that the columns can hold, blanks included where they may be.
    """

    axes: tuple[Axis, ...]
    full: Box
    words: Mapping[str, Sequence[str]]
    boxes: tuple[Box, ...]
    """The lines, in the order in which they were given."""

    @classmethod
    def over(
        cls, names: Sequence[str], lines: Sequence[Conditions], categories: Sequence[str]
    ) -> Space:
        """The space of columns in which lines of conditions are boxes."""
        words = {**DOMAINS, "Category": categories}
        domain = {name: _domain(name, words) for name in names}
        every = [*lines, domain]
        axes = tuple(compile_axis(name, [line.get(name) for line in every]) for name in names)
        boxes = [
            tuple(
                _blank(axis) if line.get(axis.name) == BLANK_ONLY else _mask(axis, rule)
                for axis in axes
            )
            for rule, line in enumerate(every)
        ]
        full = tuple(
            mask | (_blank(axis) if axis.name in _MAY_BE_BLANK else 0)
            for axis, mask in zip(axes, boxes[-1], strict=True)
        )
        return cls(axes, full, words, tuple(boxes[:-1]))

    @cached_property
    def usual(self) -> Box:
        """What rows usually have in the columns by which rules take out exceptions."""
        usual = [_USUAL.get(axis.name, BLANK) for axis in self.axes]
        return tuple(
            known if value == BLANK else known & 1 << int(axis.lines(np.array([value]))[0])
            for axis, known, value in zip(self.axes, self.known, usual, strict=True)
        )

    @cached_property
    def known(self) -> Box:
        """All that the columns can hold but blanks."""
        return tuple(full & ~_blank(axis) for axis, full in zip(self.axes, self.full, strict=True))

    def sides(self, box: Box) -> dict[str, tuple[list[Interval], bool]]:
        """The columns that a box narrows: the values it holds, and whether a blank is one."""
        return {
            axis.name: (_runs(axis, mask & full & ~_blank(axis)), bool(mask & _blank(axis)))
            for axis, mask, full in zip(self.axes, box, self.full, strict=True)
            if mask & full != full
        }

    def text(self, box: Box) -> str:
        """A box in words: `State Used, Unknown; Price middle`."""
        sides = self.sides(box)
        if "Price" in sides:
            sides.pop("Tier", None)
        told = "; ".join(self._side(name, *side) for name, side in sides.items())
        return told or phrased("every row")

    def _side(self, name: str, runs: list[Interval], blank: bool) -> str:
        header = "Price" if name == "Tier" else name
        if not runs:
            impossible = phrased("{header} that nothing can be", header=header)
            return phrased("{header} blank", header=header) if blank else impossible
        if runs == _domain_runs(name, self.words) and not blank:
            return phrased("{header} known", header=header)
        cell = condition(spoken(), self.cell(name, runs))
        told = phrased("{header} {cell}", header=header, cell=cell)
        return phrased("{told}, or blank", told=told) if blank else told

    def cell(self, name: str, runs: Sequence[Interval]) -> str:
        """Values of a column as a seller writes them into a rule's cell."""
        if name in self.words:
            return _words_cell(self.words[name], runs)
        if name == ORDER_DATE:
            return ", ".join(f"{_day(low)}..{_day(high)}" for low, high in runs)
        return ", ".join(_number(name, low, high) for low, high in runs)

    def line(self, box: Box) -> dict[str, str]:
        """A box as the condition cells of a rule that accepts it, by header.

        A blank value meets only a blank cell, so that a column where the box holds blanks stays
        open. Of a price and a tier the price is written.
        """
        line: dict[str, str] = {}
        for name, (runs, blank) in self.sides(box).items():
            if blank or not runs:
                continue
            if name == ORDER_DATE:
                ends = {"From": _day(runs[0][0]), "To": _day(runs[-1][1])}
                line |= {header: day for header, day in ends.items() if day}
            else:
                line["Price" if name == "Tier" else name] = self.cell(name, runs)
        return line

    def rows_in(self, box: Box, facts: Mapping[str, Codes], rows: int) -> npt.NDArray[np.bool_]:
        """Which rows, given by their facts, a box holds."""
        inside = np.ones(rows, dtype=np.bool_)
        for axis, mask in zip(self.axes, box, strict=True):
            held = np.array([mask >> line & 1 for line in range(len(axis.masks))], dtype=np.bool_)
            inside &= held[axis.lines(facts[axis.name])]
        return inside

    def values(self, box: Box, name: str) -> tuple[list[Interval], bool]:
        """The values that a box holds in a column, and whether a blank is one of them."""
        at = [axis.name for axis in self.axes].index(name)
        axis, mask = self.axes[at], box[at] & self.full[at]
        return _runs(axis, mask & ~_blank(axis)), bool(mask & _blank(axis))

    def apart(self, box: Box, seed: Box) -> Box:
        """A box without its blanks in the columns that it narrows; with nothing but them where
        they are all that the seed holds."""
        sides = list(box)
        for column, (axis, full) in enumerate(zip(self.axes, self.full, strict=True)):
            blank = _blank(axis)
            if box[column] & full != full:
                sides[column] = box[column] & ~blank if seed[column] & ~blank else blank
        return tuple(sides)

    def loosened(self, box: Box) -> Box:
        """A box open in the columns where it holds what rows usually have: a line that stands last
        need not name what the rules above take away."""
        return tuple(
            full if axis.name in _USUAL and mask & usual else mask
            for axis, mask, full, usual in zip(self.axes, box, self.full, self.usual, strict=True)
        )

    def narrow(self, box: Box) -> str | None:
        """The column in which a box is one value wide, or less than a cent; None if none is."""
        for name, (runs, blank) in self.sides(box).items():
            widest = 10 if name == "Price" else 1
            if name in ("Price", "Age", "Risk") and not blank and len(runs) == 1:
                low, high = runs[0]
                if high - low < widest:
                    return name
        return None

    def blanks_only(self, box: Box) -> list[str]:
        """The columns in which a box holds nothing but a blank."""
        return [name for name, (runs, _) in self.sides(box).items() if not runs]


def _domain(name: str, words: Mapping[str, Sequence[str]]) -> tuple[Interval, ...] | None:
    if name in words:
        return ((0, len(words[name]) - 1),)
    if name in _NEVER_BELOW:
        return ((_NEVER_BELOW[name], _NEVER_ABOVE.get(name, HIGHEST)),)
    return None


def _domain_runs(name: str, words: Mapping[str, Sequence[str]]) -> list[Interval]:
    return list(_domain(name, words) or [(LOWEST, HIGHEST)])


def _blank(axis: Axis) -> int:
    return 1 << len(axis.starts)


def _mask(axis: Axis, rule: int) -> int:
    word, bit = divmod(rule, _WORD)
    accepted = axis.masks[:, word] >> np.uint64(bit) & np.uint64(1)
    return sum(1 << line for line in np.flatnonzero(accepted).tolist())


def _runs(axis: Axis, mask: int) -> list[Interval]:
    """The values behind a mask, as intervals that do not touch."""
    starts = [*axis.starts.tolist(), HIGHEST + 1]
    runs: list[Interval] = []
    for line, low in enumerate(starts[:-1]):
        if not mask >> line & 1:
            continue
        high = starts[line + 1] - 1
        if runs and runs[-1][1] == low - 1:
            runs[-1] = (runs[-1][0], high)
        else:
            runs.append((low, high))
    return runs


def _words_cell(words: Sequence[str], runs: Sequence[Interval]) -> str:
    chosen = [word for code, word in enumerate(words) if any(a <= code <= b for a, b in runs)]
    others = [word for word in words if word not in chosen]
    if others and len(others) < len(chosen):
        return f"not {', '.join(others)}"
    return ", ".join(chosen)


def _number(name: str, low: int, high: int) -> str:
    scale = _SCALES.get(name, 1)
    open_below = low <= _NEVER_BELOW.get(name, LOWEST)
    open_above = high >= _NEVER_ABOVE.get(name, HIGHEST)
    if open_below and open_above:
        return ">=0"
    if open_below:
        return min(f"<{_units(high + 1, scale)}", f"<={_units(high, scale)}", key=len)
    if open_above:
        return min(f">={_units(low, scale)}", f">{_units(low - 1, scale)}", key=len)
    return _units(low, scale) if low == high else f"{_units(low, scale)}..{_units(high, scale)}"


def _units(value: int, scale: int) -> str:
    return f"{(exact(value) / scale).normalize():f}"


def _day(day: int) -> str:
    return "" if abs(day) >= HIGHEST else cells.date_of(day).isoformat()
