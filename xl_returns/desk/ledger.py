"""Lines of the desk's own tables, in and out; days count from 1900 whatever the workbook does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.core import serials
from xl_returns.core.cells import NO_VALUE
from xl_returns.core.language import ENGLISH
from xl_returns.core.ledgers import Kind, Ledger
from xl_returns.core.vocabulary import condition, in_english, in_language

Line = Mapping[str, Value]
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
    columns = _as_read(book, ledger, table.read(there))
    nothing: list[Value] = [None] * table.rows
    lines = zip(*(columns.get(header, nothing) for header in wanted), strict=True)
    return [
        (row, dict(zip(wanted, line, strict=True)))
        for row, line in enumerate(lines)
        if any(map(_holds, line))
    ]


def headers(book: Book, ledger: Ledger) -> frozenset[str]:
    """The headers of a ledger that a workbook has; none if it lacks the ledger."""
    there = book.tables[ledger.table].headers if has(book, ledger) else ()
    return frozenset(there).intersection(ledger.headers)


def last(book: Book, ledger: Ledger, header: str) -> str:
    """The lowest text of a column that holds something; blank if there is none."""
    found = ""
    if header in headers(book, ledger):
        for batch in book.tables[ledger.table].batches([header]):
            found = next((str(cell) for cell in reversed(batch[header]) if _holds(cell)), found)
    return found


def extend(
    book: Book, ledger: Ledger, batches: Iterable[Mapping[str, Sequence[Value]]], count: int
) -> None:
    """Add so many lines below, which come as batches of columns by header."""
    if count:
        written = (_as_written(book, ledger, batch) for batch in batches)
        book.extend(ledger.table, written, count)


def append(book: Book, ledger: Ledger, lines: Sequence[Line]) -> None:
    """Add lines below, if the workbook has the ledger."""
    if not lines or not has(book, ledger):
        return
    there = headers(book, ledger)
    columns = {h: [line.get(h) for line in lines] for h in ledger.headers if h in there}
    extend(book, ledger, [columns], len(lines))


def fill(book: Book, ledger: Ledger, row: int, line: Line) -> None:
    """Write into a line of a ledger that the workbook has."""
    columns = _as_written(book, ledger, {header: [value] for header, value in line.items()})
    said = {(row, header): values[0] for header, values in columns.items()}
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
    told = {header: [line.get(header) for line in kept] for header in there}
    columns = _as_written(book, ledger, told)
    lasting = {header: values for header, values in columns.items() if header not in volatile}
    if book.write(ledger.table, lasting):
        book.write(ledger.table, {h: v for h, v in columns.items() if h in volatile})
    append(book, ledger, lines[table.rows :])


def _as_read(
    book: Book, ledger: Ledger, columns: Mapping[str, Sequence[Value]]
) -> dict[str, Sequence[Value]]:
    """Columns as the desk reads them: days from 1900, declared words in English.

    Formulas beside what the desk wrote may wait for a program that calculates: they are blank.
    """
    answered = {
        header: [None if cell == NO_VALUE else cell for cell in values]
        if NO_VALUE in values
        else values
        for header, values in columns.items()
    }
    return {
        header: in_english(values) if ledger.kind(header) in _WORDS else values
        for header, values in _shifted(book, ledger, answered, serials.SHIFT_1904).items()
    }


def _as_written(
    book: Book, ledger: Ledger, columns: Mapping[str, Sequence[Value]]
) -> dict[str, Sequence[Value]]:
    """Columns as the table says them: words of the product in the language of its headers."""
    language = book.tables[ledger.table].language
    shifted = _shifted(book, ledger, columns, -serials.SHIFT_1904)
    if language == ENGLISH:
        return shifted
    return {h: _said(ledger.kind(h), language, values) for h, values in shifted.items()}


def _said(kind: Kind, language: str, values: Sequence[Value]) -> Sequence[Value]:
    if kind == "cell":
        return [condition(language, v) if isinstance(v, str) else v for v in values]
    return in_language(language, values) if kind in _WORDS else values


def _shifted(
    book: Book, ledger: Ledger, columns: Mapping[str, Sequence[Value]], days: int
) -> dict[str, Sequence[Value]]:
    if not book.date1904:
        return dict(columns)
    dated = {entry.name for entry in ledger.columns if entry.kind in ("date", "time")}
    return {
        header: [v + days if isinstance(v, float) else v for v in values]
        if header in dated
        else values
        for header, values in columns.items()
    }


def _holds(value: Value) -> bool:
    return value is not None and value != ""
