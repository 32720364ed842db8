"""A strict reader of vbaProject.bin, written apart from the writer, after MS-CFB and MS-OVBA."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

HEADER_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
FREE, END, FAT, DIFAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF


@contextmanager
def sentences(what):
    """Whatever goes wrong in reading is a fault of the file, told as one."""
    try:
        yield
    except (IndexError, KeyError, ValueError, struct.error) as error:
        raise AssertionError(f"{what} cannot be read: {error!r}") from error


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
    stamp: bytes
    """Class id, state bits and times."""


def rank(name):
    """MS-CFB 2.6.4: the shorter name first, then by upper-cased UTF-16 code units."""
    units = struct.unpack(f"<{len(name.encode('utf-16-le')) // 2}H", name.encode("utf-16-le"))
    upper = [chr(unit).upper() for unit in units]
    return len(units), [
        ord(one) if len(one) == 1 else unit for one, unit in zip(upper, units, strict=True)
    ]


def u32(data):
    return list(struct.unpack(f"<{len(data) // 4}I", data))


class CompoundFile:
    """Reads every sector once and complains of each that is not where it should be."""

    def __init__(self, data):
        with sentences("the compound file"):
            self._read(data)

    def _read(self, data):
        assert data[:8] == HEADER_SIGNATURE, "the signature is wrong"
        assert len(data) % 512 == 0, "the file ends within a sector"
        assert not any(data[8:24]), "the header has a class id"
        assert not any(data[34:40]), "the header's reserved bytes are used"
        minor, major, order, shift, mini_shift = struct.unpack_from("<5H", data, 24)
        assert (minor, major, order, shift, mini_shift) == (0x3E, 3, 0xFFFE, 9, 6), (
            "the header does not say version 3 with sectors of 512 and 64 bytes"
        )
        (directories, fats, directory, transaction, cutoff, mini, minis, difat, difats) = (
            struct.unpack_from("<9I", data, 40)
        )
        assert (directories, cutoff) == (0, 4096), "the header has no form of version 3"
        assert transaction == 0, "the header counts transactions"
        self.sectors = [data[at : at + 512] for at in range(512, len(data), 512)]
        self.owner = {}
        listed = u32(data[76:512])
        for _ in range(difats):
            self._own(difat, "DIFAT sector")
            *more, difat = u32(self.sectors[difat])
            listed += more
        assert difat == END, "the DIFAT does not end"
        used = [number for number in listed if number != FREE]
        assert listed[: len(used)] == used, "free entries stand before used ones"
        assert len(listed) - len(used) < 128 or not difats, "a DIFAT sector lists nothing"
        assert len(used) == fats, "the header counts another number of FAT sectors"
        self.fat = [n for number in used for n in u32(self.sectors[number])]
        for number in used:
            self._own(number, "FAT sector")
        self._check_marks()
        self.entries = self._directory(self._chain(directory, "directory"))
        self.mini_fat = u32(self._chain(mini, "mini FAT"))
        assert len(self.mini_fat) * 4 == minis * 512, "the header counts other mini FAT sectors"
        root = self.entries[0]
        self.mini = self._chain(root.start, "mini stream")
        assert 0 <= len(self.mini) - root.size < 512, "the mini stream has another size"
        assert (root.left, root.right) == (NONE, NONE), "the root has neighbours"
        self.mini_owner, self.reached = {}, {0}
        self.streams = dict(self._walk(root.child, ""))
        self._nothing_is_left(len(self.sectors))

    def _check_marks(self):
        """FAT and DIFAT sectors, and no others, are marked as what they are."""
        for number, following in enumerate(self.fat):
            marked = {FAT: "FAT sector", DIFAT: "DIFAT sector"}.get(following)
            assert marked == self.owner.get(number), f"sector {number} is wrongly marked"

    def _own(self, number, owner):
        assert number < len(self.sectors), f"{owner} lies behind the end of the file"
        assert number not in self.owner, f"{owner} and {self.owner.get(number)} share a sector"
        self.owner[number] = owner

    def _chain(self, number, owner):
        found = []
        while number != END:
            self._own(number, owner)
            found.append(self.sectors[number])
            number = self.fat[number]
        return b"".join(found)

    def _mini_chain(self, number, owner):
        data = b""
        while number != END:
            assert number not in self.mini_owner, f"{owner} shares a mini sector"
            assert number * 64 < self.entries[0].size, f"{owner} lies behind the mini stream"
            self.mini_owner[number] = owner
            data += self.mini[number * 64 : number * 64 + 64]
            number = self.mini_fat[number]
        return data

    def _directory(self, data):
        entries = []
        for at in range(0, len(data), 128):
            fields = struct.unpack_from("<64sHBBIII36sIQ", data, at)
            name, length, kind, colour, left, right, child, stamp, start, size = fields
            text = name[: max(0, length - 2)].decode("utf-16-le")
            assert length == (len(text.encode("utf-16-le")) + 2 if kind else 0), (
                f"entry {text!r} has a wrong length of its name"
            )
            assert not any(name[max(0, length - 2) :]), "something stands behind a name"
            assert kind in (0, 1, 2, 5), f"{text} is of no known kind"
            assert colour in (0, 1), f"{text} is neither red nor black"
            entries.append(Entry(text, kind, colour == 0, left, right, child, start, size, stamp))
        assert (entries[0].name, entries[0].kind) == ("Root Entry", 5), "the root is not first"
        return entries

    def _walk(self, number, path):
        for child in self._in_order(number):
            if child.kind == 1:
                assert (child.start, child.size) == (0, 0), "a storage holds data"
                yield from self._walk(child.child, f"{path}{child.name}/")
            else:
                assert child.kind == 2, f"{child.name} is neither storage nor stream"
                assert child.child == NONE, f"{child.name} is a stream with children"
                yield f"{path}{child.name}", self._stream(child)

    def _in_order(self, number):
        """The children of a storage from its tree, which must be red-black and ordered."""
        found = []

        def down(number, parent_is_red):
            if number == NONE:
                return 1
            assert number not in self.reached, "a directory entry is reached twice"
            self.reached.add(number)
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
        ranks = [rank(entry.name) for entry in found]
        assert all(one < other for one, other in pairwise(ranks)), "names are out of order"
        return found

    def _stream(self, entry):
        chain = self._mini_chain if entry.size < 4096 else self._chain
        data = chain(entry.start, entry.name)
        assert 0 <= len(data) - entry.size < (64 if entry.size < 4096 else 512), (
            f"{entry.name} has another size than its sectors"
        )
        return data[: entry.size]

    def _nothing_is_left(self, count):
        assert set(self.owner) == set(range(count)), "a sector belongs to nothing"
        assert all(n == FREE for n in self.fat[count:]), "the FAT marks sectors that are not there"
        used = {number for number, following in enumerate(self.mini_fat) if following != FREE}
        assert used == set(self.mini_owner), "a mini sector belongs to nothing"
        held = -(-len(used) * 64 // 512) * 512
        assert len(self.mini) == held, "the mini stream holds more than mini sectors"
        blank = Entry("", 0, True, NONE, NONE, NONE, 0, 0, bytes(36))
        for number, entry in enumerate(self.entries):
            assert number in self.reached or entry == blank, f"{entry.name} is in no storage"


def decompressed(data):
    """MS-OVBA 2.4.1.3.1."""
    with sentences("the compressed text"):
        return _decompressed(data)


def _decompressed(data):
    assert data[0] == 1, "nothing compressed starts here"
    made, at = bytearray(), 1
    while at < len(data):
        (header,) = struct.unpack_from("<H", data, at)
        assert header >> 12 & 7 == 3, "no chunk starts here"
        assert (len(made)) % 4096 == 0, "a chunk before the last is not full"
        end, at, start = at + (header & 0xFFF) + 3, at + 2, len(made)
        if not header >> 15:
            assert end - at == 4096, "a stored chunk is not full"
            made += data[at:end]
            at = end
        assert end <= len(data), "a chunk is cut short"
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
        assert len(made) - start <= 4096, "a chunk holds more than 4096 bytes"
    return bytes(made)


@dataclass
class VbaModule:
    kind: str
    """`standard` or `other`, as the dir stream says; see `VbaProject.kinds` for more."""
    text: str


class VbaProject:
    """The modules, references and protection of a project; everything must agree.

    `modules` are by name, `kinds` say standard, class or document, as PROJECT lists them.
    """

    def __init__(self, data):
        self.streams = CompoundFile(data).streams
        with sentences("the VBA project"):
            self._read()

    @property
    def sources(self):
        """The text of each module by its name."""
        return {name: module.text for name, module in self.modules.items()}

    def _read(self):
        self._at, self._dir = 0, decompressed(self.streams["VBA/dir"])
        self._read_information()
        self.references = list(self._references())
        (count,) = struct.unpack("<H", self._take(0x0F))
        assert self._take(0x13) == b"\xff\xff", "the project's cookie is not FFFF"
        named = [self._module() for _ in range(count)]
        self.modules = dict(named)
        assert len({name.upper() for name in self.modules}) == count, "two modules share a name"
        assert self._take(0x10) == b"", "dir has no proper end"
        assert self._at == len(self._dir), "something follows the end of dir"
        expected = {"VBA/dir", "VBA/_VBA_PROJECT", "PROJECT", "PROJECTwm"}
        assert set(self.streams) == expected | {f"VBA/{name}" for name in self.modules}, (
            "the streams are not those of the modules"
        )
        assert self.streams["VBA/_VBA_PROJECT"].hex().upper() == "CC61FFFF000100", (
            "_VBA_PROJECT is not the seven bytes that say: compile me"
        )
        self._check_project()
        self._check_names()

    def _read_information(self):
        """PROJECTINFORMATION (2.3.4.2.1): each record in its place."""
        assert self._long(0x01) == 3, "the project is not for 64-bit Windows"
        assert (self._long(0x02), self._long(0x14)) == (0x409, 0x409), "the language is odd"
        assert self._take(0x03) == struct.pack("<H", 1252), "the code page is not 1252"
        self.name = self._take(0x04).decode("cp1252")
        for one, other in ((0x05, 0x40), (0x06, 0x3D)):
            self._pair(one, other)
        assert (self._long(0x07), self._long(0x08)) == (0, 0), "help context or flags are set"
        assert struct.unpack_from("<HI", self._dir, self._at) == (0x09, 4), "no version"
        self._at += 12
        self._pair(0x0C, 0x3C)

    def _peek(self):
        return struct.unpack_from("<H", self._dir, self._at)[0]

    def _take(self, number):
        found, size = struct.unpack_from("<HI", self._dir, self._at)
        assert found == number, f"record {found:#x} where {number:#x} belongs"
        self._at += 6 + size
        assert self._at <= len(self._dir), "dir is cut short"
        return self._dir[self._at - size : self._at]

    def _long(self, number):
        return struct.unpack("<I", self._take(number))[0]

    def _pair(self, one, other):
        text = self._take(one).decode("cp1252")
        assert self._take(other).decode("utf-16-le") == text, f"{text!r} differs in UTF-16"
        return text

    def _references(self):
        while self._peek() == 0x16:
            name = self._pair(0x16, 0x3E)
            data = self._take(0x0D)
            (size,) = struct.unpack_from("<I", data)
            assert len(data) == size + 10, f"the reference {name} has another length"
            assert not any(data[4 + size :]), f"the reference {name} uses reserved bytes"
            yield name, data[4 : 4 + size].decode()

    def _module(self):
        name = self._pair(0x19, 0x47)
        assert self._pair(0x1A, 0x32) == name, f"{name} is in another stream"
        self._pair(0x1C, 0x48)
        offset = self._long(0x31)
        assert self._long(0x1E) == 0, f"{name} has a help context"
        assert self._take(0x2C) == b"\xff\xff", f"the cookie of {name} is not FFFF"
        kind = self._peek()
        assert self._take(kind) == b"", f"the kind of {name} holds data"
        assert self._take(0x2B) == b"", f"{name} has no proper end"
        text = decompressed(self.streams[f"VBA/{name}"][offset:]).decode("cp1252")
        assert text.startswith(f'Attribute VB_Name = "{name}"\r\n'), f"{name} has another name"
        assert not set("\r\n") & set(text.replace("\r\n", "")), f"{name} has odd line ends"
        assert "\0" not in text, f"{name} has zeros in its text"
        return name, VbaModule({0x21: "standard", 0x22: "other"}[kind], text)

    def _check_project(self):
        lines = self.streams["PROJECT"].decode("cp1252").split("\r\n")
        middle, bottom = lines.index("[Host Extender Info]"), lines.index("[Workspace]")
        top, listed = lines[:middle], {}
        for line in top:
            key, _, value = line.partition("=")
            if key in ("Document", "Module", "Class"):
                module, slash, version = value.partition("/")
                assert (slash + version == "/&H00000000") == (key == "Document"), value
                listed[module] = key
        assert list(listed) == list(self.modules), "PROJECT lists other modules"
        for name, key in listed.items():
            assert (key == "Module") == (self.modules[name].kind == "standard"), name
        named = {"Document": "document", "Module": "standard", "Class": "class"}
        self.kinds = {name: named[key] for name, key in listed.items()}
        for name, kind in self.kinds.items():
            predeclared = "Attribute VB_PredeclaredId = True\r\n" in self.modules[name].text
            assert predeclared or kind != "document", f"{name} is a document without its attributes"
        windows = [line.partition("=")[0] for line in lines[bottom + 1 :] if line]
        assert windows == list(self.modules), "the workspace lists other modules"
        values = dict(line.split("=", 1) for line in top if "=" in line)
        assert values["Name"] == f'"{self.name}"', "PROJECT has another name"
        key = sum(values["ID"].strip('"').encode()) & 0xFF
        assert decrypted(values["CMG"], key) == bytes(4), "the project is protected"
        assert decrypted(values["DPB"], key) == b"\0", "the project has a password"
        assert decrypted(values["GC"], key) == b"\xff", "the project is hidden"

    def _check_names(self):
        expected = b"".join(
            name.encode("cp1252") + b"\0" + name.encode("utf-16-le") + b"\0\0"
            for name in self.modules
        )
        assert self.streams["PROJECTwm"] == expected + b"\0\0", "PROJECTwm lists other modules"


def decrypted(text, project_key):
    """MS-OVBA 2.4.3.3."""
    seed, version, key, *rest = bytes.fromhex(text.strip('"'))
    assert seed ^ version == 2, "the protection is of another version"
    assert seed ^ key == project_key, "the protection is of another project"
    before, one, other = project_key, key, version
    plain = []
    for byte in rest:
        before = byte ^ ((other + before) & 0xFF)
        other, one = one, byte
        plain.append(before)
    plain = plain[(seed & 6) // 2 :]
    (size,) = struct.unpack("<I", bytes(plain[:4]))
    assert len(plain) == size + 4, "a protection field has another length"
    return bytes(plain[4:])
