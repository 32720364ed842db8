"""The Log: sealed lines, kept inputs and policies, decisions that come out again."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.books import lines, put
from tests.support.days import TODAY
from tests.support.office import converted, needs_office
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core.ledgers import LOG, POLICIES
from xl_returns.core.policy import Policy
from xl_returns.core.seals import contents, seal
from xl_returns.desk import ledger
from xl_returns.desk.audit import audit_book
from xl_returns.desk.log import contents_of, kept_policies
from xl_returns.desk.process import process_book


def problems(path):
    return [finding.problem for finding in audit_book(path).findings]


@pytest.fixture
def processed(make_book):
    path = make_book(
        {},
        {"Unit Paid": 75, "Reason": "DEFECTIVE"},
        {"Order ID": "111-2222222-3333333", "Unit Paid": 120, "Buyer Wants": "Full refund"},
        {"Override Action": "Refund now", "Override Refund": 60, "Override Note": "friend"},
    )
    process_book(path, TODAY)
    return path


def test_a_log_that_nobody_touched_is_whole_and_every_decision_comes_out_again(processed):
    put(processed, "Returns", 0, "Status", "Cancelled")
    put(processed, "ActionRules", 6, "On", "N")
    process_book(processed, TODAY + dt.timedelta(1))
    audit = audit_book(processed)
    assert audit.findings == []
    assert audit.decisions == audit.run_again > 4


def test_a_decision_is_kept_with_who_what_and_by_which_engine_and_policy(processed):
    line = lines(processed, LOG)[-1]
    assert (line["Event"], line["Engine"], line["Override Cost"]) == ("Overridden", "0.1.0", 10.01)
    assert "friend" in line["Details"]
    assert line["Policy Version"] in kept_policies(Workbook.open(processed))


@needs_office
def test_a_workbook_that_another_program_saved_is_as_whole_as_before(processed, tmp_path):
    saved = converted(processed, tmp_path / "lo", "xlsx")
    assert audit_book(saved) == audit_book(processed)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Refund", 1.0), ("Action", "No action"), ("At", 46000.0), ("Who", "somebody"),
        ("Details", "nicer"), ("Inputs", "{}"), ("Return ID", "R-9"), ("Seal", "0" * 32),
        ("Policy Costs", 99.0), ("Policy Costs", None),
    ],
)  # fmt: skip
def test_a_changed_cell_of_the_log_shows(processed, header, value):
    put(processed, "Log", 1, header, value)
    assert any("was changed after it was written" in problem for problem in problems(processed))


def test_lines_from_before_a_column_came_keep_their_seals():
    older = (
        "At", "Event", "Return ID", "Action", "Refund", "Currency", "Rule", "Policy Version",
        "Details", "Who", "Override Cost", "Engine", "Inputs",
    )  # fmt: skip
    line = {header: header for header in older}
    (now,) = contents_of({header: [cell] for header, cell in line.items()}, 1)
    assert now == content(list(older))


def test_a_line_that_the_desk_did_not_write_shows(processed):
    book = Workbook.open(processed)
    book.append("Log", [{"Event": "Decided", "Return ID": "R-1", "Action": "No action"}])
    book.save()
    assert any("the desk did not write it" in problem for problem in problems(processed))


def test_lines_that_changed_places_show(processed):
    book = Workbook.open(processed)
    lines = book.tables["Log"].read()
    book.write("Log", {h: [v[1], v[0], *v[2:]] for h, v in lines.items()})
    book.save()
    assert problems(processed)


def test_a_record_that_the_log_does_not_know_shows(processed):
    put(processed, "Returns", 1, "Decided Refund", 1.0)
    assert problems(processed) == ["the record of R-2 is not what the Log says"]


def test_a_changed_policy_of_the_archive_is_not_believed(processed):
    book = Workbook.open(processed)
    content = ledger.read(book, POLICIES)[0]["Content"]
    book.write_cells("Policies", {(0, "Content"): content[:-8] + "AAAAAAA="})
    book.save()
    assert "is not kept whole" in problems(processed)[0]
    process_book(processed, TODAY + dt.timedelta(1))
    put(processed, "Returns", 0, "Status", "Cancelled")
    process_book(processed, TODAY + dt.timedelta(1))
    assert audit_book(processed).findings == []


def content(cells):
    (line,) = contents([[cell] for cell in cells], [])
    return line


def test_inputs_that_no_cell_could_hold_are_left_out(make_book):
    path = make_book({"Category": "x" * 32_100})
    process_book(path, TODAY)
    (line,) = lines(path, LOG)
    assert (line["Return ID"], line["Inputs"]) == ("R-1", "")


def test_a_policy_by_which_nothing_new_was_decided_is_not_kept(processed):
    put(processed, "Tiers", 1, "Low", 1.0)
    changed = policy_of(Workbook.open(processed))[0].version
    process_book(processed, TODAY)
    assert changed not in kept_policies(Workbook.open(processed))


CELLS = st.one_of(st.none(), st.booleans(), st.floats(-1e9, 1e9), st.text())


@given(st.lists(CELLS, max_size=6).filter(bool))
def test_a_seal_knows_every_cell_and_the_line_before(cells):
    whole = seal("a", content(cells))
    assert seal("b", content(cells)) != whole
    assert seal("a", content([*cells, "x"])) != whole
    assert all(
        seal("a", content([*cells[:at], "other", *cells[at + 1 :]])) != whole
        or cells[at] == "other"
        for at in range(len(cells))
    )


ODD = st.one_of(
    st.none(), st.floats(-10, 1e6), st.text(max_size=6), st.sampled_from([True, "#DIV/0!", "=1"])
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "Channel": st.sampled_from(["MFN", "FBA", "x"]),
            "Marketplace": st.sampled_from(["US", "DE", "JP", None]),
            "Quantity": st.sampled_from([1, 2, None, "two"]),
            "Unit Paid": st.one_of(st.sampled_from([20, 75, 100 / 3, 120]), ODD),
            "Shipping Paid": ODD,
            "Refunded So Far": ODD,
            "Order ID": st.sampled_from(["111-1234567-1234567", ""]),
            "SKU": st.sampled_from(["A", "B"]),
            "Buyer Key": st.sampled_from(["k", None]),
            "Buyer Comment": st.sampled_from(["the same words as before", None]),
            "Status": st.sampled_from(["Requested", "Received", "Refunded", "nowhere"]),
            "Condition": st.sampled_from(["Damaged", "Sealed, Opened", None]),
            "Category": st.sampled_from(["Apparel", "Other", None]),
            "Delivered Date": st.sampled_from([TODAY, "soon", None]),
            "Override Action": st.sampled_from(["Refund now", "Refund", None]),
            "Override Refund": ODD,
        },
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
@example(rows=[{"Override Refund": ""}, {"Override Refund": True}])
@example(rows=[{"Override Refund": ""}, {"Override Refund": -1e-39}])
def test_whatever_was_decided_comes_out_again(make_book, rows):
    path = make_book(*rows)
    process_book(path, TODAY)
    audit = audit_book(path)
    assert audit.findings == []
    assert audit.run_again == audit.decisions == len(rows)


def test_a_policy_that_an_earlier_product_kept_still_runs(make_book, monkeypatch):
    """Earlier products knew fewer cells of a rule; a version is that of the text they kept."""
    later = ("ending", "photos", "weeks", "loss", "storage", "chance", "most_units", "per_shipment")
    whole = Policy.what_decides

    def earlier(policy):
        told = json.loads(whole(policy))
        told["resale_rules"] = [
            {name: value for name, value in rule.items() if name not in later}
            for rule in told["resale_rules"]
        ]
        return json.dumps(told, separators=(",", ":"))

    path = make_book({}, {"Status": "Received", "Condition": "Opened"})
    for rule in range(11):
        put(path, "ResaleRules", rule, "Photos", None)
    with monkeypatch.context() as patch:
        patch.setattr(Policy, "what_decides", earlier)
        process_book(path, TODAY)
    audit = audit_book(path)
    assert audit.findings == []
    assert audit.run_again == audit.decisions == 2
    (version,) = kept_policies(Workbook.open(path))
    assert version != policy_of(Workbook.open(path))[0].version


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8))
def test_lines_are_sealed_together_as_they_are_one_by_one(lines):
    columns = [[line[at] for line in lines] for at in range(3)]
    alone = [contents([[a], [b]], [[c]])[0] for a, b, c in lines]
    assert contents(columns[:2], columns[2:]) == alone
