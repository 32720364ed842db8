"""Many workbooks in a folder, with real processes that are killed for real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.batch_recalculate import main
from xl_returns.books.build import build
from xl_returns.books.hold import held
from xl_returns.books.siblings import original_of
from xl_returns.desk.workers import Died, Workers

ROOT = Path(__file__).parent.parent
DAY = "2026-11-23"
ROW = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "US",
    "Quantity": 1,
    "Unit Paid": 20,
    "Status": "Requested",
}
posix = pytest.mark.skipif(os.name != "posix", reason="signals that end a process are POSIX's")
WHEN_OPENED = """
import os, signal, sys, time
def opened(event, arguments):
    if event == "open" and os.environ.get("UNLUCKY"):
        name = os.path.basename(str(arguments[0]))
        if name == "killed.xlsx":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "huge.xlsx":
            raise MemoryError
        if name == "slow.xlsx":
            time.sleep(60)
sys.addaudithook(opened)
"""


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    path = tmp_path_factory.mktemp("batch") / "book.xlsx"
    build(path, [ROW])
    return path


@pytest.fixture
def shop(workbook, tmp_path):
    """Makes a folder with a workbook of each name."""

    def make(*names):
        for name in names:
            path = tmp_path / "shop" / name
            path.parent.mkdir(exist_ok=True, parents=True)
            shutil.copy(workbook, path)
        return tmp_path / "shop"

    return make


def run(folder, *options):
    return main([str(folder), "--today", DAY, "--jobs", "1", *options])


def started(folder, tmp_path, *options, unlucky=""):
    """The script in a process of its own, in which some file names bring bad luck."""
    (tmp_path / "sitecustomize.py").write_text(WHEN_OPENED)
    path = os.pathsep.join([str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, ROOT / "scripts/batch_recalculate.py", folder, "--today", DAY, *options],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path, "UNLUCKY": unlucky},
    )


def states(told):
    return {found["workbook"]: found["state"] for found in json.loads(told)["workbooks"]}


def test_every_workbook_is_processed_once(shop, capsys):
    folder = shop("a.xlsx", "sub/b.xlsx")
    assert run(folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a.xlsx: 1 rows, 1 new or changed, 0 errors",
        "sub/b.xlsx: 1 rows, 1 new or changed, 0 errors",
        "2 processed",
    ]
    assert (folder / "a.backup.xlsx").exists()
    shutil.copy(folder / "a.backup.xlsx", folder / "a.xlsx")
    run(folder)
    assert capsys.readouterr().out.splitlines() == [
        "a.xlsx: 1 rows, 1 new or changed, 0 errors",
        "sub/b.xlsx: 1 rows, 1 new or changed, 0 errors, done before and unchanged since",
        "1 processed, 1 done before",
    ]
    run(folder, "--again")
    assert capsys.readouterr().out.count("0 new or changed, 0 errors\n") == 2


def test_a_dry_run_writes_nothing(shop):
    folder = shop("a.xlsx")
    before = (folder / "a.xlsx").read_bytes()
    assert run(folder, "--dry-run") == 0
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("a.xlsx", before)]


def test_a_copy_that_a_cloud_made_is_left_alone_and_named(shop, capsys):
    folder = shop("Returns.xlsx", "Returns (Ann's conflicted copy 2026-11-20).xlsx")
    assert run(folder) == 1
    told = capsys.readouterr().out
    assert "it is a copy of Returns.xlsx, so it is left alone; take over what is new in it" in told
    assert "1 left alone, 1 processed" in told


@pytest.mark.parametrize(
    ("name", "is_copy"),
    [
        ("Returns (conflicted copy 2025-04-10 093612)", True),
        ("Returns.sync-conflict-20261126-104055-ABCDEFG", True),
        ("Returns_Andy-PC_Jan-03-0901-2013_CaseConflict_1", True),
        ("Returns-DESKTOP-123", True),
        ("Returns-LAPTOP-4F9Q2B7C-2", True),
        ("Returns (1)", True),
        ("Returns - Copy", True),
        ("Returns-DE", False),
        ("Returns 2026", False),
        ("Returns", False),
        ("Other (conflicted copy)", False),
    ],
)
def test_a_copy_is_known_by_its_name_beside_the_original(tmp_path, name, is_copy):
    (tmp_path / "Returns.xlsx").touch()
    assert original_of(tmp_path / f"{name}.xlsx") == (
        tmp_path / "Returns.xlsx" if is_copy else None
    )


def test_a_workbook_that_another_run_holds_waits_until_it_is_free(shop, capsys, monkeypatch):
    folder = shop("a.xlsx", "b.xlsx")
    monkeypatch.setattr("xl_returns.desk.many._PATIENCE", -1.0)
    with held(folder / "a.xlsx"):
        assert run(folder) == 1
    told = capsys.readouterr().out
    assert "a.xlsx: another run of xl-returns works on it; wait until" in told
    assert "b.xlsx: 1 rows, 1 new" in told


@posix
def test_whatever_happens_to_one_the_others_are_done(shop, tmp_path):
    """One is no workbook, one kills its process, one takes too much memory."""
    folder = shop("a.xlsx", "huge.xlsx", "killed.xlsx", "z.xlsx")
    (folder / "bad.xlsx").write_text("no workbook")
    before = (folder / "killed.xlsx").read_bytes()
    process = started(folder, tmp_path, "--json", "--jobs", "2", unlucky="yes")
    told = process.communicate(timeout=100)[0]
    assert process.returncode == 1
    assert states(told) == {
        "a.xlsx": "processed",
        "bad.xlsx": "refused",
        "huge.xlsx": "refused",
        "killed.xlsx": "lost",
        "z.xlsx": "processed",
    }
    assert "killed.xlsx: the process that worked on it was ended by SIGKILL" in told
    assert "huge.xlsx: the memory was too small" in told
    assert (folder / "killed.xlsx").read_bytes() == before


@posix
def test_a_run_that_was_killed_goes_on_where_it_was(shop, tmp_path, capsys):
    folder = shop("a.xlsx", "slow.xlsx")
    process = started(folder, tmp_path, "--jobs", "1", unlucky="yes")
    assert process.stdout.readline().startswith("a.xlsx: 1 rows")
    while not any(path.stat().st_size for path in folder.glob("*.lock")):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=100)
    assert run(folder, "--json") == 0
    told = capsys.readouterr().out
    assert states(told) == {"a.xlsx": "done before", "slow.xlsx": "processed"}
    assert "was stopped before it had saved" in told


def test_two_runs_at_once_share_the_work(shop, tmp_path):
    folder = shop("a.xlsx", "b.xlsx", "c.xlsx")
    both = [started(folder, tmp_path, "--json", "--jobs", "1") for _ in range(2)]
    told = [states(process.communicate(timeout=100)[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        assert sorted(found[name] for found in told) == ["done before", "processed"]
    assert not [path.name for path in folder.iterdir() if path.name.endswith((".lock", ".tmp"))]


@posix
def test_a_child_that_dies_loses_its_own_job_only():
    found = list(Workers(_unlucky, 1, _lost).each([1, 2, 3, 4]))
    assert found == [1, f"2 lost: {-signal.SIGKILL}", 3, 4]


def _unlucky(job):
    if job == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def _lost(job, died: Died):
    return f"{job} lost: {died.code}"


@pytest.mark.parametrize("wrong", [["a.xlsx"], [".", "--jobs", "0"]])
def test_wrong_use_ends_with_two(wrong, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(wrong)


@posix
def test_a_name_that_no_encoding_knows_stops_nothing_and_is_done_once(shop):
    """A folder that Windows packed, and a console that has no Chinese."""
    folder = shop("a.xlsx", "退货.xlsx")
    shutil.copy(folder / "a.xlsx", folder / os.fsdecode(b"R\xfcck.xlsx"))
    command = [
        sys.executable,
        "scripts/batch_recalculate.py",
        folder,
        "--today",
        DAY,
        "--jobs",
        "1",
    ]
    console = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    for state in ("3 processed", "3 done before"):
        done = subprocess.run(command, cwd=ROOT, env=console, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().splitlines()[-1] == state
