"""The edition without macros: its formulas against the engine, with LibreOffice as the referee."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
from xlsxwriter.utility import xl_col_to_name

from tests.support.office import needs_office
from tests.support.referee import Chance, default_lines, differences, referee, rulebook
from tests.support.zips import members
from xl_returns.books.build import build
from xl_returns.books.build.native import Native, rows
from xl_returns.books.build.native.blocks import FIRST
from xl_returns.books.build.native.lines import words
from xl_returns.books.build.native.policy import action_rules
from xl_returns.books.build.page import Tongue
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns, sheets
from xl_returns.core.language import CHINESE, ENGLISH, text
from xl_returns.desk.process import process_book
from xl_returns.desk.table import ReturnsTable

ROW = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "US",
    "Quantity": 1,
    "Unit Paid": 49.99,
    "Status": "Requested",
    "Reason": "UNWANTED_ITEM",
}
OF_EXCEL_2016 = {
    "ABS", "AND", "CHAR", "COUNT", "COUNTIF", "EXACT", "FIND", "IF", "IFERROR", "INDEX", "INT",
    "ISERROR", "ISNUMBER", "ISTEXT", "LEFT", "LEN", "LOWER", "MATCH", "MAX", "MID", "MIN", "MMULT",
    "MOD", "N", "NOT", "OR", "REPT", "RIGHT", "ROUND", "ROW", "ROWS", "SUBSTITUTE", "SUM",
    "SUMPRODUCT", "TEXT", "TODAY", "TRIM", "UPPER", "VALUE",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with referee(tmp_path_factory.mktemp("native"), 40) as made:
        yield made


@pytest.fixture
def shipped(desk):
    policy = default_lines()
    desk.put_policy(policy)
    return policy


@needs_office
def test_formulas_and_engine_agree_to_the_cent_by_the_policy_that_ships(desk, shipped):
    chance, book = Chance(1), rulebook(shipped)
    for _ in range(8):
        found, unanswered = differences(chance.rows(40), book, desk)
        assert found == []
        assert len(unanswered) < 10


@needs_office
@pytest.mark.parametrize("seed", range(4))
def test_they_agree_by_other_policies_too(desk, seed):
    chance = Chance(seed)
    policy = chance.policy()
    desk.put_policy(policy)
    book = rulebook(policy)
    for _ in range(2):
        found, unanswered = differences(chance.rows(40), book, desk)
        assert found == []
        assert len(unanswered) < 10


@needs_office
@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"Unit Paid": "49,99"}, "Unit Paid"),
        ({"Unit Paid": -1}, "Unit Paid"),
        ({"Quantity": 1.5}, "Quantity"),
        ({"Status": "Asked"}, "Status"),
        ({"Request Date": "2026-11-20"}, "Request Date"),
        ({"Condition": "Sealed, ruined"}, "Condition"),
        ({"Category": "Video  Games"}, "Category"),
        ({"Reason": "CR-CR-CR-DEFECTIVE"}, "Reason"),
    ],
)
def test_a_cell_that_formulas_cannot_read_gives_no_answer_and_is_named(
    desk, shipped, changed, named
):
    said, (note, *_) = desk.answers([{**ROW, **changed}])
    assert note == f"Correct or process: {named}"
    assert [values[0] for values in said.values()] == [rows.UNANSWERED] + [""] * (len(said) - 1)


@needs_office
@pytest.mark.parametrize(
    ("sheet", "header", "cell"),
    [
        (sheets.ACTION_RULES, "Price", "about 50"),
        (sheets.ACTION_RULES, "Status", "Requested, Asked"),
        (sheets.ACTION_RULES, "Age", "9..3"),
        (sheets.ACTION_RULES, "Action", ""),
        (sheets.REFUND_RULES, "Withhold", "half"),
        (sheets.RESALE_RULES, "Floor", 5.0),
        (sheets.TIERS, "Low", "fifty"),
        (sheets.FEES, "Amount", -1.0),
        (sheets.RISK_WEIGHTS, "Points", 1.5),
        (sheets.SETTINGS, "Value", "much"),
    ],
)
def test_a_policy_that_formulas_cannot_read_gives_no_answers_and_its_line_is_named(
    desk, shipped, sheet, header, cell
):
    broken = [dict(line) for line in shipped[sheet]]
    broken[1][header] = cell
    desk.put_policy({sheet: broken})
    said, (note, *_) = desk.answers([ROW])
    assert said["Action"] == [rows.UNANSWERED]
    assert note.startswith(f"Formulas cannot read {sheet.name}, line ")


@needs_office
@pytest.mark.parametrize(
    ("limit", "coin", "market"), [(1.005, "USD", "US"), (12.345, "EUR", "DE"), (20.5, "JPY", "JP")]
)
def test_amounts_between_two_cents_are_what_the_engine_makes_of_them(
    desk, shipped, limit, coin, market
):
    opened = {"Marketplace": market, "Status": "Received", "Condition": "Opened", "Photos": "Y"}
    for line in shipped[sheets.FEES]:
        line.update({"Currency": coin, "Amount": limit})
    for header in ("Floor", "Cap"):
        for line in shipped[sheets.RESALE_RULES]:
            line.update({"Currency": coin, "Floor": None, "Cap": None, header: limit})
        desk.put_policy(shipped)
        rows = [{**ROW, **opened, "Unit Paid": paid} for paid in (0.5, 200.0)]
        assert differences(rows, rulebook(shipped), desk) == ([], [])


@needs_office
def test_every_known_word_is_read_as_it_is_meant_alone_in_lists_and_after_not(desk, shipped):
    rules, block = sheets.ACTION_RULES, action_rules(words().width)
    lists = {f.name: f.choices for f in rules.fields if f.condition and f.choices}
    meant = {name: list(as_meant(domain)) for name, domain in lists.items()}
    lines = shipped[rules]
    for first in range(0, max(map(len, meant.values())), len(lines)):
        some = {name: cases[first : first + len(lines)] for name, cases in meant.items()}
        put = [dict(line) for line in lines]
        for name, cases in some.items():
            for line, (cell, _) in zip(put, cases, strict=False):
                line[name] = cell
        desk.put_policy({rules: put})
        for name, cases in some.items():
            letter = block.letter("Tier" if name == "Price" else name)
            area = f"{letter}{FIRST}:{letter}{FIRST + len(lines) - 1}"
            bits = [int(bit) for (bit,) in desk.ask("read", "Native Policy", area)]
            assert bits[: len(cases)] == [bit for _, bit in cases]


def as_meant(domain):
    """Cells with each word of a domain, and the bits of the words that each accepts."""
    every = 2 ** len(domain) - 1
    for at, word in enumerate(domain):
        other = (at + 1) % len(domain)
        both = 2**at | 2**other
        yield word, 2**at
        yield f"not {word}", every - 2**at
        yield f"{word.upper()}, {domain[other]}", both
        yield f"{domain[other]}; {word.lower()}", both
        yield f"Not {word} ,{domain[other]}", every - both


@needs_office
def test_an_answer_follows_the_policy_cell_that_is_edited(desk, shipped):
    assert desk.answers([ROW])[0]["Action"] == ["Refund, keep item"]
    shipped[sheets.TIERS][0]["Low"] = 40.0
    desk.put_policy({sheets.TIERS: shipped[sheets.TIERS]})
    assert desk.answers([ROW])[0]["Action"] == ["Offer partial refund"]


@needs_office
@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_a_processed_workbook_keeps_its_formulas_and_they_agree(desk, tmp_path, language):
    path = tmp_path / "Returns.xlsx"
    build(path, [ROW], tongue=Tongue(language), native=True)
    book = Workbook.open(path)
    more = {**ROW, "Return ID": "R2", "Unit Paid": 60.0, "Condition": "Opened"}
    chance = [{**row, "Return ID": f"C{n}"} for n, row in enumerate(Chance(9).rows(25))]
    ReturnsTable(book).append([more, *chance])
    book.save()
    process_book(path, dt.date.today())
    written = ReturnsTable(Workbook.open(path)).table.read(list(columns.BY_NAME))
    with zipfile.ZipFile(path) as opened:
        sheet = opened.read("xl/worksheets/sheet2.xml").decode()
    count = len(written["Action"])
    computed = desk.ask("look", str(path), text(language, "Returns"), f"A5:DZ{4 + count}")
    note = len(columns.RETURNS)
    assert [row[note] for row in computed].count("") > 0.9 * count
    for at, name in enumerate(columns.BY_NAME):
        if name in Native().suggestions:
            for value, row in zip(written[name], computed, strict=True):
                assert row[note] or (value or "") == (row[at] or "")
            for row in (5, 6, 4 + count):
                assert re.search(rf'<c r="{xl_col_to_name(at)}{row}"[^>]*><f>IF\(', sheet)
    said = ["Refund, keep item", "Offer partial refund"]
    assert written["Action"][:2] == [text(language, word) for word in said]


@pytest.fixture(scope="module")
def native_sheets():
    made = io.BytesIO()
    build(made, native=True)
    return {name: part.decode() for name, part in members(made.getvalue()).items()}


def test_no_formula_needs_more_than_excel_2016(native_sheets):
    formulas = re.findall(r"<f>([^<]*)</f>", "".join(native_sheets.values()))
    native = [
        formula
        for formula in formulas
        if "fx " in formula or re.search(r"\b(act|rsl|fee|dom)_", formula)
    ]
    assert len(native) > 1_000
    for formula in native:
        plain = re.sub(r"&quot;.*?&quot;|\"[^\"]*\"", "", formula)
        assert set(re.findall(r"([A-Z][A-Z0-9.]*)\(", plain)) <= OF_EXCEL_2016
        assert len(formula) < 8_192
        assert deepest(plain) <= 64


def deepest(text):
    depth = most = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        most = max(most, depth)
    return most


def test_a_table_is_read_by_one_formula_whatever_its_rules(native_sheets):
    step = next(step for step in Native().steps if step.header == "fx Rule")
    assert step.formula.count("MATCH(1,") == 1
    assert "S11" not in step.formula


def test_the_workbook_says_what_formulas_leave_open(native_sheets):
    said = next(text for text in texts(native_sheets) if text.startswith("Due, "))
    left = [name for name in columns.SUGGESTIONS if name not in Native().suggestions]
    assert said.startswith(", ".join(left))
    assert any(rows.UNANSWERED in text for text in texts(native_sheets))


def texts(parts):
    return re.findall(r"<t[^>]*>([^<]*)</t>", parts["xl/sharedStrings.xml"])
