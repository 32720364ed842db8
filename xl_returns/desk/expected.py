"""What to expect of a scanned code, and what to look at: the check-list of its category."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from xl_returns.books.book import Book
from xl_returns.books.policies import default_grid, grid_of
from xl_returns.core import sheets
from xl_returns.core.cells import Interval
from xl_returns.core.findings import Finding
from xl_returns.core.grid import Parsed, Reader
from xl_returns.core.language import named, spoken, titled
from xl_returns.core.policy_sheets import categories_in
from xl_returns.core.vocabulary import cell_of
from xl_returns.desk.floor import Floor

_TOLD = ("Order ID", "Item", "SKU", "Quantity", "Reason", "Buyer Comment", "Status", "Condition", "Decided Action")  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """One return that a code fits: what the desk knows of it, and the checks by kind."""

    return_id: str
    told: dict[str, str]
    checks: dict[str, list[str]]

    def __str__(self) -> str:
        told = {titled(name): cell_of(spoken(), name, text) for name, text in self.told.items()}
        lines = [self.return_id, *(f"  {name:<15}{text}" for name, text in told.items())]
        for kind, checks in self.checks.items():
            lines += [f"  {named(kind)}", *(f"    [ ] {named(check)}" for check in checks)]
        return "\n".join(lines)


@dataclass(frozen=True)
class _Check:
    text: str
    kind: str
    categories: tuple[Interval, ...] | None


class Checks:
    """The Goods Checks of a workbook, or the defaults where it has none."""

    def __init__(self, book: Book) -> None:
        grid = grid_of(book, sheets.GOODS_CHECKS) or default_grid(sheets.GOODS_CHECKS)
        words = categories_in([grid])
        self._codes = {word.casefold(): code for code, word in enumerate(words)}
        self._other = len(words) - 1
        reader = Reader(words)
        self._checks: Sequence[_Check] = reader.lines(sheets.GOODS_CHECKS, grid, _made)
        self.findings: list[Finding] = reader.findings

    def of(self, category: str) -> dict[str, list[str]]:
        """What to check of goods of a category, by kind."""
        code = self._codes.get(category.casefold(), self._other)
        found: dict[str, list[str]] = {}
        for check in self._checks:
            if check.categories is None or any(a <= code <= b for a, b in check.categories):
                found.setdefault(check.kind, []).append(check.text)
        return found


def _made(parsed: Parsed, _: str) -> _Check:
    return _Check(parsed["Check"], parsed["Kind"] or "Look", parsed["Category"])


def look_up(book: Book, code: str, today: dt.date) -> list[Expected]:
    """Every return that a code fits, with what to look at. Raises Refusal."""
    floor, checks = Floor(book, today), Checks(book)
    return [
        Expected(
            floor.text(row, "Return ID"),
            {name: text for name in _TOLD if (text := floor.text(row, name))},
            checks.of(floor.text(row, "Category")),
        )
        for row in floor.find(code)
    ]
