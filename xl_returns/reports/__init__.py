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
from xl_returns.reports.sales import Cohort, Sold, sold

__all__ = [
    "Cell",
    "Cohort",
    "Event",
    "EventKind",
    "Incoming",
    "Kind",
    "Merge",
    "OrderLine",
    "Report",
    "Sold",
    "merge",
    "read_report",
    "sold",
]
