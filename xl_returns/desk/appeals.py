"""Appeals: for every open route a folder with the facts, the timeline, the evidence and a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.core import cells, columns, money, terms
from xl_returns.core.decide import decide
from xl_returns.core.events import Event
from xl_returns.core.evidence import Proof, proofs
from xl_returns.core.findings import Finding
from xl_returns.core.ledgers import LOG, RECONCILE
from xl_returns.core.messages import ENGLISH, one_line
from xl_returns.core.policy import Policy
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.core.tables import BLANK
from xl_returns.desk import ledger
from xl_returns.desk.appeal_case import AppealCase, Dated, case_text, draft, shown_day
from xl_returns.desk.files import write_text_files
from xl_returns.desk.log import DECISIONS, IMPORTED
from xl_returns.desk.reconcile import events_of
from xl_returns.desk.table import ReturnsTable

_SERIAL_EPOCH: Final = 25_569
_DATED: Final = {
    "Order Date": "Ordered",
    "Delivered Date": "Delivered",
    "Request Date": "Return requested",
    "Received Date": "Goods received",
}
_FACTS: Final = (
    *(c.name for c in columns.RETURNS if c.owner in ("report", "seller") and c.kind != "date"),
    "Tracking ID",
)
_OURS: Final = ("Action", "Why")
_FOUND: Final = ("Finding", "Units", "Seen In", "What To Do", "Your Note")
_SHOWN_WHY: Final = 1_000


def cases_of(book: Book, today: dt.date) -> tuple[list[AppealCase], list[Finding]]:
    """The appeals that are open today: of decided rows, and of the Reconcile sheet. Raises Refusal."""
    policy, findings = policy_of(book)
    view = _View(book, policy, today)
    found = {
        (case.order_id or case.return_id, case.route): case
        for case in (*_of_rows(view, policy), *_of_reconcile(book, view, policy, today))
    }
    return list(found.values()), findings


def write_appeals(cases: Sequence[AppealCase], folder: Path) -> list[Path]:
    """Write a folder per case, and `appeals.csv` over all. What else lies there stays.

    Raises Refusal.
    """
    texts = {}
    for case in cases:
        texts[folder / case.name / "case.txt"] = case_text(case)
        texts[folder / case.name / "draft.txt"] = draft(case)
    header = ("Return ID", "Order ID", "Route", "Opens", "Closes", "Amount", "Currency", "Missing", "Folder")  # fmt: skip
    rows = [
        (
            case.return_id, case.order_id, case.route, shown_day(case.opens), shown_day(case.closes),
            case.shown_amount().split()[0], case.currency, ", ".join(case.missing), case.name,
        )
        for case in cases
    ]  # fmt: skip
    return write_text_files(folder, texts, {"appeals.csv": [header, *rows]})


class _View:
    """The decided rows of a workbook, as far as an appeal tells of them."""

    def __init__(self, book: Book, policy: Policy, today: dt.date) -> None:
        self._table = ReturnsTable(book)
        self._filled = self._table.filled()
        self.rows, rulebook = self._table.rows(self._filled), Rulebook(policy)
        self.decisions = decide(self.rows, rulebook, cells.day(today) or 0)
        self._shown = suggestions(self.decisions, rulebook)
        self._logged = _log_lines(book)
        self.by_id = {name: row for row, name in enumerate(self.rows.text["Return ID"]) if name}

    def facts(self, row: int) -> list[tuple[str, str]]:
        """What is known of a row, without its days, and what the desk says of it."""
        at = self._filled[row]
        told = [
            (name, cells.text_of(self._table.cells[name][at]))
            for name in _FACTS
            if name in self._table.cells
        ]
        told += [(name, str(self._shown[name][row] or "")[:_SHOWN_WHY]) for name in _OURS]
        return [(name, one_line(text)) for name, text in told if text]

    def timeline(self, row: int) -> list[Dated]:
        """What happened to a row, by its days."""
        days = self.rows.days
        return [
            (cells.date_of(int(days[name][row])), told)
            for name, told in _DATED.items()
            if days[name][row] != BLANK
        ]

    def desk(self, row: int) -> list[Dated]:
        """What the Log says of a row."""
        return self._logged.get(self.rows.text["Return ID"][row], [])


def _of_rows(view: _View, policy: Policy) -> Iterator[AppealCase]:
    decisions, rows = view.decisions, view.rows
    clocks, facts = decisions.clocks, decisions.facts
    for row in np.flatnonzero(clocks.appeal != BLANK).tolist():
        route = terms.APPEALS[int(clocks.appeal[row])]
        opens, until = int(clocks.running["FBA claim opens"][row]), int(clocks.appeal_until[row])
        case = AppealCase(
            return_id=rows.text["Return ID"][row],
            order_id=rows.text["Order ID"][row],
            item=rows.text["Item"][row],
            route=route,
            opens=None if opens == BLANK else cells.date_of(opens),
            closes=None if until == BLANK else cells.date_of(until),
            amount=int(facts.refunded[row]) or max(int(facts.net_paid[row]), 0),
            currency=rows.currency(row),
            facts=view.facts(row),
            timeline=sorted(view.timeline(row)),
            desk=view.desk(row),
            evidence=proofs(rows, row, route),
            text=_text(policy, route),
        )
        yield _doubted(case, facts.today, issued=bool(facts.is_("Controller", "Amazon")[row]))


def _of_reconcile(book: Book, view: _View, policy: Policy, today: dt.date) -> Iterator[AppealCase]:
    """Claims that the Reconcile sheet names and whose window has not closed."""
    told_of = events_of(book)
    for line in ledger.read(book, RECONCILE):
        text = {header: cells.text_of(line[header]) for header in RECONCILE.headers}
        opens, closes, route = _date(line["Opens"]), _date(line["Closes"]), text["Route"]
        if route not in terms.APPEALS or (closes and closes < today):
            continue
        amount, places = line["Amount"], money.decimals(text["Currency"])
        row = view.by_id.get(text["Return ID"])
        told = [(name, one_line(text[name])) for name in _FOUND if text[name]]
        happened = _happened(told_of, text["Order ID"])
        case = AppealCase(
            return_id=text["Return ID"],
            order_id=text["Order ID"],
            item=text["SKU"] if row is None else view.rows.text["Item"][row] or text["SKU"],
            route=route,
            opens=opens,
            closes=closes,
            amount=money.to_minor(amount, places) if isinstance(amount, float) else 0,
            currency=text["Currency"],
            facts=told if row is None else [*told, *view.facts(row)],
            timeline=sorted(happened if row is None else [*happened, *view.timeline(row)]),
            desk=[] if row is None else view.desk(row),
            evidence=[Proof("order number", there=bool(text["Order ID"]))]
            if row is None
            else proofs(view.rows, row, route),
            text=_text(policy, route),
        )
        yield _doubted(case, cells.day(today) or 0, issued=True)


def _doubted(case: AppealCase, today: int, *, issued: bool) -> AppealCase:
    """The case with what speaks against making it."""
    day = cells.date_of(today)
    if case.route == terms.APPEALS[0] and not issued:
        case.doubts.append(
            "SAFE-T covers only refunds that Amazon issued: not eligible if you refund"
        )
    if case.closes and case.closes < day:
        case.doubts.append(f"The window closed on {case.closes}")
    if case.opens and case.opens > day:
        case.doubts.append(f"The window opens on {case.opens}")
    return case


def _text(policy: Policy, route: str) -> str:
    texts = {m.language: m.text for m in policy.messages if m.action == route}
    return texts.get(ENGLISH) or next(iter(texts.values()), "")


def _log_lines(book: Book) -> Mapping[str, list[Dated]]:
    """What the Log says of each return, without imports and reckonings."""
    lines: dict[str, list[Dated]] = {}
    for line in ledger.read(
        book, LOG, ["At", "Event", "Return ID", "Action", "Refund", "Currency", "Details"]
    ):
        event, day = cells.text_of(line["Event"]), _date(line["At"])
        if event == IMPORTED or day is None:
            continue
        told = f"{event} {cells.text_of(line['Action'])}".strip()
        if isinstance(line["Refund"], float) and line["Refund"]:
            told += f" {cells.text_of(line['Refund'])} {cells.text_of(line['Currency'])}"
        elif event not in DECISIONS:
            told += f": {cells.text_of(line['Details'])}"
        lines.setdefault(cells.text_of(line["Return ID"]), []).append((day, one_line(told)))
    return lines


def _happened(happened: Iterable[Event], order_id: str) -> list[Dated]:
    """What companion reports say of an order."""
    return sorted(
        (cells.date_of(event.day), one_line(_said(event)))
        for event in happened
        if order_id and event.order_id == order_id and event.day is not None
    )


def _said(event: Event) -> str:
    paid = f" {money.show(event.amount, money.decimals(event.currency))} {event.currency}"
    return f"{event.kind}{paid if event.amount else ''}, {event.source} {event.reference}"


def _date(value: object) -> dt.date | None:
    return cells.date_of(int(value) - _SERIAL_EPOCH) if isinstance(value, float) else None
