"""What a table needs to grow: models for its new cells, and every range that ends at its last row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from xl_returns.books.cells import escape, unescape
from xl_returns.books.column_writer import CellProblemError, Model
from xl_returns.books.refs import Area, column_name
from xl_returns.books.sheet import Raw
from xl_returns.books.strange import attributes_of
from xl_returns.core.language import phrased

_FORMULA: Final = re.compile(
    rb"<((?:[\w.-]+:)?f)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(?:/>|>([^<]*)</[^>]*>)", re.DOTALL
)
_SQREF: Final = re.compile(rb"( sqref=[\"']|<(?:[\w.-]+:)?sqref>)([^\"'<]*)")
_REF: Final = re.compile(rb"(\sref=[\"'])([^\"']*)")
_MERGED: Final = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s+ref=[\"']([^\"']*)")
_PROTECTION: Final = re.compile(rb"<(?:[\w.-]+:)?sheetProtection\b[^<>]*>")


def grown(text: bytes, old: Area, bottom: int) -> bytes:
    """A list of ranges, those that end at the area's last row reaching down to `bottom`."""
    return b" ".join(_one_grown(part, old, bottom) for part in text.split(b" "))


def _one_grown(text: bytes, old: Area, bottom: int) -> bytes:
    area = Area.parse(text.decode())
    if area is None or area.bottom != old.bottom or not area.meets(old):
        return text
    return str(area._replace(bottom=bottom)).encode()


def grown_tail(tail: bytes, old: Area, bottom: int) -> bytes:
    """The end of a sheet with its validations and conditional formats grown along."""
    return _SQREF.sub(lambda found: found[1] + grown(found[2], old, bottom), tail)


def grown_table(part: bytes, old: Area, bottom: int) -> bytes:
    """A table part with its own, its filter's and its sort order's range grown."""
    return _REF.sub(lambda found: found[1] + grown(found[2], old, bottom), part)


def grown_chain(chain: bytes, sheet_id: str, cells: Iterable[tuple[int, str]]) -> bytes:
    """The calculation chain with the new formula cells at its end."""
    links = b"".join(
        b'<c r="%b%d" i="%b"/>' % (n.encode(), row, sheet_id.encode()) for row, n in cells
    )
    head, end, rest = chain.rpartition(b"</calcChain>")
    return head + links + end + rest if end else chain


def merged_areas(tail: bytes) -> Iterator[Area]:
    """The merged cells of a sheet."""
    for text in _MERGED.findall(tail):
        area = Area.parse(text.decode())
        if area is not None:
            yield area


def is_protected(tail: bytes) -> bool:
    """Whether the sheet is protected against changes of locked cells."""
    return any(
        attributes_of(tag).get(b"sheet") in (b"1", b"true") for tag in _PROTECTION.findall(tail)
    )


def models(rows: Sequence[tuple[int, Mapping[int, Raw]]]) -> dict[int, Model]:
    """What the cells below the last row are made after; earlier rows serve for shared formulas."""
    number, last = rows[-1]
    return {column: _model(rows, number, column, cell) for column, cell in last.items()}


def _model(
    rows: Sequence[tuple[int, Mapping[int, Raw]]], number: int, column: int, cell: Raw
) -> Model:
    attributes, formula = cell[0], cell[1]
    if not formula:
        return Model(attributes, None)
    found = _FORMULA.fullmatch(formula)
    if found is None:
        raise _unfit(column, number)
    kind = attributes_of(found[2]).get(b"t", b"normal")
    if kind == b"shared" and not found[3]:
        number, found = _master(rows, column, attributes_of(found[2]).get(b"si"), number)
    single = f"{column_name(column)}{number}".encode()
    if (kind == b"array" and attributes_of(found[2]).get(b"ref") != single) or kind == b"dataTable":
        raise _unfit(column, number)
    return Model(attributes, _repeated(found, column, number, array=kind == b"array"))


def _repeated(found: re.Match[bytes], column: int, row: int, *, array: bool) -> _Formula:
    from openpyxl.formula.tokenizer import TokenizerError  # noqa: PLC0415 - slow to import
    from openpyxl.formula.translate import TranslatorError  # noqa: PLC0415 - slow to import

    try:
        return _Formula(found[1], found[3] or b"", column, row, array=array)
    except (TokenizerError, TranslatorError) as error:
        raise CellProblemError(
            column,
            row,
            phrased("this formula cannot be read and so not be repeated in new rows"),
            phrased("open the file in Excel, let it repair it, save, and run again"),
        ) from error


def _master(
    rows: Sequence[tuple[int, Mapping[int, Raw]]], column: int, index: bytes | None, last: int
) -> tuple[int, re.Match[bytes]]:
    for number, cells in rows:
        found = _FORMULA.fullmatch(cells[column][1])
        if found and found[3] and attributes_of(found[2]).get(b"si") == index:
            return number, found
    raise _unfit(column, last)


def _unfit(column: int, row: int) -> CellProblemError:
    return CellProblemError(
        column,
        row,
        phrased("this formula spans several cells and cannot be repeated in new rows"),
        phrased("give every row of the column a formula of its own"),
    )


def formula_text(formula: bytes) -> str:
    """What a cell's formula says; blank where it repeats another cell's."""
    found = _FORMULA.fullmatch(formula)
    return unescape(found[3] or b"") if found else ""


class _Formula:
    """A formula repeated in other rows, its relative references moved along."""

    def __init__(self, tag: bytes, text: bytes, column: int, row: int, *, array: bool) -> None:
        self._tag, self._name, self._array = tag, column_name(column), array
        self._text = unescape(text)
        from openpyxl.formula.translate import Translator  # noqa: PLC0415 - slow to import

        self._translator = Translator(f"={self._text}", f"{self._name}{row}")
        self._moves = self._moved(row + 1) != self._text or self._moved(row + 2) != self._text

    def _moved(self, row: int) -> str:
        moved: str = self._translator.translate_formula(f"{self._name}{row}")
        return moved.removeprefix("=")

    def __call__(self, row: int) -> bytes:
        text = escape(self._moved(row) if self._moves else self._text)
        span = b' t="array" ref="%b%d"' % (self._name.encode(), row) if self._array else b""
        return b"<%b%b>%b</%b>" % (self._tag, span, text, self._tag)
