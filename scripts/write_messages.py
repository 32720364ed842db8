"""Keep the catalogue of translations: take out of the sources what the product says, and compile.

    python scripts/write_messages.py     xl_returns.po gets every message, then becomes xl_returns.mo

A message that is new stands in the .po without a translation; one that is gone is taken out. The
test of the catalogue fails until every message has its Chinese.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, get_args

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from build_workbook import macros, own_modules, ribbon, vba_sentences

from xl_returns import functions
from xl_returns.books.build import build
from xl_returns.books.build.page import Tongue
from xl_returns.books.build.replay_book import ReplayPages, build_replay
from xl_returns.calc.menu import GROUPS, MENU
from xl_returns.cli import cli
from xl_returns.cli.help import sentences
from xl_returns.core import columns, phrases
from xl_returns.core.facts import DOMAINS
from xl_returns.core.language import COMMAND, ENGLISH, RETURNS, context_of
from xl_returns.core.vocabulary import WORDS
from xl_returns.desk.simulate import BREAKDOWNS
from xl_returns.insight.uncertainty import LABELS
from xl_returns.machine import checks
from xl_returns.reports import maps, model

PACKAGE = Path(__file__).resolve().parent.parent / "xl_returns"
_CREATED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""The same in every run: only messages make a difference."""
FOLDER = PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES"
PO, MO = FOLDER / "xl_returns.po", FOLDER / "xl_returns.mo"
SPEAKING = [Path(__file__).with_name(f"{name}.py") for name in ("write_docs", "batch_recalculate")]
"""Scripts that say something to sellers."""
PHRASED = {"phrased": None, "marked": None, "Sentence": None}
"""The functions whose first argument is a message."""
_GETTEXT = {"_": None, "ngettext": (1, 2)}
_CLICK = ("core", "decorators", "exceptions", "formatting", "parser", "types")
"""The modules of click that speak to people who call commands; `required` they say by a name."""
_SPOKEN = re.compile(r"(?![0-9a-f]{12}$).*[a-z]")
"""Texts without a small letter, such as USD or SKU, are codes; and the version of a policy is."""
_WHOLE: Final[tuple[Callable[..., object], ...]] = (
    functions.RETURN_ADVICE,
    functions.RETURN_POLICY,
)
"""Functions with a help of their own; those of a row tell what their column holds."""
EXPLAINED = ("Signals", "Refund rule", "Condition expected")
"""What `explain` tells beside the columns of Returns."""
REPLAY_HEADERS = (
    ("Currency", "Rows", "Changed", "Before", "After", "Saved", "At Least", "At Most"),
    ("Currency", "Rows", "New Low", "New High", "Saved", "Saved Elsewhere"),
    ("Low", "High", "Saved At Low", "Saved At High", "Low Moves", "High Moves"),
    ("Now", "Other", "Rows"),
    ("Currency", "Rows", "Changed", "Before", "After", "Saved"),
    (
        "Return ID", "Order ID", "SKU", "Reason", "Marketplace", "Currency", "Action Before",
        "Refund Before", "Cost Before", "Action After", "Refund After", "Cost After", "Saved",
    ),
)  # fmt: skip
"""What stands over the tables of a replay: money, tiers, assumptions, actions, groups, changes."""
_OTHERS = ("Report", "Problem", "Remedy")
"""What is said of a report that is not read."""
_UNSEEN = ("Lists", "xlwings.conf")
"""Sheets that nobody sees."""

Message = tuple[str, str | tuple[str, ...]]
"""A context, blank for none, and a text; or one and the same text for several."""


class _Heard(Tongue):
    """Hears everything that the pages of a workbook say."""

    def __init__(self) -> None:
        super().__init__(ENGLISH)
        self.messages: dict[Message, None] = {}

    def text(self, message: str) -> str:
        """A text, heard."""
        if _SPOKEN.match(message) and message not in _UNSEEN:
            self.messages["", message] = None
        return message

    def label(self, label: str) -> str:
        """A label, heard."""
        self.messages[COMMAND, label] = None
        return label

    def header(self, table: str, name: str) -> str:
        """A header, heard."""
        self.messages[context_of(table), name] = None
        return name


def messages() -> Iterator[Message]:
    """Everything that the product says, each once."""
    heard = _Heard()
    build(io.BytesIO(), tongue=heard)
    build(io.BytesIO(), tongue=heard, native=True)
    build(io.BytesIO(), macros=macros(own_modules()), tongue=heard)
    ribbon(heard)
    build_replay(io.BytesIO(), _replay(), heard)
    declared = [("", text) for text in (*WORDS, *phrases.PHRASES, *EXPLAINED, *vba_sentences())]
    declared += [("", kind) for kind in (*get_args(model.Kind), *get_args(checks.State))]
    declared += [("", line[told]) for line in maps.other_reports().values() for told in _OTHERS]
    menu = [MENU, *(entry.label for group in GROUPS for entry in group)]
    headers = [(COMMAND, label) for label in menu]
    headers += [(RETURNS, column.name) for column in columns.RETURNS]
    headers += [(context_of(""), fact) for fact in DOMAINS if fact not in columns.BY_NAME]
    whole = (told for function in _WHOLE for told in functions.help_of(function))
    declared += [("", told) for told in (*functions.ARGUMENTS.values(), *whole)]
    marked = [("", str(found[2])) for found in extract_from_dir(PACKAGE, keywords=PHRASED)]
    for script in SPEAKING:
        found_there = extract_from_file("python", script, keywords=PHRASED)
        marked += [("", str(found[1])) for found in found_there]
    helped = [("", told) for told in (*sentences(cli), *clicks())]
    every = dict.fromkeys((*declared, *headers, *heard.messages, *marked, *helped))
    yield from (message for message in every if message[1])


def clicks() -> Iterator[str | tuple[str, ...]]:
    """What click says to people who call commands."""
    home = Path(click.__file__).parent
    for module in _CLICK:
        found = extract_from_file("python", home / f"{module}.py", keywords=_GETTEXT)
        yield from (message[1] for message in found)
    yield "required"


def _replay() -> ReplayPages:
    """A replay with a line of everything that one can show."""
    money, tiers, moves, actions, by, changes = (dict.fromkeys(h, "") for h in REPLAY_HEADERS)
    sheets = {**{f"By {name}": [{name: "", **by}] for name in BREAKDOWNS}, "Changes": [changes]}
    told = [{"Assumption": label, **moves} for label in LABELS.values()]
    return ReplayPages("", [money], [tiers], [actions], "", told, [], sheets)


def catalogue(old: Catalog) -> Catalog:
    """Every message, with the translations that the old catalogue has."""
    new = Catalog(
        locale="zh_CN",
        header_comment="# What xl-returns says, in Chinese; kept by scripts/write_messages.py.",
        project="xl-returns",
        version="1",
        msgid_bugs_address="xl-returns",
        creation_date=_CREATED,
        revision_date=_CREATED,
        last_translator="xl-returns",
        language_team="xl-returns",
        fuzzy=False,
    )
    for context, text in messages():
        known = old.get(text, context or None)
        blank = "" if isinstance(text, str) else ("",)
        new.add(text, known.string if known else blank, context=context or None)
    return new


def read() -> Catalog:
    """The catalogue as it stands."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as the product reads it."""
    made = io.BytesIO()
    write_mo(made, catalog)
    return made.getvalue()


def written(catalog: Catalog) -> bytes:
    """The catalogue as people read it."""
    made = io.BytesIO()
    write_po(made, catalog, width=100, omit_header=False, sort_output=False)
    return made.getvalue()


if __name__ == "__main__":
    now = catalogue(read() if PO.exists() else Catalog(locale="zh_CN"))
    PO.write_bytes(written(now))
    MO.write_bytes(compiled(now))
    missing = sum(not any(message.string or "") for message in now if message.id)
    print(f"{len(now)} messages, {missing} without Chinese")
