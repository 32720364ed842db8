"""A workbook that LibreOffice Calc saved, made again what Excel knows.

Calc writes our functions under its own names and loses what it has no use for. What it lost is
taken from the file as it was before: the VBA project, the names by which it knows the sheets,
calculated columns and styles of tables, what is very hidden, and that nothing is calculated on
opening. What the seller changed in Calc stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from xl_returns.books.package import Package
from xl_returns.books.parts import VBA, Parts, main_part, read_parts
from xl_returns.books.save import replace_open

ADDIN: Final = "ORG.XLRETURNS.CALCRETURNS."
"""How Calc's files begin the names of our functions."""
_FORMULA: Final = re.compile(rb"<f\b[^>]*>[^<]*</f>")
_NAME: Final = re.compile(re.escape(ADDIN.encode()) + rb"(\w+)\(")
_POLICY: Final = re.compile(rb"(RETURN_POLICY\()([\w.]+(?:,[\w.]+)*)\)")
_CODE_NAME: Final = re.compile(rb'<(?:sheetPr|workbookPr)\b[^>]*?\bcodeName="([^"]*)"')
_CALCULATION: Final = re.compile(rb"<calcPr\b[^>]*/>")
_VERY_HIDDEN: Final = re.compile(rb'<sheet\b[^>]*\bname="([^"]*)"[^>]*\bstate="veryHidden"')
_FILTER: Final = re.compile(rb"<autoFilter\b(?:[^>]*/>|.*?</autoFilter>)", re.DOTALL)
_COLUMN: Final = re.compile(rb'(<tableColumn\b[^>]*\bname="([^"]*)"[^>]*?)/>')
_CALCULATED: Final = re.compile(
    rb'<tableColumn\b[^>]*\bname="([^"]*)"[^>]*>'
    rb"(<calculatedColumnFormula\b.*?</calculatedColumnFormula>)",
    re.DOTALL,
)
_LOOKS: Final = re.compile(rb'\s\w*(?:DxfId|CellStyle)="[^"]*"')
"""Numbers and names of styles: those of the other file."""


def restore(path: Path, before: Path, functions: Sequence[str]) -> None:
    """Mend the file that Calc just saved, after the one that was there before. Raises Refusal.

    `functions` are the names of ours in cells.
    """
    package = Package(path)
    mend(package, Package(before), functions)
    replace_open(package)


def mend(package: Package, old: Package, functions: Sequence[str]) -> None:
    """Give a package that Calc wrote what it lost, as another one has it. Raises Refusal."""
    parts, old_parts = read_parts(package), read_parts(old)
    linked = _linker(functions)
    for title, part in parts.sheets.items():
        was = old_parts.sheets.get(title)
        name = _CODE_NAME.search(old.read(was)) if was else None
        raw = _FORMULA.sub(linked, package.read(part))
        package.replace(part, [_with_code_name(raw, b"sheetPr", name)])
    _mend_tables(package, parts, old, old_parts)
    _mend_book(package, old)
    if VBA in package and VBA in old:
        package.replace(VBA, [old.read(VBA)])


def _linker(functions: Sequence[str]) -> Callable[[re.Match[bytes]], bytes]:
    """Gives each formula back its names, and the whole tables that Calc knows by bare names."""
    names = {name.replace("_", "").encode(): name.encode() for name in functions}

    def linked(formula: re.Match[bytes]) -> bytes:
        text = _NAME.sub(lambda m: names.get(m[1], m[1]) + b"(", formula[0])
        return _POLICY.sub(
            lambda m: m[1] + b",".join(t + b"[#All]" for t in m[2].split(b",")) + b")", text
        )

    return linked


def _with_code_name(raw: bytes, tag: bytes, name: re.Match[bytes] | None) -> bytes:
    if name is None or _CODE_NAME.search(raw):
        return raw
    return raw.replace(b"<" + tag, b'<%b codeName="%b"' % (tag, name[1]), 1)


def _mend_tables(package: Package, parts: Parts, old: Package, old_parts: Parts) -> None:
    was = {table.name: table for table in old_parts.tables}
    for table in parts.tables:
        if like := was.get(table.name):
            same = (like.headers, like.totals) == (table.headers, table.totals)
            mended = _table if same else _with_formulas
            text = mended(old.read(like.part), package.read(table.part))
            package.replace(table.part, [text])


def _table(old: bytes, new: bytes) -> bytes:
    """The old definition with the new one's number, place and filter."""
    for attribute in (rb"\bid", rb"\bref"):
        value = re.search(rb"<table\b[^>]*" + attribute + rb'="([^"]*)"', new)
        if value:
            kept = rb"(<table\b[^>]*?" + attribute + rb'=")[^"]*'
            old = re.sub(kept, rb"\g<1>" + value[1], old, count=1)
    found = _FILTER.search(new)
    old = _FILTER.sub(lambda _: found[0] if found else b"", old, count=1)
    return _LOOKS.sub(b"", old)


def _with_formulas(old: bytes, new: bytes) -> bytes:
    """The new definition with the old one's formulas for new rows, by the columns' names."""
    said = dict(_CALCULATED.findall(old))

    def column(found: re.Match[bytes]) -> bytes:
        formula = said.get(found[2])
        return b"%b>%b</tableColumn>" % (found[1], formula) if formula else found[0]

    return _COLUMN.sub(column, new)


def _mend_book(package: Package, old: Package) -> None:
    part, was = main_part(package), old.read(main_part(old))
    raw = _with_code_name(package.read(part), b"workbookPr", _CODE_NAME.search(was))
    calculation = _CALCULATION.search(was)
    if calculation:
        raw = _CALCULATION.sub(lambda _: calculation[0], raw, count=1)
    for title in _VERY_HIDDEN.findall(was):
        hidden = rb'(<sheet\b[^>]*\bname="' + re.escape(title) + rb'"[^>]*\bstate=")hidden"'
        raw = re.sub(hidden, rb'\1veryHidden"', raw, count=1)
    package.replace(part, [raw])
