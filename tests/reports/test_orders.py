"""All orders: an amount that is not certain prices nothing."""

from __future__ import annotations

import pytest

from xl_returns.reports import read_report


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
