from __future__ import annotations

import datetime as dt

import pytest

from xl_returns.books.policies import default_policy
from xl_returns.core import cells
from xl_returns.core.decide import decide
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions

EXCEL_EPOCH = dt.date(1899, 12, 30)


@pytest.fixture(scope="session")
def guide():
    """The seller guide, compiled."""
    return Rulebook(default_policy())


@pytest.fixture(scope="session")
def desk(guide):
    """Decide rows given as dicts: one dict of suggestions per row."""

    def run(*rows, today="2026-11-23", book=guide):
        headers = dict.fromkeys(header for row in rows for header in row)
        parsed = parse_rows({h: [row.get(h) for row in rows] for h in headers})
        shown = suggestions(decide(parsed, book, cells.day(str(today))), book)
        told = [
            dict(zip(shown, values, strict=True)) for values in zip(*shown.values(), strict=True)
        ]
        for row in told:
            if row["Due"] is not None:
                row["Due"] = EXCEL_EPOCH + dt.timedelta(row["Due"])
        return told

    return run
