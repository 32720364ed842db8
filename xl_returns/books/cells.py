"""What a cell holds, and how it stands in the sheet's XML: `(kind, text)` bytes both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from math import isfinite
from operator import itemgetter
from typing import Final, TypeAlias

import numpy as np

from xl_returns.core import serials
from xl_returns.core.cells import FILE_ERRORS
from xl_returns.core.language import phrased


class CellError(str):
    """An Excel error such as `#N/A`."""

    __slots__ = ()


Value: TypeAlias = float | str | bool | CellError | None

TEXT_LIMIT: Final = 32_767  # UTF-16 units, Excel's limit for one cell

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_CARE: Final = bytes(code for code in range(1, 32) if code not in b"\t\n")
_CARE_FOR: Final = (b"_x", b"\xed", b"\xef\xbf")  # also surrogates, U+FFFE and U+FFFF
_LOOKALIKE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_ENTITY: Final = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w+));")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_DIGITS: Final = b"0123456789,"
_NUMERALS: Final = b"0123456789,.+-eE"
_TEXT_KINDS: Final = {b"str", b"inlineStr"}
_SEVERAL: Final = 2


def clean(text: str) -> str:
    """A text as a cell can hold it: no characters XML forbids, not longer than Excel allows."""
    if not text.isprintable():
        text = _ILLEGAL.sub("", text)
    if len(text) * 2 <= TEXT_LIMIT:
        return text
    return text.encode("utf-16-le")[: TEXT_LIMIT * 2].decode("utf-16-le", "ignore")


def clean_all(cells: Sequence[Value]) -> Sequence[Value]:
    """Cells whose texts a cell can hold; most need nothing."""
    kinds = set(map(type, cells))
    if kinds.isdisjoint((str, CellError)):
        return cells
    texts = cells if kinds == {str} else [cell for cell in cells if type(cell) is str]
    longest = max(map(len, texts), default=0)  # type: ignore[arg-type]
    if CellError not in kinds and longest * 2 <= TEXT_LIMIT and "".join(texts).isprintable():  # type: ignore[arg-type]
        return cells
    return [clean(str(cell)) if isinstance(cell, str) else cell for cell in cells]


def escape(text: str) -> bytes:
    """A cell's text as XML character data."""
    if len(text) * 2 > TEXT_LIMIT or _SPECIAL.search(text):
        text = _LOOKALIKE.sub("_x005F_", clean(text)).replace("\r", "_x000D_")
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.encode()


def unescape(raw: bytes) -> str:
    """The text behind XML character data; ValueError when it is none."""
    text = raw.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = _without_entities(text)
    return unescape_controls(text) if "_x" in text else text


def unescape_all(raw: Sequence[bytes]) -> list[str]:
    """Many texts at once: most need nothing but decoding."""
    joined = b"\0".join(raw).decode()
    texts = joined.split("\0") if raw else []
    if len(texts) != len(raw):
        raise ValueError(phrased("a text holds a character that XML forbids"))
    if "&" not in joined and "_x" not in joined and "\r" not in joined:
        return texts
    special = ("&", "_x", "\r")
    return [
        unescape(raw[index]) if any(mark in text for mark in special) else text
        for index, text in enumerate(texts)
    ]


def unescape_controls(text: str) -> str:
    """The text with `_x000D_` and the like as the characters they stand for."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _without_entities(text: str) -> str:
    if text.count("&") != len(_ENTITY.findall(text)):
        raise ValueError(phrased("an unknown entity"))
    return _ENTITY.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        if name not in _NAMED:
            raise ValueError(phrased("an unknown entity {name}", name=name))
        return _NAMED[name]
    character = chr(int(decimal) if decimal else int(hexadecimal, 16))
    if _ILLEGAL.match(character):
        raise ValueError(phrased("a text holds a character that XML forbids"))
    return character


def encode(value: Value) -> tuple[bytes, bytes]:
    """The `t` attribute's value and the escaped text of `<v>`; ValueError when Excel has no such value."""
    if value is None:
        return b"", b""
    if isinstance(value, str):
        return _encode_error(value) if isinstance(value, CellError) else (b"str", escape(value))
    if isinstance(value, bool):
        return b"b", b"1" if value else b"0"
    number = float(value)
    if not isfinite(number):
        raise ValueError(phrased("a cell holds finite numbers only"))
    return b"", repr(number).removesuffix(".0").encode()


def encode_all(values: Sequence[Value]) -> tuple[list[bytes], list[bytes]]:
    """The kinds and the texts of many values; columns of numbers or texts go at once."""
    types = set(map(type, values)) - {type(None)}
    if len(types) < _SEVERAL and values and values.count(values[0]) == len(values):
        kind, text = encode(values[0])
        return [kind] * len(values), [text] * len(values)
    if types == {str}:
        return _kinds(values, b"str"), _escape_all([value or "" for value in values])  # type: ignore[misc]
    if types == {float} and all(map(isfinite, filter(None, values))):  # type: ignore[arg-type]
        return [b""] * len(values), _numbers(values)  # type: ignore[arg-type]
    pairs = [encode(value) for value in values]
    return [kind for kind, _ in pairs], [text for _, text in pairs]


def _kinds(values: Sequence[Value], kind: bytes) -> list[bytes]:
    if None not in values:
        return [kind] * len(values)
    return [b"" if value is None else kind for value in values]


def _numbers(values: Sequence[float | None]) -> list[bytes]:
    """Python's shortest spelling of each number, whole ones without `.0`."""
    shown = repr(list(values))[1:-1] + ", "
    shown = shown.replace(".0, ", ", ").replace("None, ", ", ")
    return shown.encode().split(b", ")[:-1]


def _escape_all(texts: list[str]) -> list[bytes]:
    joined = "\0".join(texts)
    if joined.count("\0") != len(texts) - 1 or max(map(len, texts)) * 2 > TEXT_LIMIT:
        return [escape(text) for text in texts]
    raw = joined.encode("utf-8", "surrogatepass")
    if len(raw.translate(None, _CARE)) != len(raw) or any(mark in raw for mark in _CARE_FOR):
        return [escape(text) for text in texts]
    raw = raw.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return raw.split(b"\0")


def _encode_error(value: CellError) -> tuple[bytes, bytes]:
    if value not in FILE_ERRORS:
        raise ValueError(phrased("{value} is no error that a cell can hold", value=value))
    return b"e", value.encode()


class Decoder:
    """Reads `(kind, text)` pairs: shared strings, day 0, and all that `encode` writes."""

    def __init__(self, shared: Callable[[], Sequence[str]], *, date1904: bool = False) -> None:
        self._shared = shared
        self._day_zero = serials.DAY_0 + timedelta(serials.SHIFT_1904 if date1904 else 0)

    def value(self, kind: bytes, text: bytes) -> Value:
        """The value of one cell; ValueError or IndexError when the bytes make no sense."""
        if kind == b"" or kind == b"n":  # noqa: PLR1714 - the hot path
            return _number(text)
        if kind == b"s":
            return self._shared()[_index(text)] if text else None
        if kind in (b"str", b"inlineStr"):
            return unescape(text)
        return self._rare(kind, text)

    def _rare(self, kind: bytes, text: bytes) -> Value:
        if kind == b"b":
            return text.strip() in (b"1", b"true")
        if kind == b"e":
            return CellError(unescape(text))
        if kind == b"d":
            return self._serial(text.decode().strip())
        raise ValueError(phrased("an unknown kind of cell, {kind!r}", kind=kind))

    def _serial(self, text: str) -> float:
        moment = datetime.fromisoformat(text) if "T" in text else None
        if moment is None:
            return float((date.fromisoformat(text) - self._day_zero.date()).days)
        return (moment.replace(tzinfo=None) - self._day_zero).total_seconds() / 86_400

    def column(self, kinds: Sequence[bytes], texts: Sequence[bytes]) -> list[Value]:
        """The values of many cells, at once where they are of one kind."""
        present = set(kinds)
        if present <= _TEXT_KINDS:
            return list(unescape_all(texts))
        joined = b",".join(texts)
        if present == {b"s"} and b"" not in texts and not joined.translate(None, _DIGITS):
            return self._strings(joined)
        if present == {b""} and not joined.translate(None, _NUMERALS):
            return _floats(texts)
        if present == {b"", b"s"} and not joined.translate(None, _DIGITS + b"."):
            shared = self._shared()
            return [
                (shared[int(text)] if kind else float(text)) if text else None
                for kind, text in zip(kinds, texts, strict=True)
            ]
        return [self.value(kind, text) for kind, text in zip(kinds, texts, strict=True)]

    def _strings(self, joined: bytes) -> list[Value]:
        numbers = np.fromstring(joined, sep=",", dtype=np.int64).tolist()
        shared = self._shared()
        return [shared[numbers[0]]] if len(numbers) == 1 else list(itemgetter(*numbers)(shared))


def _floats(texts: Sequence[bytes]) -> list[Value]:
    """Numbers and blanks; each spelling is read once where many repeat."""
    different = set(texts)
    if len(different) * 4 < len(texts):
        table: dict[bytes, Value] = {text: float(text) if text else None for text in different}
        return list(map(table.__getitem__, texts))
    if b"" in different:
        return [float(text) if text else None for text in texts]
    return list(map(float, texts))


def _number(text: bytes) -> float | None:
    text = text.strip()
    if not text:
        return None
    if text.translate(None, _NUMERALS) or b"," in text:
        raise ValueError(phrased("not a number"))
    number = float(text)
    if not isfinite(number):
        raise ValueError(phrased("not a finite number"))
    return number


def _index(text: bytes) -> int:
    if not text.strip().isdigit():
        raise ValueError(phrased("not the number of a shared string"))
    return int(text)
