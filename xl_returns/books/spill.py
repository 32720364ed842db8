"""Rows that wait on disk until all of them are known."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, Sequence

from xl_returns.books.book import Rows
from xl_returns.books.cells import Value
from xl_returns.books.deflate import room_for, waiting_file


class Spill:
    """Batches of columns in a waiting file. Raises Refusal, with `place`, if there is no room."""

    def __init__(self, place: str) -> None:
        self._place, self._file = place, waiting_file()
        self._sizes: list[int] = []
        self.count = 0

    def add(self, columns: Mapping[str, Sequence[Value]], count: int) -> None:
        """Keep so many rows."""
        packed = marshal.dumps({header: [*cells] for header, cells in columns.items()})
        with room_for(self._place):
            self._sizes.append(self._file.write(packed))
        self.count += count

    def __iter__(self) -> Iterator[Rows]:
        """The batches as they were kept."""
        self._file.seek(0)
        for size in self._sizes:
            yield marshal.loads(self._file.read(size))  # noqa: S302 - nobody else can write the file
