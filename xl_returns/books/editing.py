"""Passes over the sheets of a package: read, change, grow; each is checked before it counts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, takewhile

from xl_returns.books import growth
from xl_returns.books.cells import Decoder
from xl_returns.books.column_writer import CellProblemError, Changes, Model
from xl_returns.books.deflate import deflate, room_for
from xl_returns.books.package import Package
from xl_returns.books.parts import (
    TablePart,
    check_encoding,
    locked_styles,
    read_parts,
    shared_strings,
    strict,
)
from xl_returns.books.refs import LAST_ROW, Area, column_name
from xl_returns.books.sheet import Columns, Editor, Source, read_columns, read_raw, used_area
from xl_returns.books.strange import attributes_of
from xl_returns.books.stream import SheetStream, StrictSheetError
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased


class CallerError(Exception):
    """Carries an error of the caller's own function through a pass."""


class Sheets:
    """The sheets of a package and the tables on them."""

    def __init__(self, package: Package) -> None:
        self.package = package
        with self._damage("it"):
            self.parts = read_parts(package)
        self.tables = {table.name: table for table in self.parts.tables}
        self.decoder = Decoder(lambda: self._strings, date1904=self.parts.date1904)

    @cached_property
    def _strings(self) -> list[str]:
        return shared_strings(self.package, self.parts.strings)

    @cached_property
    def _locked(self) -> set[int]:
        return locked_styles(self.package, self.parts.styles)

    def read(self, table: TablePart, columns: Sequence[int]) -> Iterator[Columns]:
        """The values of some columns of a table, some rows at a time."""
        if table.body is None:
            return
        with self._damage(table.sheet):
            stream = self._stream(table.sheet_part)
            yield from read_columns(stream, table.body, columns, self.decoder)

    def edit(
        self, table: TablePart, write: Sequence[int], source: Source, read: Sequence[int] = ()
    ) -> int:
        """Change cells of a table; says how many really changed."""
        if table.body is None or not write:
            return 0
        with self._damage(table.sheet):
            editor = Editor(self._stream(table.sheet_part), table.body, write, self.decoder, read)
            new = deflate(editor.pieces(source))
            self._check(table, table.body, editor)
        if editor.changes.cells:
            self.package.changed[table.sheet_part] = new
        return editor.changes.cells

    def append(self, table: TablePart, source: Source, count: int) -> None:
        """Put so many new rows below a table and let the table grow over them."""
        bottom = table.area.bottom + count
        new = table.area._replace(top=table.area.bottom + 1, bottom=bottom)
        self._check_room(table, new)
        columns = range(table.area.left, table.area.right + 1)
        with self._damage(table.sheet):
            models = self._models(table, columns)
            editor = Editor(self._stream(table.sheet_part), new, columns, self.decoder)
            editor.set_models(models)
            pieces = editor.pieces(source, lambda tail: growth.grown_tail(tail, table.area, bottom))
            packed = deflate(pieces)
            self._check(table, new, editor)
        self.package.changed[table.sheet_part] = packed
        self._grow_parts(table, bottom, editor.changes)

    def is_blank(self, table: TablePart) -> bool:
        """Whether a table has one row only, with nothing in it but formulas."""
        if table.body is None or table.body.top != table.body.bottom:
            return False
        columns = range(table.body.left, table.body.right + 1)
        with self._damage(table.sheet):
            rows = list(read_raw(self._stream(table.sheet_part), table.body, columns))
        return not any(text and not formula for _, formula, _, text in rows[0][1].values())

    def first_formulas(self, table: TablePart, columns: Sequence[int]) -> dict[int, str]:
        """The formulas in some columns of a table's first row; the rest of the sheet is not read."""
        if table.body is None:
            return {}
        with self._damage(table.sheet):
            first = table.body._replace(bottom=table.body.top)
            _, cells = next(read_raw(self._stream(table.sheet_part), first, columns))
            said = {column: growth.formula_text(cell[1]) for column, cell in cells.items()}
        return {column: text for column, text in said.items() if text}

    def beneath(self, table: TablePart) -> int:
        """How many rows right below a table hold something in its first column.

        A sheet that says that it ends with the table is not read.
        """
        left, bottom = table.area.left, table.area.bottom
        with self._damage(table.sheet):
            stream = self._stream(table.sheet_part)
            used = used_area(stream.head)
            if table.totals or bottom == LAST_ROW or (used and used.bottom == bottom):
                return 0
            last = used.bottom if used and used.bottom > bottom else LAST_ROW
            area = Area(left, bottom + 1, left, last)
            if any(other.area.meets(area._replace(bottom=area.top)) for other in self._on(table)):
                return 0
            batches = read_columns(stream, area, [left], self.decoder)
            cells = chain.from_iterable(batch[left] for batch in batches)
            return sum(1 for _ in takewhile(lambda cell: cell not in (None, ""), cells))

    def _on(self, table: TablePart) -> list[TablePart]:
        """The tables on the sheet of a table."""
        return [other for other in self.tables.values() if other.sheet_part == table.sheet_part]

    def _models(self, table: TablePart, columns: Sequence[int]) -> dict[int, Model]:
        if table.body is None:
            return dict.fromkeys(columns, Model(b"", None))
        last = table.body._replace(top=table.body.bottom)
        rows = list(read_raw(self._stream(table.sheet_part), last, columns))
        if any(b'"shared"' in cell[1] or b"'shared'" in cell[1] for cell in rows[-1][1].values()):
            rows = list(read_raw(self._stream(table.sheet_part), table.body, columns))
        return growth.models(rows)

    def _stream(self, part: str) -> SheetStream:
        check_encoding(self.package, part, next(self.package.chunks(part))[:200])
        return SheetStream(self.package.chunks(part))

    def _check_room(self, table: TablePart, new: Area) -> None:
        if table.totals:
            raise Refusal(
                f"{table.sheet}!{new}",
                phrased("the table {name} has a total row", name=table.name),
                phrased("turn the total row off (Table Design)"),
            )
        if new.bottom > LAST_ROW:
            raise Refusal(
                f"{table.sheet}!{new}",
                phrased("the sheet has no room for so many rows"),
                phrased("start a new workbook or delete old rows"),
            )
        for other in self._on(table):
            if other.area.meets(new):
                raise Refusal(
                    f"{table.sheet}!{other.area}",
                    phrased(
                        "the table {name} stands right below {upper}",
                        name=other.name,
                        upper=table.name,
                    ),
                    phrased("move it away"),
                )

    def _check(self, table: TablePart, area: Area, editor: Editor) -> None:
        """Refuse what the sheet's end forbids: merged cells, and locked ones on a protected sheet."""
        for merged in growth.merged_areas(editor.tail):
            for column in editor.changes.columns:
                if merged.meets(area._replace(left=column, right=column)):
                    raise Refusal(
                        f"{table.sheet}!{merged}",
                        phrased("these cells are merged"),
                        phrased("unmerge them; a table has none"),
                    )
        if editor.changes.cells and growth.is_protected(editor.tail):
            styles = {int(attributes_of(style).get(b"s", b"0")) for style in editor.changes.styles}
            if styles & self._locked:
                raise Refusal(
                    table.sheet,
                    phrased("the sheet is protected and the cells to be written are locked"),
                    phrased("unprotect the sheet (Review)"),
                )

    def _grow_parts(self, table: TablePart, bottom: int, changes: Changes) -> None:
        package, chain = self.package, self.parts.chain
        part = growth.grown_table(package.read(table.part), table.area, bottom)
        package.replace(table.part, [part])
        if chain and chain in package and changes.formulas:
            links = growth.grown_chain(
                package.read(chain), table.sheet_id, sorted(changes.formulas)
            )
            package.replace(chain, [links])
        area = table.area._replace(bottom=bottom)
        top = table.body.top if table.body else table.area.bottom + 1
        self.tables[table.name] = replace(table, area=area, body=area._replace(top=top))

    @contextlib.contextmanager
    def _damage(self, sheet: str) -> Iterator[None]:
        """Turn what only a broken or unheard-of file can cause into a refusal."""
        try:
            with room_for(sheet):
                yield
        except CellProblemError as error:
            place = f"{sheet}!{column_name(error.column)}{error.row}"
            raise Refusal(place, error.problem, error.remedy) from error
        except StrictSheetError as error:
            raise strict(self.package) from error
        except (ValueError, LookupError, SyntaxError, RecursionError) as error:
            raise self.package.damaged(f"{sheet}: {error}") from error
