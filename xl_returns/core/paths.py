"""Names of files and folders made of any text, fit for Windows, macOS and Linux."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

_LONGEST: Final = 80
_KEPT: Final = re.compile(r"[^\w .#()+,-]+")
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def safe_name(text: str) -> str:
    """A name for a file or folder: one path part, the text itself where that will do.

    Otherwise what cannot stand in a name becomes `_` and a short fingerprint of the text follows,
    so that different texts have different names.
    """
    name = _KEPT.sub("_", unicodedata.normalize("NFKC", text)).strip(" .-")[:_LONGEST].rstrip(" .")
    if name and name == text and not _DEVICES.fullmatch(name):
        return name
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    shown = f"_{name}" if _DEVICES.fullmatch(name) else name
    return f"{shown[: _LONGEST - 9].rstrip(' .')}_{mark}"
