"""What is due: every clock that runs, in the marketplace's own time, the shortest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, terms
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.forfeits import forfeits
from xl_returns.core.ledgers import DUE
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import amounts, words
from xl_returns.core.tables import BLANK
from xl_returns.desk import ledger
from xl_returns.desk.record import Verdicts, verdicts
from xl_returns.desk.table import ReturnsTable, as_moment

_LISTED: Final = 1_000
"""The nearest clocks; a desk that has more to do begins with these."""
_LAST_MINUTE: Final = dt.time(23, 59)


def due_of(path: Path, now: dt.datetime) -> list[ledger.Line]:
    """The clocks of a workbook file at a moment, as lines of the Due sheet. Raises Refusal."""
    book = Workbook.open(path, read_only=True)
    table = ReturnsTable(book)
    rulebook = Rulebook(policy_of(book)[0])
    today = cells.day(now.astimezone().date()) or 0
    decisions = decide(table.rows(table.filled()), rulebook, today)
    return due_lines(decisions, verdicts(decisions), rulebook, now)


def write_due(
    book: Book, decisions: Decisions, verdict: Verdicts, rulebook: Rulebook, now: dt.datetime
) -> None:
    """Make the Due sheet say which clocks run, if the workbook has one."""
    if ledger.has(book, DUE):
        lines = due_lines(decisions, verdict, rulebook, now)[:_LISTED]
        ledger.replace(book, DUE, lines, volatile=("Hours Left",))


def due_lines(
    decisions: Decisions, verdict: Verdicts, rulebook: Rulebook, now: dt.datetime
) -> list[ledger.Line]:
    """Every running clock of rows that still ask for something, the shortest first."""
    idle = verdict.action == terms.ACTIONS.index(terms.NO_ACTION)
    told = _Told(decisions, verdict, rulebook, now)
    lines = [
        told.line(name, row, int(days[row]))
        for name, days in decisions.clocks.running.items()
        for row in np.flatnonzero((days != BLANK) & ~idle).tolist()
    ]
    return sorted(lines, key=lambda line: (line["Hours Left"], line["Return ID"], line["What"]))


def late(lines: Iterable[ledger.Line]) -> int:
    """How many clocks have run out."""
    hours = (line["Hours Left"] for line in lines)
    return sum(isinstance(left, float) and left < 0 for left in hours)


class _Told:
    """What a line of Due says beside its clock."""

    def __init__(
        self, decisions: Decisions, verdict: Verdicts, rulebook: Rulebook, now: dt.datetime
    ) -> None:
        self._rows, self._now = decisions.facts.rows, now
        places = self._rows.places
        self._action = words(verdict.action, terms.ACTIONS)
        self._refund = amounts(verdict.refund, places)
        self._forfeits = amounts(forfeits(decisions, rulebook), places)
        self._market = words(self._rows.codes["Marketplace"], terms.MARKETPLACES)

    def line(self, clock: str, row: int, day: int) -> Mapping[str, Value]:
        """The line of a clock that runs out with a day."""
        zone = terms.MARKETPLACE_ZONE.get(str(self._market[row]), "UTC")
        until = dt.datetime.combine(cells.date_of(day), _LAST_MINUTE, ZoneInfo(zone))
        here = until.astimezone(self._now.tzinfo)
        return {
            "Hours Left": round((until - self._now).total_seconds() / 3600, 1),
            "What": clock,
            "Until": as_moment(until),
            "Time Zone": zone,
            "Until Here": as_moment(here),
            "Return ID": self._rows.text["Return ID"][row],
            "Order ID": self._rows.text["Order ID"][row],
            "Marketplace": self._market[row],
            "Action": self._action[row],
            "Refund": self._refund[row],
            "Currency": self._rows.currency(row),
            "Forfeits": self._forfeits[row],
        }
