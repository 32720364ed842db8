"""The docs say what the code does."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path

import pytest

from tests.support.console import run, steps

ROOT = Path(__file__).parent.parent
PAGES = runpy.run_path(str(ROOT / "scripts" / "write_docs.py"))["PAGES"]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_gives(name):
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name](), "run scripts/write_docs.py"


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name
)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_worked_example_comes_out_as_it_is_written(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "xl_returns" / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    example = list(steps((ROOT / "docs" / "worked-example.md").read_text("utf-8")))
    assert len(example) > 15
    for command, expected in example:
        assert run(command, capsys) == expected, command
