"""The zip package of a workbook: members are copied as they are, only replaced ones are made anew."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

from xl_returns.books.deflate import ERRORS, Deflated, crc32, deflate, inflate
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_ENTRY: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_CFB: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FULL: Final = 0xFFFFFFFF
_READ: Final = 1 << 18
_WHOLE_LIMIT: Final = 512 << 20  # for parts that are read as one piece
_BOMB_SIZE: Final = 100 << 20
_BOMB_RATIO: Final = 250
_MEMBERS: Final = 20_000
_DEFLATED: Final = 8
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the package, and where it lies."""

    name: str
    entry: bytes
    offset: int
    data: int
    end: int
    method: int
    crc: int
    packed: int
    size: int


class Package:
    """A workbook's zip file: read members, replace some, write all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._members: dict[str, Member] = {}
        self._comment = b""
        self.changed: dict[str, Deflated] = {}
        try:
            with self._readable(), path.open("rb") as file:
                self.digest = hashlib.file_digest(file, "sha256").digest()
                self._stamp = _stamp(file)
                self._read_directory(file)
        except (ValueError, LookupError, struct.error) as error:
            raise self.damaged(phrased("its directory is broken")) from error

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> tuple[str, ...]:
        """All members in the order of the directory."""
        return tuple(self._members)

    def damaged(self, why: str) -> Refusal:
        """The refusal for a file that is broken."""
        return Refusal(
            self.path.name,
            phrased("this is not a whole Excel workbook ({why})", why=why),
            phrased("open it in Excel, let Excel repair it, and save it as .xlsx or .xlsm"),
        )

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what keeps the system from reading the file into a refusal."""
        name = self.path.name
        try:
            yield
        except FileNotFoundError:
            raise Refusal(
                name, phrased("there is no such file"), phrased("check the name and the folder")
            ) from None
        except OSError as error:
            remedy = phrased("check that you may open it, and that its disk can be read")
            raise Refusal(
                name, phrased("it cannot be read ({strerror})", strerror=error.strerror), remedy
            ) from error

    def _unfit(self, why: str) -> Refusal:
        return Refusal(
            self.path.name, why, phrased("open it in Excel and save it again as .xlsx or .xlsm")
        )

    def _read_directory(self, file: IO[bytes]) -> None:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if file.read(len(_CFB)) == _CFB:
            raise Refusal(
                self.path.name,
                phrased("it is encrypted with a password, or in the old .xls format"),
                phrased(
                    "remove the password in Excel (File, Info, Protect Workbook) or save it as .xlsx"
                ),
            )
        count, length, start = self._read_end(file, size)
        file.seek(start)
        entries = self._entries(file.read(length), count)
        self._members = {member.name: member for member in self._locate(file, entries, start)}
        self._check_members(len(entries))

    def _read_end(self, file: IO[bytes], size: int) -> tuple[int, int, int]:
        back = min(size, _END.size + 0xFFFF)
        file.seek(size - back)
        tail = file.read(back)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + _END.size:
            raise self.damaged(phrased("it is no zip file, or cut short"))
        _, disk, first, here, count, length, start, comment = _END.unpack_from(tail, at)
        self._comment = tail[at + _END.size :]
        position = size - back + at
        if _FULL in (length, start) or tail[:at].endswith(b"PK\x06\x07"):
            raise self._unfit(phrased("it uses zip64 (more than 4 GiB)"))
        if disk or first or here != count or len(self._comment) != comment:
            raise self.damaged(phrased("its directory makes no sense"))
        if start + length != position or count > _MEMBERS:
            raise self.damaged(phrased("its directory does not fit the file"))
        return count, length, start

    def _entries(self, directory: bytes, count: int) -> list[bytes]:
        entries, at = [], 0
        for _ in range(count):
            if directory[at : at + 4] != b"PK\x01\x02" or at + _ENTRY.size > len(directory):
                raise self.damaged(phrased("its directory is broken"))
            fields = _ENTRY.unpack_from(directory, at)
            stop = at + _ENTRY.size + fields[10] + fields[11] + fields[12]
            entries.append(directory[at:stop])
            at = stop
        if at != len(directory):
            raise self.damaged(phrased("its directory is broken"))
        return entries

    def _locate(self, file: IO[bytes], entries: list[bytes], stop: int) -> Iterator[Member]:
        starts = sorted({_ENTRY.unpack_from(entry)[16] for entry in entries})
        if len(starts) != len(entries) or (starts and starts[0] != 0):
            raise self.damaged(phrased("its members lie on top of each other"))
        ends = dict(pairwise([*starts, stop]))
        for entry in entries:
            yield self._member(file, entry, ends)

    def _member(self, file: IO[bytes], entry: bytes, ends: dict[int, int]) -> Member:
        fields = _ENTRY.unpack_from(entry)
        flags, method, crc, packed, size, length, offset = *fields[3:5], *fields[7:11], fields[16]
        raw = entry[_ENTRY.size : _ENTRY.size + length]
        file.seek(offset)
        header = file.read(_LOCAL.size + length)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04" or header[_LOCAL.size :] != raw:
            raise self.damaged(phrased("a member is not where the directory says"))
        local = _LOCAL.unpack_from(header)
        data = offset + _LOCAL.size + local[9] + local[10]
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        if flags & _ENCRYPTED or method not in (0, _DEFLATED) or _FULL in (packed, size):
            raise self._unfit(
                phrased("its member {name!r} is encrypted or packed in an unusual way", name=name)
            )
        if data + packed > ends[offset] or (method == 0 and packed != size):
            raise self.damaged(phrased("its members lie on top of each other"))
        return Member(name, entry, offset, data, ends[offset], method, crc, packed, size)

    def _check_members(self, count: int) -> None:
        if len({name.casefold().removeprefix("/") for name in self._members}) != count:
            raise self._unfit(phrased("it holds two members of the same name"))
        for name, member in self._members.items():
            if "\\" in name or ".." in name.split("/") or ":" in name:
                raise self._unfit(
                    phrased("it holds a member with an odd name, {name!r}", name=name)
                )
            if member.size > _BOMB_SIZE and member.size > _BOMB_RATIO * member.packed:
                raise self._unfit(
                    phrased("its member {name!r} would grow beyond measure", name=name)
                )

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a member in pieces, checked against its size and checksum."""
        if name in self.changed:
            yield from self.changed[name].inflated()
            return
        member = self._members[name]
        size = crc = 0
        try:
            pieces = self._raw(member.data, member.data + member.packed)
            for piece in inflate(pieces) if member.method else pieces:
                size, crc = size + len(piece), crc32(piece, crc)
                if size > member.size:
                    raise self.damaged(phrased("{name} is longer than it says", name=name))
                yield piece
        except ERRORS as error:
            raise self.damaged(phrased("{name} cannot be unpacked", name=name)) from error
        if (size, crc) != (member.size, member.crc):
            raise self.damaged(phrased("{name} has the wrong checksum", name=name))

    def read(self, name: str) -> bytes:
        """The whole content of a member."""
        if name not in self._members:
            raise self.damaged(phrased("{name} is missing", name=name))
        if self._members[name].size > _WHOLE_LIMIT:
            raise self._unfit(phrased("its member {name!r} is too large", name=name))
        return b"".join(self.chunks(name))

    def replace(self, name: str, pieces: Iterable[bytes]) -> None:
        """Give a member new content; the file itself changes in `write` only."""
        self.changed[name] = deflate(pieces)

    def _raw(self, start: int, stop: int) -> Iterator[bytes]:
        with self._readable(), self.path.open("rb") as file:
            if _stamp(file) != self._stamp:
                raise self.changed_meanwhile()
            file.seek(start)
            while start < stop:
                piece = file.read(min(_READ, stop - start))
                if not piece:
                    raise self.changed_meanwhile()
                start += len(piece)
                yield piece

    def changed_meanwhile(self) -> Refusal:
        """The refusal for a file that somebody else saved after we read it."""
        return Refusal(
            self.path.name,
            phrased("the file was changed by someone else since it was read, or moved away"),
            phrased("close it everywhere else and start again"),
        )

    def unchanged_on_disk(self) -> bool:
        """Whether the file is there, byte for byte as it was read."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").digest() == self.digest
        except FileNotFoundError:
            return False

    def write(self, out: IO[bytes]) -> None:
        """Write the whole package: unchanged members raw, in the old order."""
        offsets = {}
        for member in sorted(self._members.values(), key=lambda member: member.offset):
            offsets[member.name] = out.tell()
            if member.name in self.changed:
                _write_member(out, member, self.changed[member.name])
            else:
                out.writelines(self._raw(member.offset, member.end))
        start = out.tell()
        for name, member in self._members.items():
            out.write(_entry(member, self.changed.get(name), offsets[name]))
        length, count = out.tell() - start, len(self._members)
        if start + length >= _FULL:
            raise self._unfit(phrased("it would be larger than 4 GiB"))
        out.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, length, start, len(self._comment)))
        out.write(self._comment)


def _stamp(file: IO[bytes]) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _flags(fields: tuple[int, ...]) -> int:
    return fields[3] & _UTF8


def _write_member(out: IO[bytes], member: Member, new: Deflated) -> None:
    fields = _ENTRY.unpack_from(member.entry)
    raw = member.entry[_ENTRY.size : _ENTRY.size + fields[10]]
    time, day = fields[5:7]
    sizes = new.crc, new.packed, new.size
    out.write(
        _LOCAL.pack(b"PK\x03\x04", 20, _flags(fields), _DEFLATED, time, day, *sizes, len(raw), 0)
    )
    out.write(raw)
    out.writelines(new.pieces())


def _entry(member: Member, new: Deflated | None, offset: int) -> bytes:
    fields = list(_ENTRY.unpack_from(member.entry))
    names = member.entry[_ENTRY.size :]
    fields[16] = offset
    if new is not None:
        fields[2:5] = 20, fields[3] & _UTF8, _DEFLATED
        fields[7:10] = new.crc, new.packed, new.size
        names = names[: fields[10]] + names[fields[10] + fields[11] :]
        fields[11] = 0
    return _ENTRY.pack(*fields) + names
