"""Reading and changing the cells of a worksheet part, in one pass over its stream."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from xl_returns.books.cells import Decoder, Value
from xl_returns.books.column_writer import Changes, ColumnWriter, Groups, Model, New
from xl_returns.books.refs import Area
from xl_returns.books.rows import GAP, NUMBER, RowPattern
from xl_returns.books.rows import Groups as Row
from xl_returns.books.strange import attributes_of
from xl_returns.books.stream import Batch, Missing, Scanner, SheetStream

Columns: TypeAlias = dict[int, list[Value]]
Raw: TypeAlias = tuple[bytes, bytes, bytes, bytes]
Source: TypeAlias = Callable[[int, int, Columns], Mapping[int, Sequence[New]]]
Growth: TypeAlias = Callable[[bytes], bytes]

_FEW_ROWS: Final = 1_000
_SHARED: Final = 32
_SPANS: Final = re.compile(rb" spans=\"(\d+):(\d+)\"")
_DIMENSION: Final = re.compile(rb"(<(?:[\w.-]+:)?dimension ref=\")([^\"]*)(\")")
_COLUMN: Final = re.compile(rb"<(?:[\w.-]+:)?col\b[^<>]*>")


def read_columns(
    stream: SheetStream, area: Area, columns: Sequence[int], decoder: Decoder
) -> Iterator[Columns]:
    """The values of some columns of an area, top to bottom, some rows at a time."""
    pattern = _reading(stream.prefix, area, columns)
    for piece in _scanned(stream, Scanner(pattern, area.top, area.bottom)):
        if isinstance(piece, Missing):
            yield {column: [None] * piece.rows for column in columns}
        elif isinstance(piece, Batch):
            groups = list(zip(*piece.rows, strict=True))
            yield _values(pattern, columns, groups, decoder)


def _reading(prefix: str, area: Area, columns: Sequence[int]) -> RowPattern:
    """A pattern that reads these columns; small tables share one, which takes long to make."""
    if area.bottom - area.top < _FEW_ROWS and max(columns, default=0) <= _SHARED:
        return _pattern(prefix, tuple(range(1, _SHARED + 1)))
    return _pattern(prefix, tuple(columns))


@lru_cache
def _pattern(prefix: str, columns: tuple[int, ...]) -> RowPattern:
    return RowPattern(prefix, columns, ())


def read_raw(
    stream: SheetStream, area: Area, columns: Sequence[int]
) -> Iterator[tuple[int, dict[int, Raw]]]:
    """Row by row, the attributes, formula, kind and text of cells as they stand."""
    pattern = RowPattern(stream.prefix, (), columns)
    scanner = Scanner(pattern, area.top, area.bottom)
    for piece in _scanned(stream, scanner):
        for row in _rows(scanner, piece):
            cells = {
                slot.column: (
                    row[slot.attributes],
                    row[slot.formula],
                    row[slot.kind],
                    row[slot.text],
                )
                for slot in pattern.slots
            }
            yield int(row[NUMBER]), cells


def _rows(scanner: Scanner, piece: bytes | Batch | Missing) -> Iterable[Row]:
    if isinstance(piece, Missing):
        return map(scanner.empty_row, range(piece.first, piece.first + piece.rows))
    return piece.rows if isinstance(piece, Batch) else ()


def _scanned(stream: SheetStream, scanner: Scanner) -> Iterator[bytes | Batch | Missing]:
    for block in stream:
        yield from scanner.scan(block)
    yield from scanner.finish()


def _values(
    pattern: RowPattern, columns: Collection[int], groups: Groups, decoder: Decoder
) -> Columns:
    return {
        slot.column: decoder.column(groups[slot.kind], groups[slot.text])
        for slot in pattern.slots
        if slot.column in columns
    }


class Editor:
    """Gives a sheet's bytes with new values in some cells of an area; every other byte stays."""

    def __init__(
        self,
        stream: SheetStream,
        area: Area,
        write: Sequence[int],
        decoder: Decoder,
        read: Sequence[int] = (),
    ) -> None:
        self._stream, self._area, self._decoder, self._read = stream, area, decoder, read
        self._pattern = RowPattern(stream.prefix, read, write)
        self.changes = Changes()
        self._slots = tuple(slot for slot in self._pattern.slots if slot.written)
        self._writers = [ColumnWriter(s, stream.prefix, decoder, self.changes) for s in self._slots]
        self._makes_new_rows = False
        self.tail = b""

    def set_models(self, models: Mapping[int, Model]) -> None:
        """Make every cell anew after these models: the rows are new rows of a table."""
        self._makes_new_rows = True
        for slot, writer in zip(self._slots, self._writers, strict=True):
            writer.model = models[slot.column]

    def pieces(self, source: Source, grow: Growth | None = None) -> Iterator[bytes]:
        """The whole sheet; `source` is given a batch's first row, count and values, and says the new ones."""
        columns = range(self._slots[0].column, self._slots[-1].column + 1)
        area = self._area._replace(left=columns[0], right=columns[-1])
        yield _with_dimension(self._stream.head, area)
        self._set_defaults(self._stream.head)
        scanner = Scanner(self._pattern, self._area.top, self._area.bottom)
        for piece in _scanned(self._stream, scanner):
            if isinstance(piece, bytes):
                yield piece
            elif isinstance(piece, Missing) and self._makes_new_rows:
                yield self._edited(piece.first, scanner.empty_columns(piece), {}, source)
            else:
                batch = _batch(scanner, piece)
                groups = list(zip(*batch.rows, strict=True))
                yield self._edited(batch.first, groups, batch.as_was, source)
        self.tail = self._stream.tail
        yield grow(self.tail) if grow else self.tail

    def _set_defaults(self, head: bytes) -> None:
        for tag in _COLUMN.findall(head):
            attributes = attributes_of(tag)
            first, last = (int(attributes.get(key, b"0")) for key in (b"min", b"max"))
            for slot, writer in zip(self._slots, self._writers, strict=True):
                if first <= slot.column <= last and attributes.get(b"style", b"0") != b"0":
                    writer.default = b' s="%d"' % int(attributes[b"style"])

    def _edited(
        self, first: int, groups: Groups, as_was: Mapping[int, bytes], source: Source
    ) -> bytes:
        known = _values(self._pattern, self._read, groups, self._decoder)
        new = source(first, len(groups[NUMBER]), known)
        before, added = self.changes.cells, set[int]()
        lines = [groups[GAP]]
        cells = []
        for slot, writer in zip(self._slots, self._writers, strict=True):
            strips = writer.strips(groups, new[slot.column], added, whole=bool(as_was))
            cells.append(strips[0])
            lines += [*strips, groups[slot.gap]]
        if self.changes.cells != before:
            lines[0] = self._widened(groups[GAP], added)
            as_was = self._untouched(groups, as_was, cells)
        return _joined(lines, as_was)

    def _untouched(
        self, groups: Groups, as_was: Mapping[int, bytes], cells: Sequence[Sequence[bytes]]
    ) -> dict[int, bytes]:
        """The rows of unusual form none of whose cells changed: they stay as they were."""
        old = [groups[slot.whole] for slot in self._slots]
        return {
            index: raw
            for index, raw in as_was.items()
            if all(c[index] == o[index] for c, o in zip(cells, old, strict=True))
        }

    def _widened(self, tags: Sequence[bytes], added: set[int]) -> Sequence[bytes]:
        """Row tags whose `spans` take in the cells that were added."""
        low, high = self._slots[0].column, self._slots[-1].column
        new, wide_enough = list(tags), b"no spans"
        for index in added:
            if wide_enough in new[index]:
                continue
            spans = _SPANS.search(new[index])
            if spans and int(spans[1]) <= low <= high <= int(spans[2]):
                wide_enough = spans[0]
            elif spans:
                wide = b' spans="%d:%d"' % (min(int(spans[1]), low), max(int(spans[2]), high))
                new[index] = new[index][: spans.start()] + wide + new[index][spans.end() :]
        return new


def _batch(scanner: Scanner, piece: Batch | Missing) -> Batch:
    if isinstance(piece, Batch):
        return piece
    as_was = dict.fromkeys(range(piece.rows), b"")
    return Batch(piece.first, [*_rows(scanner, piece)], as_was)


def _joined(lines: list[Sequence[bytes]], as_was: Mapping[int, bytes]) -> bytes:
    if not as_was:
        return b"".join(map(b"".join, zip(*lines, strict=True)))
    rows = [b"".join(row) for row in zip(*lines, strict=True)]
    for index, raw in as_was.items():
        rows[index] = raw
    return b"".join(rows)


def used_area(head: bytes) -> Area | None:
    """The cells that a sheet says it uses; None where it says nothing."""
    found = _DIMENSION.search(head)
    return Area.parse(found[2].decode()) if found else None


def _with_dimension(head: bytes, area: Area) -> bytes:
    found = _DIMENSION.search(head)
    old = Area.parse(found[2].decode()) if found else None
    if found is None or old is None or old.union(area) == old:
        return head
    return head[: found.start(2)] + str(old.union(area)).encode() + head[found.end(2) :]
