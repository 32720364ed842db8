"""What a Chinese user reads has no English sentence, by every command and in every source."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import click
import pytest

from scripts import build_workbook
from tests.chinese.test_catalogue import PACKAGE, write_messages
from tests.chinese.test_workbook import english_on
from xl_returns import cli
from xl_returns.cli.help import Spoken, click_in, said
from xl_returns.core import phrases
from xl_returns.core.language import CHINESE, ENGLISH, speak

SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
"""Words of which the second begins with a small letter: names such as `Fix List` have none."""
EXAMPLE = re.compile(r"xl-returns [\w -]+|`[^`]*`|(?:insights|goods|check|explain) --write")


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command on a Chinese computer; give what it printed."""
    for name in ("XL_RETURNS_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        with pytest.raises(SystemExit):
            cli.main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return told.out + told.err

    yield call
    speak(ENGLISH)


def english_in(told, *theirs):
    """The lines with a sentence in English, but for commands and what others wrote."""
    plain = told
    for text in theirs:
        plain = plain.replace(str(text), "")
    return [line for line in plain.splitlines() if SENTENCE.search(EXAMPLE.sub("", line))]


def every_command(command, *names):
    """Each command of the command line by its names."""
    yield names
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from every_command(each, *names, name)


@pytest.mark.parametrize("names", every_command(cli.cli), ids=" ".join)
def test_help_is_chinese(run, names):
    told = run(*names, "--help")
    assert "显示本说明并退出" in told
    assert english_in(told) == []


def test_help_keeps_within_the_columns_of_a_terminal():
    speak(CHINESE)
    try:
        with click_in(CHINESE):
            root = said(cli.cli)
            context = Spoken(root, info_name="xl-returns", terminal_width=80)
            pages = [root.get_help(context)]
            pages += [c.get_help(Spoken(c, terminal_width=80)) for c in root.commands.values()]
    finally:
        speak(ENGLISH)
    widths = [len(line.encode("gb18030")) for page in pages for line in page.splitlines()]
    assert max(widths) <= 84


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "没有命令 'nothing'。"),
        (["explain"], "缺少参数 'BOOK'"),
        (["decide", "rows.csv"], "缺少选项 '-o' / '--out'"),
        (["due", "b.xlsx", "--todday"], "您是否想写 '--today'？"),
        (["due", "b.xlsx", "--today", "x"], "'x' 不符合格式"),
        (["split", "b.xlsx", "R", "two"], "'two' 不是有效的 integer"),
        (["audit", "b.xlsx", "more"], "多余的参数（more）"),
        (["new", "b.xlsx", "--lang", "fr"], "'fr' 不是 'en', 'zh' 之一"),
        (["setup", "--remove"], "请加上 --libreoffice"),
        (["check", "none.xlsx"], "none.xlsx"),
    ],
)
def test_wrong_use_is_told_in_chinese(run, arguments, told):
    found = run(*arguments)
    assert told in found
    assert english_in(found) == []


COMMANDS = [
    "process BOOK --dry-run", "check BOOK --notes", "check BOOK --write", "explain BOOK DrP03gRRMA",
    "explain BOOK Dwf08LRRMA --write", "explain BOOK none", "due BOOK", "audit BOOK", "doctor BOOK",
    "insights BOOK --write", "simulate BOOK --search", "goods BOOK --write", "goods-in BOOK",
    "offer BOOK Dvn04YRRMA", "offer BOOK Dvn04YRRMA --made", "offer BOOK Dvn04YRRMA --refused",
    "receive BOOK 9400110200830000000017", "receive BOOK nothing", "split BOOK Dvf14LRRMA 1 1",
    "export messages BOOK -o OUT", "export returnless BOOK -o OUT", "export appeals BOOK -o OUT",
    "export adjustments BOOK -o OUT", "import BOOK --into BOOK", "decide NONE -o OUT.txt",
    "simulate BOOK --policy BOOK -o REPLAY",
]  # fmt: skip
"""Each runs over a workbook with the sample reports, processed."""
DATED = ("doctor", "export messages", "import")


def test_every_command_answers_a_chinese_workbook_in_chinese(run, processed, tmp_path):
    book = Path(shutil.copy(processed["zh"], tmp_path / "退货.xlsx"))
    places = {"BOOK": str(book), "OUT": str(tmp_path / "out"), "NONE": str(tmp_path / "none.csv")}
    places["REPLAY"] = str(tmp_path / "重演.xlsx")
    english = {}
    for command in COMMANDS:
        arguments = [places.get(word, word) for word in command.split()]
        dated = [] if command.startswith(DATED) else ["--today", "2026-11-20"]
        told = run(*arguments, *([] if command == "audit BOOK" else dated))
        if left := english_in(told, tmp_path):
            english[command] = left
    assert english == {}, "\n".join(f"{c}: {x}" for c, xs in english.items() for x in xs)
    assert english_on(book) == english_on(places["REPLAY"]) == {}
    told = [path.read_text("utf-8-sig") for path in (tmp_path / "out").rglob("case.txt")]
    lines = [line for text in told for line in text.splitlines()]
    ours = [line for line in lines if not line.startswith(("买家留言: ", "商品: "))]
    assert len(ours) > 100
    assert english_in("\n".join(ours)) == []


MEANT = {
    "the item": "a draft for Amazon",
    "to be added": "a draft for Amazon",
    "Columns after Amazon help 661; compare the first file with your own template.": "JSON",
    "fine percent": "a kind of cell",
    "to refund": "a key",
    "newly to refund": "a key",
    "done before": "JSON",
    "(formula without a value)": "stands in a cell that cannot be read",
    "every value fits": "a fault of the program",
    " values, not ": "a fault of the program",
    " has no row ": "a fault of the program",
    "the stream ends early": "caught",
    " is not a number": "caught",
    " is not a number that a cell can hold": "caught",
    " is not a whole number": "caught",
    " can be read two ways": "caught",
    " is not a date": "caught",
    " is not a month": "caught",
    " is not a year of orders": "caught",
    "no date": "a Return ID that is the same in both languages",
    "no order": "a Return ID that is the same in both languages",
    " back in stock": "what a report says, in an event",
    "product sales": "a field of a report",
    "fulfilment channel": "a field of a report",
    "can not": "a buyer's words",
}
"""Texts of the sources that read like a sentence and are not said to a person as they stand, and why."""
NOT_SAID = (
    "books/build",
    "calc/oxt.py",
    "core/messages.py",
    "insight/transport.py",
    "machine/python.py",
)
"""Formulas and VBA (their pages are read above), XML, patterns, proofs, a program in a text."""


def test_every_sentence_of_the_sources_is_in_the_catalogue():
    said = {text for _, text in write_messages.messages()} | set(phrases.PHRASES)
    english = set()
    for path in PACKAGE.rglob("*.py"):
        if not path.relative_to(PACKAGE).as_posix().startswith(NOT_SAID):
            english |= {text for text in texts_of(path) if SENTENCE.search(text)}
    assert sorted(english - said - KEYS - set(MEANT)) == []
    assert set(MEANT) <= english


KEYS = frozenset(phrases._PHRASES)
"""Names of phrases."""


def texts_of(path):
    """The texts of a source, without what documents it."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documents
        ):
            yield node.value


def test_every_sentence_of_vba_is_said_in_the_language_of_the_workbook():
    for source in build_workbook.vba_texts():
        code = "\n".join(
            line for line in source.splitlines() if not line.lstrip().startswith(("'", "Attribute"))
        )
        told = build_workbook.in_language(code, CHINESE)
        texts = re.findall(r'"([^"\n]*)"(?:, "([0-9a-f]+)")?', told)
        left = [text for text, codes in texts if SENTENCE.search(text) and not codes]
        assert [text for text in left if not text.startswith("from xl_returns")] == []
        assert build_workbook.in_language(code, ENGLISH) == code
