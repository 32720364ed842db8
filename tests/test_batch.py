"""Many workbooks in a folder, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.batch_recalculate import main
from xl_returns.books.build import build

ROW = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "US",
    "Quantity": 1,
    "Unit Paid": 20,
    "Status": "Requested",
}


@pytest.fixture
def folder(tmp_path):
    build(tmp_path / "a.xlsx", [ROW])
    (tmp_path / "shop").mkdir()
    build(tmp_path / "shop" / "b.xlsx", [ROW, {**ROW, "Return ID": "R2"}])
    return tmp_path


def run(folder, *options):
    return main([str(folder), "--today", "2026-11-23", *options])


def test_every_workbook_is_processed_once(folder, capsys):
    assert run(folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a.xlsx: 1 rows, 1 new or changed, 0 errors",
        f"{Path('shop/b.xlsx')}: 2 rows, 2 new or changed, 0 errors",
    ]
    assert (folder / "a.backup.xlsx").exists()
    run(folder)
    assert "0 new or changed" in capsys.readouterr().out


def test_one_that_cannot_be_read_does_not_stop_the_others(folder, capsys):
    (folder / "aa.xlsx").write_text("no workbook")
    assert run(folder) == 1
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 3
    assert "2 rows" in told[2]


def test_a_dry_run_writes_nothing(folder):
    before = (folder / "a.xlsx").read_bytes()
    assert run(folder, "--dry-run") == 0
    assert (folder / "a.xlsx").read_bytes() == before


def test_what_is_no_folder_is_wrong_use(folder):
    with pytest.raises(SystemExit, match="2"):
        run(folder / "a.xlsx")
