"""Sheets as other programs, or hands, write them."""

import re

import pytest

from tests.books.helpers import SHEET, cell, rich_book
from tests.support.zips import members, rewrite
from xl_returns.books.cells import CellError
from xl_returns.books.workbook import Workbook
from xl_returns.core.cells import NO_VALUE
from xl_returns.core.findings import Refusal


def read(path, *headers):
    return Workbook.open(path).tables["Returns"].read(headers or None)


def write(path, **columns):
    book = Workbook.open(path)
    count = book.write("Returns", columns)
    book.save()
    return count


def test_all_kinds_of_cells_are_read(book):
    assert read(book) == {
        "Return ID": ["R-1 <&>", "rich text", "R-3 <&>", "R-4 <&>", "R-5 <&>"],
        "Paid": [10.5, 21.0, 31.5, 42.0, 52.5],
        "Twice": [21.0, 42.0, 63.0, 84.0, 105.0],
        "Action": ["old"] * 5,
        "Why & how": [None] * 5,
        "Done": [True, CellError("#DIV/0!"), None, None, None],
    }


def test_an_openpyxl_workbook_is_read_and_written(other_book):
    assert read(other_book, "Return ID", "Twice", "Why & how", "Done") == {
        "Return ID": ["R-1", "R-2", "R-3"],
        "Twice": [NO_VALUE] * 3,
        "Why & how": ["x\ny"] * 3,
        "Done": [False, True, False],
    }
    assert write(other_book, Twice=[3.0, 6.0, 9.0], Action=["a", "b", "c"]) == 6
    assert read(other_book, "Twice", "Action") == {
        "Twice": [3.0, 6.0, 9.0],
        "Action": ["a", "b", "c"],
    }
    assert b"<f>B2*2</f><v>3</v>" in members(other_book)[SHEET]


VARIANTS = {
    "single quotes": lambda raw: re.sub(rb'<c r="(\w+)"', rb"<c r='\1'", raw),
    "attributes in another order": lambda raw: re.sub(
        rb'<c r="(\w+)" s="(\d+)"', rb'<c s="\2" r="\1"', raw
    ),
    "blanks in tags": lambda raw: re.sub(rb'<c r="(\w+)"', rb'<c  r = "\1" ', raw),
    "line breaks between cells": lambda raw: raw.replace(b"</c>", b"</c>\n  ").replace(
        b"<row", b"\r\n <row"
    ),
    "comments": lambda raw: raw.replace(b"</c>", b"</c><!-- a note -->").replace(
        b"<v>", b"<!-- v --><v>"
    ),
    "comments between rows": lambda raw: raw.replace(b"<row", b"<!-- next --><row"),
    "processing instructions": lambda raw: raw.replace(b"</c>", b"</c><?hint x?>"),
    "no references": lambda raw: re.sub(rb'<(row|c) r="\w+"', rb"<\1", raw),
    "long end tags": lambda raw: raw.replace(b"</c>", b"</c >").replace(b"</row>", b"</row >"),
    "long empty tags": lambda raw: re.sub(
        rb'<c r="(\w+)" s="(\d+)"/>', rb'<c r="\1" s="\2"></c>', raw
    ),
    "kinds spelled out": lambda raw: re.sub(
        rb'<c r="(\w+)" s="(\d+)"><v>', rb'<c r="\1" s="\2" t="n"><v>', raw
    ),
    "metadata": lambda raw: re.sub(rb'<c r="(B\d+)" s="1"', rb'<c r="\1" s="1" vm="1"', raw),
    "byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "character references": lambda raw: raw.replace(b"<v>old</v>", b"<v>&#111;l&#x64;</v>"),
    "a namespace prefix": lambda raw: re.sub(
        rb"<(/?)(?!\?|x14|xm|x:)([A-Za-z])", rb"<\1x:\2", raw.replace(b"xmlns=", b"xmlns:x=")
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_sheet_in_another_form_reads_and_writes_the_same(name, book, tmp_path):
    plain, same = read(book), rich_book(tmp_path / "strange.xlsx")
    rewrite(same, {SHEET: VARIANTS[name]})
    assert read(same) == plain
    assert write(same, **plain) == 0
    before = members(same)[SHEET]
    assert (
        write(same, Action=["new", "old", "old", "old", "old"], Paid=[1.0, *plain["Paid"][1:]]) == 2
    )
    assert read(same) == plain | {
        "Action": ["new", *plain["Action"][1:]],
        "Paid": [1.0, *plain["Paid"][1:]],
    }
    after = members(same)[SHEET]
    assert _without_second_row(after) == _without_second_row(before)


def _without_second_row(sheet):
    rows = re.split(rb"(?=<(?:x:)?row\b)", sheet)
    return rows[:2] + rows[3:]


def test_cdata_is_text(book):
    rewrite(book, {SHEET: lambda raw: raw.replace(b"<v>old</v>", b"<v><![CDATA[a<b&c]]></v>", 1)})
    assert read(book, "Action")["Action"][:2] == ["a<b&c", "old"]


def test_inline_rich_text_is_joined_without_its_phonetic_guide(book):
    rich = b'<c r="A2" t="inlineStr"><is><r><t>ab</t></r><r><rPr><b/></rPr><t xml:space="preserve"> c</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>'
    rewrite(book, {SHEET: lambda raw: raw.replace(cell(raw, "A2"), rich)})
    assert read(book, "Return ID")["Return ID"][0] == "ab c"


def test_shared_strings_in_rich_text_leave_out_the_phonetic_guide(book):
    extra = b"<si><t>plain</t><rPh sb='0' eb='1'><t>no</t></rPh></si>"
    rewrite(book, {"xl/sharedStrings.xml": lambda raw: re.sub(rb"<si><t>R-1.*?</si>", extra, raw)})
    assert read(book, "Return ID")["Return ID"][:2] == ["plain", "rich text"]


def test_shared_strings_in_an_unusual_form_are_read(book):
    rewrite(book, {"xl/sharedStrings.xml": lambda raw: raw.replace(b"<si>", b"<si ><!-- x -->")})
    assert read(book, "Return ID")["Return ID"][:2] == ["R-1 <&>", "rich text"]


def test_shared_and_array_formulas_are_kept(book):
    def change(raw):
        raw = raw.replace(
            cell(raw, "C2"),
            b'<c r="C2" s="1"><f t="shared" ref="C2:C4" si="0">B2*2</f><v>21</v></c>',
        )
        for row in (3, 4):
            raw = raw.replace(
                cell(raw, f"C{row}"), b'<c r="C%d" s="1"><f t="shared" si="0"/><v>1</v></c>' % row
            )
        return raw.replace(
            cell(raw, "C5"), b'<c r="C5" s="1" cm="1"><f t="array" ref="C5">B5*2</f><v>1</v></c>'
        )

    rewrite(book, {SHEET: change})
    write(book, Twice=[1.0, 2.0, 3.0, "four", None])
    sheet = members(book)[SHEET]
    assert (
        cell(sheet, "C2")
        == b'<c r="C2" s="1"><f t="shared" ref="C2:C4" si="0">B2*2</f><v>1</v></c>'
    )
    assert cell(sheet, "C3") == b'<c r="C3" s="1"><f t="shared" si="0"/><v>2</v></c>'
    assert (
        cell(sheet, "C5")
        == b'<c r="C5" s="1" cm="1" t="str"><f t="array" ref="C5">B5*2</f><v>four</v></c>'
    )


def test_days_are_serial_numbers_and_the_1904_calendar_is_told(tmp_path):
    path = rich_book(tmp_path / "mac.xlsx", date1904=True)
    assert Workbook.open(path).date1904
    dated = b'<c r="F4" t="d"><v>1904-01-03T12:00:00</v></c>'
    rewrite(
        path, {SHEET: lambda raw: raw.replace(b'</row><row r="5"', dated + b'</row><row r="5"')}
    )
    assert read(path, "Done")["Done"][2] == 2.5


def test_an_empty_row_tag_is_filled_or_left_as_it_is(book):
    def change(raw):
        return re.sub(rb'<row r="(4|6)".*?</row>', rb'<row r="\1" ht="20" customHeight="1"/>', raw)

    rewrite(book, {SHEET: change})
    write(book, Done=[None, None, 5.0, None, None])
    sheet = members(book)[SHEET]
    assert b'<row r="4" ht="20" customHeight="1"><c r="F4"><v>5</v></c></row>' in sheet
    assert b'<row r="6" ht="20" customHeight="1"/>' in sheet


@pytest.mark.parametrize("ending", [b"\r\n", b"\r", b"\n"])
def test_the_end_of_a_line_is_one_character_however_it_is_written(book, ending):
    rewrite(book, {SHEET: lambda raw: raw.replace(b"<v>old</v>", b"<v>o%bld</v>" % ending, 1)})
    assert read(book, "Action")["Action"][0] == "o\nld"


def test_a_table_that_starts_elsewhere_is_found(tmp_path):
    path = rich_book(tmp_path / "b.xlsx")
    book = Workbook.open(path)
    assert book.tables["Second"].place(1, "y") == "Dash board!C5"
    assert book.write("Second", {"x": [1.0, 2.0]}) == 2
    book.save()
    assert Workbook.open(path).tables["Second"].read() == {"x": [1.0, 2.0], "y": [None, None]}
    assert b"<v>157.5</v>" in members(path)["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"<row", b"<!-- <row r='1'/> --><row", 1),
        lambda raw: raw.replace(b'<row r="3"', b'<row r="9"'),
        lambda raw: re.sub(rb'<row r="3".*?</row>', rb"\g<0>\g<0>", raw),
        lambda raw: raw.replace(b'r="B3"', b'r="F3"'),
        lambda raw: raw.replace(b'r="B3"', b'r="B4"'),
        lambda raw: raw.replace(b"<v>10.5</v>", b"<v>1_0</v>"),
        lambda raw: raw.replace(b"<v>10.5</v>", b"<v>nan</v>"),
        lambda raw: raw.replace(b"<v>10.5</v>", b"<v>10.5"),
        lambda raw: raw.replace(b"<v>old</v>", b"<v>&boom;</v>"),
        lambda raw: raw.replace(b"<v>old</v>", b"<v>\xff</v>"),
        lambda raw: raw.replace(b't="s"><v>1<', b't="s"><v>-1<').replace(
            b't="s"><v>6<', b't="s"><v>99999<'
        ),
        lambda raw: raw.replace(b"<sheetData>", b"<sheetData><mc:x/>").replace(
            b'<c r="A2"', b'<z/><c r="A2"'
        ),
        lambda raw: b'<!DOCTYPE x [<!ENTITY boom "b">]>' + raw,
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: raw[:-2000],
        lambda raw: raw.replace(b"schemas.openxmlformats.org/spreadsheetml", b"example.org"),
        lambda raw: raw.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused(change, book):
    rewrite(book, {SHEET: change})
    with pytest.raises(Refusal):
        read(book)
