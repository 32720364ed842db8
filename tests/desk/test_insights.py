"""Insights as a user runs them: a workbook in, sheets and sentences out."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pytest

from tests.desk.conftest import SAMPLES
from tests.support.console import run
from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.core.ledgers import BREAK_EVEN, CAUSES, FIX_LIST, SALES, SKU_COSTS
from xl_returns.desk import ledger
from xl_returns.desk.fix_list import BURST, CLAIM, FEE, FIX, HIGH, LISTING
from xl_returns.desk.insights import insights, insights_of, sales_of, write_insights
from xl_returns.desk.intake import import_reports
from xl_returns.desk.table import as_value

SHEETS = (FIX_LIST, SKU_COSTS, CAUSES, BREAK_EVEN)
BROKEN = {
    "SKU": "LAMP", "Item": "Lamp", "Reason": "DEFECTIVE", "Condition": "Defective", "Unit Cost": 20.0,
    "Status": "Received", "Order Date": dt.date(2026, 8, 3), "Request Date": dt.date(2026, 8, 20),
    "Received Date": dt.date(2026, 8, 25),
}  # fmt: skip
SMALL = {**BROKEN, "SKU": "SHIRT", "Reason": "TOO_SMALL", "Condition": "Opened"}
FBA = {**BROKEN, "SKU": "MUG", "Channel": "FBA", "Status": "Refunded", "Category": "Home"}
AUGUST = as_value(dt.date(2026, 8, 1))


def sold(sku, units, month=AUGUST, channel="MFN", **more):
    return {
        "SKU": sku, "Marketplace": "US", "Channel": channel, "Month": month, "Currency": "USD",
        "Units Shipped": float(units), **more,
    }  # fmt: skip


@pytest.fixture
def shop(make_book):
    """Rows and lines of Sales in a workbook."""

    def make(rows, sales=()):
        path = make_book(*({"Order ID": f"O-{i}", **row} for i, row in enumerate(rows)))
        book = Workbook.open(path)
        ledger.append(book, SALES, sales)
        book.save()
        return path

    return make


def kinds(lines):
    return {line["Kind"]: line for line in reversed(lines)}


def test_the_samples_are_told_and_a_second_run_changes_nothing(make_book):
    path = make_book(name="Empty.xlsx")
    import_reports(SAMPLES, path, TODAY)
    told = insights_of(path, TODAY, write=True)
    assert told.written_to == f"Written to {path}"
    assert (told.returns, told.in_sales > 30) == (len(told_rows(path)), True)
    before = path.read_bytes()
    assert insights_of(path, TODAY, write=True).written_to == f"Nothing new for {path}"
    assert path.read_bytes() == before


def told_rows(path):
    columns = Workbook.open(path).tables["Returns"].read(["Return ID", "Status"])
    return [
        name
        for name, status in zip(*columns.values(), strict=True)
        if name and status != "Cancelled"
    ]


def test_what_is_told_is_what_the_sheets_say(shop):
    path = shop([BROKEN] * 6 + [SMALL] * 2, [sold("LAMP", 100)])
    told = insights_of(path, TODAY, write=True)
    book = Workbook.open(path)
    lines = (told.fix_list, told.sku_costs, told.causes, told.break_even)
    for sheet, said in zip(SHEETS, lines, strict=True):
        kept = [{k: v for k, v in line.items() if v is not None} for line in said]
        found = ledger.read(book, sheet)
        assert [{k: v for k, v in line.items() if v not in (None, "")} for line in found] == kept


def test_without_write_the_file_stays_as_it_is(shop):
    path = shop([BROKEN])
    before = path.read_bytes()
    assert "--write fills Fix List" in str(insights_of(path, TODAY))
    assert path.read_bytes() == before


def test_costs_add_up_by_sku_and_by_cause(shop):
    """A lamp of 49.99 costs 46.00 less a cent's share (see the tests of costs)."""
    told = insights_of(shop([BROKEN] * 3 + [SMALL, {**SMALL, "Marketplace": "DE"}]), TODAY)
    for coin, cost in told.cost.items():
        for lines in (told.sku_costs, told.causes):
            assert sum(x["Cost"] for x in lines if x["Currency"] == coin) == pytest.approx(cost)
    lamp = told.sku_costs[0]
    assert (lamp["SKU"], lamp["Returns"], lamp["Main Cause"]) == ("LAMP", 3, "Does not work")
    assert (lamp["Refunds"], lamp["Labels"], lamp["Handling"]) == (149.97, 18, 9)
    assert told.causes[0]["Dearest SKU"] == "LAMP"


def test_each_finding_has_its_line_on_the_fix_list(shop):
    september = as_value(dt.date(2026, 9, 1))
    mug = {**FBA, "Order Date": dt.date(2026, 9, 2), "Request Date": dt.date(2026, 9, 20)}
    path = shop(
        [BROKEN] * 14 + [SMALL] * 20 + [mug] * 20,
        [
            sold("LAMP", 340, Supplier="Ningbo Light", **{"Unit Freight": 1.5}),
            sold("SHIRT", 60),
            sold("MUG", 100, september, "FBA"),
        ],
    )
    told = insights_of(path, TODAY).fix_list
    lines = kinds(told)
    assert lines[CLAIM]["What To Do"] == "Claim 176.40 USD from Ningbo Light"
    assert "14 defects of 340 sold, 4.1 % (2.5 to 6.8 %); usual 2 %" in lines[CLAIM]["Why"]
    assert lines[FEE]["Why"] == (
        "2026-09: 20 of 100 FBA units back, 20 expected; 8.1 % are free; charged from 2026-12-07"
    )
    assert (lines[FEE]["Saving"], lines[FEE]["Sure"]) == (21.18, "forecast")
    assert lines[FIX]["Why"] == "20 of 100 shipped (20.0 %); other goods 3.5 %"
    assert lines[HIGH]["SKU"] == "SHIRT"
    assert (lines[LISTING]["SKU"], lines[LISTING]["Cause"]) == ("SHIRT", "Too small")
    assert [line["Kind"] for line in told] == [
        FIX, FIX, CLAIM, FEE, HIGH, HIGH, LISTING, BURST,
    ]  # fmt: skip


def test_what_is_sure_comes_first_and_guesses_are_few(shop):
    few = [{**SMALL, "SKU": f"S{n}", "Unit Paid": 400.0} for n in range(30)]
    path = shop([BROKEN] * 30 + few, [sold("LAMP", 100), *(sold(f"S{n}", 100) for n in range(30))])
    lines = [line for line in insights_of(path, TODAY).fix_list if line["Kind"] == FIX]
    assert [line["Sure"] for line in lines] == ["sure"] + ["too few to tell"] * 20


def test_a_burst_is_told_without_a_word_about_buyers(shop):
    calm = [
        {**BROKEN, "Request Date": dt.date(2026, 6, 1) + dt.timedelta(n)} for n in range(0, 160, 10)
    ]
    burst = [
        {**BROKEN, "Request Date": dt.date(2026, 11, 12), "Buyer Comment": "fake do not buy this"}
    ] * 8
    line = insights_of(shop(calm + burst), TODAY).fix_list[-1]
    assert line["Kind"] == "Burst"
    assert "8 orders from 2026-11-10 to 2026-11-12, usual are 0.3" in line["Why"]
    assert "; 8 say the same words. Taken for abuse" in line["Why"]
    assert "right in about 52 % of cases; looking first pays from 18 % on" in line["Why"]
    assert "fraud" not in str(line).casefold()


def test_the_break_even_stands_beside_the_tier(shop):
    dear = [{**SMALL, "Unit Paid": 40.0}] * 5
    nothing = [{**BROKEN, "Unit Paid": 60.0, "Label Cost": 140.0}] * 5
    path = shop(dear + nothing)
    book = Workbook.open(path)
    book.write_cells("ResaleRules", {(row, "On"): "N" for row in (7, 8)})
    book.save()
    told = insights_of(path, TODAY)
    lines = {line["SKU"]: line for line in told.break_even}
    assert lines["SHIRT"]["Tier Low"] == 50
    assert lines["SHIRT"]["Break-Even"] < 50
    assert lines["SHIRT"]["What It Means"].startswith("Worth taking back from")
    assert lines["LAMP"]["Break-Even"] is None
    assert lines["LAMP"]["What It Means"].startswith("At no price")
    assert lines["LAMP"]["Left On Table"] == 643.5
    assert "Left on the table by the tier" in str(told)


def test_a_currency_without_a_tier_has_a_break_even_all_the_same(shop):
    path = shop([{**SMALL, "Marketplace": "SE", "Unit Paid": 400.0}] * 5)
    book = Workbook.open(path)
    coins = book.tables["Tiers"].read(["Currency"])["Currency"]
    book.write_cells("Tiers", {(coins.index("SEK"), h): None for h in ("Currency", "Low", "High")})
    book.save()
    (line,) = insights_of(path, TODAY).break_even
    assert (line["Tier Low"], line["Left On Table"]) == (None, None)
    assert line["What It Means"].endswith("the currency has no tier")


def test_text_of_buyers_and_reports_stays_text(shop):
    evil = '=HYPERLINK("http://evil.example","too small")'
    path = shop([{**SMALL, "SKU": evil, "Item": evil, "Buyer Comment": evil}] * 6)
    insights_of(path, TODAY, write=True)
    book = openpyxl.load_workbook(path)
    cells = [c for sheet in SHEETS for row in book[sheet.sheet].iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]
    assert sum(c.value == evil for c in cells) >= 6
    assert evil[1:] in next(
        c.value for c in cells if isinstance(c.value, str) and c.value.startswith("“=")
    )


def test_a_workbook_from_before_gets_its_findings_told_and_no_sheet(shop):
    book = Workbook.open(shop([BROKEN]))
    for table in ("Causes", "BreakEven", "ReturnRates", "InsightSettings", "Sales"):
        del book.tables[table]
    told = insights(book, TODAY)
    (finding,) = write_insights(book, told)
    assert "has no sheet Causes, Break-Even" in str(finding)
    assert "xl-returns new" in finding.remedy
    assert told.returns == 1
    assert "No rates: import All orders" in str(told)


@pytest.mark.parametrize("lack", ["SKU", "Marketplace", "Month", "Units Shipped", "Currency"])
def test_a_line_of_sales_that_lacks_something_is_told_and_left_out(shop, lack):
    path = shop([BROKEN], [sold("LAMP", 10), {**sold("LAMP", 10), lack: None}])
    sales, (finding,) = sales_of(Workbook.open(path))
    assert len(sales) == 1
    assert finding.place.startswith("Sales!")


def test_a_return_without_currency_has_no_cost_and_is_told(shop):
    path = shop([{**BROKEN, "Marketplace": None}, BROKEN])
    told = insights_of(path, TODAY)
    assert set(told.cost) == {"USD"}
    assert [line["Cost"] is None for line in told.sku_costs] == [False, True]
    assert any("1 return has no currency" in str(finding) for finding in told.findings)


def test_an_empty_workbook_says_so(make_book):
    told = insights_of(make_book(name="Empty.xlsx"), TODAY)
    assert str(told).startswith("0 returns cost  nothing")
    assert (told.sku_costs, told.causes, told.break_even, told.fix_list) == ([], [], [], [])


def test_a_wrong_setting_is_told_and_the_default_holds(shop):
    path = shop([BROKEN])
    book = Workbook.open(path)
    book.write_cells("InsightSettings", {(2, "Value"): "some"})
    book.write_cells("ReturnRates", {(0, "Threshold"): "much"})
    book.save()
    told = insights_of(path, TODAY)
    assert [f.place.split("!")[0] for f in told.findings] == ["Return Rates", "Insight Settings"]


def test_the_sheets_speak_the_sellers_language(shop):
    september = as_value(dt.date(2026, 9, 1))
    mug = {**FBA, "Order Date": dt.date(2026, 9, 2), "Request Date": dt.date(2026, 9, 20)}
    dear = {**SMALL, "Unit Paid": 40.0}
    path = shop(
        [BROKEN] * 30 + [dear] * 20 + [mug] * 20,
        [
            sold("LAMP", 340, Supplier="{amount}"),
            sold("SHIRT", 60),
            sold("MUG", 100, september, "FBA"),
        ],
    )
    book = Workbook.open(path)
    book.write_cells("Settings", {(0, "Value"): "zh"})
    book.save()
    told = insights_of(path, TODAY, write=True)
    assert {line["Kind"] for line in told.fix_list} == {
        "待解决原因", "供应商索赔", "退货率费用", "退货率偏高", "页面", "集中退货",
    }  # fmt: skip
    assert {line["Sure"] for line in told.fix_list} == {"确定", "预测", "值得索赔"}
    spoken = [(x["What To Do"], x["Why"]) for x in told.fix_list]
    spoken += [(x["What To Fix"], x["Cause"]) for x in told.causes]
    spoken += [(x["What It Means"],) for x in told.break_even]
    for text in (text for texts in spoken for text in texts):
        assert not text.isascii()
    (claim,) = [line for line in told.fix_list if line["Kind"] == "供应商索赔"]
    assert "{amount}" in claim["What To Do"]


def test_the_command_speaks_to_people_and_to_machines(shop, capsys):
    path = shop([BROKEN] * 6 + [SMALL], [sold("LAMP", 100)])
    text = run(f"xl-returns insights {path} --today {TODAY}", capsys)
    assert text.startswith("7 returns cost ")
    assert "LAMP               US  6 returns, 6.0 % of those sold: too few to tell" in text
    told = json.loads(run(f"xl-returns insights {path} --today {TODAY} --json", capsys))
    assert {"cost", "sku_costs", "causes", "break_even", "fix_list", "findings"} <= set(told)
    assert told["sku_costs"][0]["SKU"] == "LAMP"


def test_a_price_that_cannot_be_read_is_told_at_its_cell(make_book):
    path = make_book({"Unit Paid": "18,99 $"})
    (finding,) = insights_of(path, TODAY).findings
    assert "is not a number" in finding.problem
    assert finding.place.startswith("Returns!")


def test_a_cause_is_quoted_from_the_returns_of_its_own_currency(make_book):
    late = {"Reason": "", "Buyer Comment": "It arrived broken in the box"}
    path = make_book(
        {**late, "Marketplace": "US"},
        {**late, "Marketplace": "DE", "Buyer Comment": "Package was damaged on arrival, crushed"},
    )
    quotes = {line["Currency"]: line["In Their Words"] for line in insights_of(path, TODAY).causes}
    assert "crushed" not in quotes["USD"]
    assert "crushed" in quotes["EUR"]
