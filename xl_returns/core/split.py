"""One return split by units into several, so that each can have its own outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Final

import polars as pl

from xl_returns.core import columns, money
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased

OF_ALL_UNITS: Final = ("Shipping Paid", "Label Cost", "Refunded So Far")
"""Amounts that a row holds for all its units; the others are for one unit."""
_PART: Final = re.compile(r" #[0-9]{1,4}$")
_STAY: Final = (
    *columns.RECORD, *columns.OVERRIDES, *columns.SUGGESTIONS, "Negotiation", "Upload Batch",
)  # fmt: skip


def split(
    row: Mapping[str, object], units: Sequence[int], places: int, taken: Iterable[str]
) -> list[dict[str, object]]:
    """The parts of a row with so many units each, in that order; the first keeps its Return ID.

    Amounts are cut in minor units (`places` decimals) from running totals: the parts add up to the
    row. `taken` are Return IDs in use. Raises Refusal when the units do not add up to Quantity, or
    when the row has a decision or an upload of its own, which no part could keep.
    """
    whole = row.get("Quantity")
    name = str(row.get("Return ID") or "")
    if not isinstance(whole, (int, float)) or sum(units) != whole or min(units, default=0) < 1:
        told = " + ".join(map(str, units)) or "nothing"
        raise Refusal(
            name,
            phrased("{told} is not its quantity, {whole}", told=told, whole=whole),
            phrased("name units that add up to it"),
        )
    for header in (*columns.OVERRIDES, "Upload Batch"):
        if row.get(header) not in (None, ""):
            raise Refusal(
                name,
                phrased("has {header} and cannot be split", header=header),
                phrased("clear it first, or leave it"),
            )
    names = _names(name, len(units), set(taken))
    before, parts = 0, []
    for part_name, size in zip(names, units, strict=True):
        amounts = _amounts(row, before, size, int(whole), places)
        part = {**row, **amounts, "Return ID": part_name, "Quantity": float(size)}
        parts.append(part if not before else {h: v for h, v in part.items() if h not in _STAY})
        before += size
    return parts


def whole_of(return_id: str) -> str:
    """The Return ID of what a part was split off from; of any other return, its own."""
    return _PART.sub("", return_id)


def are_parts(return_ids: pl.Series) -> pl.Series:
    """Which Return IDs were split off."""
    return return_ids.str.contains(rf"{_PART.pattern[:-1]}\n?$")


def _names(name: str, parts: int, taken: set[str]) -> list[str]:
    free = (f"{name} #{n}" for n in count(2) if f"{name} #{n}" not in taken)
    return [name, *(next(free) for _ in range(parts - 1))]


def _amounts(
    row: Mapping[str, object], before: int, units: int, of: int, places: int
) -> dict[str, object]:
    amounts: dict[str, object] = {}
    for header in OF_ALL_UNITS:
        value = row.get(header)
        if isinstance(value, (int, float)):
            part = money.share(money.to_minor(value, places), before, units, of)
            amounts[header] = money.to_major(part, places)
    return amounts
