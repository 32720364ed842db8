"""Buyers' words become causes, in English and Chinese, and no comment is lost."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insight.conftest import insights
from xl_returns.core import terms
from xl_returns.core.language import text as word
from xl_returns.insight.causes import NOT_TOLD, causes_of, dictionary

ENGLISH = {
    "Way too small, I usually wear a medium": "Too small",
    "Runs small. Order a size up!": "Too small",
    "smaller than expected": "Too small",
    "The ring was not big enough": "Too small",
    "Item was too big for my table": "Too large",
    "Doesn't fit well around the shoulders": "Size or fit",
    "Not compatible with my iPhone 15": "Not compatible",
    "The colour isn't the same colour as shown": "Colour differs",
    "Color is different from the picture": "Colour differs",
    "Fabric is see through": "Material or feel",
    "They sent me the wrong item": "Wrong item sent",
    "Not as described at all": "Not as described",
    "It does not really match the description": "Not as described",
    "Came without the charger": "Missing parts",
    "Two screws missing": "Missing parts",
    "Stopped working after 2 days": "Stopped working",
    "Left ear stops after ten minutes": "Stopped working",
    "Won&#39;t charge": "Does not work",
    "It doesnt turn on": "Does not work",
    "Never worked, not even once. Does not power on": "Does not work",
    "Very cheaply made, flimsy": "Poor quality",
    "Box was crushed and the glass shattered": "Damaged in transit",
    "Clearly already used, stained": "Used or opened before",
    "Past its date": "Expired or spoiled",
    "Smells like chemicals": "Smell",
    "Leaking from the lid": "Leaks",
    "Sound crackles": "Noise or bad sound",
    "Overheated and started to smoke": "Unsafe or too hot",
    "Too hard to use, confusing instructions": "Hard to use",
    "Not comfortable, hurts my feet": "Uncomfortable",
    "Arrived 3 weeks late": "Arrived late",
    "Package never arrived": "Not delivered",
    "Ordered by mistake": "Ordered by mistake",
    "Found cheaper elsewhere": "Better price",
    "My needs changed and I won't use it": "Changed mind",
}
CHINESE = {
    "太小了，穿不下": "Too small",
    "尺码偏大": "Too large",
    "型号不对，不兼容我的手机": "Not compatible",
    "颜色和图片不一样，有色差": "Colour differs",
    "发错货了": "Wrong item sent",
    "与描述不符": "Not as described",
    "少了两个螺丝，配件不全": "Missing parts",
    "用了几天就坏了": "Stopped working",
    "开不了机，没反应": "Does not work",
    "质量太差，做工粗糙": "Poor quality",
    "收到时外壳破损": "Damaged in transit",
    "感觉是二手的，被人用过": "Used or opened before",
    "有刺鼻的异味": "Smell",
    "杯子漏水": "Leaks",
    "物流太慢，延误了": "Arrived late",
    "一直没收到包裹": "Not delivered",
    "买错了": "Ordered by mistake",
    "不想要了": "Changed mind",
}
DENIED = {
    "Not too small, it simply doesn't turn on": "Does not work",
    "It's not small or large, I simply don't like it": "Changed mind",
    "Not too big and not too small, just ordered by mistake": "Ordered by mistake",
    "Nothing wrong with it, not damaged, not defective. No longer needed": "Changed mind",
    "Not only too small but also late": "Too small",
    "It wasn't damaged, it was the wrong colour": "Colour differs",
    "不太小，就是颜色不对": "Colour differs",
    "质量很好，没有坏，就是买错了": "Ordered by mistake",
}


@pytest.mark.parametrize(("comment", "cause"), [*ENGLISH.items(), *CHINESE.items()])
def test_a_comment_tells_its_cause(comment, cause):
    told = dictionary().of(comment)
    assert (told.cause, told.by_comment) == (cause, True)


@pytest.mark.parametrize(("comment", "cause"), DENIED.items())
def test_what_is_denied_is_no_cause(comment, cause):
    assert dictionary().of(comment).cause == cause


@pytest.mark.parametrize("comment", ["a smallish thing", "It fell in the latex", "agift", "翻译"])
def test_english_words_are_whole_words(comment):
    assert dictionary().of(comment).cause == NOT_TOLD


def test_without_words_the_reason_tells():
    book = dictionary()
    assert book.of("", "CR-APPAREL_TOO_SMALL", "Size").cause == "Too small"
    assert book.of("hm", "CR-JEWELRY_BROKEN", "Defective").cause == "Does not work"
    assert book.of("", "", "Unknown").cause == NOT_TOLD


def test_of_causes_that_weigh_the_same_the_reason_decides():
    told = "One knife missing & block scratched"
    assert dictionary().of(told, "MISSING_PARTS", "Defective").cause == "Missing parts"
    assert dictionary().of(told, "DAMAGED_BY_CARRIER", "Transit damage").cause == (
        "Damaged in transit"
    )


def test_every_reason_group_has_a_cause():
    assert {dictionary().of_reason("", group) for group in terms.REASON_GROUPS} <= set(
        dictionary().causes
    )
    assert sum(dictionary().of_reason("", group) == NOT_TOLD for group in terms.REASON_GROUPS) == 1


def test_the_dictionary_says_each_phrase_of_a_language_once():
    text = (files("xl_returns") / "data" / "causes.csv").read_text("utf-8")
    said = Counter(
        (line["Language"], phrase.strip())
        for line in csv.DictReader(text.splitlines())
        for phrase in line["Words"].split(";")
        if phrase.strip()
    )
    assert [phrase for phrase, count in said.items() if count > 1] == []


@pytest.mark.parametrize(
    "comment",
    ["=cmd|' /C calc'!A0", "\x00<script>alert(1)</script>", "too small " * 50_000, "不" * 50_000,
     "not " * 50_000, "'" * 50_000, "\ud800", "&#0;&#xD800;&bogus;"],
)  # fmt: skip
def test_hostile_text_is_only_text(comment):
    assert dictionary().of(comment).cause in dictionary().causes


@given(st.lists(st.text(max_size=60) | st.sampled_from([*ENGLISH, *CHINESE]), max_size=12))
def test_grouping_loses_no_comment(comments):
    told = causes_of(comments, [""] * len(comments), ["Unknown"] * len(comments))
    assert len(told) == len(comments)
    assert {cause for cause, _ in told} <= set(dictionary().causes)


@given(st.lists(st.sampled_from([*ENGLISH, *CHINESE, ""]), min_size=1, max_size=10))
def test_every_return_stands_under_one_cause(comments):
    rows = insights([{"Buyer Comment": text} for text in comments]).returns
    assert sum(rows.group_by("cause").len()["len"]) == len(comments)


def test_every_cause_has_a_name_and_a_remedy_in_both_languages():
    for cause in dictionary().causes.values():
        assert set(cause.what_to_fix) == {"en", "zh"}
        assert cause.what_to_fix["en"].isascii()
        assert not cause.what_to_fix["zh"].isascii()
        for text in (cause.name, cause.kind):
            assert not word("zh", text).isascii()
