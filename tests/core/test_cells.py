"""Policy cells take plain forms and say what is wrong with the rest."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core import cells, sheets, terms, vocabulary
from xl_returns.core.cells import HIGHEST, LOWEST, CellProblem
from xl_returns.core.language import CHINESE, ENGLISH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("<50", ((LOWEST, 49_999),)),
        ("<=50", ((LOWEST, 50_000),)),
        ("50..100", ((50_000, 100_000),)),
        ("50 .. 100", ((50_000, 100_000),)),
        (">100", ((100_001, HIGHEST),)),
        (">=100", ((100_000, HIGHEST),)),
        ("12.5", ((12_500, 12_500),)),
        ("<10, >20", ((LOWEST, 9_999), (20_001, HIGHEST))),
    ],
)
def test_a_number_condition_becomes_closed_intervals(text, expected):
    assert cells.intervals(text, 1000) == expected


@pytest.mark.parametrize("text", ["5O", "50-100", "100..50", "abc", "<", "1.2345"])
def test_a_number_condition_that_cannot_be_read_says_what_to_write(text):
    with pytest.raises(CellProblem) as caught:
        cells.intervals(text, 1000)
    assert caught.value.remedy


def test_words_are_met_whatever_their_case_and_not_is_the_rest():
    assert cells.words("closed, CANCELLED", terms.STATUSES) == {"Closed", "Cancelled"}
    assert cells.words("not Low, high", terms.TIERS) == {"middle"}
    assert cells.words("", terms.TIERS) is None


DOMAINS = {f.choices for sheet in sheets.POLICY for f in sheet.fields if f.condition and f.choices}


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_every_known_word_is_read_as_it_is_meant_alone_and_after_not(language):
    for domain in DOMAINS:
        for word in domain:
            for cell, meant in ((word, {word}), (f"not {word}", {*domain} - {word})):
                said = vocabulary.condition(language, cell)
                assert cells.words(vocabulary.contract(said), domain) == meant


@given(st.data(), st.booleans(), st.sampled_from([str, str.lower, str.upper]))
def test_every_list_of_known_words_is_read_as_it_is_meant(data, negated, case):
    domain = data.draw(st.sampled_from(sorted(DOMAINS)))
    chosen = data.draw(st.lists(st.sampled_from(domain), min_size=1, unique=True))
    listed = case(data.draw(st.sampled_from([", ", ",", " ; ", "、"])).join(chosen))
    cell = vocabulary.contract(f"not {listed}" if negated else listed)
    meant = set(domain) - set(chosen) if negated else set(chosen)
    assert cells.words(cell, domain) == meant


def test_an_unknown_word_names_the_allowed_ones():
    with pytest.raises(CellProblem, match="low, middle, high"):
        cells.words("cheap", terms.TIERS)


def test_a_price_is_a_tier_or_an_amount():
    assert cells.price("low, middle", terms.TIERS, 1000) == ({"low", "middle"}, None)
    assert cells.price("<20", terms.TIERS, 1000) == (None, ((LOWEST, 19_999),))


@pytest.mark.parametrize(
    ("text", "points"), [("15%", 1500), ("0.15", 1500), ("", None), ("12.5 %", 1250)]
)
def test_a_share_is_basis_points(text, points):
    assert cells.basis_points(text) == points


@pytest.mark.parametrize("text", ["101%", "-1%", "x", "0.12345"])
def test_a_share_out_of_range_is_a_problem(text):
    with pytest.raises(CellProblem):
        cells.basis_points(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-14",
        "2026-07-14T09:30:00Z",
        "2026/7/14",
        "2026.7.14 10:00",
        "2026年7月14日",
        "14.7.2026",
        "14.07.2026",
        "20260714",
    ],
)
def test_a_day_is_read_where_it_can_be_read_in_one_way_only(text):
    assert cells.date_of(cells.day(text)) == dt.date(2026, 7, 14)


@pytest.mark.parametrize("text", ["14/07/2026", "14.7.26", "31.2.2026", "2026-07-145", "today"])
def test_a_day_that_may_be_another_is_a_problem(text):
    with pytest.raises(CellProblem):
        cells.day(text)
