"""A worksheet part as a stream: head, blocks of whole rows, tail. Nothing larger is ever held."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from xl_returns.books.refs import LAST_ROW
from xl_returns.books.rows import GAP, NUMBER, Groups, RowPattern
from xl_returns.books.strange import attributes_of, take_apart
from xl_returns.core.language import phrased

_ROOT: Final = re.compile(
    rb"<(?:([A-Za-z_][\w.-]*):)?worksheet\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_DATA: Final = re.compile(
    rb"<((?:[\w.-]+:)?sheetData)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*/?>"
)
_HIDDEN: Final = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_HEAD_LIMIT: Final = 16 << 20
_BLOCK: Final = 6 << 20
_BLOCK_LIMIT: Final = 256 << 20
_BATCH: Final = 4096
_MANY_MISSING: Final = 256
"""So many missing rows, and more, are not made one by one; a batch may be longer by as many."""
_TAG: Final = re.compile(rb"</?(?:[\w.-]+:)?(?:row|c|sheetData)\b")
MAIN: Final = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


class Batch(NamedTuple):
    """Consecutive rows from `first` on; `as_was` has the bytes of rows that had another form."""

    first: int
    rows: list[Groups]
    as_was: dict[int, bytes]


class Missing(NamedTuple):
    """Consecutive rows from `first` on that the sheet leaves out, as it does below its data."""

    first: int
    rows: int


class StrictSheetError(ValueError):
    """The sheet is Strict Open XML."""


class SheetStream:
    """Cuts a sheet's XML into `head` (up to the first row), blocks of rows, and `tail`."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""
        self.tail = b""
        self.prefix = ""
        self.head = self._read_head()

    def _read_head(self) -> bytes:
        head = b""
        for chunk in self._chunks:
            head += chunk
            opening = _DATA.search(head)
            if opening is not None:
                break
            if len(head) > _HEAD_LIMIT:
                raise ValueError(phrased("the sheet has no rows"))
        else:
            raise ValueError(phrased("the sheet has no rows"))
        self._check_head(head[: opening.start()])
        self._rest = head[opening.end() :]
        if opening[0].endswith(b"/>"):
            self._rest = b"</" + opening[1] + b">" + self._rest
            return head[: opening.start()] + opening[0][:-2].rstrip() + b">"
        return head[: opening.end()]

    def _check_head(self, head: bytes) -> None:
        plain = _HIDDEN.sub(b"", head)
        root = _ROOT.search(plain)
        if root is None or b"<!" in plain:
            raise ValueError(phrased("the sheet's XML has an unknown form"))
        self.prefix = root[1].decode() + ":" if root[1] else ""
        space = attributes_of(root[2]).get(b"xmlns:" + root[1] if root[1] else b"xmlns")
        if space == STRICT:
            raise StrictSheetError
        if space != MAIN:
            raise ValueError(phrased("the sheet's XML has an unknown namespace"))

    def __iter__(self) -> Iterator[bytes]:
        """The blocks; once they are all taken, `tail` is there."""
        row_end = f"</{self.prefix}row>".encode()
        data_end = f"</{self.prefix}sheetData".encode()
        block = self._rest
        for chunk in chain((b"",), _gathered(self._chunks)):
            block += chunk
            if len(block) > _BLOCK_LIMIT:
                raise ValueError(phrased("the sheet's XML has an unknown form"))
            end = block.find(data_end)
            if end >= 0:
                self.tail = block[end:] + b"".join(self._chunks)
                yield block[:end]
                return
            cut = block.rfind(row_end) + len(row_end)
            if cut >= len(row_end):
                yield block[:cut]
                block = block[cut:]
        raise ValueError(phrased("the sheet ends early"))


def _gathered(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Chunks put together, so that a block holds rows enough to be decided at once."""
    waiting, size = list[bytes](), 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= _BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _has_hidden(block: bytes) -> bool:
    """Whether there are comments and the like; ValueError when they could hide rows.

    One byte is looked for before two: most blocks hold neither sign, and are done with at once.
    """
    if not (b"!" in block and b"<!" in block) and not (b"?" in block and b"<?" in block):
        return False
    hidden = _HIDDEN.findall(block)
    if b"<!" in _HIDDEN.sub(b"", block) or any(_TAG.search(text) for text in hidden):
        raise ValueError(phrased("comments in the sheet's XML hide rows"))
    return True


class Scanner:
    """Walks the blocks and gives back raw bytes and batches of the rows `first` to `last`, in order.

    Rows that the sheet leaves out come as rows without cells, or as `Missing` where they are many.
    """

    def __init__(self, pattern: RowPattern, first: int, last: int) -> None:
        self._pattern = pattern
        self._first, self._last = first, last
        self._seen = 0
        self._batch = Batch(first, [], {})
        tag = rb"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*+\"|'[^'<]*+'))*+\s*"
        row = pattern.prefix.encode() + b"row"
        self._empty = take_apart(b'<%b r="0"></%b>' % (row, row), 0, pattern)
        self._row = re.compile(
            rb"(?:[^<]|<!--.*?-->|<\?.*?\?>)*+(?P<tag><%b%b(?:/>|>))(?:(?<=/>)|.*?</%b\s*>)"
            % (row, tag, row),
            re.DOTALL,
        )

    def scan(self, block: bytes) -> Iterator[bytes | Batch | Missing]:
        """The pieces of one block."""
        quick = not _has_hidden(block)
        at = raw = 0
        while at < len(block):
            found = self._pattern.match(block, at) if quick else None
            groups = found.groups(b"") if found else None
            if found is None:
                found = self._row.match(block, at)
                if found is None:
                    break
            number = int(groups[NUMBER]) if groups else self._number(found["tag"])
            self._check_order(number)
            inside = self._first <= number <= self._last
            if (inside or (number > self._last and self._next <= self._last)) and raw < at:
                yield block[raw:at]
                raw = at
            at = found.end()
            if inside:
                yield from self._fill(number)
                self._add(number, groups, found[0])
                raw = at = self._run(block, at) if quick else at
            elif number > self._last:
                yield from self.finish()
        yield from self._flush()
        if raw < len(block):
            yield self._checked(block[raw:], block[at:])

    def _run(self, block: bytes, at: int) -> int:
        """Take the canonical rows that follow each other without a gap; says where they end."""
        match, rows = self._pattern.match, self._batch.rows
        following = self._next
        stop = min(self._last + 1, self._batch.first + _BATCH)
        while following < stop and (found := match(block, at)):
            groups = found.groups(b"")
            if int(groups[NUMBER]) != following:
                break
            rows.append(groups)
            following += 1
            at = found.end()
        self._seen = following - 1
        return at

    def finish(self) -> Iterator[Batch | Missing]:
        """The rows that the sheet left out at its end."""
        yield from self._fill(self._last + 1)
        yield from self._flush()

    @property
    def _next(self) -> int:
        return self._batch.first + len(self._batch.rows)

    def _check_order(self, number: int) -> None:
        if not self._seen < number <= LAST_ROW:
            raise ValueError(phrased("row {number} is out of order", number=number))
        self._seen = number

    def _checked(self, raw: bytes, rest: bytes) -> bytes:
        if f"<{self._pattern.prefix}row".encode() in rest:
            raise ValueError(phrased("a row is no well-formed XML"))
        return raw

    def _number(self, tag: bytes) -> int:
        number = attributes_of(tag).get(b"r")
        return self._seen + 1 if number is None else int(number)

    def _add(self, number: int, groups: Groups | None, raw: bytes) -> None:
        if groups is None:
            self._batch.as_was[len(self._batch.rows)] = raw
            groups = self._strange(raw, number)
        self._batch.rows.append(groups)

    def _strange(self, raw: bytes, number: int) -> Groups:
        start = raw.find(f"<{self._pattern.prefix}row".encode())
        groups = take_apart(raw[start:], number, self._pattern)
        return (raw[:start] + groups[GAP], *groups[1:])

    def _fill(self, number: int) -> Iterator[Batch | Missing]:
        """Rows without cells up to `number`; hands over batches that are full."""
        if len(self._batch.rows) >= _BATCH:
            yield from self._flush()
        if number - self._next >= _MANY_MISSING:
            yield from self._flush()
            for first in range(self._next, number, _BATCH):
                yield Missing(first, min(_BATCH, number - first))
            self._batch = Batch(number, [], {})
        rows = [self.empty_row(missing) for missing in range(self._next, number)]
        start = len(self._batch.rows)
        self._batch.as_was.update(dict.fromkeys(range(start, start + len(rows)), b""))
        self._batch.rows.extend(rows)

    def empty_columns(self, missing: Missing) -> list[Sequence[bytes]]:
        """Rows without cells, group by group."""
        numbers = [b"%d" % number for number in range(missing.first, missing.first + missing.rows)]
        start, _, end = self._empty[GAP].partition(b"0")
        gaps = [b"%b%b%b" % (start, number, end) for number in numbers]
        return [gaps, numbers, *([group] * missing.rows for group in self._empty[NUMBER + 1 :])]

    def empty_row(self, number: int) -> Groups:
        """A row without cells."""
        gap = self._empty[GAP].replace(b'r="0"', b'r="%d"' % number)
        return (gap, b"%d" % number, *self._empty[NUMBER + 1 :])

    def _flush(self) -> Iterator[Batch]:
        batch = self._batch
        if batch.rows:
            self._batch = Batch(self._next, [], {})
            yield batch
