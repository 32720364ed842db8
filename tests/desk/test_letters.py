"""Messages to buyers: in their language, filled in, and within what marketplaces allow."""

from __future__ import annotations

import csv
import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.days import TODAY
from xl_returns.books.build import build
from xl_returns.books.policies import default_policy, default_rows
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core import sheets, terms
from xl_returns.core.findings import Refusal
from xl_returns.core.messages import ANSWERED, LANGUAGE, PLACES, filled, forbidden_in
from xl_returns.desk.files import write_text_files
from xl_returns.desk.letters import letters_of
from xl_returns.desk.process import process_book

ROW = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "DE",
    "Order ID": "302-1",
    "Item": "Teekanne",
    "Quantity": 1,
    "Unit Paid": 12.5,
    "Status": "Requested",
    "In Policy": "Y",
}


@pytest.fixture
def book(tmp_path):
    def make(*rows):
        path = tmp_path / "Returns.xlsx"
        build(path, list(rows))
        process_book(path, TODAY)
        return path

    return make


def letters(path):
    return letters_of(Workbook.open(path), TODAY)


def test_a_buyer_is_written_to_in_the_language_of_the_marketplace(book):
    (letter,), findings = letters(book(ROW))
    assert letter.language == "de"
    assert "Wir erstatten Ihnen 12,50 EUR" in letter.text
    assert "Teekanne" in letter.text
    assert findings == []


def test_yen_have_no_decimals(book):
    (letter,), _ = letters(book({**ROW, "Marketplace": "JP", "Unit Paid": 1500}))
    assert "1500 JPY を返金" in letter.text


def test_rows_that_are_done_held_or_amazons_get_no_message(book):
    others = [
        {**ROW, "Return ID": "R2", "Status": "Closed"},
        {**ROW, "Return ID": "R3", "A-to-z": "Y"},
        {**ROW, "Return ID": "R4", "Channel": "FBA"},
    ]
    made, _ = letters(book(ROW, *others))
    assert [letter.return_id for letter in made] == ["R1"]


def test_the_sellers_own_decision_is_what_the_buyer_reads(book):
    own = {**ROW, "Override Action": "Offer partial refund", "Override Refund": 5}
    (letter,), _ = letters(book(own))
    assert "5,00 EUR" in letter.text
    assert letter.action == "Offer partial refund"


def test_every_answer_has_a_text_in_every_language_with_its_places():
    texts = {(m.action, m.language): m.text for m in default_policy().messages}
    languages = {*LANGUAGE.values(), "en", "zh"}
    to_buyers = {(action, language) for action, language in texts if action in terms.ACTIONS}
    assert to_buyers == {(action, language) for action in ANSWERED for language in languages}
    assert set(texts) - to_buyers == {(route, "en") for route in terms.APPEALS}
    for text in texts.values():
        assert "{item}" in text
        assert list(forbidden_in(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.com",
        "Visit example.com",
        "Write to me@example.org",
        "Please leave a review",
        "Wir freuen uns über eine Bewertung",
        "请给好评",
        "Use coupon SAVE10",
        "Mit Gutschein",
        "Dear {name}",
        "x" * 4_001,
    ],
)
def test_what_marketplaces_forbid_is_found(text):
    assert list(forbidden_in(text))


def test_a_forbidden_text_is_reported_at_its_cell(tmp_path):
    path = tmp_path / "Returns.xlsx"
    build(path, [ROW])
    book = Workbook.open(path)
    book.write_cells("Messages", {(0, "Text"): "Leave a review for {item}, please"})
    book.save()
    _, findings = letters(path)
    assert [str(finding) for finding in findings] == [
        "Messages!A5: the text has talk about reviews (`review`); write it without"
    ]


def test_a_language_without_text_is_said_and_english_is_used(tmp_path):
    path = tmp_path / "Returns.xlsx"
    build(path, [ROW])
    book = Workbook.open(path)
    languages = [row["Language"] for row in default_rows(sheets.MESSAGES)]
    places = {(i, "Language"): "xx" for i, name in enumerate(languages) if name == "de"}
    book.write_cells("Messages", places)
    book.save()
    process_book(path, TODAY)
    (letter,), findings = letters(path)
    assert letter.language == "en"
    assert "has no text for Refund, keep item in de" in str(findings)


@given(st.text(), st.text())
def test_text_from_reports_stays_one_plain_line(item, order):
    text = filled("A {item} B {order} C {amount}", item, "1 USD", order)
    assert text.endswith("1 USD")
    assert "\n" not in text
    assert not {"\u202e", "\u2066", "\x00"} & set(text)


def test_places_in_an_items_name_are_not_filled():
    assert filled("{item}", "{amount}", "1 USD", "") == "{amount}"
    assert set(PLACES) == {"item", "amount", "order"}


def test_the_command_writes_a_file_to_paste_and_one_to_filter(book, tmp_path, capsys):
    path = book(ROW, {**ROW, "Return ID": "=1+1", "Marketplace": "US"})
    command = ["export", "messages", str(path), "-o", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as ended:
        main([*command, "--today", TODAY.isoformat()])
    assert ended.value.code == 0
    assert "2 messages" in capsys.readouterr().out
    with (tmp_path / "out" / "messages.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["Return ID"] for row in rows] == ["R1", "'=1+1"]
    assert "=== R1 | order 302-1" in (tmp_path / "out" / "messages.txt").read_text("utf-8-sig")


def test_a_disk_that_fills_up_leaves_the_earlier_file_whole(tmp_path, monkeypatch):
    earlier = tmp_path / "messages.csv"
    earlier.write_text("earlier")

    def half(path, data):
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(Refusal, match="No space left"):
        write_text_files(tmp_path, {}, {"messages.csv": [["new"] * 100]})
    assert [path.name for path in tmp_path.iterdir()] == ["messages.csv"]
    assert earlier.read_text() == "earlier"


def test_every_marketplace_has_a_language_that_is_spoken():
    assert set(LANGUAGE) <= set(terms.MARKETPLACES)
