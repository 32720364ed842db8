"""The decided rows of a workbook, as far as an appeal tells of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.core import cells, columns, money, terms
from xl_returns.core.events import Event
from xl_returns.core.evidence import Proof, proofs
from xl_returns.core.language import Sentence, named
from xl_returns.core.ledgers import LOG
from xl_returns.core.messages import one_line
from xl_returns.core.suggest import suggestions
from xl_returns.core.tables import BLANK
from xl_returns.desk import ledger
from xl_returns.desk.appeal_case import Dated
from xl_returns.desk.claims import Claim, date_in
from xl_returns.desk.decided import Decided
from xl_returns.desk.log import DECIDED, DECISIONS, IMPORTED
from xl_returns.desk.reconcile import events_of

_DATED: Final = {
    "Order Date": Sentence("Ordered"),
    "Delivered Date": Sentence("Delivered"),
    "Request Date": Sentence("Return requested"),
    "Received Date": Sentence("Goods received"),
}
_FACTS: Final = (
    *(c.name for c in columns.RETURNS if c.owner in ("report", "seller") and c.kind != "date"),
    "Tracking ID",
)
_OURS: Final = ("Action", "Why")
_SHOWN_WHY: Final = 1_000


class View:
    """What can be told of rows, each by its position among those that hold something."""

    def __init__(self, decided: Decided, today: dt.date) -> None:
        self._seen, self.today = decided, today
        self.rows, self.decisions = decided.rows, decided.decisions
        self._shown = suggestions(self.decisions, decided.rulebook)
        self._logged = _log_lines(decided.book)
        self.events = events_of(decided.book)
        self._by_order: dict[str, list[Event]] = {}
        for event in self.events:
            self._by_order.setdefault(event.order_id, []).append(event)
        self._rows_by: dict[str, list[int]] = {}
        for header in ("Return ID", "Order ID"):
            for row, name in enumerate(self.rows.text[header]):
                if name:
                    self._rows_by.setdefault(f"{header} {one_line(name)}", []).append(row)

    def row_of(self, claim: Claim, appealing: Container[tuple[int, str]]) -> int | None:
        """The row that a claim is about: of its return, else a row of its order and SKU that has
        its route itself."""
        if claim.return_id:
            named = self._rows_by.get(f"Return ID {claim.return_id}", [])
            own = (row for row in named if (row, claim.route) in appealing)
            return next(own, named[0] if named else None)
        skus = self.rows.text["SKU"]
        for row in self._rows_by.get(f"Order ID {claim.order_id}", []):
            same = not claim.sku or one_line(skus[row]) in ("", claim.sku)
            if same and (row, claim.route) in appealing:
                return row
        return None

    def window(self, row: int, route: str) -> tuple[dt.date | None, dt.date | None]:
        """First and last day of a row's own route, by its clocks; None where not known."""
        clocks, days = self.decisions.clocks, self.rows.days["Request Date"]
        market = self.rows.codes["Marketplace"]
        at, opens, closes = slice(row, row + 1), BLANK, BLANK
        if route == terms.FBA_CLAIM:
            opens = int(self._seen.rulebook.due("FBA claim opens", market[at], days[at])[0])
        if clocks.appeal[row] == terms.APPEALS.index(route):
            closes = int(clocks.appeal_until[row])
        return _date(opens), _date(closes)

    def at_stake(self, row: int) -> int | None:
        """What was refunded, else what was paid; minor units, None when not known."""
        refunded, paid = int(self.decisions.facts.refunded[row]), self.decisions.facts.net_paid[row]
        return refunded or (None if paid == BLANK else int(paid))

    def facts(self, row: int) -> list[tuple[str, str]]:
        """What is known of a row, without its days, and what the desk says of it."""
        table, at = self._seen.table, self._seen.filled[row]
        told = [
            (name, cells.text_of(table.cells[name][at])) for name in _FACTS if name in table.cells
        ]
        told += [(name, str(self._shown[name][row] or "")[:_SHOWN_WHY]) for name in _OURS]
        return [(name, one_line(text)) for name, text in told if text]

    def evidence(self, row: int, route: str) -> list[Proof]:
        """What a row has for a route and what it lacks, each with its cell."""
        return [
            Proof(p.name, p.there, self._seen.place(row, p.where) if p.where else "")
            for p in proofs(self.rows, row, route)
        ]

    def timeline(self, row: int) -> list[Dated]:
        """What happened to a row and its order, by day."""
        own = [
            (cells.date_of(int(self.rows.days[name][row])), told)
            for name, told in _DATED.items()
            if self.rows.days[name][row] != BLANK
        ]
        text = self.rows.text
        happened = self.happened(text["Order ID"][row], text["SKU"][row])
        return sorted([*own, *happened], key=lambda dated: dated[0])

    def of_order(self, order_id: str, sku: str = "") -> Sequence[Event]:
        """What companion reports say of an order, or of one SKU of it."""
        told = self._by_order.get(order_id, []) if order_id else []
        return [event for event in told if not sku or event.sku in ("", sku)]

    def happened(self, order_id: str, sku: str) -> list[Dated]:
        """What companion reports say of an order's SKU, by day."""
        return sorted(
            (day, _said(event))
            for event in self.of_order(order_id, sku)
            if (day := _date(event.day)) is not None
        )

    def desk(self, row: int) -> list[tuple[dt.date, str]]:
        """What the Log says of a row; without a Log, what the row's record says."""
        logged = self._logged.get(self.rows.text["Return ID"][row], [])
        decided, action = _date(int(self.rows.days["Decided At"][row])), self._decided(row)
        return logged or (
            [(decided, f"{named(DECIDED)} {named(action)}")] if decided and action else []
        )

    def _decided(self, row: int) -> str:
        code = int(self.rows.codes["Decided Action"][row])
        return "" if code == BLANK else terms.ACTIONS[code]


def _log_lines(book: Book) -> Mapping[str, list[tuple[dt.date, str]]]:
    """What the Log says of each return, without imports and reckonings."""
    lines: dict[str, list[tuple[dt.date, str]]] = {}
    for line in ledger.read(
        book, LOG, ["At", "Event", "Return ID", "Action", "Refund", "Currency", "Details"]
    ):
        event, day = cells.text_of(line["Event"]), _date_in(line["At"])
        if event == IMPORTED or day is None:
            continue
        told = f"{named(event)} {named(cells.text_of(line['Action']))}".strip()
        if isinstance(line["Refund"], float) and line["Refund"]:
            told += f" {cells.text_of(line['Refund'])} {cells.text_of(line['Currency'])}"
        elif event not in DECISIONS:
            told += f": {cells.text_of(line['Details'])}"
        lines.setdefault(cells.text_of(line["Return ID"]), []).append((day, one_line(told)))
    return lines


def _said(event: Event) -> Sentence:
    texts = {"event": event.kind, "source": event.source, "reference": event.reference}
    told = {name: one_line(text) for name, text in texts.items()}
    if not event.amount:
        return Sentence("{event}, {source} {reference}", **told)
    paid = f"{money.show(event.amount, money.decimals(event.currency))} {event.currency}"
    return Sentence("{event} {paid}, {source} {reference}", paid=paid, **told)


def _date_in(value: object) -> dt.date | None:
    try:
        return date_in(value)
    except cells.CellProblem:
        return None


def _date(days: int | None) -> dt.date | None:
    """The day so many days after 1970-01-01; None for what no calendar has."""
    if days is None or not _FIRST <= days <= _LAST:
        return None
    return cells.date_of(days)


_FIRST, _LAST = ((day - dt.date(1970, 1, 1)).days for day in (dt.date.min, dt.date.max))
