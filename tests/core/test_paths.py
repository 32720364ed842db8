"""Names of files made of hostile text."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_returns.core.paths import safe_name

FOLDER = Path("/cases").resolve()


@pytest.mark.parametrize("name", ["DfqRyqfBRRMA", "113-1234567-1234567", "R-1 #2", "SAFE-T R-1"])
def test_a_plain_id_is_its_own_name(name):
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "../../etc/passwd", "C:\\x", "a/b", "CON", "nul.txt", "com1", "a.", "-rf", "~",
     "a\0b", "a\u202egnp.exe", "x" * 500, "$(rm)", "a|b", "日本/語", "COM¹", "lpt9.tar.gz"],
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
    assert name.partition(".")[0].casefold() not in ("con", "nul", "com1", "lpt9")


@given(st.text(max_size=60), st.text(max_size=60))
def test_different_texts_have_different_names_unless_only_their_case_differs(one, other):
    if one.casefold() != other.casefold():
        assert safe_name(one).casefold() != safe_name(other).casefold()
