"""A workbook that is open in Excel, through xlwings: read and written in whole blocks.

Only values of ours are written; formula columns, formats, selection and filters stay. What was
written is taken back when the job fails.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlwings as xw

from xl_returns.books.cells import Value, clean
from xl_returns.books.held import HeldTable, HeldTables, InOneGo, changed_blocks, neighbours
from xl_returns.core import serials
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased

_THIS_ROW: Final = ("[#This Row]", "[@")
"""Formulas with one of them are the same in every row; others are filled down by Excel itself."""


class OpenTable(HeldTable):
    """A table (ListObject) of an open workbook."""

    def __init__(self, sheet: xw.Sheet, table: Any) -> None:
        self._sheet, self.api_table = sheet, table
        self.name: str = table.name
        self.sheet: str = sheet.name
        header = table.header_row_range
        self.top, self.left = header.row + 1, header.column
        headers = tuple(map(str, header.options(ndim=1).value))
        self.name_headers(headers)
        self.load()

    def load(self) -> None:
        """Read the body anew."""
        body = self.api_table.data_body_range
        values = body.options(ndim=2, err_to_str=True).value if body is not None else []
        self._cells = [[_value(cell) for cell in row] for row in values]

    def calculated_columns(self) -> dict[int, str]:
        """Each column with the same formula in first and last row: the formula by its place.

        Excel also gives a text that starts with `=` as "formula"; there it equals the value.
        """
        if not self.rows:
            return {}
        first, last = (
            _rows(self.block(row, 0, 1, len(self.headers)).formula)[0] for row in (0, self.rows - 1)
        )
        return {
            place: text
            for place, text in enumerate(first)
            if _is_formula(text, self._cells[0][place]) and text == last[place]
        }

    def block(self, row: int, column: int, height: int, width: int) -> xw.Range:
        """Cells of the body (or below it), from a row and column that count from 0."""
        first = self.top + row, self.left + column
        return self._sheet.range(first, (first[0] + height - 1, first[1] + width - 1))


class OpenWorkbook(InOneGo):
    """A workbook that is open in Excel, as the desk sees it."""

    date1904 = False
    """Dates cross as dates, whatever the workbook counts from."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self.path = Path(book.fullname)
        tables = {table.name: (sheet, table) for sheet in book.sheets for table in sheet.tables}
        self.tables = HeldTables(tables, lambda name: OpenTable(*tables[name]))
        self._undo: list[Callable[[], None]] = []

    def write(self, table: str, columns: Mapping[str, Sequence[Value]]) -> int:
        """Give whole columns their values; says how many cells really change."""
        target = self.tables[table]
        calculated = target.calculated_columns()
        old, new, changed = target.changes(columns, calculated)
        for rows, places in changed_blocks(changed):
            block = target.block(rows[0], places[0], len(rows), len(places))
            self._put(
                block,
                [[old[place][row] for place in places] for row in rows],
                [[new[place][row] for place in places] for row in rows],
            )
        target.load()
        return sum(map(len, changed.values()))

    def append(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Add rows below a table, which grows; a table with one blank row is filled from there."""
        target = self.tables[table]
        calculated = target.calculated_columns()
        start = 0 if target.is_blank(calculated) else target.rows
        new = [[row.get(header) for header in target.headers] for row in rows]
        if not new:
            return
        self._grow(target, start + len(new))
        own = [place for place in range(len(target.headers)) if place not in calculated]
        for group in neighbours(own):
            part = [[row[place] for place in group] for row in new]
            blank: list[list[Value]] = [[None] * len(group) for _ in new]
            self._put(target.block(start, group[0], len(new), len(group)), blank, part)
        for place, formula in calculated.items():
            if any(mark in formula for mark in _THIS_ROW):
                target.block(start, place, len(new), 1).formula = formula
        target.load()

    def _grow(self, target: OpenTable, rows: int) -> None:
        if rows <= target.rows:
            return
        width = len(target.headers)
        below = target.block(target.rows, 0, rows - target.rows, width)
        found = below.options(ndim=2).value
        if any(cell not in (None, "") for row in found for cell in row):
            raise target.blocked()
        old = target.block(-1, 0, target.rows + 1, width)
        self._undo.append(lambda: target.api_table.resize(old))
        target.api_table.resize(target.block(-1, 0, rows + 1, width))

    def _put(self, block: xw.Range, old: list[list[Value]], new: list[list[Value]]) -> None:
        """Write a block, all but the cells in which the seller has a formula."""
        formulas = _rows(block.formula)
        old, new = _with_formulas(formulas, old, old), _with_formulas(formulas, old, new)
        self._undo.append(lambda: _assign(block, old))
        _assign(block, new)

    def _take_back(self) -> None:
        """Undo what was written, the last first; what cannot be undone is said."""
        failed = 0
        while self._undo:
            try:
                self._undo.pop()()
            except Exception:  # noqa: BLE001 - the other cells are still to be restored
                failed += 1
        if failed:
            raise Refusal(
                self.path.name,
                phrased("Excel did not let the desk take everything back"),
                phrased("close the workbook without saving it"),
            )

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
            self._take_back()
            raise
        finally:
            app.calculation = calculation
            app.screen_updating = updating


class _Formula(str):
    """A formula that a cell has and keeps."""

    __slots__ = ()


def _rows(formulas: Any) -> list[Sequence[Any]]:
    """What `Range.formula` gives, as rows: a text, a row of texts, or rows."""
    if not isinstance(formulas, (list, tuple)):
        return [[formulas]]
    if isinstance(formulas[0], (list, tuple)):
        return list(formulas)
    return [formulas]


def _is_formula(text: object, value: Value) -> bool:
    """Whether a cell holds a formula: a mere text with `=` is its own value."""
    return str(text).startswith("=") and text != value


def _with_formulas(
    formulas: list[Sequence[Any]], now: list[list[Value]], values: list[list[Value]]
) -> list[list[Value]]:
    return [
        [
            _Formula(text) if _is_formula(text, was) else value
            for text, was, value in zip(*row, strict=True)
        ]
        for row in zip(formulas, now, values, strict=True)
    ]


def _value(cell: Any) -> Value:
    """A cell as the desk reads it: dates are serial days, currency is a plain number."""
    if isinstance(cell, dt.datetime):
        return (cell.replace(tzinfo=None) - serials.DAY_0) / dt.timedelta(days=1)
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
    if isinstance(value, _Formula):
        return str(value)
    if not isinstance(value, str) or not value:
        return value
    text = clean(value)
    return text if text[:1].isalpha() else f"'{text}"
