"""What the policy doctor says: kind, rule, problem, remedy, an example, and how often it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from xl_returns.lint.boxes import Box

Severity = Literal["error", "warning", "note"]
Kind = Literal[
    "Gap", "Boundary", "Shadowed", "Duplicate", "Impossible", "Crossing", "Never used", "Never given",
    "Dates", "Currency", "Conflict", "Source", "Case",
]  # fmt: skip
KINDS: Final[dict[Kind, str]] = {
    "Gap": "no rule but the last takes these rows",
    "Boundary": "a gap or a crossing that is one value wide",
    "Shadowed": "earlier rules take every row of this one",
    "Duplicate": "an earlier rule is the same",
    "Impossible": "no row can ever meet this rule",
    "Crossing": "two rules fit the same rows and say different things; the first one decides",
    "Never used": "none of your rows meets this rule",
    "Never given": "no rule ever says this",
    "Dates": "dates that leave a hole, or stand twice",
    "Currency": "a currency without price tiers, or an amount that means any currency",
    "Conflict": "platform or law does not allow what the rule says",
    "Source": "a number that differs from the source it names",
    "Case": "an example that does not come out as expected",
}
"""What each kind of finding means."""


@dataclass(frozen=True)
class Diagnosis:
    """One finding about a policy. `place` is the cell of a line, or the name of its sheet.

    `line` holds cells of an Action or Refund Rule, by header, that would decide the rows found;
    `example` is a row as Cases are written, tried with the engine. `rows` counts the seller's own.
    """

    kind: Kind
    severity: Severity
    place: str
    problem: str
    remedy: str
    sheet: str = ""
    rule: str = ""
    line: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    example: str = ""
    rows: int | None = None
    part: Box | None = None
    """The rows found, as a box of their table, of which an example can be made."""
    where: Box | None = None
    """The box by which the seller's own rows are counted."""
    decides: int | None = None
    """The position of the rule that decides an example."""
