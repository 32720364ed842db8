"""The answers for the Returns table of one document, as the desk gave them last.

The first cell that is calculated after a change sends every changed row in one call; the others
only look up.
"""

from __future__ import annotations

from typing import Any

from .words import NO_TABLE, Failed

TABLE = "Returns"
_SEND_POLICY, _SEND_TABLE = "#POLICY", "#TABLE"
_NEXT_ROW, _NEXT_CELL = "\x1e", "\x1f"
_ATTEMPTS = 3


class LiveTable:
    """What was sent, and what was answered. `session` names the table to the desk."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._seen: list[Any] = []
        self._answers: dict[int, list[Any]] = {}
        self._stamp: Any = None
        self.waiting: list[int] = []
        """Rows that changed because of others; they are to be calculated again."""

    def answers(self, position: int) -> list[Any]:
        """The suggestions for a row that counts from 0."""
        return self._answers[position]

    def knows(self, position: int, cells: Any, stamp: Any) -> bool:
        """Whether a row was answered as it stands; `stamp` is policy and day."""
        return stamp == self._stamp and position < len(self._seen) and self._seen[position] == cells

    def send(self, width: int, stamp: Any, engine: Any, port: Any) -> None:
        """Send the rows that changed since the last time, and keep the answers."""
        sheet, top, left, bottom, _ = port.tables()[TABLE]
        headers, *rows = port.values([sheet, top, left, bottom, left + width - 1])
        whole = stamp != self._stamp or len(rows) != len(self._seen)
        for _ in range(_ATTEMPTS):
            old = [None] * len(rows) if whole else self._seen
            at = [place for place, row in enumerate(rows) if row != old[place]] or [0]
            sent = [rows[place] for place in at]
            arguments = [self._session, *stamp, headers, len(rows), at, sent]
            reply = engine.call("changed_rows", arguments)
            if reply == _SEND_POLICY:
                load_policy(engine, port)
            elif reply == _SEND_TABLE:
                whole = True
            else:
                self._keep(reply, set(at))
                break
        self._seen, self._stamp = rows, stamp

    def _keep(self, reply: str, sent: set[int]) -> None:
        for line in reply.split(_NEXT_ROW) if reply else ():
            place, *packed = line.split(_NEXT_CELL)
            self._answers[int(place)] = [
                float(text[1:]) if text.startswith("n") else text[1:] for text in packed
            ]
            if int(place) not in sent:
                self.waiting.append(int(place))


def asked(name: str, arguments: Any, engine: Any, port: Any) -> Any:
    """What a function answers that is no row of the table."""
    answer = engine.call(name, arguments)
    if answer == _SEND_POLICY:
        load_policy(engine, port)
        answer = engine.call(name, arguments)
    return None if answer == _SEND_POLICY else answer


def load_policy(engine: Any, port: Any) -> None:
    """Give the desk the policy tables of the document."""
    tables = port.tables()
    names = engine.call("policy_tables", [])
    missing = [name for name in names if name not in tables]
    if missing:
        raise Failed(NO_TABLE, table=missing[0])
    engine.call("RETURN_POLICY", [port.values(tables[name]) for name in names])
