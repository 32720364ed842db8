"""Amazon's returnless rules from the seller's own policy."""

from __future__ import annotations

import csv

import pytest

from tests.support.books import put
from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core.findings import Refusal
from xl_returns.desk.returnless import rules_of, write_rules


def rules(path):
    found, findings = rules_of(Workbook.open(path), TODAY)
    return {(rule.marketplace, rule.sku): rule for rule in found}, findings


def change_rule(path, rule, header, value):
    rules = Workbook.open(path, read_only=True).tables["ActionRules"].read()["Rule"]
    put(path, "ActionRules", rules.index(rule), header, value)
    return path


def by_reason(folder):
    with (folder / "returnless-by-reason.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sku_below_the_low_tier_is_kept_whatever_the_reason(make_book):
    path = make_book({"SKU": "CHEAP", "Unit Paid": 20}, {"SKU": "DEAR", "Unit Paid": 75})
    found, findings = rules(path)
    assert findings == []
    assert found["US", "CHEAP"].always
    assert not found["US", "DEAR"].kept


def test_the_policy_of_the_workbook_decides(make_book):
    path = make_book({"SKU": "CHEAP", "Unit Paid": 20})
    found, _ = rules(change_rule(path, "S11", "Reason Group", "Defective"))
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
    assert [row["SKU"] for row in by_reason(tmp_path / "out")] == ["CHEAP"]


def test_a_reason_group_is_kept_only_if_it_is_whoever_is_at_fault(make_book):
    path = make_book({"SKU": "A", "Unit Paid": 20})
    found, _ = rules(change_rule(path, "S11", "Fault", "not Carrier"))
    assert found["US", "A"].returned == ("Transit damage",)


def test_goods_of_which_no_reason_is_told_count_too(make_book):
    path = make_book({"SKU": "A", "Unit Paid": 20})
    book = Workbook.open(path)
    reasons = book.tables["Reasons"].read()
    off = [at for at, group in enumerate(reasons["Group"]) if group == "Unknown"]
    book.write_cells("Reasons", {(at, "On"): "N" for at in off})
    book.save()
    found, _ = rules(change_rule(path, "S11", "State", "not Unknown"))
    assert found["US", "A"].returned == ("Unknown",)


@pytest.mark.parametrize(
    ("market", "paid", "always", "shown"),
    [
        ("US", 49.99, True, "49.99"), ("US", 50, False, "50.00"), ("US", 49.996, True, "50.00"),
        ("US", 20.005, True, "20.01"), ("JP", 7499, True, "7499"), ("JP", 7500, False, "7500"),
        ("UK", 39.99, True, "39.99"), ("DE", 50, False, "50.00"),
    ],
)  # fmt: skip
def test_the_price_is_judged_as_exactly_as_a_row_of_returns(make_book, market, paid, always, shown):
    row = {"SKU": "A", "Unit Paid": paid, "Marketplace": market}
    rule = rules(make_book(row))[0][market, "A"]
    assert (rule.always, rule.unit_paid) == (always, shown)


def test_the_rules_that_keep_and_what_the_file_goes_beyond_are_told(make_book, tmp_path):
    path = make_book({"SKU": "A", "Unit Paid": 20}, {"SKU": "=1+1", "Unit Paid": 20})
    write_rules(list(rules(path)[0].values()), tmp_path)
    first, second = by_reason(tmp_path)
    assert first["Rules"] == "S11"
    assert "Unauthorised: Hold for review" in first["Also kept by Amazon's file"]
    assert second["SKU"] == "'=1+1"
    assert b"\r\n=1+1\tRETURNLESS_REFUND\r\n" in (tmp_path / "returnless-US.txt").read_bytes()


def test_a_file_of_an_earlier_run_does_not_keep_what_the_policy_no_longer_keeps(
    make_book, tmp_path
):
    path, out = make_book({"SKU": "A", "Unit Paid": 20}), tmp_path / "out"
    write_rules(list(rules(path)[0].values()), out)
    header = (out / "returnless-US.txt").read_bytes().partition(b"A\t")[0]
    write_rules(list(rules(change_rule(path, "S11", "On", "N"))[0].values()), out)
    assert (out / "returnless-US.txt").read_bytes() == header
    assert by_reason(out) == []
    assert not (out / "returnless-DE.txt").exists()


def test_a_folder_that_cannot_be_written_is_refused(make_book, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Refusal, match="cannot be written"):
        write_rules([], tmp_path / "out")


def test_fba_goods_and_rows_without_a_price_are_left_out(make_book):
    path = make_book({"SKU": "A", "Channel": "FBA"}, {"SKU": "B", "Unit Paid": None}, {"SKU": None})
    assert rules(path)[0] == {}


@pytest.mark.parametrize("sku", ["A\tB", "A\nB", "A\x85B", "A\u202eB", "A\u2028B"])
def test_a_sku_that_would_break_the_file_is_told_at_its_cell_and_left_out(make_book, sku):
    path = make_book({"SKU": "B", "Unit Paid": 20}, {"SKU": sku, "Unit Paid": 20})
    found, (finding,) = rules(path)
    assert list(found) == [("US", "B")]
    assert "cannot stand in Amazon's file" in finding.problem
    table = Workbook.open(path).tables["Returns"]
    assert finding.place == table.place(1, "SKU")


def test_the_command_counts_what_is_kept(make_book, tmp_path, capsys):
    path = make_book({"SKU": "CHEAP", "Unit Paid": 20})
    asked = ["export", "returnless", str(path), "-o", str(tmp_path / "out"), "--today"]
    with pytest.raises(SystemExit) as ended:
        main([*asked, TODAY.isoformat()])
    assert ended.value.code == 0
    assert "1 of 1 SKUs are kept whatever the reason" in capsys.readouterr().out
