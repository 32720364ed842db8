"""The Log: one sealed line for everything that was decided, offered, received, uploaded, imported.

A decision's line keeps the inputs that it was made from, and the workbook keeps every policy that
decided, so that any of them can be run again.
"""

from __future__ import annotations

import base64
import getpass
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.cells import Value, clean
from xl_returns.core import columns
from xl_returns.core.history import History
from xl_returns.core.ledgers import LOG, POLICIES
from xl_returns.core.policy import Policy, fingerprint
from xl_returns.core.seals import seal
from xl_returns.core.version import ENGINE
from xl_returns.desk import ledger
from xl_returns.desk.table import Cells

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
_AS_JSON: Final = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":")).encode
_LONGEST: Final = 32_000
"""Excel keeps at most 32,767 characters in a cell."""
_LARGEST_POLICY: Final = 20_000_000


def write_log(book: Book, entries: Sequence[ledger.Line]) -> None:
    """Add lines to the Log, if the workbook has one, each sealing the line before it."""
    if not entries or not ledger.has(book, LOG):
        return
    last = ledger.read(book, LOG, ["Seal"])
    before = str(last[-1]["Seal"] or "") if last else ""
    there, same = set(book.tables[LOG.table].headers), {"Who": _person(), "Engine": ENGINE}
    lines: list[ledger.Line] = []
    for entry in entries:
        told = {**same, **entry}
        line = {h: clean(v) if isinstance(v, str) else v for h, v in told.items() if h in there}
        line["Seal"] = before = seal_of(before, line)
        lines.append(line)
    ledger.append(book, LOG, lines)


def seal_of(before: str, line: ledger.Line) -> str:
    """The seal that a line of the Log should bear after another."""
    later = [line[header] for header in _SEALED_LATER if line.get(header) not in (None, "")]
    return seal(before, [*(line.get(header) for header in _SEALED), *later])


def _person() -> str:
    """The name that this computer knows its user by; blank where it knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def inputs_of(
    cells: Cells, places: Sequence[int], past: Sequence[Mapping[str, int]]
) -> Iterator[str]:
    """All that the decisions on rows (places in the table) are made from, as JSON, with what the
    other rows told of each; blank when no cell could hold it."""
    given = [(name, cells[name]) for name in _INPUTS if name in cells]
    for place, told_by_others in zip(places, past, strict=True):
        own = {n: v for n, column in given if (v := column[place]) is not None and v != ""}
        told = _AS_JSON({**own, **told_by_others})
        yield told if len(told) <= _LONGEST else ""


def past_of(history: History) -> list[dict[str, int]]:
    """What the other rows told of each row, by name; what is 0 is left out."""
    names = history.names()
    counts = zip(*(getattr(history, name).tolist() for name in names), strict=True)
    return [{n: count for n, count in zip(names, row, strict=True) if count} for row in counts]


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
