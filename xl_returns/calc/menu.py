"""The menu *Returns* and its toolbar: the commands of Excel's ribbon, in its groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xl_returns.core.language import marked

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
        _job(marked("Process Returns"), "process_returns", tool=True),
        _job(marked("Import reports"), "import_reports", tool=True),
        Command(marked("Undo"), ".uno:Undo", tool=True),
    ),
    (
        _job(marked("Take goods in"), "take_goods_in"),
        _job(marked("Offer"), "negotiate", tool=True),
        _job(marked("Split"), "split_return"),
        _job(marked("Goods plan"), "plan_goods"),
        _job(marked("Export files"), "export_files"),
    ),
    (
        _job(marked("Explain row"), "explain_row", tool=True),
        _job(marked("Check policy"), "check_policy", tool=True),
        _job(marked("Insights"), "look_into_returns", tool=True),
        _job(marked("Replay"), "replay"),
        _job(marked("Export"), "export"),
        _job(marked("Prove Log"), "prove_log"),
    ),
)
"""Undo is Calc's own: each command is one step of it."""


def label(job: str) -> str:
    """What the command of a job is called."""
    return next(c.label for group in GROUPS for c in group if c.url == _DESK + job)
