"""The help of the command line in the language that is spoken: our texts, and those of click itself.

Click asks gettext for its own; gettext looks in our catalogue, by what the environment names.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from importlib.resources import files
from inspect import cleandoc
from typing import Final, TypeVar
from unicodedata import east_asian_width

import click
from click.formatting import measure_table

from xl_returns.core.language import CHINESE, ENGLISH, phrased

_DOMAIN: Final = "xl_returns"
_NAMES: Final = {CHINESE: "zh_CN", ENGLISH: "C"}
"""What gettext calls the languages; of `C` it looks for nothing."""
_ASKED: Final = "LANGUAGE"
_AS_IT_STANDS: Final = "\b\n"
"""How click is told not to wrap a paragraph."""
_ENDS: Final = (". ", "。")
_Command = TypeVar("_Command", bound=click.Command)
_NOT_FIRST: Final = "，。；：、！？）》”…"
"""What no line begins with."""


@contextmanager
def click_in(language: str) -> Iterator[None]:
    """Let click say its own sentences in a language meanwhile."""
    before, domain = os.environ.get(_ASKED), gettext.textdomain()
    gettext.bindtextdomain(_DOMAIN, str(files("xl_returns").joinpath("locale")))
    gettext.textdomain(_DOMAIN)
    os.environ[_ASKED] = _NAMES[language]
    try:
        yield
    finally:
        gettext.textdomain(domain)
        del os.environ[_ASKED]
        os.environ.update({_ASKED: before} if before is not None else {})


def said(command: _Command) -> _Command:
    """A command and all that it holds, with their help in the language that is spoken."""
    told, paragraphs = copy(command), [phrased(text) for text in _paragraphs(command)]
    told.context_class = Spoken
    told.help = "\n\n".join(paragraphs)
    told.short_help = _first_sentence(paragraphs[0])
    told.params = [_option(parameter) for parameter in command.params]
    if isinstance(command, click.Group) and isinstance(told, click.Group):
        told.commands = {name: said(each) for name, each in command.commands.items()}
    return told


def sentences(command: click.Command) -> Iterator[str]:
    """What the help of a command and of all that it holds says, in English."""
    yield from _paragraphs(command)
    yield from (told for each in command.params if (told := getattr(each, "help", None)))
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        yield from sentences(each)


def _paragraphs(command: click.Command) -> list[str]:
    """A command's help, each paragraph on one line."""
    return [" ".join(text.split()) for text in cleandoc(command.help or "").split("\n\n")]


def _option(parameter: click.Parameter) -> click.Parameter:
    told = copy(parameter)
    if isinstance(told, click.Option) and told.help:
        told.help = phrased(told.help)
    return told


def _first_sentence(text: str) -> str:
    places = [at + 1 for end in _ENDS if (at := text.find(end)) >= 0]
    return text[: min(places, default=len(text))]


class Formatter(click.HelpFormatter):
    """Click's own layout, for letters of which some are two columns wide."""

    def write_text(self, text: str) -> None:
        """A text in paragraphs."""
        super().write_text(_wrapped(text, self.width - self.current_indent))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Names, each with what it means beside it."""
        listed = list(rows)
        left = min(measure_table(listed)[0], col_max) + col_spacing
        told = [(name, _wrapped(text, self.width - left - 2)) for name, text in listed]
        super().write_dl(told, col_max, col_spacing)


def _wrapped(text: str, width: int) -> str:
    """A text of which every paragraph has its lines, so that click breaks none."""
    paragraphs = ("\n".join(_lines(part, width)) for part in text.split("\n\n"))
    return "\n\n".join(_AS_IT_STANDS + part for part in paragraphs if part)


def _lines(text: str, width: int) -> Iterator[str]:
    """Lines of at most so many columns; between wide letters anywhere, else between words."""
    line = ""
    for piece in _pieces(text):
        if line and _columns(line + piece.rstrip()) > width and piece[0] not in _NOT_FIRST:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What stays together: a wide letter, or a word with the blank after it."""
    word = ""
    for letter in text:
        if _columns(letter) > 1:
            yield from filter(None, (word, letter))
            word = ""
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    yield from filter(None, (word,))


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


class Spoken(click.Context):
    """A command as it is called: its help is laid out by our formatter."""

    formatter_class = Formatter
