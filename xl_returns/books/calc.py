"""A workbook that is open in LibreOffice Calc: read and written in whole blocks.

All that one job writes is one step of Calc's own undo; it is taken back when the job fails. Places
count from 0 in the port, from 1 in what people read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Protocol, TypeAlias

from xl_returns.books.cells import Value, clean
from xl_returns.books.held import HeldTable, HeldTables, InOneGo, changed_blocks, neighbours
from xl_returns.books.refs import LAST_ROW
from xl_returns.core.findings import Refusal
from xl_returns.core.language import command, phrased, spoken

Area: TypeAlias = list[str | int]
"""`[sheet, top, left, bottom, right]`, all of it included."""
Grid: TypeAlias = list[list[Value]]


class Port(Protocol):
    """The document, in LibreOffice's process or across to it."""

    def path(self) -> str:
        """Its file; blank before it is saved for the first time."""

    def tables(self) -> dict[str, list[str | int]]:
        """The area of each table, its headers included."""

    def values(self, area: Area) -> Grid:
        """What the cells hold."""

    def formulas(self, area: Area) -> list[list[int]]:
        """Where formulas stand, as `[top, left, bottom, right]`."""

    def is_blank(self, area: Area) -> bool:
        """Whether nothing stands in the cells."""

    def assign(self, area: Area, rows: Grid) -> None:
        """Give cells their values."""

    def grow(self, table: str, bottom: int) -> None:
        """Let a table reach down to a row, with the formulas and formats of its last row."""

    def begin(self, title: str) -> None:
        """A step begins that is undone as one."""

    def end(self, done: bool) -> None:
        """The step is over, or taken back."""


class CalcTable(HeldTable):
    """A table of an open document."""

    def __init__(self, port: Port, name: str, area: list[str | int]) -> None:
        self._port, self.name = port, name
        self.sheet = str(area[0])
        self.top, self.left = int(area[1]) + 2, int(area[2]) + 1
        self._bottom, self._right = int(area[3]), int(area[4])
        self.load()

    def load(self, bottom: int | None = None) -> None:
        """Read it anew, down to a row that counts from 0."""
        self._bottom = bottom or self._bottom
        area: Area = [self.sheet, self.top - 2, self.left - 1, self._bottom, self._right]
        head, *self._cells = self._port.values(area)
        headers = tuple(str(header or "") for header in head)
        self.name_headers(headers)

    def block(self, rows: Sequence[int], places: Sequence[int]) -> Area:
        """The area of rows and columns of the body that touch; both count from 0."""
        top, left = self.top - 1, self.left - 1
        return [self.sheet, top + rows[0], left + places[0], top + rows[-1], left + places[-1]]

    def formulas(self, rows: Sequence[int], places: Sequence[int]) -> set[tuple[int, int]]:
        """Which cells of such an area are formulas, by row and column of the body."""
        top, left = self.top - 1, self.left - 1
        return {
            (row - top, column - left)
            for first, start, last, end in self._port.formulas(self.block(rows, places))
            for row in range(first, last + 1)
            for column in range(start, end + 1)
        }

    def beneath(self) -> int:
        """How many rows right below it hold something in its first column."""
        below = range(self._bottom + 1, LAST_ROW)
        cells = (
            self._port.values([self.sheet, row, self.left - 1, row, self.left - 1]) for row in below
        )
        return sum(1 for _ in takewhile(lambda cell: cell[0][0] not in (None, ""), cells))

    def calculated_columns(self) -> set[int]:
        """The places of columns with a formula in the first row and in the last."""
        if not self.rows:
            return set()
        every = range(len(self.headers))
        ends = [self.formulas([row], every) for row in (0, self.rows - 1)]
        first, last = ({place for _, place in end} for end in ends)
        return first & last


class CalcBook(InOneGo):
    """An open document, as the desk sees it. `title` names its one step of undo, in English."""

    date1904 = False
    """Calc counts from the day that the desk counts from, or from one that is refused."""

    def __init__(self, port: Port, title: str) -> None:
        self._port, self._title = port, title
        path = port.path()
        if not path:
            raise Refusal(
                phrased("the workbook"), phrased("has no file yet"), phrased("save it first")
            )
        self.path = Path(path)
        areas = port.tables()
        self.tables = HeldTables(areas, lambda name: CalcTable(port, name, areas[name]))

    def write(self, table: str, columns: Mapping[str, Sequence[Value]]) -> int:
        """Give whole columns their values; says how many cells really change."""
        target = self.tables[table]
        calculated = target.calculated_columns()
        _, new, changed = target.changes(columns, calculated)
        for rows, places in changed_blocks(changed):
            self._put(target, rows, places, [[new[place][row] for place in places] for row in rows])
        target.load()
        return sum(map(len, changed.values()))

    def append(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Add rows below a table, which grows; a table with one blank row is filled from there."""
        if not rows:
            return
        target = self.tables[table]
        calculated = target.calculated_columns()
        start = 0 if target.is_blank(calculated) else target.rows
        self._grow(target, start + len(rows))
        own = [place for place in range(len(target.headers)) if place not in calculated]
        at = range(start, start + len(rows))
        for group in neighbours(own):
            part = [[row.get(target.headers[place]) for place in group] for row in rows]
            self._port.assign(target.block(at, group), _clean(part))
        target.load()

    def _grow(self, target: CalcTable, rows: int) -> None:
        if rows <= target.rows:
            return
        every = range(len(target.headers))
        if not self._port.is_blank(target.block(range(target.rows, rows), every)):
            raise target.blocked()
        bottom = target.top + rows - 2
        self._port.grow(target.name, bottom)
        target.load(bottom)

    def _put(
        self, target: CalcTable, rows: Sequence[int], places: Sequence[int], values: Grid
    ) -> None:
        """Write a block, all but the cells in which the seller has a formula."""
        kept = target.formulas(rows, places)
        if not kept:
            self._port.assign(target.block(rows, places), _clean(values))
            return
        for row, cells in zip(rows, values, strict=True):
            own = [index for index, place in enumerate(places) if (row, place) not in kept]
            for group in neighbours(own):
                area = target.block([row], [places[index] for index in group])
                self._port.assign(area, _clean([[cells[index] for index in group]]))

    @contextmanager
    def quiet(self) -> Iterator[CalcBook]:
        """Work as one step without recalculation; take everything back when the work fails."""
        self._port.begin(command(spoken(), self._title))
        done = False
        try:
            yield self
            done = True
        finally:
            self._port.end(done)


def _clean(rows: Grid) -> Grid:
    return [[clean(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
