"""The command line: `xl-returns COMMAND`. Exit 0 done, 1 findings that need a person, 2 wrong use."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from xl_returns import __version__
from xl_returns.cli import deciding, exchange, looking, machine, studying, trade
from xl_returns.cli.help import click_in, said
from xl_returns.cli.shared import EXIT_WRONG_USE, print_json, speak_utf8
from xl_returns.core.findings import Refusal
from xl_returns.core.language import CHINESE, ENGLISH, marked, phrased, speak

__all__ = ["cli", "main"]
_SAYS_LANGUAGE: Final = ("XL_RETURNS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
NO_MEMORY: Final = marked(
    "The memory was too small for this; no workbook is half written: "
    "close other programs, or process fewer rows, and start again"
)
_MANY_OBJECTS: Final = 100_000
"""Rows make many objects, hardly any of them in a cycle: they are looked for less often."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """A returns desk in Excel, decided by the policy in your own workbook."""


for _command in (
    *deciding.COMMANDS, *exchange.COMMANDS, *trade.COMMANDS, *studying.COMMANDS, *looking.COMMANDS,
    *machine.COMMANDS,
):  # fmt: skip
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; a refusal, or want of memory, is one sentence and exit code 2."""
    speak_utf8()
    gc.set_threshold(_MANY_OBJECTS)
    speak(language := _language_of_the_computer())
    try:
        with click_in(language):
            said(cli).main(arguments, prog_name="xl-returns", standalone_mode=True)
    except Refusal as refusal:
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            print_json({"refused": refusal.finding})
        _end(str(refusal))
    except MemoryError:
        _end(phrased(NO_MEMORY))


def _language_of_the_computer() -> str:
    """What XL_RETURNS_LANG says, or else the language of the system."""
    named = next(filter(None, map(os.environ.get, _SAYS_LANGUAGE)), "")
    return CHINESE if named.casefold().startswith(CHINESE) else ENGLISH


def _end(told: str) -> NoReturn:
    click.echo(told, err=True)
    sys.exit(EXIT_WRONG_USE)
