"""Commands that look at all returns together: insights."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from xl_returns.cli.shared import FILE, JSON, TODAY, day, end, tell
from xl_returns.desk.insights import insights_of


@click.command()
@click.argument("book", type=FILE)
@click.option(
    "--write", is_flag=True, help="Fill the sheets Fix List, SKU Costs, Causes and Break-Even."
)
@TODAY
@JSON
def insights(book: Path, write: bool, today: dt.datetime | None, as_json: bool) -> None:
    """Say what the returns of BOOK cost, why they come, and what to mend first."""
    told = insights_of(book, day(today), write=write)
    tell(told, as_json)
    end(told.findings, as_json)


COMMANDS = (insights,)
