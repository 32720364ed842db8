import contextlib
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.books.helpers import SHEET, TABLE, rich_book
from tests.support.zips import members, package, rewrite
from xl_returns.books.package import Package
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Refusal

BOOK_XML = "xl/workbook.xml"


def refusal(path):
    with pytest.raises(Refusal) as refused:
        use(path)
    return str(refused.value)


def use(path):
    book = Workbook.open(path)
    for table in book.tables.values():
        table.read()
        for header in table.headers[:2]:
            book.write(table.name, {header: ["x"] * table.rows})
    book.append("Returns", [{}])


def test_a_file_that_excel_has_open_is_refused_but_can_be_read(book):
    lock = book.with_name(f"~${book.name}")
    lock.touch()
    assert "open in Excel" in refusal(book)
    opened = Workbook.open(book, read_only=True)
    assert opened.write("Returns", {"Paid": [1.0] * 5}) == 5
    with pytest.raises(Refusal, match="open in Excel"):
        opened.save()


def test_a_file_that_libreoffice_has_open_is_refused(book):
    book.with_name(f".~lock.{book.name}#").touch()
    assert "open in LibreOffice" in refusal(book)


def test_a_missing_file_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "no.xlsx")


def test_a_folder_is_refused(tmp_path):
    refusal(tmp_path)


def test_an_encrypted_or_old_workbook_is_refused(book):
    book.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "password" in refusal(book)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello" * 100, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused(book, content):
    book.write_bytes(content)
    assert "not a whole Excel workbook" in refusal(book)


def test_a_truncated_file_is_refused(book):
    raw = book.read_bytes()
    for size in range(0, len(raw), 997):
        book.write_bytes(raw[:size])
        refusal(book)


def test_a_signed_workbook_is_refused(book):
    rewrite(book, {"_xmlsignatures/origin.sigs": b""})
    assert "signature" in refusal(book)


def test_a_strict_workbook_is_refused(book):
    rewrite(
        book,
        {
            BOOK_XML: lambda raw: raw.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
        },
    )
    assert "Strict" in refusal(book)


def test_a_binary_workbook_is_refused(book):
    rewrite(book, {"_rels/.rels": lambda raw: raw.replace(b"xl/workbook.xml", b"xl/workbook.bin")})
    assert "xlsb" in refusal(book)


def test_two_members_of_one_name_are_refused(book):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(book, "a") as file:
        file.writestr(SHEET, b"")
    assert "same name" in refusal(book)


@pytest.mark.parametrize("name", ["/../up.xml", "../up.xml", "xl/../../up.xml", "c:/x.xml"])
def test_members_outside_the_package_are_refused(book, name):
    rewrite(book, {name: b""})
    assert "odd name" in refusal(book)


def test_a_zip_bomb_is_refused(book):
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/bomb.xml", bytes(110 << 20))
    assert "beyond measure" in refusal(book)


def test_a_member_longer_than_it_says_is_refused(book):
    raw = bytearray(book.read_bytes())
    at = raw.index(b"PK\x01\x02")
    while raw[at + 46 : at + 46 + len(SHEET)] != SHEET.encode():
        at = raw.index(b"PK\x01\x02", at + 4)
    raw[at + 24 : at + 28] = (100).to_bytes(4, "little")
    book.write_bytes(raw)
    assert "longer than it says" in refusal(book)


@pytest.mark.parametrize(
    "part", [BOOK_XML, TABLE, "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"]
)
@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1),
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: raw.replace(b"UTF-8", b"latin-1"),
        lambda raw: raw[:0],
    ],
)
def test_parts_that_are_no_plain_xml_are_refused(book, part, change):
    rewrite(book, {part: change})
    refusal(book)


@pytest.mark.parametrize("part", [BOOK_XML, TABLE, SHEET, "xl/sharedStrings.xml"])
def test_a_missing_part_is_refused(book, part):
    rewrite(book, {part: None})
    refusal(book)


def test_locked_cells_of_a_protected_sheet_are_refused(tmp_path):
    path = rich_book(tmp_path / "b.xlsx", after=lambda _, sheet: sheet.protect())
    book = Workbook.open(path)
    with pytest.raises(Refusal, match="protected"):
        book.write("Returns", {"Paid": [1.0] * 5})
    assert not book.changed


def test_unlocked_cells_of_a_protected_sheet_are_written(tmp_path):
    def protect(book, sheet):
        sheet.protect()
        for row in range(1, 6):
            sheet.write_number(row, 1, 0, book.add_format({"locked": False}))

    path = rich_book(tmp_path / "b.xlsx", after=protect)
    assert Workbook.open(path).write("Returns", {"Paid": [1.0] * 5}) == 5


@pytest.mark.parametrize("opening", [b'<sheetData a="1"//>', b"<sheetData a=1>", b"<sheetData / >"])
def test_rows_that_begin_in_no_well_formed_way_are_refused(book, opening):
    """Found by fuzzing: what was written behind such a tag could not be read back."""
    rewrite(book, {SHEET: lambda raw: raw.replace(b"<sheetData>", opening)})
    assert "the sheet has no rows" in refusal(book)


def test_merged_cells_are_refused(tmp_path):
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="E3:E4"/></mergeCells>'
    path = rich_book(tmp_path / "b.xlsx")
    rewrite(path, {SHEET: lambda raw: raw.replace(b"</sheetData>", merged)})
    book = Workbook.open(path)
    assert book.write("Returns", {"Paid": [1.0] * 5}) == 5
    with pytest.raises(Refusal, match="merged"):
        book.write("Returns", {"Why & how": ["y"] * 5})


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return rich_book(tmp_path_factory.mktemp("fuzz") / "b.xlsx", 2)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=8
    )
)
def test_a_file_with_changed_bytes_is_used_or_refused(small, tmp_path, changes):
    raw = bytearray(small.read_bytes())
    for at, byte in changes:
        raw[at % len(raw)] = byte
    _use_or_refuse(tmp_path / "x.xlsx", bytes(raw))


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_file_with_changed_xml_is_used_or_refused(small, tmp_path, data):
    content = members(small)
    part = data.draw(
        st.sampled_from(
            [
                SHEET,
                TABLE,
                BOOK_XML,
                "xl/sharedStrings.xml",
                "xl/_rels/workbook.xml.rels",
                "xl/worksheets/_rels/sheet1.xml.rels",
            ]
        )
    )
    raw = bytearray(content[part])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        size = data.draw(st.integers(0, 30))
        raw[at : at + size] = data.draw(
            st.sampled_from(
                [
                    b"",
                    b"<",
                    b">",
                    b'"',
                    b"'",
                    b"&",
                    b"/",
                    b"\xff",
                    b"99999999999",
                    b"-1",
                    b"<!--",
                    b"<row/>",
                    b"<c/>",
                    b"</row>",
                    b"\0",
                    b"<v>",
                ]
            )
        )
    _use_or_refuse(tmp_path / "x.xlsx", package(content | {part: bytes(raw)}, zipfile.ZIP_STORED))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.binary(max_size=300))
def test_any_bytes_are_refused(tmp_path, raw):
    path = tmp_path / "x.xlsx"
    path.write_bytes(raw)
    refusal(path)


def _use_or_refuse(path, raw):
    path.write_bytes(raw)
    with contextlib.suppress(Refusal):
        use(path)


def test_a_package_lists_its_members(book):
    package = Package(book)
    assert package.names == tuple(members(book))


def test_a_formula_that_nobody_can_read_is_refused_at_its_cell(book):
    whole, cut = b'B6&gt;20,"Refund', b"B6&gt;Refund"
    rewrite(book, {SHEET: lambda raw: raw.replace(whole, cut)})
    assert "cannot be read and so not be repeated" in refusal(book)


@pytest.mark.parametrize("character", [b"&#0;", b"&#xD800;", b"&#xFFFF;", b"&#x110000;"])
def test_a_character_that_xml_forbids_is_refused(book, character):
    text = b'<c r="A2" t="str"><v>%b</v></c>' % character
    rewrite(book, {SHEET: lambda raw: re.sub(rb'<c r="A2".*?</c>', text, raw)})
    assert "not a whole Excel workbook" in refusal(book)


def test_a_member_with_a_slash_before_its_name_is_kept(book, tmp_path):
    rewrite(book, {"/xl/richData/richValueRel.xml": b"<x/>"})
    opened = Workbook.open(book)
    opened.write("Returns", {"Paid": [1.0] * 5})
    opened.save(tmp_path / "new.xlsx")
    assert members(tmp_path / "new.xlsx")["/xl/richData/richValueRel.xml"] == b"<x/>"


def test_a_part_may_have_a_name_in_any_letters(book):
    content = members(book)
    named = {SHEET: "xl/worksheets/bl\u00e4tter.xml"}
    named |= {"xl/worksheets/_rels/sheet1.xml.rels": "xl/worksheets/_rels/bl\u00e4tter.xml.rels"}
    for old, new in named.items():
        content[new] = content.pop(old)
    for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        content[part] = content[part].replace(b"sheet1.xml", "bl\u00e4tter.xml".encode())
    book.write_bytes(package(content))
    opened = Workbook.open(book)
    assert opened.write("Returns", {"Paid": [1.0] * 5}) == 5
    opened.save()
    assert members(book).keys() == content.keys()


def test_a_part_is_found_whatever_the_case_of_its_name(book):
    content = members(book)
    content["xl/worksheets/_rels/Sheet1.XML.rels"] = content.pop(
        "xl/worksheets/_rels/sheet1.xml.rels"
    )
    content["xl/worksheets/Sheet1.XML"] = content.pop(SHEET)
    book.write_bytes(package(content))
    assert Workbook.open(book).write("Returns", {"Paid": [1.0] * 5}) == 5
