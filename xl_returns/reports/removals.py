"""FBA removals: what was to leave the warehouse, and what did."""

from __future__ import annotations

from typing import Final

from xl_returns.core.language import phrased
from xl_returns.reports.model import REMOVAL, REMOVALS, SHIPMENT, SHIPMENTS, Event, Record
from xl_returns.reports.reader import Reader, Rejected

_SHOWN: Final = 60
_COUNTS: Final = ("requested", "shipped", "disposed", "cancelled")
_PARCEL: Final = ("disposition", "carrier", "tracking")


def order(record: Record, reader: Reader) -> Event:
    """One SKU of a removal order; its units are those requested and not cancelled."""
    reader.whole(record, *_COUNTS)
    reader.needed(record, "requested")
    counts = {name: reader.count(record, name) for name in _COUNTS}
    units = counts["requested"] - counts["cancelled"]
    if units < 0 or min(counts.values()) < 0:
        raise Rejected(
            phrased("more units are cancelled than requested"),
            phrased("correct it and import again"),
        )
    told = ", ".join(f"{name} {counts[name]}" for name in _COUNTS)
    status = reader.text(record, "status")[:_SHOWN] or "unknown"
    return Event(
        kind=REMOVAL,
        day=reader.day(record, "day"),
        sku=reader.text(record, "sku"),
        units=units,
        channel="FBA",
        reference=reader.needed(record, "reference"),
        source=REMOVALS,
        detail=_joined(
            "; ",
            reader.text(record, "order_type")[:_SHOWN],
            f"{told}, status {status}",
        ),
        place=record.place,
    )


def shipment(record: Record, reader: Reader) -> Event:
    """One SKU in a parcel of a removal order."""
    reader.whole(record, "carrier")
    reader.needed(record, "shipped")
    return Event(
        kind=SHIPMENT,
        day=reader.day(record, "day") or reader.day(record, "asked"),
        sku=reader.text(record, "sku"),
        units=reader.count(record, "shipped"),
        channel="FBA",
        reference=reader.needed(record, "reference"),
        source=SHIPMENTS,
        detail=_joined(", ", *(reader.text(record, field)[:_SHOWN] for field in _PARCEL)),
        place=record.place,
    )


def _joined(mark: str, *parts: str) -> str:
    return mark.join(part for part in parts if part)
