"""What was looked at, whether it is well, and what to do if not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "error", "not here"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `not here` belongs to another system or to Excel alone."""

    name: str
    state: State
    told: str
    remedy: str = ""
