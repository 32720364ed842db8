"""A workbook as the desk sees it, whether a closed file or one that is open in Excel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

from xl_returns.books.cells import Value

Rows: TypeAlias = dict[str, list[Value]]
"""Consecutive rows as columns by header."""
Columns: TypeAlias = Mapping[str, Sequence[Value]]
Decide: TypeAlias = Callable[[Rows], Columns]
"""From rows that follow each other, their new values by header."""


class BookTable(Protocol):
    """A table of a workbook: its headers and its rows, the first of which is 0."""

    @property
    def name(self) -> str:
        """The table's name."""

    @property
    def sheet(self) -> str:
        """The title of the sheet it stands on."""

    @property
    def headers(self) -> tuple[str, ...]:
        """The column headers from left to right; our own by the contract's names."""

    @property
    def language(self) -> str:
        """The language in which its headers stand."""

    @property
    def rows(self) -> int:
        """How many rows it has below the header."""

    def read(self, headers: Iterable[str] | None = None) -> Rows:
        """Whole columns by header; dates are serial numbers."""

    def batches(self, headers: Iterable[str]) -> Iterator[Rows]:
        """The same, some rows at a time."""

    def place(self, row: int, header: str) -> str:
        """A cell for messages, as `Returns!C7`."""


class Book(Protocol):
    """A workbook whose tables can be read and written. Formula columns keep their formulas."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def tables(self) -> Mapping[str, BookTable]:
        """The tables by name."""

    @property
    def date1904(self) -> bool:
        """Whether its serial days count from 1904."""

    def write(self, table: str, columns: Mapping[str, Sequence[Value]]) -> int:
        """Give whole columns their values; says how many cells really change."""

    def transform(
        self,
        table: str,
        read: Iterable[str],
        write: Iterable[str],
        decide: Decide,
        agree: Callable[[], bool] = lambda: True,
    ) -> int:
        """Read, decide and write columns, some rows at a time; says how many cells really change.

        `agree` is asked when all is decided: nothing is written if it says no.
        """

    def write_cells(self, table: str, cells: Mapping[tuple[int, str], Value]) -> int:
        """Give single cells, by row and header, their values; says how many really change."""

    def append(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Add rows below a table, which grows; a table with one blank row is filled from there."""

    def extend(self, table: str, batches: Iterable[Columns], count: int) -> None:
        """As `append`, for so many rows that come as batches of columns."""
