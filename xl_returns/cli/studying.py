"""Commands that study past returns: simulate."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import click

from xl_returns.cli.shared import FILE, JSON, TODAY, day, end, step, tell
from xl_returns.core.language import phrased
from xl_returns.desk.simulate import check_target, write_replay
from xl_returns.desk.simulate import simulate as run


@click.command()
@click.argument("book", type=FILE)
@click.option("--policy", "other", type=FILE, help="The workbook with the policy to be tried.")
@click.option("--search", is_flag=True, help="Look for the price tiers that would have cost least.")
@click.option("--now", type=FILE, help="The workbook with the policy of now. Default: BOOK's own.")
@click.option("-o", "--out", type=FILE, help="Write sheets and charts to this .xlsx file.")
@TODAY
@JSON
def simulate(
    book: Path,
    other: Path | None,
    search: bool,
    now: Path | None,
    out: Path | None,
    today: dt.datetime | None,
    as_json: bool,
) -> None:
    """Replay the past returns of BOOK (or a .csv or .parquet file) under another policy."""
    if out:
        check_target(out)
    seen = run(book, other, day(today), search=search, now=now, step=step)
    if out:
        write_replay(seen, out)
        seen = replace(seen, written_to=phrased("Written to {path}", path=out))
    tell(seen, as_json)
    end(seen.findings, as_json)


COMMANDS = (simulate,)
