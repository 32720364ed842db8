"""The Returns table of a workbook, in and out of the core's columns."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from xl_returns.books.book import Book, BookTable
from xl_returns.books.book import Rows as Cells
from xl_returns.books.cells import Value
from xl_returns.core import columns, serials
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import RETURNS, listed, phrased
from xl_returns.core.rows import Rows, parse_rows
from xl_returns.core.vocabulary import LIVE, in_english, in_language

_MINUTES_A_DAY: Final = 1_440
ANSWERING: Final = frozenset({LIVE, "Native"})
"""Tables of which the formulas of suggestions ask: a workbook that has one has such formulas."""


class ReturnsTable:
    """The Returns table by the contract's headers, whatever language or order they stand in."""

    def __init__(self, book: Book) -> None:
        if RETURNS not in book.tables:
            raise Refusal(
                book.path.name,
                phrased("has no Returns table"),
                phrased("open a workbook made by `xl-returns new`"),
            )
        self._book = book
        self._has_formulas = not ANSWERING.isdisjoint(book.tables)
        self.table: BookTable = book.tables[RETURNS]
        self._header_of = self._headers()

    @cached_property
    def cells(self) -> Cells:
        """All rows of the table: its columns by the contract's headers."""
        return self._cells(self.table.read(self._wanted(columns.READ).values()))

    def _wanted(self, names: Iterable[str]) -> dict[str, str]:
        """The table's headers of those names that it has."""
        return {name: self._header_of[name] for name in names if name in self._header_of}

    def _cells(self, given: Cells) -> Cells:
        known = self._wanted(columns.READ).items()
        return {name: self._read(name, given[h]) for name, h in known if h in given}

    def odd_headers(self) -> Iterator[Finding]:
        """Columns that mean the same as one before them, or look like one that is missing."""
        for header, first in columns.doubled(self.table.headers):
            problem = phrased("means the same as {first}: only that is read", first=first)
            yield self._odd(header, problem)
        missing = [name for name in columns.READ if name not in self._header_of]
        for header in columns.near(missing, self.table.headers):
            yield self._odd(header, phrased("is none of the desk's columns, so it is not read"))

    def _odd(self, header: str, problem: str) -> Finding:
        place = f"{self.table.sheet}, {header}"
        return Finding(place, problem, phrased("give the columns their own headers"), "warning")

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
                phrased("the table lacks {missing}", missing=listed(missing)),
                self._remedy(missing),
            )
        return found

    def _remedy(self, missing: Sequence[str]) -> str:
        """What to do about missing headers; those that look misspelt are named."""
        near = columns.near(missing, self.table.headers)
        if not near:
            return phrased("put the headers back")
        return phrased("put the headers back; perhaps misspelt: {headers}", headers=listed(near))

    @property
    def count(self) -> int:
        """How many rows hold something."""
        return len(self.filled())

    def filled(self) -> list[int]:
        """Positions of the rows that hold something in a column that people or reports fill."""
        return _filled(self.cells)

    def rows(self, filled: Sequence[int]) -> Rows:
        """The filled rows, parsed."""
        return parse_rows(
            {name: [column[row] for row in filled] for name, column in self.cells.items()}
        )

    def findings(self, rows: Rows, filled: Sequence[int]) -> list[Finding]:
        """What cannot be read in the rows, and Return IDs that stand twice."""
        ids = Counter(text for text in rows.text["Return ID"] if text)
        return self.unread(rows, filled) + self.twice(rows, filled, ids)

    def unread(self, rows: Rows, filled: Sequence[int]) -> list[Finding]:
        """What cannot be read in the rows."""
        return [
            Finding(self.place(filled[p.row], p.header), p.problem, p.remedy) for p in rows.problems
        ]

    def twice(self, rows: Rows, filled: Sequence[int], ids: Mapping[str, int]) -> list[Finding]:
        """The rows whose Return ID stands more than once, as `ids` counts them."""
        return [
            Finding(
                self.place(filled[row], "Return ID"),
                phrased("{text} stands {count} times", text=text, count=ids[text]),
                phrased("give each row its own Return ID"),
            )
            for row, text in enumerate(rows.text["Return ID"])
            if ids.get(text, 0) > 1
        ]

    def place(self, row: int, name: str) -> str:
        """Where a cell is, as `Returns!C7`."""
        return self.table.place(row, self._header_of.get(name, self.table.headers[0]))

    def looked_at(self, names: Iterable[str]) -> Iterator[Rows]:
        """All rows of the table, blank ones too, in parts that follow each other; of `names` only."""
        for given in self.table.batches(self._wanted(names).values()):
            yield parse_rows(self._cells(given))

    def transform(
        self,
        names: Iterable[str],
        decide: Callable[[Part], Mapping[str, Sequence[Value]]],
        agree: Callable[[], bool],
    ) -> int:
        """Give columns new values for the filled rows of each part, blanks for others; counts changes.

        All parts are decided in order; if `agree` then says no, nothing is written.
        """
        first, writes = 0, self._wanted(names)

        def decided(given: Cells) -> Cells:
            nonlocal first
            cells, count = self._cells(given), len(next(iter(given.values())))
            filled = _filled(cells)
            places = [first + row for row in filled]
            new = decide(Part(self, places, _picked(cells, filled, count)))
            first += count
            whole = {name: self._whole(name, new[name], filled, count) for name in writes}
            return {h: self._written(name, whole[name]) for name, h in writes.items()}

        reads = self._wanted(columns.READ).values()
        return self._book.transform(RETURNS, reads, writes.values(), decided, agree)

    def _whole(
        self, name: str, values: Sequence[Value], filled: Sequence[int], count: int
    ) -> list[Value]:
        """A column of so many rows, of values that are given for the filled ones."""
        nothing = self._nothing(name)
        given: list[Value] = [nothing if value is None else value for value in values]
        if len(filled) == count:
            return given
        column = [nothing] * count
        for row, value in zip(filled, given, strict=True):
            column[row] = value
        return column

    def write_cells(self, new: Mapping[tuple[int, str], object]) -> int:
        """Write single cells, by position and contract header."""
        return self._book.write_cells(
            RETURNS,
            {
                (row, self._header_of[name]): self._written(name, [as_value(value)])[0]
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
                    self._header_of[name]: self._written(name, [as_value(value)])[0]
                    for name, value in {**unanswered, **row}.items()
                    if name in self._header_of
                }
                for row in rows
            ],
        )

    def _nothing(self, name: str) -> Value:
        """A blank cell; where a formula answers, a blank text, which shows as blank too."""
        return "" if self._has_formulas and name in columns.SUGGESTIONS else None

    def _read(self, name: str, values: list[Value]) -> list[Value]:
        """A column as the desk reads it: days from 1900, declared words in English."""
        shifted = self._shifted(name, values, serials.SHIFT_1904)
        return in_english(shifted) if columns.BY_NAME[name].choices else shifted

    def _written(self, name: str, values: list[Value]) -> list[Value]:
        """A column as the table says it: declared words in the language of its headers."""
        shifted = self._shifted(name, values, -serials.SHIFT_1904)
        if not columns.BY_NAME[name].choices:
            return shifted
        return in_language(self.table.language, shifted)

    def _shifted(self, name: str, values: list[Value], days: int) -> list[Value]:
        if not self._book.date1904 or columns.BY_NAME[name].kind != "date":
            return values
        return [v + days if isinstance(v, float) else v for v in values]


@dataclass(frozen=True)
class Part:
    """Filled rows of the table: their places in it, and their cells by the contract's headers."""

    table: ReturnsTable
    at: Sequence[int]
    cells: Cells

    @cached_property
    def rows(self) -> Rows:
        """The rows, parsed."""
        return parse_rows(self.cells)

    def take(self, positions: Sequence[int]) -> Part:
        """Some of the rows."""
        at = [self.at[row] for row in positions]
        return Part(self.table, at, _picked(self.cells, positions, len(self.at)))

    @staticmethod
    def joined(table: ReturnsTable, parts: Iterable[Part]) -> Part:
        """The rows of several parts, each once, in the order of the table."""
        by_place = {at: (part, row) for part in parts for row, at in enumerate(part.at)}
        rows = [by_place[at] for at in sorted(by_place)]
        names = rows[0][0].cells if rows else ()
        cells = {name: [part.cells[name][row] for part, row in rows] for name in names}
        return Part(table, sorted(by_place), cells)


def as_value(value: object) -> Value:
    """A Python value as a cell holds it: text, number, or an Excel serial day."""
    if isinstance(value, dt.date):
        return serials.of_date(value)
    if value is None or isinstance(value, (str, bool)):
        return value
    return float(value)  # type: ignore[arg-type] # int, float or Decimal


def as_moment(moment: dt.datetime) -> float:
    """A moment's own wall clock as an Excel serial, to the minute."""
    minutes = moment.hour * 60 + moment.minute
    return serials.of_date(moment) + minutes / _MINUTES_A_DAY


def _filled(cells: Cells) -> list[int]:
    """The rows that hold something in an input; most do so in the first."""
    count = max(map(len, cells.values()), default=0)
    blank: Sequence[int] = range(count)
    for name in columns.INPUTS:
        if name in cells and blank:
            column = cells[name]
            blank = [row for row in blank if not _holds(column[row])]
    return sorted(set(range(count)).difference(blank))


def _picked(cells: Cells, rows: Sequence[int], count: int) -> Cells:
    """Some rows of columns that have so many."""
    if len(rows) == count:
        return cells
    return {name: [column[row] for row in rows] for name, column in cells.items()}


def _holds(value: Value) -> bool:
    return value is not None and value != ""
