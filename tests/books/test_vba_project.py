"""VBA projects at their edges: forms of source, refusals, container sizes, and the checker itself.

What `test_vba.py` shows (published vectors, xlwings' modules, code page) is not repeated here.
"""

from __future__ import annotations

import base64
import io
import random
import struct
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser

from tests.support.vba_reader import CompoundFile, VbaProject, decompressed, decrypted
from tests.support.zips import members
from xl_returns.books.build.cfb import compound_file
from xl_returns.books.build.vba import (
    SHEET,
    WORKBOOK,
    Module,
    module_from_text,
    vba_project,
)

XLWINGS = Path(find_spec("xlwings").submodule_search_locations[0])
BOOK = Module("ThisWorkbook", "", "document", WORKBOOK)
PAGE = Module("wsReturns", "", "document", SHEET)
HEADER = "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\n"
EXPORTED = (
    "Attribute VB_GlobalNameSpace = False\n"
    "Attribute VB_Creatable = False\n"
    "Attribute VB_PredeclaredId = {0}\n"
    "Attribute VB_Exposed = {0}\n"
)
PROJECT = vba_project([BOOK, PAGE, Module("Desk", "Sub A()\nEnd Sub", "standard")])
DIRECTORY = 512 * (1 + struct.unpack_from("<I", PROJECT, 48)[0])
"""Where the directory of PROJECT starts."""


def text_of(module):
    return VbaProject(vba_project([module])).sources[module.name]


def entries_by_name(data):
    return {entry.name: (n, entry) for n, entry in enumerate(CompoundFile(data).entries)}


# Forms of source


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_end_in_crlf_whatever_the_source_has(ends):
    source = ends.join(['Attribute VB_Name = "Desk"', "Sub A()", "", "End Sub"])
    expected = 'Attribute VB_Name = "Desk"\r\nSub A()\r\n\r\nEnd Sub\r\n'
    assert text_of(Module("Desk", source, "standard")) == expected


def test_a_byte_order_mark_before_the_name_is_no_part_of_the_source():
    module = module_from_text('\ufeffAttribute VB_Name = "Desk"\nSub A()\nEnd Sub\n')
    assert text_of(module).startswith('Attribute VB_Name = "Desk"\r\n')


def test_an_exported_class_loses_its_header_and_gets_what_excel_adds():
    text = 'Attribute VB_Name = "Basket"\n' + EXPORTED.format(False) + "Public Count As Long\n"
    module = module_from_text(HEADER + text)
    assert module.kind == "class"
    shown = text_of(module).split("\r\n")
    assert [line for line in shown if line in text.split("\n")] == text.split("\n")
    assert {line.partition(" = ")[0] for line in set(shown) - set(text.split("\n"))} == {
        "Attribute VB_Base",
        "Attribute VB_TemplateDerived",
        "Attribute VB_Customizable",
    }
    assert text_of(Module("Basket", HEADER + text, "class")) == text_of(module)


def test_an_exported_document_gets_the_attributes_that_an_export_leaves_out():
    named = 'Attribute VB_Name = "wsReturns"\n' + EXPORTED.format(True)
    exported = Module("wsReturns", HEADER + named + "Sub A()\nEnd Sub", "document", SHEET)
    bare = Module("wsReturns", "Sub A()\nEnd Sub", "document", SHEET)
    only_name = Module("wsReturns", 'Attribute VB_Name = "wsReturns"', "document", SHEET)
    assert text_of(exported) == text_of(bare)
    assert text_of(only_name) == text_of(PAGE)


@pytest.mark.parametrize(
    "module", [BOOK, Module("Sheet1", "", "document", SHEET)], ids=lambda module: module.name
)
def test_a_document_has_the_attributes_that_excel_writes(module):
    excel = sources_in(XLWINGS / "quickstart.xlsm")
    assert attributes(text_of(module)) == attributes(excel[module.name])


def test_a_class_without_attributes_gets_those_that_excel_writes():
    exposed = attributes(sources_in(XLWINGS / "addin" / "xlwings.xlam")["WebRequest"])
    expected = [line.replace("Exposed = True", "Exposed = False") for line in exposed]
    seen = attributes(text_of(Module("WebRequest", "", "class")))
    assert seen == [line for line in expected if "VB_Description" not in line]


def attributes(text):
    return [line for line in text.splitlines() if line.startswith("Attribute VB_")]


def test_text_that_does_not_get_smaller_is_not_filled_with_zeros():
    noise = base64.b64encode(random.Random(1).randbytes(2_775)).decode()  # noqa: S311
    for missing in range(2):
        text = text_of(Module("Noise", f"' {noise[missing:]}", "standard"))
        assert text.split() == ["Attribute", "VB_Name", "=", '"Noise"', "'", noise[missing:]]
        assert len(text) == 4096


# What is refused


@pytest.mark.parametrize("name", ["dir", "Dir", "Sub", "END", "String", "_VBA_PROJECT"])
def test_modules_are_not_named_like_words_of_vba_or_streams_of_the_project(name):
    with pytest.raises(ValueError, match=f"'{name}' is no name for a module"):
        vba_project([BOOK, Module(name, "", "standard")])


def test_a_module_does_not_share_the_name_of_its_project():
    with pytest.raises(ValueError, match="the project itself is named vbaproject"):
        vba_project([Module("vbaproject", "", "standard")])


def test_a_module_whose_text_says_another_name_is_refused():
    with pytest.raises(ValueError, match="Desk: the text says that it is Other"):
        vba_project([Module("Desk", 'Attribute VB_Name = "Other"\n', "standard")])


@pytest.mark.parametrize("letter", ["退", "\u0141", "\x81", "\U0001f600"])
def test_a_character_outside_the_code_page_is_refused_with_module_and_line(letter):
    text = f'Attribute VB_Name = "Desk"\nSub A()\n    MsgBox "{letter}"\nEnd Sub\n'
    with pytest.raises(ValueError, match="Desk line 3: VBA has no"):
        vba_project([BOOK, module_from_text(text)])


@pytest.mark.parametrize(
    "paths",
    [["a", "A"], ["a", "a/b"], ["a/b", "a"], ["a/b", "A/c"], ["", "b"], ["a:b"], ["x" * 32]],
)
def test_names_that_a_compound_file_does_not_take_are_refused(paths):
    with pytest.raises(ValueError, match=r"meets|has"):
        compound_file(dict.fromkeys(paths, b""))


# Sizes of the container


def test_a_storage_of_any_number_of_streams_has_a_valid_tree():
    for count in range(160):
        streams = {f"VBA/M{n}": b"x" * n for n in range(count)} | {"PROJECT": b"p"}
        assert CompoundFile(compound_file(streams)).streams == streams


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 65_536])
def test_a_stream_of_any_size_reads_back_here_and_in_olefile(size):
    streams = {"VBA/one": bytes(range(256)) * (size // 256) + b"\1" * (size % 256), "two": b"2"}
    made = compound_file(streams)
    assert CompoundFile(made).streams == streams
    assert read_by_olefile(made) == streams


@pytest.mark.parametrize("fats", [109, 110, 236, 237])
def test_fat_sectors_are_listed_where_the_header_or_a_list_sector_is_just_full(fats):
    for spare in (0, 1, 2):
        used = fats * 128 - fats - -(-max(0, fats - 109) // 127)
        streams = {"big": bytes(512 * (used - 1 - spare))}
        made = compound_file(streams)
        assert struct.unpack_from("<I", made, 44) == (fats,)
        assert CompoundFile(made).streams == streams
    assert read_by_olefile(made) == streams


def test_names_stand_in_the_order_of_their_code_units():
    names = ["b", "A", "zz", "\U0001f600", "ß9", "ÿa", "_a", "Ab", "aaa"]
    assert list(CompoundFile(compound_file(dict.fromkeys(names, b""))).streams) == [
        "A", "b", "Ab", "zz", "_a", "ß9", "ÿa", "\U0001f600", "aaa",
    ]  # fmt: skip


def test_no_entry_has_a_time_or_a_class_id():
    assert {entry.stamp for entry in CompoundFile(PROJECT).entries} == {bytes(36)}


def read_by_olefile(data):
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE) as read:
        assert not read.parsing_issues
        return {"/".join(path): read.openstream(path).read() for path in read.listdir()}


# Whole projects


@given(
    st.lists(
        st.text(st.characters(codec="cp1252", exclude_characters="\r\0"), max_size=300),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=50)
def test_any_text_of_the_code_page_comes_back(texts):
    modules = [Module(f"M{n}", f"' {text}", "standard") for n, text in enumerate(texts)]
    sources = VbaProject(vba_project([BOOK, *modules])).sources
    for module in modules:
        read = sources[module.name].split("\r\n", 1)[1]
        assert read.rstrip("\r\n") == module.text.rstrip("\n").replace("\n", "\r\n")


@pytest.mark.parametrize("count", [1, 40, 148])
def test_olevba_and_our_reader_read_the_same_sources(count, tmp_path):
    kinds = ["standard", "class"]
    modules = [
        Module(f"M{n}", f"' {n} € é\n" * (1 + n * 7 % 900), kinds[n % 2]) for n in range(count)
    ]
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(vba_project([BOOK, PAGE, *modules]))
    project = VbaProject(path.read_bytes())
    assert seen_by_olevba(path) == {
        name: text.replace("\r\n", "\n").rstrip("\n") for name, text in project.sources.items()
    }
    documents = {"ThisWorkbook": "document", "wsReturns": "document"}
    assert project.kinds == documents | {module.name: module.kind for module in modules}


def seen_by_olevba(path):
    parser = VBA_Parser(str(path))
    try:
        found = list(parser.extract_macros())
    finally:
        parser.close()
    return {
        name.rpartition(".")[0]: code.replace("\r\n", "\n").rstrip("\n")
        for _, _, name, code in found
    }


# The checker: Excel's own file passes, and each fault is told


def sources_in(path):
    """Sources in a file that we have not made: olefile and the offsets that olevba finds."""
    parser = VBA_Parser("vbaProject.bin", data=members(path)["xl/vbaProject.bin"])
    try:
        return {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()


def test_the_checker_takes_a_project_that_excel_wrote():
    streams = CompoundFile(members(XLWINGS / "quickstart.xlsm")["xl/vbaProject.bin"]).streams
    assert decompressed(streams["VBA/dir"]).startswith(b"\x01\0\4\0\0\0\3\0\0\0")
    lines = streams["PROJECT"].decode("cp1252").split("\r\n")
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    key = sum(values["ID"].strip('"').encode()) & 0xFF
    fields = [decrypted(values[name], key) for name in ("CMG", "DPB", "GC")]
    assert fields == [bytes(4), b"\0", b"\xff"]


def entry_at(name, offset):
    return DIRECTORY + 128 * entries_by_name(PROJECT)[name][0] + offset


def changed(at, new):
    return PROJECT[:at] + new + PROJECT[at + len(new) :]


def swapped_children():
    """The tree of a storage with left and right of its top exchanged."""
    top = CompoundFile(PROJECT).entries[entries_by_name(PROJECT)["VBA"][1].child]
    return changed(entry_at(top.name, 68), struct.pack("<II", top.right, top.left))


def top_name():
    """The name at the top of the root's tree."""
    entries = CompoundFile(PROJECT).entries
    return entries[entries[0].child].name


def leaf():
    """A red entry below the top of VBA."""
    return next(e.name for _, e in entries_by_name(PROJECT).values() if e.red and e.name)


def fat_with(number, following):
    fat = 512 * (1 + struct.unpack_from("<I", PROJECT, 76)[0])
    return changed(fat + 4 * number, struct.pack("<I", following))


FAULTS = {
    "names are out of order": swapped_children,
    "unequal black heights": lambda: changed(entry_at(leaf(), 67), b"\1"),
    "the top of a tree is red": lambda: changed(entry_at(top_name(), 67), b"\0"),
    "a storage holds data": lambda: changed(entry_at("VBA", 116), b"\xfe\xff\xff\xff"),
    "a stream with children": lambda: changed(entry_at("PROJECT", 76), bytes(4)),
    "has another size than its sectors": lambda: changed(entry_at("PROJECT", 120), b"\0\0"),
    "reached twice": lambda: changed(entry_at("PROJECT", 68), bytes(4)),
    "is wrongly marked": lambda: fat_with(0, 0xFFFFFFFD),
    "share a sector": lambda: fat_with(0, 0),
    "the file ends within a sector": lambda: PROJECT[:-1],
    "a sector belongs to nothing": lambda: PROJECT + bytes(512),
    "the signature is wrong": lambda: changed(0, b"PK"),
}


@pytest.mark.parametrize("sentence", FAULTS)
def test_the_checker_tells_a_fault_of_the_container(sentence):
    with pytest.raises(AssertionError, match=sentence):
        VbaProject(FAULTS[sentence]())


def with_stream(path, old, new):
    streams = CompoundFile(PROJECT).streams
    assert old in streams[path]
    return compound_file(streams | {path: streams[path].replace(old, new, 1)})


STREAM_FAULTS = {
    "PROJECT lists other modules": ("PROJECT", b"Module=Desk", b"Module=Disk"),
    "Desk": ("PROJECT", b"Module=Desk", b"Class=Desk"),
    "wsReturns": ("PROJECT", b"wsReturns/&H00000000", b"wsReturns"),
    "PROJECT has another name": ("PROJECT", b'Name="VBA', b'Name="ABC'),
    "of another project": ("PROJECT", b'ID="{5', b'ID="{6'),
    "PROJECTwm lists other modules": ("PROJECTwm", b"Desk", b"Disk"),
    "seven bytes": ("VBA/_VBA_PROJECT", b"\xcc", b"\xcd"),
    "the compressed text cannot be read|is cut short": ("VBA/dir", b"\x01", b"\x01\xff\xbf"),
}


@pytest.mark.parametrize("sentence", STREAM_FAULTS)
def test_the_checker_tells_streams_that_disagree(sentence):
    with pytest.raises(AssertionError, match=sentence):
        VbaProject(with_stream(*STREAM_FAULTS[sentence]))


@given(st.integers(0, len(PROJECT) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_whatever_byte_is_damaged_the_checker_raises_nothing_but_an_assertion(at, bits):
    damaged = changed(at, bytes([PROJECT[at] ^ bits]))
    with suppress(AssertionError):  # any other exception fails
        VbaProject(damaged)
