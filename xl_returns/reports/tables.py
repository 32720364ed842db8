"""Rows of a text table as records, one bad line stopping nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Final

from xl_returns.core.columns import normalised
from xl_returns.core.language import phrased
from xl_returns.reports.model import Record
from xl_returns.reports.notes import Notes
from xl_returns.reports.recognise import Layout

_MOST_RESTARTS: Final = 50
Numbered = tuple[int, Sequence[str]]
_NO_ROW: Final[Numbered] = 0, ()


def split_lines(text: str) -> list[str]:
    """Lines by CRLF, LF or CR only: other separators are text."""
    return re.split(r"\r\n|\n|\r", text.replace("\0", ""))


def records(lines: Sequence[str], layout: Layout, name: str, notes: Notes) -> list[Record]:
    """The data rows under the header; rows that do not fit it are rejected."""
    found = _quoted(lines, layout, name, notes) if layout.quoted else _unquoted(lines, layout)
    made: list[Record] = []
    width, last = 0, _NO_ROW
    for number, cells in found:
        if "".join(cells).strip() and _fits(number, cells, layout, name, notes):
            place = phrased("{name} line {number}", name=name, number=number)
            made.append(_record(cells, layout, place))
            width, last = max(width, len(last[1])), (number, cells)
    if made and _ends_within(*last, lines, layout):
        whole = min(width, len(layout.header)) or len(layout.header)
        made[-1] = _doubted(made[-1], last[1], whole, notes)
    return made


def _unquoted(lines: Sequence[str], layout: Layout) -> Iterator[Numbered]:
    """Cells of a tab table: a quotation mark is a letter like any other."""
    for index in range(layout.header_line + 1, len(lines)):
        yield index + 1, lines[index].split(layout.delimiter)


def _quoted(lines: Sequence[str], layout: Layout, name: str, notes: Notes) -> Iterator[Numbered]:
    """Cells of a quoted table; a row whose quotation mark never closes is left out."""
    start, restarts = layout.header_line + 1, 0
    while start < len(lines) and restarts <= _MOST_RESTARTS:
        done = yield from _until_broken(lines, start, layout)
        if done == len(lines):
            return
        problem, remedy = (
            phrased("a quotation mark is not closed"),
            phrased("correct this line, import again"),
        )
        notes.reject(phrased("{name} line {number}", name=name, number=done + 1), problem, remedy)
        start, restarts = done + 1, restarts + 1
    if start < len(lines):
        notes.reject(
            phrased("{name} line {number}", name=name, number=start + 1),
            phrased("too many broken lines"),
            phrased("download it again"),
        )


def _until_broken(
    lines: Sequence[str], start: int, layout: Layout
) -> Generator[Numbered, None, int]:
    """Yields rows; returns the index of the first broken line, or the number of lines."""
    reader = csv.reader((f"{line}\n" for line in lines[start:]), delimiter=layout.delimiter)
    at = start
    try:
        for cells in reader:
            after = start + reader.line_num
            if after - at > 1 and len(cells) != len(layout.header):
                return at
            yield at + 1, cells
            at = after
    except csv.Error:
        return at
    return len(lines)


def _fits(number: int, cells: Sequence[str], layout: Layout, name: str, notes: Notes) -> bool:
    place = phrased("{name} line {number}", name=name, number=number)
    if "".join(cells[len(layout.header) :]).strip():
        notes.reject(
            place,
            phrased(
                "the row has {count} cells, the header {headers}",
                count=len(cells),
                headers=len(layout.header),
            ),
            phrased("a tab or comma inside a text shifts the row: type this return by hand"),
        )
        return False
    if _repeats_header(cells, layout):
        notes.reject(
            place,
            phrased("the header is repeated as data"),
            phrased("nothing to do; the line was skipped"),
        )
        return False
    return True


def _repeats_header(cells: Sequence[str], layout: Layout) -> bool:
    if cells[0].strip()[:1].casefold() != layout.header[0][:1]:
        return False
    return all(
        normalised(cell) == header for cell, header in zip(cells, layout.header, strict=False)
    )


def _ends_within(number: int, cells: Sequence[str], lines: Sequence[str], layout: Layout) -> bool:
    """Whether the file may end within a cell that we read of its last row.

    It has no line end there, as a file that was cut off, and no closing quotation mark.
    """
    if not lines[-1] or number + "".join(cells).count("\n") < len(lines):
        return False
    is_closed = layout.quoted and lines[-1].endswith('"') and not _is_open(cells)
    return len(cells) - (not is_closed) <= max(layout.positions.values())


def _doubted(record: Record, cells: Sequence[str], width: int, notes: Notes) -> Record:
    """The row that ends the file within a cell: cut when it is not as wide as whole rows are.

    Else only its last cell can be cut, and a file that somebody saved may lack its line end.
    """
    if _is_open(cells) or len(cells) < width:
        return replace(record, cut=True)
    notes.warn(
        record.place,
        phrased("the file ends without a line end: the last cell of this row may be cut off"),
        phrased("check that cell, or download the report again"),
    )
    return record


def _is_open(cells: Sequence[str]) -> bool:
    """Whether the last cell's quotation mark is not closed: it took in the end of its line."""
    return cells[-1].endswith("\n")


def _record(cells: Sequence[str], layout: Layout, place: str) -> Record:
    """Cells by field; what a short row lacks is absent."""
    width = len(cells)
    fields = {f: cells[at] for f, at in layout.positions.items() if at < width}
    return Record(place, fields, len(fields) < len(layout.positions))
