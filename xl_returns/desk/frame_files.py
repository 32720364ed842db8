"""Rows in CSV, Parquet and xlsx files: read with a policy, written so that nothing gets lost."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
import polars as pl
import polars.selectors as cs
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from xl_returns.books.book import Book
from xl_returns.books.cells import TEXT_LIMIT, Value
from xl_returns.books.policies import default_policy, opened, policy_of
from xl_returns.books.refs import LAST_ROW
from xl_returns.core import columns, serials
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.frames import rows_of, same_meaning
from xl_returns.core.language import RETURNS, marked, phrased
from xl_returns.core.policy import Policy
from xl_returns.core.rows import Rows
from xl_returns.desk.files import FORMULA_STARTS, harmless, replaced, written_to
from xl_returns.desk.spans import read_rows
from xl_returns.desk.table import ReturnsTable

_OUT_FILES = (".csv", ".parquet", ".xlsx")
_TOLD = frozenset(columns.SUGGESTIONS) - {"Appeal", "Warnings", "Why"}
"""The suggestions that are never left out."""
_BROKEN = (
    OSError, ValueError, TypeError, LookupError, SyntaxError, RuntimeError, zlib.error,
    BadZipFile, InvalidFileException,
)  # fmt: skip
"""What openpyxl raises at a file that is no workbook."""
_XLSX = {
    "nan_inf_to_errors": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd;@",
}
_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_FIRST_DAY = dt.date(1900, 1, 1)
_LARGEST_EXACT = 10**15
"""Excel keeps fifteen digits."""
_MOST_ROWS = LAST_ROW - 1
"""Of a sheet, below the headers."""
_OTHERWISE = marked("write a .csv or .parquet file")


def rows_of_file(
    source: Path, policy_book: Path | None = None
) -> tuple[Rows, Policy, list[Finding]]:
    """The rows of a CSV or Parquet file, a workbook's policy or the seller guide, and what could
    not be read. Raises Refusal."""
    frame = read_rows(source)
    rows = rows_of(frame, source.name)
    policy, findings = policy_or_guide(policy_book)
    passed_over = same_meaning(frame.columns, source.name)
    return rows, policy, [*findings, *passed_over, *_unread(rows, source.name)]


def _unread(rows: Rows, name: str) -> list[Finding]:
    return [
        Finding(
            phrased("{name} row {row} {header}", name=name, row=p.row + 1, header=p.header),
            p.problem,
            p.remedy,
        )
        for p in rows.problems
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
    write_frame(frame, target)
    return len(filled)


def policy_or_guide(book: Path | None) -> tuple[Policy, list[Finding]]:
    """The policy of a workbook and what cannot be read of it, or the seller guide."""
    return (default_policy(), []) if book is None else policy_of(opened(book))


def _column(name: str, values: Sequence[Value]) -> pl.Series:
    kind = columns.BY_NAME[name].kind
    if kind == "date" and not any(isinstance(value, str) for value in values):
        days = [None if v is None else serials.date_of(float(v)) for v in values]
        return pl.Series(name, days, dtype=pl.Date)
    numbers = kind in ("money", "score", "whole")
    numbers &= not any(isinstance(value, str) for value in values)
    return pl.Series(name, values, dtype=pl.Float64 if numbers else pl.String, strict=False)


def harmless_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every text and header harmless."""
    safe = frame.with_columns(
        _harmless(column.cast(pl.String)) for column in frame if column.dtype in _TEXTS
    )
    return safe.rename({header: str(harmless(header)) for header in frame.columns})


def _harmless(texts: pl.Series) -> pl.Series:
    at = texts.str.slice(0, 1).is_in(list(FORMULA_STARTS)).fill_null(value=False).arg_true()
    new = pl.Series(map(harmless, texts.gather(at).to_list()), dtype=pl.String)
    return texts.scatter(at, new) if len(at) else texts


def write_frame(frame: pl.DataFrame, out: Path) -> None:
    """Write a frame to a CSV, Parquet or xlsx file, which is whole or not there. Raises Refusal."""
    with whole_file(out) as unfinished:
        writers: dict[str, Callable[[Path], object]] = {
            ".csv": lambda path: harmless_frame(frame).write_csv(path),
            ".parquet": frame.write_parquet,
            ".xlsx": lambda path: _write_xlsx(frame, path, out.name),
        }
        writers[out.suffix.casefold()](unfinished)


def _write_xlsx(frame: pl.DataFrame, path: Path, name: str) -> None:
    for column in frame:
        _check_cells(column, name)
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, _XLSX) as book:
        _exact(frame).write_excel(book)
    path.write_bytes(made.getvalue())


def _check_cells(column: pl.Series, name: str) -> None:
    """Refuse what a cell of Excel would cut or cannot show."""
    if column.dtype in _TEXTS:
        bad = column.cast(pl.String).str.len_chars() > TEXT_LIMIT
        problem = phrased("has more than {most:,} characters", most=TEXT_LIMIT)
    elif column.dtype in (pl.Date, pl.Datetime):
        bad = column < _FIRST_DAY
        problem = phrased("is before {day}, where Excel's days begin", day=_FIRST_DAY)
    else:
        return
    if (row := bad.fill_null(value=False).arg_max()) is not None and bad[row]:
        place = phrased("{name} row {row} {header}", name=name, row=row + 1, header=column.name)
        raise Refusal(place, problem, phrased(_OTHERWISE))


def _exact(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with whole numbers that Excel would round as text."""
    most = cs.integer().cast(pl.Int128).abs().max()
    return frame.with_columns(
        frame[name].cast(pl.String)
        for name, largest in frame.select(most).to_dict(as_series=False).items()
        if (largest[0] or 0) > _LARGEST_EXACT
    )


def can_hold(out: Path, kinds: Mapping[str, pl.DataType], rows: int) -> None:
    """Refuse columns and rows that a file of this kind cannot hold. Raises Refusal."""
    ending = out.suffix.casefold()
    for header, kind in kinds.items():
        if _is_foreign(kind, ending):
            problem = phrased(
                "is a column of {kind}, which no {ending} file holds", kind=kind, ending=ending
            )
            remedy = phrased("write a .parquet file, or leave the column out")
            raise Refusal(header, problem, remedy)
    if ending == ".xlsx":
        _fit_a_sheet(kinds, rows, out.name)


def _is_foreign(kind: pl.DataType, ending: str) -> bool:
    if ending == ".csv":
        return kind.is_nested() or kind in (pl.Binary, pl.Duration)
    zoned = isinstance(kind, pl.Datetime) and kind.time_zone is not None
    return ending == ".xlsx" and (kind == pl.Binary or zoned)


def _fit_a_sheet(headers: Iterable[str], rows: int, name: str) -> None:
    if rows > _MOST_ROWS:
        problem = phrased(
            "has room for {most:,} rows, and there are {rows:,}", most=_MOST_ROWS, rows=rows
        )
        raise Refusal(name, problem, phrased(_OTHERWISE))
    spelt: dict[str, str] = {}
    for header in headers:
        if (first := spelt.setdefault(header.lower(), header)) != header:
            raise Refusal(
                f"{first}, {header}",
                phrased("are one header to Excel, which knows no case"),
                phrased("rename one of them, or write a .csv or .parquet file"),
            )


def can_be_written(out: Path) -> None:
    """Refuse a name of no kind that is written here."""
    if out.suffix.casefold() not in _OUT_FILES:
        raise Refusal(
            out.name,
            phrased("is none of .csv, .parquet, .xlsx"),
            phrased("choose one of these endings"),
        )


def is_result(path: Path) -> bool:
    """Whether a workbook holds decided rows and nothing else: one sheet, headers on top."""
    try:
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            top = next(book.worksheets[0].iter_rows(max_row=1, values_only=True), ())
            alone = len(book.sheetnames) == 1
    except _BROKEN:
        return False
    return alone and set(top) >= _TOLD


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A file to write, beside the one that it becomes if nothing goes wrong. Raises Refusal."""
    can_be_written(out)
    beside = out.with_name(f".{out.stem}.{uuid.uuid4().hex}{out.suffix}")
    with written_to(out.name), replaced(out, beside) as unfinished:
        yield unfinished
