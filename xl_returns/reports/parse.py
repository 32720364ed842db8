"""Cells of a report: clean text, numbers in every notation, yes or no."""

from __future__ import annotations

import html
import re
import unicodedata
from decimal import Decimal
from typing import Final

from xl_returns.core import terms

LONGEST: Final = 32_000
"""Excel keeps at most 32,767 characters in a cell."""
_MOST_DIGITS: Final = 15
_BLANKS: Final = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufeff]")
_PLAIN: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_COMMA: Final = re.compile(r"-?[0-9]{1,12},[0-9]{1,2}")
_CURRENCY: Final = re.compile(
    rf"(?:{'|'.join(terms.CURRENCIES)}|US|CA|AU|MX|R|C|A|S|kr\.?|zł|TL|円|元|£E)?\s*[$€£¥₹₺]?\s*",
    re.IGNORECASE,
)
_GROUPED: Final = re.compile(
    r"[0-9]*|[0-9]{1,3}([ ,.])[0-9]{3}(?:\1[0-9]{3})*|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}"
)
_TWO_WAYS: Final = re.compile(r"[-+(\u2212]?[1-9][0-9]{0,2}\.[0-9]{3}[-)]?")
_SHORTENED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_YES_NO: Final = {
    "y": "Y", "yes": "Y", "true": "Y", "1": "Y", "n": "N", "no": "N", "false": "N", "0": "N",
}  # fmt: skip
_ANSWERS: Final = frozenset(
    ("", "yes", "no", "ja", "nein", "oui", "non", "sí", "si", "sì", "nee", "nej", "tak", "nie",
     "sim", "não", "evet", "hayır", "はい", "いいえ", "是", "否")
)  # fmt: skip
"""The last part of a buyer's comment, in the languages of the shops."""


def clean(cell: str) -> str:
    """A cell as harmless text: entities read, control characters gone, of bearable length."""
    if cell.isprintable() and "&" not in cell:
        return cell.strip()[:LONGEST]
    if "&" in cell:
        cell = html.unescape(cell)
    if not cell.isprintable():
        cell = _UNSAFE.sub("", _BLANKS.sub(" ", cell))
    return cell.strip()[:LONGEST].rstrip()


def number(text: str) -> Decimal | None:
    """A number as people and Amazon write it, or None when blank; ValueError when it is none.

    `1.234,56`, `1,234.56`, `1 234,56`, `77,98`, `¥1,200`, `(3.00)`. Of a single comma before
    three digits: thousands, unless the number starts with 0.
    """
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _COMMA.fullmatch(text):
        return Decimal(text.replace(",", "."))
    body = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-").replace("’", "'")
    if not body:
        return None
    body, negative = _sign(body)
    whole, fraction = _split(_without_currency(body).replace("'", " "))
    digits = re.sub(r"[ ,.]", "", whole)
    if not _GROUPED.fullmatch(whole) or not re.fullmatch(r"[0-9]*", fraction):
        raise ValueError(f"{text!r} is not a number")
    if not 0 < len(digits + fraction) <= _MOST_DIGITS:
        raise ValueError(f"{text!r} is not a number")
    value = Decimal(f"{digits or 0}.{fraction or 0}") if fraction else Decimal(digits)
    return -value if negative else value


def amount(text: str) -> Decimal | None:
    """As `number`; ValueError for `1.234` as well, which is a thousand in half of Europe."""
    if reads_two_ways(text):
        raise ValueError(f"{text!r} can be read two ways")
    return number(text)


def reads_two_ways(text: str) -> bool:
    """Whether an amount is one in some countries and a thousand times that in others."""
    return bool(_TWO_WAYS.fullmatch(text.strip()))


def is_shortened(text: str) -> bool:
    """Whether Excel kept only the first digits of a long number, such as `9.0211E+13`."""
    return bool(_SHORTENED.fullmatch(text))


def _sign(body: str) -> tuple[str, bool]:
    if body.startswith("(") and body.endswith(")"):
        return body[1:-1].strip(), True
    body = _without_currency(body)
    if body.startswith(("-", "+")):
        return body[1:].strip(), body[0] == "-"
    if body.endswith("-"):
        return body[:-1].strip(), True
    return body, False


def _without_currency(body: str) -> str:
    body = body[found.end() :] if (found := _CURRENCY.match(body)) else body
    ends = re.search(rf"{_CURRENCY.pattern}$", body, re.IGNORECASE)
    return (body[: ends.start()] if ends else body).strip()


def _split(body: str) -> tuple[str, str]:
    """Whole part (with its thousands marks) and fraction."""
    at = max(body.rfind(","), body.rfind("."))
    if at < 0:
        return body, ""
    mark, whole, fraction = body[at], body[:at], body[at + 1 :]
    if mark in whole:
        return body, ""
    lonely = whole.isdigit() and not whole.startswith("0")
    if mark == "," and lonely and len(fraction) == 3:
        return body, ""
    return (whole, fraction) if fraction else (body, "")


def units(text: str) -> int | None:
    """A whole number of units, or None when blank; ValueError when it is none."""
    value = number(text)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise ValueError(f"{text!r} is not a whole number")
    return int(value)


def yes_no(text: str) -> str | None:
    """Y or N of the ways to say so, or None when it is neither."""
    return _YES_NO.get(text.strip().casefold())


def free_text(comment: str) -> str:
    """The buyer's own words of a comment such as `Reason|words|Yes`; else the reason."""
    parts = comment.split("|")
    if len(parts) > 2 and parts[-1].strip().casefold() in _ANSWERS:
        parts = parts[:-1]
    words = "|".join(parts[1:])
    return clean(words) or clean(parts[0])
