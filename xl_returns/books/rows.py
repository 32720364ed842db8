"""One pattern that takes a whole row of a sheet apart, cell by cell, in canonical XML.

Canonical is what Excel, XlsxWriter and openpyxl write: `<c r="A2" s="3" t="s"><v>5</v></c>`.
A row in any other form does not match and goes through `strange.py`, which gives the same groups.
Options are written as branches, `(?:x|)`: twice as fast in Python's engine as `(?:x)?`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from xl_returns.books.refs import LAST_COLUMN, column_name, columns_between

Groups = tuple[bytes, ...]

GAP: Final = 0  # the first group: the row's tag and all before the first cell to be written
NUMBER: Final = 1  # the second group: the row's number


@dataclass(frozen=True, slots=True)
class Slot:
    """The places of a column's pieces among a row's groups; -1 in columns that are only read."""

    column: int
    name: str
    kind: int
    text: int
    whole: int = -1
    attributes: int = -1
    formula: int = -1
    gap: int = -1  # what follows this cell, up to the next cell to be written or the row's end

    @property
    def written(self) -> bool:
        """Whether the column's cells are to be written, not only read."""
        return self.whole >= 0


class RowPattern:
    """Matches one row and captures the wanted columns; `prefix` is the namespace's, such as `x:`."""

    def __init__(self, prefix: str, read: Collection[int], write: Collection[int]) -> None:
        self.prefix = prefix
        self._groups = NUMBER
        self.slots: tuple[Slot, ...] = ()
        columns = sorted({*read, *write})
        source = rf'(\s*+<{prefix}row r="(?P<r>\d++)"(?: [\w:.]++="[^"<>]*+")*+>'
        before = 0
        for column in columns:
            source += self._skipped(before + 1, column - 1)
            source += self._written(column) if column in write else self._read(column)
            before = column
        source += self._skipped(before + 1, LAST_COLUMN) + rf"</{prefix}row>)"
        self.width = self._groups + 1
        self.match = re.compile(source.encode()).match

    def _skipped(self, first: int, last: int) -> str:
        if first > last:
            return ""
        p, names = self.prefix, columns_between(first, last)
        body = rf"(?:(?<=/>)|[^<]*+(?:<(?!/{p}c>)[^<]*+)*+</{p}c>)"
        return rf'(?:<{p}c r="(?:{names})(?P=r)"[^<>]*+>{body})*+'

    def _take(self) -> int:
        self._groups += 1
        return self._groups

    def _value(self) -> str:
        p = self.prefix
        space = r'(?: xml:space="preserve"|)'
        return rf"(?:<{p}(?:v|is><{p}t){space}>([^<]*+)</{p}(?:v|t></{p}is)>|<{p}v ?+/>|)"

    def _formula(self, group: str, ahead: str = "") -> str:
        p = self.prefix
        return rf"({group}<{p}f(?: [^<>]*+|)>(?:(?<=/>)|[^<]*+</{p}f>){ahead}|)"

    def _read(self, column: int) -> str:
        """A formula without kind and value is none of the canonical forms."""
        p, name = self.prefix, column_name(column)
        self.slots += (slot := Slot(column, name, self._take(), self._take()),)
        start = rf'<{p}c r="{name}(?P=r)"(?: s="\d++"|)(?: t="(\w++)"|)'
        valued = rf"(?({slot.kind + 1})|(?!<{p}v ?+/>|<{p}v></{p}v>|</{p}c>))"
        formula = self._formula("?:", valued)
        return rf"(?:{start}(?: ?+/>|>{formula}{self._value()}</{p}c>)|)"

    def _written(self, column: int) -> str:
        p, name = self.prefix, column_name(column)
        whole, attributes, kind, formula, text, gap = (self._take() for _ in range(6))
        self.slots += (Slot(column, name, kind, text, whole, attributes, formula, gap),)
        start = rf'<{p}c r="{name}(?P=r)"((?: s="\d++"|))(?: t="(\w++)"|)'
        cell = rf"{start}(?: ?+/>|>{self._formula('')}{self._value()}</{p}c>)"
        return rf")({cell}|)("
