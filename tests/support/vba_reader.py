"""A strict reader of vbaProject.bin, written apart from the writer, after MS-CFB and MS-OVBA."""

from __future__ import annotations

import struct
from dataclasses import dataclass

FREE, END, FAT, DIFAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF


@dataclass
class Entry:
    name: str
    kind: int
    red: bool
    left: int
    right: int
    child: int
    start: int
    size: int


def u32(data):
    return list(struct.unpack(f"<{len(data) // 4}I", data))


class CompoundFile:
    """Reads every sector once and complains of each that is not where it should be."""

    def __init__(self, data):
        assert data[:8].hex() == "d0cf11e0a1b11ae1", "the signature is wrong"
        assert len(data) % 512 == 0, "the file ends within a sector"
        minor, major, order, shift, mini_shift = struct.unpack_from("<5H", data, 24)
        assert (major, order, shift, mini_shift) == (3, 0xFFFE, 9, 6), (minor, major)
        (directories, fats, directory, _, cutoff, mini, minis, difat, difats) = struct.unpack_from(
            "<9I", data, 40
        )
        assert (directories, cutoff) == (0, 4096)
        self.sectors = [data[at : at + 512] for at in range(512, len(data), 512)]
        self.owner = {}
        listed = u32(data[76:512])
        for _ in range(difats):
            self._own(difat, "DIFAT")
            *more, difat = u32(self.sectors[difat])
            listed += more
        assert difat == END, "the DIFAT does not end"
        used = [number for number in listed if number != FREE]
        assert listed[: len(used)] == used, "free entries stand before used ones"
        assert len(used) == fats, "the header counts another number of FAT sectors"
        self.fat = [n for number in used for n in u32(self.sectors[number])]
        for number in used:
            self._own(number, "FAT")
            assert self.fat[number] == FAT, "a FAT sector is not marked as one"
        assert all(self.fat[n] == DIFAT for n, o in self.owner.items() if o == "DIFAT")
        self.entries = self._directory(self._chain(directory, "directory"))
        self.mini_fat = u32(self._chain(mini, "mini FAT"))
        assert len(self.mini_fat) * 4 == minis * 512, "the header counts other mini FAT sectors"
        root = self.entries[0]
        self.mini = self._chain(root.start, "mini stream")[: root.size]
        self.mini_owner = {}
        self.streams = dict(self._walk(root.child, ""))
        self._nothing_is_left(len(self.sectors))

    def _own(self, number, owner):
        assert number < len(self.sectors), f"{owner} lies behind the end"
        assert number not in self.owner, f"{owner} and {self.owner.get(number)} share a sector"
        self.owner[number] = owner

    def _chain(self, number, owner):
        data = b""
        while number != END:
            self._own(number, owner)
            data += self.sectors[number]
            number = self.fat[number]
        return data

    def _mini_chain(self, number, owner):
        data = b""
        while number != END:
            assert number not in self.mini_owner, f"{owner} shares a mini sector"
            self.mini_owner[number] = owner
            data += self.mini[number * 64 : number * 64 + 64]
            number = self.mini_fat[number]
        return data

    def _directory(self, data):
        entries = []
        for at in range(0, len(data), 128):
            name, length, kind, colour, left, right, child = struct.unpack_from(
                "<64sHBBIII", data, at
            )
            start, size = struct.unpack_from("<IQ", data, at + 116)
            text = name[: max(0, length - 2)].decode("utf-16-le")
            assert length == (len(text.encode("utf-16-le")) + 2 if kind else 0), text
            assert not name[length:].strip(b"\0"), "something stands behind a name"
            entries.append(Entry(text, kind, colour == 0, left, right, child, start, size))
        assert (entries[0].name, entries[0].kind) == ("Root Entry", 5)
        return entries

    def _walk(self, number, path):
        for child in self._in_order(number):
            if child.kind == 1:
                assert (child.start, child.size) in ((0, 0), (END, 0)), "a storage holds data"
                yield from self._walk(child.child, f"{path}{child.name}/")
            else:
                assert child.kind == 2
                yield f"{path}{child.name}", self._stream(child)

    def _in_order(self, number):
        """The children of a storage from its tree, which must be red-black and ordered."""
        found = []

        def down(number, parent_is_red):
            if number == NONE:
                return 1
            entry = self.entries[number]
            assert not (entry.red and parent_is_red), f"{entry.name}: red below red"
            left = down(entry.left, entry.red)
            found.append(entry)
            right = down(entry.right, entry.red)
            assert left == right, f"{entry.name}: unequal black heights"
            return left + (not entry.red)

        if number != NONE:
            assert not self.entries[number].red, "the top of a tree is red"
        down(number, parent_is_red=False)
        keys = [(len(entry.name), entry.name.upper()) for entry in found]
        assert keys == sorted(set(keys)), "names are out of order"
        return found

    def _stream(self, entry):
        chain = self._mini_chain if entry.size < 4096 else self._chain
        data = chain(entry.start, entry.name)
        assert 0 <= len(data) - entry.size < (64 if entry.size < 4096 else 512), entry.name
        return data[: entry.size]

    def _nothing_is_left(self, count):
        assert set(self.owner) == set(range(count)), "a sector belongs to nothing"
        assert all(n == FREE for n in self.fat[count:]), "the FAT marks sectors that are not there"
        used = {number for number, following in enumerate(self.mini_fat) if following != FREE}
        assert used == set(self.mini_owner), "a mini sector belongs to nothing"


def decompressed(data):
    """MS-OVBA 2.4.1.3.1."""
    assert data[0] == 1
    made, at = bytearray(), 1
    while at < len(data):
        (header,) = struct.unpack_from("<H", data, at)
        assert header >> 12 & 7 == 3, "no chunk starts here"
        end, at, start = at + (header & 0xFFF) + 3, at + 2, len(made)
        if not header >> 15:
            made += data[at:end]
            at = end
        while at < end:
            flags, at = data[at], at + 1
            for bit in range(8):
                if at >= end:
                    break
                if flags >> bit & 1:
                    (token,) = struct.unpack_from("<H", data, at)
                    bits = max(4, (len(made) - start - 1).bit_length())
                    offset = (token >> (16 - bits)) + 1
                    assert offset <= len(made) - start, "a copy from before its chunk"
                    for _ in range((token & (0xFFFF >> bits)) + 3):
                        made.append(made[-offset])
                    at += 2
                else:
                    made.append(data[at])
                    at += 1
        assert at == end, "a chunk ends within a token"
    return bytes(made)


@dataclass
class VbaModule:
    kind: str
    text: str


class VbaProject:
    """The modules, references and protection of a project; everything must agree."""

    def __init__(self, data):
        self.streams = CompoundFile(data).streams
        self._at, self._dir = 0, decompressed(self.streams["VBA/dir"])
        assert self._long(0x01) == 3
        assert (self._long(0x02), self._long(0x14)) == (0x409, 0x409)
        assert self._take(0x03) == struct.pack("<H", 1252)
        self.name = self._take(0x04).decode()
        for one, other in ((0x05, 0x40), (0x06, 0x3D)):
            self._pair(one, other)
        assert (self._long(0x07), self._long(0x08)) == (0, 0)
        assert struct.unpack_from("<HI", self._dir, self._at) == (0x09, 4)
        self._at += 12
        self._pair(0x0C, 0x3C)
        self.references = list(self._references())
        (count,) = struct.unpack("<H", self._take(0x0F))
        self._take(0x13)
        self.modules = dict(self._module() for _ in range(count))
        assert self._take(0x10) == b""
        assert self._at == len(self._dir), "something follows the end of dir"
        expected = {"VBA/dir", "VBA/_VBA_PROJECT", "PROJECT", "PROJECTwm"}
        assert set(self.streams) == expected | {f"VBA/{name}" for name in self.modules}
        assert self.streams["VBA/_VBA_PROJECT"].hex().upper() == "CC61FFFF000100"
        self._check_project()
        self._check_names()

    def _peek(self):
        return struct.unpack_from("<H", self._dir, self._at)[0]

    def _take(self, number):
        found, size = struct.unpack_from("<HI", self._dir, self._at)
        assert found == number, f"record {found:#x} where {number:#x} belongs"
        self._at += 6 + size
        return self._dir[self._at - size : self._at]

    def _long(self, number):
        return struct.unpack("<I", self._take(number))[0]

    def _pair(self, one, other):
        text = self._take(one).decode("cp1252")
        assert self._take(other).decode("utf-16-le") == text
        return text

    def _references(self):
        while self._peek() == 0x16:
            name = self._pair(0x16, 0x3E)
            data = self._take(0x0D)
            (size,) = struct.unpack_from("<I", data)
            assert len(data) == size + 10
            yield name, data[4 : 4 + size].decode()

    def _module(self):
        name = self._pair(0x19, 0x47)
        assert self._pair(0x1A, 0x32) == name
        self._pair(0x1C, 0x48)
        offset = self._long(0x31)
        assert self._long(0x1E) == 0
        self._take(0x2C)
        kind = self._peek()
        self._take(kind)
        assert self._take(0x2B) == b""
        text = decompressed(self.streams[f"VBA/{name}"][offset:]).decode("cp1252")
        assert text.startswith(f'Attribute VB_Name = "{name}"\r\n')
        assert "\n" not in text.replace("\r\n", "")
        return name, VbaModule({0x21: "standard", 0x22: "other"}[kind], text)

    def _check_project(self):
        lines = self.streams["PROJECT"].decode("cp1252").split("\r\n")
        top = lines[: lines.index("[Host Extender Info]")]
        listed = {}
        for line in top:
            key, _, value = line.partition("=")
            if key in ("Document", "Module", "Class"):
                listed[value.removesuffix("/&H00000000")] = key
        assert list(listed) == list(self.modules), "PROJECT lists other modules"
        for name, key in listed.items():
            assert (key == "Module") == (self.modules[name].kind == "standard"), name
        values = dict(line.split("=", 1) for line in top if "=" in line)
        key = sum(values["ID"].strip('"').encode()) & 0xFF
        assert decrypted(values["CMG"], key) == bytes(4), "the project is protected"
        assert decrypted(values["DPB"], key) == b"\0", "the project has a password"
        assert decrypted(values["GC"], key) == b"\xff", "the project is hidden"

    def _check_names(self):
        expected = b"".join(
            name.encode("cp1252") + b"\0" + name.encode("utf-16-le") + b"\0\0"
            for name in self.modules
        )
        assert self.streams["PROJECTwm"] == expected + b"\0\0"


def decrypted(text, project_key):
    """MS-OVBA 2.4.3.3."""
    seed, version, key, *rest = bytes.fromhex(text.strip('"'))
    assert seed ^ version == 2
    assert seed ^ key == project_key
    before, one, other = project_key, key, version
    plain = []
    for byte in rest:
        before = byte ^ ((other + before) & 0xFF)
        other, one = one, byte
        plain.append(before)
    plain = plain[(seed & 6) // 2 :]
    (size,) = struct.unpack("<I", bytes(plain[:4]))
    assert len(plain) == size + 4
    return bytes(plain[4:])
