"""A workbook whose rows are decided by its own policy: what every job over whole tables begins with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.core import cells
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.findings import Finding
from xl_returns.core.policy import Policy
from xl_returns.core.rows import Rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.desk.record import Verdicts, verdicts
from xl_returns.desk.table import ReturnsTable


@dataclass(frozen=True)
class Decided:
    """The rows that hold something, decided for a day; `filled` are their places in the table.

    `findings` are the policy's.
    """

    book: Book
    table: ReturnsTable
    filled: Sequence[int]
    rulebook: Rulebook
    decisions: Decisions
    findings: Sequence[Finding]

    @classmethod
    def of(cls, book: Book, today: dt.date) -> Decided:
        """Decide a workbook by the policy in its sheets. Raises Refusal."""
        return cls.by(book, today, *policy_of(book))

    @classmethod
    def by(cls, book: Book, today: dt.date, policy: Policy, findings: Sequence[Finding]) -> Decided:
        """The same where the policy has been read already. Raises Refusal."""
        table, rulebook = ReturnsTable(book), Rulebook(policy)
        filled = table.filled()
        decisions = decide(table.rows(filled), rulebook, cells.days_of(today))
        return cls(book, table, filled, rulebook, decisions, findings)

    @property
    def policy(self) -> Policy:
        """The policy they are decided by."""
        return self.rulebook.policy

    @property
    def rows(self) -> Rows:
        """The rows, parsed."""
        return self.decisions.facts.rows

    @cached_property
    def verdict(self) -> Verdicts:
        """What counts for each row, the seller's own decisions included."""
        return verdicts(self.decisions)

    def place(self, row: int, name: str) -> str:
        """Where a cell of a decided row is, as `Returns!C7`."""
        return self.table.place(self.filled[row], name)
