"""A workbook that is open in Excel, through xlwings: read and written in whole blocks.

Only values of ours are written; formula columns, formats, selection and filters stay. What was
written is taken back when the job fails.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import xlwings as xw

from xl_returns.books.cells import Value, clean
from xl_returns.books.refs import column_name
from xl_returns.core.findings import Refusal

_DAY_0: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no time zone


class OpenTable:
    """A table (ListObject) of an open workbook."""

    def __init__(self, sheet: xw.Sheet, table: Any) -> None:
        self._sheet, self.api_table = sheet, table
        self.name: str = table.name
        self.sheet: str = sheet.name
        header = table.header_row_range
        self.top, self.left = header.row + 1, header.column
        self.headers: tuple[str, ...] = tuple(map(str, header.options(ndim=1).value))
        self.load()

    def load(self) -> None:
        """Read the body anew."""
        body = self.api_table.data_body_range
        values = body.options(ndim=2, err_to_str=True).value if body is not None else []
        self._cells = [[_value(cell) for cell in row] for row in values]

    @property
    def rows(self) -> int:
        """How many rows it has below the header."""
        return len(self._cells)

    def read(self, headers: Iterable[str] | None = None) -> dict[str, list[Value]]:
        """Whole columns by header; dates are serial numbers."""
        wanted = self.headers if headers is None else tuple(headers)
        places = {header: self.headers.index(header) for header in wanted}
        return {h: [row[place] for row in self._cells] for h, place in places.items()}

    def place(self, row: int, header: str) -> str:
        """A cell for messages, as `Returns!C7`."""
        column = self.left + self.headers.index(header)
        return f"{self.sheet}!{column_name(column)}{self.top + row}"

    def formulas(self) -> dict[int, str]:
        """The formula of each calculated column, by its place.

        Excel also gives a text that starts with `=` as "formula"; there it equals the value.
        """
        first: Any = self.block(0, 0, 1, len(self.headers)).formula
        texts: Sequence[str] = first[0] if isinstance(first[0], (list, tuple)) else first
        return {
            place: text
            for place, text in enumerate(texts)
            if str(text).startswith("=") and text != self._cells[0][place]
        }

    def block(self, row: int, column: int, height: int, width: int) -> xw.Range:
        """Cells of the body (or below it), from a row and column that count from 0."""
        first = self.top + row, self.left + column
        return self._sheet.range(first, (first[0] + height - 1, first[1] + width - 1))


class OpenWorkbook:
    """A workbook that is open in Excel, as the desk sees it."""

    date1904 = False
    """Dates cross as dates, whatever the workbook counts from."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self.path = Path(book.fullname)
        self.tables = _Tables(book)
        self._undo: list[Callable[[], None]] = []

    def write(self, table: str, columns: Mapping[str, Sequence[Value]]) -> int:
        """Give whole columns their values; says how many cells really change."""
        target = self.tables[table]
        before = target.read(columns)
        calculated = target.formulas() if target.rows else {}
        differing = {
            target.headers.index(header): (before[header], values)
            for header, values in columns.items()
            if target.headers.index(header) not in calculated and before[header] != list(values)
        }
        for group in _neighbours(sorted(differing)):
            old = [list(row) for row in zip(*(differing[c][0] for c in group), strict=True)]
            new = [list(row) for row in zip(*(differing[c][1] for c in group), strict=True)]
            self._put(target.block(0, group[0], target.rows, len(group)), old, new)
        target.load()
        return sum(
            was != now
            for old_column, new_column in differing.values()
            for was, now in zip(old_column, new_column, strict=True)
        )

    def write_cells(self, table: str, cells: Mapping[tuple[int, str], Value]) -> int:
        """Give single cells, by row and header, their values; says how many really change."""
        columns = self.tables[table].read({header for _, header in cells})
        for (row, header), value in cells.items():
            columns[header][row] = value
        return self.write(table, columns)

    def append(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Add rows below a table, which grows; a table with one blank row is filled from there."""
        target = self.tables[table]
        calculated = target.formulas() if target.rows else {}
        start = 0 if self._is_blank(target, calculated) else target.rows
        new = [[row.get(header) for header in target.headers] for row in rows]
        if not new:
            return
        self._grow(target, start + len(new))
        own = [place for place in range(len(target.headers)) if place not in calculated]
        for group in _neighbours(own):
            part = [[row[place] for place in group] for row in new]
            blank: list[list[Value]] = [[None] * len(group) for _ in new]
            self._put(target.block(start, group[0], len(new), len(group)), blank, part)
        for place, formula in calculated.items():
            target.block(start, place, len(new), 1).formula = formula
        target.load()

    def _is_blank(self, target: OpenTable, calculated: Mapping[int, str]) -> bool:
        if target.rows != 1:
            return target.rows == 0
        first = [values[0] for values in target.read().values()]
        return all(v in (None, "") for i, v in enumerate(first) if i not in calculated)

    def _grow(self, target: OpenTable, rows: int) -> None:
        if rows <= target.rows:
            return
        width = len(target.headers)
        below = target.block(target.rows, 0, rows - target.rows, width)
        found = below.options(ndim=2).value
        if any(cell not in (None, "") for row in found for cell in row):
            raise Refusal(
                target.place(target.rows, target.headers[0]),
                f"something stands below the table {target.name}, which has to grow",
                "move it away",
            )
        old = target.block(-1, 0, target.rows + 1, width)
        self._undo.append(lambda: target.api_table.resize(old))
        target.api_table.resize(target.block(-1, 0, rows + 1, width))

    def _put(self, block: xw.Range, old: list[list[Value]], new: list[list[Value]]) -> None:
        self._undo.append(lambda: _assign(block, old))
        _assign(block, new)

    @contextmanager
    def quiet(self) -> Iterator[OpenWorkbook]:
        """Work without recalculation and flicker; take everything back when the work fails."""
        app = self._book.app
        calculation, updating = app.calculation, app.screen_updating
        app.screen_updating = False
        app.calculation = "manual"
        try:
            yield self
        except BaseException:
            while self._undo:
                self._undo.pop()()
            raise
        finally:
            app.calculation = calculation
            app.screen_updating = updating


class _Tables(Mapping[str, OpenTable]):
    """The tables by name, each read when it is first asked for."""

    def __init__(self, book: xw.Book) -> None:
        self._places = {
            table.name: (sheet, table) for sheet in book.sheets for table in sheet.tables
        }
        self._read: dict[str, OpenTable] = {}

    def __getitem__(self, name: str) -> OpenTable:
        if name not in self._read:
            self._read[name] = OpenTable(*self._places[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _neighbours(places: Sequence[int]) -> list[list[int]]:
    """Places side by side, together, so that they are written as one block."""
    groups = groupby(enumerate(places), lambda pair: pair[1] - pair[0])
    return [[place for _, place in group] for _, group in groups]


def _value(cell: Any) -> Value:
    """A cell as the desk reads it: dates are serial days, currency is a plain number."""
    if isinstance(cell, dt.datetime):
        return (cell.replace(tzinfo=None) - _DAY_0) / dt.timedelta(days=1)
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    found: Value = cell
    return found


def _assign(block: xw.Range, values: list[list[Value]]) -> None:
    block.value = [[_safe(value) for value in row] for row in values]


def _safe(value: Value) -> Value:
    """Text that Excel would take for a formula, a number or a date gets an apostrophe."""
    if not isinstance(value, str) or not value:
        return value
    text = clean(value)
    return text if text[:1].isalpha() else f"'{text}"
