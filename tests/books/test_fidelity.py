"""Whatever stands around our tables stays: every part, every cell, every byte that is not ours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import xl_returns
from tests.support import fidelity, office
from tests.support.corpus import CORPUS, plain, rich
from tests.support.days import TODAY
from tests.support.parts import RETURNS
from tests.support.zips import members, rewrite
from xl_returns.core import columns
from xl_returns.core.findings import Refusal
from xl_returns.desk.intake import import_reports
from xl_returns.desk.process import process_book
from xl_returns.desk.review import check_book

SAMPLES = Path(xl_returns.__file__).parent / "samples"


@pytest.fixture
def two(tmp_path):
    """A workbook's bytes as two files: one to be worked on, one to compare with."""

    def make(raw, suffix=".xlsx"):
        before, after = tmp_path / f"before{suffix}", tmp_path / f"after{suffix}"
        before.write_bytes(raw)
        after.write_bytes(raw)
        return before, after

    return make


@pytest.mark.parametrize(
    "book", [book for book in CORPUS if not (book.refused or book.within)], ids=str
)
def test_process_changes_nothing_but_what_is_ours(two, book):
    before, after = two(book.make(), book.suffix)
    process_book(after, TODAY)
    seen = fidelity.compare(before, after)
    assert seen.wrong == []
    assert seen.changed


@pytest.mark.parametrize("book", [book for book in CORPUS if book.refused], ids=str)
def test_what_cannot_be_kept_whole_is_refused_with_a_way_out_and_left_alone(two, book):
    before, after = two(book.make(), book.suffix)
    with pytest.raises(Refusal) as refused:
        process_book(after, TODAY)
    assert refused.value.finding.remedy
    assert after.read_bytes() == before.read_bytes()
    assert len(list(after.parent.iterdir())) == 2


def test_import_and_check_change_nothing_but_what_is_ours(two):
    before, after = two(rich())
    import_reports([SAMPLES / "mfn_returns.txt", SAMPLES / "settlement.txt"], after, TODAY, "US")
    check_book(after, TODAY, write=True)
    assert fidelity.compare(before, after, columns.REPORTED).wrong == []


@pytest.mark.parametrize(
    ("part", "old", "new", "place"),
    [
        ("xl/theme/theme1.xml", b"Office", b"office", "theme1.xml"),
        (RETURNS, b'<row r="4"', b'<row r="4" hidden="1"', "row 4: attributes"),
        (RETURNS, b"<v>46340</v>", b"<v>46341</v>", "row 5 column 5"),
        (RETURNS, b"</sheetData>", b"</sheetData><!-- -->", "after the rows"),
        (RETURNS, b"<sheetViews>", b"<sheetViews >", "before the rows"),
        (RETURNS, b'<c r="AG5" s="', b'<c r="AG5" s="1', "row 5 column 33"),
        ("xl/tables/table1.xml", b"Return ID", b"Return id", "table1.xml"),
    ],
)
def test_the_comparison_sees_a_change_that_is_not_ours(two, part, old, new, place):
    before, after = two(plain())
    assert old in members(after)[part]
    rewrite(after, {part: lambda raw: raw.replace(old, new, 1)})
    (found,) = fidelity.compare(before, after).wrong
    assert found.endswith(place)


@office.needs_office
def test_libreoffice_opens_what_was_processed_and_finds_all_the_rest_as_it_was(tmp_path):
    (tmp_path / "rich.xlsx").write_bytes(rich())
    (tmp_path / "plain.xlsx").write_bytes(plain())
    own = str(tmp_path / "own.xlsx")
    with office.headless(tmp_path) as ask:
        ask([["make", str(tmp_path / "plain.xlsx"), own]])
        for name in ("rich.xlsx", "own.xlsx"):
            shutil.copy(tmp_path / name, tmp_path / f"after-{name}")
            process_book(tmp_path / f"after-{name}", TODAY)
            assert fidelity.compare(tmp_path / name, tmp_path / f"after-{name}").wrong == []
            was, now = ask(fidelity.orders(tmp_path / name, tmp_path / f"after-{name}"))
            assert was == now
