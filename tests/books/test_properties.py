import re

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape as openpyxl_unescape

from tests.books.helpers import rich_book
from xl_returns.books import cells, deflate
from xl_returns.books.cells import CellError, Decoder, clean, encode, encode_all, escape, unescape
from xl_returns.books.refs import Area, column_name, column_number, columns_between
from xl_returns.books.workbook import Workbook
from xl_returns.core.cells import NO_VALUE

TEXT = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["_x0041_", "_x005F_x", "_x0041_x0042_", "\r\n", " ", "", "]]>", "&amp;", "=1", "0", "1e5"]
)
VALUES = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
    st.booleans(),
    st.sampled_from([CellError("#N/A"), CellError("#DIV/0!")]),
)
SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def kept(value):
    if type(value) is str:
        return clean(value)
    return value


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return rich_book(tmp_path_factory.mktemp("p") / "b.xlsx", 6)


@SETTINGS
@given(
    first=st.lists(VALUES, min_size=6, max_size=6), second=st.lists(VALUES, min_size=6, max_size=6)
)
@example(first=[None] * 6, second=["", 0.0, -0.0, False, "0", "#N/A"])
def test_any_values_read_back_the_same(source, tmp_path, first, second):
    book = Workbook.open(source)
    book.write("Returns", {"Done": first, "Action": second})
    book.write("Returns", {"Done": second, "Action": first})
    target = tmp_path / "t.xlsx"
    book.save(target)
    again = Workbook.open(target)
    expected = {
        "Done": [kept(value) for value in second],
        "Action": [kept(value) for value in first],
    }
    found = {
        header: [None if value == NO_VALUE else value for value in values]
        for header, values in again.tables["Returns"].read(["Done", "Action"]).items()
    }
    assert found == expected
    assert [[type(v) for v in c] for c in found.values()] == [
        [type(v) for v in c] for c in expected.values()
    ]
    assert again.write("Returns", {"Done": second, "Action": first}) == 0
    sheet = openpyxl.load_workbook(target, data_only=True)["Returns"]
    for row, value in enumerate(second):
        assert _openpyxl(sheet.cell(row + 2, 6).value) == _plain(value)
    for row, value in enumerate(first):
        assert _openpyxl(sheet.cell(row + 2, 4).value) == _plain(value)


def _openpyxl(value):
    """openpyxl leaves escapes in and has no empty texts."""
    if isinstance(value, str):
        return openpyxl_unescape(value).replace("\r", "") or None
    return value


def _plain(value):
    return kept(value).replace("\r", "") or None if type(value) is str else value


@given(TEXT)
def test_any_text_survives_escaping(text):
    assert unescape(escape(text)) == clean(text)


@given(
    st.lists(VALUES, max_size=8)
    | st.lists(TEXT | st.none(), max_size=8)
    | st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=8)
)
def test_a_column_is_encoded_and_decoded_as_its_cells_are(values):
    kinds, texts = encode_all(values)
    assert list(zip(kinds, texts, strict=True)) == [encode(value) for value in values]
    decoder = Decoder(list)
    assert decoder.column(kinds, texts) == [decoder.value(*encode(value)) for value in values]


@given(st.integers(1, 16384), st.integers(1, 16384), st.integers(1, 16384))
def test_the_pattern_of_a_range_of_columns_matches_these_only(first, last, other):
    inside = re.fullmatch(columns_between(first, last) or "!", column_name(other))
    assert bool(inside) == (first <= other <= last)
    assert column_number(column_name(other)) == other


@given(st.integers(1, 16384), st.integers(1, 1048576))
def test_an_area_reads_back_from_its_name(column, row):
    area = Area(column, row, 16384, 1048576)
    assert Area.parse(str(area)) == area


@given(st.lists(st.binary(max_size=5000), max_size=20))
def test_what_is_deflated_inflates_again(pieces):
    packed = deflate.deflate(pieces)
    assert b"".join(packed.inflated()) == b"".join(pieces)
    assert packed.size == sum(map(len, pieces))


def test_the_limits_are_excels():
    assert cells.TEXT_LIMIT == 32_767
