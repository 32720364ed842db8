"""Rows of a text table as records, one bad line stopping nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Generator, Iterator, Sequence
from typing import Final

from xl_returns.core.columns import normalised
from xl_returns.core.language import phrased
from xl_returns.reports.model import Record
from xl_returns.reports.notes import Notes
from xl_returns.reports.recognise import Layout

_MOST_RESTARTS: Final = 50
Numbered = tuple[int, Sequence[str]]


def split_lines(text: str) -> list[str]:
    """Lines by CRLF, LF or CR only: other separators are text."""
    return re.split(r"\r\n|\n|\r", text.replace("\0", ""))


def records(lines: Sequence[str], layout: Layout, name: str, notes: Notes) -> list[Record]:
    """The data rows under the header; rows that do not fit it are rejected."""
    found = _quoted(lines, layout, name, notes) if layout.quoted else _unquoted(lines, layout)
    return [
        _record(cells, layout, phrased("{name} line {number}", name=name, number=number))
        for number, cells in found
        if "".join(cells).strip() and _fits(number, cells, layout, name, notes)
    ]


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


def _record(cells: Sequence[str], layout: Layout, place: str) -> Record:
    """Cells by field; what a short row lacks is absent."""
    width = len(cells)
    fields = {f: cells[at] for f, at in layout.positions.items() if at < width}
    return Record(place, fields, len(fields) < len(layout.positions))
