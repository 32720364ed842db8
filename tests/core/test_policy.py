"""The policy sheets: every problem at its cell, all at once, the rest still usable."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.policies import grids, row_of
from xl_returns.books.policies import default_policy, default_rows
from xl_returns.core import sheets, terms
from xl_returns.core.policy_lines import reason_key
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rulebook import Rulebook


def test_the_default_policy_has_no_problem():
    assert default_policy().action_rules[-1].action == terms.HOLD


def test_all_problems_are_told_at_once_and_at_their_cells():
    policy, findings = parse_policy(
        grids(
            ActionRules={
                (3, "Action"): "Give up",
                (5, "Status"): "Lost",
                (6, "Risk"): "high",
                (7, "From"): "soon",
            },
            Tiers={(0, "Low"): "fifty"},
        )
    )
    places = {f.place for f in findings}
    assert places == {
        "Action Rules!Action8",
        "Action Rules!Status10",
        "Action Rules!Risk11",
        "Action Rules!From12",
        "Tiers!Low5",
    }
    assert all(f.remedy for f in findings)
    assert len(policy.action_rules) == len(default_policy().action_rules) - 4


@pytest.mark.parametrize(
    ("table", "cells", "place"),
    [
        ("ActionRules", {(3, "Action"): ""}, "Action Rules!Action8"),
        ("Tiers", {(0, "Low"): ""}, "Tiers!Low5"),
        ("Tiers", {(0, "Low"): "999"}, "Tiers!Low5"),
        ("Fees", {(2, "Currency"): "", (2, "Amount"): "1"}, "Fees!Currency7"),
    ],
)
def test_a_problem_of_a_whole_line_is_told_at_the_cell_to_fill(table, cells, place):
    _, findings = parse_policy(grids(**{table: cells}))
    assert place in {finding.place for finding in findings}


@pytest.mark.parametrize(
    ("table", "header", "cell"),
    [
        ("Deadlines", "Days", "0.5"),
        ("RiskWeights", "Points", "2.5"),
        ("RiskWeights", "Points", "-2.5"),
        ("RiskWeights", "Limit", "30.5"),
    ],
)
def test_a_part_of_what_is_counted_whole_is_told_and_never_rounded(table, header, cell):
    _, findings = parse_policy(grids(**{table: {(0, header): cell}}))
    told = {(finding.place.partition("!")[2], finding.problem) for finding in findings}
    assert (f"{header}5", f"{header} is not a whole number") in told


def test_points_below_zero_are_counter_evidence():
    policy, findings = parse_policy(grids(RiskWeights={(0, "Points"): "-7"}))
    assert not findings
    assert policy.signals[0].points == -7


def test_a_date_that_excel_made_of_a_range_is_found_out():
    _, findings = parse_policy(grids(ActionRules={(3, "Age"): dt.date(2026, 5, 10)}))
    assert "date" in findings[0].problem


def test_a_rule_that_amazon_rows_could_reach_with_a_sellers_action_is_found():
    _, findings = parse_policy(grids(ActionRules={(7, "Controller"): ""}))
    assert any("Amazon controls the refund" in f.problem for f in findings)


def test_a_missing_catch_all_is_found():
    last = len(default_rows(sheets.ACTION_RULES)) - 1
    _, findings = parse_policy(grids(ActionRules={(last, "On"): "N"}))
    assert any("does not take every row" in f.problem for f in findings)


def test_used_goods_cannot_be_sold_as_new():
    _, findings = parse_policy(grids(ResaleRules={(0, "Condition"): "Sealed, Opened"}))
    assert any("only sealed goods are new" in f.problem for f in findings)


def test_a_rule_that_is_switched_off_is_not_there():
    policy, _ = parse_policy(grids(ActionRules={(0, "On"): "N"}))
    assert "S01" not in {rule.id for rule in policy.action_rules}


def test_a_category_is_one_word_however_each_rule_writes_it():
    software = row_of("R02", sheets.REFUND_RULES)
    policy, _ = parse_policy(grids(RefundRules={(software + 1, "Category"): "SOFTWARE"}))
    code = int(Rulebook(policy).categories(["software"])[0])
    rules = policy.refund_rules[software : software + 2]
    assert [rule.conditions["Category"] for rule in rules] == [((code, code),)] * 2


def test_the_version_changes_with_what_decides_and_with_nothing_else():
    same, _ = parse_policy(grids(ActionRules={(0, "Note"): "another note"}))
    other, _ = parse_policy(grids(Tiers={(0, "Low"): "45"}))
    assert same.version == default_policy().version
    assert other.version != default_policy().version


def test_a_missing_sheet_is_a_finding():
    without = grids()
    del without["Tiers"]
    policy, findings = parse_policy(without)
    assert policy.tiers == ()
    assert any("Tiers" in f.place for f in findings)


@pytest.mark.parametrize(
    "code", ["CR-SWITCHEROO", "switcheroo", "AMZ-PG-SWITCHEROO", "RO_SWITCHEROO", " Switcheroo "]
)
def test_reason_codes_meet_without_their_prefixes(code):
    assert reason_key(code) == "SWITCHEROO"


def test_every_departure_and_every_open_default_gives_its_reason():
    for sheet in (sheets.ACTION_RULES, sheets.SETTINGS, sheets.TIERS):
        for row in default_rows(sheet):
            assert row["Basis"] in terms.BASES
            if row["Basis"] != "Guide":
                assert row["Note"], row


def test_a_rule_holds_for_its_order_dates(desk):
    policy, findings = parse_policy(grids(ActionRules={(row_of("S11"), "From"): "2026-11-01"}))
    assert not findings
    row = {
        "Return ID": "R", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0,
        "Unit Paid": 20.0, "Status": "Requested", "Reason": "UNWANTED_ITEM", "In Policy": "Y",
    }  # fmt: skip
    old, new = desk(
        {**row, "Order Date": "2026-10-31"},
        {**row, "Return ID": "R2", "Order Date": "2026-11-01"},
        book=Rulebook(policy),
    )
    assert old["Rule"] == "X99"
    assert new["Rule"] == "S11"


@pytest.mark.parametrize(
    ("table", "at", "value", "problem"),
    [
        ("Tiers", (0, "High"), "1e300", "is too large"),
        ("Tiers", (0, "High"), "1e16", "is too large"),
        ("Fees", (2, "Amount"), "1e300", "is too large"),
        ("Fees", (2, "Amount"), "-3", "a fee is below 0"),
    ],
)
def test_an_absurd_amount_of_a_policy_is_told_at_its_cell(table, at, value, problem):
    _, findings = parse_policy(grids(**{table: {at: value}}))
    assert any(problem in finding.problem for finding in findings)


def test_a_fee_that_the_desk_reads_and_does_not_find_is_told():
    gone = [
        row for row, line in enumerate(default_rows(sheets.FEES)) if line["Fee"] == "Inspection"
    ]
    _, findings = parse_policy(grids(Fees={(row, "Fee"): "Looking" for row in gone}))
    assert "there is no Inspection: it counts as 0" in [finding.problem for finding in findings]
