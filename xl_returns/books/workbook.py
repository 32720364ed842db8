"""A seller's workbook: read and write the cells of its tables, leaving every other byte alone.

    book = Workbook.open(Path("Returns.xlsm"))
    columns = book.tables["Returns"].read(["Return ID", "Status"])
    book.write("Returns", {"Action": [...]})
    book.save()

Formula cells keep their formulas and get new cached values. Formulas elsewhere that depend on the
written cells keep their old cached values until Excel recalculates them: no full calculation is
forced on opening, because it would show #NAME? for worksheet functions wherever macros are off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from xl_returns.books import book
from xl_returns.books.book import Decide, Rows
from xl_returns.books.cells import Value
from xl_returns.books.column_writer import KEEP, New
from xl_returns.books.editing import CallerError, Sheets
from xl_returns.books.hold import real, settle
from xl_returns.books.package import Package
from xl_returns.books.parts import VBA, TablePart
from xl_returns.books.refs import column_name
from xl_returns.books.save import check_not_open, save
from xl_returns.books.sheet import Columns
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased
from xl_returns.core.vocabulary import language_in, names_in


class Table:
    """A table (ListObject) of the workbook, as it is now, unsaved changes included."""

    def __init__(self, sheets: Sheets, name: str) -> None:
        self._sheets, self.name = sheets, name

    @property
    def _part(self) -> TablePart:
        return self._sheets.tables[self.name]

    @property
    def sheet(self) -> str:
        """The title of the sheet it stands on."""
        return self._part.sheet

    @property
    def headers(self) -> tuple[str, ...]:
        """The column headers from left to right; our own by the contract's names."""
        return names_in(self.name, self._part.headers)

    @property
    def language(self) -> str:
        """The language in which its headers stand."""
        return language_in(self.name, self._part.headers)

    @property
    def rows(self) -> int:
        """How many rows it has between header and total row."""
        body = self._part.body
        return body.bottom - body.top + 1 if body else 0

    def column(self, header: str) -> int:
        """The number of a header's column in the sheet; a Refusal when there is none."""
        if header not in self.headers:
            raise Refusal(
                f"{self.sheet}!{self._part.area}",
                phrased("the table {name} has no column {header!r}", name=self.name, header=header),
                phrased("add the column, or give it its old name back"),
            )
        return self._part.area.left + self.headers.index(header)

    def columns(self, headers: Iterable[str]) -> dict[str, int]:
        """Headers with the numbers of their columns."""
        return {header: self.column(header) for header in headers}

    def read(self, headers: Iterable[str] | None = None) -> Rows:
        """Whole columns by header, top to bottom; dates are serial numbers as stored."""
        wanted = tuple(self.headers if headers is None else headers)
        whole: Rows = {header: [] for header in wanted}
        for batch in self.batches(wanted):
            for header, values in batch.items():
                whole[header] += values
        return whole

    def batches(self, headers: Iterable[str]) -> Iterator[Rows]:
        """The same, some rows at a time."""
        wanted = self.columns(headers)
        for found in self._sheets.read(self._part, sorted(wanted.values())):
            yield {header: found[column] for header, column in wanted.items()}

    @property
    def fills_new_rows(self) -> bool:
        """Whether any of its columns has a formula for new rows."""
        return self._part.fills_new_rows

    def first_formulas(self, headers: Iterable[str]) -> dict[str, str]:
        """By header, what the first row's formulas in some columns say."""
        wanted = self.columns(headers)
        found = self._sheets.first_formulas(self._part, sorted(wanted.values()))
        return {header: found[column] for header, column in wanted.items() if column in found}

    def beneath(self) -> int:
        """How many rows right below it look like its own, and are not."""
        return self._sheets.beneath(self._part)

    def place(self, row: int, header: str) -> str:
        """The cell of a body row (0 is the first) for messages: `Returns!C7`."""
        body = self._part.body or self._part.area
        return f"{self.sheet}!{column_name(self.column(header))}{body.top + row}"


class Tables(dict[str, Table]):
    """The tables by name; a Refusal for one that is missing."""

    def __init__(self, sheets: Sheets) -> None:
        super().__init__({name: Table(sheets, name) for name in sheets.tables})
        self._file = sheets.package.path.name

    def __missing__(self, name: str) -> NoReturn:
        known = ", ".join(self) or "none"
        raise Refusal(
            self._file,
            phrased("it has no table named {name} (its tables: {known})", name=name, known=known),
            phrased(
                "name the table so in Excel (Table Design, Table Name), or take a fresh workbook"
            ),
        )


class Workbook:
    """A workbook file, edited in place."""

    def __init__(self, path: Path) -> None:
        self._load(path)

    def _load(self, path: Path) -> None:
        self._sheets = Sheets(Package(path))
        self.path = path
        self.tables = Tables(self._sheets)
        self.date1904 = self._sheets.parts.date1904

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Workbook:
        """Open a file; unless it is only read, a Refusal while Excel or LibreOffice has it open,
        and what a run that was stopped left beside it is cleared up."""
        if not read_only:
            check_not_open(path)
            settle(path)
        return cls(real(path))

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return bool(self._sheets.package.changed)

    @property
    def lost_to_macros(self) -> bool:
        """Whether it has macros, but not the name by which they know it."""
        return VBA in self._sheets.package and not self._sheets.parts.code_name

    def write(self, table: str, columns: Mapping[str, Sequence[New]]) -> int:
        """Give whole columns their values (KEEP leaves a cell); says how many cells really change."""
        target = self.tables[table]
        by_number: dict[int, Sequence[New]] = {}
        for header, values in columns.items():
            if len(values) != target.rows:
                raise ValueError(f"{header} needs {target.rows} values, not {len(values)}")
            by_number[target.column(header)] = values
        part = self._sheets.tables[table]
        top = part.body.top if part.body else 0

        def source(first: int, size: int, _: Columns) -> dict[int, Sequence[New]]:
            start = first - top
            return {number: values[start : start + size] for number, values in by_number.items()}

        return self._sheets.edit(part, sorted(by_number), source)

    def write_cells(self, table: str, cells: Mapping[tuple[int, str], Value]) -> int:
        """Give single cells, by row (0 is the first) and header, their values."""
        rows = self.tables[table].rows
        columns: dict[str, list[New]] = {}
        for (row, header), value in cells.items():
            if not 0 <= row < rows:
                raise IndexError(f"{table} has no row {row}")
            columns.setdefault(header, [KEEP] * rows)[row] = value
        return self.write(table, columns)

    def transform(
        self,
        table: str,
        read: Iterable[str],
        write: Iterable[str],
        decide: Decide,
        agree: Callable[[], bool] = lambda: True,
    ) -> int:
        """Read, decide and write columns in one pass, in little memory; counts changed cells.

        `decide` gets consecutive rows of the columns in `read` and gives those in `write`; unless
        `agree` says yes when it has seen all rows, nothing is changed.
        """
        target, before = self.tables[table], dict(self._sheets.package.changed)
        reads, writes = target.columns(read), target.columns(write)

        def source(_first: int, _size: int, found: Columns) -> dict[int, Sequence[New]]:
            try:
                decided = decide({header: found[column] for header, column in reads.items()})
                return {column: decided[header] for header, column in writes.items()}
            except Exception as error:
                raise CallerError from error

        try:
            changed = self._sheets.edit(
                self._sheets.tables[table], sorted(writes.values()), source, sorted(reads.values())
            )
        except CallerError as error:
            raise error.__cause__ or error from None
        if agree():
            return changed
        self._sheets.package.changed = before
        return 0

    def append(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Add rows below a table, which grows; a table with one blank row is filled from there."""
        given = dict.fromkeys(header for row in rows for header in row)
        headers = given or self.tables[table].headers[:1]
        self.extend(table, [{h: [row.get(h) for row in rows] for h in headers}], len(rows))

    def extend(self, table: str, batches: Iterable[book.Columns], count: int) -> None:
        """As `append`, for so many rows that come as batches of columns."""
        package = self._sheets.package
        before = dict(package.changed), dict(self._sheets.tables)
        try:
            self._extend(self.tables[table], _Pieces(batches), count)
        except Refusal:
            package.changed, self._sheets.tables = before
            raise

    def _extend(self, target: Table, pieces: _Pieces, count: int) -> None:
        part = self._sheets.tables[target.name]
        if count and self._sheets.is_blank(part):
            first = pieces.take(1)
            self.write_cells(
                target.name, {(0, header): cells[0] for header, cells in first.items()}
            )
            count -= 1
        if not count:
            return

        def source(_first: int, size: int, _: Columns) -> dict[int, Sequence[New]]:
            taken, nothing = pieces.take(size), [None] * size
            numbered = {target.column(header): cells for header, cells in taken.items()}
            return {column: numbered.get(column, nothing) for column in columns}

        columns = target.columns(target.headers).values()
        self._sheets.append(part, source, count)

    def save(self, target: Path | None = None) -> bool:
        """Write the file; False, and nothing touched, when nothing changed.

        The previous file stays beside it as `<stem>.backup<suffix>`. With a `target` the source is
        not touched, and the target is written even when nothing changed.
        """
        package = self._sheets.package
        path = self.path if target is None else real(target)
        if path == self.path and not package.changed:
            return False
        save(package, path)
        if path == self.path:
            self._load_again()
        return True

    def _load_again(self) -> None:
        try:
            self._load(self.path)
        except Refusal as refusal:
            problem = phrased("it is saved, but: {problem}", problem=refusal.finding.problem)
            raise Refusal(self.path.name, problem, refusal.finding.remedy) from refusal


class _Pieces:
    """Batches of columns, handed out in pieces of any size."""

    def __init__(self, batches: Iterable[book.Columns]) -> None:
        self._batches = iter(batches)
        self._batch: book.Columns = {}
        self._at = self._rows = 0

    def take(self, size: int) -> Rows:
        """So many rows, as columns."""
        taken: Rows = {}
        while size:
            if self._at == self._rows:
                self._batch, self._at = next(self._batches), 0
                self._rows = len(next(iter(self._batch.values())))
            until = min(self._at + size, self._rows)
            for header, cells in self._batch.items():
                taken.setdefault(header, []).extend(cells[self._at : until])
            size -= until - self._at
            self._at = until
        return taken
