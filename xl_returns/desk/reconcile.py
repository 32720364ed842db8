"""The Events that reports told of, kept in the workbook, and the Reconcile sheet made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.core import cells, money, serials
from xl_returns.core.decide import Decisions
from xl_returns.core.events import REPLACEMENT, Event
from xl_returns.core.findings import Finding
from xl_returns.core.language import named, phrased
from xl_returns.core.ledgers import EVENTS, RECONCILE, SETTLED
from xl_returns.core.order_lines import Discrepancy
from xl_returns.core.reconcile import PAID_ALREADY, reconcile
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import Codes
from xl_returns.desk import ledger
from xl_returns.desk.decided import Decided
from xl_returns.desk.table import as_value
from xl_returns.reports import Report

_MOST: Final = 10**9
_SAME: Final = ("Finding", "Return ID", "Order ID", "SKU")
"""What makes a finding the same as one of the last run."""


def keep_events(book: Book, reports: Iterable[Report]) -> tuple[int, list[Finding]]:
    """Keep what companion reports say, nothing twice; how many events are new.

    Equal lines of one report are as many events; what an earlier report told, here or in an import
    before, adds none.
    """
    told = [lines for report in reports if (lines := _lines(report))]
    if told and not ledger.has(book, EVENTS):
        problem = phrased("has no Events sheet, so reimbursements and refunds cannot be kept")
        remedy = phrased("make a fresh workbook with `xl-returns new` and import into it")
        return 0, [Finding(book.path.name, problem, remedy)]
    here = Counter(map(_key, ledger.read(book, EVENTS)))
    new: list[ledger.Line] = []
    for lines in told:
        more = _beyond(here, lines)
        here.update(map(_key, more))
        new += more
    ledger.append(book, EVENTS, new)
    return len(new), []


def write_reconcile(
    book: Book, decisions: Decisions, action: Codes, rulebook: Rulebook, events: Sequence[Event]
) -> list[Discrepancy]:
    """Make the Reconcile sheet say what does not agree, and say it; the seller's notes stay."""
    if not ledger.has(book, RECONCILE):
        return []
    found = reconcile(decisions, action, rulebook, events)
    noted = {_same(line): line for line in ledger.read(book, RECONCILE) if line["Your Note"]}
    lines = [_line(discrepancy) for discrepancy in found]
    for line in lines:
        line["Your Note"] = noted.pop(_same(line), {}).get("Your Note")
    gone = [{**line, "Finding": f"{SETTLED}{_same(line)[0]}"} for line in noted.values()]
    ledger.replace(book, RECONCILE, [*lines, *gone])
    return found


def events_of(book: Book) -> list[Event]:
    """The events that a workbook keeps."""
    return [_event(line) for line in ledger.read(book, EVENTS)]


def held_lines(decided: Decided) -> dict[tuple[str, str], str]:
    """Order lines on which payments or replacements show what Returns does not: why to wait.

    Nobody is paid, or promised money, before a person has looked at them.
    """
    happened = events_of(decided.book)
    held = {
        (event.order_id, event.sku): phrased(
            "{source} names a replacement, {reference}",
            source=event.source,
            reference=event.reference,
        )
        for event in happened
        if event.kind == REPLACEMENT
    }
    action, rulebook = decided.verdict.action, decided.rulebook
    for found in reconcile(decided.decisions, action, rulebook, happened):
        if found.finding in PAID_ALREADY:
            held[found.order_id, found.sku] = f"{named(found.finding)} ({found.seen_in})"
    return held


def _beyond(here: Counter[tuple[str, ...]], lines: Iterable[ledger.Line]) -> list[ledger.Line]:
    """The lines of one report that are more than there are here of their like."""
    left, more = here.copy(), []
    for line in lines:
        left[_key(line)] -= 1
        if left[_key(line)] < 0:
            more.append(line)
    return more


def _lines(report: Report) -> list[ledger.Line]:
    return [
        {
            "Kind": event.kind,
            "Day": as_value(event.day),
            "Order ID": event.order_id,
            "SKU": event.sku,
            "Units": float(event.units),
            "Amount": float(event.amount),
            "Tax": float(event.tax),
            "Currency": event.currency,
            "Marketplace": event.marketplace,
            "Channel": event.channel,
            "Reference": event.reference,
            "Source": event.source,
            "Detail": event.detail,
        }
        for event in report.events
    ]


def _event(line: ledger.Line) -> Event:
    text = {header: cells.text_of(line[header]) for header in EVENTS.headers}
    places = money.decimals(text["Currency"])
    day = line["Day"]
    return Event(
        kind=text["Kind"],
        day=serials.day_of(day) if serials.is_day(day) else None,
        order_id=text["Order ID"],
        sku=text["SKU"],
        units=round(_number(line["Units"])),
        amount=money.to_minor(_number(line["Amount"]), places),
        tax=money.to_minor(_number(line["Tax"]), places),
        currency=text["Currency"],
        marketplace=text["Marketplace"],
        channel=text["Channel"],
        reference=text["Reference"],
        source=text["Source"],
        detail=text["Detail"],
    )


def _line(found: Discrepancy) -> dict[str, Value]:
    places = money.decimals(found.currency)
    return {
        "Finding": found.finding,
        "Return ID": found.return_id,
        "Order ID": found.order_id,
        "SKU": found.sku,
        "Units": float(found.units) if found.units else None,
        "Amount": money.to_major(found.amount, places) if found.amount else None,
        "Currency": found.currency,
        "Route": found.route,
        "Opens": None if found.opens is None else serials.of_day(found.opens),
        "Closes": None if found.closes is None else serials.of_day(found.closes),
        "What To Do": found.remedy,
        "Seen In": found.seen_in,
    }


def _key(line: ledger.Line) -> tuple[str, ...]:
    """A line as comparable text, however Excel keeps it."""
    return tuple(cells.text_of(line[header]) for header in EVENTS.headers)


def _same(line: ledger.Line) -> tuple[str, ...]:
    finding, *rest = (cells.text_of(line[header]) for header in _SAME)
    return finding.removeprefix(SETTLED), *rest


def _number(value: Value) -> float:
    """A number of a bearable size; 0 for anything else."""
    return value if isinstance(value, float) and abs(value) <= _MOST else 0.0
