"""From the bytes of a file to a report."""

from __future__ import annotations

from collections.abc import Iterable

from xl_returns.core import terms
from xl_returns.core.findings import Refusal
from xl_returns.core.language import listed, phrased
from xl_returns.reports import companions, envelope, fba, mfn, orders, tables, transactions
from xl_returns.reports.decode import decode
from xl_returns.reports.model import (
    FBA,
    ITEMS,
    LEDGER,
    MFN,
    ORDERS,
    TRANSACTIONS,
    Incoming,
    Kind,
    Record,
    Report,
)
from xl_returns.reports.notes import Notes
from xl_returns.reports.parse import clean
from xl_returns.reports.reader import Reader
from xl_returns.reports.recognise import recognise, refuse_binary


def read_report(data: bytes, name: str, marketplace: str | None = None) -> Report:
    """Read a report of any known kind and encoding; raises Refusal when it is none.

    The marketplace only helps to read dates such as `3/4/2026`, and names the shop of transactions
    that name none.
    """
    name = clean(name)[:200] or "report"
    refuse_binary(data, name)
    notes = Notes()
    kind, records = _records(decode(data), name, notes)
    reader = Reader(records, notes, _dated_as(kind) or known_marketplace(marketplace))
    if kind in companions.COMPANIONS:
        events = tuple(companions.events(kind, records, reader))
        return Report(kind, name, events=events, findings=tuple(notes.findings()))
    if kind == ORDERS:
        lines = tuple(orders.lines(records, reader))
        return Report(kind, name, lines=lines, findings=tuple(notes.findings()))
    if kind == ITEMS:
        items = tuple(orders.items(records, reader))
        return Report(kind, name, items=items, findings=tuple(notes.findings()))
    rows = tuple(_returns(kind, records, reader))
    return Report(kind, name, rows=rows, findings=tuple(notes.findings()))


def _dated_as(kind: Kind) -> str:
    """The marketplace whose dates a report has wherever it comes from."""
    return "US" if kind == LEDGER else ""


def known_marketplace(marketplace: str | None) -> str | None:
    """A marketplace by its code, in any case; GB is UK. Refuses codes that we do not know."""
    code = (marketplace or "").strip().upper()
    code = "UK" if code == "GB" else code
    if code and code not in terms.MARKETPLACES:
        remedy = phrased("write one of {words}", words=listed(terms.MARKETPLACES))
        raise Refusal(
            "--marketplace", phrased("`{code}` is not known here", code=code[:20]), remedy
        )
    return code or None


def _records(text: str, name: str, notes: Notes) -> tuple[Kind, list[Record]]:
    if envelope.is_markup(text):
        return MFN, envelope.records(text, name)
    lines = tables.split_lines(text)
    layout = recognise(lines, name)
    if layout.kind == TRANSACTIONS:
        transactions.check(layout, name, notes)
    return layout.kind, tables.records(lines, layout, name, notes)


def _returns(kind: Kind, records: Iterable[Record], reader: Reader) -> Iterable[Incoming]:
    return (fba if kind == FBA else mfn).rows(records, reader)
