"""Compound files (MS-CFB, version 3): streams in storages, as vbaProject.bin holds them.

Section numbers are those of MS-CFB.
The same streams give the same bytes: no times, no class ids, sectors in the order of writing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_SECTOR: Final = 512
_MINI_SECTOR: Final = 64
_MINI_CUTOFF: Final = 4096
_PER_SECTOR: Final = _SECTOR // 4
_IN_HEADER: Final = 109
"""FAT sectors that the header itself lists; more are listed in DIFAT sectors."""
_FREE: Final = 0xFFFFFFFF
_END: Final = 0xFFFFFFFE
_FAT: Final = 0xFFFFFFFD
_DIFAT: Final = 0xFFFFFFFC
_NONE: Final = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_LONGEST_NAME: Final = 31
_NOT_IN_NAMES: Final = frozenset("/\\:!")


@dataclass
class _Entry:
    """A directory entry (2.6.1)."""

    name: str
    kind: int
    data: bytes = b""
    children: dict[bytes, _Entry] = field(default_factory=dict)
    number: int = 0
    colour: int = _BLACK
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            name, len(name), self.kind, self.colour, self.left, self.right, self.child,
            b"", 0, 0, 0, self.start, self.size,
        )  # fmt: skip


_UNUSED: Final = struct.pack(
    "<64sHBBIII16sIQQIQ", b"", 0, 0, 0, _NONE, _NONE, _NONE, b"", 0, 0, 0, 0, 0
)


class _Sectors:
    """Sectors of one size in the order of writing, and the chain that links them."""

    def __init__(self, size: int) -> None:
        self.size, self.data, self.next = size, bytearray(), list[int]()

    def add(self, data: bytes) -> int:
        """Write a chain; its first sector."""
        if not data:
            return _END
        start, count = len(self.next), -(-len(data) // self.size)
        self.next += [*range(start + 1, start + count), _END]
        self.data += data.ljust(count * self.size, b"\0")
        return start


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with streams by path (`VBA/dir`); storages are made from the paths.

    Raises ValueError for a name that is not 1 to 31 characters long, has a backslash, colon or
    exclamation mark, or differs from a neighbour's only by case.
    """
    root = _tree(streams)
    entries = list(_numbered(root))
    for entry in entries:
        _link(entry)
    minis, sectors = _Sectors(_MINI_SECTOR), _Sectors(_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            small = entry.size < _MINI_CUTOFF
            entry.start = (minis if small else sectors).add(entry.data)
    root.start, root.size = sectors.add(bytes(minis.data)), len(minis.data)
    mini_fat = _table(minis.next)
    first_mini_fat = sectors.add(mini_fat)
    first_directory = sectors.add(_directory(entries))
    return _file(sectors, first_directory, first_mini_fat, len(mini_fat) // _SECTOR)


def _tree(streams: Mapping[str, bytes]) -> _Entry:
    root = _Entry("Root Entry", _ROOT)
    for path, data in streams.items():
        *storages, name = path.split("/")
        place = root
        for storage in storages:
            place = _put(place, _Entry(storage, _STORAGE))
        _put(place, _Entry(name, _STREAM, data))
    return root


def _put(place: _Entry, entry: _Entry) -> _Entry:
    """The entry among the place's children, or the same storage that is there already."""
    _check(entry.name)
    there = place.children.setdefault(_folded(entry.name), entry)
    same_storage = (there.name, there.kind) == (entry.name, entry.kind) and entry.kind == _STORAGE
    if there is not entry and not same_storage:
        raise ValueError(f"{entry.name!r} meets {there.name!r} in one storage")
    return there


def _check(name: str) -> None:
    """Refuse what 2.6.1 forbids."""
    if not 1 <= len(name.encode("utf-16-le")) // 2 <= _LONGEST_NAME:
        raise ValueError(f"{name!r} has not 1 to {_LONGEST_NAME} characters")
    if not _NOT_IN_NAMES.isdisjoint(name):
        raise ValueError(f"{name!r} has one of the characters / \\ : !")


def _folded(name: str) -> bytes:
    """The name in upper case, code unit by code unit (2.6.4); its bytes sort as its code units."""
    letters = (letter.upper() if _has_simple_upper(letter) else letter for letter in name)
    return "".join(letters).encode("utf-16-be")


def _has_simple_upper(letter: str) -> bool:
    return letter <= "\uffff" and len(letter.upper()) == 1


def _numbered(root: _Entry) -> Iterator[_Entry]:
    """The entries of the tree, parents first, each with its number."""
    waiting, number = [root], 0
    while waiting:
        entry = waiting.pop(0)
        entry.number, number = number, number + 1
        waiting += entry.children.values()
        yield entry


def _link(storage: _Entry) -> None:
    """Make a storage's children a red-black tree in the order of 2.6.4.

    Halving gives a tree whose levels are full but for the lowest; with only that level red, every
    path from the root passes as many black nodes as any other.
    """
    names = sorted(storage.children, key=lambda folded: (len(folded), folded))
    ordered = [storage.children[name] for name in names]
    full_levels = (len(ordered) + 1).bit_length() - 1
    storage.child = _subtree(ordered, 0, full_levels)


def _subtree(ordered: list[_Entry], level: int, full_levels: int) -> int:
    if not ordered:
        return _NONE
    middle = len(ordered) // 2
    top = ordered[middle]
    top.colour = _RED if level == full_levels else _BLACK
    top.left = _subtree(ordered[:middle], level + 1, full_levels)
    top.right = _subtree(ordered[middle + 1 :], level + 1, full_levels)
    return top.number


def _directory(entries: list[_Entry]) -> bytes:
    packed = b"".join(entry.packed() for entry in entries)
    missing = -len(entries) % (_SECTOR // len(_UNUSED))
    return packed + _UNUSED * missing


def _table(numbers: list[int]) -> bytes:
    """Sector numbers as whole sectors, filled up with free ones."""
    padded = numbers + [_FREE] * (-len(numbers) % _PER_SECTOR)
    return struct.pack(f"<{len(padded)}I", *padded)


def _file(sectors: _Sectors, directory: int, first_mini_fat: int, mini_fats: int) -> bytes:
    used = len(sectors.next)
    fats, difats = _fat_sizes(used)
    listed = list(range(used, used + fats))
    fat = _table(sectors.next + [_FAT] * fats + [_DIFAT] * difats)
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        bytes.fromhex("D0CF11E0A1B11AE1"), b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, fats, directory, 0, _MINI_CUTOFF, first_mini_fat, mini_fats,
        used + fats if difats else _END, difats,
    )  # fmt: skip
    in_header = listed[:_IN_HEADER] + [_FREE] * (_IN_HEADER - len(listed))
    return b"".join(
        [
            header,
            struct.pack(f"<{_IN_HEADER}I", *in_header),
            sectors.data,
            fat,
            _difat(listed[_IN_HEADER:], used + fats),
        ]
    )


def _fat_sizes(used: int) -> tuple[int, int]:
    """FAT and DIFAT sectors for so many used ones; they have entries in the FAT themselves."""
    fats = difats = 0
    while True:
        wanted = -(-(used + fats + difats) // _PER_SECTOR)
        lists = -(-max(0, wanted - _IN_HEADER) // (_PER_SECTOR - 1))
        if (wanted, lists) == (fats, difats):
            return fats, difats
        fats, difats = wanted, lists


def _difat(listed: list[int], first: int) -> bytes:
    """DIFAT sectors: 127 FAT sectors each, then the next DIFAT sector."""
    made = []
    width = _PER_SECTOR - 1
    parts = [listed[at : at + width] for at in range(0, len(listed), width)]
    for number, part in enumerate(parts, 1):
        following = first + number if number < len(parts) else _END
        made.append(
            struct.pack(f"<{_PER_SECTOR}I", *part, *[_FREE] * (width - len(part)), following)
        )
    return b"".join(made)
