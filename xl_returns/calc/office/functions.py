"""The worksheet functions, as Calc calls them.

An exception becomes #VALUE!, None becomes #N/A; the sentence is kept for the status cell.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.lang import XServiceInfo
from org.xlreturns import XCalcReturns

from .document import Document, plain
from .live import TABLE, LiveTable, asked
from .state import FOLDER, STATE, later
from .tongue import language_of, said, why
from .words import READY, Failed

FUNCTIONS = "org.xlreturns.CalcReturns"
OF_ROW, OTHERS = json.loads((FOLDER / "functions.json").read_text("utf-8"))
"""Names in UNO and names in cells: one for each suggestion of a row, then the others."""
_LIVE, _STATUS = "Live", 1


class Functions(unohelper.Base, XCalcReturns, XServiceInfo):
    """All of them; those for a row are added below."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def returnAdvice(  # noqa: N802 - UNO's names, here and below
        self, model: Any, table: Any, policy: Any, as_of: Any, headers: Any
    ) -> Any:
        """All suggestions for a table of returns."""
        given = [_plain(argument) for argument in (table, policy, as_of, headers)]
        found = self._answer(model, lambda port: asked("RETURN_ADVICE", given, STATE.engine, port))
        return found and tuple(map(tuple, found))

    def returnPolicy(self, model: Any, tables: Any) -> Any:  # noqa: N802
        """The version of the policy in these tables."""
        given = [_plain(table) for table in tables]
        return self._answer(model, lambda port: asked("RETURN_POLICY", given, STATE.engine, port))

    def returnStatus(self, model: Any, follows: Any) -> str:  # noqa: N802, ARG002 - a cell to follow
        """The last message."""
        return STATE.message or said(language_of(Document(model)), READY)

    def suggestion(self, place: int, model: Any, row: Any, given: list[Any]) -> Any:
        """One suggestion for one row; rows of the Returns table are answered together."""
        return self._answer(model, lambda port: self._of_row(place, port, row, given))

    def _answer(self, model: Any, ask: Callable[[Document], Any]) -> Any:
        if STATE.rests():
            return None
        port = Document(model)
        try:
            return ask(port)
        except Failed as failed:
            STATE.rest()
            self._tell(model, why(language_of(port), failed))
            raise

    def _of_row(self, place: int, port: Document, row: Any, given: list[Any]) -> Any:
        at, cells = row.RangeAddress, plain(row.getDataArray())
        position = _position(at, port.model.DatabaseRanges)
        if position is None or given[2] is not None:
            return asked(OF_ROW[place][1], [cells, *given], STATE.engine, port)
        live, stamp = STATE.live(port.model.RuntimeUID), given[:2]
        if not live.knows(position, cells[0], stamp):
            live.send(len(cells[0]), stamp, STATE.engine, port)
            self._tell(port.model, "")
        if live.waiting:
            later(self._context, _Waiting(port, live))
        return live.answers(position)[place]

    def _tell(self, model: Any, text: str) -> None:
        if text != STATE.message:
            STATE.message = text
            later(self._context, _Status(Document(model)))

    def getImplementationName(self) -> str:  # noqa: N802
        """The name under which it is registered."""
        return FUNCTIONS

    def supportsService(self, name: str) -> bool:  # noqa: N802
        """Whether this is what somebody looks for."""
        return name == FUNCTIONS

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        """What it is."""
        return (FUNCTIONS,)


def _suggestion(place: int) -> Callable[..., Any]:
    def function(
        self: Functions, model: Any, row: Any, policy: Any, as_of: Any, headers: Any
    ) -> Any:
        return self.suggestion(place, model, row, [_plain(x) for x in (policy, as_of, headers)])

    return function


for _place, (_name, _) in enumerate(OF_ROW):
    setattr(Functions, _name, _suggestion(_place))


class _Waiting(unohelper.Base, XCallback):
    """Rows that changed because of others are calculated again."""

    def __init__(self, port: Document, live: LiveTable) -> None:
        self._port, self._live = port, live

    def notify(self, data: Any) -> None:  # noqa: ARG002
        """Once Calc has finished."""
        rows, self._live.waiting = self._live.waiting, []
        sheet, top, left, _, right = self._port.tables()[TABLE]
        body = [[sheet, top + 1 + row, left, top + 1 + row, right] for row in rows]
        self._port.quietly(lambda: self._renew(body))

    def _renew(self, rows: list[Any]) -> None:
        for sheet, *area in rows:
            for formulas in self._port.formulas([sheet, *area]):
                self._port.renew([sheet, *formulas])


class _Status(unohelper.Base, XCallback):
    """A new message is shown."""

    def __init__(self, port: Document) -> None:
        self._port = port

    def notify(self, data: Any) -> None:  # noqa: ARG002
        """Once Calc has finished."""
        tables = self._port.tables()
        if _LIVE in tables:
            sheet, top, left, *_ = tables[_LIVE]
            cell = [sheet, top + 1, left + _STATUS, top + 1, left + _STATUS]
            self._port.quietly(lambda: self._port.renew(cell))


def _position(at: Any, tables: Any) -> int | None:
    """The place of a row below the header of Returns; None for cells elsewhere."""
    if at.StartRow != at.EndRow or not tables.hasByName(TABLE):
        return None
    area = tables.getByName(TABLE).DataArea
    inside = at.Sheet == area.Sheet and area.StartRow < at.StartRow <= area.EndRow
    return (
        at.StartRow - area.StartRow - 1 if inside and at.StartColumn == area.StartColumn else None
    )


def _plain(argument: Any) -> Any:
    """An argument as JSON can carry it: a cell or a whole range, None when it is missing."""
    if isinstance(argument, tuple):
        return plain(argument)
    return None if argument == "" else argument
