"""Decision tables: FIRST hit over columns of values, by bit masks.

Each column cuts its values into segments; every segment has a mask with one bit for each rule
that accepts it. A row's masks are ANDed and the lowest bit that is left is the rule that decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        found = np.searchsorted(self.starts, values, side="right") - 1
        return np.where(values == BLANK, len(self.starts), found)

    def lenient(self) -> Masks:
        """The masks if a blank could be anything."""
        open_ended = self.masks.copy()
        open_ended[-1] = np.bitwise_or.reduce(self.masks, axis=0)
        return open_ended


def among(values: Codes, codes: Iterable[int]) -> npt.NDArray[np.bool_]:
    """Which values are one of a few codes; on short columns np.isin takes ten times as long."""
    found = np.zeros(len(values), dtype=np.bool_)
    for code in codes:
        found |= values == code
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
        return _lowest_bit(self._accepting(facts, rows, lenient=False))

    def first_possible(self, facts: Mapping[str, Codes], rows: int) -> Codes:
        """The first rule that could accept each row if its blanks were filled."""
        return _lowest_bit(self._accepting(facts, rows, lenient=True))

    def accepting(self, facts: Mapping[str, Codes], rows: int) -> Iterator[npt.NDArray[np.bool_]]:
        """For each rule, in order, the rows that it accepts."""
        masks = self._accepting(facts, rows, lenient=False)
        for rule in range(self.rules):
            word, bit = divmod(rule, _WORD)
            yield (masks[:, word] >> np.uint64(bit)) & np.uint64(1) != 0

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

    def _accepting(self, facts: Mapping[str, Codes], rows: int, *, lenient: bool) -> Masks:
        words = self.axes[0].masks.shape[1]
        accepting = np.full((rows, words), np.iinfo(np.uint64).max, dtype=np.uint64)
        for axis in self.axes:
            masks = axis.lenient() if lenient else axis.masks
            accepting &= masks[axis.lines(facts[axis.name])]
        return accepting


def _lowest_bit(accepting: Masks) -> Codes:
    found = np.full(len(accepting), NO_RULE, dtype=np.int64)
    for word in range(accepting.shape[1] - 1, -1, -1):
        bits = accepting[:, word]
        lowest = bits & (~bits + np.uint64(1))
        position = np.log2(np.maximum(lowest, np.uint64(1)).astype(np.float64)).astype(np.int64)
        found = np.where(bits != 0, word * _WORD + position, found)
    return found
