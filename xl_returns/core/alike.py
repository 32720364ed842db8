"""Rows that say the same are told once: texts of whole columns by their distinct combinations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from xl_returns.core.tables import BLANK, Codes, places_of
from xl_returns.core.texts import FEW, Told, distinct_codes

Key = npt.NDArray[np.int64] | npt.NDArray[np.bool_]
_WIDEST: Final = 2**62


@dataclass(frozen=True)
class Alike:
    """Rows that are equal in some columns: the first of each kind, and the kind of every row.

    A row that has nothing to say is of a kind after the last.
    """

    first: Codes
    of_row: npt.NDArray[np.intp]

    def texts(self, told: Iterable[str | None]) -> pl.Series:
        """The texts of all rows from those of the first of each kind; null where there is none."""
        return pl.Series([*(text or None for text in told), None], dtype=pl.String).gather(
            pl.Series(self.of_row)
        )


def alike(rows: npt.NDArray[np.bool_], keys: Sequence[Key]) -> Alike:
    """The kinds of the rows that are marked, by the columns that their text depends on."""
    at = places_of(rows)
    marked = keys if len(at) == len(rows) else [key[at] for key in keys]
    kinds, kind = distinct_codes(_folded(marked, len(at)))
    first = np.empty(len(kinds) if len(at) else 0, dtype=np.int64)
    first[kind[::-1]] = at[::-1]
    of_row = np.full(len(rows), len(first), dtype=np.intp)
    of_row[at] = kind
    return Alike(first, of_row)


def told(
    rows: npt.NDArray[np.bool_],
    keys: Callable[[], Sequence[Key]],
    tell: Callable[[int], str | None],
) -> Told:
    """The text of every marked row, told once for each kind; None for the others."""
    if len(rows) <= FEW:
        return [(tell(row) or None) if marked else None for row, marked in enumerate(rows.tolist())]
    kinds = alike(rows, keys())
    return kinds.texts(map(tell, kinds.first.tolist()))


def joined(columns: Sequence[Told], separator: str) -> Told:
    """Columns of text as one; null where a row has none of them."""
    if len(columns[0]) <= FEW:
        of_rows = zip(*columns, strict=True)
        return [separator.join(filter(None, texts)) or None for texts in of_rows]
    frame = pl.DataFrame({str(place): column for place, column in enumerate(columns)})
    text = pl.concat_str(pl.all(), separator=separator, ignore_nulls=True)
    return frame.select(pl.when(pl.any_horizontal(pl.all().is_not_null())).then(text)).to_series()


def _folded(keys: Sequence[Key], count: int) -> Codes:
    """Several columns as one of whole numbers that are equal where all columns are."""
    folded, size = np.zeros(count, dtype=np.int64), 1
    for key in keys:
        values = _low(key.astype(np.int64))
        width = int(values.max(initial=0)) + 1
        if size * width > _WIDEST:
            kinds, folded = distinct_codes(folded)
            size = len(kinds)
        folded = folded * width + values
        size *= width
    return folded


def _low(values: Codes) -> Codes:
    """Values counted from the least of them as 1, a blank as 0.

    One below BLANK is the largest number of all, so that a blank is never the least.
    """
    below_least = int((values - 1).min(initial=np.iinfo(np.int64).max))
    return (values - below_least) * (values != BLANK)
