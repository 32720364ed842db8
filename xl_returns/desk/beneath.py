"""Lines right below a table and no part of it: Excel's tables take them in, LibreOffice's do not."""

from __future__ import annotations

from collections.abc import Iterator

from xl_returns.books.book import Book
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Finding
from xl_returns.core.language import phrased
from xl_returns.core.vocabulary import LIVE, tables


def beneath(book: Book) -> Iterator[Finding]:
    """The tables of ours in a workbook file under which lines stand that nothing reads."""
    if not isinstance(book, Workbook):
        return
    for name in sorted(tables().keys() & book.tables.keys() - {LIVE}):
        table = book.tables[name]
        if count := table.beneath():
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
