"""Decision tables: FIRST hit over columns of values, by bit masks.

Each column cuts its values into segments; every segment has a mask with one bit for each rule
that accepts it. A row's masks are ANDed and the lowest bit that is left is the rule that decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from xl_returns.core.cells import HIGHEST, LOWEST, Interval

Codes = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint64]

BLANK: Final = np.iinfo(np.int64).min
"""A value that is not known; only a blank cell of the table accepts it."""
NO_RULE: Final = -1
_WORD: Final = 64
_EVERY: Final = np.uint64(2**_WORD - 1)
_MANY: Final = 1_000
_WIDEST: Final = 4096
"""So many values between the first and the last cut of an axis are looked up one by one."""


@dataclass(frozen=True)
class Axis:
    """One column of a table, compiled: where its segments start, and who accepts each.

    `masks` has one line per segment and a last line for a blank value, with as many 64-bit words
    as the rules need.
    """

    name: str
    starts: Codes
    masks: Masks

    def lines(self, values: Codes) -> npt.NDArray[np.intp]:
        """The line of `masks` that each value falls on."""
        first, line_of = self._between
        last = first + len(line_of) - 2
        if len(values) < _MANY or last < first:
            found = np.searchsorted(self.starts, values, side="right") - 1
        elif _lies_below(values, first):
            found = line_of.take(np.clip(values, first, last) - first)
        else:
            return line_of.take(np.clip(values, first - 1, last) - first)
        return np.where(values == BLANK, len(self.starts), found)

    @cached_property
    def _between(self) -> tuple[int, npt.NDArray[np.intp]]:
        """A value below the first cut, and the lines from there to the last cut; none when wide.

        The line of a blank stands at the end, which is also the place before the first.
        """
        cuts = self.starts[1:].tolist() or [0]
        first, last = cuts[0] - 1, cuts[-1]
        if last < _WIDEST:
            first = min(first, 0)
        if last - first >= _WIDEST:
            return first, np.zeros(0, dtype=np.intp)
        lines = np.searchsorted(self.starts, np.arange(first, last + 1), side="right") - 1
        return first, np.append(lines, len(self.starts))

    @cached_property
    def decides(self) -> bool:
        """Whether any rule tells one value of the column from another."""
        return bool((self.masks != self.masks[0]).any())

    @cached_property
    def lenient(self) -> Masks:
        """The masks if a blank could be anything."""
        open_ended = self.masks.copy()
        open_ended[-1] = np.bitwise_or.reduce(self.masks, axis=0)
        return open_ended

    @cached_property
    def both(self) -> Masks:
        """The masks and the lenient ones, side by side."""
        return np.hstack([self.masks, self.lenient])


def _lies_below(values: Codes, first: int) -> bool:
    """Whether any value that is known lies below another."""
    return bool(((values < first) & (values != BLANK)).any())


def among(values: Codes, codes: Iterable[int]) -> npt.NDArray[np.bool_]:
    """Which values are one of a few codes; on short columns np.isin takes ten times as long."""
    found = [values == code for code in codes]
    return reduce(np.logical_or, found) if found else np.zeros(len(values), dtype=np.bool_)


def places_of(rows: npt.NDArray[np.bool_]) -> Codes:
    """The positions of the rows that are marked."""
    return rows.nonzero()[0]


def or_zero(values: Codes) -> Codes:
    """Values with 0 for a blank."""
    return values * (values != BLANK)


def chosen(cases: Sequence[tuple[npt.NDArray[np.bool_], Codes | int]], other: Codes) -> Codes:
    """The value of the first case that each row is in; on long columns np.select is slow."""
    found = other.copy()
    for rows, values in reversed(cases):
        at = places_of(rows)
        found[at] = values if isinstance(values, int) else values[at]
    return found


def compile_axis(name: str, cells: Sequence[Sequence[Interval] | None]) -> Axis:
    """Turn one condition per rule (None accepts anything) into segments and masks."""
    cuts = {LOWEST}
    for cell in cells:
        for low, high in cell or ():
            cuts |= {low, high + 1}
    starts = sorted(cut for cut in cuts if cut <= HIGHEST)
    masks = np.zeros((len(starts) + 1, -(-max(len(cells), 1) // _WORD)), dtype=np.uint64)
    for index, cell in enumerate(cells):
        word, bit = index // _WORD, np.uint64(1 << index % _WORD)
        if cell is None:
            masks[:, word] |= bit
        for low, high in cell or ():
            masks[bisect_left(starts, low) : bisect_right(starts, high), word] |= bit
    return Axis(name, np.array(starts, dtype=np.int64), masks)


@dataclass(frozen=True)
class DecisionTable:
    """A compiled table with hit policy FIRST; it knows rules only by their position."""

    axes: tuple[Axis, ...]
    rules: int

    def first(self, facts: Mapping[str, Codes], rows: int) -> Codes:
        """The position of the first rule that accepts each row, or NO_RULE."""
        return _lowest_bit(self._accepting(facts, rows, lambda axis: axis.masks))

    def first_and_possible(self, facts: Mapping[str, Codes], rows: int) -> tuple[Codes, Codes]:
        """As `first`, and the first rule that could accept each row if its blanks were filled."""
        both = self._accepting(facts, rows, lambda axis: axis.both)
        now, filled = np.hsplit(both, 2)
        return _lowest_bit(now), _lowest_bit(filled)

    def accepting(self, facts: Mapping[str, Codes], rows: int) -> Iterator[npt.NDArray[np.bool_]]:
        """For each rule, in order, the rows that it accepts."""
        masks = self._accepting(facts, rows, lambda axis: axis.masks)
        for rule in range(self.rules):
            word, bit = divmod(rule, _WORD)
            yield masks[:, word] & np.uint64(1 << bit) != 0

    def blanks(self, facts: Mapping[str, Codes], rows: int) -> Codes:
        """Which columns of each row are blank, one bit a column in the order of `axes`."""
        found = np.zeros(rows, dtype=np.int64)
        for bit, axis in enumerate(self.axes):
            found |= (facts[axis.name] == BLANK).astype(np.int64) << bit
        return found

    def blanks_in_the_way(self, blanks: int, rule: int) -> list[str]:
        """The columns whose blank value alone keeps a rule from accepting a row."""
        word, bit = divmod(rule, _WORD)
        return [
            axis.name
            for position, axis in enumerate(self.axes)
            if blanks >> position & 1 and not int(axis.masks[-1, word]) >> bit & 1
        ]

    def _accepting(
        self, facts: Mapping[str, Codes], rows: int, masks_of: Callable[[Axis], Masks]
    ) -> Masks:
        """The masks of every row, all axes met: a line of words for each."""
        accepting = np.full((rows, masks_of(self.axes[0]).shape[1]), _EVERY)
        for axis in self.axes:
            if axis.decides:
                accepting &= masks_of(axis).take(axis.lines(facts[axis.name]), axis=0)
            else:
                accepting &= masks_of(axis)[0]
        return accepting


def _lowest_bit(accepting: Masks) -> Codes:
    """The lowest bit that is set in each line of words, or NO_RULE."""
    found = np.full(len(accepting), NO_RULE, dtype=np.int64)
    for word in range(accepting.shape[1] - 1, -1, -1):
        bits = accepting[:, word]
        below = np.bitwise_count((bits & (~bits + np.uint64(1))) - np.uint64(1))
        found = np.where(bits != 0, below + np.int64(word * _WORD), found)
    return found
