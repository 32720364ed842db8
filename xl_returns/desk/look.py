"""What the rows of a whole table tell of each other, kept small until each of them is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core.frames import LOOKED_AT
from xl_returns.core.history import LOOKS, History, keys_of
from xl_returns.core.rulebook import Rulebook
from xl_returns.desk.table import ReturnsTable

_ROWS_AT_ONCE: Final = 250_000


@dataclass(frozen=True)
class Look:
    """Counts for every row of a table, and the Return IDs that stand more than once."""

    counts: pl.DataFrame
    twice: Mapping[str, int]

    def history(self, at: Sequence[int]) -> History:
        """What is known of the rows at these places of the table."""
        return History.of(self.counts[list(at)])


def look_across(table: ReturnsTable, book: Rulebook) -> Look:
    """Look at all rows of a table."""
    keys = [
        keys_of(rows, book.reasons(rows.text["Reason"], rows.codes["Channel"]).group)
        for rows in table.looked_at(LOOKED_AT)
    ]
    if not keys:
        return Look(pl.DataFrame(schema=dict.fromkeys(History.names(), pl.Int32)), {})
    together = pl.concat(keys)
    ids = together["Return ID"]
    repeated = ids.filter(ids.is_duplicated() & (ids != "")).value_counts()
    return Look(_counted(together), dict(repeated.iter_rows()))


def _counted(keys: pl.DataFrame) -> pl.DataFrame:
    """Every count for every row, made for some of the keys at a time, in little memory."""
    counts = {name: np.zeros(keys.height, dtype=np.int32) for name in History.names()}
    buckets = keys.height // _ROWS_AT_ONCE + 1
    for key, look in LOOKS.items():
        for number in range(buckets):
            rows = (keys[key] % buckets == number).arg_true()
            found = look.count(keys.select(look.reads)[rows])
            for name in found.columns:
                counts[name][rows.to_numpy()] = found[name].to_numpy()
    return pl.DataFrame(counts)
