"""FBA reimbursements: what Amazon paid the seller for goods that it lost, damaged or kept."""

from __future__ import annotations

from typing import Final

from xl_returns.core import terms
from xl_returns.core.language import phrased
from xl_returns.reports.model import REIMBURSEMENT, REIMBURSEMENTS, Event, Record
from xl_returns.reports.reader import Reader, Rejected

_SHOWN: Final = 60


def event(record: Record, reader: Reader) -> Event:
    """One reimbursement; a reversal is negative when the report says so, and only then."""
    reader.whole(record, "quantity")
    amount = reader.signed(record, "amount")
    if amount is None:
        raise Rejected(
            phrased("the row has no amount"),
            phrased("download the report again, or complete the row"),
        )
    return Event(
        kind=REIMBURSEMENT,
        day=reader.day(record, "day"),
        order_id=reader.text(record, "order"),
        sku=reader.text(record, "sku"),
        units=reader.count(record, "quantity"),
        amount=amount,
        currency=_currency(record, reader),
        channel="FBA",
        reference=reader.needed(record, "reference"),
        source=REIMBURSEMENTS,
        detail=_detail(record, reader),
        place=record.place,
    )


def _currency(record: Record, reader: Reader) -> str:
    """The currency that the row names, or else that of the marketplace asked for."""
    asked = terms.MARKETPLACE_CURRENCY.get(reader.marketplace, "")
    if found := reader.currency(record) or asked:
        return found
    raise Rejected(
        phrased("the row names no currency"),
        phrased("import it again with --marketplace, for example --marketplace DE"),
    )


def _detail(record: Record, reader: Reader) -> str:
    parts = [reader.text(record, "reason")[:_SHOWN]]
    if stock := reader.count(record, "stock"):
        parts.append(f"{stock} back in stock")
    if original := reader.text(record, "original"):
        parts.append(f"corrects {original[:_SHOWN]}")
    return ", ".join(part for part in parts if part)
