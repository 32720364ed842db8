"""The monthly transaction report: refunds, under headers in the language of the shop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from xl_returns.core import terms
from xl_returns.core.findings import Refusal
from xl_returns.core.language import marked, phrased
from xl_returns.reports.model import REFUND, TRANSACTIONS, Event, Record
from xl_returns.reports.notes import Notes
from xl_returns.reports.reader import Reader, Rejected
from xl_returns.reports.recognise import Layout
from xl_returns.reports.refunds import is_refund

_PAID: Final = ("sales", "shipping", "gift_wrap", "rebates")
_TAXES: Final = tuple(f"{field}_tax" for field in _PAID)
_SHOWN: Final = 60
_MOST_SHOWN: Final = 400
_REMEDY: Final = marked("set Seller Central to English, download the report again and import that")


def check(layout: Layout, name: str, notes: Notes) -> None:
    """Refuse a header without product sales; warn when other money may go unread."""
    place = phrased("{name} line {number}", name=name, number=layout.header_line + 1)
    if "sales" not in layout.positions:
        header = ", ".join(layout.header)[:_MOST_SHOWN]
        raise Refusal(
            place,
            phrased(
                "this is a monthly transaction report without a column of product sales that we know; its header reads `{header}`",
                header=header,
            ),
            phrased(_REMEDY),
        )
    lacking = [field for field in _PAID if field not in layout.positions]
    if not any(field in layout.positions for field in _TAXES):
        lacking.append("tax")
    if lacking:
        told = " or ".join(field.replace("_", " ") for field in lacking)
        notes.warn(
            place,
            phrased("no column of {told} is known; refunds are read without it", told=told),
            phrased(_REMEDY),
        )


def events(records: Sequence[Record], reader: Reader) -> Iterator[Event]:
    """The refunds, one for each row; rows that cannot be read are rejected."""
    usual = _usual_shop(records, reader)
    for record in records:
        try:
            if event := _event(record, reader, usual):
                yield event
        except Rejected as why:
            reader.notes.reject(record.place, why.problem, why.remedy)


def _usual_shop(records: Iterable[Record], reader: Reader) -> str:
    """The shop of rows that name none: the file's only one, or the one asked for."""
    named = {record.fields.get("shop", ""): record for record in records}.values()
    lines = (reader.known(record, "shop", "sales_channel") for record in named)
    shops = {line["Word"] for line in lines if line and line["Word"]}
    return shops.pop() if len(shops) == 1 else reader.marketplace


def _event(record: Record, reader: Reader, usual: str) -> Event | None:
    reader.whole(record)
    if not is_refund(record, reader, takes_back=reader.is_negative(record, "sales")):
        return None
    order = reader.needed(record, "order")
    amount, tax = _sums(record, reader)
    if not amount and not tax:
        reader.notes.warn(
            record.place,
            phrased("a refund gives the buyer nothing by its columns; not counted"),
            phrased("look at the order in Seller Central"),
        )
        return None
    shop = reader.word(record, "shop", "sales_channel") or usual
    return Event(
        kind=REFUND,
        day=reader.day(record, "day"),
        order_id=order,
        sku=reader.text(record, "sku"),
        units=reader.count(record, "quantity"),
        amount=amount,
        tax=tax,
        currency=_currency(shop),
        marketplace=shop,
        channel=reader.word(record, "fulfilment", "fulfilment"),
        reference=reader.text(record, "reference"),
        source=TRANSACTIONS,
        detail=reader.text(record, "type")[:_SHOWN],
        place=record.place,
    )


def _sums(record: Record, reader: Reader) -> tuple[Decimal, Decimal]:
    """What the buyer got back: without tax, and the tax on top."""
    reader.whole(record, *_PAID, *_TAXES)
    reader.needed(record, "sales")
    paid, taxes = (
        sum((reader.signed(record, field) or Decimal(0) for field in fields), Decimal(0))
        for fields in (_PAID, _TAXES)
    )
    return Decimal(0) - paid, Decimal(0) - taxes


def _currency(shop: str) -> str:
    """The report names no currency: it is the shop's."""
    if not shop:
        raise Rejected(
            phrased("the row names no marketplace that we know, so its currency is not known"),
            phrased("import it again with --marketplace, for example --marketplace DE"),
        )
    return terms.MARKETPLACE_CURRENCY[shop]
