"""Names of functions are linked when a workbook is loaded.

Calc does not know add-ins by the names that Excel's files use; a formula that is entered again
finds them. `Table[#All]` cannot be entered in Calc; the table's bare name means the same there.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import uno

from .document import Document
from .functions import OF_ROW, OTHERS
from .live import TABLE
from .state import STATE
from .tongue import language_of, why
from .words import Failed

_NAMES = "|".join(name for _, name in [*OF_ROW, *OTHERS])
_OURS = re.compile(rf"\b({_NAMES})\s*\(")
_ALL = re.compile(r"\b(\w+)\[#all\]", re.IGNORECASE)
_LIVE = "Live"
_OPENS = uno.Enum("com.sun.star.form.FormButtonType", "URL")
_DOWN = uno.Enum("com.sun.star.sheet.FillDirection", "TO_BOTTOM")
_PROCESS = "service:org.xlreturns.Desk?process_returns"
_DAY_0 = dt.date(1899, 12, 30)


def relink(port: Document) -> None:
    """Link every formula of ours; set the day where the desk answers."""
    if TABLE not in port.tables():
        return
    port.quietly(lambda: _linked(port))
    port.quietly(lambda: _buttons(port))
    try:
        STATE.engine.call("ready", [])
    except Failed as failed:
        STATE.message = why(language_of(port), failed)
        return
    port.quietly(lambda: _set_day(port))


def _linked(port: Document) -> None:
    for sheet in port.model.Sheets.ElementNames:
        page = port.model.Sheets.getByName(sheet)
        for area in port.formulas([sheet, *_used(page)]):
            cells = port.cells([sheet, *area])
            for column in range(cells.Columns.Count):
                _link(cells.getCellRangeByPosition(column, 0, column, cells.Rows.Count - 1))


def _link(column: Any) -> None:
    """Enter formulas of ours again: what is the same at once, for each takes a hundred times as long.

    Cells are filled only where their formats are the same, which filling would copy too.
    """
    if not _unlinked(column):
        return
    for alike in _parts(column.UniqueCellFormatRanges):
        for at in alike.RangeAddresses:
            page = column.Spreadsheet
            _fill(page.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow))
    for row, text in _unlinked(column):
        column.getCellByPosition(0, row).Formula = text


def _fill(cells: Any) -> None:
    found = _unlinked(cells)
    texts = {text for _, text in found}
    if len(texts) == 1 and len(found) == cells.Rows.Count > 1:
        cells.getCellByPosition(0, 0).Formula = texts.pop()
        cells.fillAuto(_DOWN, 1)


def _unlinked(column: Any) -> list[tuple[int, str]]:
    """The formulas of one column that name a function as Excel does, by row, as Calc wants them."""
    rows = enumerate(text for (text,) in column.getFormulaArray())
    return [(row, _ALL.sub(r"\1", text)) for row, text in rows if _OURS.search(text)]


def _parts(index: Any) -> list[Any]:
    return [index.getByIndex(place) for place in range(index.Count)]


def _buttons(port: Document) -> None:
    """Let the workbook's own button start our job: its macro is Excel's."""
    for sheet in port.model.Sheets.ElementNames:
        forms = port.model.Sheets.getByName(sheet).DrawPage.Forms
        for form in _parts(forms):
            for place in range(form.Count):
                scripts = form.getScriptEvents(place)
                if any("ProcessReturns" in script.ScriptCode for script in scripts):
                    button = form.getByIndex(place)
                    button.ButtonType, button.TargetURL = _OPENS, _PROCESS


def _used(page: Any) -> list[int]:
    cursor = page.createCursor()
    cursor.gotoEndOfUsedArea(False)
    at = cursor.RangeAddress
    return [0, 0, at.EndRow, at.EndColumn]


def _set_day(port: Document) -> None:
    tables = port.tables()
    if _LIVE in tables:
        sheet, top, left, *_ = tables[_LIVE]
        day = (dt.datetime.now().astimezone().date() - _DAY_0).days
        cell = [sheet, top + 1, left, top + 1, left]
        if port.values(cell) != [[day]]:
            port.cells(cell).setDataArray(((float(day),),))
