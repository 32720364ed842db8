"""A Chinese workbook: it says the same, decides the same, and both languages are read in it."""

from __future__ import annotations

import re

import openpyxl
import pytest

from scripts import build_workbook
from tests.support.days import TODAY
from tests.support.zips import members
from xl_returns.books.build import build
from xl_returns.books.build.page import Tongue
from xl_returns.books.policies import default_policy, default_rows, policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns, ledgers, sheets
from xl_returns.core.findings import Refusal
from xl_returns.core.language import CHINESE, ENGLISH, header, spoken, text
from xl_returns.core.vocabulary import WORDS, english
from xl_returns.desk import ledger
from xl_returns.desk.audit import audit_book
from xl_returns.desk.health import examine_book
from xl_returns.desk.process import process_book
from xl_returns.desk.review import check_book
from xl_returns.desk.simulate import simulate
from xl_returns.desk.single import ReturnItem, decide, load_policy
from xl_returns.desk.table import ReturnsTable

TOLD = ("Appeal", "Warnings", "Why", "Policy Version")
"""What differs by language, and the version of a policy that knows its language."""
ENGLISH_WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")
CHINESE_LETTER = re.compile("[\u4e00-\u9fff]")
NAMES = re.compile(
    r"xl-returns [\w -]+|`[^`]*`|(?:insights|goods|check|explain) --write|pip install"
)
"""What stays in English within Chinese: commands."""


def rows_of(path):
    table = ReturnsTable(Workbook.open(path, read_only=True))
    shown = table.table.read()
    return {name: shown[name] for name in (*columns.INPUTS, *columns.SUGGESTIONS, *columns.RECORD)}


def test_it_decides_like_the_english_one_to_the_cent(processed):
    ours, theirs = rows_of(processed["zh"]), rows_of(processed["en"])
    for name, values in theirs.items():
        if name not in TOLD:
            assert [english(v) if isinstance(v, str) else v for v in ours[name]] == values, name


def test_what_is_written_into_it_is_chinese(processed):
    shown = rows_of(processed["zh"])
    assert {"立即退款", "退款不退货", "人工审核"} <= set(shown["Action"])
    assert {"已关闭", "已收货"} <= set(shown["Status"])
    assert all("规则" in why or "为" in why for why in shown["Why"] if why)
    for sheet in (ledgers.DUE, ledgers.RECONCILE, ledgers.LOG, ledgers.EVENTS):
        raw = Workbook.open(processed["zh"], read_only=True).tables[sheet.table].read()
        for entry in sheet.columns:
            if entry.kind == "word":
                assert [v for v in raw[entry.name] if v in WORDS and text(CHINESE, v) != v] == []


def test_its_ledgers_read_as_those_of_the_english_one(processed):
    books = [Workbook.open(processed[language], read_only=True) for language in ("zh", "en")]
    for sheet in (ledgers.DUE, ledgers.EVENTS, ledgers.RECONCILE, ledgers.LOG):
        kept = [
            entry.name
            for entry in sheet.columns
            if entry.kind not in ("prose", "hours") and entry.name not in (*TOLD, "Seal")
        ]
        ours, theirs = (ledger.read(book, sheet, kept) for book in books)
        assert ours == theirs, sheet.sheet


def test_another_books_policy_leaves_the_language_of_the_job_as_it_is(processed, fresh):
    replay = simulate(processed["en"], fresh["zh"], TODAY)
    assert spoken() == ENGLISH
    assert not any(CHINESE_LETTER.search(line) for line in replay.assumptions)
    load_policy(fresh["zh"])
    assert spoken() == ENGLISH


def test_a_row_is_told_in_its_policys_language_whatever_was_spoken_before(fresh):
    item = ReturnItem(
        return_id="R1", channel="MFN", marketplace="US", quantity=-1, status="Requested"
    )
    with pytest.raises(Refusal, match=CHINESE_LETTER):
        decide(item, load_policy(fresh["zh"]), TODAY)
    with pytest.raises(Refusal, match="is not a number of units"):
        decide(item, load_policy(fresh["en"]), TODAY)


def test_its_log_proves_whole_and_processing_again_changes_nothing(processed, tmp_path):
    book = tmp_path / "again.xlsx"
    book.write_bytes(processed["zh"].read_bytes())
    assert audit_book(book).findings == []
    assert process_book(book, TODAY).changed_cells == 0


def test_its_policy_is_the_default_one(fresh):
    policy, findings = policy_of(Workbook.open(fresh["zh"], read_only=True))
    assert findings == []
    assert policy.settings.language == "zh"
    assert policy.spoken("en").version == default_policy().version
    assert [list(case.row) for case in policy.cases] == [
        list(c.row) for c in default_policy().cases
    ]


def test_its_cases_and_rules_stand_their_own_check(fresh):
    assert check_book(fresh["zh"], TODAY, write=False).findings == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_of_either_language_are_read_in_either_workbook(fresh, tmp_path, language):
    row = {
        "Return ID": "R-1", "Channel": "MFN", "Marketplace": "US", "Quantity": 1.0,
        "Unit Paid": 80.0, "Status": "已收货", "In Policy": "是", "Condition": "轻微瑕疵、Damaged",
        "Reason": "UNWANTED_ITEM", "Request Date": 46330.0, "Received Date": 46340.0,
    }  # fmt: skip
    english_row = {**row, "Return ID": "R-2", "Status": "Received", "In Policy": "Y"}
    english_row["Condition"] = "Minor defect, Damaged"
    path = tmp_path / "typed.xlsx"
    path.write_bytes(fresh[language].read_bytes())
    book = Workbook.open(path)
    book.append("Returns", [row, english_row])
    book.write_cells("ActionRules", {(0, "Status"): "非 已收货，Approved；In transit"})
    book.save()
    assert process_book(path, TODAY).findings == []
    shown = rows_of(path)
    assert shown["Action"][0] == shown["Action"][1]
    assert shown["Refund"][0] == shown["Refund"][1] > 0


def test_numbers_that_left_their_source_are_found_in_it_too(fresh, tmp_path):
    path = tmp_path / "changed.xlsx"
    path.write_bytes(fresh["zh"].read_bytes())
    book = Workbook.open(path)
    book.write_cells("Deadlines", {(0, "Days"): 2.0})
    book.save()
    found = [one for one in check_book(path, TODAY, write=False).policy if one.kind == "Source"]
    assert [one.place for one in found] == ["期限!E5"]
    assert "答复申请" in found[0].problem


def test_findings_name_their_place_and_are_in_its_language(fresh, tmp_path):
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(fresh["zh"].read_bytes())
    book = Workbook.open(path)
    book.write_cells("Tiers", {(0, "Low"): "viel"})
    book.save()
    findings = check_book(path, TODAY, write=True).findings
    assert str(findings[0]) == "价格档!B5: `viel` 不是数字; 请写数字，例如 12.50"
    assert ledger.read(Workbook.open(path), ledgers.CHECK)[0]["Severity"] == "error"
    assert spoken() == "zh"


def test_nothing_english_is_left_on_its_pages(fresh, processed):
    assert english_on(fresh["zh"]) == english_on(processed["zh"]) == {}


def english_on(path):
    """The English sentences of a workbook's cells and notes, by their places."""
    left = {}
    for sheet in openpyxl.load_workbook(path).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                texts = [cell.comment.text] if cell.comment else []
                texts += [cell.value] if isinstance(cell.value, str) else []
                for told in texts:
                    if ENGLISH_WORDS.search(NAMES.sub("", told)) and not _is_their_own(sheet, cell):
                        left[f"{sheet.title}!{cell.coordinate}"] = told
    return left


OWN = (
    "来源",
    "文字",
    "代码",
    "类目",
    "商品",
    "买家留言",
    "买家原话",
    "明细",
    "输入",
    "内容",
    "详情",
    "扫描码",
    "取值",
    "见于",
    "行内容",
)
"""Columns of sources, texts to buyers, codes, and what reports and buyers say."""


def _is_their_own(sheet, cell):
    if sheet.title == "Lists":
        return False
    head = sheet.cell(4, cell.column).value
    return cell.row > 4 and (head in OWN or head == "退货原因")


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The live edition in Chinese."""
    path = tmp_path_factory.mktemp("live") / "live.xlsm"
    macros = build_workbook.macros(build_workbook.own_modules("zh"), "zh")
    build(path, macros=macros, tongue=Tongue("zh"))
    return path


def test_the_live_edition_knows_the_version_of_its_policy_and_the_doctor_finds_it_well(live):
    book = Workbook.open(live, read_only=True)
    assert book.tables["Live"].read(["Policy"])["Policy"] == [policy_of(book)[0].version]
    assert {check.state for check in examine_book(live)} <= {"ok", "not here"}


def test_the_live_edition_speaks_chinese_in_ribbon_button_and_formulas(live):
    parts = members(live)
    ribbon = parts["customUI/customUI14.xml"].decode()
    sheets_read, drawn = (
        "".join(part.decode() for name, part in parts.items() if kind in name)
        for kind in ("xl/worksheets/sheet", "vmlDrawing")
    )
    assert 'label="处理退货"' in ribbon
    assert re.findall(r'(?:label|screentip|supertip)="[ -~]*"', ribbon) == []
    assert "处理退货" in drawn
    assert (
        "RETURN_ACTION(Returns[[#This Row],[退货编号]:[配送成本]],Live[政策],Live[截至日期])"
        in sheets_read
    )
    assert "RETURN_POLICY(Settings[#All],Tiers[#All]" in sheets_read


def test_every_default_line_has_its_chinese(fresh):
    book = Workbook.open(fresh["zh"], read_only=True)
    for sheet in (*sheets.POLICY, *sheets.BESIDE):
        table = book.tables[sheet.table]
        assert table.language == "zh"
        assert table.rows == max(len(default_rows(sheet)), 1)
        assert set(table.headers) >= {field.name for field in sheet.fields}
        assert table.sheet == text(CHINESE, sheet.name)


def test_headers_are_known_by_both_names():
    for column in columns.RETURNS:
        assert columns.header_name(header(CHINESE, "Returns", column.name)) == column.name
        assert columns.header_name(column.name) == column.name
