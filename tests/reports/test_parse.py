import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.reports import parse
from xl_returns.reports.dates import Days, month_first
from xl_returns.reports.notes import Notes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("21.38", "21.38"), ("77,98", "77.98"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"), ("1\u00a0234,56", "1234.56"), ("1\u202f234,56", "1234.56"),
        ("1'234.50", "1234.5"), ("1,234", "1234"), ("0,125", "0.125"), ("1,2", "1.2"),
        ("12.345.678", "12345678"), ("1,23,456.50", "123456.5"), ("$19.99", "19.99"),
        ("19,99 €", "19.99"), ("EUR 5", "5"), ("¥1,200", "1200"), ("￥１２００", "1200"),
        ("R$ 12,50", "12.5"), ("(3.00)", "-3"), ("3,00-", "-3"), ("\u22123.5", "-3.5"),
        (".50", "0.5"), ("0.0", "0"), ("-$5.00", "-5"), ("1200円", "1200"), ("1.234", "1.234"),
    ],
)  # fmt: skip
def test_numbers_are_read_in_every_notation(text, value):
    assert parse.number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["abc", "12,34,5", "1.2.3", "12 34", "1,234,56", "--5", "5 apples", "1" * 40, "1e5", ","],
)
def test_what_is_no_number_is_not_guessed(text):
    with pytest.raises(ValueError, match="not a number"):
        parse.number(text)


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
def test_a_blank_number_is_unknown(text):
    assert parse.number(text) is None


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_reads_the_same_in_both_notations(value):
    english = f"{value:,.2f}"
    swap = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert parse.number(english) == parse.number(swap) == value


@given(st.text())
def test_clean_text_has_no_control_characters_and_fits_a_cell(text):
    cell = parse.clean(text)
    assert len(cell) <= 32_000
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in cell)


def test_entities_are_read_and_formulas_stay_text():
    assert parse.clean("Won&#39;t &amp; can\x00't\tfit\n") == "Won't & can't fit"
    assert parse.clean("=HYPERLINK(1)") == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("Not as Expected|Won&#39;t fit|No", "Won't fit"), ("Changed Mind|Plans moved", "Plans moved"),
        ("Defective||Yes", "Defective"), ("Defective", "Defective"), ("", ""), ("||", ""),
        ("Zu klein|Ärmel zu kurz|Nein", "Ärmel zu kurz"), ("Other|a | b|Yes", "a | b"),
    ],
)  # fmt: skip
def test_the_buyers_own_words_are_kept_of_a_comment(comment, words):
    assert parse.free_text(comment) == words


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10-Jul-2025", "2025-07-10"), ("2026-11-12T23:44:17Z", "2026-11-12"), ("2026-09-09", "2026-09-09"),
        ("2026-06-20T23:32:45-08:00", "2026-06-20"), ("31-12-2026", "2026-12-31"), ("05.09.2026", "2026-09-05"),
        ("17.09.2026 00:00:00 UTC", "2026-09-17"), ("21-Aug-2026 10:11:12", "2026-08-21"), ("5.9.26", "2026-09-05"),
        ("2026/10/05", "2026-10-05"), ("2026年10月5日", "2026-10-05"), ("Oct 5, 2026", "2026-10-05"),
        ("7/7/2026", "2026-07-07"), ("13/7/2026", "2026-07-13"), ("7/13/2026", "2026-07-13"),
        ("7-13-2026", "2026-07-13"), ("1-Sept-2026", "2026-09-01"),
    ],
)  # fmt: skip
def test_the_day_part_is_read_as_given(text, day):
    notes = Notes()
    assert Days(notes, None).read(text, "x line 1") == dt.date.fromisoformat(day)
    assert not list(notes.findings())


@pytest.mark.parametrize(
    "text", ["soon", "31-Feb-2026", "99.99.2026", "46310", "10-Foo-2026", "2026-09-09x"]
)
def test_what_is_no_date_is_not_guessed(text):
    with pytest.raises(ValueError):  # noqa: PT011
        Days(Notes(), None).read(text, "x line 1")


def test_other_rows_tell_the_order_of_day_and_month():
    assert month_first(["3/4/2026", "3/25/2026"], "DE", []) is True
    assert month_first(["3/4/2026", "25/3/2026"], "US", []) is False


def test_marketplace_and_then_money_tell_the_order_of_day_and_month():
    assert month_first(["3/4/2026"], "US", ["EUR"]) is True
    assert month_first(["3/4/2026"], "UK", []) is False
    assert month_first(["3/4/2026"], None, ["USD"]) is True
    assert month_first(["3/4/2026"], None, ["GBP", "EUR"]) is False
    assert month_first(["3/4/2026"], None, ["USD", "EUR"]) is None
    assert month_first(["3/4/2026"], None, []) is None


def test_a_date_that_nothing_decides_is_assumed_aloud():
    notes = Notes()
    days = Days(notes, None)
    assert days.read("3/4/2026", "a line 2") == dt.date(2026, 4, 3)
    days.read("5/6/2026", "a line 3")
    (finding,) = notes.findings()
    assert finding.severity == "warning"
    assert finding.place == "a line 2 and 1 more"
    assert "day/month" in finding.problem
    assert "--marketplace" in finding.remedy
