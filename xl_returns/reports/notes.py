"""Findings, gathered: the same problem on many rows is told once, with its first place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from xl_returns.core.findings import Finding
from xl_returns.core.language import marked, phrased

ITEM_NUMBERS: Final = marked(
    "import the report of new orders as well (Orders > Order reports), which names order-item-id; "
    "or fill Order Item ID by hand, or refund in Seller Central"
)
"""Where the numbers of order items are, which older returns reports do not name."""


class Notes:
    """Collects what must be told to the seller."""

    def __init__(self) -> None:
        self._errors: list[Finding] = []
        self._warnings: dict[tuple[str, str], list[str | int]] = {}

    def reject(self, place: str, problem: str, remedy: str) -> None:
        """A row that is left out."""
        self._errors.append(Finding(place, problem, remedy))

    def warn(self, place: str, problem: str, remedy: str) -> None:
        """Something to look at; repeated problems are counted, not repeated."""
        seen = self._warnings.setdefault((problem, remedy), [place, 0])
        seen[1] = int(seen[1]) + 1

    def findings(self) -> Iterable[Finding]:
        """Errors first, each warning once."""
        yield from self._errors
        for (problem, remedy), (place, count) in self._warnings.items():
            more = phrased(" and {count} more", count=int(count) - 1) if int(count) > 1 else ""
            yield Finding(f"{place}{more}", problem, remedy, "warning")
