"""The docs say what the code does."""

from __future__ import annotations

import datetime as dt
import os
import re
import runpy
import shutil
from pathlib import Path
from typing import get_args

import pytest

from tests.support.console import renewed, run, steps
from xl_returns.books.workbook import Workbook
from xl_returns.desk.intake import import_reports
from xl_returns.desk.new import new_book
from xl_returns.desk.process import process_book
from xl_returns.lint.diagnosis import Kind

ROOT = Path(__file__).parent.parent
PAGES = runpy.run_path(str(ROOT / "scripts" / "write_docs.py"))["PAGES"]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_gives(name):
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name](), "run scripts/write_docs.py"


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name
)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A folder with the sample reports, as a reader of the pages has it."""
    shutil.copytree(ROOT / "xl_returns" / "samples", tmp_path / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def comes_out(page, capsys):
    """How many commands of a page were run; each printed what the page shows.

    With WRITE_DOCS in the environment the page is written anew instead: look at the difference.
    """
    path = ROOT / "docs" / page
    if "WRITE_DOCS" in os.environ:
        text = renewed(path.read_text("utf-8"), lambda command: run(command, capsys))
        path.write_text(text, "utf-8", newline="\n")
        pytest.skip("written anew")
    example = list(steps(path.read_text("utf-8")))
    for command, expected in example:
        assert run(command, capsys) == expected, command
    return len(example)


def test_the_worked_example_comes_out_as_it_is_written(shop, capsys):
    assert comes_out("worked-example.md", capsys) > 15


def test_the_chinese_worked_example_comes_out_as_it_is_written(shop, capsys, monkeypatch):
    monkeypatch.setenv("XL_RETURNS_LANG", "zh")
    assert comes_out("zh/worked-example.md", capsys) > 10


@pytest.fixture
def returns(shop):
    """The sample reports in a workbook, every row decided."""
    day = dt.date(2026, 11, 23)
    new_book(shop / "Returns.xlsx")
    import_reports(sorted((shop / "samples").iterdir()), shop / "Returns.xlsx", day)
    process_book(shop / "Returns.xlsx", day)
    return shop / "Returns.xlsx"


def test_insights_come_out_as_they_are_written(shop, returns, capsys):
    shutil.copy(returns, "Few.xlsx")
    few = Workbook.open(shop / "Few.xlsx")
    place = few.tables["InsightSettings"].read(["Setting"])["Setting"].index("Least returns")
    few.write_cells("InsightSettings", {(place, "Value"): 1.0})
    few.save()
    assert comes_out("insights.md", capsys) > 1


def test_what_choices_cost_comes_out_as_it_is_written(shop, returns, capsys):
    shutil.copy(returns, "Other.xlsx")
    other = Workbook.open(shop / "Other.xlsx")
    other.write_cells("Tiers", {(0, "Low"): 20.0, (0, "High"): 60.0})
    other.save()
    assert comes_out("what-it-costs.md", capsys) > 1


def test_rows_without_end_come_out_as_they_are_written(shop, capsys):
    made = runpy.run_path(str(ROOT / "scripts" / "benchmark_decide.py"))["rows"]
    Path("rows").mkdir()
    for number in range(2):
        made(600, number * 600).write_parquet(f"rows/{number}.parquet")
    assert comes_out("big-data.md", capsys) == 2


def test_what_the_policy_doctor_finds_comes_out_as_it_is_written(shop, capsys):
    new_book(shop / "Returns.xlsx")
    reports = sorted((shop / "samples").iterdir())
    import_reports(reports, shop / "Returns.xlsx", dt.date(2026, 11, 23))
    book = Workbook.open(shop / "Returns.xlsx")
    for table, rule, header, value in (
        ("ActionRules", "S18", "State", "Unknown"),
        ("ActionRules", "S13", "Price", "low"),
        ("RefundRules", "R06", "Withhold", 0.15),
    ):
        row = book.tables[table].read(["Rule"])["Rule"].index(rule)
        book.write_cells(table, {(row, header): value})
    book.save()
    assert comes_out("policy-check.md", capsys) == 1


def test_every_kind_of_finding_is_explained():
    page = (ROOT / "docs" / "policy-check.md").read_text("utf-8")
    assert [kind for kind in get_args(Kind) if f"\n| {kind} | " not in page] == []
