"""The menu *Returns* and its toolbar: the commands of Excel's ribbon, in its groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MENU: Final = "Returns"
_DESK: Final = "service:org.xlreturns.Desk?"


@dataclass(frozen=True)
class Command:
    """An entry: its label, what it dispatches, whether it stands on the toolbar too."""

    label: str
    url: str
    tool: bool = False


def _job(label: str, name: str, *, tool: bool = False) -> Command:
    return Command(label, _DESK + name, tool)


GROUPS: Final = (
    (
        _job("Process Returns", "process_returns", tool=True),
        _job("Import reports", "import_reports", tool=True),
        Command("Undo", ".uno:Undo", tool=True),
    ),
    (
        _job("Take goods in", "take_goods_in"),
        _job("Offer", "negotiate", tool=True),
        _job("Split", "split_return"),
        _job("Goods plan", "plan_goods"),
        _job("Export files", "export_files"),
    ),
    (
        _job("Explain row", "explain_row", tool=True),
        _job("Check policy", "check_policy", tool=True),
        _job("Insights", "look_into_returns", tool=True),
        _job("Replay", "replay"),
        _job("Export", "export"),
        _job("Prove Log", "prove_log"),
    ),
)
"""Undo is Calc's own: each command is one step of it."""


def label(job: str) -> str:
    """What the command of a job is called."""
    return next(c.label for group in GROUPS for c in group if c.url == _DESK + job)
