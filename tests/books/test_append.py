import re

import openpyxl
import pytest

from tests.books.helpers import SHEET, TABLE, cell, rich_book
from tests.support.zips import members, rewrite
from xl_returns.books.workbook import Workbook
from xl_returns.core.cells import NO_VALUE
from xl_returns.core.findings import Refusal

ROWS = [{"Return ID": "new <1>", "Paid": 7.0, "Twice": 14.0}, {"Return ID": "=2", "Done": True}]


def appended(path, rows=ROWS):
    book = Workbook.open(path)
    book.append("Returns", rows)
    assert book.save()
    return members(path)


def test_new_rows_stand_below_the_old_ones(book):
    old = Workbook.open(book).tables["Returns"].read()
    appended(book)
    table = Workbook.open(book).tables["Returns"]
    assert table.rows == 7
    new = table.read()
    assert {name: values[:5] for name, values in new.items()} == old
    assert [values[5:] for values in new.values()] == [
        ["new <1>", "=2"],
        [7.0, None],
        [14.0, NO_VALUE],
        [NO_VALUE, NO_VALUE],
        [None, None],
        [None, True],
    ]


def test_new_cells_take_style_and_formula_of_the_cell_above(book):
    sheet = appended(book)[SHEET]
    assert cell(sheet, "B7") == b'<c r="B7" s="1"><v>7</v></c>'
    assert cell(sheet, "C7") == b'<c r="C7" s="1"><f>Returns[[#This Row],[Paid]]*2</f><v>14</v></c>'
    assert cell(sheet, "C8") == b'<c r="C8" s="1"><f>Returns[[#This Row],[Paid]]*2</f></c>'
    assert cell(sheet, "D8") == b'<c r="D8"><f>IF(B8&gt;20,"Refund now","")</f></c>'
    assert cell(sheet, "E8") == b'<c r="E8" s="2"/>'


def test_every_range_that_ends_at_the_tables_last_row_grows(book):
    old = members(book)
    new = appended(book)
    assert b'ref="A1:F8"' in new[TABLE]
    assert b'<autoFilter ref="A1:F8"' in new[TABLE]
    assert new[TABLE].replace(b"A1:F8", b"A1:F6") == old[TABLE]
    sheet = new[SHEET]
    assert b'<dimension ref="A1:F8"/>' in sheet
    assert b'sqref="B2:B8"' in sheet
    assert b'sqref="D2:E8"' in sheet
    assert b"<xm:sqref>B2:B8</xm:sqref>" in sheet
    assert b'sqref="H2:H99"' in sheet
    assert sorted(name for name in old if old[name] != new[name]) == sorted([SHEET, TABLE])


def test_openpyxl_finds_the_grown_table(book):
    appended(book)
    sheet = openpyxl.load_workbook(book)["Returns"]
    assert sheet.tables["Returns"].ref == "A1:F8"
    assert [cell.value for cell in sheet[7]][:3] == ["new <1>", 7, "=Returns[[#This Row],[Paid]]*2"]


def test_a_table_with_one_blank_row_is_filled_from_there(tmp_path):
    path = rich_book(tmp_path / "empty.xlsx", 1)
    rewrite(path, {SHEET: lambda raw: re.sub(rb'<c r="[AB]2".*?</c>', b"", raw)})
    appended(path)
    table = Workbook.open(path).tables["Returns"]
    assert table.read(["Return ID", "Paid", "Twice"]) == {
        "Return ID": ["new <1>", "=2"],
        "Paid": [7.0, None],
        "Twice": [14.0, NO_VALUE],
    }
    assert b"<f>Returns[[#This Row],[Paid]]*2</f><v>14</v>" in cell(members(path)[SHEET], "C2")


def test_one_row_for_a_blank_table_leaves_its_size(tmp_path):
    path = rich_book(tmp_path / "empty.xlsx", 1)
    rewrite(path, {SHEET: lambda raw: re.sub(rb'<c r="[AB]2".*?</c>', b"", raw)})
    old = members(path)[TABLE]
    assert appended(path, ROWS[:1])[TABLE] == old


def test_a_shared_formula_is_repeated_as_an_own_one(book):
    def change(raw):
        raw = raw.replace(
            cell(raw, "C2"),
            b'<c r="C2"><f t="shared" ref="C2:C6" si="0">B2*$B$2+Returns[[#This Row],[Paid]]</f><v>1</v></c>',
        )
        for row in range(3, 7):
            raw = raw.replace(
                cell(raw, f"C{row}"), b'<c r="C%d"><f t="shared" si="0"/><v>1</v></c>' % row
            )
        return raw

    rewrite(book, {SHEET: change})
    assert (
        cell(appended(book)[SHEET], "C8")
        == b'<c r="C8"><f>B8*$B$2+Returns[[#This Row],[Paid]]</f></c>'
    )


def test_new_formula_cells_join_the_calculation_chain(book):
    chain = b'<?xml version="1.0"?><calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="C2" i="1"/></calcChain>'
    relation = b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>'
    rewrite(
        book,
        {
            "xl/calcChain.xml": chain,
            "xl/_rels/workbook.xml.rels": lambda raw: raw.replace(b"</Relationships>", relation),
        },
    )
    new = appended(book)["xl/calcChain.xml"]
    assert new == chain.replace(
        b"</calcChain>",
        b'<c r="C7" i="1"/><c r="D7" i="1"/><c r="C8" i="1"/><c r="D8" i="1"/></calcChain>',
    )


def test_cells_beside_the_table_stay(tmp_path):
    path = rich_book(tmp_path / "b.xlsx", 3, after=lambda _, sheet: sheet.write("K5", "beside"))
    sheet = appended(path)[SHEET]
    assert re.search(rb'<row r="5"[^>]*>(<c r="[A-F]5".*?)<c r="K5"', sheet)


def test_blank_cells_below_are_taken_over(tmp_path):
    def below(book, sheet):
        sheet.write_blank("B5", None, book.add_format({"bold": True}))

    path = rich_book(tmp_path / "b.xlsx", 3, after=below)
    assert cell(appended(path)[SHEET], "B5") == b'<c r="B5" s="1"><v>7</v></c>'


def test_something_below_the_table_is_never_overwritten(tmp_path):
    path = rich_book(tmp_path / "b.xlsx", 3, after=lambda _, sheet: sheet.write("C6", "mine"))
    before = path.read_bytes()
    book = Workbook.open(path)
    with pytest.raises(Refusal) as refused:
        book.append("Returns", ROWS)
    assert refused.value.finding.place == "Returns!C6"
    assert not book.changed
    assert path.read_bytes() == before


def test_a_refused_append_to_a_blank_table_changes_nothing(tmp_path):
    path = rich_book(tmp_path / "b.xlsx", 1, after=lambda _, sheet: sheet.write("C3", "mine"))
    rewrite(path, {SHEET: lambda raw: re.sub(rb'<c r="[AB]2".*?</c>', b"", raw)})
    book = Workbook.open(path)
    with pytest.raises(Refusal, match="something stands here"):
        book.append("Returns", ROWS)
    assert not book.changed
    assert book.tables["Returns"].rows == 1


def test_a_table_below_or_a_total_row_is_refused(tmp_path):
    path = rich_book(
        tmp_path / "b.xlsx", 3, after=lambda _, sheet: sheet.add_table("B6:C7", {"name": "Below"})
    )
    with pytest.raises(Refusal, match="Below"):
        Workbook.open(path).append("Returns", ROWS)
    rewrite(path, {TABLE: lambda raw: raw.replace(b'totalsRowShown="0"', b'totalsRowCount="1"')})
    with pytest.raises(Refusal, match="total row"):
        Workbook.open(path).append("Returns", ROWS)


def test_merged_cells_where_rows_must_go_are_refused(tmp_path):
    path = rich_book(
        tmp_path / "b.xlsx",
        3,
        after=lambda book, sheet: sheet.merge_range("A5:B5", "", book.add_format()),
    )
    with pytest.raises(Refusal, match="merged"):
        Workbook.open(path).append("Returns", ROWS)


def test_an_unknown_header_is_refused(book):
    with pytest.raises(Refusal, match="no column 'Colour'"):
        Workbook.open(book).append("Returns", [{"Colour": 1.0}])


def test_appending_nothing_changes_nothing(book):
    edited = Workbook.open(book)
    edited.append("Returns", [])
    assert not edited.save()


def test_rows_appended_twice_and_then_written_are_one_change(book):
    edited = Workbook.open(book)
    edited.append("Returns", ROWS)
    edited.append("Returns", ROWS[:1])
    assert edited.write("Returns", {"Paid": [i + 100.0 for i in range(8)]}) == 8
    edited.save()
    table = Workbook.open(book).tables["Returns"]
    assert table.read(["Paid"])["Paid"] == [i + 100.0 for i in range(8)]


def test_many_rows_are_appended(book):
    appended(book, [{"Paid": float(i)} for i in range(20_000)])
    assert Workbook.open(book).tables["Returns"].read(["Paid"])["Paid"][5:] == [
        float(i) for i in range(20_000)
    ]
