import hashlib
import math
import re
import time
import zipfile

import openpyxl
import pytest

from tests.books.helpers import HEADERS, SHEET, cell, rich_book, without_cells
from tests.support.zips import members, rewrite
from xl_returns.books import stream
from xl_returns.books.cells import CellError
from xl_returns.books.column_writer import KEEP
from xl_returns.books.workbook import Workbook
from xl_returns.core.cells import NO_VALUE
from xl_returns.core.findings import Refusal

NEW = {
    "Action": ["Refund now", "a < b & c", None, " spaced ", "=1+1"],
    "Done": [1.5, True, CellError("#N/A"), None, "x\r\ny"],
}

READ = {**NEW, "Action": [*NEW["Action"][:2], NO_VALUE, *NEW["Action"][3:]]}
"""As it is read back: a blank leaves a formula without a value."""


def saved(path, columns=NEW, table="Returns"):
    book = Workbook.open(path)
    count = book.write(table, columns)
    assert book.save()
    return count


def test_what_is_written_is_read_back(book):
    saved(book)
    assert Workbook.open(book).tables["Returns"].read(list(NEW)) == READ


def test_openpyxl_reads_what_was_written(book):
    saved(book)
    sheet = openpyxl.load_workbook(book, data_only=True)["Returns"]
    assert [sheet.cell(row, 4).value for row in range(2, 7)] == NEW["Action"]
    assert [sheet.cell(row, 6).value for row in range(2, 6)] == [1.5, True, "#N/A", None]


def test_every_other_member_keeps_its_bytes_order_and_time(book):
    before, infos = book.read_bytes(), _infos(book)
    old = members(book)
    saved(book)
    new = members(book)
    assert [n for n in old if old[n] != new[n]] == [SHEET]
    assert [(i.filename, i.date_time, i.external_attr) for i in infos] == [
        (i.filename, i.date_time, i.external_attr) for i in _infos(book)
    ]
    after = book.read_bytes()
    for info in infos:
        if info.filename != SHEET:
            raw = before[info.header_offset : info.header_offset + 30 + info.compress_size]
            assert raw in after


def test_every_byte_outside_the_written_cells_stays(book):
    old = members(book)[SHEET]
    saved(book)
    new = members(book)[SHEET]
    assert _without_extents(without_cells(new)) == _without_extents(without_cells(old))
    for row in range(1, 7):
        for column in "ABCE":
            assert cell(new, f"{column}{row}") == cell(old, f"{column}{row}")


def test_writing_the_same_again_changes_nothing(book):
    saved(book)
    stamp, digest = book.stat().st_mtime_ns, hashlib.sha256(book.read_bytes()).digest()
    time.sleep(0.01)
    again = Workbook.open(book)
    assert again.write("Returns", NEW) == 0
    assert not again.save()
    assert (book.stat().st_mtime_ns, hashlib.sha256(book.read_bytes()).digest()) == (stamp, digest)


def test_only_cells_that_differ_are_counted(book):
    assert saved(book, {"Paid": [10.5, 21.0, 31.5, 42.0, 53.0]}) == 1


def test_equal_values_in_other_spellings_are_left_alone(book):
    rewrite(book, {SHEET: lambda raw: raw.replace(b"<v>10.5</v>", b"<v>1.05E1</v>")})
    values = Workbook.open(book).tables["Returns"].read()
    edited = Workbook.open(book)
    assert edited.write("Returns", values) == 0
    assert not edited.changed


def test_a_formula_stays_and_gets_a_new_cached_value(book):
    saved(book)
    sheet = members(book)[SHEET]
    assert (
        cell(sheet, "D2")
        == b'<c r="D2" t="str"><f>IF(B2&gt;20,"Refund now","")</f><v>Refund now</v></c>'
    )
    assert cell(sheet, "D4") == b'<c r="D4"><f>IF(B4&gt;20,"Refund now","")</f></c>'


def test_a_text_that_looks_like_a_formula_stays_text(book):
    saved(book, {"Why & how": ["=1+1", "+1", "@x", "-1", "=cmd|' /C calc'!A0"]})
    sheet = members(book)[SHEET]
    assert cell(sheet, "E2") == b'<c r="E2" s="2" t="str"><v>=1+1</v></c>'
    assert b"<f>" not in b"".join(cell(sheet, f"E{row}") for row in range(2, 7))


def test_blanks_at_the_edges_of_a_text_are_kept(book):
    saved(book)
    assert b'<v xml:space="preserve"> spaced </v>' in cell(members(book)[SHEET], "D5")


@pytest.mark.parametrize("text", ["x ", " x", "x\n", "\nx", "x\t", "\tx"])
def test_so_are_they_where_every_cell_of_a_column_gets_a_text(book, text):
    saved(book, {"Why & how": ["plain", text, "plain", "plain", "plain"]})
    kept = b'<v xml:space="preserve">%b</v>' % text.encode()
    assert kept in members(book)[SHEET]


def test_a_text_that_is_spelled_like_an_error_is_no_error(book):
    opened = Workbook.open(book)
    held = opened.tables["Returns"].read(["Done"])["Done"]
    assert held.count(CellError("#DIV/0!")) == 1
    told = [str(value) if isinstance(value, CellError) else value for value in held]
    assert opened.write("Returns", {"Done": told}) == 1


def test_a_new_cell_takes_the_style_of_the_cell_above(book):
    rewrite(book, {SHEET: lambda raw: re.sub(rb'<c r="B[345]".*?</c>', b"", raw)})
    saved(book, {"Paid": [1.0, 2.0, 3.0, 4.0, 5.0]})
    sheet = members(book)[SHEET]
    assert cell(sheet, "B4") == b'<c r="B4" s="1"><v>3</v></c>'
    assert sheet.index(b'r="A4"') < sheet.index(b'r="B4"') < sheet.index(b'r="C4"')


def test_so_it_does_where_the_cell_above_was_read_before(book, monkeypatch):
    monkeypatch.setattr(stream, "_BATCH", 2)
    rewrite(book, {SHEET: lambda raw: re.sub(rb'<c r="B4".*?</c>', b"", raw)})
    saved(book, {"Paid": [1.0, 2.0, 3.0, 4.0, 5.0]})
    assert cell(members(book)[SHEET], "B4") == b'<c r="B4" s="1"><v>3</v></c>'


def test_a_new_cell_with_none_above_takes_the_columns_style(tmp_path):
    def add(book, sheet):
        sheet.set_column("F:F", 12, book.add_format({"num_format": "0.0000"}))

    path = rich_book(tmp_path / "b.xlsx", 3, after=add)
    rewrite(path, {SHEET: lambda raw: re.sub(rb'<c r="F[23]".*?</c>', b"", raw)})
    saved(path, {"Done": [1.0, 2.0, 3.0]})
    sheet = members(path)[SHEET]
    style = re.search(rb'<col min="6"[^>]*style="(\d+)"', sheet)[1]
    assert cell(sheet, "F2") == b'<c r="F2" s="%b"><v>1</v></c>' % style


def test_rows_that_the_sheet_left_out_are_read_as_blank_and_written(book):
    rewrite(book, {SHEET: lambda raw: re.sub(rb'<row r="[46]".*?</row>', b"", raw)})
    table = Workbook.open(book).tables["Returns"]
    assert table.read(["Paid"])["Paid"] == [10.5, 21.0, None, 42.0, None]
    assert saved(book, {"Paid": [10.5, 21.0, 7.0, 42.0, None]}) == 1
    sheet = members(book)[SHEET]
    assert b'<row r="4"><c r="B4" s="1"><v>7</v></c></row><row r="5"' in sheet
    assert b'<row r="6"' not in sheet


def test_the_spans_of_a_row_take_in_a_new_cell(book):
    rewrite(
        book,
        {
            SHEET: lambda raw: re.sub(
                rb'<row r="4" spans="1:8"',
                b'<row r="4" spans="1:5"',
                re.sub(rb'spans="\d+:\d+"', b'spans="1:8"', raw),
            )
        },
    )
    saved(book, {"Done": [1.0, 2.0, 3.0, 4.0, 5.0]})
    assert b'<row r="4" spans="1:6"' in members(book)[SHEET]


def test_single_cells_are_written(book):
    edited = Workbook.open(book)
    assert edited.write_cells("Returns", {(0, "Paid"): 99.0, (4, "Why & how"): "late"}) == 2
    edited.save()
    rows = Workbook.open(book).tables["Returns"].read(["Paid", "Why & how"])
    assert rows == {"Paid": [99.0, 21.0, 31.5, 42.0, 52.5], "Why & how": [None] * 4 + ["late"]}


def test_a_kept_cell_keeps_what_it_has(book):
    assert saved(book, {"Paid": [KEEP, 1.0, KEEP, KEEP, 2.0]}) == 2
    assert Workbook.open(book).tables["Returns"].read(["Paid"])["Paid"] == [
        10.5,
        1.0,
        31.5,
        42.0,
        2.0,
    ]


def test_transform_reads_decides_and_writes_in_one_pass(tmp_path):
    path = rich_book(tmp_path / "big.xlsx", 9000)
    edited = Workbook.open(path)
    sizes = []

    def decide(rows):
        sizes.append(len(rows["Paid"]))
        return {"Done": [paid + 1 for paid in rows["Paid"]]}

    assert edited.transform("Returns", ["Paid"], ["Done"], decide) == 9000
    edited.save()
    table = Workbook.open(path).tables["Returns"].read(["Paid", "Done"])
    assert sum(sizes) == 9000
    assert len(sizes) > 1
    assert table["Done"] == [paid + 1 for paid in table["Paid"]]


def test_an_error_of_the_deciding_function_comes_out_as_it_is(book):
    def decide(_rows):
        raise ValueError("mine")

    edited = Workbook.open(book)
    with pytest.raises(ValueError, match=r"^mine$"):
        edited.transform("Returns", ["Paid"], ["Done"], decide)
    assert not edited.changed


def test_read_shows_unsaved_changes(book):
    edited = Workbook.open(book)
    edited.write("Returns", NEW)
    edited.write("Returns", {"Paid": [1.0] * 5})
    assert edited.tables["Returns"].read(["Paid", "Action"]) == {
        "Paid": [1.0] * 5,
        "Action": READ["Action"],
    }


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, CellError("#OOPS!")])
def test_what_no_cell_can_hold_is_refused_with_its_place(book, value):
    edited = Workbook.open(book)
    with pytest.raises(Refusal) as refused:
        edited.write("Returns", {"Done": [1.0, value, 2.0, None, 3.0]})
    assert refused.value.finding.place == "Returns!F3"
    assert not edited.changed


def test_text_longer_than_a_cell_is_cut_where_excel_ends(book):
    saved(book, {"Done": ["x" * 40_000, "😀" * 20_000, "a\x00b\ud800c", None, "_x0041_"]})
    done = Workbook.open(book).tables["Returns"].read(["Done"])["Done"]
    assert done == ["x" * 32_767, "😀" * 16_383, "abc", None, "_x0041_"]


def test_a_wrong_number_of_values_is_the_programmers_mistake(book):
    with pytest.raises(ValueError, match="needs 5 values"):
        Workbook.open(book).write("Returns", {"Done": [1.0]})


def test_a_missing_column_or_table_is_refused_by_name(book):
    edited = Workbook.open(book)
    with pytest.raises(Refusal, match="no column 'Colour'"):
        edited.write("Returns", {"Colour": [1.0] * 5})
    with pytest.raises(Refusal, match="no table named Retruns"):
        edited.tables["Retruns"]


def test_a_table_knows_its_sheet_headers_rows_and_places(book):
    table = Workbook.open(book).tables["Returns"]
    assert (table.name, table.sheet, table.headers, table.rows) == (
        "Returns",
        "Returns",
        HEADERS,
        5,
    )
    assert table.place(0, "Paid") == "Returns!B2"
    assert list(Workbook.open(book).tables) == ["Returns", "Second"]


def _without_extents(sheet):
    """The sheet without what says how far its cells reach."""
    return re.sub(rb' spans="[^"]*"|<dimension [^>]*>', b"", sheet)


def _infos(path):
    with zipfile.ZipFile(path) as file:
        return file.infolist()
