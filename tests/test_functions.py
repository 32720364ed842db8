"""Worksheet functions through xlwings' own unmodified path, as VBA calls them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from scripts.benchmark import rows as shop_rows
from tests.support.days import TODAY
from tests.support.excel import Excel, FunctionError
from tests.support.pywin32 import ERRORS, MISSING, currency
from xl_returns.books.policies import default_policy
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, columns, language, sheets
from xl_returns.core.decide import decide
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.desk.table import as_value
from xl_returns.functions import NEXT_CELL, NEXT_ROW, OF_ROW, SEND_POLICY, SEND_TABLE

WORKBOOK = Path(__file__).parent.parent / "workbook" / "ReturnsTracker.xlsm"
AS_OF = as_value(TODAY)
HEADERS = (tuple(columns.INPUTS),)
ROW = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "US",
    "Quantity": 1.0,
    "Unit Paid": 20.0,
    "Status": "Requested",
}
GUIDE = Rulebook(default_policy())


def sent(*rows):
    """Rows as Value2 gives them: a tuple of tuples in the order of the input columns."""
    return tuple(tuple(as_value(row.get(name)) for name in columns.INPUTS) for row in rows)


def decided(*rows):
    given = {name: [row.get(name) for row in rows] for name in columns.INPUTS}
    shown = suggestions(decide(parse_rows(given), GUIDE, cells.day(TODAY)), GUIDE)
    blank = {name: ["" if v is None else v for v in values] for name, values in shown.items()}
    return [{name: values[i] for name, values in blank.items()} for i in range(len(rows))]


@pytest.fixture(scope="module")
def excel():
    server = Excel()
    yield server
    server.close()


@pytest.fixture(scope="module")
def policy_tables():
    book = Workbook.open(WORKBOOK, read_only=True)
    tables = []
    for sheet in sheets.POLICY:
        table = book.tables[sheet.table]
        body = zip(*table.read().values(), strict=True)
        tables.append((table.headers, *body))
    return tables


@pytest.fixture(scope="module")
def version(excel, policy_tables):
    return excel.call("RETURN_POLICY", *policy_tables)


def unpacked(text):
    """Answers by position, as the VBA module unpacks them."""
    answers = {}
    for line in text.split(NEXT_ROW):
        position, *values = line.split(NEXT_CELL)
        plain = [float(v[1:]) if v[:1] == "n" else v[1:] for v in values]
        answers[int(position)] = dict(zip(columns.SUGGESTIONS, plain, strict=True))
    return answers


def test_the_policy_sheets_give_the_version_that_headless_work_records(version):
    assert version == default_policy().version


@pytest.mark.parametrize(("name", "column"), list(zip(OF_ROW, columns.SUGGESTIONS, strict=True)))
def test_each_function_says_what_headless_work_says(excel, version, name, column):
    assert excel.call(name, sent(ROW), version, AS_OF, HEADERS) == decided(ROW)[0][column]


def test_arguments_that_are_left_out_mean_this_policy_today_and_the_usual_columns(excel, version):
    alone = excel.call("RETURN_ACTION", sent(ROW), MISSING, MISSING, MISSING)
    assert alone == excel.call("RETURN_ACTION", sent(ROW), version, None, None)


def test_a_blank_row_gives_blanks(excel, version):
    for name in OF_ROW:
        assert excel.call(name, sent({}), version, AS_OF, HEADERS) == ""


def test_headers_may_stand_in_any_order_and_in_chinese(excel, version):
    names = ["Status", "Return ID", "Unit Paid", "Quantity", "Marketplace", "Channel"]
    row = (tuple(ROW[name] for name in names),)
    headers = (tuple(language.header("zh", "Returns", name) for name in names),)
    assert excel.call("REFUND_AMOUNT", row, version, AS_OF, headers) == 20.0


def test_a_single_cell_is_a_row_of_one(excel, version):
    told = excel.call("RETURN_ACTION", "R1", version, AS_OF, "Return ID")
    assert told == "Hold for review"


def test_dates_as_serial_days_count_like_dates(excel, version):
    row = {**ROW, "Status": "Received", "Received Date": dt.date(2026, 11, 20)}
    due = excel.call("RETURN_DUE", sent(row), version, AS_OF, HEADERS)
    assert due == decided(row)[0]["Due"] > AS_OF


def test_a_currency_cell_counts_to_the_cent(excel, version):
    row = list(sent(ROW)[0])
    row[columns.INPUTS.index("Unit Paid")] = currency("20.10")
    assert excel.call("REFUND_AMOUNT", (tuple(row),), version, AS_OF, HEADERS) == 20.1


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_a_cell_is_never_taken_for_an_amount(excel, version, error):
    row = list(sent(ROW)[0])
    row[columns.INPUTS.index("Unit Paid")] = ERRORS[error]
    told = excel.call("RETURN_WARNINGS", (tuple(row),), version, AS_OF, HEADERS)
    assert "Unit Paid" in told
    assert excel.call("REFUND_AMOUNT", (tuple(row),), version, AS_OF, HEADERS) == 0.0


def test_cells_without_headers_are_refused_with_a_sentence(excel, version):
    with pytest.raises(FunctionError, match="2 cells stand under 1 headers; select the same"):
        excel.call("RETURN_ACTION", (("R1", "MFN"),), version, AS_OF, "Return ID")


def test_advice_for_a_table_is_a_row_each_of_texts_that_an_array_may_hold(excel, version):
    rows = [{**ROW, "Return ID": f"R{i}", "Order ID": "1", "SKU": "A"} for i in range(3)]
    advice = excel.call("RETURN_ADVICE", sent(*rows), version, AS_OF, HEADERS)
    expected = [list(told.values()) for told in decided(*rows)]
    assert [[v if not isinstance(v, str) else v[:200] for v in row] for row in advice] == [
        [v if not isinstance(v, str) else v[:200] for v in row] for row in expected
    ]
    assert all(len(v) <= 255 for row in advice for v in row if isinstance(v, str))


def test_ten_thousand_rows_are_one_call_and_the_same_as_headless(excel, version):
    rows = list(shop_rows(10_000))
    positions = tuple(range(len(rows)))
    text = excel.call(
        "changed_rows", "big", version, AS_OF, HEADERS, len(rows), positions, sent(*rows)
    )
    assert list(unpacked(text).values()) == decided(*rows)


def test_one_edited_row_is_one_small_answer(excel, version):
    rows = [{**ROW, "Return ID": f"R{i}", "Order ID": str(i), "SKU": "A"} for i in range(20)]
    every = tuple(range(20))
    excel.call("changed_rows", "small", version, AS_OF, HEADERS, 20, every, sent(*rows))
    rows[4]["Condition"] = "Damaged"
    text = excel.call("changed_rows", "small", version, AS_OF, HEADERS, 20, (4,), sent(rows[4]))
    assert unpacked(text) == {4: decided(*rows)[4]}


def test_a_changed_rule_shows_at_once(excel, policy_tables):
    tables = list(policy_tables)
    place = [sheet.table for sheet in sheets.POLICY].index("ActionRules")
    header, *rules = tables[place]
    switched_off = [
        ("N" if name == "On" else value for name, value in zip(header, rule, strict=True))
        if rule[0] == "S11"
        else rule
        for rule in rules
    ]
    tables[place] = (header, *map(tuple, switched_off))
    changed = excel.call("RETURN_POLICY", *tables)
    assert changed != default_policy().version
    assert excel.call("RETURN_ACTION", sent(ROW), changed, AS_OF, HEADERS) != "Refund, keep item"


def test_a_server_that_started_anew_asks_for_policy_and_table(excel, version):
    row = sent(ROW)
    assert excel.call("RETURN_ACTION", row, "never sent", AS_OF, HEADERS) == SEND_POLICY
    assert excel.call("RETURN_ADVICE", row, "never sent", AS_OF, HEADERS) == SEND_POLICY
    asked = ("new", version, AS_OF, HEADERS, 2, (0,), row)
    assert excel.call("changed_rows", *asked) == SEND_TABLE
    asked = ("new", "never sent", AS_OF, HEADERS, 1, (0,), row)
    assert excel.call("changed_rows", *asked) == SEND_POLICY
