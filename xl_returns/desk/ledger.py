"""Lines of the desk's own tables, in and out; days count from 1900 whatever the workbook does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.core.language import ENGLISH
from xl_returns.core.ledgers import Ledger
from xl_returns.core.vocabulary import condition, in_english, in_language

Line = Mapping[str, Value]
_SHIFT_1904: Final = 1_462
_WORDS: Final = ("word", "choice")


def has(book: Book, ledger: Ledger) -> bool:
    """Whether a workbook has this ledger; older workbooks lack some."""
    return ledger.table in book.tables


def read(
    book: Book, ledger: Ledger, headers: Sequence[str] | None = None
) -> list[dict[str, Value]]:
    """The lines that hold something, from the top; columns that the workbook lacks are blank."""
    return [line for _, line in numbered(book, ledger, headers)]


def numbered(
    book: Book, ledger: Ledger, headers: Sequence[str] | None = None
) -> list[tuple[int, dict[str, Value]]]:
    """The lines that hold something, each with its row in the table."""
    if not has(book, ledger):
        return []
    wanted = ledger.headers if headers is None else headers
    table = book.tables[ledger.table]
    there = [header for header in wanted if header in table.headers]
    columns = _shifted(book, ledger, table.read(there), _SHIFT_1904)
    columns = {h: _in_english(ledger, h, values) for h, values in columns.items()}
    nothing: list[Value] = [None] * table.rows
    lines = zip(*(columns.get(header, nothing) for header in wanted), strict=True)
    return [
        (row, dict(zip(wanted, line, strict=True)))
        for row, line in enumerate(lines)
        if any(map(_holds, line))
    ]


def append(book: Book, ledger: Ledger, lines: Sequence[Line]) -> None:
    """Add lines below, if the workbook has the ledger."""
    if not lines or not has(book, ledger):
        return
    there = set(book.tables[ledger.table].headers)
    language = book.tables[ledger.table].language
    if not book.date1904 and language == ENGLISH and there.issuperset(ledger.headers):
        book.append(ledger.table, lines)
        return
    columns = {
        h: _spoken(ledger, h, [line.get(h) for line in lines], language)
        for h in ledger.headers
        if h in there
    }
    columns = _shifted(book, ledger, columns, -_SHIFT_1904)
    book.append(
        ledger.table,
        [{h: values[at] for h, values in columns.items()} for at in range(len(lines))],
    )


def fill(book: Book, ledger: Ledger, row: int, line: Line) -> None:
    """Write into a line of a ledger that the workbook has."""
    language = book.tables[ledger.table].language
    said = {(row, h): _spoken(ledger, h, [value], language)[0] for h, value in line.items()}
    book.write_cells(ledger.table, said)


def replace(
    book: Book, ledger: Ledger, lines: Sequence[Line], volatile: Collection[str] = ()
) -> None:
    """Make a ledger say exactly these lines, if the workbook has it.

    `volatile` columns follow the clock: they alone are no reason to write.
    """
    if not has(book, ledger):
        return
    table = book.tables[ledger.table]
    blank: Line = {}
    kept = [*lines, *[blank] * table.rows][: table.rows]
    there = [header for header in ledger.headers if header in table.headers]
    columns = {
        header: _spoken(ledger, header, [line.get(header) for line in kept], table.language)
        for header in there
    }
    columns = _shifted(book, ledger, columns, -_SHIFT_1904)
    lasting = {header: values for header, values in columns.items() if header not in volatile}
    if book.write(ledger.table, lasting):
        book.write(ledger.table, {h: v for h, v in columns.items() if h in volatile})
    append(book, ledger, lines[table.rows :])


def _shifted(
    book: Book, ledger: Ledger, columns: Mapping[str, list[Value]], days: int
) -> dict[str, list[Value]]:
    if not book.date1904:
        return dict(columns)
    dated = {entry.name for entry in ledger.columns if entry.kind in ("date", "time")}
    return {
        header: [v + days if isinstance(v, float) else v for v in values]
        if header in dated
        else values
        for header, values in columns.items()
    }


def _in_english(ledger: Ledger, header: str, values: list[Value]) -> list[Value]:
    """A column as the desk reads it: declared words are English."""
    return in_english(values) if ledger.kind(header) in _WORDS else values


def _spoken(ledger: Ledger, header: str, values: list[Value], language: str) -> list[Value]:
    """A column as its table says it: words of the product are in the language of its headers."""
    kind = ledger.kind(header)
    if kind == "cell":
        return [condition(language, v) if isinstance(v, str) else v for v in values]
    return in_language(language, values) if kind in _WORDS else values


def _holds(value: Value) -> bool:
    return value is not None and value != ""
