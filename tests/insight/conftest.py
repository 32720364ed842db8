"""Returns and sales as insights see them, without a workbook."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.support.days import DAY
from xl_returns.books.policies import default_grid, default_policy
from xl_returns.core import cells, sheets
from xl_returns.core.decide import decide
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.insight.levels import read_levels, read_rates
from xl_returns.insight.overview import find
from xl_returns.insight.rows import Sale

BOOK = Rulebook(default_policy())
LEVELS = read_levels([default_grid(sheets.INSIGHT_SETTINGS)])[0]
LINES = read_rates(default_grid(sheets.RETURN_RATES))[0]
PLAIN = {
    "Channel": "MFN", "Marketplace": "US", "Quantity": 1, "Unit Paid": 50, "SKU": "LAMP",
    "Status": "Received", "Condition": "Defective", "Reason": "DEFECTIVE", "In Policy": "Y",
    "Order Date": dt.date(2026, 8, 1), "Request Date": dt.date(2026, 8, 20),
    "Received Date": dt.date(2026, 8, 25), "Order ID": "",
}  # fmt: skip


def day(text):
    return cells.day(dt.date.fromisoformat(text))


def sale(units, sku="LAMP", month="2026-08-01", **more):
    return Sale(
        sku, more.pop("marketplace", "US"), more.pop("channel", "MFN"), day(month), units,
        more.pop("currency", "USD"), **more,
    )  # fmt: skip


def decided(rows):
    headers = dict.fromkeys(header for row in rows for header in row)
    return decide(parse_rows({h: [row.get(h) for row in rows] for h in headers}), BOOK, DAY)


def insights(rows, sales=(), levels=LEVELS, lines=LINES, reimbursed=None):
    """What is found in rows given as changes to one plain row."""
    full = [
        {**PLAIN, "Return ID": f"R{i}", "Order ID": f"O{i}", **row} for i, row in enumerate(rows)
    ]
    decisions = decided(full)
    none = np.zeros(len(full), dtype=np.int64)
    return find(
        decisions, decisions.action, decisions.refund, BOOK, sales, lines, levels,
        none if reimbursed is None else np.array(reimbursed),
    )  # fmt: skip


@pytest.fixture(scope="session")
def plain():
    return PLAIN
