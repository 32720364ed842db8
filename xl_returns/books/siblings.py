"""Which files in a folder are workbooks to work on, and which are copies of one beside them."""

from __future__ import annotations

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
    """The workbook beside this one whose copy it is, by its name: two computers changed it at once,
    or somebody copied it. None for a workbook of its own."""
    name = path.stem.casefold()
    for other in path.parent.glob("*"):
        if other.suffix.casefold() in ENDINGS and name.startswith(other.stem.casefold()):
            rest = name[len(other.stem) :]
            if rest and (_COPY.fullmatch(rest) or rest == f"-{platform.node().casefold()}"):
                return other
    return None
