"""Negotiating a keep-it offer, its state kept in the workbook."""

from __future__ import annotations

import pytest

from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core.findings import Refusal
from xl_returns.core.ledgers import LOG
from xl_returns.desk import ledger
from xl_returns.desk.audit import audit_book
from xl_returns.desk.letters import letters_of
from xl_returns.desk.offers import answer_offer, make_offer, negotiation_of
from xl_returns.desk.process import process_book

OPEN = {"Unit Paid": 75, "Order ID": "111-1234567-1234567", "Item": "Lamp"}


@pytest.fixture
def path(make_book):
    made = make_book(OPEN, OPEN | {"Unit Paid": 90}, {})
    process_book(made, TODAY)
    return made


def do(path, step, *args, **more):
    book = Workbook.open(path)
    stands = step(book, "R-1", TODAY, *args, **more)
    book.save()
    return stands


def cell(path, header, row=0):
    return Workbook.open(path).tables["Returns"].read([header])[header][row]


def refuse(path, **more):
    return do(path, answer_offer, accepted=False, **more)


def test_the_opening_is_the_policys_and_the_ceiling_the_rows_own(path):
    stands = do(path, negotiation_of)
    assert stands.next == stands.opening == 2250 == round(cell(path, "Offer") * 100)
    assert stands.ceiling == round(cell(path, "Offer Max") * 100)
    assert len(stands.ladder) == 3


def test_an_offer_and_its_answers_are_kept_in_row_and_log(path):
    do(path, make_offer)
    assert cell(path, "Negotiation").startswith("22.50 USD waits for an answer (1 of 3)")
    refuse(path)
    second = do(path, make_offer)
    assert second.made[1] > second.made[0]
    events = [x["Event"] for x in ledger.read(Workbook.open(path), LOG)][-3:]
    assert events == ["Offered", "Refused", "Offered"]
    assert audit_book(path).findings == []


def test_an_accepted_offer_becomes_the_sellers_own_decision(path):
    do(path, make_offer)
    do(path, answer_offer, accepted=True)
    assert (cell(path, "Override Action"), cell(path, "Override Refund")) == (
        "Refund, keep item",
        22.5,
    )
    process_book(path, TODAY)
    assert (cell(path, "Decided Action"), cell(path, "Decided Refund")) == (
        "Refund, keep item",
        22.5,
    )
    assert audit_book(path).findings == []


def test_an_own_decision_is_never_overwritten(path):
    do(path, make_offer)
    book = Workbook.open(path)
    book.write_cells("Returns", {(0, "Override Action"): "Hold for review"})
    book.save()
    with pytest.raises(Refusal, match="your own decision"):
        do(path, answer_offer, accepted=True)
    assert cell(path, "Override Action") == "Hold for review"


def test_refused_to_the_end_the_goods_are_asked_back(path):
    for _ in range(3):
        do(path, make_offer)
        last = refuse(path)
    assert last.next is None
    assert cell(path, "Buyer Wants") == "Full refund"
    process_book(path, TODAY)
    assert cell(path, "Decided Action") == "Refund on receipt"


def test_a_buyer_who_insists_ends_the_ladder_at_once(path):
    do(path, make_offer)
    assert "nothing left to offer" in str(refuse(path, insists=True))
    assert cell(path, "Buyer Wants") == "Full refund"


@pytest.mark.parametrize(("amount", "problem"), [(500, "ceiling"), (0, "above"), (-5, "above")])
def test_an_offer_outside_the_ladder_is_refused(path, amount, problem):
    with pytest.raises(Refusal, match=problem):
        do(path, make_offer, amount)


def test_an_offer_is_answered_before_the_next(path):
    with pytest.raises(Refusal, match="no offer waits"):
        refuse(path)
    do(path, make_offer)
    with pytest.raises(Refusal, match="is not answered"):
        do(path, make_offer)


def test_a_row_whose_policy_says_something_else_is_no_case_for_an_offer(path):
    with pytest.raises(Refusal, match="no case for an offer"):
        negotiation_of(Workbook.open(path), "R-3", TODAY)
    with pytest.raises(Refusal, match="has no return"):
        negotiation_of(Workbook.open(path), "R-9", TODAY)


def test_the_next_buyer_is_offered_with_what_others_answered(path):
    do(path, make_offer)
    refuse(path)
    learned = negotiation_of(Workbook.open(path), "R-2", TODAY).learned
    assert (learned.accepted, learned.answered) == (0, 1)


def test_the_letter_speaks_of_the_offer_that_is_open(path):
    do(path, make_offer)
    refuse(path)
    letters, findings = letters_of(Workbook.open(path), TODAY)
    assert "R-1" not in [x.return_id for x in letters], "what was refused is not offered again"
    assert "was answered" in findings[0].problem
    second = do(path, make_offer).made[1]
    (letter,) = [x for x in letters_of(Workbook.open(path), TODAY)[0] if x.return_id == "R-1"]
    assert f"{second / 100:.2f} USD" in letter.text


def test_an_accepted_offer_has_no_letter_before_it_is_processed(path):
    do(path, make_offer)
    do(path, answer_offer, accepted=True)
    letters, (finding,) = letters_of(Workbook.open(path), TODAY)
    assert "R-1" not in [x.return_id for x in letters]
    assert finding.remedy == "process the workbook, then export"
    process_book(path, TODAY)
    (letter,) = [x for x in letters_of(Workbook.open(path), TODAY)[0] if x.return_id == "R-1"]
    assert (letter.action, "22.50 USD" in letter.text) == ("Refund, keep item", True)


def test_the_command_records_and_tells(path, capsys):
    for asked in (["--made"], ["--refused"], []):
        with pytest.raises(SystemExit) as ended:
            main(["offer", str(path), "R-1", *asked, "--today", TODAY.isoformat()])
        assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "22.50 USD refused (1 of 3)" in told
    assert "too few to tell" in told
