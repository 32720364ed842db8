"""A sample of what `scripts/try_faults.py` does in full: system calls of a save go wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xl_returns import cli
from xl_returns.books.package import Package

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forks")
def test_whatever_goes_wrong_in_a_save_the_file_is_whole_and_the_next_run_mends():
    command = [sys.executable, "-m", "scripts.try_faults", "--sample", "--only", "saves"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tried = re.search(r"(\d+)  in all, 0 not as they must be", done.stdout)
    assert int(tried[1]) > 100


def test_want_of_memory_is_a_sentence(tmp_path, monkeypatch, capsys):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(Package, "__init__", fail)
    with pytest.raises(SystemExit, match="2"):
        cli.main(["process", str(tmp_path / "a.xlsx")])
    assert capsys.readouterr().err == f"{cli.NO_MEMORY}\n"
