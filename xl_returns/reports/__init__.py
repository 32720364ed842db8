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
from xl_returns.reports.notes import ITEM_NUMBERS
from xl_returns.reports.reading import known_marketplace, read_report
from xl_returns.reports.recognise import KNOWN
from xl_returns.reports.sales import Cohort, Sold, sold

__all__ = [
    "ITEM_NUMBERS",
    "KNOWN",
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
    "known_marketplace",
    "merge",
    "read_report",
    "sold",
]
