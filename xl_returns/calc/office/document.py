"""An open document as the desk asks for it: plain values in and out, places count from 0.

An area is `[sheet, top, left, bottom, right]`, all of it included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import uno
import unohelper
from com.sun.star.document import XUndoAction
from com.sun.star.sheet.CellFlags import DATETIME, FORMULA, STRING, VALUE
from com.sun.star.table import CellAddress


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
        """Give cells that are no formulas their values. Text stays text, whatever it begins with."""
        cells, new = self.cells(area), tuple(tuple(map(_given, row)) for row in rows)
        old = cells.getDataArray()
        self._unnoticed(lambda: cells.setDataArray(new))
        self._undo.addUndoAction(_Assigned(cells, old, new))

    def grow(self, table: str, bottom: int) -> None:
        """Let a table reach down to a row; formulas and formats come from its last row."""
        found = self.model.DatabaseRanges.getByName(table)
        at = found.DataArea
        page = self.model.Sheets.getByIndex(at.Sheet)
        first = at.EndRow
        filled = 1
        while first + filled <= bottom:
            more = min(filled, bottom + 1 - first - filled)
            block = page.getCellRangeByPosition(
                at.StartColumn, first, at.EndColumn, first + more - 1
            )
            target = CellAddress(at.Sheet, at.StartColumn, first + filled)
            page.copyRange(target, block.RangeAddress)
            filled += more
        at.EndRow = bottom
        found.DataArea = at

    def begin(self, title: str) -> None:
        """One step of Calc's own undo begins; nothing is calculated or painted meanwhile."""
        self.model.lockControllers()
        self._automatic = self.model.isAutomaticCalculationEnabled()
        self.model.enableAutomaticCalculation(False)
        self._steps = len(self._undo.getAllUndoActionTitles())
        self._undo.enterUndoContext(title)

    def end(self, done: bool) -> None:
        """The step is over; when it is not done, all of it is taken back."""
        self._undo.leaveUndoContext()
        if not done and len(self._undo.getAllUndoActionTitles()) > self._steps:
            self._undo.undo()
        self.model.enableAutomaticCalculation(self._automatic)
        self.model.unlockControllers()

    @property
    def _undo(self) -> Any:
        return self.model.getUndoManager()

    def selection(self) -> list[Any]:
        """The sheet and the row of what is selected, or of the first part of it."""
        chosen = self.model.CurrentController.Selection
        if hasattr(chosen, "RangeAddresses"):
            at = chosen.RangeAddresses[0]
        elif hasattr(chosen, "RangeAddress"):
            at = chosen.RangeAddress
        else:
            return ["", -1]
        return [self.model.Sheets.getByIndex(at.Sheet).Name, at.StartRow]

    def save(self) -> None:
        """Store the document where it is."""
        self.model.store()

    def quietly(self, change: Callable[[], Any]) -> None:
        """Change something that is no step of the user's: not undone, not asked to be saved."""
        modified = self.model.isModified()
        self._unnoticed(change)
        self.model.setModified(modified)

    def _unnoticed(self, change: Callable[[], Any]) -> None:
        self._undo.lock()
        try:
            change()
        finally:
            self._undo.unlock()

    def renew(self, area: list[Any]) -> None:
        """Calculate cells again, by giving them their own formulas."""
        cells = self.cells(area)
        cells.setFormulaArray(cells.getFormulaArray())


class _Assigned(unohelper.Base, XUndoAction):
    """Values that were written: Calc's own record of them does not bring the old ones back."""

    Title = ""

    def __init__(self, cells: Any, old: Any, new: Any) -> None:
        self._cells, self._old, self._new = cells, old, new

    def undo(self) -> None:
        """As it was before."""
        self._cells.setDataArray(self._old)

    def redo(self) -> None:
        """As it was written."""
        self._cells.setDataArray(self._new)


def _given(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, str) else float(value)
