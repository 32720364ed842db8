"""What the policy doctor says: kind, rule, problem, remedy, an example, and how often it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from xl_returns.lint.boxes import Box

Severity = Literal["error", "warning", "note"]
Kind = Literal[
    "Gap", "Boundary", "Shadowed", "Duplicate", "Impossible", "Crossing", "Never used", "Never given",
    "Dates", "Currency", "Conflict", "Source", "Unsettled",
]  # fmt: skip


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
