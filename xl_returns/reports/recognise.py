"""Which report a text is, told by its header and not by its name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from xl_returns.core.columns import normalised
from xl_returns.core.findings import Refusal
from xl_returns.core.language import marked, phrased
from xl_returns.reports import maps
from xl_returns.reports.model import (
    FBA,
    ITEMS,
    LEDGER,
    MFN,
    ORDERS,
    REIMBURSEMENTS,
    REMOVALS,
    REPLACEMENTS,
    SETTLEMENT,
    SHIPMENTS,
    TRANSACTIONS,
    Kind,
)
from xl_returns.reports.parse import clean

KNOWN: Final = marked(
    "give one of: FBA customer returns (.txt or .csv), seller-fulfilled returns (.txt, .csv or "
    "XML), All orders (.txt), new orders (.txt), settlement (Flat File V2), monthly transactions (.csv), FBA "
    "reimbursements, FBA removals, FBA replacements, inventory ledger (detailed view)"
)
_HEADER_WITHIN: Final = 30
_LONGEST_HEADER: Final = 20_000
_SHOWN: Final = 80
_SIGNATURES: Final = (
    (b"PK\x03\x04", marked("an Excel workbook or a zip archive")),
    (b"\xd0\xcf\x11\xe0", marked("an old Excel workbook")),
    (b"\x1f\x8b", marked("a gzip archive")),
    (b"%PDF", marked("a PDF")),
    (b"PAR1", marked("a Parquet file")),
)


Fields = frozenset[str]
_SIGNS: Final[Mapping[Kind, tuple[Fields, Fields]]] = MappingProxyType(
    {
        ITEMS: (frozenset(("order", "sku", "order_item")), frozenset(("order_date",))),
        REIMBURSEMENTS: (frozenset(("reference", "amount")), frozenset(("order", "sku"))),
        REMOVALS: (
            frozenset(("reference", "sku", "requested")),
            frozenset(("order_type", "status", "disposed", "cancelled")),
        ),
        SHIPMENTS: (
            frozenset(("reference", "sku", "shipped", "disposition")),
            frozenset(("carrier", "tracking", "day")),
        ),
        REPLACEMENTS: (frozenset(("order", "reference")), frozenset(("sku",))),
        SETTLEMENT: (
            frozenset(("reference", "type", "order", "amount", "description")),
            frozenset(("amount_type",)),
        ),
        TRANSACTIONS: (
            frozenset(("day", "type", "order")),
            frozenset(("reference", "sales", "shop")),
        ),
        LEDGER: (
            frozenset(("day", "sku", "type", "quantity")),
            frozenset(("reference", "disposition")),
        ),
    }
)
"""Fields that tell any other report: all of the first, one of the second."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's kind, where its header stands, how it is cut, and which cell is which field."""

    kind: Kind
    header_line: int
    delimiter: str
    quoted: bool
    header: tuple[str, ...]
    positions: Mapping[str, int]


def refuse_binary(data: bytes, name: str) -> None:
    """Refuse what is no text at all."""
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise Refusal(
                name,
                phrased("this is {what}, not a report", what=what),
                phrased("save it as text; {known}", known=phrased(KNOWN)),
            )
    if not data.strip():
        raise Refusal(name, phrased("the file is empty"), phrased("download the report again"))


def recognise(lines: Sequence[str], name: str) -> Layout:
    """The layout of the first header line that is ours."""
    for index, line in enumerate(lines[:_HEADER_WITHIN]):
        if len(line) > _LONGEST_HEADER:
            continue
        for delimiter in "\t,;":
            if layout := _layout(line, index, delimiter):
                return layout
    raise _unknown(lines, name)


def _layout(line: str, index: int, delimiter: str) -> Layout | None:
    cells = header_cells(line, delimiter)
    for kind in (FBA, MFN, ORDERS, *_SIGNS):
        fields = maps.headers(kind)
        positions: dict[str, int] = {}
        for position, header in enumerate(cells):
            if field := fields.get(header):
                positions.setdefault(field, position)
        if _is(kind, set(positions)):
            quoted = delimiter != "\t" or line.lstrip().startswith('"')
            return Layout(kind, index, delimiter, quoted, cells, positions)
    return None


def header_cells(line: str, delimiter: str) -> tuple[str, ...]:
    """Normalised headers of a line."""
    try:
        cells = next(csv.reader([line.replace("\0", "")], delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(normalised(cell) for cell in cells)


def _is(kind: Kind, fields: set[str]) -> bool:
    if kind in _SIGNS:
        every, some = _SIGNS[kind]
        return fields >= every and bool(fields & some)
    if kind == FBA:
        return fields >= {"requested", "sku"} and bool(fields & {"disposition", "lpn"})
    if kind == MFN:
        signs = fields & {"requested", "status", "amazon_rma", "reason", "quantity"}
        return bool(fields & {"order", "amazon_rma"}) and len(signs) > 1
    needed = {"order", "sku", "price", "quantity"}
    return fields >= needed and bool(fields & {"order_date", "channel", "currency"})


def _unknown(lines: Sequence[str], name: str) -> Refusal:
    headers = set(_headers(lines))
    for header, told in maps.other_reports().items():
        if header in headers:
            problem = phrased(
                "this looks like {report}, {problem}",
                report=told["Report"],
                problem=told["Problem"],
            )
            return Refusal(name, problem, phrased(told["Remedy"] or KNOWN))
    first = next((line for line in lines if line.strip()), "")
    shown = re.sub(r"\s+", " ", clean(first))[:_SHOWN]
    return Refusal(
        name,
        phrased("this is no report we know; its first line reads `{shown}`", shown=shown),
        phrased(KNOWN),
    )


def _headers(lines: Sequence[str]) -> Iterator[str]:
    """Whatever may be a header in the first lines."""
    for line in lines[:_HEADER_WITHIN]:
        for delimiter in "\t,;":
            yield from header_cells(line[:_LONGEST_HEADER], delimiter)
