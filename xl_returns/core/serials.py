"""Days as Excel's cells hold them: serial numbers, counted from 1899-12-30.

Inside, days count from 1970-01-01. A serial may have a time of day behind the point.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, TypeGuard

DAY_0: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no time zone
EPOCH: Final = 25_569
"""The serial of 1970-01-01."""
FIRST: Final = 1
LAST: Final = 2_958_465
"""9999-12-31, the last day that Excel knows."""
SHIFT_1904: Final = 1_462
"""So many days less stand in the cells of a workbook that counts from 1904."""


def is_day(cell: object) -> TypeGuard[float]:
    """Whether a cell is a number that is a day."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return False
    return FIRST <= cell < LAST + 1


def day_of(serial: float) -> int:
    """The days since 1970-01-01 of a serial, its time left out."""
    return int(serial) - EPOCH


def date_of(serial: float) -> dt.date:
    """The date of a serial, its time left out."""
    return (DAY_0 + dt.timedelta(int(serial))).date()


def of_day(day: int) -> float:
    """A day since 1970-01-01 as a cell holds it."""
    return float(day + EPOCH)


def of_date(date: dt.date) -> float:
    """A date as a cell holds it."""
    return float(date.toordinal() - DAY_0.toordinal())
