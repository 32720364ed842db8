"""Amazon's returnless rules from the seller's own policy."""

from __future__ import annotations

import csv

import pytest

from tests.desk.conftest import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.desk.returnless import rules_of, write_rules


def rules(path):
    found, findings = rules_of(Workbook.open(path), TODAY)
    return {(rule.marketplace, rule.sku): rule for rule in found}, findings


def test_a_sku_below_the_low_tier_is_kept_whatever_the_reason(make_book):
    path = make_book({"SKU": "CHEAP", "Unit Paid": 20}, {"SKU": "DEAR", "Unit Paid": 75})
    found, findings = rules(path)
    assert findings == []
    assert found["US", "CHEAP"].always
    assert not found["US", "DEAR"].kept


def test_the_policy_of_the_workbook_decides(make_book):
    path = make_book({"SKU": "CHEAP", "Unit Paid": 20})
    book = Workbook.open(path)
    rows = book.tables["ActionRules"].read()["Rule"]
    book.write_cells("ActionRules", {(rows.index("S11"), "Reason Group"): "Defective"})
    book.save()
    found, _ = rules(path)
    assert found["US", "CHEAP"].kept == ("Defective",)
    assert not found["US", "CHEAP"].always


def test_the_latest_price_of_a_sku_counts_in_each_marketplace(make_book):
    path = make_book(
        {"SKU": "A", "Unit Paid": 20, "Request Date": "2026-10-01"},
        {"SKU": "A", "Unit Paid": 75, "Request Date": "2026-11-01"},
        {"SKU": "A", "Unit Paid": 20, "Marketplace": "DE"},
    )
    found, _ = rules(path)
    assert not found["US", "A"].always
    assert found["DE", "A"].always
    assert found["DE", "A"].unit_paid == "20.00"


def test_amazons_file_holds_the_skus_and_the_code(make_book, tmp_path):
    path = make_book({"SKU": "CHEAP", "Unit Paid": 20}, {"SKU": "DEAR", "Unit Paid": 75})
    write_rules(list(rules(path)[0].values()), tmp_path / "out")
    raw = (tmp_path / "out" / "returnless-US.txt").read_bytes()
    assert raw.splitlines()[1:] == [b"CHEAP\tRETURNLESS_REFUND"]
    assert raw.isascii()
    with (tmp_path / "out" / "returnless-by-reason.csv").open(encoding="utf-8-sig") as file:
        assert [row["SKU"] for row in csv.DictReader(file)] == ["CHEAP"]


def test_fba_goods_and_rows_without_a_price_are_left_out(make_book):
    path = make_book({"SKU": "A", "Channel": "FBA"}, {"SKU": "B", "Unit Paid": None}, {"SKU": None})
    assert rules(path)[0] == {}


def test_a_sku_that_would_break_the_file_is_told_and_left_out(make_book):
    path = make_book({"SKU": "A\tB", "Unit Paid": 20})
    found, (finding,) = rules(path)
    assert found == {}
    assert "cannot stand in Amazon's file" in finding.problem


def test_the_command_counts_what_is_kept(make_book, tmp_path, capsys):
    path = make_book({"SKU": "CHEAP", "Unit Paid": 20})
    asked = ["export", "returnless", str(path), "-o", str(tmp_path / "out"), "--today"]
    with pytest.raises(SystemExit) as ended:
        main([*asked, TODAY.isoformat()])
    assert ended.value.code == 0
    assert "1 of 1 SKUs are kept whatever the reason" in capsys.readouterr().out
