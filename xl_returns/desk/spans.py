"""Rows in many files: which files are meant, and spans of them that fit in memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Final

import polars as pl

from xl_returns.core import columns
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased
from xl_returns.reports.decode import decode

PARQUET: Final = ".parquet"
ROWS_FILES: Final = (".csv", PARQUET)
_ENDS_WITH_CR: Final = re.compile(r"[^\r\n]*\r+[^\r\n]")
"""A first line with the line end of old Macs."""
ROWS_IN_SPAN: Final = 250_000
"""So many rows are decided at once; their texts and columns take some 500 MB at most."""


@dataclass(frozen=True)
class Span:
    """Rows of one source that follow each other; `start` counts from the first row of all.

    `offset` is the place of the first one in its source.
    """

    source: str
    start: int
    offset: int
    rows: int

    @property
    def name(self) -> str:
        """The source's name without its folders."""
        return Path(self.source).name

    def read(self, only: Iterable[str] = ()) -> pl.DataFrame:
        """The rows; `only` these columns of the contract if any are named. Raises Refusal."""
        frame = _scan(self.source)
        if wanted := frozenset(only):
            headers = headers_of(frame)
            frame = frame.select(h for h in headers if columns.header_name(h) in wanted)
        return _collected(frame.slice(self.offset, self.rows), self.name)


def sources(given: Sequence[str]) -> list[str]:
    """The files of names, folders and patterns such as `rows/*.parquet`, each in order of name; a
    file that is named twice is there once.

    An address such as `s3://bucket/rows` is looked up with the credentials that the computer has.
    Raises Refusal.
    """
    found = [file for text in given for file in _files(text)]
    for file in found:
        if not is_rows_file(file):
            raise Refusal(
                Path(file).name,
                phrased("is neither .csv nor .parquet"),
                phrased("save it as one of them"),
            )
    return list({_identity(file): file for file in found}.values())


def is_rows_file(name: str | Path) -> bool:
    """Whether a file holds rows and no policy."""
    return Path(name).suffix.casefold() in ROWS_FILES


def read_rows(file: Path) -> pl.DataFrame:
    """All rows of a file, or of the files in a folder that is named like one. Raises Refusal."""
    return _collected(pl.concat(map(_scan, sources([str(file)]))), file.name)


def spans_of(files: Iterable[str], rows: int = ROWS_IN_SPAN) -> list[Span]:
    """All rows of all files, in order, in spans of so many at most. Raises Refusal."""
    spans, start = list[Span](), 0
    for file in files:
        count = int(_collected(_scan(file).select(pl.len()), Path(file).name).item())
        for offset in range(0, max(count, 1), rows):
            size = min(rows, count - offset)
            spans.append(Span(file, start, offset, size))
            start += size
    return spans


def same_columns(files: Sequence[str]) -> pl.Schema:
    """The columns that all files have. Refuses files whose rows cannot stand in one file."""
    first = _schema(files[0])
    for file in files[1:]:
        if _schema(file) != first:
            raise Refusal(
                Path(file).name,
                phrased("has other columns or types than {name}", name=Path(files[0]).name),
                phrased("write into a folder (-o decided), one part for each file"),
            )
    return first


def headers_of(frame: pl.LazyFrame) -> list[str]:
    """The headers of a frame that is not read yet."""
    return frame.collect_schema().names()


def _identity(file: str) -> str | Path:
    return file if "://" in file else Path(file).resolve()


def _files(text: str) -> Iterator[str]:
    path = Path(text)
    if not text.strip():
        raise Refusal("ROWS", phrased("is blank"), phrased("name a file, a folder or a pattern"))
    if "://" in text:
        yield from _stored(text)
    elif path.is_dir():
        yield from _inside(path)
    elif path.exists() or not (found := sorted(glob(text, recursive=True))):  # noqa: PTH207
        yield text
    else:
        for name in found:
            yield from _files(name)


def _inside(folder: Path) -> list[str]:
    """The files of rows below a folder, which may itself be named as Spark names one: `x.parquet`."""
    found = sorted(str(f) for f in folder.rglob("*") if is_rows_file(f) and f.is_file())
    if not found:
        raise Refusal(
            str(folder),
            phrased("holds no .csv or .parquet file"),
            phrased("name a folder that holds some"),
        )
    return found


def _stored(address: str) -> list[str]:
    """The Parquet files of a cloud's address: a file, a pattern or a folder."""
    whole = address if is_rows_file(address) else f"{address.rstrip('/')}/**/*{PARQUET}"
    if not whole.casefold().endswith(PARQUET):
        raise Refusal(
            address,
            phrased("is a CSV file in a cloud: only Parquet is read from there"),
            phrased("copy it to this computer, or save it as Parquet"),
        )
    try:
        named = pl.scan_parquet(whole, include_file_paths="file").select(pl.col("file").unique())
        return sorted(named.collect().to_series().to_list())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(address, error) from error


def _schema(file: str) -> pl.Schema:
    try:
        return _scan(file).collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(Path(file).name, error) from error


def _scan(file: str) -> pl.LazyFrame:
    if file.casefold().endswith(PARQUET):
        return pl.scan_parquet(file, glob=False)
    name = Path(file).name
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise _unreadable(name, error) from error
    return _read_csv(decode(data), name).lazy()


def _collected(frame: pl.LazyFrame, name: str) -> pl.DataFrame:
    try:
        return frame.collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> Refusal:
    reason = (str(error).splitlines() or ["empty"])[0]
    return Refusal(
        name, phrased("cannot be read ({reason})", reason=reason), phrased("check the file")
    )


def _read_csv(text: str, name: str) -> pl.DataFrame:
    """A CSV file with commas, semicolons or tabs, and any line ends. Raises Refusal."""
    end = "\r" if _ENDS_WITH_CR.match(text) else "\n"
    separator = max(",;\t", key=text.partition(end)[0].count)
    try:
        return pl.read_csv(text.encode(), infer_schema=False, separator=separator, eol_char=end)
    except pl.exceptions.PolarsError as error:
        raise _broken(text.split(end), separator, name) or _unreadable(name, error) from error


def _broken(lines: Sequence[str], separator: str, name: str) -> Refusal | None:
    """Which line of a CSV file is no row of cells, and why; None if each one is."""
    clean = (line.rstrip("\r").replace("\r", " ") for line in lines)
    rows, start, width = csv.reader(clean, delimiter=separator, strict=True), 1, 0
    try:
        for cells in rows:
            width = width or len(cells)
            if len(cells) > width:
                return _line(
                    name,
                    start,
                    phrased(
                        "has {count} cells, and the header has {width}",
                        count=len(cells),
                        width=width,
                    ),
                    phrased("put the cell with the extra separator in quotation marks"),
                )
            start = rows.line_num + 1
    except csv.Error:
        return _unclosed(name, start)
    odd = (number for number, line in enumerate(lines, 1) if line.count('"') % 2)
    return next((_unclosed(name, number) for number in odd), None)


def _unclosed(name: str, number: int) -> Refusal:
    remedy = phrased("close it, or take it out")
    return _line(name, number, phrased("a quotation mark is not closed"), remedy)


def _line(name: str, number: int, problem: str, remedy: str) -> Refusal:
    return Refusal(phrased("{name} line {number}", name=name, number=number), problem, remedy)
