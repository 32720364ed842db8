"""The day on which the tests decide."""

from __future__ import annotations

import datetime as dt

from xl_returns.core import cells

TODAY = dt.date(2026, 11, 23)
DAY = cells.day(TODAY)
"""The same day, counted as the core counts days."""
