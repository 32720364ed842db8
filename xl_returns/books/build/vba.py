"""VBA projects from text (MS-OVBA): source only, without the compiled cache that Excel adds.

Section numbers are those of MS-OVBA. The project id and the seed of the protection fields are
fixed: the same modules give the same bytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from xl_returns.books.build.cfb import compound_file

Kind = Literal["standard", "class", "document"]

WORKBOOK: Final = "0{00020819-0000-0000-C000-000000000046}"
SHEET: Final = "0{00020820-0000-0000-C000-000000000046}"
"""Bases of the document modules of a workbook and of a worksheet."""
_CLASS: Final = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
"""The base that Excel itself writes into class modules."""
_CODE_PAGE: Final = "cp1252"
_PROJECT_NAME: Final = "VBAProject"
_PROJECT_ID: Final = "{5C1A9F52-3D0E-4E0B-9C54-7B1F2A6D8E31}"
_SEED: Final = 0x2A
_COOKIE: Final = 0xFFFF
_CHUNK: Final = 4096
_RAW: Final = (0x3FFF).to_bytes(2, "little")
"""The header of a chunk that is stored as it is (2.4.1.3.13)."""
_SHORTEST_COPY: Final = 3
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_NAMED: Final = re.compile(r'^Attribute VB_Name = "(\w+)"', re.MULTILINE)
_OWN_ATTRIBUTES: Final = re.compile(r"(?:Attribute VB_.*\n?)*")
_STREAM_NAMES: Final = frozenset({"dir", "_vba_project"})
_RESERVED: Final = """
abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate
cdbl cdec cdecl cint circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug
decimal declare defbool defbyte defcur defdate defdbl defdec defint deflng deflnglng deflngptr defobj
defsng defstr defvar dim do doevents double each else elseif empty end endif enum eqv erase event exit
false fix for friend function get global gosub goto if imp implements in input inputb int integer is
lbound len lenb let like lineinput lock long longlong longptr loop lset me mod new next not nothing
null on open option optional or paramarray preserve print private pset public put raiseevent redim rem
resume return rset scale seek select set sgn shared single spc static stop string sub tab then to true
type typeof ubound unlock until variant wend while with withevents write xor
"""
"""Words that are no identifiers (MS-VBAL 3.3.5.2)."""
_REFERENCES: Final = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
    ("Office", r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library"),
)  # fmt: skip


@dataclass(frozen=True)
class Module:
    """A module's name, source and kind; document modules have the base of what they stand for."""

    name: str
    text: str
    kind: Kind
    base: str = ""

    def source(self) -> bytes:
        """The stream's text (2.3.4.3): attributes first, CRLF, in code page 1252.

        Raises ValueError for a character that the code page lacks, with its line in the stream, and
        for a text that says another name.
        """
        lines = self._with_attributes().rstrip("\n").split("\n")
        for number, line in enumerate(lines, 1):
            try:
                line.encode(_CODE_PAGE)
            except UnicodeEncodeError as error:
                raise ValueError(
                    f"{self.name} line {number}: VBA has no {error.object[error.start]!r}"
                ) from error
        return "\r\n".join([*lines, ""]).encode(_CODE_PAGE)

    def _with_attributes(self) -> str:
        text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        named = _NAMED.search(text)
        if named is None:
            return "\n".join([*self._attributes(), text])
        if named[1] != self.name:
            raise ValueError(f"{self.name}: the text says that it is {named[1]}")
        text = text[named.start() :]
        if self.kind == "standard":
            return text
        own = _OWN_ATTRIBUTES.match(text)
        stated = own[0].splitlines() if own and self.kind == "class" else []
        lines = {line.partition(" = ")[0]: line for line in [*self._attributes(), *stated]}
        return "\n".join([*lines.values(), _OWN_ATTRIBUTES.sub("", text, count=1)])

    def _attributes(self) -> Iterator[str]:
        """What Excel itself writes; an exported document lacks some of it."""
        yield f'Attribute VB_Name = "{self.name}"'
        if self.kind == "standard":
            return
        document = self.kind == "document"
        yield f'Attribute VB_Base = "{self.base if document else _CLASS}"'
        yield "Attribute VB_GlobalNameSpace = False"
        yield "Attribute VB_Creatable = False"
        yield f"Attribute VB_PredeclaredId = {document}"
        yield f"Attribute VB_Exposed = {document}"
        yield "Attribute VB_TemplateDerived = False"
        yield f"Attribute VB_Customizable = {document}"


def module_from_text(text: str) -> Module:
    """A module as exported to a .bas or .cls file, without the header of the latter.

    Raises ValueError when it does not say its name.
    """
    text = text.removeprefix("\ufeff")
    named = _NAMED.search(text)
    if named is None:
        raise ValueError("the module has no line `Attribute VB_Name`")
    kind: Kind = "class" if text.startswith("VERSION") else "standard"
    return Module(named[1], text[named.start() :], kind)


def vba_project(modules: Sequence[Module]) -> bytes:
    """The bytes of vbaProject.bin (2.2). Raises ValueError for names VBA does not take."""
    _check_names(modules)
    sources = {f"VBA/{module.name}": _packed(module.source()) for module in modules}
    return compound_file(
        {
            **sources,
            "VBA/_VBA_PROJECT": bytes.fromhex("CC61FFFF000100"),
            "VBA/dir": compress(_dir(modules)),
            "PROJECT": _project(modules),
            "PROJECTwm": _project_wm(modules),
        }
    )


def _check_names(modules: Sequence[Module]) -> None:
    seen: set[str] = set()
    for module in modules:
        folded = module.name.casefold()
        if not _is_identifier(module.name) or folded in _STREAM_NAMES:
            raise ValueError(f"{module.name!r} is no name for a module")
        if folded == _PROJECT_NAME.casefold():
            raise ValueError(f"the project itself is named {module.name}")
        if folded in seen:
            raise ValueError(f"two modules are named {module.name}")
        seen.add(folded)


def _is_identifier(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name.casefold() not in _RESERVED.split()


@lru_cache(maxsize=128)
def _packed(source: bytes) -> bytes:
    """A module's stream, packed once however many workbooks are built. Blank lines fill a last chunk that would be filled with zeros."""
    last = source[len(source) - len(source) % _CHUNK :]
    if _compressed_chunk(last).startswith(_RAW):
        missing = _CHUNK - len(last)
        source += b" " * (missing % 2) + b"\r\n" * (missing // 2)
    return compress(source)


def compress(data: bytes) -> bytes:
    """MS-OVBA 2.4.1: chunks of 4096 bytes, each with copies of what stood before in it.

    A last chunk that does not get smaller is stored as it is, filled with zeros (2.4.1.3.10).
    """
    chunks = (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
    return b"\x01" + b"".join(map(_compressed_chunk, chunks))


def _compressed_chunk(chunk: bytes) -> bytes:
    tokens = list(_tokens(chunk))
    packed = bytearray()
    for at in range(0, len(tokens), 8):
        group = tokens[at : at + 8]
        packed.append(sum(1 << bit for bit, token in enumerate(group) if len(token) == 2))
        packed += b"".join(group)
    if len(packed) > _CHUNK:
        return _RAW + chunk.ljust(_CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(packed) - 1)) + bytes(packed)


def _tokens(chunk: bytes) -> Iterator[bytes]:
    """Single bytes, and copies as two bytes (2.4.1.3.19)."""
    places: dict[bytes, list[int]] = {}
    at = 0
    while at < len(chunk):
        offset_bits = max(4, (at - 1).bit_length()) if at else 4
        longest = min((0xFFFF >> offset_bits) + _SHORTEST_COPY, len(chunk) - at)
        length, place = _longest_copy(chunk, at, places, longest)
        if length:
            yield struct.pack(
                "<H", (at - place - 1) << (16 - offset_bits) | length - _SHORTEST_COPY
            )
        else:
            yield chunk[at : at + 1]
        for passed in range(at, at + max(length, 1)):
            places.setdefault(chunk[passed : passed + _SHORTEST_COPY], []).append(passed)
        at += max(length, 1)


def _longest_copy(
    chunk: bytes, at: int, places: dict[bytes, list[int]], longest: int
) -> tuple[int, int]:
    """The longest stretch before `at` that repeats there, the nearest of equals (2.4.1.3.19.4)."""
    best = place = 0
    if longest < _SHORTEST_COPY:
        return 0, 0
    for candidate in reversed(places.get(chunk[at : at + _SHORTEST_COPY], ())):
        if best and chunk[candidate + best] != chunk[at + best]:
            continue
        length = _SHORTEST_COPY
        while length < longest and chunk[candidate + length] == chunk[at + length]:
            length += 1
        if length > best:
            best, place = length, candidate
            if best == longest:
                break
    return best, place


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _both(number: int, unicode_number: int, text: str) -> bytes:
    """A text in the code page and again in UTF-16."""
    return _record(number, text.encode(_CODE_PAGE)) + _record(
        unicode_number, text.encode("utf-16-le")
    )


def _dir(modules: Sequence[Module]) -> bytes:
    """The dir stream (2.3.4.2) before compression."""
    long, short = struct.Struct("<I").pack, struct.Struct("<H").pack
    information = [
        _record(0x01, long(3)),  # 64-bit Windows
        _record(0x02, long(0x409)),
        _record(0x14, long(0x409)),
        _record(0x03, short(1252)),
        _record(0x04, _PROJECT_NAME.encode(_CODE_PAGE)),
        _both(0x05, 0x40, ""),
        _both(0x06, 0x3D, ""),
        _record(0x07, long(0)),
        _record(0x08, long(0)),
        struct.pack("<HIIH", 0x09, 4, 1, 0),
        _both(0x0C, 0x3C, ""),
    ]
    references = [
        _both(0x16, 0x3E, library)
        + _record(0x0D, long(len(libid)) + libid.encode(_CODE_PAGE) + struct.pack("<IH", 0, 0))
        for library, libid in _REFERENCES
    ]
    counted = [_record(0x0F, short(len(modules))), _record(0x13, short(_COOKIE))]
    return b"".join([*information, *references, *counted, *map(_module, modules), _record(0x10)])


def _module(module: Module) -> bytes:
    return b"".join(
        [
            _both(0x19, 0x47, module.name),
            _both(0x1A, 0x32, module.name),
            _both(0x1C, 0x48, ""),
            _record(0x31, struct.pack("<I", 0)),
            _record(0x1E, struct.pack("<I", 0)),
            _record(0x2C, struct.pack("<H", _COOKIE)),
            _record(0x21 if module.kind == "standard" else 0x22),
            _record(0x2B),
        ]
    )


def _project(modules: Sequence[Module]) -> bytes:
    """The PROJECT stream (2.3.1)."""
    listed = {
        "document": "Document={}/&H00000000",
        "standard": "Module={}",
        "class": "Class={}",
    }
    lines = [
        f'ID="{_PROJECT_ID}"',
        *(listed[module.kind].format(module.name) for module in modules),
        f'Name="{_PROJECT_NAME}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_encrypted(bytes(4))}"',
        f'DPB="{_encrypted(bytes(1))}"',
        f'GC="{_encrypted(bytes([0xFF]))}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return "\r\n".join([*lines, ""]).encode(_CODE_PAGE)


def _encrypted(data: bytes) -> str:
    """A protection field (2.4.3.2): not protected, no password, visible."""
    key = sum(_PROJECT_ID.encode()) & 0xFF
    made = [_SEED, _SEED ^ 2, _SEED ^ key]
    before = key
    padding = bytes([7] * ((_SEED & 6) // 2))
    for byte in padding + struct.pack("<I", len(data)) + data:
        made.append(byte ^ ((made[-2] + before) & 0xFF))
        before = byte
    return bytes(made).hex().upper()


def _project_wm(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream (2.3.3): each name in the code page and in UTF-16."""
    names = (
        module.name.encode(_CODE_PAGE) + b"\0" + module.name.encode("utf-16-le") + b"\0\0"
        for module in modules
    )
    return b"".join(names) + b"\0\0"
