"""Tables of policy cells, read line by line with every problem at its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

from xl_returns.core import cells, sheets, terms
from xl_returns.core.cells import CellProblem
from xl_returns.core.findings import Finding
from xl_returns.core.language import listed, phrased

MILLS: Final = 1000
"""Prices in conditions are compared in thousandths of the currency's main unit."""

Parsed = Mapping[str, Any]
Line = TypeVar("Line")


@dataclass(frozen=True)
class Grid:
    """The cells of one policy table, by header, and the place of each."""

    columns: Mapping[str, Sequence[object]]
    place: Callable[[int, str], str]

    def rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Every line that is not blank, with its position."""
        for index, values in enumerate(zip(*self.columns.values(), strict=True)):
            if any(cells.text_of(value) for value in values):
                yield index, dict(zip(self.columns, values, strict=True))


@dataclass
class Reader:
    """Reads policy tables line by line and collects every problem."""

    categories: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)

    def lines(
        self, sheet: sheets.Sheet, grid: Grid | None, make: Callable[[Parsed, str], Line]
    ) -> tuple[Line, ...]:
        """The lines of a table, made into models; a line with a problem is left out."""
        if grid is None:
            self._note(
                sheet.name,
                phrased("the sheet has no table {table}", table=sheet.table),
                phrased("copy it from a new workbook"),
            )
            return ()
        missing = [f.name for f in sheet.fields if f.name not in grid.columns and not f.optional]
        if missing:
            self._note(
                sheet.name,
                phrased("the table lacks {missing}", missing=listed(missing)),
                phrased("put the headers back"),
            )
            return ()
        made = (self._line(sheet, grid, index, row, make) for index, row in grid.rows())
        return tuple(line for line in made if line is not None)

    def _line(
        self,
        sheet: sheets.Sheet,
        grid: Grid,
        index: int,
        row: Mapping[str, object],
        make: Callable[[Parsed, str], Line],
    ) -> Line | None:
        known = len(self.findings)
        parsed: dict[str, Any] = {}
        for column in sheet.fields:
            try:
                parsed[column.name] = self._cell(column, row.get(column.name))
            except CellProblem as problem:
                self._note(grid.place(index, column.name), problem.problem, problem.remedy)
        if len(self.findings) > known or parsed.get("On") is False:
            return None
        place = grid.place(index, sheet.fields[0].name)
        try:
            return make(parsed, place)
        except CellProblem as problem:
            at = grid.place(index, problem.column) if problem.column else place
            self._note(at, problem.problem, problem.remedy)
            return None

    def _cell(self, column: sheets.Field, cell: object) -> Any:
        if column.cell == "date":
            return cells.day(cell)
        if column.condition and isinstance(cell, dt.date):
            raise CellProblem(
                phrased("Excel has made a date of this"),
                phrased("format the cell as text and write it again"),
            )
        text = cells.text_of(cell)
        if column.cell == "id" and not text:
            raise CellProblem(
                phrased("{name} is blank", name=column.name), phrased("give the line a short name")
            )
        read = self._kinds.get(column.cell)
        return read(column, text) if read else text

    @cached_property
    def _kinds(self) -> dict[str, Callable[[sheets.Field, str], Any]]:
        return {
            "flag": lambda column, text: cells.word_of(text or "Y", column.choices) == "Y",
            "choice": lambda column, text: cells.word_of(text, column.choices) if text else None,
            "when": self._words,
            "price": lambda _, text: _price(text),
            "number": _number,
            "percent": lambda _, text: cells.basis_points(text),
        }

    def _words(self, column: sheets.Field, text: str) -> tuple[cells.Interval, ...] | None:
        domain = column.choices or self.categories
        return codes_of(cells.words(text, domain), domain)

    def _note(self, place: str, problem: str, remedy: str) -> None:
        self.findings.append(Finding(place, problem, remedy))


def whole(parsed: Parsed, name: str, *, signed: bool = False) -> int | None:
    """A whole number of a line, below 0 only where it may be `signed`; None when blank."""
    value = parsed[name]
    if value is None:
        return None
    if value != int(value) or (value < 0 and not signed):
        raise CellProblem(
            phrased("{name} is not a whole number", name=name),
            phrased("write a whole number") if signed else phrased("write 0, 1, 2 or more"),
            name,
        )
    return int(value)


def codes_of(
    chosen: cells.Words | None, domain: Sequence[str]
) -> tuple[cells.Interval, ...] | None:
    """Chosen words as intervals of their positions in the domain."""
    if chosen is None:
        return None
    return tuple((code, code) for code, word in enumerate(domain) if word in chosen)


def _price(
    text: str,
) -> tuple[tuple[cells.Interval, ...] | None, tuple[cells.Interval, ...] | None]:
    tiers, amounts = cells.price(text, terms.TIERS, MILLS)
    return codes_of(tiers, terms.TIERS), amounts


def _number(column: sheets.Field, text: str) -> Any:
    return cells.intervals(text, 1) if column.condition else cells.number(text)
