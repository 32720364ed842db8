"""Lines right below a table and no part of it: Excel's tables take them in, LibreOffice's do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol, runtime_checkable

from xl_returns.books.book import Book
from xl_returns.core import sheets
from xl_returns.core.findings import Finding
from xl_returns.core.language import RETURNS, phrased
from xl_returns.core.ledgers import GOODS_IN

_TYPED: Final = (
    RETURNS,
    GOODS_IN.table,
    *(sheet.table for sheet in (*sheets.POLICY, *sheets.BESIDE)),
)
"""The tables in which people type."""


@runtime_checkable
class Bounded(Protocol):
    """A table that need not have grown over what was typed below it: in a file, or open in Calc."""

    def beneath(self) -> int:
        """How many rows right below it look like its own, and are not."""


def beneath(book: Book) -> Iterator[Finding]:
    """The tables of a workbook under which lines stand that nothing reads."""
    for name in _TYPED:
        table = book.tables.get(name)
        if isinstance(table, Bounded) and (count := table.beneath()):
            yield Finding(
                table.place(table.rows, table.headers[0]),
                phrased(
                    "the table {name} ends above this row: {count:,} lines from here on are not read",
                    name=name,
                    count=count,
                ),
                phrased(
                    "let the table reach over them: in Excel drag its lower right corner, "
                    "in LibreOffice choose Data, Define Range, {name}",
                    name=name,
                ),
            )
