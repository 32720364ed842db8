"""All orders: an amount that is not certain prices nothing."""

from __future__ import annotations

import pytest

from xl_returns.reports import read_report

NEW_ORDERS = "order-id\torder-item-id\tpurchase-date\tsku\n115-1\t{item}\t2026-10-05\tKETTLE-1\n"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("item-price", "price"), ("shipping-price", "shipping"),
        ("item-promotion-discount", "item promotion"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("amount", ["1.234", "12.500"])
def test_an_amount_that_reads_two_ways_is_asked_about(orders, header, name, amount):
    report = read_report(orders({header: amount}), "orders.txt")
    (finding,) = report.findings
    assert finding.problem == f"{name} `{amount}` can be read two ways; left blank"
    assert len(report.lines) == (header != "item-price")


def test_an_item_number_that_excel_has_shortened_names_no_item():
    whole = read_report(NEW_ORDERS.format(item="90211000200642").encode(), "new.txt")
    assert [item.item_id for item in whole.items] == ["90211000200642"]
    report = read_report(NEW_ORDERS.format(item="9.0211E+13").encode(), "new.txt")
    assert report.items == ()
    assert "`9.0211E+13` was shortened by Excel" in report.findings[0].problem
