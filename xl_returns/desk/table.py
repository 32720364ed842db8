"""The Returns table of a workbook, in and out of the core's columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book, BookTable
from xl_returns.books.cells import Value
from xl_returns.core import columns
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.rows import Rows, parse_rows

RETURNS: Final = "Returns"
_SHIFT_1904: Final = 1_462
_SERIAL_EPOCH: Final = 25_569
_MINUTES_A_DAY: Final = 1_440
_UNIX_ORDINAL: Final = dt.date(1970, 1, 1).toordinal()

_ANSWERING: Final = frozenset({"Live", "Native"})
"""Tables of which the formulas of suggestions ask: a workbook that has one has such formulas."""

Cells = dict[str, list[Value]]


class ReturnsTable:
    """The Returns table by the contract's headers, whatever language or order they stand in."""

    def __init__(self, book: Book) -> None:
        if RETURNS not in book.tables:
            raise Refusal(
                book.path.name, "has no Returns table", "open a workbook made by `xl-returns new`"
            )
        self._book = book
        self._has_formulas = not _ANSWERING.isdisjoint(book.tables)
        self.table: BookTable = book.tables[RETURNS]
        self._header_of = self._headers()
        wanted = [self._header_of[name] for name in columns.READ if name in self._header_of]
        given = self.table.read(wanted)
        self.cells: Cells = {
            name: self._to_1900(name, given[self._header_of[name]])
            for name in columns.READ
            if name in self._header_of
        }

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for header in self.table.headers:
            name = columns.header_name(header)
            if name is not None:
                found.setdefault(name, header)
        missing = [name for name in columns.NEEDED if name not in found]
        if missing:
            raise Refusal(
                f"{self.table.sheet}!{self.table.name}",
                f"the table lacks {', '.join(missing)}",
                "put the headers back",
            )
        return found

    @property
    def count(self) -> int:
        """How many rows hold something."""
        return len(self.filled())

    def filled(self) -> list[int]:
        """Positions of the rows that hold something in a column that people or reports fill."""
        inputs = [self.cells[name] for name in columns.INPUTS if name in self.cells]
        return [
            row for row, values in enumerate(zip(*inputs, strict=True)) if any(map(_holds, values))
        ]

    def rows(self, filled: Sequence[int]) -> Rows:
        """The filled rows, parsed."""
        return parse_rows(
            {name: [column[row] for row in filled] for name, column in self.cells.items()}
        )

    def findings(self, rows: Rows, filled: Sequence[int]) -> list[Finding]:
        """What cannot be read in the rows, and Return IDs that stand twice."""
        unread = [
            Finding(self.place(filled[p.row], p.header), p.problem, p.remedy) for p in rows.problems
        ]
        ids = Counter(text for text in rows.text["Return ID"] if text)
        twice = [
            Finding(
                self.place(filled[row], "Return ID"),
                f"{text} stands {ids[text]} times",
                "give each row its own Return ID",
            )
            for row, text in enumerate(rows.text["Return ID"])
            if ids[text] > 1
        ]
        return unread + twice

    def place(self, row: int, name: str) -> str:
        """Where a cell is, as `Returns!C7`."""
        return self.table.place(row, self._header_of.get(name, self.table.headers[0]))

    def write(self, new: Mapping[str, Sequence[Value]], filled: Sequence[int]) -> int:
        """Write whole columns, given for the filled rows; blank rows get blanks. Counts changes."""
        full = {
            self._header_of[name]: self._from_1900(name, self._whole(name, values, filled))
            for name, values in new.items()
            if name in self._header_of
        }
        return self._book.write(RETURNS, full)

    def _whole(self, name: str, values: Sequence[Value], filled: Sequence[int]) -> list[Value]:
        """A column of the whole table, of values that are given for the filled rows."""
        nothing = self._nothing(name)
        given: list[Value] = [nothing if value is None else value for value in values]
        if len(filled) == self.table.rows:
            return given
        column = [nothing] * self.table.rows
        for row, value in zip(filled, given, strict=True):
            column[row] = value
        return column

    def write_cells(self, new: Mapping[tuple[int, str], object]) -> int:
        """Write single cells, by position and contract header."""
        return self._book.write_cells(
            RETURNS,
            {
                (row, self._header_of[name]): self._from_1900(name, [as_value(value)])[0]
                for (row, name), value in new.items()
                if name in self._header_of
            },
        )

    def append(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows below, by contract header."""
        unanswered = {name: self._nothing(name) for name in columns.SUGGESTIONS}
        self._book.append(
            RETURNS,
            [
                {
                    self._header_of[name]: self._from_1900(name, [as_value(value)])[0]
                    for name, value in {**unanswered, **row}.items()
                    if name in self._header_of
                }
                for row in rows
            ],
        )

    def _nothing(self, name: str) -> Value:
        """A blank cell; where a formula answers, a blank text, which shows as blank too."""
        return "" if self._has_formulas and name in columns.SUGGESTIONS else None

    def _to_1900(self, name: str, values: list[Value]) -> list[Value]:
        return self._shifted(name, values, _SHIFT_1904)

    def _from_1900(self, name: str, values: list[Value]) -> list[Value]:
        return self._shifted(name, values, -_SHIFT_1904)

    def _shifted(self, name: str, values: list[Value], days: int) -> list[Value]:
        if not self._book.date1904 or columns.BY_NAME[name].kind != "date":
            return values
        return [v + days if isinstance(v, float) else v for v in values]


def as_value(value: object) -> Value:
    """A Python value as a cell holds it: text, number, or an Excel serial day."""
    if isinstance(value, dt.date):
        return float(value.toordinal() - _UNIX_ORDINAL + _SERIAL_EPOCH)
    if value is None or isinstance(value, (str, bool)):
        return value
    return float(value)  # type: ignore[arg-type] # int, float or Decimal


def as_moment(moment: dt.datetime) -> float:
    """A moment's own wall clock as an Excel serial, to the minute."""
    minutes = moment.hour * 60 + moment.minute
    return float(moment.toordinal() - _UNIX_ORDINAL + _SERIAL_EPOCH) + minutes / _MINUTES_A_DAY


def _holds(value: Value) -> bool:
    return value is not None and value != ""
