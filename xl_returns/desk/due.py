"""What is due: every clock that runs, in the marketplace's own time, the shortest first."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import opened
from xl_returns.core import cells, money, terms
from xl_returns.core.clocks import WINDOWS
from xl_returns.core.decide import Decisions
from xl_returns.core.facts import Flags
from xl_returns.core.forfeits import forfeits
from xl_returns.core.language import phrased
from xl_returns.core.ledgers import DUE
from xl_returns.core.order_lines import Discrepancy
from xl_returns.core.reconcile import reconcile
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import Shown, amounts, words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.desk import ledger
from xl_returns.desk.decided import Decided
from xl_returns.desk.reconcile import events_of
from xl_returns.desk.record import Verdicts
from xl_returns.desk.table import Part, as_moment

_LISTED: Final = 1_000
"""The nearest clocks; a desk that has more to do begins with these."""
_ROOM: Final = 4
_IN_HOURS: Final = 48
"""Below so many hours the time left is said in hours."""
_LAST_MINUTE: Final = dt.time(23, 59)


def due_of(path: Path, now: dt.datetime) -> list[ledger.Line]:
    """The clocks of a workbook file at a moment, as lines of the Due sheet. Raises Refusal."""
    book = opened(path, read_only=True)
    seen = Decided.of(book, now.astimezone().date())
    claims = reconcile(seen.decisions, seen.verdict.action, seen.rulebook, events_of(book))
    return due_lines(seen.decisions, seen.verdict, seen.rulebook, now, claims)


def write_due(
    book: Book,
    decisions: Decisions,
    verdict: Verdicts,
    rulebook: Rulebook,
    now: dt.datetime,
    claims: Sequence[Discrepancy],
) -> None:
    """Make the Due sheet say which clocks run, if the workbook has one."""
    if ledger.has(book, DUE):
        lines = due_lines(decisions, verdict, rulebook, now, claims)[:_LISTED]
        ledger.replace(book, DUE, lines, volatile=("Hours Left",))


class Nearest:
    """The rows whose clocks run out first, found part by part."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._clocks: list[tuple[float, str, str, int]] = []
        self._parts: list[Part] = []

    def add(self, part: Part, decisions: Decisions, verdict: Verdicts, among: Flags) -> None:
        """Look at some of the decided rows of a part."""
        names, markets = decisions.facts.rows.text["Return ID"], _markets(decisions)
        hours = lru_cache(partial(_hours_left, self._now))
        clocks = [
            (hours(str(markets[row]), day), names[row], clock, part.at[row])
            for clock, days in _running(decisions, verdict).items()
            for row, day in _at(days, among)
        ]
        self._clocks = heapq.nsmallest(_LISTED, [*self._clocks, *clocks])
        self._parts.append(self._nearest(part))
        if sum(len(one.at) for one in self._parts) > _LISTED * _ROOM:
            self._parts = [self._nearest(one) for one in self._parts]

    def _nearest(self, part: Part) -> Part:
        near = {place for *_, place in self._clocks}
        return part.take([row for row, place in enumerate(part.at) if place in near])

    def parts(self) -> list[Part]:
        """The rows, kept whole."""
        return self._parts


def due_lines(
    decisions: Decisions,
    verdict: Verdicts,
    rulebook: Rulebook,
    now: dt.datetime,
    claims: Sequence[Discrepancy] = (),
) -> list[ledger.Line]:
    """Every running clock of rows that still ask for something, the shortest first.

    Claims of the Reconcile sheet know the refund's day: their windows stand for the row's own.
    Refunds that were exported ask for nothing more.
    """
    claimed = {claim.return_id for claim in claims if claim.closes is not None}
    names = decisions.facts.rows.text["Return ID"]
    better = np.array([name in claimed for name in names], dtype=np.bool_)
    told = _Told(decisions, verdict, rulebook, now)
    lines = [
        told.line(name, row, day)
        for name, days in _running(decisions, verdict).items()
        for row, day in _at(days, ~(better & (name in WINDOWS)))
    ]
    lines += [told.claim(claim) for claim in claims if claim.closes is not None]
    return sorted(lines, key=lambda line: (line["Hours Left"], line["Return ID"], line["What"]))


def _running(decisions: Decisions, verdict: Verdicts) -> dict[str, Codes]:
    """The last day of every clock of rows that still ask for something, BLANK for the others."""
    idle = verdict.action == terms.ACTIONS.index(terms.NO_ACTION)
    batches = decisions.facts.rows.text["Upload Batch"]
    sent = np.array([bool(batch) for batch in batches], dtype=np.bool_)
    return {
        name: np.where(idle | (sent & (name not in WINDOWS)), BLANK, days)
        for name, days in decisions.clocks.running.items()
    }


def _at(days: Codes, among: Flags) -> Iterator[tuple[int, int]]:
    """Rows, of some, that have a day, and the day."""
    rows = np.flatnonzero((days != BLANK) & among)
    return zip(rows.tolist(), days[rows].tolist(), strict=True)


def _markets(decisions: Decisions) -> Shown:
    return words(decisions.facts.rows.codes["Marketplace"], terms.MARKETPLACES)


def _until(marketplace: str, day: int) -> dt.datetime:
    """When a day ends where the marketplace is."""
    zone = ZoneInfo(terms.MARKETPLACE_ZONE.get(marketplace, "UTC"))
    return dt.datetime.combine(cells.date_of(day), _LAST_MINUTE, zone)


def time_left(line: ledger.Line) -> str:
    """The time until a clock runs out as people say it: `8 h`, `23 d`, `54 d late`."""
    hours = line["Hours Left"]
    if not isinstance(hours, float):
        return ""
    days, rest = int(abs(hours) // 24), int(abs(hours))
    if rest < _IN_HOURS:
        return phrased("{rest} h late", rest=rest) if hours < 0 else phrased("{rest} h", rest=rest)
    return phrased("{days} d late", days=days) if hours < 0 else phrased("{days} d", days=days)


def _hours_left(now: dt.datetime, marketplace: str, day: int) -> float:
    return round((_until(marketplace, day) - now).total_seconds() / 3600, 1)


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
        self._market = _markets(decisions)

    def line(self, clock: str, row: int, day: int) -> Mapping[str, Value]:
        """The line of a clock that runs out with a day."""
        return {
            **self._ends(str(self._market[row]), day),
            "What": clock,
            "Return ID": self._rows.text["Return ID"][row],
            "Order ID": self._rows.text["Order ID"][row],
            "Marketplace": self._market[row],
            "Action": self._action[row],
            "Refund": self._refund[row],
            "Currency": self._rows.currency(row),
            "Forfeits": self._forfeits[row],
        }

    def claim(self, claim: Discrepancy) -> Mapping[str, Value]:
        """The line of a claim's window."""
        places = money.decimals(claim.currency)
        return {
            **self._ends(claim.marketplace, claim.closes or 0),
            "What": claim.finding,
            "Return ID": claim.return_id,
            "Order ID": claim.order_id,
            "Marketplace": claim.marketplace,
            "Action": claim.route,
            "Refund": money.to_major(claim.amount, places),
            "Currency": claim.currency,
        }

    def _ends(self, marketplace: str, day: int) -> dict[str, Value]:
        """When a day ends where the marketplace is, and here."""
        until = _until(marketplace, day)
        return {
            "Hours Left": _hours_left(self._now, marketplace, day),
            "Until": as_moment(until),
            "Time Zone": terms.MARKETPLACE_ZONE.get(marketplace, "UTC"),
            "Until Here": as_moment(until.astimezone(self._now.tzinfo)),
        }
