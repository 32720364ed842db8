"""Names of files made of hostile text."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core.paths import safe_name, safe_names

FOLDER = Path("/cases").resolve()


@pytest.mark.parametrize("name", ["DfqRyqfBRRMA", "113-1234567-1234567", "R-1 #2", "SAFE-T R-1"])
def test_a_plain_id_is_its_own_name(name):
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "../../etc/passwd", "C:\\x", "a/b", "CON", "nul.txt", "com1", "a.", "-rf", "~",
     "a\0b", "a\u202egnp.exe", "x" * 500, "$(rm)", "a|b", "日本/語", "COM¹", "lpt9.tar.gz", "CON .txt",
     "\u3164", "\ud800", "𠀀" * 80, "각" * 80, "ǖ" * 80, "x" * 79 + " y", "con." + "x" * 80],
)  # fmt: skip
def test_a_hostile_text_becomes_one_harmless_part(text):
    check(text)


@given(st.text(max_size=200))
def test_any_text_becomes_one_harmless_part(text):
    check(text)


def check(text):
    name = safe_name(text)
    assert (FOLDER / name).resolve().parent == FOLDER
    assert PureWindowsPath(f"C:/cases/{name}").parts == ("C:\\", "cases", name)
    assert 1 <= len(name) <= 80
    assert name[0] not in ".-"
    assert name[-1] not in ". "
    assert all(unicodedata.category(c)[0] != "C" for c in name)
    assert name == unicodedata.normalize("NFC", name)
    assert len(unicodedata.normalize("NFD", name).encode()) < 255
    device = unicodedata.normalize("NFKC", name.partition(".")[0]).strip().casefold()
    assert device not in ("con", "nul", "com1", "lpt9")


@given(st.text(max_size=60))
def test_a_name_is_never_taken_for_another_texts_own_name(text):
    name = safe_name(text)
    assert name == text or safe_name(name) != name


def test_ids_that_differ_only_in_case_get_names_of_their_own():
    names = safe_names(["DfqRyqfBRRMA", "dfqryqfbrrma", "R-1", "R-1"])
    assert len({name.casefold() for name in names.values()}) == 3
    assert names["R-1"] == "R-1"


@given(st.lists(st.text("aAbBßsSſ/", max_size=3), max_size=9))
def test_names_of_several_texts_differ_also_where_case_does_not_count(texts):
    names = safe_names(texts)
    assert len({name.casefold() for name in names.values()}) == len(set(texts))
    assert list(names) == list(dict.fromkeys(texts))


@given(st.text(max_size=60), st.text(max_size=60))
def test_different_texts_have_different_names_unless_only_their_case_differs(one, other):
    if one.casefold() != other.casefold():
        assert safe_name(one).casefold() != safe_name(other).casefold()
