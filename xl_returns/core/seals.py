"""Seals that chain the lines of a log, so that a changed line shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=("\n", ":"), default=str).encode
"""A line break never stands inside of what it encodes: it parts the elements."""
_DIGITS: Final = 32
_EXCEL_DIGITS: Final = 15


def seal(before: str, content: str) -> str:
    """The seal of a line: 32 hex digits of SHA-256 over its content and the seal before."""
    told = f"[{_AS_JSON(before)},{content}]"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def contents(columns: Sequence[Sequence[object]], later: Sequence[Sequence[object]]) -> list[str]:
    """What is sealed of each line: its cells as JSON, those of `later` columns where filled.

    Cells count as Excel keeps them: numbers by 15 digits, line breaks as LF, blank text as blank.
    """
    always = list(map(_told, columns))
    filled = [[text if text != "null" else "" for text in _told(column)] for column in later]
    return [",".join(filter(None, line)) for line in zip(*always, *filled, strict=True)]


def each_as_json(cells: Sequence[object]) -> list[str]:
    """Every cell of a column as a JSON text of its own."""
    return _AS_JSON(cells)[1:-1].split("\n") if cells else []


def _told(cells: Sequence[object]) -> list[str]:
    forms = _forms(cells)
    if forms and forms.count(forms[0]) == len(forms):
        return each_as_json(forms[:1]) * len(forms)
    return each_as_json(forms)


def _forms(cells: Sequence[object]) -> list[object]:
    if set(map(type, cells)) == {str} and "\r" not in "".join(cells):  # type: ignore[arg-type]
        return [cell or None for cell in cells]
    return [*map(_form, cells)]


def _form(cell: object) -> object:
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, (int, float)):
        return f"{float(cell):.{_EXCEL_DIGITS}g}"
    text = str(cell)
    return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text) or None
