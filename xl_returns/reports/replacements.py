"""FBA replacements: orders sent again, which need no refund."""

from __future__ import annotations

from typing import Final

from xl_returns.reports.model import REPLACEMENT, REPLACEMENTS, Event, Record
from xl_returns.reports.reader import Reader

_SHOWN: Final = 60


def event(record: Record, reader: Reader) -> Event:
    """One SKU sent again; `order_id` is the order that it replaces."""
    return Event(
        kind=REPLACEMENT,
        day=reader.day(record, "day"),
        order_id=reader.needed(record, "order"),
        sku=reader.text(record, "sku"),
        units=reader.count(record, "quantity"),
        channel="FBA",
        reference=reader.text(record, "reference"),
        source=REPLACEMENTS,
        detail=reader.text(record, "reason")[:_SHOWN],
        place=record.place,
    )
