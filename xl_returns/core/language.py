"""What the product says in English or 简体中文: the one way to its translations.

English stands in the sources. Its Chinese stands in one catalogue of gettext,
`locale/zh_CN/LC_MESSAGES/xl_returns.po`, which `scripts/write_messages.py` keeps complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Final, Self

ENGLISH, CHINESE = "en", "zh"
RETURNS: Final = "Returns"
"""The table whose headers have Chinese names of their own: others share theirs."""
_OTHERS: Final = "header"
COMMAND: Final = "command"
"""The context of what buttons and menus say: `Split` there is no word of the Log."""
_CATALOGUE: Final = ("locale", "zh_CN", "LC_MESSAGES", "xl_returns.mo")
_speaking: ContextVar[str] = ContextVar("speaking", default=ENGLISH)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language != CHINESE:
        return NullTranslations()
    with files("xl_returns").joinpath(*_CATALOGUE).open("rb") as file:
        return GNUTranslations(file)


@lru_cache(maxsize=8192)
def text(language: str, message: str) -> str:
    """A sentence or word of the product as it reads in a language; unknown ones stay."""
    return _catalogue(language).gettext(message) if message else message


@lru_cache(maxsize=2048)
def header(language: str, table: str, name: str) -> str:
    """A header of a table as it reads in a language."""
    return _catalogue(language).pgettext(context_of(table), name)


@lru_cache(maxsize=256)
def command(language: str, label: str) -> str:
    """The label of a button or a menu's entry as it reads in a language."""
    return _catalogue(language).pgettext(COMMAND, label)


def context_of(table: str) -> str:
    """Under which context of the catalogue the headers of a table stand."""
    return table if table == RETURNS else _OTHERS


def speak(language: str) -> None:
    """From now on say sentences in this language."""
    _speaking.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say sentences in this language meanwhile."""
    before = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(before)


def spoken() -> str:
    """The language in which sentences are said now."""
    return _speaking.get()


def marked(message: str) -> str:
    """A sentence that is said later, marked for translation."""
    return message


def phrased(message: str, /, **values: object) -> str:
    """A sentence in the language that is spoken, its blanks filled.

    Values that are headers or words of the product are said in that language too.
    """
    sentence = text(spoken(), message)
    if not values:
        return sentence
    return sentence.format_map({name: named(value) for name, value in values.items()})


def counted(one: str, many: str, /, count: int, **values: object) -> str:
    """A sentence about one thing or about several, in the language that is spoken."""
    return phrased(one if count == 1 else many, count=count, **values)


class Sentence(str):
    """A sentence in English that can also be said in the language that is spoken.

    For files of which one part is for Amazon and the other for the seller.
    """

    __slots__ = ("_message", "_values")
    _message: str
    _values: dict[str, object]

    def __new__(cls, message: str, /, **values: object) -> Self:
        """The sentence, its blanks filled."""
        made = super().__new__(cls, message.format_map(values) if values else message)
        made._message, made._values = message, values
        return made

    def said(self) -> str:
        """The sentence as `phrased` says it."""
        return phrased(self._message, **self._values)

    def __deepcopy__(self, _: object) -> Self:
        return self


def listed(names: Iterable[object]) -> str:
    """Headers, words or other names as one enumeration."""
    return text(spoken(), ", ").join(str(named(name)) for name in names)


def named(value: object) -> object:
    """A header or word of the product in the language that is spoken; anything else stays."""
    if spoken() == ENGLISH or not isinstance(value, str) or not value:
        return value
    for found in (text(CHINESE, value), header(CHINESE, RETURNS, value)):
        if found != value:
            return found
    return header(CHINESE, "", value)


def titled(name: str) -> str:
    """A header of Returns, or else any name of the product, in the language that is spoken."""
    own = header(spoken(), RETURNS, name)
    return str(named(name)) if own == name else own
