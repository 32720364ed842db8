"""Decide rows that lie in CSV or Parquet files, with no workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import default_policy, policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, columns
from xl_returns.core.decide import decide
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.policy import Policy
from xl_returns.core.rows import Rows, parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.desk.table import RETURNS, ReturnsTable
from xl_returns.reports.decode import decode

_SERIAL_EPOCH = dt.date(1899, 12, 30)
_PARQUET = ".parquet"
_ROWS_FILES = (".csv", _PARQUET)
_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?[0-9.,]+%?")


def decide_file(
    source: Path, out: Path, today: dt.date, policy_book: Path | None = None
) -> tuple[int, list[Finding]]:
    """Decide the rows of a CSV or Parquet file (contract headers) into CSV, Parquet or xlsx.

    Other columns are kept. Gives the number of rows and what could not be read. Raises Refusal.
    """
    if out.resolve() == source.resolve():
        raise Refusal(out.name, "is the file that is read", "choose another name for the result")
    frame = _read(source)
    policy, findings = _policy(policy_book)
    rows = _rows(frame, source.name)
    book = Rulebook(policy)
    shown = suggestions(decide(rows, book, cells.day(today) or 0), book)
    decided = frame.drop([h for h in frame.columns if columns.header_name(h) in shown])
    _write(decided.with_columns(_column(name, values) for name, values in shown.items()), out)
    ids = Counter(text for text in rows.text["Return ID"] if text)
    twice = [
        Finding(source.name, f"{text} stands {count} times", "give each row its own Return ID")
        for text, count in ids.items()
        if count > 1
    ]
    return rows.count, [*findings, *_unread(rows, source.name), *twice]


def is_rows_file(path: Path) -> bool:
    """Whether a file holds rows and no policy."""
    return path.suffix.casefold() in _ROWS_FILES


def rows_of_file(
    source: Path, policy_book: Path | None = None
) -> tuple[Rows, Policy, list[Finding]]:
    """The rows of a CSV or Parquet file, a workbook's policy or the seller guide, and what could
    not be read. Raises Refusal."""
    rows = _rows(_read(source), source.name)
    policy, findings = _policy(policy_book)
    return rows, policy, [*findings, *_unread(rows, source.name)]


def _rows(frame: pl.DataFrame, name: str) -> Rows:
    given = {
        known: frame[header].to_list()
        for header in frame.columns
        if (known := columns.header_name(header)) in columns.READ
    }
    missing = [header for header in columns.NEEDED if header not in given]
    if missing:
        raise Refusal(name, f"lacks the columns {', '.join(missing)}", "add them")
    return parse_rows(given)


def _unread(rows: Rows, name: str) -> list[Finding]:
    return [
        Finding(f"{name} row {p.row + 1} {p.header}", p.problem, p.remedy) for p in rows.problems
    ]


def write_decisions(book: Book, target: Path) -> int:
    """Write the filled rows of a workbook's Returns table, as they stand, to a CSV file.

    Gives the number of rows. Raises Refusal.
    """
    table = ReturnsTable(book)
    filled, cells_by_header = table.filled(), book.tables[RETURNS].read()
    frame = pl.DataFrame(
        [
            _column(name, [cells_by_header[header][row] for row in filled])
            for header in table.table.headers
            if (name := columns.header_name(header))
        ]
    )
    _write(frame, target)
    return len(filled)


def harmless(value: Value) -> Value:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay."""
    if not isinstance(value, str) or value[:1] not in _STARTS or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def write_text_files(
    folder: Path,
    texts: Mapping[Path, str | bytes],
    tables: Mapping[str, Sequence[Sequence[str]]],
) -> list[Path]:
    """Write texts, and tables as CSV files into a folder; what else lies there stays.

    Text gets the mark by which Windows knows UTF-8, bytes stay as they are; in CSV no text is a
    formula. Gives the files that stand in the folder itself, and the folders
    below it. Raises Refusal.
    """
    contents = dict(texts)
    for name, rows in tables.items():
        made = io.StringIO()
        csv.writer(made).writerows([harmless(cell) for cell in row] for row in rows)
        contents[folder / name] = made.getvalue()
    try:
        for path, text in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            data = text.encode("utf-8-sig", "replace") if isinstance(text, str) else text
            path.write_bytes(data)
    except OSError as error:
        raise Refusal(
            str(folder), f"cannot be written ({error.strerror})", "check the folder"
        ) from error
    return list(dict.fromkeys(p if p.parent == folder else p.parent for p in contents))


def _policy(book: Path | None) -> tuple[Policy, list[Finding]]:
    return (default_policy(), []) if book is None else policy_of(Workbook.open(book))


def _read(source: Path) -> pl.DataFrame:
    try:
        if is_rows_file(source):
            parquet = source.suffix.casefold() == _PARQUET
            return pl.read_parquet(source) if parquet else _read_csv(source.read_bytes())
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise Refusal(source.name, f"cannot be read ({reason})", "check the file") from error
    raise Refusal(source.name, "is neither .csv nor .parquet", "save it as one of them")


def _read_csv(data: bytes) -> pl.DataFrame:
    """A CSV file in any usual encoding, with commas, semicolons or tabs."""
    text = decode(data)
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    return pl.read_csv(text.encode(), infer_schema=False, separator=separator)


def _column(name: str, values: Sequence[Value]) -> pl.Series:
    kind = columns.BY_NAME[name].kind
    if kind == "date" and not any(isinstance(value, str) for value in values):
        days = [None if v is None else _SERIAL_EPOCH + dt.timedelta(float(v)) for v in values]
        return pl.Series(name, days, dtype=pl.Date)
    numbers = kind in ("money", "score", "whole")
    numbers &= not any(isinstance(value, str) for value in values)
    return pl.Series(name, values, dtype=pl.Float64 if numbers else pl.String, strict=False)


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    texts = (name for name, kind in frame.schema.items() if kind == pl.String)
    return frame.with_columns(
        pl.Series(name, map(harmless, frame[name].to_list()), dtype=pl.String) for name in texts
    )


def _write(frame: pl.DataFrame, out: Path) -> None:
    writers: dict[str, Callable[[str], object]] = {
        ".csv": _harmless(frame).write_csv,
        ".parquet": frame.write_parquet,
        ".xlsx": frame.write_excel,
    }
    write = writers.get(out.suffix.casefold())
    if write is None:
        raise Refusal(out.name, "is none of .csv, .parquet, .xlsx", "choose one of these endings")
    try:
        write(str(out))
    except OSError as error:
        raise Refusal(
            out.name, f"cannot be written ({error.strerror})", "check the folder"
        ) from error
