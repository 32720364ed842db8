"""The Log: one sealed line for everything that was decided, offered, received, uploaded, imported.

A decision's line keeps the inputs that it was made from, and the workbook keeps every policy that
decided, so that any of them can be run again.
"""

from __future__ import annotations

import base64
import getpass
import zlib
from collections.abc import Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.book import Rows as Cells
from xl_returns.books.cells import Value, clean_all
from xl_returns.books.spill import Spill
from xl_returns.core import columns
from xl_returns.core.history import History
from xl_returns.core.ledgers import LOG, POLICIES
from xl_returns.core.policy import Policy, fingerprint
from xl_returns.core.seals import contents, each_as_json, seal
from xl_returns.core.version import ENGINE
from xl_returns.desk import ledger

DECIDED, OVERRIDDEN, IMPORTED = "Decided", "Overridden", "Imported"
EXPORTED, RECEIVED, SPLIT = "Exported", "Received", "Split"
DECISIONS: Final = (DECIDED, OVERRIDDEN)
_SEALED: Final = LOG.headers[: LOG.headers.index("Seal")]
_SEALED_LATER: Final = LOG.headers[LOG.headers.index("Seal") + 1 :]
"""Columns that older lines do not have: sealed where they are filled."""
_UNREAD: Final = ("Item", "Buyer Comment", "Buyer Key")
"""Inputs that no rule reads; what they tell across rows is kept with the history."""
_INPUTS: Final = tuple(
    name for name in (*columns.INPUTS, *columns.OVERRIDES[:2]) if name not in _UNREAD
)
_LONGEST: Final = 32_000
"""Excel keeps at most 32,767 characters in a cell."""
_LARGEST_POLICY: Final = 20_000_000


def write_log(book: Book, entries: Sequence[ledger.Line]) -> None:
    """Add lines to the Log, if the workbook has one, each sealing the line before it."""
    log = Log(book)
    log.add({h: [line.get(h) for line in entries] for h in {h for line in entries for h in line}})
    log.write()


class Log:
    """Lines for the Log, if the workbook has one: each seals the one before; they wait on disk."""

    def __init__(self, book: Book) -> None:
        self._book, self._lines = book, Spill(LOG.sheet)
        self._last = ledger.last(book, LOG, "Seal")
        self._there = ledger.headers(book, LOG)
        self._same: dict[str, Value] = {"Who": _person(), "Engine": ENGINE}

    def add(self, told: Mapping[str, Sequence[Value]]) -> None:
        """Seal lines, given as columns by header, and keep them."""
        count = max(map(len, told.values()), default=0)
        if not count or not self._there:
            return
        same = {header: [value] * count for header, value in self._same.items()}
        columns = {h: clean_all(v) for h, v in {**same, **told}.items() if h in self._there}
        columns["Seal"] = seals = []
        for content in contents_of(columns, count):
            self._last = seal(self._last, content)
            seals.append(self._last)
        self._lines.add(columns, count)

    def write(self) -> None:
        """Put the lines below those that the workbook has."""
        ledger.extend(self._book, LOG, self._lines, self._lines.count)


def contents_of(columns: Mapping[str, Sequence[Value]], count: int) -> list[str]:
    """What the seals of so many lines of the Log, given as columns by header, are made of."""
    nothing = [None] * count
    given = [[columns.get(h, nothing) for h in headers] for headers in (_SEALED, _SEALED_LATER)]
    return contents(*given)


def _person() -> str:
    """The name that this computer knows its user by; blank where it knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def inputs_of(cells: Cells, history: History) -> list[Value]:
    """All that the decisions on rows are made from, as JSON, with what the other rows told of
    each; blank where no cell could hold it."""
    given = {name: cells[name] for name in _INPUTS if name in cells}
    told = {name: getattr(history, name).tolist() for name in history.names()}
    members = [_members(name, column, {None, ""}) for name, column in given.items()]
    members += [_members(name, column, {0}) for name, column in told.items()]
    lines = (",".join(filter(None, line)) for line in zip(*filter(None, members), strict=True))
    return [f"{{{line}}}" if len(line) + 2 <= _LONGEST else "" for line in lines]


def _members(name: str, column: Sequence[Value], left_out: set[Value]) -> list[str]:
    """The members of JSON objects that tell a column, blank in lines that it tells nothing of;
    none at all if it tells nothing of any."""
    cells = set(column)
    if cells <= left_out:
        return []
    texts = each_as_json(column)
    if cells.isdisjoint(left_out):
        return [f'"{name}":{text}' for text in texts]
    return [
        "" if cell in left_out else f'"{name}":{text}'
        for cell, text in zip(column, texts, strict=True)
    ]


def keep_policy(book: Book, policy: Policy, today: Value) -> None:
    """Keep a policy that decides, once, if the workbook has a place for it."""
    if not ledger.has(book, POLICIES) or policy.version in kept_policies(book):
        return
    content = base64.b64encode(zlib.compress(policy.what_decides().encode(), 9)).decode()
    parts = [content[at : at + _LONGEST] for at in range(0, len(content), _LONGEST)]
    lines: list[dict[str, Value]] = [
        {"Version": policy.version, "Kept Since": today, "Part": float(number), "Content": part}
        for number, part in enumerate(parts, 1)
    ]
    ledger.append(book, POLICIES, lines)


def kept_policies(book: Book) -> dict[str, Policy]:
    """Every policy that the workbook keeps whole, by version."""
    parts: dict[str, dict[float, str]] = {}
    for line in ledger.read(book, POLICIES):
        number = line["Part"] if isinstance(line["Part"], float) else 0.0
        parts.setdefault(str(line["Version"]), {})[number] = str(line["Content"])
    read = {
        name: _policy(name, "".join(text for _, text in sorted(numbered.items())))
        for name, numbered in parts.items()
    }
    return {name: policy for name, policy in read.items() if policy}


def _policy(version: str, content: str) -> Policy | None:
    """The policy that was packed, if the text is what its version says.

    The version is that of the text as it was kept: a policy of an earlier product lacks what
    later ones added, and decides as it did.
    """
    try:
        packed = base64.b64decode(content, validate=True)
        text = zlib.decompressobj().decompress(packed, _LARGEST_POLICY).decode()
        return Policy.of_what_decides(text) if fingerprint(text) == version else None
    except (zlib.error, ValueError, KeyError, TypeError):
        return None
