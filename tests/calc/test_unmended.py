"""A live workbook that LibreOffice saved and the extension did not mend: told, decided, mended."""

from __future__ import annotations

import shutil

import pytest

from scripts import build_workbook as sources
from tests.calc.conftest import unpacked_in
from tests.support.days import TODAY
from tests.support.office import converted, needs_office
from tests.support.referee import Chance
from xl_returns.books.build import build
from xl_returns.books.package import Package
from xl_returns.books.parts import VBA, read_parts
from xl_returns.books.save import backup_path, save
from xl_returns.books.workbook import Workbook
from xl_returns.calc.names import IN_CELLS
from xl_returns.core import columns
from xl_returns.desk.health import examine_book
from xl_returns.desk.many import Job, do
from xl_returns.desk.mend import mend_book
from xl_returns.desk.new import new_book
from xl_returns.desk.process import process_book
from xl_returns.desk.review import check_book
from xl_returns.desk.unmended import unmended

NAMES = "LibreOffice saved the functions under names that Excel does not know"
LOST = (
    "LibreOffice saved it without the extension: Excel will miss the formulas that fill new rows, "
    "the names by which macros know the sheets"
)
REMEDY = "close it and run `xl-returns doctor Returns.xlsm --mend`"

pytestmark = needs_office


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "Returns.xlsm"
    build(path, Chance(26).rows(40), sources.macros(sources.own_modules()))
    return path


@pytest.fixture(scope="module")
def from_calc(made, tmp_path_factory, this_engine):
    """The same as LibreOffice saves it when nothing mends it."""
    folder = tmp_path_factory.mktemp("calc")
    return converted(made, folder, "xlsm", unpacked_in(folder, this_engine))


@pytest.fixture
def book(from_calc, tmp_path):
    return shutil.copy(from_calc, tmp_path / "Returns.xlsm")


def decided(path):
    rows = Workbook.open(path, read_only=True).tables["Returns"]
    return rows.read([*columns.SUGGESTIONS, *columns.RECORD])


def test_process_check_doctor_and_the_folder_run_tell_what_was_lost(book):
    told = [("Returns!AG5", NAMES, REMEDY, "error"), ("Returns.xlsm", LOST, REMEDY, "warning")]
    for findings in (
        check_book(book, TODAY).findings,
        process_book(book, TODAY, dry_run=True).findings,
    ):
        assert [(f.place, f.problem, f.remedy, f.severity) for f in findings[:2]] == told
    saved = [check for check in examine_book(book) if check.name == "Saved"]
    assert [(check.told, check.remedy, check.state) for check in saved] == [t[1:] for t in told]
    outcome = do(Job(book.parent, book.name, TODAY))
    assert outcome.notes == tuple(f"Returns.xlsm: {t[1]}; {REMEDY}" for t in told)
    assert not outcome.well
    lines = Workbook.open(book).tables["Check"].read()
    assert lines["Problem"][:2] == [NAMES, LOST]


def test_it_is_decided_as_before_it_was_saved_and_once(book, made, tmp_path):
    before = shutil.copy(made, tmp_path / "Before.xlsm")
    assert process_book(before, TODAY).newly_decided == process_book(book, TODAY).newly_decided > 0
    assert decided(book) == decided(before)
    assert process_book(book, TODAY).newly_decided == 0


def test_mended_it_is_as_it_was_made_and_keeps_its_rows(book, made, tmp_path):
    rows = Workbook.open(book).tables["Returns"].read(columns.INPUTS)
    assert mend_book(book, IN_CELLS)
    assert not list(unmended(Workbook.open(book)))
    assert {check.state for check in examine_book(book)} == {"ok"}
    assert Workbook.open(book).tables["Returns"].read(columns.INPUTS) == rows
    table = Workbook.open(book).tables["Returns"]
    like = Workbook.open(made).tables["Returns"]
    assert table.first_formulas(columns.SUGGESTIONS) == like.first_formulas(columns.SUGGESTIONS)
    fresh = tmp_path / "Fresh.xlsm"
    new_book(fresh)
    assert Package(book).read(VBA) == Package(fresh).read(VBA)
    assert len(list(unmended(Workbook.open(backup_path(book))))) == len([NAMES, LOST])
    assert not mend_book(book, IN_CELLS)


def test_a_column_that_the_seller_added_keeps_its_name_and_the_others_get_their_formulas(book):
    package = Package(book)
    part = next(t.part for t in read_parts(package).tables if t.name == "Returns")
    package.replace(part, [package.read(part).replace(b'"Upload Batch"', b'"Shelf"')])
    save(package, book)
    assert mend_book(book, IN_CELLS)
    assert not list(unmended(Workbook.open(book)))
    assert "Shelf" in Workbook.open(book).tables["Returns"].headers
