"""A1 references: columns by name and number, areas, and patterns for ranges of columns."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

LAST_COLUMN: Final = 16_384
LAST_ROW: Final = 1_048_576
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")


def column_name(number: int) -> str:
    """1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


class Area(NamedTuple):
    """A rectangle of cells, all edges included."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def parse(cls, text: str) -> Area | None:
        """The area of `A1:E9` or `B2`; None for anything else (whole columns, other sheets)."""
        found = _AREA.fullmatch(text)
        if found is None:
            return None
        left, top, right, bottom = found.groups()
        first = column_number(left), int(top)
        last = (column_number(right), int(bottom)) if right else first
        inside = first[0] <= last[0] <= LAST_COLUMN and 1 <= first[1] <= last[1] <= LAST_ROW
        return cls(*first, *last) if inside else None

    def __str__(self) -> str:
        first = f"{column_name(self.left)}{self.top}"
        last = f"{column_name(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def meets(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )

    def union(self, other: Area) -> Area:
        """The smallest area that holds both."""
        return Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def columns_between(first: int, last: int) -> str:
    """A pattern for the names of the columns from `first` to `last`, shortest names first."""
    spans = []
    for length, low, high in ((1, 1, 26), (2, 27, 702), (3, 703, LAST_COLUMN)):
        start, stop = max(first, low), min(last, high)
        if start <= stop:
            spans.append(_names(column_name(start), column_name(stop), length))
    return "|".join(spans)


def _names(low: str, high: str, length: int) -> str:
    if length == 1:
        return low if low == high else f"[{low}-{high}]"
    if low[0] == high[0]:
        return f"{low[0]}(?:{_names(low[1:], high[1:], length - 1)})"
    rest = length - 1
    spans = [f"{low[0]}(?:{_names(low[1:], 'Z' * rest, rest)})"]
    if ord(high[0]) - ord(low[0]) > 1:
        spans.append(f"[{chr(ord(low[0]) + 1)}-{chr(ord(high[0]) - 1)}]" + "[A-Z]" * rest)
    spans.append(f"{high[0]}(?:{_names('A' * rest, high[1:], rest)})")
    return "|".join(spans)
