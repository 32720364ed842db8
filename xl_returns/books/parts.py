"""The small parts of a workbook: which sheets and tables it has, shared strings, locked styles."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from xl_returns.books.cells import unescape, unescape_all, unescape_controls
from xl_returns.books.package import Package
from xl_returns.books.refs import Area
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
VBA: Final = "xl/vbaProject.bin"
"""The part with the macros."""
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ON: Final = ("1", "true")
_SPACE: Final = rb'(?: xml:space="preserve")?+'
_STRING: Final = re.compile(
    rb"\s*+<si>(?:<t" + _SPACE + rb">([^<]*+)</t></si>|(.*?)</si>)", re.DOTALL
)
_PLAIN: Final = re.compile(rb"<si><t" + _SPACE + rb">([^<]*+)</t></si>")
_TAGS: Final = 4  # of a plain string: <si><t></t></si>
_FRAME: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml[^<>]*\?>)?\s*<sst\b[^<>]*?xmlns=\"([^\"]*)\"[^<>]*(?<!/)>"
)


@dataclass(frozen=True, slots=True)
class TablePart:
    """Where a table stands and what its columns are called; `body` leaves out header and totals.

    `fills_new_rows` says whether any of its columns has a formula for new rows.
    """

    part: str
    name: str
    sheet: str
    sheet_part: str
    sheet_id: str
    headers: tuple[str, ...]
    area: Area
    body: Area | None
    totals: bool
    fills_new_rows: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """What the package says about itself; VBA knows the workbook by its `code_name`."""

    date1904: bool
    code_name: str
    tables: tuple[TablePart, ...]
    sheets: dict[str, str]
    strings: str | None
    styles: str | None
    chain: str | None


def read_parts(package: Package) -> Parts:
    """The sheets and tables of a workbook; a Refusal for kinds of files we must not edit."""
    if any(name.casefold().startswith("_xmlsignatures/") for name in package.names):
        raise Refusal(
            package.path.name,
            phrased("it carries a digital signature, which any change would break"),
            phrased("remove the signature in Excel (File, Info) or work on an unsigned copy"),
        )
    book = main_part(package)
    root = parse(package, book)
    relations = _relations(package, book)
    kinds = dict(relations.values())
    properties = root.find(f"{{{MAIN}}}workbookPr")
    return Parts(
        date1904=properties is not None and properties.get("date1904") in _ON,
        code_name="" if properties is None else properties.get("codeName", ""),
        tables=tuple(_tables(package, root, relations)),
        sheets={sheet.get("name", ""): part for sheet, part in _sheets(root, relations)},
        strings=kinds.get("sharedStrings"),
        styles=kinds.get("styles"),
        chain=kinds.get("calcChain"),
    )


def parse(package: Package, name: str) -> Element:
    """A part as a tree; a Refusal when it is no plain XML."""
    raw = package.read(name)
    check_encoding(package, name, raw[:200])
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise package.damaged(phrased("{name} is no plain XML", name=name)) from error
    if root.tag.startswith(f"{{{_STRICT}"):
        raise strict(package)
    return root


def strict(package: Package) -> Refusal:
    """The refusal for the rare ISO strict format."""
    return Refusal(
        package.path.name,
        phrased("it is a Strict Open XML workbook"),
        phrased(
            "save it in Excel as the ordinary Excel Workbook (.xlsx) or macro-enabled one (.xlsm)"
        ),
    )


def check_encoding(package: Package, name: str, start: bytes) -> None:
    """Refuse a part that is not UTF-8."""
    declared = re.search(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)", start)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start:
        raise package.damaged(phrased("{name} is not UTF-8", name=name))
    if declared and declared[1].upper() not in (b"UTF-8", b"US-ASCII", b"ASCII"):
        raise package.damaged(phrased("{name} is not UTF-8", name=name))


def main_part(package: Package) -> str:
    """The part that is the workbook itself. Raises Refusal."""
    for kind, target in _relations(package, "").values():
        if kind == "officeDocument":
            if target.endswith(".bin"):
                raise Refusal(
                    package.path.name,
                    phrased("it is a binary workbook (.xlsb)"),
                    phrased("save it in Excel as .xlsx or .xlsm"),
                )
            return target
    raise package.damaged(phrased("it holds no workbook"))


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """The parts that `part` points to: id -> (last word of the type, member name)."""
    folder, name = posixpath.split(part)
    source = _member(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    if source not in package:
        return {}
    found = {}
    for relation in parse(package, source):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
            kind = relation.get("Type", "")
            if kind.startswith(_STRICT):
                raise strict(package)
            found[relation.get("Id", "")] = kind.rpartition("/")[2], _member(package, target[1:])
    return found


def _member(package: Package, name: str) -> str:
    """The member that a part's name means: case does not matter, nor a slash before it."""
    if name in package:
        return name
    folded = name.casefold()
    same = (known for known in package.names if known.casefold().removeprefix("/") == folded)
    return next(same, name)


def _sheets(root: Element, relations: dict[str, tuple[str, str]]) -> Iterator[tuple[Element, str]]:
    for sheet in root.iter(f"{{{MAIN}}}sheet"):
        kind, part = relations.get(sheet.get(f"{{{_REL}}}id", ""), ("", ""))
        if kind == "worksheet":
            yield sheet, part


def _tables(
    package: Package, root: Element, relations: dict[str, tuple[str, str]]
) -> Iterator[TablePart]:
    names = set()
    for sheet, sheet_part in _sheets(root, relations):
        for kind, part in _relations(package, sheet_part).values():
            if kind == "table":
                table = _table(package, part, sheet, sheet_part)
                if table.name in names:
                    raise package.damaged(
                        phrased("there are two tables named {name}", name=table.name)
                    )
                names.add(table.name)
                yield table


def _table(package: Package, part: str, sheet: Element, sheet_part: str) -> TablePart:
    root = parse(package, part)
    area = Area.parse(root.get("ref", ""))
    headers = tuple(
        unescape_controls(column.get("name", "")) for column in root.iter(f"{{{MAIN}}}tableColumn")
    )
    if (
        area is None
        or len(headers) != area.right - area.left + 1
        or len(set(headers)) != len(headers)
    ):
        raise package.damaged(phrased("the table in {part} does not fit its columns", part=part))
    first = area.top + _count(package, part, root, "headerRowCount", "1")
    last = area.bottom - _count(package, part, root, "totalsRowCount", "0")
    body = Area(area.left, first, area.right, last) if first <= last else None
    name = root.get("displayName") or root.get("name") or ""
    title, number = sheet.get("name", ""), sheet.get("sheetId", "")
    return TablePart(
        part,
        name,
        title,
        sheet_part,
        number,
        headers,
        area,
        body,
        totals=last < area.bottom,
        fills_new_rows=next(root.iter(f"{{{MAIN}}}calculatedColumnFormula"), None) is not None,
    )


def _count(package: Package, part: str, root: Element, attribute: str, default: str) -> int:
    text = root.get(attribute, default)
    if text not in ("0", "1"):
        raise package.damaged(
            phrased("{attribute} of {part} is {text!r}", attribute=attribute, part=part, text=text)
        )
    return int(text)


def shared_strings(package: Package, name: str | None) -> list[str]:
    """All shared strings, rich text joined, phonetic guides left out."""
    if name is None:
        return []
    raw = package.read(name)
    check_encoding(package, name, raw[:200])
    quick = _plain_strings(raw)
    if quick is not None:
        return quick
    return [string_of(item) for item in parse(package, name) if item.tag == f"{{{MAIN}}}si"]


def _plain_strings(raw: bytes) -> list[str] | None:
    """The strings of a part in canonical XML, None for any other."""
    frame = _FRAME.match(raw)
    if frame is None or frame[1].decode() != MAIN or b"<!" in raw:
        return None
    plain: list[bytes] = _PLAIN.findall(raw, frame.end())
    if raw.count(b"<", frame.end()) == _TAGS * len(plain) + 1 and raw.endswith(b"</sst>"):
        return unescape_all(plain)
    strings, at = [], frame.end()
    while item := _STRING.match(raw, at):
        text, rich = item.groups()
        strings.append(_rich(rich) if text is None else unescape(text))
        at = item.end()
    return strings if raw[at:].strip() == b"</sst>" else None


def _rich(item: bytes) -> str:
    return string_of(fromstring(b'<si xmlns="%b">%b</si>' % (MAIN.encode(), item)))


def string_of(item: Element) -> str:
    """The text of an `<si>` or `<is>`: its own `<t>` and those of its runs."""
    pieces = item.findall(f"{{{MAIN}}}t") + item.findall(f"{{{MAIN}}}r/{{{MAIN}}}t")
    return unescape_controls("".join(piece.text or "" for piece in pieces))


def locked_styles(package: Package, name: str | None) -> set[int]:
    """The numbers of the cell formats that are locked on a protected sheet."""
    if name is None:
        return {0}
    formats = parse(package, name).find(f"{{{MAIN}}}cellXfs")
    locked = set()
    for number, form in enumerate(formats if formats is not None else ()):
        protection = form.find(f"{{{MAIN}}}protection")
        if protection is None or protection.get("locked", "1") in _ON:
            locked.add(number)
    return locked
