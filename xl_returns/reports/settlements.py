"""The settlement report, Flat File V2: what buyers were paid back, summed over its lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from xl_returns.core import terms
from xl_returns.core.language import phrased
from xl_returns.reports import maps, parse
from xl_returns.reports.model import REFUND, SETTLEMENT, Event, Record
from xl_returns.reports.reader import Reader, Rejected
from xl_returns.reports.refunds import is_refund

_SHOWN: Final = 60
_BUYER: Final = "Buyer"
_ORDER: Final = 3
"""The parts of a key that name an order's refund."""


class _Key(NamedTuple):
    """What the lines of one refund have in common; `part` is the adjustment or order item."""

    settlement: str
    type: str
    order: str
    sku: str
    part: str
    day: dt.date | None


class _Line(NamedTuple):
    """What one line gives back to the buyer."""

    record: Record
    amount: Decimal
    tax: Decimal
    units: int


def events(records: Sequence[Record], reader: Reader) -> Iterator[Event]:
    """The refunds; those of an order with a line that cannot be read are left out, as their sum
    would be false.
    """
    totals = _totals(records, reader)
    _doubt_sums(records, totals, reader)
    for key, lines in _refunds(records, reader).items():
        try:
            yield _event(key, lines, totals, reader)
        except Rejected as why:
            reader.notes.reject(lines[0].record.place, why.problem, why.remedy)


def _totals(records: Iterable[Record], reader: Reader) -> dict[str, Record]:
    """The first line of each settlement that names a currency, by settlement."""
    found: dict[str, Record] = {}
    for record in records:
        if record.fields.get("currency", "").strip():
            found.setdefault(reader.text(record, "reference"), record)
    return found


def _doubt_sums(records: Iterable[Record], totals: Mapping[str, Record], reader: Reader) -> None:
    """Say when the lines of a settlement do not make its total: some may be missing."""
    sums = dict.fromkeys(totals, Decimal(0))
    for record in records:
        settlement = reader.text(record, "reference")
        try:
            sums[settlement] += parse.number(record.fields.get("amount", "")) or 0
        except (KeyError, ValueError):
            sums.pop(settlement, None)
    for settlement, found in sums.items():
        total = totals[settlement]
        if (says := reader.text(total, "total")) and found != _total(says):
            reader.notes.warn(
                total.place,
                phrased(
                    "the lines of settlement {settlement} do not add up to its total ({found} instead of {says})",
                    settlement=settlement[:_SHOWN],
                    found=found,
                    says=says[:_SHOWN],
                ),
                phrased("the file may be cut or edited: download the report again"),
            )


def _total(text: str) -> Decimal | None:
    try:
        return parse.number(text)
    except ValueError:
        return None


def _refunds(records: Sequence[Record], reader: Reader) -> dict[_Key, list[_Line]]:
    """The lines of each refund, in the order of the file, of orders that read without a fault."""
    found: dict[_Key, list[_Line]] = {}
    faulty = _cut_off(records, reader)
    for record in records:
        if record.cut or not _is_buyers(record, reader):
            continue
        key = _key(record, reader)
        if line := _read(record, reader):
            found.setdefault(key, []).append(line)
        else:
            faulty.add(_refund(record, reader))
    return {key: lines for key, lines in found.items() if key[:_ORDER] not in faulty}


def _cut_off(records: Sequence[Record], reader: Reader) -> set[tuple[str, str, str]]:
    """The refunds that a last line which is cut off may belong to: its own, or the one before."""
    if not records or not records[-1].cut:
        return set()
    try:
        reader.whole(records[-1])
    except Rejected as why:
        _leave_out(records[-1], why, reader)
    return {_refund(record, reader) for record in records[-2:]}


def _is_buyers(record: Record, reader: Reader) -> bool:
    """Whether a line is about what a refund gives the buyer, and not about fees."""
    kind = reader.known(record, "amount_type", "settlement_amount")
    buyers = kind is not None and kind["Word"] == _BUYER
    back = buyers and reader.is_negative(record, "amount")
    if not is_refund(record, reader, takes_back=back):
        return False
    if kind is None:
        reader.word(record, "amount_type", "settlement_amount")
    return buyers


def _refund(record: Record, reader: Reader) -> tuple[str, str, str]:
    """What names the refund of an order: settlement, type and order."""
    text = reader.text
    return text(record, "reference"), text(record, "type"), text(record, "order")


def _key(record: Record, reader: Reader) -> _Key:
    text = reader.text
    return _Key(
        *_refund(record, reader),
        sku=text(record, "sku"),
        part=text(record, "adjustment") or text(record, "item"),
        day=reader.day(record, "time") or reader.day(record, "day"),
    )


def _event(
    key: _Key, lines: Sequence[_Line], totals: Mapping[str, Record], reader: Reader
) -> Event:
    first = lines[0].record
    shop = reader.word(first, "shop", "sales_channel")
    return Event(
        kind=REFUND,
        day=key.day,
        order_id=key.order,
        sku=key.sku,
        units=max(line.units for line in lines),
        amount=sum((line.amount for line in lines), Decimal(0)),
        tax=sum((line.tax for line in lines), Decimal(0)),
        currency=_currency(first, key, shop, totals, reader),
        marketplace=shop,
        channel=reader.word(first, "fulfilment", "fulfilment"),
        reference=key.settlement,
        source=SETTLEMENT,
        detail=key.type[:_SHOWN],
        place=first.place,
    )


def _read(record: Record, reader: Reader) -> _Line | None:
    """One line, or None when it cannot be read, which is noted."""
    try:
        reader.needed(record, "order")
        reader.needed(record, "amount")
        reader.needed(record, "time" if record.fields.get("time", "").strip() else "day")
        value = Decimal(0) - (reader.signed(record, "amount") or 0)
        units = abs(reader.count(record, "quantity"))
    except Rejected as why:
        _leave_out(record, why, reader)
        return None
    is_tax = _is_tax(record.fields.get("description", ""))
    return _Line(record, Decimal(0) if is_tax else value, value if is_tax else Decimal(0), units)


def _leave_out(record: Record, why: Rejected, reader: Reader) -> None:
    remedy = phrased("{remedy}; the order's whole refund was left out", remedy=why.remedy)
    reader.notes.reject(record.place, why.problem, remedy)


def _is_tax(description: str) -> bool:
    known = maps.line("settlement_tax", description) is not None
    return known or description.strip().casefold().endswith("tax")


def _currency(
    first: Record, key: _Key, shop: str, totals: Mapping[str, Record], reader: Reader
) -> str:
    """The currency: a settlement names it once, on the line of its totals."""
    total = totals.get(key.settlement)
    if named := reader.currency(first) or (reader.currency(total) if total else ""):
        return named
    if not shop:
        raise Rejected(
            phrased(
                "the currency of settlement {settlement} is not in the file",
                settlement=key.settlement[:_SHOWN],
            ),
            phrased("download the whole report again; its line of totals names the currency"),
        )
    reader.notes.warn(
        first.place,
        phrased(
            "settlement {settlement} names no currency; taken from the marketplace",
            settlement=key.settlement[:_SHOWN],
        ),
        phrased("download the whole report again; its line of totals names the currency"),
    )
    return terms.MARKETPLACE_CURRENCY[shop]
