"""Goods in: from a scanned code to the return it belongs to, and what was found into Returns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import policy_of
from xl_returns.core import cells, money, terms
from xl_returns.core.cells import CellProblem
from xl_returns.core.codes import plain
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import listed, phrased
from xl_returns.core.ledgers import GOODS_IN, NONE
from xl_returns.core.split import whole_of
from xl_returns.desk import ledger
from xl_returns.desk.floor import Floor
from xl_returns.desk.log import RECEIVED
from xl_returns.desk.naming import no_return
from xl_returns.desk.table import as_value

_OPEN: Final = ("", "Requested", "Approved", "In transit")
_ASKS: Final = "? "
"""A line that needs a person says so with this mark."""
_SHOWN: Final = 8


@dataclass
class Taken:
    """What became of the lines of Goods In."""

    received: int = 0
    parts: int = 0
    told: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __str__(self) -> str:
        more = phrased(", {parts:,} split", parts=self.parts) if self.parts else ""
        return "\n".join(
            [
                phrased("{received:,} taken in{more}", received=self.received, more=more),
                *self.told[:_SHOWN],
            ]
        )


def take_goods_in(book: Book, today: dt.date) -> Taken:
    """Take every line of Goods In that has no word beside it into Returns. Raises Refusal.

    A line that needs a person is told so beside it and rests until that word is cleared: it never
    starts by itself because other lines have changed what it fits.
    """
    desk, answers = _Desk(book, today), dict[tuple[int, str], Value]()
    for at, line in ledger.numbered(book, GOODS_IN):
        if cells.text_of(line["Code"]) and not cells.text_of(line["Taken In"]):
            place = book.tables[GOODS_IN.table].place(at, "Code")
            answers |= {(at, h): value for h, value in desk.take(line, place).items()}
    desk.floor.save()
    if answers:
        book.write_cells(GOODS_IN.table, answers)
    return desk.taken


def receive_goods(book: Book, today: dt.date, code: str, found: ledger.Line) -> Taken:
    """Take one scanned code in, with what was found by the headers of Goods In. Raises Refusal.

    What cannot be taken in is told and leaves nothing behind.
    """
    desk = _Desk(book, today)
    line = {**dict.fromkeys(GOODS_IN.headers), **found, "Code": code}
    answers = desk.take(line, phrased("Code {code}", code=code[:40]))
    if desk.taken.received:
        desk.floor.save()
        _add_line(book, {**found, "Code": code, **answers})
    return desk.taken


def _add_line(book: Book, line: ledger.Line) -> None:
    """Fill the first line of Goods In that has no Code, or add one below."""
    codes = book.tables[GOODS_IN.table].read(["Code"])["Code"]
    blank = next((at for at, code in enumerate(codes) if not cells.text_of(code)), None)
    if blank is None:
        ledger.append(book, GOODS_IN, [line])
    else:
        ledger.fill(book, GOODS_IN, blank, line)


class _Desk:
    """Where lines are taken in, one after the other."""

    def __init__(self, book: Book, today: dt.date) -> None:
        if not ledger.has(book, GOODS_IN):
            remedy = phrased("make a fresh workbook with `xl-returns new` and import into it")
            raise Refusal(book.path.name, phrased("has no Goods In sheet"), remedy)
        self.floor, self.taken = Floor(book, today), Taken()
        self._tolerance = policy_of(book)[0].settings.weight_tolerance

    def take(self, line: ledger.Line, place: str) -> dict[str, Value]:
        """Take a line in; gives what to write beside it."""
        taking = _Line(self.floor, line, self._tolerance, self.taken)
        told = taking.take()
        if told.startswith(_ASKS):
            remedy = phrased("correct the line, clear Taken In, and take the goods in again")
            self.taken.findings.append(Finding(place, told.removeprefix(_ASKS), remedy))
        return {**taking.shown(), "Taken In": told}


def split_return(book: Book, return_id: str, units: Sequence[int], today: dt.date) -> Taken:
    """Split a return by units into several, each to have its own outcome. Raises Refusal."""
    floor = Floor(book, today)
    rows = [row for row in floor.parts(return_id) if floor.text(row, "Return ID") == return_id]
    if not rows:
        ids = list(map(cells.text_of, floor.table.cells["Return ID"]))
        raise no_return(return_id, ids, book.path.name)
    parts = floor.split(rows[0], units)
    floor.save()
    names = listed(floor.text(row, "Return ID") for row in parts)
    return Taken(
        parts=len(parts) - 1,
        told=[phrased("{return_id} is now {names}", return_id=return_id, names=names)],
    )


class _Line:
    """One line of Goods In, on its way into Returns."""

    def __init__(self, floor: Floor, line: ledger.Line, tolerance: int, taken: Taken) -> None:
        self._floor, self._line = floor, line
        self._tolerance, self._taken = tolerance, taken

    def _text(self, header: str) -> str:
        return cells.text_of(self._line[header])

    def take(self) -> str:
        """Take the line in; gives what to write beside it."""
        try:
            row = self._row()
            units = self._units(row)
            found = self._found()
            whole = round(self._number_in(row, "Quantity") or units)
            if units < whole:
                row = self._floor.split(row, [units, whole - units])[0]
                self._taken.parts += 1
        except (Refusal, CellProblem) as problem:
            text = problem.finding.problem if isinstance(problem, Refusal) else problem.problem
            return f"{_ASKS}{text}"
        told = self._received(row, units, whole, found)
        self._taken.received += 1
        self._taken.told.append(told)
        return told

    def shown(self) -> dict[str, Value]:
        """What the look-up columns show for the line, for programs that do not calculate."""
        fitting = self._floor.find(self._text("Code"))
        first = fitting[0] if fitting else None
        return {
            "Found": NONE if first is None else self._floor.text(first, "Return ID"),
            "Item": NONE if first is None else self._floor.text(first, "Item") or NONE,
        }

    def _row(self) -> int:
        """The one open row that the code, or the Return ID beside it, means."""
        named = self._text("Return ID")
        fitting = self._floor.find(named or self._text("Code"))
        if not fitting:
            raise _asked(phrased("nothing fits {code}", code=(named or self._text("Code"))[:40]))
        ours = [row for row in fitting if self._floor.text(row, "Channel") != "FBA"]
        if not ours:
            raise _asked(phrased("an FBA return goes back to Amazon, not here"))
        waiting = [row for row in ours if not self._floor.text(row, "Condition")]
        if not waiting:
            seen = self._floor.text(ours[0], "Condition")
            raise _asked(phrased("already taken in as {seen}: correct the row by hand", seen=seen))
        if len({whole_of(self._floor.text(row, "Return ID")) for row in waiting}) > 1:
            names = listed(self._floor.text(row, "Return ID") for row in waiting[:_SHOWN])
            raise _asked(
                phrased(
                    "{count} returns fit ({names}): name the Return ID, a line each",
                    count=len(waiting),
                    names=names,
                )
            )
        return waiting[0]

    def _units(self, row: int) -> int:
        whole = round(self._number_in(row, "Quantity") or 1)
        given = cells.number(self._text("Units"))
        units = whole if given is None else given
        if units != int(units) or not 1 <= units <= whole:
            raise _asked(
                phrased(
                    "{units:g} units came, {whole} are expected: look at the order",
                    units=units,
                    whole=whole,
                )
            )
        return int(units)

    def _number_in(self, row: int, header: str) -> float | None:
        value = self._floor.value(row, header)
        return value if isinstance(value, float) else None

    def _found(self) -> dict[str, str]:
        """What was found, in declared words. Raises CellProblem."""
        parts = [part for part in cells.SEPARATOR.split(self._text("Condition")) if part]
        words = ", ".join(cells.word_of(part, terms.CONDITIONS) for part in parts)
        photos = self._text("Photos")
        photos = cells.word_of(photos, terms.YES_NO) if photos else ""
        return {h: text for h, text in (("Condition", words), ("Photos", photos)) if text}

    def _received(self, row: int, units: int, whole: int, found: dict[str, str]) -> str:
        floor = self._floor
        status = floor.text(row, "Status")
        day = self._line["Received Date"]
        new: dict[str, object] = dict(found)
        if not floor.text(row, "Received Date"):
            new["Received Date"] = day if isinstance(day, float) else as_value(floor.today)
        if status in _OPEN:
            new["Status"] = "Received"
        floor.put(row, new)
        name = floor.text(row, "Return ID")
        rest = phrased("; {count} wait", count=whole - units) if units < whole else ""
        told = [
            phrased(
                "{name}: {units} of {whole} received{rest}",
                name=name,
                units=units,
                whole=whole,
                rest=rest,
            ),
            *self._doubts(status),
        ]
        told += [text for text in (found.get("Condition"), self._text("Note")) if text]
        floor.log(RECEIVED, row, "; ".join(told))
        return "; ".join(told)

    def _doubts(self, status: str) -> Iterable[str]:
        """What a person should look at before anything is paid."""
        if status not in (*_OPEN, "Received"):
            yield phrased("it is {status}, and stays so", status=status)
        sent, now = (self._line[header] for header in ("Weight Sent", "Weight"))
        if isinstance(sent, float) and isinstance(now, float) and self._is_light(sent, now):
            yield phrased(
                "weighs {now:g} of {sent:g}: look whether all is there, photograph it",
                now=now,
                sent=sent,
            )
        sent_as, came_as = self._text("Serial Sent"), self._text("Serial")
        if sent_as and came_as and plain(sent_as) != plain(came_as):
            yield phrased(
                "serial {came_as} came, {sent_as} was sent: photograph both",
                came_as=came_as[:40],
                sent_as=sent_as[:40],
            )

    def _is_light(self, sent: float, now: float) -> bool:
        return (sent - now) * money.BASIS > sent * self._tolerance


def _asked(problem: str) -> Refusal:
    return Refusal(GOODS_IN.sheet, problem, phrased("correct the line and take the goods in again"))
