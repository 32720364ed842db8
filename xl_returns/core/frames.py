"""Frames of returns in, frames of suggestions out: the kernel on whole typed columns.

A frame holds any columns; those with the contract's headers are read. This is what runs on a
batch anywhere: in one process, on a cluster, or inside another engine that gives Arrow batches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core import columns, money, terms
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.history import History, keys_of
from xl_returns.core.language import listed, phrased
from xl_returns.core.rows import Rows, parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, Codes
from xl_returns.core.texts import gathered
from xl_returns.core.voice import Voice
from xl_returns.core.warnings import Warnings
from xl_returns.core.why import Reasons

LOOKED_AT: Final = (
    "Return ID", "Channel", "Order ID", "Request Date", "SKU", "Quantity", "Reason",
    "Buyer Comment", "Status", "Received Date", "Condition", "Marketplace", "Refunded So Far",
    "Currency", "Buyer Key",
)  # fmt: skip
"""The columns that `Desk.keys` reads."""
_WORDS: Final = ("text", "choice", "choices")
_REPEATED: Final = re.compile(r"_duplicated_\d+$")
"""What Polars puts behind a header of a CSV file that stands there already."""


@dataclass(frozen=True)
class Desk:
    """A compiled policy, the day to decide for (days since 1970-01-01), and what is told."""

    book: Rulebook
    today: int
    with_texts: bool = True

    def keys(self, frame: pl.DataFrame, name: str = "rows") -> pl.DataFrame:
        """What the look across rows reads of these. Raises Refusal."""
        rows = parse_rows(_known(frame, name))
        return keys_of(rows, self.book.reasons(rows.text["Reason"], rows.codes["Channel"]).group)

    def decided(self, frame: pl.DataFrame, history: History | None = None) -> pl.DataFrame:
        """The frame with its suggestions, in place of those that it had; history as in `decide`."""
        return self.answered(frame, rows_of(frame), history)

    def answered(self, frame: pl.DataFrame, rows: Rows, history: History | None) -> pl.DataFrame:
        """As `decided`, for rows that are read already."""
        shown = self.shown(decide(rows, self.book, self.today, history))
        return frame.select(kept(frame.columns)).hstack(shown.get_columns())

    def shown(self, decisions: Decisions) -> pl.DataFrame:
        """The suggestions as typed columns: text, amounts in main units, dates."""
        places = decisions.facts.rows.places
        lacking = np.where(decisions.lacks_price, BLANK, decisions.refund)
        rules = [rule.id for rule in self.book.policy.action_rules]
        shown = {
            "Action": words(decisions.action, terms.ACTIONS),
            "Refund": amounts(lacking, places),
            "Offer": amounts(decisions.offer, places),
            "Offer Max": amounts(decisions.offer_max, places),
            "Due": days(decisions.clocks.due),
            "Disposition": words(decisions.disposition, terms.DISPOSITIONS),
            "Resale Price": amounts(decisions.resale_price, places),
            "Recovery": amounts(decisions.recovery, places),
            "Risk": pl.Series(decisions.risk, dtype=pl.Float64),
            "Rule": words(np.where(decisions.rule < 0, BLANK, decisions.rule), rules),
        }
        if self.with_texts:
            shown |= _sentences(Voice(decisions, self.book))
        return pl.DataFrame({name: shown[name] for name in columns.SUGGESTIONS if name in shown})


def rows_of(frame: pl.DataFrame, name: str = "rows") -> Rows:
    """The rows of a frame with a name. Raises Refusal when a needed column is missing, or one has
    a type that no cell has."""
    given = _known(frame, name)
    missing = [header for header in columns.NEEDED if header not in given]
    if missing:
        raise Refusal(
            name,
            phrased("lacks the columns {missing}", missing=listed(missing)),
            phrased("add them"),
        )
    return parse_rows(given)


def kept(headers: Iterable[str]) -> list[str]:
    """The headers that stay beside new suggestions: all but those of old ones."""
    return [h for h in headers if columns.header_name(h) not in columns.SUGGESTIONS]


def same_meaning(headers: Sequence[str], name: str) -> list[Finding]:
    """A finding for each column that is passed over, as one before it means the same."""
    return [
        Finding(
            f"{name} {header}",
            phrased("means the same as {first}: only that is read", first=f"`{first}`"),
            phrased("give the columns their own headers"),
            "warning",
        )
        for header, first in columns.doubled(_REPEATED.sub("", header) for header in headers)
        if columns.header_name(header) in columns.READ
    ]


def _known(frame: pl.DataFrame, name: str) -> dict[str, pl.Series]:
    """The columns that are read, by the contract's names; of two that mean the same, the first."""
    found: dict[str, pl.Series] = {}
    for header in frame.columns:
        known = columns.header_name(header)
        if known in columns.READ and known not in found:
            found[known] = _cells(frame[header], known, name)
    return found


def _cells(column: pl.Series, known: str, name: str) -> pl.Series:
    """A column whose values cells can have; a number that is none (NaN) is blank. Raises Refusal."""
    kind = column.dtype
    if kind.is_nested() or kind == pl.Binary:
        raise Refusal(
            name,
            phrased("{header} holds {kind}, and a cell holds none", header=column.name, kind=kind),
            phrased("save that column as numbers or text"),
        )
    if not kind.is_float():
        return column
    if columns.BY_NAME[known].kind in _WORDS and column.is_infinite().any():
        raise Refusal(
            name,
            phrased("{header} holds numbers without end (inf)", header=column.name),
            phrased("save that column as text"),
        )
    return column.fill_nan(None)


def _sentences(voice: Voice) -> dict[str, pl.Series]:
    reasons = Reasons(voice)
    told = {
        "Appeal": reasons.appeals(),
        "Warnings": Warnings(voice).texts(),
        "Why": reasons.whys(),
    }
    return {name: pl.Series(texts, dtype=pl.String) for name, texts in told.items()}


def words(codes: Codes, domain: Sequence[str]) -> pl.Series:
    """Positions as their words; blank stays blank."""
    return gathered([*domain, None], np.where(codes == BLANK, len(domain), codes))


def amounts(minor: Codes, places: Codes) -> pl.Series:
    """Minor units as the numbers that cells show."""
    return pl.Series(
        np.where(minor == BLANK, np.nan, minor / money.scale(places)), nan_to_null=True
    )


def days(since_1970: Codes) -> pl.Series:
    """Days as dates."""
    return pl.Series(since_1970).cast(pl.Int32, strict=False).cast(pl.Date)
