"""Codes as scanners and people give them: tracking numbers, RMAs, LPNs, order numbers."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SYMBOLOGY: Final = re.compile(r"^\][A-Za-z][0-9]")
_PLATE: Final = re.compile(r"lpn[a-z0-9]{6,}")
_ZIP: Final = re.compile(r"^420(?:[0-9]{9}|[0-9]{5})(?=9[0-9]{19,25}$)")
"""What a USPS label's code says before the tracking number: 420 and the ZIP code."""
_LONGEST: Final = 200


def plain(code: str) -> str:
    """A code without case, blanks, dashes and invisible characters, so that spellings meet."""
    text = unicodedata.normalize("NFKC", code[:_LONGEST])
    text = _SYMBOLOGY.sub("", text.strip())
    return "".join(c for c in text.casefold() if c.isalnum() or c == "#")


def readings(code: str) -> list[str]:
    """What a scanned code may mean, the most literal first."""
    whole = plain(code)
    found = [whole, _ZIP.sub("", whole), *_PLATE.findall(whole)]
    return [text for text in dict.fromkeys(found) if text]
