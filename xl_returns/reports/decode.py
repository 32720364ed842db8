"""Bytes of a report as text, whatever program saved it."""

from __future__ import annotations

import codecs
import re
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FEW: Final = 10
"""At most one broken letter in ten."""
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_PRIVATE: Final = re.compile(r"[\ue000-\uf8ff\x80-\x9f]")
_HALF_WIDTH: Final = re.compile(r"[\uff61-\uff9f]")


def decode(data: bytes) -> str:
    """The text of a report: byte order mark, then UTF-8, then an East Asian or Western page."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, errors="replace")
    if wide := _unmarked_utf16(data):
        return data.decode(wide, errors="replace")
    return _strictly(data, "utf-8") or _damaged_utf8(data) or _east_asian(data) or _western(data)


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark shows as a NUL beside every Latin letter."""
    head = data[:400]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 4 or len(head) < 8 or min(even, odd) * 8 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a cut or broken letter here and there."""
    text = data.decode("utf-8", errors="replace")
    foreign = sum(len(run) for run in _FOREIGN.findall(text))
    return text if text.count("\ufffd") * _FEW < foreign else None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _east_asian(data: bytes) -> str | None:
    """Japanese (cp932) or Chinese (GB 18030) text, when it reads like such text.

    Western accents also decode as East Asian pages, but as single characters between Latin
    letters or curly quotes; real Japanese and Chinese come in runs. Chinese read as Japanese
    falls apart into half-width katakana.
    """
    japanese = _strictly(data, "cp932")
    if japanese and _comes_in_runs(japanese) and not _mostly_half_width(japanese):
        return japanese
    chinese = _strictly(data, "gb18030")
    if chinese and _comes_in_runs(chinese):
        return chinese
    return japanese if japanese and _comes_in_runs(japanese) else None


def _comes_in_runs(text: str) -> bool:
    if _PRIVATE.search(text):
        return False
    lengths = [len(run) for run in _FOREIGN.findall(text)]
    return sum(n for n in lengths if n > 1) > sum(n for n in lengths if n == 1)


def _mostly_half_width(text: str) -> bool:
    foreign = sum(len(run) for run in _FOREIGN.findall(text))
    return len(_HALF_WIDTH.findall(text)) * 2 > foreign


def _western(data: bytes) -> str:
    return _strictly(data, "cp1252") or data.decode("latin-1")
