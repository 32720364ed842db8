"""The companion reports: what became of orders, money and units after a return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from xl_returns.reports import (
    ledger,
    reimbursements,
    removals,
    replacements,
    settlements,
    transactions,
)
from xl_returns.reports.model import (
    LEDGER,
    REIMBURSEMENTS,
    REMOVALS,
    REPLACEMENTS,
    SETTLEMENT,
    SHIPMENTS,
    TRANSACTIONS,
    Event,
    Kind,
    Record,
)
from xl_returns.reports.reader import Reader, Rejected

_OF_A_ROW: Final[Mapping[Kind, Callable[[Record, Reader], Event | None]]] = MappingProxyType(
    {
        REIMBURSEMENTS: reimbursements.event,
        REMOVALS: removals.order,
        SHIPMENTS: removals.shipment,
        REPLACEMENTS: replacements.event,
        LEDGER: ledger.event,
    }
)
_OF_A_FILE: Final[Mapping[Kind, Callable[[Sequence[Record], Reader], Iterator[Event]]]] = (
    MappingProxyType({SETTLEMENT: settlements.events, TRANSACTIONS: transactions.events})
)
COMPANIONS: Final = frozenset((*_OF_A_ROW, *_OF_A_FILE))


def events(kind: Kind, records: Sequence[Record], reader: Reader) -> Iterator[Event]:
    """What a companion report says happened, in its order; what cannot be read is rejected."""
    if kind in _OF_A_FILE:
        yield from _OF_A_FILE[kind](records, reader)
        return
    for record in records:
        try:
            reader.whole(record)
            if event := _OF_A_ROW[kind](record, reader):
                yield event
        except Rejected as why:
            reader.notes.reject(record.place, why.problem, why.remedy)
