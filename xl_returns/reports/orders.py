"""All orders: what the buyer paid, in which shop and which money. New orders: items' numbers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from xl_returns.core.language import phrased
from xl_returns.reports import parse
from xl_returns.reports.model import OrderItem, OrderLine, Record
from xl_returns.reports.reader import Reader, Rejected

_SHIPPED: Final = "shipped"
"""How the status of a shipped order begins: `Shipped`, `Shipped - Delivered to Buyer`."""


def lines(records: Iterable[Record], reader: Reader) -> Iterable[OrderLine]:
    """The order lines that were sold; cancelled and unpriced ones are passed over."""
    for record in records:
        try:
            if line := _line(record, reader):
                yield line
        except Rejected as why:
            reader.notes.reject(record.place, why.problem, why.remedy)


def items(records: Iterable[Record], reader: Reader) -> Iterable[OrderItem]:
    """The numbers of order lines, where a report of new orders tells them."""
    for record in records:
        try:
            if item := _item(record, reader):
                yield item
        except Rejected as why:
            reader.notes.reject(record.place, why.problem, why.remedy)


def _item(record: Record, reader: Reader) -> OrderItem | None:
    reader.whole(record)
    order, sku = reader.text(record, "order"), reader.text(record, "sku")
    number = reader.long_number(record, "order_item")
    return OrderItem(order, sku, number) if order and sku and number else None


def _line(record: Record, reader: Reader) -> OrderLine | None:
    reader.whole(record)
    if not (order := reader.text(record, "order")):
        raise Rejected(
            phrased("the row has no order number"), phrased("complete it and import again")
        )
    price = reader.money(record, "price")
    quantity = _sold(record, reader)
    if price is None or not quantity:
        return None
    channel = reader.code(record, "channel", "sales_channel")
    fulfilment = reader.known(record, "fulfilment", "fulfilment")
    status = reader.text(record, "status").casefold()
    return OrderLine(
        order_id=order,
        sku=reader.text(record, "sku"),
        asin=reader.text(record, "asin"),
        purchased=reader.day(record, "order_date"),
        quantity=quantity,
        currency=reader.currency(record),
        marketplace=channel["Word"] if channel else "",
        price=price,
        shipping=_shipping(record, reader),
        item_promotion=_promotion(record, reader, "item_promotion"),
        ship_promotion=_promotion(record, reader, "ship_promotion"),
        channel=fulfilment["Word"] if fulfilment else "",
        shipped=not status or status.startswith(_SHIPPED),
    )


def _sold(record: Record, reader: Reader) -> int | None:
    """Units of the line; a cancelled line has none, which is no fault."""
    text = record.fields.get("quantity", "")
    try:
        if parse.units(text) == 0:
            return None
    except ValueError:
        pass
    return reader.units(record, "quantity")


def _shipping(record: Record, reader: Reader) -> Decimal | None:
    """Shipping of the line; a blank cell is none, a missing column is unknown."""
    if "shipping" not in record.fields:
        return None
    return reader.money(record, "shipping") or Decimal(0)


def _promotion(record: Record, reader: Reader, field: str) -> Decimal:
    """A discount as a positive amount, whichever sign the report gives it."""
    text = record.fields.get(field, "")
    try:
        return abs(parse.amount(text) or Decimal(0))
    except ValueError:
        return reader.money(record, field) or Decimal(0)
