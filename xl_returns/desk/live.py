"""The desk behind worksheet functions: policies by version, and tables decided change by change.

A table that Excel shows is kept here as it was sent last. When some rows change, they are decided
again together with those rows whose look across the table has changed, and no others; the answers
are the same as those of deciding the whole table.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from xl_returns.core import columns
from xl_returns.core.decide import decide
from xl_returns.core.history import History, across
from xl_returns.core.language import speaking
from xl_returns.core.policy import Policy
from xl_returns.core.rows import Rows, parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import Shown, suggestions
from xl_returns.core.tables import Codes

Cells = Mapping[str, Sequence[object]]
_POLICIES: Final = 8
"""So many policies are kept compiled; switching a rule off and on again costs nothing."""


class MissingPolicy(LookupError):
    """The policy of this version has to be loaded first."""


class MissingTable(LookupError):
    """The table has to be sent as a whole first."""


class Policies:
    """Compiled policies by version; the one used longest ago goes first."""

    def __init__(self) -> None:
        self._books: OrderedDict[str, Rulebook] = OrderedDict()

    def add(self, policy: Policy) -> str:
        """Keep a policy and give its version."""
        version = policy.version
        if version not in self._books:
            self._books[version] = Rulebook(policy)
        self._books.move_to_end(version)
        while len(self._books) > _POLICIES:
            self._books.popitem(last=False)
        return version

    def book(self, version: str) -> Rulebook:
        """A policy, compiled. Raises MissingPolicy."""
        if version not in self._books:
            raise MissingPolicy(version)
        self._books.move_to_end(version)
        return self._books[version]

    @property
    def latest(self) -> str | None:
        """The version that was used last."""
        return next(reversed(self._books), None)


class LiveTable:
    """One table, as Excel showed it last."""

    def __init__(self) -> None:
        self._rows: Rows | None = None
        self._history: History | None = None
        self._blank: np.typing.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._decided_by: tuple[Rulebook, int] | None = None

    def update(
        self, book: Rulebook, today: int, count: int, positions: Sequence[int], cells: Cells
    ) -> tuple[list[int], dict[str, Shown]]:
        """Take changed rows in; give the positions that have new suggestions, and these.

        `cells` holds the changed rows by header, `count` is the size of the whole table, `today`
        is in days since 1970-01-01. Raises MissingTable unless the other rows are known.
        """
        at = np.array(positions, dtype=np.int64)
        with speaking(book.policy.settings.language):
            rows = self._taken_in(count, at, parse_rows(cells))
        self._blank = _put(self._blank, count, at, _blank_rows(cells, len(at)))
        history = across(rows, book.reasons(rows.text["Reason"], rows.codes["Channel"]).group)
        touched = self._touched(at, history, (book, today))
        self._rows, self._history, self._decided_by = rows, history, (book, today)
        shown = suggestions(decide(rows.take(touched), book, today, history.take(touched)), book)
        for index in np.flatnonzero(self._blank[touched]).tolist():
            for values in shown.values():
                values[index] = None
        return touched.tolist(), shown

    def _taken_in(self, count: int, at: Codes, new: Rows) -> Rows:
        if len(at) == count:
            return new
        if self._rows is None or self._rows.count != count:
            raise MissingTable
        return self._rows.put(at, new)

    def _touched(self, at: Codes, history: History, decided_by: tuple[Rulebook, int]) -> Codes:
        count = len(self._blank)
        if len(at) == count or self._history is None or decided_by != self._decided_by:
            return np.arange(count)
        flags = history.differs(self._history)
        flags[at] = True
        return np.flatnonzero(flags)


def _blank_rows(cells: Cells, count: int) -> np.typing.NDArray[np.bool_]:
    inputs = [cells[name] for name in columns.INPUTS if name in cells]
    rows = zip(*inputs, strict=True) if inputs else ((),) * count
    return np.array([all(value in (None, "") for value in row) for row in rows], dtype=np.bool_)


def _put(
    old: np.typing.NDArray[np.bool_], count: int, at: Codes, new: np.typing.NDArray[np.bool_]
) -> np.typing.NDArray[np.bool_]:
    flags = old.copy() if len(old) == count else np.zeros(count, dtype=np.bool_)
    flags[at] = new
    return flags
