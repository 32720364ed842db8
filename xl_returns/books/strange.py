"""Rows that are not in canonical XML, taken apart exactly, token by token.

Gives the same groups as `RowPattern`: other attribute orders and quotes, comments, CDATA, rich
inline strings, cells without a reference, cell metadata. What cannot be proven raises ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from xl_returns.books.cells import escape, unescape
from xl_returns.books.refs import Area
from xl_returns.books.rows import GAP, NUMBER, Groups, RowPattern
from xl_returns.core.cells import NO_VALUE
from xl_returns.core.language import phrased

_TOKEN: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<[/\w](?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>|[^<]++",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(rb"\s+([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CELL_DEPTH: Final = 2


@dataclass(slots=True)
class _Cell:
    start: int
    attributes: dict[bytes, bytes]
    stop: int = 0
    formula: bytes = b""
    formula_start: int = -1
    pieces: list[bytes] = field(default_factory=list)
    column: int = 0

    @property
    def value(self) -> tuple[bytes, bytes]:
        """The kind and the text."""
        return self.attributes.get(b"t", b""), b"".join(self.pieces)

    @property
    def unanswered(self) -> bool:
        """Whether it has a formula that nobody has calculated."""
        return bool(self.formula) and self.value == (b"", b"")

    @property
    def kept(self) -> bytes:
        """The attributes that stay when the value changes."""
        names = [b"s", b"cm", b"ph"] if self.formula else [b"s", b"ph"]
        pairs = [(name, self.attributes[name]) for name in names if name in self.attributes]
        return b"".join(b' %b="%b"' % pair for pair in pairs)


def attributes_of(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a start tag, as they stand."""
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def take_apart(row: bytes, number: int, pattern: RowPattern) -> Groups:
    """The groups that `pattern` would give for a canonical row of the same content."""
    row = _opened(row)
    cells = list(_placed(_cells(row, pattern.prefix.encode()), number))
    groups = [b""] * pattern.width
    groups[NUMBER] = b"%d" % number
    at, gap = 0, GAP
    by_column = {cell.column: cell for cell in cells}
    end = row.rindex(b"</")
    for slot in pattern.slots:
        cell = by_column.get(slot.column)
        if cell is not None:
            groups[slot.kind], groups[slot.text] = cell.value
            if cell.unanswered and not slot.written:
                groups[slot.kind], groups[slot.text] = b"e", NO_VALUE.encode()
        if slot.written:
            start, stop = _extent(cell, cells, slot.column, end)
            groups[gap], groups[slot.whole] = row[at:start], row[start:stop]
            groups[slot.attributes] = cell.kept if cell else b""
            groups[slot.formula] = cell.formula if cell else b""
            at, gap = stop, slot.gap
    groups[gap] = row[at:]
    return tuple(groups)


def _opened(row: bytes) -> bytes:
    """A row that is one empty tag, as a start and an end tag."""
    if row.endswith(b"/>") and row.count(b"<") == 1:
        name = re.search(rb"<([\w:]+)", row)
        return row[:-2].rstrip() + b"></%b>" % (name[1] if name else b"row")
    return row


def _extent(cell: _Cell | None, cells: list[_Cell], column: int, end: int) -> tuple[int, int]:
    if cell is not None:
        return cell.start, cell.stop
    after = next((other.start for other in cells if other.column > column), end)
    return after, after


def _placed(cells: Iterator[_Cell], number: int) -> Iterator[_Cell]:
    before = 0
    for cell in cells:
        place = cell.attributes.get(b"r")
        cell.column = before + 1
        if place is not None:
            area = Area.parse(place.decode())
            if area is None or area.top != number:
                raise ValueError(
                    phrased(
                        "a cell named {place!r} stands in row {number}", place=place, number=number
                    )
                )
            cell.column = area.left
        if cell.column <= before:
            raise ValueError(phrased("the cells of row {number} are out of order", number=number))
        before = cell.column
        yield cell


def _tokens(row: bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while at < len(row):
        token = _TOKEN.match(row, at)
        if token is None:
            raise ValueError(phrased("a row is no well-formed XML"))
        at = token.end()
        yield token


def _cells(row: bytes, prefix: bytes) -> Iterator[_Cell]:
    path: list[bytes] = []
    cell: _Cell | None = None
    for token in _tokens(row):
        text = token[0]
        if text[:1] != b"<" or text[:2] in (b"<!", b"<?"):
            _add_text(cell, path, text, prefix)
            continue
        closing, empty = text[1:2] == b"/", text[-2:] == b"/>"
        name = re.split(rb"[\s/>]", text[2:] if closing else text[1:], maxsplit=1)[0]
        if not closing:
            path.append(name)
            cell = _opening(cell, path, token, prefix)
        if closing or empty:
            if not path or path.pop() != name:
                raise ValueError(phrased("a row's tags do not match"))
            if _closing(cell, path, name, token, prefix) and cell is not None:
                yield cell
                cell = None
    if path:
        raise ValueError(phrased("a row's tags do not match"))


def _opening(
    cell: _Cell | None, path: list[bytes], token: re.Match[bytes], prefix: bytes
) -> _Cell | None:
    if len(path) == _CELL_DEPTH:
        if path[-1] != prefix + b"c":
            raise ValueError(phrased("a row holds {tag!r}", tag=path[-1]))
        return _Cell(token.start(), attributes_of(token[0]))
    if cell is not None and path[_CELL_DEPTH:] == [prefix + b"f"]:
        cell.formula_start = token.start()
    return cell


def _closing(
    cell: _Cell | None, path: list[bytes], name: bytes, token: re.Match[bytes], prefix: bytes
) -> bool:
    """Note the end of a formula; True at the end of a cell."""
    if cell is None:
        return False
    if len(path) == _CELL_DEPTH and name == prefix + b"f":
        cell.formula = token.string[cell.formula_start : token.end()]
    if len(path) == 1:
        cell.stop = token.end()
        return True
    return False


def _add_text(cell: _Cell | None, path: list[bytes], text: bytes, prefix: bytes) -> None:
    inside = [name.removeprefix(prefix) for name in path[_CELL_DEPTH:]]
    if cell is None or inside not in ([b"v"], [b"is", b"t"], [b"is", b"r", b"t"]):
        return
    if text.startswith(b"<![CDATA["):
        cell.pieces.append(escape(text[9:-3].decode()))
    elif not text.startswith(b"<"):
        unescape(text)
        cell.pieces.append(text)
