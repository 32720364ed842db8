"""Whatever stands in a report, a row, a policy or a file: a decision, or a finding at its place."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import fuzz
from tests.desk.conftest import SAMPLES
from tests.support.corpus import ROWS, plain
from tests.support.days import TODAY
from tests.support.parts import RETURNS
from tests.support.policies import grids
from tests.support.zips import members, rewrite
from xl_returns.books.policies import default_policy, default_rows
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, columns, sheets
from xl_returns.core.decide import decide
from xl_returns.core.findings import Refusal
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.desk.audit import audit_book
from xl_returns.desk.intake import import_reports
from xl_returns.desk.offers import negotiation_of
from xl_returns.desk.process import process_book
from xl_returns.desk.review import check_book
from xl_returns.reports import merge, read_report

ODD = (
    "x" * 32_767, "1e999999", "-1e999999", "1e999999999", "9" * 400, "0." + "1" * 400, "nan", "inf", "-0",
    "٣", "²", "1_000", "0x10", "#N/A", "=1+1", " ", "\t", "\0", "<>5", "..", "5..1", ",", "not ", "not not A",
    "9999-12-31", "0001-01-01", "2026-02-30", "2026-W01-1", "\ud83d", "15%", "1e15%", "Y", "不",
    True, False, 1e308, -1e308, 5e-324, 1e15, 1e9, -1e9, 2_958_465.999, 0.5, -1.0, 0.0,
)  # fmt: skip
SETTLEMENT = next(sample for sample in SAMPLES if sample.stem == "settlement")
TABLE = "xl/tables/table1.xml"
NO_FILES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def put(tmp_path):
    """A workbook with rows, some of its parts changed, as a file."""

    def make(changes=()):
        path = tmp_path / "Returns.xlsx"
        path.write_bytes(plain())
        return rewrite(path, dict(changes)) if changes else path

    return make


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """The bytes of a workbook with decided rows and with events."""
    path = tmp_path_factory.mktemp("decided") / "Returns.xlsx"
    path.write_bytes(plain())
    import_reports([SETTLEMENT], path, TODAY, "US")
    process_book(path, TODAY)
    return path.read_bytes()


def works_or_leaves_alone(path, work):
    """Do it; a Refusal has a place and a remedy, and the file is as it was."""
    before = path.read_bytes()
    try:
        return work(path)
    except Refusal as refusal:
        told = refusal.finding
    assert told.place
    assert told.remedy
    assert path.read_bytes() == before
    return told


def process(path):
    return process_book(path, TODAY)


def refusal_of(path):
    finding = works_or_leaves_alone(path, process)
    return f"{finding.place}: {finding.problem}"


# Rows and policies


@pytest.mark.parametrize("name", columns.READ)
def test_any_cell_of_a_row_is_decided_or_asked_about(name):
    usual = {k: [v] * len(ODD) for k, v in ROWS[0].items()}
    rows = parse_rows({**usual, name: list(ODD)})
    shown = suggestions(
        decide(rows, Rulebook(default_policy()), 20_780), Rulebook(default_policy())
    )
    assert len(shown["Action"]) == len(ODD)
    assert all(p.header == name and p.remedy and len(p.problem) <= 400 for p in rows.problems)


@pytest.mark.parametrize("text", ["1e999999", "1e999999999", "-1e999999999", "9" * 5_000])
@pytest.mark.parametrize("name", ["Quantity", "Unit Paid", "Label Cost"])
def test_a_number_beyond_what_a_cell_holds_is_asked_about_at_once(name, text):
    (problem,) = parse_rows({name: [text]}).problems
    assert (problem.row, problem.header) == (0, name)
    assert "is not a number" in problem.problem


CELLS = [
    (sheet, row, field.name)
    for sheet in sheets.POLICY
    for row in range(len(default_rows(sheet)))
    for field in sheet.fields
]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(ODD)), min_size=1, max_size=40))
def test_any_cell_of_a_policy_leaves_a_policy_that_decides(changes):
    changed = {}
    for (sheet, row, header), cell in changes:
        changed.setdefault(sheet.table, {})[row, header] = cell
    policy, findings = parse_policy(grids(**changed), default_policy().settings)
    book = Rulebook(policy)
    rows = parse_rows({name: [row.get(name) for row in ROWS] for name in columns.READ})
    assert len(suggestions(decide(rows, book, 20_780), book)["Action"]) == len(ROWS)
    assert all(finding.place and finding.remedy for finding in findings)


@pytest.mark.parametrize(
    ("sheet", "header", "cell"),
    [
        (sheets.TIERS, "High", "9" * 30),
        (sheets.DEADLINES, "Days", "-1"),
        (sheets.DEADLINES, "Days", "1e9"),
        (sheets.ACTION_RULES, "Price", ">1000000001"),
        (sheets.FEES, "Percent", "1e999999%"),
        (sheets.RISK_WEIGHTS, "Points", "1e300"),
    ],
)
def test_a_number_that_no_policy_can_mean_is_a_finding_at_its_line(sheet, header, cell):
    _, findings = parse_policy(grids(**{sheet.table: {(0, header): cell}}))
    first_line = (f"{sheet.name}!{header}5", f"{sheet.name}!{sheet.fields[0].name}5")
    assert [finding for finding in findings if finding.place in first_line]


def test_half_a_character_counts_as_one_that_nobody_can_read():
    assert parse_rows({"SKU": ["a\ud83d", "\ud83d\ude00"]}).text["SKU"] == ["a\ufffd", "😀"]


def test_what_is_said_about_a_long_cell_is_short():
    with pytest.raises(cells.CellProblem) as said:
        cells.word_of("x" * 32_767, ["A"])
    assert len(said.value.problem) < 250


# The workbook itself


@pytest.mark.parametrize("cell", [1e308, -1e308, -1.0, 0.0, 2_958_466.0, "soon"])
def test_a_number_that_is_no_day_is_a_finding_at_its_cell(put, cell):
    path = put()
    book = Workbook.open(path)
    book.write_cells("ActionRules", {(0, "From"): cell})
    book.save()
    places = [finding.place for finding in process(path).findings]
    assert Workbook.open(path).tables["ActionRules"].place(0, "From") in places


@settings(max_examples=3, deadline=None, suppress_health_check=NO_FILES)
@given(data=st.data())
def test_any_cells_in_any_table_end_in_decisions_or_findings(put, data):
    path = put()
    book = Workbook.open(path)
    tables = [name for name, table in book.tables.items() if table.rows]
    for name in data.draw(st.lists(st.sampled_from(tables), min_size=1, max_size=4, unique=True)):
        header = data.draw(st.sampled_from(book.tables[name].headers))
        given_cells = st.lists(st.sampled_from(ODD), min_size=1, max_size=book.tables[name].rows)
        for row, cell in enumerate(data.draw(given_cells)):
            book.write_cells(name, {(row, header): cell})
    book.save()
    works_or_leaves_alone(path, process)
    works_or_leaves_alone(path, lambda book: check_book(book, TODAY, write=True))


def test_formulas_and_errors_where_values_are_expected_are_read_as_what_they_show(put):
    def change(raw):
        raw = re.sub(rb'<c r="M5"( s="\d+")><v>30</v>', rb'<c r="M5"\1><f>15*2</f><v>30</v>', raw)
        return re.sub(rb'<c r="M6"( s="\d+")><v>60</v>', rb'<c r="M6"\1 t="e"><v>#N/A</v>', raw)

    path = put({RETURNS: change})
    summary = process(path)
    assert "Returns!M6" in [finding.place for finding in summary.findings]
    assert Workbook.open(path).tables["Returns"].read(["Decided Refund"])["Decided Refund"][0] == 30


@pytest.mark.parametrize("value", ["", "<v/>", "<v></v>"])
def test_a_formula_that_nobody_calculated_is_never_taken_for_blank(put, value):
    """Programs without a calculator, as openpyxl, leave such cells: here what the buyer paid."""

    def change(raw):
        cell = rb'<c r="M5"\1><f>15*2</f>' + value.encode() + b"</c>"
        return re.sub(rb'<c r="M5"( s="\d+")><v>30</v></c>', cell, raw)

    path = put({RETURNS: change})
    told = [f"{f.place}: {f.problem}" for f in process(path).findings]
    assert "Returns!M5: `(formula without a value)` is not a number" in told
    returns = Workbook.open(path).tables["Returns"]
    assert returns.read(["Decided Action"])["Decided Action"][0] == "Hold for review"


@pytest.mark.parametrize(
    ("header", "held"), [("Order ID", True), ("SKU", True), ("Item", False), ("ASIN", False)]
)
@pytest.mark.parametrize("typed", [False, True])
def test_an_error_in_a_text_is_told_and_is_no_key_that_rows_share(header, held, typed):
    cells = ["#N/A", "#N/A", "known"]
    usual = {name: [value] * 3 for name, value in ROWS[0].items()}
    usual |= {"Return ID": ["R1", "R2", "R3"]}
    rows = parse_rows({**usual, header: pl.Series(cells) if typed else cells})
    assert list(rows.text[header]) == ["", "", "known"]
    assert [(p.row, p.header) for p in rows.problems] == [(0, header), (1, header)]
    assert rows.unread().tolist() == [held, held, False]


@pytest.mark.parametrize("day", [dt.date(9999, 12, 31), dt.date(1, 1, 1)])
@pytest.mark.parametrize("kind", ["date", "text", "typed"])
def test_a_day_far_from_any_return_is_asked_about_and_stops_no_other_row(day, kind):
    """Other programs write 9999-12-31 for a day that has not come."""
    usual = {name: [value] * 2 for name, value in ROWS[0].items()}
    days = [day, TODAY]
    written = {"date": days, "text": [d.isoformat() for d in days], "typed": pl.Series(days)}
    rows = parse_rows({**usual, "Status": ["Received"] * 2, "Received Date": written[kind]})
    (problem,) = rows.problems
    assert problem.problem == f"{day.isoformat()} is no day of a return"
    book = Rulebook(default_policy())
    held, decided = suggestions(decide(rows, book, 20_780), book)["Action"]
    assert (held, decided != held) == ("Hold for review", True)


def test_a_typed_day_that_no_calendar_has_is_asked_about():
    usual = {name: [value] for name, value in ROWS[0].items()}
    beyond = pl.Series([4_000_000], dtype=pl.Int32).cast(pl.Date)
    (problem,) = parse_rows({**usual, "Received Date": beyond}).problems
    assert problem.problem == "a day that no calendar has is no day of a return"


@pytest.mark.parametrize("true_first", [True, False])
def test_true_is_no_number_wherever_a_one_stands_beside_it(true_first):
    usual = {name: [value] * 2 for name, value in ROWS[0].items()}
    rows = parse_rows({**usual, "Quantity": [True, 1.0] if true_first else [1.0, True]})
    true, one = (0, 1) if true_first else (1, 0)
    assert [problem.row for problem in rows.problems] == [true]
    assert rows.amounts["Quantity"][one] == 1


def test_hidden_filtered_and_sorted_rows_are_decided_like_all_others(put, tmp_path):
    usual = put().rename(tmp_path / "usual.xlsx")
    sort = (
        b'<filterColumn colId="17"><filters><filter val="Received"/></filters></filterColumn>'
        b'</autoFilter><sortState ref="A5:BE10"><sortCondition ref="M5:M10"/></sortState>'
    )
    hidden = put(
        {
            RETURNS: lambda raw: re.sub(rb'(<row r="[5678]")', rb'\1 hidden="1"', raw),
            TABLE: lambda raw: re.sub(rb'(<autoFilter ref="[^"]*")/>', rb"\1>" + sort, raw),
        }
    )
    assert process(hidden).actions == process(usual).actions
    assert b"<sortCondition" in members(hidden.read_bytes())[TABLE]


def test_merged_cells_in_the_table_are_refused_at_their_place(put):
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="AG5:AG6"/></mergeCells>'
    path = put({RETURNS: lambda raw: raw.replace(b"</sheetData>", merged)})
    assert refusal_of(path) == "Returns!AG5:AG6: these cells are merged"


def _renamed(*pairs):
    def change(raw):
        for old, new in pairs:
            raw = raw.replace(f'name="{old}"'.encode(), f'name="{new}"'.encode())
        return raw

    return {TABLE: change}


def test_chinese_renamed_and_extra_columns_are_found_or_passed_over(put):
    names = [
        ("Status", "状态"),
        ("Unit Paid", "unit_paid"),
        ("Buyer Key", "My own"),
        ("Why", "Warum"),
    ]
    summary = process(put(_renamed(*names)))
    assert summary.rows == len(ROWS) - 1
    assert summary.for_a_person < summary.rows


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (_renamed(("Status", "State of things")), "lacks Status"),
        ({TABLE: lambda raw: raw.replace(b'displayName="Returns"', b'displayName="R"')}, "has no Returns"),
        (_renamed(("SKU", "ASIN")), "does not fit its columns"),
        ({TABLE: lambda raw: raw.replace(b"A4:BE10", b"A4:BD10")}, "does not fit its columns"),
        ({TABLE: lambda raw: raw.replace(b"A4:BE10", b"A4:BE9999999")}, "does not fit its columns"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_found_is_refused_by_name(put, changes, said):
    assert said in refusal_of(put(changes))


@pytest.mark.parametrize(
    ("header", "written", "remedy"),
    [
        ("Unit Paid", "Unit Payed", "put the headers back; perhaps misspelt: Unit Payed"),
        ("Status", "State of things", "put the headers back"),
    ],
)
def test_a_misspelt_header_is_named_in_the_remedy(put, header, written, remedy):
    assert works_or_leaves_alone(put(_renamed((header, written))), process).remedy == remedy


@pytest.mark.parametrize(
    ("header", "written", "told"),
    [
        ("Refunded So Far", "Refund So Far", "is none of the desk's columns, so it is not read"),
        ("Buyer Key", "unit paid", "means the same as Unit Paid: only that is read"),
    ],
)
def test_a_column_that_is_not_read_though_it_looks_so_is_told(put, header, written, told):
    findings = process(put(_renamed((header, written)))).findings
    assert f"Returns, {written}: {told}; give the columns their own headers" in map(str, findings)


def test_a_blank_table_and_one_without_rows_have_nothing_to_decide(put):
    assert process(put({TABLE: lambda raw: raw.replace(b"A4:BE10", b"A4:BE4")})).rows == 0
    blank = put({RETURNS: lambda raw: re.sub(rb'<row r="([5-9]|10)".*?</row>', b"", raw)})
    assert process(blank).rows == 0


def test_a_total_row_is_no_row_and_stops_only_what_would_run_into_it(put):
    def with_totals(raw):
        return raw.replace(b'ref="A4:BE10"', b'totalsRowCount="1" ref="A4:BE10"', 1)

    path = put({TABLE: with_totals})
    assert process(path).rows == len(ROWS) - 1
    report = next(sample for sample in SAMPLES if sample.name == "mfn_returns.txt")
    told = works_or_leaves_alone(path, lambda book: import_reports([report], book, TODAY, "US"))
    assert (told.place[:11], told.problem[-9:]) == ("Returns!A11", "total row")


# Hostile packages

TEXTS = (
    b"", b"<", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfe<\0a\0/\0>\0", b"\0" * 99,
    b'<?xml version="1.0" encoding="utf-7"?><a/>', b"<a>" * 5_000, b"<a b='" + b"c" * 99_999 + b"'/>",
)  # fmt: skip
SMALL = sorted(name for name in members(plain()) if name.endswith((".rels", ".xml")))


@settings(max_examples=15, deadline=None, suppress_health_check=NO_FILES)
@given(
    st.dictionaries(st.sampled_from(SMALL), st.sampled_from([None, *TEXTS]), min_size=1, max_size=3)
)
def test_missing_and_broken_parts_are_passed_over_or_refused(put, changes):
    works_or_leaves_alone(put(changes), process)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"worksheets/gone.xml"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"../../../etc/passwd"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"worksheets/sheet3.xml"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet2.xml", b"styles.xml"),
        ("xl/worksheets/_rels/sheet2.xml.rels", b"tables/table1.xml", b"tables/table2.xml"),
        ("xl/worksheets/_rels/sheet2.xml.rels", b"tables/table1.xml", b"worksheets/sheet2.xml"),
        ("xl/workbook.xml", b'r:id="rId2"', b'r:id="rId999"'),
        ("[Content_Types].xml", b"worksheet+xml", b"theme+xml"),
    ],
)
def test_relations_that_lead_elsewhere_are_refused_or_do_no_harm(put, part, old, new):
    assert old in members(plain())[part]
    path = put({part: lambda raw: raw.replace(old, new, 1)})
    works_or_leaves_alone(path, process)


# Reports

HEADERS = (
    "订单编号",
    "Order ID",
    "",
    "=1+1",
    "order-id",
    "x" * 40_000,
    '"',
    "\0",
    "Bestellnummer",
    "SKU",
)
DAMAGE = (
    b"\0",
    b'"',
    b"\xff\xfe",
    b"\r",
    b"\n",
    b"\t",
    b",",
    b"&#x0;",
    b"\xe4",
    b"9" * 40_000,
    b"<",
)


@settings(max_examples=120, deadline=None)
@given(
    sample=st.sampled_from(SAMPLES),
    headers=st.dictionaries(st.integers(0, 30), st.sampled_from(HEADERS), max_size=4),
    damage=st.lists(st.tuples(st.floats(0, 1), st.sampled_from(DAMAGE)), max_size=5),
    end=st.floats(0, 1),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32", "cp1252", "gb18030", "cp932"]),
)
def test_a_damaged_report_is_read_or_refused(sample, headers, damage, end, encoding):
    lines = sample.read_text("utf-8-sig").splitlines()
    mark = "\t" if "\t" in lines[0] else ","
    names = lines[0].split(mark)
    for at, name in headers.items():
        names[at % len(names)] = name
    data = "\r\n".join([mark.join(names), *lines[1:]]).encode(encoding, "replace")
    for place, piece in damage:
        at = int(place * len(data))
        data = data[:at] + piece + data[at:]
    told = []
    try:
        report = read_report(data[: int(end * len(data)) + 1], sample.name, "US")
        told += report.findings + tuple(merge([], [report], {}, "US").findings)
    except Refusal as refusal:
        told.append(refusal.finding)
    assert all(finding.place and finding.remedy for finding in told)


@pytest.mark.parametrize("target", fuzz.TARGETS)
def test_the_fuzzers_take_the_good_input_they_start_from(target):
    seeds = list(fuzz.seeds(target))
    assert seeds
    for seed in seeds:
        fuzz.TARGETS[target](seed)


@pytest.mark.parametrize(
    "cell", [1e308, -1e308, "[" * 30_000, '{"share": [], "Quantity": {"a": 1e999}}', "1e999999"]
)
@pytest.mark.parametrize(
    ("table", "headers"),
    [
        ("Log", ("At", "Refund", "Inputs", "Details", "Override Cost")),
        ("Events", ("Day", "Units", "Amount", "Tax")),
    ],
)
def test_nonsense_in_the_log_and_the_events_stops_nothing(tmp_path, decided, table, headers, cell):
    path = tmp_path / "Returns.xlsx"
    path.write_bytes(decided)
    book = Workbook.open(path)
    rows = range(min(book.tables[table].rows, 3))
    book.write_cells(table, {(row, header): cell for row in rows for header in headers})
    book.save()
    assert audit_book(path).lines > 3
    assert process(path).rows > 3
    assert import_reports([SETTLEMENT], path, TODAY, "US").new == 0
    assert negotiation_of(Workbook.open(path), "R-2", TODAY)
