"""FBA customer returns: one row per unit that reached Amazon's warehouse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from xl_returns.core.language import phrased
from xl_returns.reports.model import Cell, Incoming, Record
from xl_returns.reports.parse import free_text
from xl_returns.reports.reader import Reader, Rejected

_TEXT: Final = {
    "Order ID": "order", "SKU": "sku", "ASIN": "asin", "Item": "item", "Reason": "reason",
}  # fmt: skip


def rows(records: Iterable[Record], reader: Reader) -> Iterable[Incoming]:
    """The rows that can be read; the others are rejected with place, reason and remedy."""
    twins: Counter[str] = Counter()
    for record in records:
        try:
            yield Incoming(record.place, _values(record, reader, twins))
        except Rejected as why:
            reader.notes.reject(record.place, why.problem, why.remedy)


def _values(record: Record, reader: Reader, twins: Counter[str]) -> dict[str, Cell]:
    reader.whole(record)
    cells: dict[str, Cell | None] = {"Channel": "FBA", "Refund Controller": "Amazon"}
    cells |= {header: reader.text(record, field) for header, field in _TEXT.items()}
    cells |= {
        "Request Date": reader.day(record, "requested"),
        "Quantity": reader.units(record, "quantity"),
        "Buyer Comment": free_text(record.fields.get("comment", "")),
    }
    cells |= _state(record, reader)
    cells["Return ID"] = reader.text(record, "lpn") or _numbered(cells, twins)
    return {header: cell for header, cell in cells.items() if cell is not None and cell != ""}


def _state(record: Record, reader: Reader) -> dict[str, Cell | None]:
    disposition = reader.code(record, "disposition", "fba_disposition")
    status = _status(record, reader)
    received = reader.day(record, "requested") if status == "Received" else None
    condition = disposition["Word"] if disposition else None
    return {"Condition": condition, "Status": status, "Received Date": received}


def _status(record: Record, reader: Reader) -> str:
    """Every row is a unit that arrived, so a status in other words still means received."""
    text = reader.text(record, "status")
    line = reader.known(record, "status", "fba_status")
    if text and line is None:
        reader.notes.warn(
            record.place,
            phrased("status `{text}` is not known; read as Received", text=text[:60]),
            phrased("check the row"),
        )
    return line["Word"] if line else "Received"


def _numbered(cells: dict[str, Cell | None], twins: Counter[str]) -> str:
    """The Return ID of a unit without a plate: its order, SKU and day, and a running number."""
    if not (cells["SKU"] or cells["Order ID"] or cells["ASIN"]):
        raise Rejected(
            phrased("the row has no license plate number, order number or SKU"),
            phrased("complete the row in the report and import again"),
        )
    sku = cells["SKU"] or cells["ASIN"] or "no SKU"
    day = cells["Request Date"] or "no date"
    name = f"FBA {cells['Order ID'] or 'no order'} {sku} {day}"
    twins[name] += 1
    return f"{name} #{twins[name]}"
