"""One run at a time on a workbook, and the traces of one that was stopped."""

from __future__ import annotations

import errno
import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.books.helpers import TABLE, changed, names
from xl_returns.books.hold import Busy, held, temporary
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Refusal

fcntl = pytest.importorskip("fcntl", reason="Windows locks and kills in its own way")
HOLD = "import sys; from pathlib import Path; from xl_returns.books.hold import held\n"
UNTIL_TOLD = "with held(Path(sys.argv[1])): print('held', flush=True); input()"
KILLED = """
import os, signal
with held(Path(sys.argv[1])):
    if len(sys.argv) > 2: Path(sys.argv[1]).write_bytes(Path(sys.argv[2]).read_bytes())
    os.kill(os.getpid(), signal.SIGKILL)
"""


def child(code, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD + code, *arguments], text=True, bufsize=1, **options
    )


def test_a_workbook_that_another_process_holds_is_neither_opened_nor_saved(book):
    edited, before = changed(book), book.read_bytes()
    other = child(UNTIL_TOLD, book, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == "held\n"
    for work in (edited.save, lambda: Workbook.open(book)):
        with pytest.raises(Busy, match="another run of xl-returns works on it; wait until"):
            work()
    assert book.read_bytes() == before
    other.communicate("\n")
    assert edited.save()
    assert names(book.parent) == ["Returns.backup.xlsx", "Returns.xlsx"]


def test_a_thread_holds_a_workbook_against_another_thread_but_not_against_itself(book):
    found = []

    def work():
        try:
            with held(book):
                found.append("held")
        except Busy:
            found.append("busy")

    with held(book), held(book):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    work()
    assert found == ["busy", "held"]


def test_two_names_of_one_workbook_are_held_as_one(book, tmp_path):
    link = tmp_path / "link.xlsx"
    link.symlink_to(book)
    with held(link):
        assert len(names(tmp_path)) == 3
        with held(book):
            pass
    assert names(tmp_path) == ["Returns.xlsx", "link.xlsx"]


@pytest.mark.parametrize(
    ("saved", "told"), [(False, "before it had saved"), (True, "after it had")]
)
def test_the_run_after_one_that_was_killed_clears_up_and_says_so(
    book, tmp_path, caplog, saved, told
):
    new = tmp_path / "new"
    new.write_bytes(book.read_bytes())
    child(KILLED, book, *([new] if saved else [])).wait()
    new.unlink()
    with temporary(book) as left:
        copy = left.read_bytes()
    left.write_bytes(copy)
    assert len(names(tmp_path)) == 3
    Workbook.open(book)
    assert names(tmp_path) == ["Returns.xlsx"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert caplog.records[0].getMessage().startswith("Returns.xlsx: a run that began on 2")
    assert told in caplog.text
    caplog.clear()
    assert changed(book).save()
    assert not caplog.records


def test_a_mark_that_says_nothing_is_cleared_up_without_a_word(book, caplog):
    with held(book):
        mark = next(path for path in book.parent.iterdir() if path.suffix == ".lock")
    mark.touch()
    Workbook.open(book)
    assert names(book.parent) == ["Returns.xlsx"]
    assert not caplog.records


def test_a_mark_with_nonsense_in_it_is_cleared_up(book, caplog):
    with held(book):
        mark = next(path for path in book.parent.iterdir() if path.suffix == ".lock")
    mark.write_bytes(bytes(100) + b"\xff")
    Workbook.open(book)
    assert "a run was stopped" in caplog.text


def test_a_workbook_that_is_only_read_is_left_with_its_traces(book):
    child(KILLED, book).wait()
    Workbook.open(book, read_only=True)
    assert len(names(book.parent)) == 2


def test_without_locks_the_young_files_of_others_stay(book, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with temporary(book) as theirs:
        assert changed(book).save()
        assert theirs.exists()


def test_a_mark_that_is_removed_while_it_is_locked_is_not_taken(book, monkeypatch):
    """Another run ends between our opening its mark and our locking it."""
    real = fcntl.flock

    def late(file, how):
        real(file, how)
        if not removed:
            removed.append(file)
            Path(file.name).unlink()

    removed = []
    monkeypatch.setattr(fcntl, "flock", late)
    with held(book):
        assert len(names(book.parent)) == 2
    assert len(removed) == 1


def test_what_is_marked_as_read_only_is_not_replaced(book):
    before = book.read_bytes()
    book.chmod(0o444)
    with pytest.raises(Refusal, match="marked as read-only; take the mark off"):
        changed(book).save()
    assert book.read_bytes() == before


def test_a_workbook_that_was_moved_away_is_not_made_anew(book):
    edited = changed(book)
    book.rename(book.with_name("Moved.xlsx"))
    with pytest.raises(Refusal, match="or moved away"):
        edited.save()
    assert names(book.parent) == ["Moved.xlsx"]


def test_a_file_that_cannot_be_read_any_more_is_a_refusal(book, monkeypatch):
    opened = Workbook.open(book)

    def fail(*_, **__):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(Refusal, match=r"cannot be read \(Input/output error"):
        opened._sheets.package.read(TABLE)


def test_no_more_threads_is_want_of_memory(book, monkeypatch):
    def fail(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    with pytest.raises(MemoryError):
        changed(book)
    monkeypatch.undo()
    assert changed(book).save()


def test_a_name_with_no_room_for_the_backup_is_a_refusal(book):
    long = book.rename(book.with_name("r" * 248 + ".xlsx"))
    with pytest.raises(Refusal, match="give it a shorter name"):
        changed(long).save()
    assert names(book.parent) == [long.name]


def test_a_link_to_itself_is_a_refusal(tmp_path):
    (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")
    with pytest.raises(Refusal, match="cannot be read"):
        Workbook.open(tmp_path / "loop.xlsx")
