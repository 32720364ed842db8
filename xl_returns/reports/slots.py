"""The returns that an import speaks of, each with what the workbook has and the reports say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from xl_returns.core import columns
from xl_returns.reports.forms import form
from xl_returns.reports.model import Cell

OWNED: Final = frozenset(columns.REPORTED)
FBA_DAYS: Final = ("Request Date", "Received Date")
IDENTITY: Final = ("Order ID", "SKU", "ASIN", "Quantity", "Currency")
Contradictions = list[tuple[str, str, str]]


@dataclass(slots=True)
class Slot:
    """A return: its place in the workbook (None when new), what stands there, what was said.

    `base` is what the last import said. `fill` may only go into blank cells.
    """

    index: int | None
    return_id: str
    cells: Mapping[str, object]
    base: Mapping[str, str]
    wanted: dict[str, Cell] = field(default_factory=dict)
    fill: dict[str, Cell] = field(default_factory=dict)
    report: int = -1
    place: str = ""
    asked_as: str = ""

    def has(self, header: str) -> str:
        """What stands in the workbook, or would after this import."""
        return form(header, self.cells.get(header)) or form(header, self.wanted.get(header))

    def said(self, header: str) -> str:
        """What reports said, now or at the last import, or else what the seller typed."""
        return self.reported(header) or form(header, self.cells.get(header))

    def reported(self, header: str) -> str:
        """What reports said, now or at the last import."""
        return form(header, self.wanted.get(header)) or self.base.get(header, "")

    def is_fba(self) -> bool:
        """Whether Amazon shipped the goods."""
        return self.said("Channel") == "FBA"

    def take(self, values: Mapping[str, Cell], report: int, place: str) -> Contradictions:
        """Take in what a report says, unless it contradicts what was said in this import."""
        values = {h: v for h, v in values.items() if h in OWNED}
        if self.report < 0:
            self.wanted, self.report, self.place = values, report, place
            return []
        told = self.wanted
        if self.is_fba():
            days = self._earliest_days(values)
            values = {**values, **days}
            told.update(days)
        differ = [h for h in values if h in told and form(h, values[h]) != form(h, told[h])]
        wrong = [h for h in differ if report == self.report or h in IDENTITY]
        if not wrong:
            told.update(values)
            self.report = report
        return [(h, form(h, told[h]), form(h, values[h])) for h in wrong]

    def _earliest_days(self, values: Mapping[str, Cell]) -> dict[str, Cell]:
        """One unit seen on two days is one return: its first day counts."""
        return {
            h: min(values[h], self.wanted[h], key=lambda day: form("Request Date", day))
            for h in FBA_DAYS
            if h in values and h in self.wanted
        }


def slots_of(
    existing: Sequence[Mapping[str, object]], imported: Mapping[str, Mapping[str, str]]
) -> list[Slot]:
    """One slot for each row of the workbook."""
    named = [(form("Return ID", row.get("Return ID")), row) for row in existing]
    return [Slot(at, rid, row, imported.get(rid, {})) for at, (rid, row) in enumerate(named)]
