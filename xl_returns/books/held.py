"""What a workbook is that its program has open, Excel or Calc: its tables are held whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Generic, TypeVar

from xl_returns.books.book import Book, Columns, Decide, Rows
from xl_returns.books.cells import Value
from xl_returns.books.refs import column_name
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased
from xl_returns.core.vocabulary import language_in, names_in

Table = TypeVar("Table", bound="HeldTable")


class HeldTable:
    """A table whose rows are held; `top` is its first row below the header, counted from 1."""

    name: str
    sheet: str
    top: int
    left: int
    headers: tuple[str, ...]
    language: str
    _cells: Sequence[Sequence[Value]]

    def name_headers(self, headers: tuple[str, ...]) -> None:
        """Know the columns by the contract's names, in whichever language they stand."""
        self.headers = names_in(self.name, headers)
        self.language = language_in(self.name, headers)

    @property
    def rows(self) -> int:
        """How many rows it has below the header."""
        return len(self._cells)

    def read(self, headers: Iterable[str] | None = None) -> Rows:
        """Whole columns by header; dates are serial numbers."""
        wanted = self.headers if headers is None else tuple(headers)
        places = {header: self.headers.index(header) for header in wanted}
        return {h: [row[place] for row in self._cells] for h, place in places.items()}

    def batches(self, headers: Iterable[str]) -> Iterator[Rows]:
        """Whole columns by header, all rows at once."""
        yield self.read(headers)

    def place(self, row: int, header: str) -> str:
        """A cell for messages, as `Returns!C7`."""
        column = self.left + self.headers.index(header)
        return f"{self.sheet}!{column_name(column)}{self.top + row}"

    def changes(
        self, columns: Columns, calculated: Collection[int]
    ) -> tuple[dict[int, list[Value]], dict[int, list[Value]], dict[int, list[int]]]:
        """Old and new values by the place of their column, and the rows in which they differ;
        calculated columns keep their formulas."""
        before = self.read(columns)
        new = {self.headers.index(header): list(values) for header, values in columns.items()}
        old = {self.headers.index(header): values for header, values in before.items()}
        changed = {
            place: [row for row, value in enumerate(values) if value != old[place][row]]
            for place, values in new.items()
            if place not in calculated
        }
        return old, new, changed

    def is_blank(self, calculated: Collection[int]) -> bool:
        """Whether it has no row, or one with nothing in it but calculated columns."""
        if self.rows != 1:
            return self.rows == 0
        cells = enumerate(self._cells[0])
        return all(value in (None, "") for place, value in cells if place not in calculated)

    def blocked(self) -> Refusal:
        """The refusal to grow over what stands below."""
        return Refusal(
            self.place(self.rows, self.headers[0]),
            phrased("something stands below the table {name}, which has to grow", name=self.name),
            phrased("move it away"),
        )


class HeldTables(Mapping[str, Table], Generic[Table]):
    """The tables by name, each read when it is first asked for."""

    def __init__(self, names: Iterable[str], read: Callable[[str], Table]) -> None:
        self._names, self._read = tuple(names), read
        self._held: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._held:
            self._held[name] = self._read(name)
        return self._held[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class InOneGo:
    """What a book does with all rows at once, by its `write` and `append`."""

    def write_cells(self: Book, table: str, cells: Mapping[tuple[int, str], Value]) -> int:
        """Give single cells, by row and header, their values; says how many really change."""
        columns = self.tables[table].read({header for _, header in cells})
        for (row, header), value in cells.items():
            columns[header][row] = value
        return self.write(table, columns)

    def transform(
        self: Book,
        table: str,
        read: Iterable[str],
        write: Iterable[str],
        decide: Decide,
        agree: Callable[[], bool] = lambda: True,
    ) -> int:
        """Read, decide and write the whole columns."""
        target = self.tables[table]
        decided = decide(target.read(read)) if target.rows else {}
        return self.write(table, {header: decided[header] for header in write}) if agree() else 0

    def extend(self: Book, table: str, batches: Iterable[Columns], count: int) -> None:
        """Add all rows below a table."""
        rows: list[dict[str, Value]] = []
        for batch in batches:
            rows += (
                dict(zip(batch, line, strict=True)) for line in zip(*batch.values(), strict=True)
            )
        self.append(table, rows[:count])


def neighbours(places: Sequence[int]) -> list[list[int]]:
    """Places side by side, together, so that they are written as one block."""
    groups = groupby(enumerate(places), lambda pair: pair[1] - pair[0])
    return [[place for _, place in group] for _, group in groups]


def changed_blocks(changed: Mapping[int, Sequence[int]]) -> Iterator[tuple[list[int], list[int]]]:
    """Changed rows by column, as blocks of rows and columns that touch."""
    runs = {place: neighbours(rows) for place, rows in changed.items() if rows}
    numbered = enumerate(sorted(runs))
    for _, members in groupby(numbered, lambda pair: (pair[1] - pair[0], runs[pair[1]])):
        places = [place for _, place in members]
        yield from ((rows, places) for rows in runs[places[0]])
