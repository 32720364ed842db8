"""The goods plan of a workbook: caps, shipments, currencies apart, and the sheet."""

from __future__ import annotations

import json

import pytest

from tests.support.days import TODAY
from xl_returns import cli
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Refusal
from xl_returns.core.ledgers import GOODS_PLAN
from xl_returns.desk import ledger
from xl_returns.desk.goods_plan import plan_goods, write_goods_plan
from xl_returns.desk.process import process_book

BACK = {"Status": "Received", "Received Date": TODAY, "Fulfilment Cost": 5.0, "Photos": "Y"}
OPENED = {**BACK, "Condition": "Opened"}
BROKEN = {**BACK, "Condition": "Defective"}
USED, LIQUIDATE, HOME, DISPOSE = 1, 7, 8, 10
"""Resale rules G02, G08, G09 and G11 by their row."""


@pytest.fixture
def plan_of(make_book):
    """Plan goods by a policy whose Resale Rules were changed in some cells."""

    def plan(*rows, **changes):
        path = make_book(*rows)
        book = Workbook.open(path)
        for table, cells in changes.items():
            book.write_cells(table, cells)
        book.save()
        return plan_goods(Workbook.open(path), TODAY)

    return plan


def told(plan):
    return [
        (line["Return ID"], line.get("Way"), line["Units"], line["Recovery"]) for line in plan.lines
    ]


def test_without_caps_the_plan_is_what_each_row_is_told(make_book):
    rows = [
        {**OPENED, "Unit Paid": 80, "Quantity": 3}, {**BROKEN, "Unit Paid": 200},
        {**BACK, "Condition": "Sealed", "Unit Paid": 30}, {**BROKEN, "Unit Paid": 15}, {},
        {**OPENED, "Unit Paid": 8_000, "Marketplace": "JP"},
    ]  # fmt: skip
    path = make_book(*rows)
    process_book(path, TODAY)
    book = Workbook.open(path)
    cells = book.tables["Returns"].read(["Return ID", "Disposition", "Resale Price", "Recovery"])
    sold = {
        name: (way, price, recovery)
        for name, way, price, recovery in zip(*cells.values(), strict=True)
        if recovery not in (None, "")
    }
    plan = plan_goods(book, TODAY)
    assert sold == {
        line["Return ID"]: (line["Disposition"], line["Price"], line["Recovery"])
        for line in plan.lines
    }
    assert [(p.currency, p.total) for p in plan.plans] == [
        (p.currency, p.best_alone) for p in plan.plans
    ]
    assert len(sold) == 5


def test_a_capped_way_takes_the_units_that_gain_most_by_it(plan_of):
    rows = [{**OPENED, "Unit Paid": price} for price in (50, 90, 70)]
    plan = plan_of(*rows, ResaleRules={(USED, "Most Units"): 2.0})
    assert [(name, way) for name, way, _, _ in told(plan)] == [
        ("R-1", "G06"),
        ("R-2", "G02"),
        ("R-3", "G02"),
    ]
    assert "takes only 2 units" in plan.lines[0]["Why"]
    assert plan.lines[0]["Best Alone"] > plan.lines[0]["Recovery"]
    (coin,) = plan.plans
    assert (coin.ways[0].rule, coin.ways[0].one_more) == ("G02", pytest.approx(8.82, abs=0.01))


def test_the_units_of_one_return_may_part(plan_of):
    plan = plan_of(
        {**OPENED, "Unit Paid": 80, "Quantity": 5}, ResaleRules={(USED, "Most Units"): 2.0}
    )
    assert [(way, units) for _, way, units, _ in told(plan)] == [("G02", 2.0), ("G06", 3.0)]


def test_goods_that_find_no_room_are_told(plan_of):
    off = {(row, "On"): "N" for row in range(11) if row != LIQUIDATE}
    plan = plan_of({**BROKEN, "Quantity": 3}, ResaleRules={**off, (LIQUIDATE, "Most Units"): 2.0})
    assert [(way, units) for _, way, units, _ in told(plan)] == [("G08", 2.0), (None, 1.0)]
    assert plan.lines[1]["Why"] == "No way has room for it."
    assert "1 unit without a way that has room" in str(plan)


@pytest.mark.parametrize(
    ("units", "sentence"),
    [
        (9, "Ship home (G09) pays from 14 units; you have 9: wait for 5 more"),
        (14, "Ship home (G09) pays from 14 units; you have 14: ship them"),
    ],
)
def test_a_shipment_home_waits_until_it_pays(plan_of, units, sentence):
    """A unit of 40.00 brings 12.00 at home, 6.40 - 0.75 from a liquidator: 85.00 / 6.35 = 13.4."""
    plan = plan_of(
        {**BROKEN, "Unit Paid": 40, "Quantity": units},
        ResaleRules={
            (HOME, "Fees"): None, (HOME, "Per Shipment"): "Home container",
            (LIQUIDATE, "Percent of New"): 0.16, (LIQUIDATE, "Fees"): "Liquidation processing",
        },
        Fees={(0, "Fee"): "Home container", (0, "Percent"): None, (0, "Currency"): "USD", (0, "Amount"): 85.0},
    )  # fmt: skip
    assert sentence in str(plan)


def test_currencies_never_share_a_cap_and_are_never_added_up(plan_of):
    rows = [{**OPENED, "Unit Paid": 80, "Marketplace": market} for market in ("US", "DE", "US")]
    plan = plan_of(*rows, ResaleRules={(USED, "Most Units"): 1.0})
    assert [(p.currency, p.units) for p in plan.plans] == [("USD", 2), ("EUR", 1)]
    assert [way for _, way, _, _ in told(plan)] == ["G02", "G06", "G02"]


def test_the_command_plans_and_writes_the_sheet(make_book, capsys):
    path = make_book({**OPENED, "Unit Paid": 80})
    for options in ([], ["--write"], ["--json"]):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["goods", str(path), "--today", str(TODAY), *options])
        assert not stopped.value.code
        out = capsys.readouterr().out
    assert json.loads(out)["plans"][0]["ways"][0]["rule"] == "G02"
    (line,) = ledger.read(Workbook.open(path), GOODS_PLAN)
    assert (line["Way"], line["Why"]) == ("G02", "Its best way.")


def test_a_plan_with_caps_prints_nothing_beside_its_json(make_book, capfd):
    """The solver writes past Python's own output; JSON must stand alone."""
    path = make_book({**OPENED, "Unit Paid": 80}, {**OPENED, "Unit Paid": 90})
    book = Workbook.open(path)
    book.write_cells("ResaleRules", {(USED, "Most Units"): 1.0})
    book.save()
    with pytest.raises(SystemExit):
        cli.main(["goods", str(path), "--today", str(TODAY), "--json"])
    assert json.loads(capfd.readouterr().out)["plans"][0]["ways"][0]["cap"] == 1


def test_a_workbook_without_the_sheet_is_planned_but_not_written(make_book):
    book = Workbook.open(make_book({**OPENED, "Unit Paid": 80}))
    plan = plan_goods(book, TODAY)
    del book.tables["GoodsPlan"]
    with pytest.raises(Refusal, match="has no Goods Plan sheet"):
        write_goods_plan(book, plan)
