"""Days of a report; the order of day and month is decided once for a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

from xl_returns.core.language import phrased
from xl_returns.reports import maps
from xl_returns.reports.notes import Notes

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_REST: Final = r"(?:日|Z|[T ,].*)?"
_ISO: Final = re.compile(rf"([0-9]{{4}})[-/.年]([0-9]{{1,2}})[-/.月]([0-9]{{1,2}}){_REST}")
_NAME: Final = r"([^\W\d_]{3,12})\.?"
_NAMED: Final = re.compile(
    rf"([0-9]{{1,2}})[-/ .]\s*(?:de )?{_NAME}[-/ ,]\s*(?:de )?([0-9]{{4}}|[0-9]{{2}}){_REST}"
)
_NAME_FIRST: Final = re.compile(rf"{_NAME} ([0-9]{{1,2}}),? ([0-9]{{4}}){_REST}")
_NUMBERS: Final = re.compile(
    rf"([0-9]{{1,2}})([-./])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){_REST}"
)
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS_A_YEAR: Final = 12


def month_first(
    texts: Iterable[str], marketplace: str | None, currencies: Iterable[str]
) -> bool | None:
    """Whether `3/4/2026` is in March: by the file's other dates, its marketplace, its money.

    None when nothing tells.
    """
    firsts, seconds = _numbers_of(texts)
    by_rows = {True} if seconds > _MONTHS_A_YEAR else set()
    by_rows |= {False} if firsts > _MONTHS_A_YEAR else set()
    if len(by_rows) == 1:
        return by_rows.pop()
    if marketplace:
        return marketplace == "US"
    money = {currency for currency in currencies if currency}
    return money == {"USD"} if money and len({c == "USD" for c in money}) == 1 else None


def _numbers_of(texts: Iterable[str]) -> tuple[int, int]:
    """The largest first and second numbers of the dates with slashes."""
    first = second = 0
    for text in texts:
        if "/" in text and (found := _NUMBERS.fullmatch(text.strip())) and found[2] == "/":
            first, second = max(first, int(found[1])), max(second, int(found[3]))
    return first, second


class Days:
    """Reads the day part of dates as given; each distinct text once."""

    def __init__(self, notes: Notes, first_is_month: bool | None) -> None:
        self._notes, self._month_first = notes, first_is_month
        self._known: dict[str, dt.date | None] = {}

    def read(self, text: str, place: str) -> dt.date | None:
        """The day, or None when blank; ValueError when it is none."""
        text = " ".join(text.split())
        if text not in self._known or self._is_unsure(text):
            self._known[text] = self._read(text, place) if text else None
        return self._known[text]

    def _is_unsure(self, text: str) -> bool:
        return self._month_first is None and "/" in text

    def _read(self, text: str, place: str) -> dt.date:
        if found := _ISO.fullmatch(text):
            return _day(found[1], found[2], found[3])
        if found := _NAMED.fullmatch(text):
            return _day(found[3], _month(found[2]), found[1])
        if found := _NAME_FIRST.fullmatch(text):
            return _day(found[3], _month(found[1]), found[2])
        if found := _NUMBERS.fullmatch(text):
            first, second = self._in_order(int(found[1]), found[2], int(found[3]), place)
            return _day(found[4], second, first)
        raise ValueError(f"{text!r} is not a date")

    def _in_order(self, first: int, mark: str, second: int, place: str) -> tuple[int, int]:
        """Day and month of two numbers."""
        if first > _MONTHS_A_YEAR or second > _MONTHS_A_YEAR or mark != "/":
            return (second, first) if second > _MONTHS_A_YEAR else (first, second)
        if self._month_first is None and first != second:
            self._notes.warn(
                place,
                phrased("the date can be read two ways and was read as day/month"),
                phrased("if the month comes first, import again with --marketplace US"),
            )
        return (second, first) if self._month_first else (first, second)


def _month(name: str) -> int:
    for index, month in enumerate(_MONTHS, start=1):
        if month.startswith(name.casefold()) or name.casefold() == "sept" == month[:4]:
            return index
    if known := maps.months().get(name.casefold()):
        return known
    raise ValueError(f"{name!r} is not a month")


def _day(year: str, month: str | int, day: str | int) -> dt.date:
    full = int(year) + (2000 if len(year) == 2 else 0)
    if not _FIRST_YEAR <= full <= _LAST_YEAR:
        raise ValueError(f"{year} is not a year of orders")
    return dt.date(full, int(month), int(day))
