"""The Returns table as columns of exact values.

Choices are positions in their declared words, money is in minor units, dates are days since
1970-01-01; `BLANK` stands for what is not known. Text stays text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from xl_returns.core import cells, columns, money, serials, terms
from xl_returns.core.columns import Column
from xl_returns.core.language import phrased
from xl_returns.core.tables import BLANK, Codes, chosen
from xl_returns.core.texts import Column as Cells
from xl_returns.core.texts import Texts, blank_texts, distinct

UNIT_SCALE: Final = 10**6
"""Unit Paid is kept in millionths of a minor unit: it may be a line's total over its units."""
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}")
MOST_UNITS: Final = 9_000
MOST_UNIT_MINOR: Final = 10**8
Floats = npt.NDArray[np.floating[Any]]
_LARGEST_PLAIN: Final = 10**6
"""Larger numbers are read one by one, where they are compared with the most that is allowed."""
_DOUBTFUL: Final = 2.0**-47
FIRST_DAY: Final = cells.days_of(dt.date(1970, 1, 1))
LAST_DAY: Final = cells.days_of(dt.date(2199, 12, 31))
"""A day of a return lies in between: other programs write 9999-12-31 for none."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A cell that cannot be read; its value counts as blank."""

    row: int
    header: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Rows:
    """Parsed columns by header name. Every array and list has `count` entries."""

    count: int
    codes: Mapping[str, Codes]
    amounts: Mapping[str, Codes]
    days: Mapping[str, Codes]
    text: Mapping[str, Sequence[str]]
    unit_paid: Codes
    """In millionths of a minor unit."""
    places: Codes
    """Decimals of each row's currency."""
    problems: Sequence[RowProblem] = field(default_factory=list)

    def currency(self, row: int) -> str:
        """The row's currency, or an empty string."""
        code = int(self.codes["Currency"][row])
        return "" if code == BLANK else terms.CURRENCIES[code]

    def is_(self, header: str, word: str) -> npt.NDArray[np.bool_]:
        """The rows whose choice in a column is a word."""
        return self.codes[header] == columns.BY_NAME[header].choices.index(word)

    def unread(self) -> npt.NDArray[np.bool_]:
        """The rows with a cell that cannot be read and may decide: what they say is not known."""
        found = np.zeros(self.count, dtype=np.bool_)
        at = [p.row for p in self.problems if p.header not in columns.DESCRIPTIVE]
        found[at] = True
        return found

    def take(self, positions: Codes) -> Rows:
        """The rows at these positions, in this order."""
        taken = positions.tolist()
        place = {row: index for index, row in enumerate(taken)}

        def arrays(columns: Mapping[str, Codes]) -> dict[str, Codes]:
            return {name: column[positions] for name, column in columns.items()}

        return Rows(
            count=len(taken),
            codes=arrays(self.codes),
            amounts=arrays(self.amounts),
            days=arrays(self.days),
            text={name: [texts[row] for row in taken] for name, texts in self.text.items()},
            unit_paid=self.unit_paid[positions],
            places=self.places[positions],
            problems=[replace(p, row=place[p.row]) for p in self.problems if p.row in place],
        )

    def put(self, positions: Codes, new: Rows) -> Rows:
        """These rows, with new ones standing at the positions."""
        taken = positions.tolist()

        def array(old: Codes, other: Codes) -> Codes:
            old = old.copy()
            old[positions] = other
            return old

        def arrays(old: Mapping[str, Codes], other: Mapping[str, Codes]) -> dict[str, Codes]:
            return {name: array(old[name], other[name]) for name in old}

        text = {name: list(texts) for name, texts in self.text.items()}
        for name, texts in new.text.items():
            for row, value in zip(taken, texts, strict=True):
                text[name][row] = value
        gone = set(taken)
        stay = [p for p in self.problems if p.row not in gone]
        return Rows(
            count=self.count,
            codes=arrays(self.codes, new.codes),
            amounts=arrays(self.amounts, new.amounts),
            days=arrays(self.days, new.days),
            text=text,
            unit_paid=array(self.unit_paid, new.unit_paid),
            places=array(self.places, new.places),
            problems=stay + [replace(p, row=taken[p.row]) for p in new.problems],
        )


def parse_rows(cells_by_header: Mapping[str, Cells]) -> Rows:
    """Read cells (numbers, text, dates, Excel serial days) by the contract's headers.

    A typed column of Polars is read as a whole, to the same values as its cells one by one.
    Headers that are absent count as blank columns. Cells that cannot be read become blank
    and a RowProblem.
    """
    count = max((len(column) for column in cells_by_header.values()), default=0)
    blank = [None] * count
    reader = _Reader(cells_by_header, blank)
    codes = {c.name: reader.choices(c) for c in _of_kind("choice", "choices")}
    codes["Currency"] = _or_marketplace_currency(codes["Currency"], codes["Marketplace"])
    places = _places(codes["Currency"])
    amounts = {
        c.name: reader.amounts(c.name, places) for c in _of_kind("money") if c.name != "Unit Paid"
    }
    return Rows(
        count=count,
        codes=codes,
        amounts=amounts | {"Quantity": reader.units()},
        days={c.name: reader.days(c.name) for c in _of_kind("date")},
        text={c.name: reader.text(c.name) for c in _of_kind("text")},
        unit_paid=reader.unit_paid(places),
        places=places,
        problems=reader.problems,
    )


def _of_kind(*kinds: str) -> list[Column]:
    return [c for c in columns.RETURNS if c.kind in kinds and c.owner != "suggestion"]


def _or_marketplace_currency(currency: Codes, marketplace: Codes) -> Codes:
    usual = np.array(
        [terms.CURRENCIES.index(terms.MARKETPLACE_CURRENCY[m]) for m in terms.MARKETPLACES]
    )
    silent = (currency == BLANK) & (marketplace != BLANK)
    return chosen([(silent, usual.take(np.maximum(marketplace, 0)))], currency)


def _places(currency: Codes) -> Codes:
    digits = [*map(money.decimals, terms.CURRENCIES), money.decimals("")]
    return np.array(digits, dtype=np.int64).take(np.maximum(currency, -1))


class _Reader:
    def __init__(self, given: Mapping[str, Cells], blank: Sequence[None]) -> None:
        self._given, self._blank = given, blank
        self.problems: list[RowProblem] = []

    def _cells(self, header: str) -> Cells:
        return self._given.get(header, self._blank)

    def _each(self, header: str, read: Callable[[object], int]) -> Codes:
        """Read every cell, each distinct one once; what cannot be read is blank."""
        values = self._cells(header)
        if values is self._blank:
            return np.full(len(values), BLANK, dtype=np.int64)
        seen = distinct(values)
        found = np.full(len(seen.values), BLANK, dtype=np.int64)
        unread: dict[int, cells.CellProblem] = {}
        for place, cell in enumerate(seen.values):
            try:
                found[place] = BLANK if cell is None or cell == "" else read(cell)
            except cells.CellProblem as problem:
                unread[place] = problem
        if unread:
            for row in np.flatnonzero(np.isin(seen.of_row, list(unread))).tolist():
                self._report(row, header, unread[int(seen.of_row[row])])
        return found[seen.of_row]

    def _report(self, row: int, header: str, problem: cells.CellProblem) -> None:
        told = _whole(problem.problem)
        self.problems.append(RowProblem(row, header, told, problem.remedy))

    def choices(self, column: Column) -> Codes:
        def read(cell: object) -> int:
            text = cells.text_of(cell)
            if not text:
                return BLANK
            if column.kind == "choices":
                return max(_code(part, column) for part in cells.SEPARATOR.split(text))
            return _code(text, column)

        as_declared = _declared(self._cells(column.name), column.choices)
        return self._each(column.name, read) if as_declared is None else as_declared

    def text(self, header: str) -> Sequence[str]:
        values = self._cells(header)
        if values is self._blank:
            return blank_texts(len(values))
        if isinstance(values, pl.Series) and _is_sound(values):
            return Texts(values)
        texts = [
            cell if type(cell) is str else "" if cell is None else cells.text_of(cell)
            for cell in values
        ]
        if not cells.ERRORS.isdisjoint(texts):
            texts = [self._sound(row, header, text) for row, text in enumerate(texts)]
        return texts if _is_whole("".join(texts)) else list(map(_whole, texts))

    def _sound(self, row: int, header: str, text: str) -> str:
        """A text; blank and reported where it is an error's."""
        if text not in cells.ERRORS:
            return text
        self._report(row, header, _error(text))
        return ""

    def days(self, header: str) -> Codes:
        typed = _typed_days(self._cells(header))
        if typed is None:
            return self._each(header, _day)
        far = (typed != BLANK) & ((typed < FIRST_DAY) | (typed > LAST_DAY))
        for row in np.flatnonzero(far).tolist():
            self._report(row, header, _far(int(typed[row])))
        return np.where(far, BLANK, typed)

    def units(self) -> Codes:
        typed = _typed_units(self._cells("Quantity"))
        return self._each("Quantity", _units) if typed is None else typed

    def amounts(self, header: str, places: Codes) -> Codes:
        return self._numbers(header, places, 1, _minor)

    def unit_paid(self, places: Codes) -> Codes:
        return self._numbers("Unit Paid", places, UNIT_SCALE, _unit_paid)

    def _numbers(
        self, header: str, places: Codes, parts: int, read: Callable[[object, int], int]
    ) -> Codes:
        """Read amounts to so many parts of a minor unit."""
        values = self._cells(header)
        found = np.full(len(values), BLANK, dtype=np.int64)
        if values is self._blank:
            return found
        for row in _round_safely(values, parts * money.scale(places), found):
            cell = values[row]
            if cell is None or cell == "":
                continue
            try:
                found[row] = read(cell, int(places[row]))
            except cells.CellProblem as problem:
                self._report(row, header, problem)
        return found


def _round_safely(values: Cells, scale: Floats, found: Codes) -> Sequence[int]:
    """Round what is plainly not a tie at once; give back the rows that need exact reading.

    Fifteen digits and the product with the scale are off by less than _DOUBTFUL of the product.
    """
    numbers = _floats(values)
    if numbers is None:
        return range(len(values))
    scaled = np.clip(numbers, -_LARGEST_PLAIN, _LARGEST_PLAIN) * scale
    nearest = np.floor(scaled + 0.5)
    near_tie = np.abs(scaled - np.floor(scaled) - 0.5) <= 1e-6 + _DOUBTFUL * np.abs(scaled)
    plain = ~near_tie & (np.abs(scaled) < _LARGEST_PLAIN * scale)
    plain &= numbers >= 0
    found[plain] = nearest[plain].astype(np.int64)
    return [int(row) for row in np.flatnonzero(~plain & ~np.isnan(numbers))]


def _is_sound(values: pl.Series) -> bool:
    """Whether a column is text, and none of it an error's."""
    return values.dtype == pl.String and not values.is_in(cells.ERRORS).any()


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _whole(text: str) -> str:
    """A text whose halves of characters, which Excel lets stand alone, are question marks."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _floats(values: Cells) -> Floats | None:
    """A column of nothing but numbers and blanks (NaN); None when cells must be read one by one.

    TRUE would pass for 1 here, and the word nan for a blank; where one stands, every cell is read
    by itself.
    """
    if isinstance(values, pl.Series):
        if not values.dtype.is_numeric():
            return _floats(values.to_list())
        return values.cast(pl.Float64).to_numpy()
    kinds = set(map(type, values))
    if bool in kinds:
        return None
    try:
        found = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    blanks = np.flatnonzero(np.isnan(found)).tolist() if str in kinds else []
    return None if any(isinstance(values[row], str) for row in blanks) else found


def _declared(values: Cells, words: tuple[str, ...]) -> Codes | None:
    """A column of text in which every word is spelt as it is declared; None for any other."""
    if not isinstance(values, pl.Series) or values.dtype != pl.String:
        return None
    found = values.cast(pl.Enum(words), strict=False).to_physical()
    return _filled(found) if found.null_count() == values.null_count() else None


def _typed_days(values: Cells) -> Codes | None:
    """A column of dates; None for any other."""
    if isinstance(values, pl.Series) and values.dtype in (pl.Date, pl.Datetime):
        return _filled(values.dt.date().to_physical())
    return None


def _typed_units(values: Cells) -> Codes | None:
    """A column of whole numbers within what is allowed; None for any other."""
    if not isinstance(values, pl.Series) or not values.dtype.is_integer():
        return None
    inside = values.is_between(1, MOST_UNITS).all()
    return _filled(values) if inside else None


def _filled(values: pl.Series) -> Codes:
    return values.cast(pl.Int64).fill_null(BLANK).to_numpy()


def _code(text: str, column: Column) -> int:
    return column.choices.index(cells.word_of(text, column.choices))


def _number(cell: object) -> Decimal:
    """A cell as an exact number; text may use a decimal comma."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str, Decimal)):
        raise cells.CellProblem(
            phrased("`{cell}` is not a number", cell=cell), phrased("write a number such as 12.50")
        )
    try:
        return money.exact(_pointed(cell.strip()) if isinstance(cell, str) else cell)
    except ValueError:
        raise cells.CellProblem(
            phrased("`{cell}` is not a number", cell=cell), phrased("write a number such as 12.50")
        ) from None


def _pointed(text: str) -> str:
    """A number with a decimal comma, as `49,99`, with a point instead."""
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def _minor(cell: object, places: int) -> int:
    number = _number(cell)
    if number < 0:
        raise cells.CellProblem(
            phrased("{number} is below 0", number=number),
            phrased("write the amount without a sign"),
        )
    if number * 10**places > money.MAX_MINOR:
        raise cells.CellProblem(
            phrased("{number} is too large", number=number), phrased("check the amount")
        )
    return money.to_minor(number, places)


def _unit_paid(cell: object, places: int) -> int:
    number = _number(cell)
    if number < 0:
        raise cells.CellProblem(
            phrased("{number} is below 0", number=number),
            phrased("write what the buyer paid for one unit"),
        )
    if number * 10**places > MOST_UNIT_MINOR:
        raise cells.CellProblem(
            phrased("{number} is too large", number=number), phrased("check the price")
        )
    return money.to_minor(number * UNIT_SCALE, places)


def _units(cell: object) -> int:
    number = _number(cell)
    if number != int(number) or not 1 <= number <= MOST_UNITS:
        raise cells.CellProblem(
            phrased("`{cell}` is not a number of units", cell=cell),
            phrased("write a whole number from 1 to {most}", most=MOST_UNITS),
        )
    return int(number)


def _day(cell: object) -> int:
    if serials.is_day(cell):
        found: int | None = serials.day_of(cell)
    elif isinstance(cell, (str, dt.date)):
        found = cells.day(cell.strip() if isinstance(cell, str) else cell)
    else:
        raise cells.CellProblem(
            phrased("`{cell}` is not a date", cell=cell), phrased("write it as 2026-01-31")
        )
    if found is not None and not FIRST_DAY <= found <= LAST_DAY:
        raise _far(found)
    return BLANK if found is None else found


def _error(text: str) -> cells.CellProblem:
    return cells.CellProblem(
        phrased("`{cell}` is an error of the cell's formula", cell=text),
        phrased("mend the formula, or let Excel calculate it and save"),
    )


def _far(day: int) -> cells.CellProblem:
    known = cells.days_of(dt.date.min) <= day <= cells.days_of(dt.date.max)
    return cells.CellProblem(
        phrased(
            "{date} is no day of a return",
            date=cells.date_of(day) if known else phrased("a day that no calendar has"),
        ),
        phrased("write the day; leave the cell blank while there is none"),
    )
