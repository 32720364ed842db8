"""Which files in a folder are workbooks to work on, and which are copies of one beside them."""

from __future__ import annotations

import contextlib
import platform
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ENDINGS: Final = (".xlsx", ".xlsm")
_COPY: Final = re.compile(
    r".*conflict.*"  # Dropbox, Nextcloud, ownCloud, Syncthing, Synology Drive, FileCloud, Sync.com
    r"|-(?:desktop|laptop)-[0-9a-z]+(?:-\d+)?"  # OneDrive, with the name Windows gives a computer
    r"| ?\(\d+\)"  # Google Drive, OneDrive, browsers
    r"| - copy(?: ?\(\d+\))?| copy(?: \d+)?",  # Windows, macOS
    re.DOTALL,
)


def workbooks(folder: Path) -> Iterator[Path]:
    """The workbooks below a folder, by name, each once; no backups, no lock files."""
    seen = set()
    for path in sorted(folder.rglob("*")):
        ours = path.suffix.casefold() in ENDINGS and path.is_file()
        if ours and not path.name.startswith("~$") and not path.stem.endswith(".backup"):
            if path.resolve() not in seen:
                yield path
            seen.add(path.resolve())


def original_of(path: Path) -> Path | None:
    """The workbook beside this one whose copy it is by its name; None for one of its own."""
    return next((other for other in _beside(path) if _is_copy(path, other)), None)


def copies_of(path: Path) -> list[Path]:
    """The workbooks beside this one that are copies of it by their names."""
    return [other for other in _beside(path) if _is_copy(other, path)]


def _beside(path: Path) -> list[Path]:
    """The workbooks in the same folder; none where we may not look."""
    with contextlib.suppress(OSError):
        return [p for p in sorted(path.parent.iterdir()) if p.suffix.casefold() in ENDINGS]
    return []


def _is_copy(path: Path, original: Path) -> bool:
    """Whether two computers changed a workbook at once and this is the other one's, or a copy."""
    name, stem = path.stem.casefold(), original.stem.casefold()
    rest = name.removeprefix(stem) if name.startswith(stem) else ""
    return bool(_COPY.fullmatch(rest)) or rest == f"-{platform.node().casefold()}"
