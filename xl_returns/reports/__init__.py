"""Amazon's reports in: recognised by content, read whatever their spelling, merged into rows."""

from xl_returns.reports.merge import merge
from xl_returns.reports.model import (
    Cell,
    Event,
    EventKind,
    Incoming,
    Kind,
    Merge,
    OrderLine,
    Report,
)
from xl_returns.reports.reading import read_report

__all__ = [
    "Cell",
    "Event",
    "EventKind",
    "Incoming",
    "Kind",
    "Merge",
    "OrderLine",
    "Report",
    "merge",
    "read_report",
]
