"""The workbook that we build, as openpyxl, LibreOffice and our own reader see it."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from scripts import build_workbook as sources
from tests.support.office import needs_office, shown
from tests.support.zips import members
from xl_returns.books.build import build
from xl_returns.books.build.frame import FIRST_ROW, HEADER_ROW
from xl_returns.books.build.native import Native, blocks
from xl_returns.books.build.native.page import HEADERS as NATIVE_HEADERS
from xl_returns.books.build.native.page import SHEET as NATIVE_PAGE
from xl_returns.books.build.page import Tongue
from xl_returns.books.build.styles import OWNER_NAME
from xl_returns.books.policies import default_policy, policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns, ledgers, sheets, terms
from xl_returns.core.vocabulary import LIVE_HEADERS

NATIVE = (NATIVE_PAGE, blocks.SHEET)
WORKBOOK = Path(__file__).parents[2] / "workbook"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ROW = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "JP",
    "Order Date": dt.date(2026, 11, 1),
    "Quantity": 1,
    "Unit Paid": 3000,
    "Status": "Requested",
    "Decided Action": "Refund, keep item",
    "Decided Refund": 3000,
    "Recovery": 0,
}


@pytest.fixture(scope="module", params=["xlsx", "xlsm"])
def edition(request):
    return request.param


@pytest.fixture(scope="module")
def made(edition):
    return built(edition)


def built(edition):
    target = io.BytesIO()
    modules = [*sources.own_modules(), *sources.xlwings_modules()]
    live = sources.macros(modules) if edition == "xlsm" else None
    build(target, macros=live, native=live is None)
    return target.getvalue()


@pytest.fixture(scope="module")
def seen(made):
    return openpyxl.load_workbook(io.BytesIO(made))


def test_twice_built_gives_the_same_bytes(made, edition):
    assert built(edition) == made


def test_the_committed_workbook_is_what_the_sources_give(made, edition):
    committed = members(WORKBOOK / f"ReturnsTracker.{edition}")
    assert committed == members(made), "run scripts/dev.py workbook"


def test_the_committed_chinese_workbook_is_what_the_sources_give(edition):
    made = io.BytesIO()
    modules = [*sources.own_modules("zh"), *sources.xlwings_modules()]
    live = sources.macros(modules, "zh") if edition == "xlsm" else None
    build(made, macros=live, native=live is None, tongue=Tongue("zh"))
    committed = members(WORKBOOK / f"ReturnsTracker.zh.{edition}")
    assert committed == members(made.getvalue()), "run scripts/dev.py workbook"


def test_its_policy_is_the_default_policy_and_has_no_findings(made, edition, tmp_path):
    path = tmp_path / f"New.{edition}"
    path.write_bytes(made)
    policy, findings = policy_of(Workbook.open(path))
    assert findings == []
    assert policy.version == default_policy().version


def test_every_table_has_the_headers_of_the_contract(seen, edition):
    tables = {name: sheet.tables[name] for sheet in seen for name in sheet.tables}
    expected = {
        "Returns": [column.name for column in columns.RETURNS],
        **{ledger.table: list(ledger.headers) for ledger in ledgers.ALL},
        **{sheet.table: [field.name for field in sheet.fields] for sheet in sheets.BESIDE},
        **{
            sheet.table: [field.name for field in (*sheet.fields, sheets.CHECKED)]
            for sheet in sheets.POLICY
        },
    }
    if edition == "xlsm":
        expected["Live"] = list(LIVE_HEADERS)
    else:
        expected["Native"] = list(NATIVE_HEADERS)
        expected["Returns"] += [step.header for step in Native().steps]
    assert {name: t.column_names for name, t in tables.items()} == expected


def test_headers_stay_in_sight_and_explain_themselves(seen):
    page = seen["Returns"]
    assert page.freeze_panes == f"B{FIRST_ROW + 1}"
    for cell, column in zip(page[HEADER_ROW + 1], columns.RETURNS, strict=False):
        assert column.help in cell.comment.text
    assert all(cell.comment.text for cell in page[HEADER_ROW + 1])


def test_returns_opens_with_what_the_morning_needs_and_folds_the_rest(seen):
    page = seen["Returns"]
    places = [get_column_letter(i) for i in range(1, len(columns.RETURNS) + 1)]
    shown = [page[f"{p}{HEADER_ROW + 1}"].value for p in places if not folded(page, p)]
    assert shown[:8] == [
        "Return ID", "Item", "Status", "Action", "Refund", "Due", "Warnings", "Why",
    ]  # fmt: skip
    assert shown[8:] == list(columns.OVERRIDES)
    assert sum(columns.BY_NAME[name].width for name in shown[:7]) <= 160


def folded(page, place):
    """Neighbours that are alike stand in the file as one."""
    column = column_index_from_string(place)
    spans = page.column_dimensions.values()
    return any(span.hidden and span.min <= column <= span.max for span in spans)


def test_the_word_above_a_header_says_who_fills_the_column(seen):
    words = [cell.value for cell in seen["Returns"][HEADER_ROW]]
    assert words[: len(columns.RETURNS)] == [OWNER_NAME[c.owner] for c in columns.RETURNS]


def test_tables_print_in_letters_of_eight_points_with_headers_and_key_on_every_page(seen):
    for sheet in (*sheets.POLICY, *ledgers.ALL):
        page = seen[sheet.name if sheet in sheets.POLICY else sheet.sheet]
        assert not page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.scale >= 80
        assert (page.print_title_rows, page.print_title_cols) == ("$4:$4", "$A:$A")


def test_what_is_no_number_or_day_brings_a_warning_that_says_what_is_expected(seen):
    rules = seen["Returns"].data_validations.dataValidation
    typed = {
        seen["Returns"].cell(HEADER_ROW + 1, area.min_col).value: rule
        for rule in rules
        for area in rule.sqref.ranges
        if rule.type != "list"
    }
    assert {"Unit Paid", "Refunded So Far", "Received Date", "Override Refund"} <= set(typed)
    assert {rule.errorStyle for rule in typed.values()} == {"warning"}
    assert "65.99" in typed["Unit Paid"].error
    assert typed["Override Refund"].prompt == columns.BY_NAME["Override Refund"].help


def choices(seen, rule):
    """The words a drop-down offers, read from its formula as Excel would."""
    if rule.formula1.startswith('"'):
        return rule.formula1.strip('"').split(",")
    ((sheet, cells),) = seen.defined_names[rule.formula1].destinations
    return [cell.value for (cell,) in seen[sheet][cells]]


def drop_downs(seen, name):
    page = seen[name]
    return {
        page.cell(HEADER_ROW + 1, area.min_col).value: choices(seen, rule)
        for rule in page.data_validations.dataValidation
        for area in rule.sqref.ranges
        if rule.type == "list"
    }


def test_drop_downs_offer_exactly_the_allowed_words(seen):
    offered = drop_downs(seen, "Returns")
    assert offered == {c.name: list(c.choices) for c in columns.RETURNS if c.choices}
    assert offered["Override Action"] == list(terms.ACTIONS)


def test_drop_downs_of_policy_sheets_offer_exactly_the_allowed_words(seen):
    for sheet in sheets.POLICY:
        allowed = {
            f.name: list(f.choices)
            for f in sheet.fields
            if f.cell in ("choice", "flag") and f.choices
        }
        assert drop_downs(seen, sheet.name) == allowed


def test_every_formula_has_a_value_or_is_calculated_on_opening(made, seen):
    native = [seen.sheetnames.index(n) + 1 for n in ("Returns", *NATIVE) if n in seen.sheetnames]
    left = {f"xl/worksheets/sheet{n}.xml" for n in native} if NATIVE[0] in seen.sheetnames else ()
    book = members(made)["xl/workbook.xml"]
    assert bool(left) == (b'fullCalcOnLoad="1"' in book)
    for name, data in members(made).items():
        if name.startswith("xl/worksheets/sheet") and name not in left:
            for cell in ET.fromstring(data).iter(f"{MAIN}c"):
                if cell.find(f"{MAIN}f") is not None:
                    value = cell.find(f"{MAIN}v")
                    assert value is not None, cell.get("r")
                    assert value.text or cell.get("t") == "str", cell.get("r")


def test_report_text_never_becomes_a_formula_or_a_link(tmp_path):
    hostile = ["=1+1", "@SUM(A1)", "+1", "-1", "https://example.com", "{=1}", "\t=1"]
    path = tmp_path / "Hostile.xlsx"
    build(path, [{**ROW, "Return ID": f"R{i}", "Item": text} for i, text in enumerate(hostile)])
    page = openpyxl.load_workbook(path)["Returns"]
    column = [column.name for column in columns.RETURNS].index("Item") + 1
    cells = [page.cell(FIRST_ROW + 1 + i, column) for i in range(len(hostile))]
    assert [(c.value, c.data_type, c.hyperlink) for c in cells] == [(t, "s", None) for t in hostile]


@needs_office
def test_libreoffice_shows_no_error_on_any_sheet(made, tmp_path):
    path = tmp_path / "New.xlsx"
    path.write_bytes(made)
    pages = shown(path, tmp_path)
    assert set(pages) >= {sheet.name for sheet in sheets.POLICY} | {"Returns", "Dashboard"}
    cells = {cell for page in pages.values() for row in page for cell in row}
    assert not {cell for cell in cells if cell.startswith(("#", "Err:"))}
