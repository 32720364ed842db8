"""Excel's serial days: one reading of them for all."""

from __future__ import annotations

import datetime as dt

import pytest

from xl_returns.core import serials


@pytest.mark.parametrize(
    ("serial", "date"),
    [
        (25_569.0, dt.date(1970, 1, 1)),
        (46_353.99, dt.date(2026, 11, 27)),
        (float(serials.LAST), dt.date(9999, 12, 31)),
    ],
)
def test_a_serial_is_its_date_whatever_the_time(serial, date):
    assert serials.date_of(serial) == date
    assert serials.day_of(serial) == (date - dt.date(1970, 1, 1)).days
    assert serials.of_date(date) == serials.of_day(serials.day_of(serial)) == int(serial)


@pytest.mark.parametrize("cell", [0.5, -1.0, 2_958_466.0, 1e308, float("nan"), True, "46353", None])
def test_what_excel_shows_no_date_for_is_no_day(cell):
    assert not serials.is_day(cell)


def test_the_last_day_lasts_until_midnight():
    assert serials.is_day(serials.LAST + 0.999)


def test_a_workbook_that_counts_from_1904_is_behind():
    assert serials.date_of(serials.SHIFT_1904) == dt.date(1904, 1, 1)
