"""The replay as a user runs it: a workbook or a file of rows, a report, a sheet, JSON."""

from __future__ import annotations

import json

import openpyxl
import polars as pl
import pytest

from tests.desk.conftest import SAMPLES
from tests.support.console import run
from tests.support.days import TODAY
from tests.support.office import converted, needs_office
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Refusal
from xl_returns.desk.intake import import_reports
from xl_returns.desk.simulate import is_replay, simulate, write_replay


@pytest.fixture
def shop(make_book):
    path = make_book()
    import_reports(SAMPLES, path, TODAY)
    return path


@pytest.fixture
def other(make_book):
    path = make_book(name="Other.xlsx")
    book = Workbook.open(path)
    book.write_cells("Tiers", {(0, "Low"): 20.0, (0, "High"): 60.0})
    book.save()
    return path


def test_a_workbook_against_itself_changes_nothing_and_is_left_alone(shop):
    before = shop.read_bytes()
    seen = simulate(shop, shop, TODAY)
    assert (seen.changed, seen.changes) == (0, [])
    assert {one.saved for one in seen.money} == {0.0}
    assert shop.read_bytes() == before


def test_every_view_of_a_replay_adds_up_to_the_same_saving(shop, other):
    seen = simulate(shop, other, TODAY)
    (usd,) = [one for one in seen.money if one.changed]
    assert usd.currency == "USD"
    assert usd.saved_at_least <= usd.saved <= usd.saved_at_most
    assert sum(line["Rows"] for line in seen.actions) == seen.changed == len(seen.changes)
    for lines in (seen.changes, *seen.breakdowns.values()):
        total = sum(line["Saved"] for line in lines if line["Currency"] == "USD")
        assert total == pytest.approx(usd.saved)


def test_the_policy_of_a_file_of_rows_is_the_guide_or_the_one_of_now(shop, other, tmp_path):
    rows = tmp_path / "rows.parquet"
    pl.DataFrame(
        {
            "Return ID": ["A", "B"], "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0,
            "Unit Paid": [30.0, 70.0], "Status": "Closed", "Reason": "UNWANTED_ITEM",
        }
    ).write_parquet(rows)  # fmt: skip
    assert simulate(rows, other, TODAY).changed == 2
    assert simulate(rows, other, TODAY, now=other).changed == 0


def test_a_replay_is_told_as_json(shop, other, capsys):
    told = json.loads(run(f"xl-returns simulate {shop} --policy {other} --json", capsys))
    assert told["changed"] == len(told["changes"]) > 0
    assert {"currency", "saved", "tornado"} <= set(told["money"][0])
    assert told["assumptions"]


@needs_office
def test_the_sheet_of_a_replay_opens_with_its_charts(shop, other, tmp_path):
    out = tmp_path / "Replay.xlsx"
    write_replay(simulate(shop, other, TODAY), out)
    book = openpyxl.load_workbook(converted(out, tmp_path / "lo", "xlsx"))
    assert book.sheetnames == ["Replay", "By SKU", "By Reason", "By Marketplace", "Changes"]
    assert len(book["Replay"]._charts) == 2
    assert book["Replay"]["A5"].value == "Currency"


def test_without_another_policy_there_is_nothing_to_replay(shop):
    with pytest.raises(Refusal, match="give --policy or --search"):
        simulate(shop, None, TODAY)


def test_hostile_text_of_a_return_is_no_formula_on_the_sheet(make_book, other, tmp_path):
    shop = make_book({"SKU": "=HYPERLINK(1)", "Unit Paid": 30})
    out = tmp_path / "Replay.xlsx"
    write_replay(simulate(shop, other, TODAY), out)
    cells = [c for sheet in openpyxl.load_workbook(out) for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]
    assert any(c.value == "=HYPERLINK(1)" for c in cells)


@pytest.mark.parametrize("which", ["shop", "other"])
def test_a_replay_is_never_written_over_a_workbook_of_the_sellers(shop, other, which, capsys):
    target = {"shop": shop, "other": other}[which]
    before = target.read_bytes()
    command = f"xl-returns simulate {shop} --policy {other} -o {target}"
    assert "is there and is no replay" in run(command, capsys)
    assert target.read_bytes() == before


def test_a_replay_is_written_over_an_earlier_one(shop, other, tmp_path):
    out = tmp_path / "Replay.xlsx"
    write_replay(simulate(shop, shop, TODAY), out)
    before = out.read_bytes()
    write_replay(simulate(shop, other, TODAY), out)
    assert out.read_bytes() != before
    assert is_replay(out)


def test_who_holds_everything_saves_nothing(shop, make_book):
    """A person then decides as the policy of now does, and takes time for it."""
    path = make_book(name="Other.xlsx")
    book = Workbook.open(path)
    rules = book.tables["ActionRules"].read(["Rule"])["Rule"]
    book.write("ActionRules", {"On": ["Y" if rule == "X99" else "N" for rule in rules]})
    book.save()
    seen = simulate(shop, path, TODAY)
    assert seen.changed > 0
    assert all(one.saved < 0 for one in seen.money if one.changed)


def test_a_workbook_without_a_policy_is_refused(shop, other, tmp_path):
    out = tmp_path / "Replay.xlsx"
    write_replay(simulate(shop, other, TODAY), out)
    with pytest.raises(Refusal, match="has no Action Rules"):
        simulate(shop, out, TODAY)


def test_errors_in_what_is_compared_are_told_first(shop, other):
    book = Workbook.open(other)
    book.write_cells("Tiers", {(0, "Low"): "fifty"})
    book.save()
    assert str(simulate(shop, other, TODAY)).startswith("1 error(s) in what was compared")


def test_the_interval_of_what_is_lost_is_told_as_a_loss(shop, other):
    told = str(simulate(other.parent / shop.name, shop, TODAY, now=other))
    costs = next(line for line in told.splitlines() if "it costs" in line)
    assert "-" not in costs.partition("(95 %")[2].replace("%:", "")


def test_a_search_says_where_there_are_too_few_returns(shop):
    seen = simulate(shop, None, TODAY, search=True)
    assert "Tiers are searched where there are 30 returns: not of " in seen.assumptions[-1]
