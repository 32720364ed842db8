"""Rows that wait on disk until all of them are known."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from xl_returns.books.book import Rows
from xl_returns.books.cells import Value

_IN_MEMORY: Final = 16 << 20


class Spill:
    """Batches of columns in a temporary file, which nobody else sees and which goes with it."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it is kept
        self.count = 0

    def add(self, columns: Mapping[str, Sequence[Value]], count: int) -> None:
        """Keep so many rows."""
        marshal.dump({header: [*cells] for header, cells in columns.items()}, self._file)
        self.count += count

    def __iter__(self) -> Iterator[Rows]:
        """The batches as they were kept."""
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield marshal.load(self._file)  # noqa: S302 - nobody else can write the file
