"""Cells as comparable text, so that a value compares equal wherever it was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from xl_returns.core import columns, money, serials

_KINDS: Final = {column.name: column.kind for column in columns.RETURNS}


def form(header: str, cell: object) -> str:
    """The text of a cell; blank is an empty string."""
    if cell is None:
        return ""
    kind = _KINDS[header]
    if isinstance(cell, str):
        return cell.strip() if kind == "text" else _text(header, kind, cell.strip())
    if isinstance(cell, dt.date):
        return cell.isoformat()[:10]
    if isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool):
        return _number(kind, cell)
    return "YN"[not cell] if isinstance(cell, bool) else str(cell).strip()


def _text(header: str, kind: str, text: str) -> str:
    if kind == "choice":
        return _choices(header).get(text.casefold(), text)
    if kind == "date":
        return text[:10]
    if kind in ("money", "whole") and text:
        try:
            return _number(kind, money.exact(text))
        except ValueError:
            return text
    return text


@lru_cache(maxsize=4096)
def _number(kind: str, number: float | Decimal) -> str:
    if kind == "date" and serials.is_day(float(number)):
        return serials.date_of(float(number)).isoformat()
    try:
        exact = money.exact(number)
    except ValueError:
        return ""
    return f"{exact.normalize():f}" if exact else "0"


@cache
def _choices(header: str) -> Mapping[str, str]:
    return {choice.casefold(): choice for choice in columns.BY_NAME[header].choices}
