"""What the product tells a seller about something that needs attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A place (`Policy!C7`, `orders.txt line 4`), what is wrong there, and what to do."""

    place: str
    problem: str
    remedy: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.remedy}"


class Refusal(Exception):
    """The job cannot be done as asked; carries one finding that says why and what to do.

    Every error that a seller can cause and that stops a whole job is a Refusal.
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.finding = Finding(place, problem, remedy)
        super().__init__(str(self.finding))
