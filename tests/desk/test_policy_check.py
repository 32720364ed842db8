"""`check` on a workbook: what the policy doctor finds, written where the seller sees it."""

from __future__ import annotations

import json

import openpyxl
import pytest

from tests.support.books import lines, put
from tests.support.days import TODAY
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import sheets
from xl_returns.core.ledgers import POLICY_CHECK
from xl_returns.desk.review import check, check_book


@pytest.fixture
def book(make_book):
    """Three returns; S10 closes what is in policy, S18 leaves used goods without a rule."""
    path = make_book({"Unit Paid": 80, "Reason": "DEFECTIVE"}, {"Unit Paid": 20}, {"Unit Paid": 20})
    change(path, "ActionRules", "S10", "In Policy", "")
    change(path, "ActionRules", "S18", "State", "Unknown")
    return path


def change(path, table, line, header, value):
    cells = Workbook.open(path, read_only=True).tables[table].read()
    put(path, table, next(iter(cells.values())).index(line), header, value)


def put_above_the_last(path, rule):
    opened = Workbook.open(path)
    cells = opened.tables["ActionRules"].read()
    last = cells["Rule"].index("X99")
    opened.append("ActionRules", [{header: values[last] for header, values in cells.items()}])
    opened.write_cells("ActionRules", {(last, header): value for header, value in rule.items()})
    opened.save()


def beside(path, sheet, line):
    cells = Workbook.open(path).tables[sheet.table].read()
    return cells["Check"][cells[sheet.fields[0].name].index(line)]


def test_findings_stand_beside_the_rules_and_on_their_sheet(book):
    check_book(book, TODAY, write=True)
    assert beside(book, sheets.ACTION_RULES, "S12") == "Decides 1 of 3 rows."
    assert "Conflict: S10 says Close request" in beside(book, sheets.ACTION_RULES, "S10")
    assert "Decides 1 of 3 rows." in beside(book, sheets.REFUND_RULES, "R01")
    kinds = {(line["Severity"], line["Kind"]) for line in lines(book, POLICY_CHECK)}
    assert {("warning", "Gap"), ("error", "Conflict"), ("note", "Crossing")} <= kinds


def test_looking_changes_nothing_and_writing_again_neither(book):
    before = book.read_bytes()
    check_book(book, TODAY)
    assert book.read_bytes() == before
    check_book(book, TODAY, write=True)
    written = book.read_bytes()
    assert written != before
    assert check_book(book, TODAY, write=True).written_to.startswith("Nothing new")
    assert book.read_bytes() == written


def test_the_line_of_a_gap_can_be_copied_into_action_rules_as_it_stands(make_book):
    book = make_book({})
    change(book, "ActionRules", "S18", "State", "Unknown")
    check_book(book, TODAY, write=True)
    gap = next(
        x for x in lines(book, POLICY_CHECK) if (x["Severity"], x["Kind"]) == ("warning", "Gap")
    )
    rule = {field.name: gap[field.name] for field in sheets.ACTION_RULES.fields}
    assert (rule["Rule"], rule["On"], rule["Action"]) == ("N01", "Y", "Hold for review")
    put_above_the_last(book, rule)
    again = check_book(book, TODAY).policy
    assert not [one for one in again if (one.kind, one.severity) == ("Gap", "warning")]


def test_cases_are_run_and_say_so_beside_themselves(make_book):
    book = make_book({})
    change(book, "Cases", "50.00 is in the middle", "Expected Refund", 14.0)
    check_book(book, TODAY, write=True)
    assert "Refund is 15.0, expected 14.0 (S14" in beside(
        book, sheets.CASES, "50.00 is in the middle"
    )
    assert beside(book, sheets.CASES, "Goods back: pay") == "As expected."


def test_what_cannot_be_read_in_a_rule_is_said_beside_it(book):
    change(book, "ActionRules", "S11", "Price", "cheap")
    check_book(book, TODAY, write=True)
    assert "`cheap` is not known here" in beside(book, sheets.ACTION_RULES, "S11")


def test_a_policy_check_never_changes_the_version_of_the_policy(book):
    before = policy_of(Workbook.open(book))[0].version
    check_book(book, TODAY, write=True)
    assert policy_of(Workbook.open(book))[0].version == before


def test_text_of_a_rule_stays_text_wherever_it_is_repeated(book):
    change(book, "ActionRules", "S12", "Status", "Received")
    change(book, "ActionRules", "S12", "Received", "N")
    change(book, "ActionRules", "S12", "Rule", '=HYPERLINK("http://x","y")')
    check_book(book, TODAY, write=True)
    assert any('=HYPERLINK("http://x"' in str(line["About"]) for line in lines(book, POLICY_CHECK))
    findings = openpyxl.load_workbook(book)["Policy Check"]
    assert not [cell for row in findings.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_workbook_of_before_has_no_place_for_it_and_is_checked_all_the_same(book):
    """Older workbooks have neither Policy Check nor Limits nor the Check columns."""
    opened = Workbook.open(book)
    for gone in ("PolicyCheck", "Limits"):
        del opened.tables[gone]
    checked = check(opened, TODAY, write=True)
    assert any(one.kind == "Conflict" for one in checked.policy)


def test_the_command_tells_example_and_cells_and_counts_the_notes(book, run):
    code, out, _ = run("check", book, "--today", "2026-11-23")
    assert code == 1, "a case does not come out"
    assert "error: Action Rules!A17: S10 says Close request" in out
    assert "    example   Channel = MFN; " in out
    assert "    cells     Controller = Seller; " in out
    assert "Crossing (--notes lists them)" in out
    everything = run("check", book, "--notes", "--today", "2026-11-23")[1]
    assert "note: " in everything
    assert "--notes lists them" not in everything


def test_machines_read_the_same_as_json(book, run):
    told = json.loads(run("check", book, "--json", "--today", "2026-11-23")[1])
    conflict = next(one for one in told["policy"] if one["kind"] == "Conflict")
    assert conflict["rule"] == "S10"
    assert conflict["cells"]["In Policy"] == "Y"
    assert conflict["source"] == "Platform: Amazon help 201887610"


def test_a_formula_that_was_never_calculated_is_no_blank_that_takes_everything(book):
    made = openpyxl.load_workbook(book)
    page = made["Action Rules"]
    (cell,) = [row[16] for row in page.iter_rows(min_row=5) if row[0].value == "S11"]
    assert cell.value == "low"
    cell.value = '="lo"&"w"'
    made.save(book)
    place = f"Action Rules!{cell.coordinate}"
    told = [one for one in check_book(book, TODAY).findings if one.place == place]
    assert "(formula without a value)" in told[0].problem


def test_an_older_workbook_is_told_that_it_has_no_place_for_the_policys_findings(book):
    opened = Workbook.open(book)
    del opened.tables["PolicyCheck"]
    said = [one.problem for one in check(opened, TODAY, write=True).findings]
    assert any("has no sheet Policy Check" in text for text in said)
