"""Policies for tests: the default sheets with some cells changed."""

from __future__ import annotations

from xl_returns.books.policies import default_rows
from xl_returns.core import sheets
from xl_returns.core.grid import Grid


def grids(**changes):
    """The default sheets; `changes` maps a sheet to {(row, header): cell}."""
    made = {}
    for sheet in sheets.POLICY:
        rows = default_rows(sheet)
        for (row, header), cell in changes.get(sheet.table, {}).items():
            rows[row][header] = cell
        columns = {f.name: [row[f.name] for row in rows] for f in sheet.fields}
        made[sheet.name] = Grid(columns, lambda row, h, name=sheet.name: f"{name}!{h}{row + 5}")
    return made


def row_of(rule, sheet=sheets.ACTION_RULES):
    """The position of a default rule on its sheet."""
    return [row["Rule"] for row in default_rows(sheet)].index(rule)
