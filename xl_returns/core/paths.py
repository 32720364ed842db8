"""Names of files and folders made of any text, fit for Windows, macOS and Linux."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

_LONGEST: Final = 80
_MOST_BYTES: Final = 240
"""File systems take 255 bytes of a name, and some of them take letters apart first."""
_UNFIT: Final = re.compile("[^\\w .#()+,-]+|[\u115f\u1160\u3164\uffa0]")
"""All but letters, digits and a few signs; and letters that show nothing."""
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)  # fmt: skip
_MARKED: Final = re.compile(r"_[0-9a-f]{8}", re.IGNORECASE)
_MARK: Final = 9


def safe_name(text: str) -> str:
    """A name for a file or folder: one path part, the text itself where that will do.

    Otherwise what cannot stand in a name becomes `_` and a short fingerprint of the text follows,
    so that different texts have different names, also where upper and lower case are the same.
    Only texts that will do as they are can still differ in nothing but case: see `safe_names`.
    """
    name = _fit(text)
    will_do = bool(name) and name == text and not _MARKED.fullmatch(text[-_MARK:])
    return text if will_do else _marked(name, text)


def safe_names(texts: Iterable[str]) -> Mapping[str, str]:
    """The name of each text; no two are the same, also where case does not count."""
    names = {text: safe_name(text) for text in texts}
    folded = Counter(name.casefold() for name in names.values())
    return {
        text: _marked(_fit(text), text) if name == text and folded[name.casefold()] > 1 else name
        for text, name in names.items()
    }


def _fit(text: str) -> str:
    """A text made fit to be a name; blank where nothing of it is."""
    kept = _UNFIT.sub("_", unicodedata.normalize("NFC", text))
    name = _cut(kept.strip(" .").lstrip(" .-"), _LONGEST)
    return f"_{name}" if _DEVICES.fullmatch(name) else name


def _marked(name: str, text: str) -> str:
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[: _MARK - 1]
    return f"{_cut(name, _LONGEST - _MARK)}_{mark}"


def _cut(name: str, longest: int) -> str:
    name = name[:longest]
    while len(unicodedata.normalize("NFD", name).encode()) > _MOST_BYTES - _MARK:
        name = name[:-1]
    return name.rstrip(" .")
