"""What the policy doctor finds, and that every example it gives is decided as it says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lint.conftest import GUIDE, decided, examined, sheet_of
from tests.support.policies import grids, row_of
from xl_returns.books.policies import default_rows
from xl_returns.core import sheets
from xl_returns.core.policy_sheets import parse_policy

TO_PASTE = {"Rule": "N01", "Action": "Hold for review"}


def of(found, kind, sheet=None):
    """Findings of a kind; gaps and crossings of Action Rules alone."""
    where = sheet or ("Action Rules" if kind in ("Gap", "Crossing") else None)
    return [one for one in found if one.kind == kind and where in (None, one.sheet)]


def rule(name, action="Hold for review", **cells):
    return {"Rule": name, "Action": action} | {
        header.replace("_", " "): text for header, text in cells.items()
    }


LAST = rule("Z")


def row_in(text):
    """An example's cells by header."""
    return dict(part.split(" = ", 1) for part in text.split("; "))


def test_the_seller_guide_alone_has_four_cells_without_a_rule(doctor):
    """A read of the guide as a table of tier x condition x received: the middle tier says nothing
    of goods that come back used, nor of goods whose state is not known, received or not."""
    gaps = of(doctor(GUIDE), "Gap")
    assert [gap.line for gap in gaps] == [{"Price": "middle", "State": "not Intact, Faulty"}]
    assert "Received" not in gaps[0].problem


def test_the_seller_guide_alone_has_one_cell_with_two_answers(doctor):
    """High and intact and received: offer a part, or refund in full."""
    crossing = of(doctor(GUIDE), "Crossing")
    assert [one.line for one in crossing] == [{"Price": "high", "State": "Intact", "Received": "Y"}]
    assert "G4 (Offer partial refund) goes before G5" in crossing[0].problem
    assert row_in(crossing[0].example)["Status"] == "Received"


def test_the_seller_guide_alone_is_at_odds_with_platform_and_law(doctor):
    conflicts = of(doctor(GUIDE), "Conflict")
    assert {(one.rule, one.source.split(":")[0]) for one in conflicts} >= {
        ("G2", "Platform"), ("G4", "Platform"), ("G4", "Law"), ("G6", "Law"),
    }  # fmt: skip
    offer = next(one for one in conflicts if one.rule == "G4" and "2020-09-30" in one.source)
    assert offer.line == {
        "Price": "high", "State": "Intact", "Received": "Y", "In Policy": "Y",
        "Controller": "Seller", "From": "2020-09-30",
    }  # fmt: skip


def test_the_default_policy_has_no_warning(doctor):
    assert [one.problem for one in doctor() if one.severity != "note"] == []


def test_a_gap_goes_away_when_its_line_is_put_above_the_last_rule(doctor):
    gap = of(doctor(GUIDE), "Gap")[0]
    mended = [*GUIDE[:-1], TO_PASTE | dict(gap.line), GUIDE[-1]]
    assert of(doctor(mended), "Gap") == []


def test_a_gap_does_not_name_what_the_rules_above_take_away(doctor):
    """S18 without used goods: claims, risk and what is settled are taken out before."""
    found = of(doctor(ActionRules={(row_of("S18"), "State"): "Unknown"}), "Gap")
    assert [one.line for one in found if one.severity == "warning"] == [
        {
            "Controller": "Seller", "Price": "not low", "State": "Used", "Received": "N",
            "Status": "Requested",
        }
    ]  # fmt: skip


def test_the_example_of_a_gap_is_a_row_that_the_last_rule_decides(doctor):
    gap = of(doctor(GUIDE), "Gap")[0]
    policy, _ = parse_policy(grids() | {"Action Rules": sheet_of(sheets.ACTION_RULES, GUIDE)})
    assert decided(policy, [row_in(gap.example)]).rule.tolist() == [len(GUIDE) - 1]


def test_gaps_are_weighed_by_the_sellers_own_rows(doctor):
    row = {"Channel": "MFN", "Marketplace": "US", "Quantity": "1", "Unit Paid": "80", "Status": "Requested"}  # fmt: skip
    rows = [row | {"Return ID": "1"}, row | {"Return ID": "2"}, row | {"Return ID": "3", "Unit Paid": "20"}]  # fmt: skip
    assert of(doctor(GUIDE, rows), "Gap")[0].rows == 2


def test_a_rule_dead_by_several_together_names_just_those(doctor):
    rules = [
        rule("A", State="Intact"),
        rule("B", "Refund now", State="not Intact", Received="Y"),
        rule("C", "Refund now", State="not Intact", Received="N"),
        rule("D", "Approve return", Price="middle"),
        LAST,
    ]
    shadowed = of(doctor(rules), "Shadowed")
    assert [one.rule for one in shadowed] == ["D", "Z"]
    assert "A, B, C take every row of D" in shadowed[0].problem


def test_the_same_rule_twice_is_a_duplicate(doctor):
    rules = [rule("A", State="Intact"), rule("B", State="Intact"), LAST]
    assert [(one.rule, one.problem) for one in of(doctor(rules), "Duplicate")] == [
        ("B", "B is the same as A")
    ]


def test_the_same_cells_with_another_action_are_shadowed(doctor):
    rules = [rule("A", State="Intact"), rule("B", "Refund now", State="Intact"), LAST]
    assert [one.rule for one in of(doctor(rules), "Shadowed")] == ["B"]


@pytest.mark.parametrize(
    "cells",
    [
        {"Channel": "FBA", "Controller": "Seller"},
        {"Status": "Received", "Received": "N"},
        {"Status": "Refunded", "Settled": "N"},
        {"Condition": "Sealed", "State": "Faulty"},
        {"Withdrawal": "Y", "Marketplace": "US"},
        {"Buyer Wants": "not Full refund, Open to offer"},
        {"Reason Group": "Changed mind", "Fault": "Seller"},
    ],
)
def test_a_rule_that_no_row_can_meet_is_named(doctor, cells):
    found = of(doctor([{**rule("A"), **cells}, LAST]), "Impossible")
    assert [one.rule for one in found] == ["A"]


def test_fifty_left_out_between_below_and_above_is_a_boundary(doctor):
    rules = [
        rule("A", Price="<50", Marketplace="US"),
        rule("B", "Refund now", Price=">50", Marketplace="US"),
        rule("C", Marketplace="not US"),
        LAST,
    ]
    (found,) = of(doctor(rules), "Boundary")
    assert found.line == {"Price": "50", "Marketplace": "US"}
    assert row_in(found.example)["Unit Paid"] == "50"


def test_a_price_between_two_cents_is_a_boundary_too(doctor):
    """99.99 for two is 49.995 for one."""
    rules = [
        rule("A", Price="<=49.99", Marketplace="US"),
        rule("B", "Refund now", Price=">=50", Marketplace="US"),
        rule("C", Marketplace="not US"),
        LAST,
    ]
    (found,) = of(doctor(rules), "Boundary")
    assert found.line["Price"] == "49.991..49.999"
    assert 49.99 < float(row_in(found.example)["Unit Paid"]) < 50


def test_rules_that_share_just_one_price_are_a_boundary(doctor):
    rules = [
        rule("A", Price="0..50", Marketplace="US"),
        rule("B", "Refund now", Price="50..100", Marketplace="US"),
        LAST,
    ]
    (found,) = of(doctor(rules), "Boundary")
    assert (found.rule, found.severity, found.line["Price"]) == ("A", "warning", "50")


def test_an_exception_above_its_rule_is_no_crossing(doctor):
    rules = [rule("A", "Refund now", State="Intact", Price="low"), rule("B", State="Intact"), LAST]
    assert of(doctor(rules), "Crossing") == []


def test_dates_that_leave_a_hole_between_two_rules_are_told(doctor):
    rules = [
        rule("A", "Refund now", To="2026-06-30"),
        rule("B", "Refund now", From="2026-07-02"),
        LAST,
    ]
    dates = of(doctor(rules), "Dates")
    hole = next(one for one in dates if one.severity == "warning")
    assert (hole.line["From"], hole.line["To"]) == ("2026-07-01", "2026-07-01")
    assert row_in(hole.example)["Order Date"] == "2026-07-01"
    assert any("A holds for orders until 2026-06-30" in one.problem for one in dates)


def _fee(name):
    return [row["Fee"] for row in default_rows(sheets.FEES)].index(name)


def test_a_fee_that_ended_without_a_successor_is_told(doctor):
    found = of(doctor(Fees={(_fee("Referral"), "To"): "2026-01-14"}), "Dates")
    assert [one.problem for one in found] == ["Referral has no line since 2026-01-15"]


def test_a_clock_with_a_hole_or_two_lines_for_a_day_is_told(doctor):
    clocks = [row["Deadline"] for row in default_rows(sheets.DEADLINES)]
    at = clocks.index("Refund after receipt")
    (two,) = of(doctor(Deadlines={(at, "From"): "2026-01-20"}), "Dates")
    assert "two lines for 2026-01-20 to 2026-01-25" in two.problem
    general = clocks.index("Withdrawal refund")
    (late,) = of(doctor(Deadlines={(general, "To"): "2020-01-01"}), "Dates")
    assert "no line since 2020-01-02" in late.problem


def test_a_currency_without_a_tier_is_told_and_weighs_more_where_it_is_used(doctor):
    gone = {"Tiers": {(9, "Currency"): "USD"}}
    aed = {"Channel": "MFN", "Marketplace": "AE", "Quantity": "1", "Unit Paid": "80", "Status": "Requested"}  # fmt: skip
    for rows, severity in (((), "note"), ([aed], "warning")):
        found = [one for one in of(doctor(rows=rows, **gone), "Currency") if "AED" in one.problem]
        assert [one.severity for one in found] == [severity]


def test_an_amount_that_means_yen_as_well_as_dollars_is_told(doctor):
    found = of(doctor([rule("A", Price="<50"), LAST]), "Currency")
    assert ["A" in one.problem for one in found] == [True]
    assert of(doctor([rule("A", Price="<50", Marketplace="DE, FR"), LAST]), "Currency") == []


def test_what_no_rule_ever_says_is_a_note(doctor):
    said = [one.problem for one in of(doctor(GUIDE), "Never given")]
    assert "no rule ever says Close request" in said
    assert not any("Refund now" in text for text in said)


def test_rules_that_decide_none_of_many_rows_are_noted(doctor):
    row = {"Channel": "MFN", "Marketplace": "US", "Quantity": "1", "Unit Paid": "20", "Status": "Requested"}  # fmt: skip
    rows = [row | {"Return ID": str(at), "Order ID": str(at)} for at in range(60)]
    unused = {one.rule for one in of(doctor(rows=rows), "Never used")}
    assert {"S12", "F01"} < unused
    assert "S11" not in unused
    assert of(doctor(rows=rows[:10]), "Never used") == []


def test_closing_what_amazons_policy_covers_is_a_conflict_with_its_source(doctor):
    found = of(doctor(ActionRules={(row_of("S10"), "In Policy"): ""}), "Conflict")
    assert [(one.rule, one.source) for one in found] == [("S10", "Platform: Amazon help 201887610")]
    assert found[0].line["In Policy"] == "Y"
    assert row_in(found[0].example)["In Policy"] == "Y"


def test_keeping_back_from_a_lawful_withdrawal_is_a_conflict_with_its_article(doctor):
    at = row_of("R06", sheets.REFUND_RULES)
    changed = {(at, "Withhold"): "15%", (at, "Refund Outbound"): "N"}
    found = of(doctor(RefundRules=changed), "Conflict")
    assert {one.rule for one in found} == {"R06"}
    assert any("keeps back 15 %, where 0 % is the most" in one.problem for one in found)
    assert any("art. 13(1)" in one.source for one in found)
    assert any("keeps outbound shipping" in one.problem for one in found)


def test_a_limit_speaks_of_categories_that_no_rule_names(doctor):
    """Software is named by Limits alone: all other categories stay as free as they were."""
    refunds = {
        (row_of("R02", sheets.REFUND_RULES), "Category"): "Games",
        (row_of("R03", sheets.REFUND_RULES), "Category"): "not Games",
    }
    limits = [{"Limit": "L1", "Category": "Software", "Condition": "Opened", "Most Withheld": "10%", "Basis": "Platform", "Source": "a test"}]  # fmt: skip
    found = of(doctor(limits=limits, RefundRules=refunds), "Conflict")
    assert [(one.rule, one.line["Category"]) for one in found] == [("R03", "Software")]


def test_a_limit_that_is_switched_off_binds_nobody(doctor):
    limits = [{"Limit": "L1", "On": "N", "Not Allowed": "Refund, keep item", "Basis": "Law", "Source": "x"}]  # fmt: skip
    assert of(doctor(limits=limits), "Conflict") == []


def test_a_number_that_differs_from_its_source_is_told_until_another_source_is_named(doctor):
    at = [row["Deadline"] for row in default_rows(sheets.DEADLINES)].index("Withdrawal refund")
    (found,) = of(doctor(Deadlines={(at, "Days"): "20"}), "Source")
    assert "20 calendar days; its source said 14 calendar days" in found.problem
    own = {(at, "Days"): "20", (at, "Source"): "My lawyer, 2026-11-01"}
    assert of(doctor(Deadlines=own), "Source") == []


def test_shares_are_the_same_however_they_are_written(doctor):
    assert of(doctor(Fees={(_fee("Referral"), "Percent"): "0.15"}), "Source") == []
    assert len(of(doctor(Fees={(_fee("Referral"), "Percent"): "0.08"}), "Source")) == 1


def _changes():
    """Small changes that sellers make to the default action rules."""
    rules = st.integers(0, row_of("X99") - 1)
    cells = {
        "On": st.just("N"),
        "State": st.sampled_from(["", "Intact", "not Faulty", "Used, Unknown"]),
        "Price": st.sampled_from(["", "low", "middle, high"]),
        "Received": st.sampled_from(["", "Y", "N"]),
        "Status": st.sampled_from(["", "Requested", "Approved, In transit"]),
        "In Policy": st.sampled_from(["", "Y", "N"]),
        "Withdrawal": st.sampled_from(["", "Y", "N"]),
        "Age": st.sampled_from(["", "<10", "30..60"]),
        "From": st.sampled_from(["", "2026-01-01"]),
    }
    change = st.sampled_from(sorted(cells)).flatmap(lambda h: st.tuples(st.just(h), cells[h]))
    return st.lists(st.tuples(rules, change), min_size=1, max_size=6).map(
        lambda made: {(row, header): text for row, (header, text) in made}
    )


@settings(max_examples=12)
@given(_changes())
def test_whatever_is_changed_in_the_rules_every_example_is_decided_as_it_is_told(changes):
    policy, found = examined(grids(ActionRules=changes))
    told = [one for one in found if one.example and one.sheet == "Action Rules"]
    rules = [decided(policy, [row_in(one.example)]).rule.tolist() for one in told]
    assert rules == [[one.decides] for one in told]
    assert all(one.example for one in found if one.kind == "Gap" and "Risk" not in one.line)
