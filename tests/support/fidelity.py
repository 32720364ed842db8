"""What differs between a workbook before and after, beyond what is ours to write.

Reads both with the standard library alone, apart from the product's own reader.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from tests.support.zips import members
from xl_returns.core import columns, ledgers
from xl_returns.core.sheets import CHECKED

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PLACE = re.compile(r"([A-Z]+)(\d+)")
_SHEET_DATA = re.compile(rb"<(?:\w+:)?sheetData\s*/?>|</(?:\w+:)?sheetData\s*>")
_RANGES = re.compile(rb"(sqref=[\"']|<\w+:sqref>|\sref=[\"'])([^\"'<]*)")
DECIDED = columns.SUGGESTIONS + columns.RECORD
"""What `process` may write in Returns."""
_LEDGERS = {ledger.table: ledger for ledger in ledgers.ALL}


@dataclass
class Difference:
    """What was compared, and every place that changed and is not ours."""

    parts: int = 0
    changed: set[str] = field(default_factory=set)
    cells: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class _Table:
    part: str
    left: int
    top: int
    right: int
    bottom: int
    ours: set[int]


def number(name):
    total = 0
    for letter in name:
        total = total * 26 + ord(letter) - 64
    return total


def _ours(table, header, may):
    """Whether the desk may write a column of a table; `may` has those of Returns."""
    if table == "Returns":
        return columns.header_name(header) in may
    if table == "Live":
        return header == "As Of"
    if table in _LEDGERS:
        return header in _LEDGERS[table].headers and header not in _LEDGERS[table].typed
    return header == CHECKED.name


def _rels(content, part):
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels").casefold()
    raw = next((data for name, data in content.items() if name.casefold() == source), None)
    return {} if raw is None else {
        r.get("Id"): (r.get("Type").rpartition("/")[2], posixpath.normpath(posixpath.join("/", folder, r.get("Target")))[1:])
        for r in ET.fromstring(raw) if r.get("TargetMode") != "External"
    }  # fmt: skip


def our_areas(path):
    """By the title of each sheet, the areas that are ours: left, top, right, bottom."""
    content = members(path)
    tables, rels = tables_of(content, DECIDED), _rels(content, "xl/workbook.xml")
    folded = {name.casefold(): name for name in content}
    areas = {}
    for sheet in ET.fromstring(content["xl/workbook.xml"]).iter(f"{_M}sheet"):
        on_sheet = tables.get(folded[rels[sheet.get(_R)][1].casefold()], ())
        areas[sheet.get("name")] = [[c, t.top + 1, c, t.bottom] for t in on_sheet for c in t.ours]
    return areas


def orders(before, after):
    """What to ask LibreOffice, so that its two answers are alike."""
    ours = our_areas(after)
    return [["dump", str(path), ours] for path in (before, after)]


def tables_of(content, may):
    """The tables on each sheet part, with the columns that are ours."""
    folded = {name.casefold(): name for name in content}
    rels = _rels(content, "xl/workbook.xml")
    found = {}
    for sheet in ET.fromstring(content["xl/workbook.xml"]).iter(f"{_M}sheet"):
        part = folded[rels[sheet.get(_R)][1].casefold()]
        for kind, target in _rels(content, part).values():
            if kind == "table":
                found.setdefault(part, []).append(_table(content, target, may))
    return found


def _table(content, part, may):
    root = ET.fromstring(content[part])
    first, last = (_PLACE.fullmatch(cell) for cell in root.get("ref").split(":"))
    left, name = number(first[1]), root.get("displayName")
    headers = [column.get("name") for column in root.iter(f"{_M}tableColumn")]
    ours = {left + at for at, header in enumerate(headers) if _ours(name, header, may)}
    return _Table(part, left, int(first[2]), number(last[1]), int(last[2]), ours)


def compare(before, after, may=DECIDED):
    """All differences between two files; `may` has the columns of Returns that may change."""
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
        result = Difference(parts=len(old.namelist()))
        if old.namelist() != new.namelist() or old.comment != new.comment:
            result.wrong.append("other members, another order, or another comment")
        was = {name: old.read(name) for name in old.namelist()}
        now = {name: new.read(name) for name in new.namelist()}
    tables, grown = tables_of(was, may), tables_of(now, may)
    bottoms = {t.part: t.bottom for on_sheet in grown.values() for t in on_sheet}
    for name, old_bytes in was.items():
        if old_bytes != now.get(name):
            result.changed.add(name)
            _compare_part(result, name, old_bytes, now.get(name, b""), tables, bottoms)
        elif name in tables:
            result.cells += len(re.findall(rb"<(?:\w+:)?c\s", now[name]))
    return result


def _compare_part(result, name, was, now, tables, bottoms):
    part_of = {t.part: t for on_sheet in tables.values() for t in on_sheet}
    if name in tables and any(t.ours for t in tables[name]):
        _compare_sheet(result, name, was, now, tables[name], bottoms)
    elif name in part_of and part_of[name].ours:
        if _shrunk(now, [part_of[name]], bottoms) != was:
            result.wrong.append(name)
    elif name.endswith("calcChain.xml"):
        if not now.startswith(was.partition(b"</calcChain>")[0]):
            result.wrong.append(name)
    else:
        result.wrong.append(name)


def _shrunk(raw, tables, bottoms):
    """A text whose ranges that end with a grown table end where the table did before."""

    def back(found):
        ranges = found[2].decode().split(" ")
        for table in tables:
            end = str(bottoms[table.part])
            ranges = [
                re.sub(rf"(?<=[A-Z]){end}$", str(table.bottom), one) if bottoms[table.part] > table.bottom else one
                for one in ranges
            ]  # fmt: skip
        return found[1] + " ".join(_single(one) for one in ranges).encode()

    return _RANGES.sub(back, raw)


def _single(text):
    first, _, last = text.partition(":")
    return first if first == last else text


def _compare_sheet(result, name, was, now, tables, bottoms):
    (head, tail), (new_head, new_tail) = _frame(was), _frame(now)
    if _without_dimension(head) != _without_dimension(new_head):
        result.wrong.append(f"{name}: before the rows")
    if _shrunk(tail, tables, bottoms) != _shrunk(new_tail, tables, bottoms):
        result.wrong.append(f"{name}: after the rows")
    old, new = _rows(was), _rows(now)
    for row in sorted(old.keys() | new.keys()):
        _compare_row(result, name, row, old.get(row), new.get(row), tables, bottoms)


def _frame(raw):
    places = list(_SHEET_DATA.finditer(raw))
    return raw[: places[0].start()], raw[places[-1].end() :]


def _without_dimension(head):
    return re.sub(rb"(dimension ref=[\"'])[^\"']*", rb"\1", head)


def _rows(raw):
    rows, last = {}, 0
    for row in ET.fromstring(raw).find(f"{_M}sheetData"):
        last = int(row.get("r", last + 1))
        cells, before = {}, 0
        for cell in row:
            place = _PLACE.fullmatch(cell.get("r", ""))
            before = number(place[1]) if place else before + 1
            cells[before] = cell
        attributes = {k: v for k, v in row.attrib.items() if k not in ("spans", "r")}
        rows[last] = attributes, cells
    return rows


def _compare_row(result, name, row, old, new, tables, bottoms):
    (was, old_cells), (now, new_cells) = old or ({}, {}), new or ({}, {})
    if was != now or (new is None and old is not None):
        result.wrong.append(f"{name} row {row}: attributes")
    for column in old_cells.keys() | new_cells.keys():
        result.cells += 1
        first, second = old_cells.get(column), new_cells.get(column)
        if _text(first) != _text(second) and not _allowed(
            row, column, first, second, tables, bottoms
        ):
            result.wrong.append(f"{name} row {row} column {column}")


def _text(cell):
    if cell is None:
        return None
    copy = ET.fromstring(ET.tostring(cell))
    copy.attrib.pop("r", None)
    copy.tail = None
    return ET.tostring(copy)


def _allowed(row, column, old, new, tables, bottoms):
    """Whether a cell is ours and kept its looks and its formula."""
    for table in tables:
        if table.left <= column <= table.right and table.top < row <= bottoms[table.part]:
            if row > table.bottom:
                return True
            kept = (
                old is None
                or new is None
                or (old.get("s"), _formula(old)) == (new.get("s"), _formula(new))
            )
            return column in table.ours and kept
    return False


def _formula(cell):
    found = cell.find(f"{_M}f")
    return None if found is None else (found.text, sorted(found.attrib.items()))
