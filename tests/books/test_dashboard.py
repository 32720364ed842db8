"""The Dashboard as LibreOffice counts it, against the same counted here from the tables."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections import Counter

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from tests.support.office import needs_office, shown
from tests.support.zips import rewrite
from xl_returns.books.build import build
from xl_returns.books.build.dashboard import places
from xl_returns.books.workbook import Workbook
from xl_returns.core import ledgers, terms
from xl_returns.desk import ledger
from xl_returns.desk.insights import insights_of
from xl_returns.desk.process import process_book

TODAY = dt.date.today()
SERIAL = (TODAY - dt.date(1899, 12, 30)).days
REASONS = ("UNWANTED_ITEM", "CR-DEFECTIVE", "APPAREL_TOO_SMALL", "DAMAGED_BY_CARRIER", "SWITCHEROO")
SHEET = "xl/worksheets/sheet3.xml"
TILES = {
    "Open returns": "A", "Overdue": "C", "Held for review": "E", "To refund": "G", "To claim": "I",
    "Policy costs": "K",
}  # fmt: skip


def made_up(count=220):
    """Returns of 13 months in four marketplaces and three currencies, some without a currency."""
    chance = random.Random(7)  # noqa: S311 - the same rows in every run
    rows = []
    for number in range(count):
        place = chance.choice(["US", "US", "DE", "DE", "DE", "FR", "JP"])
        own = terms.MARKETPLACE_CURRENCY[place]
        asked = TODAY - dt.timedelta(chance.randrange(390))
        back = chance.random() < 0.5
        rows.append(
            {
                "Return ID": f"R{number}",
                "Channel": chance.choice(["MFN", "MFN", "FBA"]),
                "Marketplace": place,
                "Order ID": f"111-0000000-{number:07}",
                "Order Date": asked - dt.timedelta(20),
                "Request Date": asked,
                "SKU": f"SKU-{chance.randrange(14)}",
                "Quantity": 1,
                "Unit Paid": chance.choice([20, 49.99, 75, 140, 4000]),
                "Currency": chance.choice(["", own]) if number < count - 9 else "",
                "Reason": chance.choice(REASONS),
                "Status": chance.choice(terms.STATUSES),
                "In Policy": "Y",
                "Received Date": min(TODAY, asked + dt.timedelta(9)) if back else None,
                "Condition": chance.choice(terms.CONDITIONS) if back else None,
                "Refunded So Far": chance.choice([0, 0, 12.35]),
                "Label Cost": 5.5,
                "Label Payer": "Seller",
            }
        )
    return rows


def claim(finding, amount, closes, **more):
    return {
        "Finding": finding,
        "Amount": amount,
        "Currency": "EUR",
        "Route": "FBA claim",
        "Closes": None if closes is None else float(SERIAL + closes),
        **more,
    }


CLAIMS = [
    claim("Refunded, never returned", 10.5, 3),
    claim("Refunded, never returned", 20.25, 0),
    claim("Refunded, never returned", 40.0, -1),
    claim("Returned, not reimbursed", 80.0, 30),
    claim("Returned, not reimbursed", 160.0, None),
    claim("Refunded twice", 320.0, None, Route=None),
    claim(f"{ledgers.SETTLED}Refunded twice", 640.0, 3),
    claim("Refunded, never returned", 1280.0, 3, Currency="USD"),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A workbook with processed rows, insights and claims, and twenty rows not processed yet."""
    path = tmp_path_factory.mktemp("filled") / "Filled.xlsx"
    rows = made_up()
    build(path, rows)
    process_book(path, TODAY)
    insights_of(path, TODAY, write=True)
    book = Workbook.open(path)
    ledger.replace(book, ledgers.RECONCILE, CLAIMS)
    returns = read(book, "Returns")
    book.write(
        "Returns",
        {
            "Decided Action": [*returns["Decided Action"][:-20], *([None] * 20)],
            "Risk": [float(number % 90) for number in range(len(rows))],
        },
    )
    book.save()
    return path


def read(book, table):
    return book.tables[table].read()


class Seen:
    """The Dashboard's cells as LibreOffice counts them, and the tables it counted."""

    def __init__(self, path, folder, currency, place):
        self.cells = shown(path, folder)[places.SHEET]
        self.currency, self.place = currency, place
        book = Workbook.open(path, read_only=True)
        self.tables = {name: lines(book, name) for name in book.tables}
        self.here = [r for r in self.tables["Returns"] if place in ("All", r["Marketplace"])]
        self.open = [r for r in self.here if r["Status"] not in ("Closed", "Cancelled")]

    def at(self, address):
        column, row, *_ = range_boundaries(address)
        line = self.cells[row - 1]
        return line[column - 1] if column <= len(line) else ""

    def number(self, address):
        return float(self.at(address) or 0)

    def block(self, block, *headers):
        """A list beside the page, line by line; the lines without a name left out."""
        rows = [[self.at(block.cell(i, h)) for h in headers] for i in range(block.rows)]
        return [(name, *map(float, rest)) for name, *rest in rows if name]

    def money(self, header, rows):
        return round(sum(row[header] or 0 for row in rows if self.is_ours(row)), 2)

    def is_ours(self, row):
        own = row["Currency"] or terms.MARKETPLACE_CURRENCY[row["Marketplace"]]
        return own == self.currency


def lines(book, table):
    columns = read(book, table)
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    return [row for row in rows if any(value not in (None, "") for value in row.values())]


@pytest.fixture(scope="module", params=["as built", "chosen"])
def seen(request, filled, tmp_path_factory):
    """As it was built: the currency of most rows, everywhere; and with two cells changed."""
    folder = tmp_path_factory.mktemp("seen")
    path = folder / "Filled.xlsx"
    path.write_bytes(filled.read_bytes())
    if request.param == "as built":
        return Seen(path, folder, "EUR", "All")
    rewrite(path, {SHEET: lambda data: typed(typed(data, "D3", "USD"), "G3", "US")})
    return Seen(path, folder, "USD", "US")


def typed(sheet, address, text):
    """The sheet with a text typed into a cell."""
    found = re.compile(rb'<c r="%b"( s="\d+") t="s"><v>\d+</v></c>' % address.encode())
    new = rb'<c r="%b"\1 t="inlineStr"><is><t>%b</t></is></c>' % (address.encode(), text.encode())
    changed, count = found.subn(new, sheet)
    assert count == 1
    return changed


def tile(seen, name, row=6):
    return seen.number(f"{TILES[name]}{row}")


@needs_office
def test_the_key_figures_count_open_returns_only(seen):
    assert tile(seen, "Open returns") == len(seen.open) > 20
    asking = [r for r in seen.open if r["Decided Action"] not in (None, terms.NO_ACTION)]
    assert tile(seen, "Open returns", 7) == len(asking) > 10
    held = [r for r in seen.open if r["Decided Action"] == terms.HOLD]
    assert tile(seen, "Held for review") == len(held) > 0
    assert tile(seen, "Held for review", 7) == sum(r["Risk"] >= 70 for r in seen.open) > 0


@needs_office
def test_clocks_are_counted_where_they_are_listed(seen):
    until = [r["Until Here"] for r in seen.tables["Due"] if seen.place in ("All", r["Marketplace"])]
    assert tile(seen, "Overdue") == sum(day < now() for day in until) > 5
    assert tile(seen, "Overdue", 7) == sum(now() <= day < SERIAL + 2 for day in until)


def now():
    return (dt.datetime.now() - dt.datetime(1899, 12, 30)) / dt.timedelta(1)


@needs_office
def test_money_is_in_the_chosen_currency_and_named_with_it(seen):
    paying = [r for r in seen.open if r["Decided Action"] in terms.PAYING_ACTIONS]
    assert tile(seen, "To refund") == seen.money("Decided Refund", paying) > 100
    offers = [r for r in seen.open if r["Decided Action"] == terms.OFFER]
    assert tile(seen, "To refund", 7) == seen.money("Decided Refund", offers)
    assert seen.at("G5") == f"To refund, {seen.currency}"


@needs_office
def test_claims_with_a_route_count_until_their_window_shuts(seen):
    """10.5 closes in three days, 20.25 today, 80 in a month, 160 has no end; the rest is none."""
    expected = {"EUR": 270.75, "USD": 1280}[seen.currency]
    assert tile(seen, "To claim") == expected
    assert tile(seen, "To claim", 7) == {"EUR": 2, "USD": 1}[seen.currency]


@needs_office
def test_policy_costs_are_those_of_the_log(seen):
    costs = [r["Policy Costs"] or 0 for r in seen.tables["Log"] if r["Currency"] == seen.currency]
    assert tile(seen, "Policy costs") == pytest.approx(sum(costs)) != 0
    assert tile(seen, "Policy costs", 7) == sum(cost > 0 for cost in costs)


@needs_office
def test_figures_of_every_marketplace_say_so_when_one_is_chosen(seen):
    everywhere = "" if seen.place == "All" else ", everywhere"
    assert seen.at("I5") == f"To claim, {seen.currency}{everywhere}"
    assert seen.at("K5") == f"Policy costs, {seen.currency}{everywhere}"


@needs_office
def test_bars_show_the_most_frequent_first(seen):
    actions = Counter(r["Decided Action"] or places.NOT_PROCESSED for r in seen.open)
    del actions[terms.NO_ACTION]
    assert seen.block(places.ACTIONS, "Name", "Rows") == ranked(actions, places.ASKED)
    goods = Counter(r["Disposition"] for r in seen.open if r["Disposition"])
    assert seen.block(places.GOODS, "Name", "Rows") == ranked(goods, terms.DISPOSITIONS)
    assert places.NOT_PROCESSED in actions


def ranked(counts, order):
    return sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))[:8]


@needs_office
def test_months_count_returns_and_what_was_paid_back_for_them(seen):
    months = [(TODAY.year * 12 + TODAY.month - 1 + ago) for ago in range(-11, 1)]
    for line, month in enumerate(months):
        asked = [r for r in seen.here if month_of(r["Request Date"]) == month]
        assert seen.number(places.MONTHS.cell(line, "Returns")) == len(asked)
        refunded = seen.number(places.MONTHS.cell(line, "Refunded"))
        assert refunded == pytest.approx(seen.money("Refunded So Far", asked))
    assert seen.at(places.MONTHS.cell(-1, "Refunded")) == f"Refunded, {seen.currency}"


def month_of(serial):
    day = dt.date(1899, 12, 30) + dt.timedelta(serial)
    return day.year * 12 + day.month - 1


@needs_office
def test_the_dearest_skus_and_the_commonest_causes_come_from_the_insights(seen):
    costs = [
        (r["SKU"], r["Cost"])
        for r in seen.tables["SKUCosts"]
        if r["Currency"] == seen.currency and seen.place in ("All", r["Marketplace"])
    ]
    dearest = sorted((line for line in costs if line[1] > 0), key=lambda line: -line[1])
    assert seen.block(places.SKUS, "Name", "Key") == dearest[:8] != []
    causes = [
        (r["Cause"], r["Returns"]) for r in seen.tables["Causes"] if r["Currency"] == seen.currency
    ]
    causes.sort(key=lambda line: -line[1])
    assert seen.block(places.CAUSES, "Name", "Key") == causes[:8] != []


@needs_office
def test_what_was_missed_last_stands_before_the_clocks_that_run(seen):
    clocks = [r for r in seen.tables["Due"] if seen.place in ("All", r["Marketplace"])]
    late = [r for r in clocks if r["Until Here"] < now()][::-1]
    running = [r for r in clocks if r not in late]
    clocks = late[:5] + running + late[5:]
    assert [r["Until Here"] for r in clocks[:10]] == [
        pytest.approx(serial_of(seen.at(f"F{row}"))) for row in range(11, 21)
    ]
    assert {seen.at(f"L{row}") for row in range(11, 21)} <= {r["Return ID"] for r in clocks}
    for row in range(11, 21):
        days = serial_of(seen.at(f"F{row}")) - now()
        assert seen.number(f"E{row}") == pytest.approx(days, abs=0.01)


def serial_of(text):
    day = dt.datetime.fromisoformat(text)
    return (day - dt.datetime(1899, 12, 30)) / dt.timedelta(1)


@needs_office
def test_what_to_fix_first_stands_as_on_its_sheet(seen):
    wanted = [
        r
        for r in seen.tables["FixList"]
        if r["Currency"] in (seen.currency, None)
        and (seen.place == "All" or r["Marketplace"] in (seen.place, None))
    ]
    first = [
        (r["SKU"], r["Saving"] or 0, r["Cause"] or r["Kind"], r["What To Do"]) for r in wanted[:6]
    ]
    told = [
        (seen.at(f"A{r}"), seen.number(f"B{r}"), seen.at(f"C{r}"), seen.at(f"E{r}"))
        for r in range(35, 41)
    ]
    assert [line for line in told if line[0]] == first != []


@needs_office
def test_a_new_workbook_says_nothing_and_no_error(tmp_path):
    path = tmp_path / "New.xlsx"
    build(path)
    cells = shown(path, tmp_path)[places.SHEET]
    said = {cell for row in cells for cell in row}
    assert not {cell for cell in said if cell.startswith(("#", "Err:"))}
    assert [cells[5][column] for column in range(0, 12, 2)] == ["0"] * 6
    assert {cell for row in cells[11:20] for cell in row[4:12]} == {""}
    assert cells[10][6] == "Nothing to wait for"
    assert cells[34][4].startswith("Insights write this list")


@pytest.fixture(scope="module")
def page():
    made = io.BytesIO()
    build(made)
    return openpyxl.load_workbook(made)[places.SHEET]


def test_it_prints_on_one_page_in_landscape_without_the_lists_beside_it(page):
    assert page.page_setup.orientation == "landscape"
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (None, None)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    _, _, right, bottom = range_boundaries(page.print_area.rpartition("!")[2])
    assert right == len(places.WIDTHS) < places.ASIDE
    assert bottom == places.END


def test_every_chart_has_a_title_and_reads_lists_beside_the_page(page):
    assert len(page._charts) == 5
    for chart in page._charts:
        assert "".join(run.t for p in chart.title.tx.rich.p for run in p.r or ())
        for series in (s for part in [chart, *chart._charts] for s in part.series):
            names = series.cat.numRef or series.cat.strRef
            for reference in (names.f, series.val.numRef.f, series.tx.strRef.f):
                sheet, _, area = reference.rpartition("!")
                left, top, right, bottom = range_boundaries(area)
                assert sheet == places.SHEET
                assert left == right > places.ASIDE
                assert all(page.cell(row, left).value for row in range(top, bottom + 1))


def test_its_formulas_are_those_of_excel_2016_and_all_go_by_today(page):
    newer = re.compile(r"_xlfn|\b(LET|FILTER|SORT|UNIQUE|XLOOKUP|SEQUENCE)\(|#All|@")
    formulas = {
        cell.coordinate: cell.value
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert not [f for f in formulas.values() if newer.search(f)]
    other = {place for place, f in formulas.items() if not f.startswith(f"=IF({places.TODAY},")}
    assert other == {places.TODAY.replace("$", "")}


def test_nothing_but_the_two_choosers_asks_to_be_filled(page):
    offered = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert offered == {
        "D3": f'"{",".join((places.AUTO, *terms.CURRENCIES))}"',
        "G3": f'"{",".join((places.ALL, *terms.MARKETPLACES))}"',
    }
