"""What each choice costs, where a user sees it: explain, the Alternatives sheet, the Log."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.support.console import run
from tests.support.days import TODAY
from tests.support.zips import members
from xl_returns.books.workbook import Workbook
from xl_returns.core.ledgers import ALTERNATIVES, LOG
from xl_returns.desk import ledger
from xl_returns.desk.process import process_book
from xl_returns.desk.review import explain_row


@pytest.fixture
def path(make_book):
    return make_book({}, {"Unit Paid": 75}, {"Status": "Cancelled"})


def test_the_cheapest_choice_stands_first_and_says_when_it_falls(path):
    lines = explain_row(path, "R-2", TODAY).alternatives
    costs = [line["Expected Cost"] for line in lines]
    assert costs == sorted(costs)
    assert [line["Above Cheapest"] for line in lines] == pytest.approx(
        [c - costs[0] for c in costs]
    )
    assert "if recovery were under" in lines[0]["Note"]
    assert [line["Action"] for line in lines if line["Policy"]] == ["Offer partial refund"]


def test_the_sheet_shows_the_return_that_was_asked_for_last_and_nothing_else_changes(path):
    before = members(path)
    explain_row(path, "R-2", TODAY, write=True)
    explain_row(path, "R-1", TODAY, write=True)
    shown = ledger.read(Workbook.open(path), ALTERNATIVES)
    assert {line["Return ID"] for line in shown} == {"R-1"}
    changed = [name for name, part in members(path).items() if part != before[name]]
    assert all(name.startswith(("xl/worksheets/", "xl/tables/")) for name in changed)
    assert len(changed) == 2


def test_explaining_leaves_the_file_alone_unless_told_to_write(path):
    before = path.read_bytes()
    explain_row(path, "R-1", TODAY)
    assert path.read_bytes() == before


def test_a_row_that_is_over_costs_nothing_whatever_is_done(path):
    (line,) = explain_row(path, "R-3", TODAY).alternatives
    assert (line["Action"], line["Expected Cost"], line["Policy"]) == ("No action", 0.0, "chosen")


def test_the_terminal_and_json_tell_the_same_costs(path, capsys):
    told = run(f"xl-returns explain {path} R-2 --today 2026-11-23", capsys)
    spoken = json.loads(run(f"xl-returns explain {path} R-2 --today 2026-11-23 --json", capsys))
    for line in spoken["Alternatives"]:
        (shown,) = [text for text in told.splitlines() if text.startswith(f"  {line['Action']} ")]
        assert f"{line['Expected Cost']:.2f}" in shown


def test_the_log_and_the_run_say_what_the_policy_costs(path):
    summary = process_book(path, TODAY)
    by_id = {line["Return ID"]: line for line in ledger.read(Workbook.open(path), LOG)}
    above = explain_row(path, "R-2", TODAY).alternatives
    (chosen,) = [line for line in above if line["Policy"]]
    assert by_id["R-2"]["Policy Costs"] == chosen["Above Cheapest"] > 0
    assert by_id["R-3"]["Policy Costs"] == 0
    total = sum(line["Policy Costs"] for line in by_id.values())
    assert summary.policy_costs == {"USD": pytest.approx(total)}
    assert "above the cheapest lawful choices" in str(summary)


def test_a_claim_of_unknown_worth_has_no_price_and_says_what_to_fill(make_book):
    lost = {
        "Channel": "FBA",
        "Status": "Refunded",
        "Reason": "",
        "Request Date": dt.date(2026, 9, 1),
    }
    path = make_book(lost, {**lost, "Unit Cost": 30})
    (told,) = explain_row(path, "R-1", TODAY).alternatives
    assert (told["Action"], told["Policy"]) == ("No action", None)
    assert (
        told["Note"] == "File claim has no price: fill Unit Cost, which is what a claim would bring"
    )
    known = explain_row(path, "R-2", TODAY).alternatives
    assert (known[0]["Action"], known[0]["Expected Cost"]) == ("File claim", -15.0)


def test_explaining_says_where_it_wrote_or_why_it_could_not(path, capsys):
    day = "--today 2026-11-23"
    assert "Written to " in run(f"xl-returns explain {path} R-2 --write {day}", capsys)
    assert "Nothing new for " in run(f"xl-returns explain {path} R-2 --write {day}", capsys)
