"""Exact money: integer minor units, half-up, read the way Excel shows a number.

A *minor unit* is a cent; JPY has none. Percentages are integer basis points (1 % = 100).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from xl_returns.core.texts import FEW, Told, distinct_codes

Minor = npt.NDArray[np.int64]
BASIS: Final = 10_000
_EXCEL_DIGITS: Final = 15
_LARGEST_POWER: Final = 330
"""Of ten; a cell holds numbers of 1E-324 to 1E308. Text may say 1e999999, which only costs time."""
_SCALES: Final = 10.0 ** np.arange(_EXCEL_DIGITS)
_DECIMALS: Final = {"JPY": 0}
MAX_MINOR: Final = 10**11
"""Larger amounts are refused, so that amount x basis points stays exact in 64 bits."""


def decimals(currency: str) -> int:
    """Digits after the point of a currency (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


def exact(number: float | int | str | Decimal) -> Decimal:
    """The decimal of at most 15 significant digits that Excel shows for a number.

    Raises ValueError for text that is not a number of the size that a cell can hold.
    """
    try:
        value = Decimal(f"{number:.{_EXCEL_DIGITS}g}" if isinstance(number, float) else number)
    except InvalidOperation:
        raise ValueError(f"{number!r} is not a number") from None
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_POWER:
        raise ValueError(f"{number!r} is not a number that a cell can hold")
    return value


def to_minor(number: float | int | str | Decimal, places: int) -> int:
    """A cell's number as minor units, half up away from zero."""
    return int((exact(number) * 10**places).quantize(Decimal(1), ROUND_HALF_UP))


def to_minor_each(number: float, places: Minor) -> Minor:
    """A cell's number as minor units of each row's currency, half up, for a column of decimals."""
    found = np.zeros_like(places)
    for digits in digits_in(places):
        found[places == digits] = to_minor(number, digits)
    return found


def to_major(minor: int, places: int) -> float:
    """Minor units as the number a cell shows: the double nearest to the exact amount."""
    return float(minor / 10**places)


def scale(places: Minor) -> npt.NDArray[np.floating[Any]]:
    """How many minor units a main unit has, for a column of decimals."""
    return _SCALES.take(places)


def show(minor: int, places: int) -> str:
    """Minor units as text with a point and the currency's decimals."""
    if not places:
        return str(minor)
    whole, part = divmod(abs(minor), 10**places)
    return f"{'-' * (minor < 0)}{whole}.{part:0{places}d}"


def show_all(minor: Minor, places: Minor) -> Told:
    """Minor units as text for a whole column, each as `show` tells it."""
    if len(minor) <= FEW:
        return list(map(show, minor.tolist(), places.tolist()))
    found = pl.Series([""], dtype=pl.String).new_from_index(0, len(minor))
    for digits in digits_in(places):
        at = np.flatnonzero(places == digits)
        values, of_row = distinct_codes(minor[at])
        found = found.scatter(at, _shown(values, digits).gather(of_row))
    return found


def digits_in(places: Minor) -> list[int]:
    """The numbers of decimals that occur in a column of them."""
    return np.flatnonzero(np.bincount(places)).tolist()


def _shown(minor: Minor, digits: int) -> pl.Series:
    if not digits:
        return pl.Series(minor).cast(pl.String)
    size, sign = np.abs(minor), pl.Series(["", "-"]).gather(pl.Series((minor < 0).astype(np.int64)))
    whole, part = (pl.Series(x).cast(pl.String) for x in np.divmod(size, 10**digits))
    frame = pl.DataFrame({"sign": sign, "whole": whole, "part": part.str.zfill(digits)})
    return frame.select(pl.concat_str("sign", "whole", pl.lit("."), "part")).to_series()


def divide_half_up(numerator: Minor, denominator: Minor | int) -> Minor:
    """Whole-number division, half up away from zero, exact for both signs."""
    bottom = np.asarray(denominator, dtype=np.int64)
    if numerator.min(initial=0) >= 0:
        return (2 * numerator + bottom) // (2 * bottom)
    quotient: Minor = (2 * np.abs(numerator) + bottom) // (2 * bottom)
    return np.where(numerator < 0, -quotient, quotient)


def ratio(numerator: int, denominator: int) -> int:
    """Whole-number division of one pair of any size, half up away from zero."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def percent_of(amount: Minor, basis_points: Minor | int) -> Minor:
    """A share of an amount, rounded once, half up."""
    return divide_half_up(amount * np.asarray(basis_points, dtype=np.int64), BASIS)


def share(total: int, before: int, units: int, of: int) -> int:
    """The part of a line's total that belongs to `units` of its `of` units.

    Parts are cut from a running total, so that the parts of a line add up to the line.
    `before` is how many units of the line were already given their part.
    """
    return ratio(total * (before + units), of) - ratio(total * before, of)
