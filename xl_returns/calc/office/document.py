"""An open document as the desk asks for it: plain values in and out, places count from 0.

An area is `[sheet, top, left, bottom, right]`, all of it included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import uno
from com.sun.star.sheet.CellFlags import DATETIME, FORMULA, STRING, VALUE
from com.sun.star.table import CellAddress

_EVERYTHING = 1023
"""All of `com.sun.star.sheet.CellFlags`."""


def plain(rows: Any) -> list[list[Any]]:
    """Cells as UNO gives them, with None for what is blank and the name of an error."""
    return [
        ["#ERROR!" if cell is None else None if cell == "" else cell for cell in row]
        for row in rows
    ]


class Document:
    """One open document."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def path(self) -> str:
        """Its file; blank before it is saved for the first time."""
        url = self.model.URL
        return str(uno.fileUrlToSystemPath(url)) if url.startswith("file:") else ""

    def tables(self) -> dict[str, list[Any]]:
        """The area of each table, its headers included."""
        ranges = self.model.DatabaseRanges
        return {name: self._area(ranges.getByName(name).DataArea) for name in ranges.ElementNames}

    def _area(self, at: Any) -> list[Any]:
        sheet = self.model.Sheets.getByIndex(at.Sheet).Name
        return [sheet, at.StartRow, at.StartColumn, at.EndRow, at.EndColumn]

    def cells(self, area: list[Any]) -> Any:
        """The cell range of an area."""
        sheet, top, left, bottom, right = area
        page = self.model.Sheets.getByName(sheet)
        return page.getCellRangeByPosition(left, top, right, bottom)

    def values(self, area: list[Any]) -> list[list[Any]]:
        """What the cells hold."""
        return plain(self.cells(area).getDataArray())

    def formulas(self, area: list[Any]) -> list[list[int]]:
        """Where formulas stand, as `[top, left, bottom, right]` on the sheet."""
        found = self.cells(area).queryContentCells(FORMULA).RangeAddresses
        return [[at.StartRow, at.StartColumn, at.EndRow, at.EndColumn] for at in found]

    def is_blank(self, area: list[Any]) -> bool:
        """Whether nothing stands in the cells."""
        flags = FORMULA | STRING | VALUE | DATETIME
        return not self.cells(area).queryContentCells(flags).RangeAddresses

    def assign(self, area: list[Any], rows: list[list[Any]]) -> None:
        """Give cells that are no formulas their values. Text stays text, whatever it begins with.

        Calc's undo does not bring back values that were set in blocks, but it does bring back
        cells that were copied over: the values are set in a copy beside everything else.
        """
        self._touch()
        cells = self.cells(area)
        self._stay(area)
        page = cells.Spreadsheet
        copy = _beside(page, area)
        page.copyRange(_corner(copy), cells.RangeAddress)
        copy.setDataArray(tuple(tuple(map(_given, row)) for row in rows))
        page.copyRange(_corner(cells), copy.RangeAddress)
        copy.clearContents(_EVERYTHING)
        self._stay(area)

    def grow(self, table: str, bottom: int) -> None:
        """Let a table reach down to a row; formulas and formats come from its last row."""
        self._touch()
        found = self.model.DatabaseRanges.getByName(table)
        at = found.DataArea
        page = self.model.Sheets.getByIndex(at.Sheet)
        first, filled = at.EndRow, 1
        while first + filled <= bottom:
            end = first + min(filled, bottom + 1 - first - filled) - 1
            block = page.getCellRangeByPosition(at.StartColumn, first, at.EndColumn, end)
            target = CellAddress(at.Sheet, at.StartColumn, first + filled)
            page.copyRange(target, block.RangeAddress)
            filled += end - first + 1
        at.EndRow = bottom
        found.DataArea = at

    def begin(self, title: str) -> None:
        """One step of Calc's undo begins; nothing is calculated or painted meanwhile."""
        self.model.lockControllers()
        self._automatic = self.model.isAutomaticCalculationEnabled()
        self.model.enableAutomaticCalculation(False)
        self._steps = len(self._undo.getAllUndoActionTitles())
        self._undo.enterUndoContext(title)
        self._touched = False

    def end(self, done: bool) -> None:
        """The step is over; when it is not done, all of it is taken back."""
        if self._touched:
            self._stay(self._selected())
        self._undo.leaveUndoContext()
        if not done and len(self._undo.getAllUndoActionTitles()) > self._steps:
            self._undo.undo()
        self.model.enableAutomaticCalculation(self._automatic)
        self.model.unlockControllers()

    def _touch(self) -> None:
        if not self._touched:
            self._touched = True
            self._stay(self._selected())

    def _stay(self, area: list[Any]) -> None:
        """Undo and redo show what was changed first or last: let that be no copy beside it."""
        sheet, row, column = area[:3]
        if sheet:
            self.renew([sheet, row, column, row, column])

    @property
    def _undo(self) -> Any:
        return self.model.UndoManager

    def selection(self) -> list[Any]:
        """The sheet and the row of what is selected, or of the first part of it."""
        return self._selected()[:2]

    def _selected(self) -> list[Any]:
        controller = self.model.CurrentController
        chosen: Any = controller.Selection if controller else None
        if hasattr(chosen, "RangeAddresses"):
            at = chosen.RangeAddresses[0]
        elif hasattr(chosen, "RangeAddress"):
            at = chosen.RangeAddress
        else:
            return ["", -1, -1]
        return [self.model.Sheets.getByIndex(at.Sheet).Name, at.StartRow, at.StartColumn]

    def save(self) -> None:
        """Store the document where it is."""
        self.model.store()

    def quietly(self, change: Callable[[], Any]) -> None:
        """Change something that is no step of the user's: not undone, not asked to be saved."""
        modified, steps = self.model.isModified(), self._undo.isUndoPossible()
        if steps:
            self._undo.enterHiddenUndoContext()  # a part of the step before
        try:
            change()
        finally:
            if steps:
                self._undo.leaveUndoContext()
            elif self._undo.isUndoPossible():
                self._undo.clear()
            self.model.setModified(modified)

    def renew(self, area: list[Any]) -> None:
        """Calculate cells again, by giving them their own formulas."""
        cells = self.cells(area)
        cells.setFormulaArray(cells.getFormulaArray())


def _beside(page: Any, area: list[Any]) -> Any:
    """As many cells, to the right of everything on the sheet."""
    _, top, left, bottom, right = area
    cursor = page.createCursor()
    cursor.gotoEndOfUsedArea(False)
    first = min(cursor.RangeAddress.EndColumn + 2, page.Columns.Count - 1 - right + left)
    return page.getCellRangeByPosition(first, top, first + right - left, bottom)


def _corner(cells: Any) -> Any:
    at = cells.RangeAddress
    return CellAddress(at.Sheet, at.StartColumn, at.StartRow)


def _given(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, str) else float(value)
