"""Policies with action rules of one's own, and what the policy doctor says of them."""

from __future__ import annotations

import pytest

from tests.support.days import DAY
from tests.support.policies import grids
from xl_returns.books.policies import default_grid
from xl_returns.core import sheets
from xl_returns.core.decide import decide
from xl_returns.core.grid import Grid
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.lint.limits import read_limits
from xl_returns.lint.study import Known, study

GUIDE = [
    {"Rule": "G1", "Price": "low", "Action": "Refund, keep item"},
    {"Rule": "G2", "Price": "middle", "State": "Intact", "Action": "Offer partial refund"},
    {"Rule": "G3", "Price": "middle", "State": "Faulty", "Action": "Refund now"},
    {"Rule": "G4", "Price": "high", "State": "Intact", "Action": "Offer partial refund"},
    {"Rule": "G5", "Price": "high", "Received": "Y", "Action": "Refund now"},
    {"Rule": "G6", "Price": "high", "Received": "N", "State": "not Intact", "Action": "Refund on receipt"},
    {"Rule": "Z", "Action": "Hold for review"},
]  # fmt: skip
"""The seller guide's price tiers and nothing else, over a rule that takes the rest."""


def sheet_of(sheet, lines):
    """A sheet with these lines, given as cells by header; the rest is blank."""
    columns = {f.name: [line.get(f.name, "") for line in lines] for f in sheet.fields}
    return Grid(columns, lambda row, header: f"{sheet.name}!{header}{row + 5}")


def decided(policy, rows):
    """Rows, given as cells by header, as a policy decides them."""
    headers = {header for row in rows for header in row}
    parsed = parse_rows({header: [row.get(header) for row in rows] for header in headers})
    return decide(parsed, Rulebook(policy), DAY)


def examined(mine, rows=(), limits=None):
    """The policy in these sheets, and what is said of it."""
    policy, _ = parse_policy(mine)
    given = default_grid(sheets.LIMITS) if limits is None else sheet_of(sheets.LIMITS, limits)
    lines, words, findings = read_limits(given, policy.categories)
    assert findings == []
    shipped = {sheet.name: default_grid(sheet) for sheet in sheets.POLICY}
    return policy, study(policy, Known(lines, words, mine, shipped), DAY, decided(policy, rows))


@pytest.fixture
def doctor():
    """What is said of a policy: its own action rules, and changes to the default sheets."""

    def examine(rules=None, rows=(), limits=None, **changes):
        mine = grids(**changes)
        if rules is not None:
            mine["Action Rules"] = sheet_of(sheets.ACTION_RULES, rules)
        return examined(mine, rows, limits)[1]

    return examine
