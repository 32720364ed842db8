"""The command line in Chinese: by the workbook, or by the computer where there is none."""

from __future__ import annotations

import json

import pytest

from tests.chinese.conftest import SAMPLES
from xl_returns import cli
from xl_returns.books.workbook import Workbook
from xl_returns.core.language import CHINESE, ENGLISH, speak
from xl_returns.desk.review import Explained


@pytest.fixture(autouse=True)
def _no_language(monkeypatch):
    for name in ("XL_RETURNS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys):
    """Run a command; give its exit code and what it printed."""

    def call(*arguments):
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(a) for a in arguments])
        told = capsys.readouterr()
        return stopped.value.code or 0, told.out + told.err

    return call


def test_a_chinese_workbook_is_answered_in_chinese_from_import_to_audit(run, tmp_path):
    book = tmp_path / "退货.xlsx"
    assert run("new", book, "--lang", "zh")[0] == 0
    told = run("import", *SAMPLES, "--into", book, "--today", "2026-11-20")[1]
    assert "新增 40，更改 0，未变 0，拒绝 0" in told
    assert f"已写入 {book}" in told
    told = run("process", book, "--today", "2026-11-20")[1]
    assert "已判定 40 行，新增或更改 40 行" in told
    assert "退款不退货" in told
    assert "警告: 退货!" in told
    told = run("explain", book, "DrP03gRRMA", "--today", "2026-11-20")[1]
    assert "建议操作               退款不退货" in told
    assert "退款不退货" in told
    told = run("audit", book)[1]
    assert "日志 80 行，其中决定 40 行" in told


def test_without_macros_the_workbook_of_each_language_has_formulas_for_suggestions(run, tmp_path):
    books = {language: tmp_path / f"{language}.xlsx" for language in ("en", "zh")}
    for language, book in books.items():
        assert run("new", book, "--lang", language)[0] == 0
    tables = {language: Workbook.open(book).tables for language, book in books.items()}
    assert "fx Note" in tables["en"]["Returns"].headers
    assert "fx 说明" in tables["zh"]["Returns"].headers


def test_explain_names_every_signal_in_chinese():
    seen = Explained({"Signals": "Different item, Late request", "Due": 46350.0, "Why": None}, [])
    assert (
        "\n".join(f"{t} {v}" for t, v in seen.lines())
        == "Signals Different item, Late request\nDue 2026-11-24"
    )
    speak(CHINESE)
    try:
        assert [str(value) for _, value in seen.lines()] == ["商品不符、申请较晚", "2026-11-24"]
    finally:
        speak(ENGLISH)


def test_json_keeps_its_keys_and_words_in_english(run, processed):
    told = run("explain", processed["zh"], "DrP03gRRMA", "--today", "2026-11-20", "--json")[1]
    assert json.loads(told)["Action"] == "Refund, keep item"
    told = run("due", processed["zh"], "--today", "2026-11-20", "--json")[1]
    assert {line["What"] for line in json.loads(told)} >= {"Answer request"}


def test_without_a_workbook_the_language_of_the_computer_counts(run, tmp_path, monkeypatch):
    there = tmp_path / "there.xlsx"
    there.write_bytes(b"")
    assert "is already there; choose another name" in run("new", there)[1]
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "已存在; 请换一个名称" in run("new", there)[1]
    monkeypatch.setenv("XL_RETURNS_LANG", "en")
    assert "is already there; choose another name" in run("new", there)[1]


def test_an_english_workbook_is_answered_in_english_on_a_chinese_computer(
    run, processed, monkeypatch
):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    told = run("check", processed["en"], "--today", "2026-11-20")[1]
    assert "Notes on the policy" in told
