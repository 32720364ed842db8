"""Which lines of a payment report pay a buyer back."""

from __future__ import annotations

from xl_returns.core.language import phrased
from xl_returns.reports.model import REFUND, Record
from xl_returns.reports.reader import Reader


def is_refund(record: Record, reader: Reader, *, takes_back: bool) -> bool:
    """Whether a line's type is a refund; an unknown type is noted when it takes back a sale."""
    line = reader.known(record, "type", "transaction_type")
    if line is None and takes_back:
        text = reader.text(record, "type")[:60]
        reader.notes.warn(
            record.place,
            phrased(
                "transaction type `{text}` is not known and takes back a sale; not read as a refund",
                text=text,
            ),
            phrased("compare the order with your payments"),
        )
    return line is not None and line["Word"] == REFUND
