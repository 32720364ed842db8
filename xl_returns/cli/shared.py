"""What all commands share: their options, the day, and how a result is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from xl_returns.core.cells import days_of
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import named, phrased
from xl_returns.core.rows import FIRST_DAY, LAST_DAY

EXIT_FINDINGS: Final = 1
EXIT_WRONG_USE: Final = 2
LISTED: Final = 20


def amount(text: str) -> float:
    """An amount as people type it, with a point or a comma; ValueError when it is none."""
    return float(text.replace(",", "."))


FILE: Final = click.Path(path_type=Path)
TODAY: Final = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day to decide for, as 2026-01-31. Default: today.",
)
FOLDER: Final = click.option("-o", "--out", "folder", type=FILE, required=True, help="A folder.")
JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
DRY_RUN: Final = click.option(
    "--dry-run", is_flag=True, help="Say what would happen; write nothing."
)


def speak_utf8() -> None:
    """Let no character that a console lacks stop a command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def day(today: dt.datetime | None) -> dt.date:
    """The day that was asked for, or today. Raises Refusal for one far from any return."""
    date = dt.datetime.now().astimezone().date() if today is None else today.date()
    if not FIRST_DAY <= days_of(date) <= LAST_DAY:
        problem = phrased("{date} is no day of a return", date=date)
        raise Refusal("--today", problem, phrased("write it as 2026-01-31"))
    return date


def moment(today: dt.datetime | None) -> dt.datetime:
    """Now, or the noon (UTC) of a day that was asked for."""
    if today is None:
        return dt.datetime.now().astimezone()
    return dt.datetime.combine(day(today), dt.time(12), dt.UTC)


def step(text: str) -> None:
    """Show a person what goes on."""
    if sys.stderr.isatty():
        click.echo(f"{text} …", err=True)


def tell(result: Any, as_json: bool) -> None:
    """Print a result, for a person or a machine."""
    if as_json:
        print_json(dataclasses.asdict(result))
    else:
        click.echo(str(result))


def print_json(value: object) -> None:
    """Print anything of ours as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=_as_json))


def _as_json(value: object) -> object:
    return dataclasses.asdict(value) if isinstance(value, Finding) else str(value)


def end(findings: Sequence[Finding], as_json: bool) -> None:
    """List findings and exit: 1 when one of them is an error."""
    if not as_json:
        for finding in findings[:LISTED]:
            click.echo(f"{named(finding.severity)}: {finding}")
        if len(findings) > LISTED:
            click.echo(
                phrased(
                    "and {count:,} more; see the Check sheet or `check`",
                    count=len(findings) - LISTED,
                )
            )
    leave(failed=any(f.severity == "error" for f in findings))


def leave(*, failed: bool) -> None:
    """Exit: 1 when something needs a person."""
    sys.exit(EXIT_FINDINGS if failed else 0)
