"""VBA projects from text: read back by an own strict reader and by olevba."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser

from tests.support.vba_reader import CompoundFile, VbaProject, decompressed
from xl_returns.books.build.cfb import compound_file
from xl_returns.books.build.vba import (
    SHEET,
    WORKBOOK,
    Module,
    compress,
    module_from_text,
    vba_project,
)

XLWINGS = Path(find_spec("xlwings").submodule_search_locations[0])
DOCUMENTS = [
    Module("ThisWorkbook", "", "document", WORKBOOK),
    Module("wsReturns", "", "document", SHEET),
]
SUB = 'Attribute VB_Name = "{0}"\nSub Run{0}()\n    MsgBox "{1}"\nEnd Sub\n'


def some(count, size=0):
    return [
        module_from_text(SUB.format(f"M{i}", "x" * 20) + "' line\n" * (size // 7))
        for i in range(count)
    ]


# MS-OVBA 3.2.1 to 3.2.3: "No Compression", "Normal Compression", "Maximum Compression"
VECTORS = {
    b"abcdefghijklmnopqrstuv.": "01 19 B0 00 61 62 63 64 65 66 67 68 00 69 6A 6B 6C 6D 6E 6F 70 00 71 72 73 74 75 76 2E",
    b"a" * 73: "01 03 B0 02 61 45 00",
}


@pytest.mark.parametrize("plain", VECTORS)
def test_published_vectors_compress_as_published(plain):
    assert compress(plain) == bytes.fromhex(VECTORS[plain])


def test_the_vector_for_normal_compression_reads_as_published():
    packed = bytes.fromhex(
        "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70 06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C"
    )
    plain = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    assert decompressed(packed) == plain
    assert decompressed(compress(plain)) == plain
    assert len(compress(plain)) <= len(packed)


@given(st.binary(max_size=9_000) | st.text("ab \r\n", max_size=9_000).map(str.encode))
def test_what_is_compressed_reads_back(plain):
    read = decompressed(compress(plain))
    assert read[: len(plain)] == plain
    assert not read[len(plain) :].strip(b"\0")


@given(st.dictionaries(st.text("abcXYZ", min_size=1, max_size=8), st.binary(max_size=6_000)))
def test_any_streams_make_a_valid_compound_file(streams):
    unlike = {name.upper(): (name, data) for name, data in streams.items()}
    given_streams = dict(unlike.values())
    assert CompoundFile(compound_file(given_streams)).streams == given_streams


def test_a_file_beyond_the_header_list_of_fat_sectors_is_valid():
    streams = {"a/big": bytes(9_000_000), "a/small": b"x"}
    assert CompoundFile(compound_file(streams)).streams == streams


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 8, 20, 150])
def test_projects_of_any_number_of_modules_read_back(count):
    project = VbaProject(vba_project([*DOCUMENTS, *some(count)]))
    assert len(project.modules) == count + 2
    assert [name for name, _ in project.references] == ["stdole", "Office"]


def test_large_modules_read_back():
    text = VbaProject(vba_project([*DOCUMENTS, *some(2, size=300_000)])).modules["M1"].text
    assert text.count("' line\r\n") == 300_000 // 7


def test_xlwings_own_modules_come_back_unchanged_from_our_reader_and_from_olevba(tmp_path):
    sources = {
        "xlwings": (XLWINGS / "xlwings.bas").read_bytes().decode("cp1252"),
        "Dictionary": (XLWINGS / "addin" / "Dictionary.cls").read_bytes().decode("cp1252"),
    }
    made = vba_project([*DOCUMENTS, *map(module_from_text, sources.values())])
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(made)
    seen = {
        name.partition(".")[0]: code for _, _, name, code in VBA_Parser(str(path)).extract_macros()
    }
    modules = VbaProject(made).modules
    for name, source in sources.items():
        lines = source[source.index("Attribute VB_Name") :].rstrip().splitlines()
        assert set(lines) <= set(modules[name].text.splitlines())
        assert without_attributes(modules[name].text) == without_attributes("\n".join(lines))
        assert seen[name].splitlines() == modules[name].text.splitlines()
    assert {name: module.kind for name, module in modules.items()} == {
        "ThisWorkbook": "other",
        "wsReturns": "other",
        "xlwings": "standard",
        "Dictionary": "other",
    }


def without_attributes(text):
    return [line for line in text.splitlines() if not line.startswith("Attribute VB_")]


def test_a_class_has_the_attributes_that_excel_itself_writes():
    dictionary = module_from_text((XLWINGS / "addin" / "Dictionary.cls").read_text("cp1252"))
    quickstart = VBA_Parser(str(XLWINGS / "quickstart_standalone.xlsm"))
    theirs = {name: code for _, _, name, code in quickstart.extract_macros()}["Dictionary.cls"]
    ours = dictionary.source().decode("cp1252")
    assert attributes(ours) == attributes(theirs)


def attributes(text):
    return [line for line in text.splitlines() if line.startswith("Attribute VB_")]


def test_document_modules_say_what_they_stand_for():
    text = VbaProject(vba_project(DOCUMENTS)).modules["ThisWorkbook"].text
    assert f'Attribute VB_Base = "{WORKBOOK}"\r\n' in text
    assert "Attribute VB_PredeclaredId = True\r\n" in text


def test_the_same_modules_give_the_same_bytes():
    assert vba_project([*DOCUMENTS, *some(5)]) == vba_project([*DOCUMENTS, *some(5)])


def test_characters_of_the_code_page_are_kept_and_others_are_refused_with_their_line():
    euro = Module("Money", "' € – é", "standard")
    assert "' € – é" in VbaProject(vba_project([*DOCUMENTS, euro])).modules["Money"].text
    with pytest.raises(ValueError, match="Money line 3: VBA has no '退'"):
        vba_project([*DOCUMENTS, Module("Money", "\n' 退货", "standard")])


@pytest.mark.parametrize("name", ["", "1a", "a b", "a" * 32, "é"])
def test_names_that_vba_does_not_take_are_refused(name):
    with pytest.raises(ValueError, match="no name for a module"):
        vba_project([Module(name, "", "standard")])


def test_two_modules_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two modules are named m1"):
        vba_project([*some(2), Module("m1", "", "standard")])


def test_a_source_without_its_name_is_refused():
    with pytest.raises(ValueError, match="VB_Name"):
        module_from_text("Sub A()\nEnd Sub\n")
