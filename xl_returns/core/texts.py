"""Columns of text, and columns by their distinct values: what hangs on a value is found once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, overload

import numpy as np
import numpy.typing as npt
import polars as pl

Column = Sequence[Any] | pl.Series
"""Cells of a column as they were read; None is a blank cell."""
FEW: Final = 64
"""So many rows are sooner told one by one, in lists, than in columns of Polars."""


@dataclass(frozen=True)
class Distinct:
    """Every value of a column once, and which of them each row has."""

    values: list[Any]
    of_row: npt.NDArray[np.intp]


class Texts(Sequence[str]):
    """A column of text that becomes Python's only where it is looked at."""

    def __init__(self, series: pl.Series) -> None:
        self.series = series.fill_null("")

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        return Texts(self.series[row]) if isinstance(row, slice) else str(self.series[row])

    def __len__(self) -> int:
        return len(self.series)

    def __iter__(self) -> Iterator[str]:
        return iter(self.series.to_list())

    @cached_property
    def distinct(self) -> Distinct:
        """The column by its distinct values, found once."""
        return _of_strings(self.series)


def blank_texts(count: int) -> Sequence[str]:
    """A column of so many blank texts."""
    if count <= FEW:
        return [""] * count
    return Texts(pl.Series([""], dtype=pl.String).new_from_index(0, count))


def series_of(texts: Sequence[str]) -> pl.Series:
    """A column of text for Polars."""
    return texts.series if isinstance(texts, Texts) else pl.Series(texts, dtype=pl.String)


Told = list[str | None] | pl.Series
"""Texts of rows: a list where they are few."""


def picked(words: Sequence[str | None], places: npt.NDArray[np.int64]) -> Told:
    """The words at these places."""
    if len(places) <= FEW:
        return [words[place] for place in places.tolist()]
    return gathered(words, places)


def spread(
    rows: npt.NDArray[np.bool_], tell: Callable[[npt.NDArray[np.int64]], Told], other: str | None
) -> Told:
    """What is told of the marked rows by their places, with another text for the rest."""
    at = np.flatnonzero(rows)
    if len(rows) <= FEW:
        texts = [other] * len(rows)
        for row, text in zip(at.tolist(), tell(at) if len(at) else (), strict=True):
            texts[row] = text
        return texts
    found = pl.Series([other], dtype=pl.String).new_from_index(0, len(rows))
    return found.scatter(at, pl.Series(tell(at), dtype=pl.String)) if len(at) else found


def gathered(words: Sequence[str | None], places: npt.NDArray[np.int64]) -> pl.Series:
    """The words at these places, as a column of Polars."""
    return pl.Series(words, dtype=pl.String).gather(pl.Series(places))


def distinct(column: Column) -> Distinct:
    """A column by its distinct values; TRUE is none of 1."""
    if isinstance(column, Texts):
        return column.distinct
    if isinstance(column, pl.Series) and column.dtype == pl.String:
        return _of_strings(column)
    cells = column.to_list() if isinstance(column, pl.Series) else column
    keys = [(cell, type(cell)) for cell in cells] if bool in set(map(type, cells)) else cells
    values = dict(zip(keys, cells, strict=True))
    place = {key: index for index, key in enumerate(values)}
    of_row = np.fromiter(map(place.__getitem__, keys), np.intp, len(cells))
    return Distinct(list(values.values()), of_row)


def _of_strings(column: pl.Series) -> Distinct:
    words = column.unique().drop_nulls()
    if len(words) == 1 and not column.null_count():
        return Distinct([*words, None], np.zeros(len(column), dtype=np.intp))
    codes = column.cast(pl.Enum(words)).to_physical().cast(pl.Int64).fill_null(len(words))
    return Distinct([*words.to_list(), None], codes.to_numpy())


def distinct_codes(
    codes: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """The distinct values of a column, ascending, and which of them each row has.

    Without sorting where they lie close together.
    """
    if len(codes) < 2:
        return codes, np.zeros(len(codes), dtype=np.intp)
    low = int(codes.min())
    width = int(codes.max()) - low + 1
    if width > 4 * len(codes):
        values, of_row = np.unique(codes, return_inverse=True)
        return values, of_row
    there = np.zeros(width, dtype=np.bool_)
    there[codes - low] = True
    return np.flatnonzero(there) + low, (np.cumsum(there) - 1).take(codes - low)
