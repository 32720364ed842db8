"""Seals that chain the lines of a log, so that a changed line shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DIGITS: Final = 32
_EXCEL_DIGITS: Final = 15


def seal(before: str, cells: Sequence[object]) -> str:
    """The seal of a line: 32 hex digits of SHA-256 over its cells and the seal of the line before.

    Cells count as Excel keeps them: numbers by 15 digits, line breaks as LF, blank text as blank.
    """
    told = _AS_JSON([before, *map(_form, cells)])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _form(cell: object) -> object:
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, (int, float)):
        return f"{float(cell):.{_EXCEL_DIGITS}g}"
    text = str(cell)
    return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text) or None
