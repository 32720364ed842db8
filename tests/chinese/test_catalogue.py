"""The catalogue of translations: complete, and true to its English."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest

from xl_returns.core import vocabulary
from xl_returns.core.language import CHINESE, header, text

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import write_messages

PACKAGE, SCRIPTS = write_messages.PACKAGE, Path(write_messages.__file__).parent


@pytest.fixture(scope="module")
def catalog():
    return write_messages.read()


@pytest.fixture(scope="module")
def said():
    """Everything that the product says today, taken out of the sources anew."""
    return set(write_messages.messages())


def test_every_message_has_its_chinese(catalog, said):
    lacking = {
        (context, message)
        for context, message in said
        if not (found := catalog.get(message, context or None)) or not any(found.string)
    }
    assert lacking == set()


def test_no_message_is_uncertain_or_left_from_before(catalog, said):
    there = {(message.context or "", message.id) for message in catalog if message.id}
    assert there == said
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert not catalog.obsolete


def test_blanks_are_the_same_in_both_languages(catalog):
    different = [
        m.id for m in catalog if m.id and _blanks(_first(m.id)) != _blanks(_first(m.string))
    ]
    assert different == []


def test_every_sentence_is_given_just_its_blanks():
    wrong = []
    for path in (*PACKAGE.rglob("*.py"), *SCRIPTS.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "phrased":
                sentence, given = call.args[0], {keyword.arg for keyword in call.keywords}
                if isinstance(sentence, ast.JoinedStr) or (
                    isinstance(sentence, ast.Constant)
                    and given
                    and {name for name, _ in _blanks(sentence.value)} != given
                ):
                    wrong.append(f"{path.name}:{call.lineno}")
    assert wrong == []


def test_no_sentence_hides_in_an_f_string_where_it_is_not_found():
    hidden = re.compile(r"""\{(?:phrased|marked)\(["']""")
    assert [p.name for p in PACKAGE.rglob("*.py") if hidden.search(p.read_text("utf-8"))] == []


def test_blanks_at_the_ends_stay_where_a_terminal_lines_them_up(catalog):
    pairs = [(_first(m.id), _first(m.string)) for m in catalog if m.id]
    assert [e for e, chinese in pairs if _indent(e) > _indent(chinese) > 0] == []


def test_the_compiled_catalogue_is_the_one_that_people_read(catalog):
    with write_messages.MO.open("rb") as file:
        read = GNUTranslations(file)
    for message in catalog:
        found = (
            read.pgettext(message.context, message.id)
            if message.context
            else read.ngettext(_first(message.id), "", 1)
            if isinstance(message.id, tuple)
            else read.gettext(message.id)
        )
        assert not message.id or found == _first(message.string), message.id


def test_no_two_headers_of_a_table_share_a_name():
    for table, names in vocabulary.tables().items():
        shown = Counter(header(CHINESE, table, name) for name in names)
        assert [name for name, count in shown.items() if count > 1] == [], table


def test_no_two_words_share_a_name_so_that_each_reads_back():
    assert [
        word for word in vocabulary.WORDS if vocabulary.english(text(CHINESE, word)) != word
    ] == []


def _first(text):
    """A text, or the first of those for one and for several."""
    return text if isinstance(text, str) else text[0]


def _blanks(message):
    try:
        parts = list(Formatter().parse(message))
    except ValueError:
        return Counter()
    return Counter((name, how) for _, name, _, how in parts if name is not None)


def _indent(message):
    return len(message) - len(message.lstrip(" "))
