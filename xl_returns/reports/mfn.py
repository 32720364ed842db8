"""Seller-fulfilled returns: one row per requested item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Context, Decimal
from typing import Final

from xl_returns.core.language import phrased
from xl_returns.reports.model import Cell, Incoming, Record
from xl_returns.reports.reader import Reader, Rejected

_TEXT: Final = {
    "Order ID": "order", "SKU": "sku", "ASIN": "asin", "Item": "item", "Category": "category",
    "Reason": "reason", "Buyer Comment": "comment",
}  # fmt: skip
_NUMBERS: Final = {"Order Item ID": "order_item", "Tracking ID": "tracking"}
_DATES: Final = {"Order Date": "order_date", "Request Date": "requested"}
_YES_NO: Final = {"In Policy": "in_policy", "A-to-z": "atoz"}
_MONEY: Final = {"Label Cost": "label_cost", "Refunded So Far": "refunded"}
EXACT: Final = Context(prec=15)
"""Excel keeps 15 significant digits."""


def rows(records: Iterable[Record], reader: Reader) -> Iterable[Incoming]:
    """The rows that can be read; the others are rejected with place, reason and remedy."""
    for record in records:
        try:
            yield Incoming(record.place, _values(record, reader))
        except Rejected as why:
            reader.notes.reject(record.place, why.problem, why.remedy)


def key(order: str, sku: str, requested: dt.date | None) -> str:
    """The Return ID of a request that has no RMA number."""
    return "/".join((order, sku, requested.isoformat() if requested else "no date"))


def _values(record: Record, reader: Reader) -> dict[str, Cell]:
    reader.whole(record)
    cells: dict[str, Cell | None] = {"Return ID": _return_id(record, reader), "Channel": "MFN"}
    cells |= {header: reader.text(record, field) for header, field in _TEXT.items()}
    cells |= {header: reader.long_number(record, field) for header, field in _NUMBERS.items()}
    cells |= {header: reader.day(record, field) for header, field in _DATES.items()}
    cells |= {header: reader.yes_no(record, field) for header, field in _YES_NO.items()}
    cells |= {header: reader.money(record, field) for header, field in _MONEY.items()}
    cells |= _state(record, reader) | _goods(record, reader)
    _doubt_refund(record, cells, reader)
    return {header: cell for header, cell in cells.items() if cell is not None and cell != ""}


def _return_id(record: Record, reader: Reader) -> str:
    text = reader.text
    if rma := text(record, "amazon_rma") or text(record, "merchant_rma"):
        return rma
    if not (order := text(record, "order")):
        raise Rejected(
            phrased("the row has neither an RMA number nor an order number"),
            phrased("complete the row in the report and import again"),
        )
    return key(order, text(record, "sku"), reader.day(record, "requested"))


def _goods(record: Record, reader: Reader) -> dict[str, Cell | None]:
    """Units and money. The order amount is for all units of the line."""
    quantity, ordered = reader.units(record, "quantity"), _ordered(record, reader)
    if quantity and ordered and quantity > ordered:
        reader.notes.warn(
            record.place,
            phrased("more units are returned than were ordered"),
            phrased("check Quantity before any refund"),
        )
    amount = reader.money(record, "amount")
    unit = EXACT.divide(amount, Decimal(ordered)) if amount is not None and ordered else None
    return {"Quantity": quantity, "Unit Paid": unit, "Currency": reader.currency(record)}


def _ordered(record: Record, reader: Reader) -> int | None:
    try:
        return reader.units(record, "order_quantity")
    except Rejected as why:
        reader.notes.warn(
            record.place,
            phrased("order {problem}", problem=why.problem),
            phrased("fill Unit Paid by hand"),
        )
        return None


def _state(record: Record, reader: Reader) -> dict[str, Cell | None]:
    """Where the request stands, and who pays."""
    received = reader.day(record, "delivered")
    payer = reader.code(record, "payer", "label_payer")
    return {
        "Status": _status(record, reader, received),
        "Received Date": received,
        "Refund Controller": _controller(record, reader),
        "Label Payer": payer["Word"] if payer else None,
    }


def _status(record: Record, reader: Reader, received: dt.date | None) -> str | None:
    line = reader.code(record, "status", "mfn_status")
    if line is None:
        return None
    if line["Word If Refunded"] and (reader.money(record, "refunded") or 0) > 0:
        return line["Word If Refunded"]
    return "Received" if received and line["Word"] == "Approved" else line["Word"]


def _controller(record: Record, reader: Reader) -> str | None:
    line = reader.code(record, "resolution", "mfn_resolution")
    if line and line["Warning"]:
        reader.notes.warn(
            record.place, line["Warning"], phrased("look at the order before you refund")
        )
    if line:
        return line["Word"]
    return "Seller" if reader.text(record, "resolution") else None


def _doubt_refund(record: Record, cells: dict[str, Cell | None], reader: Reader) -> None:
    """Amazon fills the refunded amount before money moves: an open request is doubtful."""
    refunded = cells["Refunded So Far"]
    is_open = cells["Status"] in ("Requested", "Approved")
    if refunded and is_open and cells["Refund Controller"] != "Amazon":
        reader.notes.warn(
            record.place,
            phrased(
                "an amount is named as refunded while the request is open; it is not always paid"
            ),
            phrased("compare Refunded So Far with your payments"),
        )
