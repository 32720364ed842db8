import errno
import os
import stat
import tempfile
import time
from pathlib import Path

import pytest

from tests.books.helpers import SHEET, changed, names
from tests.support.zips import members
from xl_returns.books import deflate
from xl_returns.books.save import backup_path
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Refusal


def test_the_previous_file_is_kept_beside_the_new_one(book):
    before = book.read_bytes()
    assert changed(book).save()
    assert backup_path(book).name == "Returns.backup.xlsx"
    assert backup_path(book).read_bytes() == before
    assert names(book.parent) == ["Returns.backup.xlsx", "Returns.xlsx"]


def test_the_backup_is_always_the_last_file_before(book):
    changed(book).save()
    second = book.read_bytes()
    edited = Workbook.open(book)
    edited.write("Returns", {"Paid": [2.0] * 5})
    edited.save()
    assert backup_path(book).read_bytes() == second


def test_without_hard_links_the_backup_is_a_copy(book, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    before = book.read_bytes()
    changed(book).save()
    assert backup_path(book).read_bytes() == before


def test_saving_twice_with_one_workbook_works(book):
    edited = changed(book)
    assert edited.save()
    assert not edited.save()
    edited.write("Returns", {"Paid": [2.0] * 5})
    assert edited.save()
    assert Workbook.open(book).tables["Returns"].read(["Paid"])["Paid"] == [2.0] * 5


def test_another_target_leaves_the_source_alone(book, tmp_path):
    before = book.read_bytes()
    target = tmp_path / "out.xlsx"
    assert changed(book).save(target)
    assert book.read_bytes() == before
    assert Workbook.open(target).tables["Returns"].read(["Paid"])["Paid"] == [1.0] * 5
    assert names(tmp_path) == ["Returns.xlsx", "out.xlsx"]


def test_a_target_is_written_even_when_nothing_changed(book, tmp_path):
    assert Workbook.open(book).save(tmp_path / "copy.xlsx")
    assert (tmp_path / "copy.xlsx").read_bytes() == book.read_bytes()


def test_permissions_are_kept(book):
    book.chmod(0o640)
    changed(book).save()
    assert stat.S_IMODE(book.stat().st_mode) == 0o640


def test_a_link_to_the_file_stays_a_link(book, tmp_path):
    link = tmp_path / "link.xlsx"
    link.symlink_to(book)
    changed(link).save()
    assert link.is_symlink()
    assert Workbook.open(book).tables["Returns"].read(["Paid"])["Paid"] == [1.0] * 5


def test_a_file_that_changed_since_it_was_read_is_not_replaced(book):
    edited = changed(book)
    theirs = book.read_bytes() + b""
    os.utime(book, (1, 1))
    assert _refused(edited)
    book.write_bytes(theirs[:-1] + b"x")
    assert _refused(edited)
    assert book.read_bytes() == theirs[:-1] + b"x"


def test_a_file_that_changes_while_it_is_saved_is_not_replaced(book, monkeypatch):
    edited, link = changed(book), os.link

    def meddle(source, target):
        link(source, target)
        Path(source).write_bytes(b"theirs")

    monkeypatch.setattr(os, "link", meddle)
    with pytest.raises(Refusal, match="changed by someone else"):
        edited.save()
    assert book.read_bytes() == b"theirs"


@pytest.mark.parametrize("step", ["replace", "fsync"])
@pytest.mark.parametrize(
    "error",
    [PermissionError(errno.EACCES, "denied"), OSError(errno.ENOSPC, "No space left on device")],
)
def test_a_failed_save_leaves_the_old_file_and_no_leftovers(book, monkeypatch, step, error):
    edited, before = changed(book), book.read_bytes()

    def fail(*_):
        raise error

    monkeypatch.setattr(os, step, fail)
    assert _refused(edited)
    assert book.read_bytes() == before
    assert [name for name in names(book.parent) if name.startswith(".")] == []


def test_a_full_disk_leaves_the_old_file_and_no_leftovers(book, monkeypatch):
    edited, before = changed(book), book.read_bytes()

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("xl_returns.books.package.Package.write", fail)
    assert "No space left" in _refused(edited)
    assert book.read_bytes() == before
    assert names(book.parent) == ["Returns.xlsx"]


def test_a_file_that_does_not_read_back_is_not_put_in_place(book):
    edited, before = changed(book), book.read_bytes()
    packed = edited._sheets.package.changed[SHEET].file
    packed.seek(0)
    packed.write(b"\x00" * 10)
    assert _refused(edited)
    assert book.read_bytes() == before


def test_a_sheet_that_finds_no_room_to_wait_is_refused(book, monkeypatch):
    monkeypatch.setattr(deflate, "_IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(book.parent / "gone"))
    with pytest.raises(Refusal, match="no room for unfinished work"):
        changed(book)


def test_leftovers_of_killed_runs_are_removed_when_they_are_old(book):
    old, young = (book.with_name(f".xl-returns-{name}.tmp") for name in ("old", "young"))
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    changed(book).save()
    assert not old.exists()
    assert young.exists()


def test_a_missing_folder_is_refused(book, tmp_path):
    with pytest.raises(Refusal, match="could not be saved"):
        changed(book).save(tmp_path / "no" / "out.xlsx")


def test_all_members_are_there_after_saving(book):
    before = list(members(book))
    changed(book).save()
    assert list(members(book)) == before


def _refused(edited):
    with pytest.raises(Refusal) as refused:
        edited.save()
    return str(refused.value)
