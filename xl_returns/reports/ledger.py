"""Inventory ledger detail: units that buyers sent back into Amazon's stock."""

from __future__ import annotations

from typing import Final

from xl_returns.reports.model import LEDGER, LEDGER_RETURN, Event, Record
from xl_returns.reports.reader import Reader

_SHOWN: Final = 60


def event(record: Record, reader: Reader) -> Event | None:
    """A customer return; every other movement is passed over. Equal rows are events of their own."""
    if reader.word(record, "type", "ledger_event") != LEDGER_RETURN:
        return None
    reader.whole(record, "disposition")
    told = (reader.text(record, field)[:_SHOWN] for field in ("disposition", "reason"))
    return Event(
        kind=LEDGER_RETURN,
        day=reader.day(record, "day"),
        sku=reader.text(record, "sku"),
        units=reader.count(record, "quantity"),
        channel="FBA",
        reference=reader.text(record, "reference"),
        source=LEDGER,
        detail=", ".join(part for part in told if part),
        place=record.place,
    )
