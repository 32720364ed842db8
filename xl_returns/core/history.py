"""Facts that only the other rows of the table can tell: units, repeats, bursts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core import terms
from xl_returns.core.rows import Rows
from xl_returns.core.split import are_parts
from xl_returns.core.tables import BLANK, Codes, among, or_zero
from xl_returns.core.texts import series_of

_SHORT_COMMENT: Final = 15
_ENDED: Final = [terms.STATUSES.index(status) for status in terms.ENDED]


@dataclass(frozen=True)
class History:
    """Counts per row, each over the whole table, the row itself included.

    `units_before` is how many units of the same order line older rows return;
    `repeats` counts open returns of the same order and SKU; the parts of a split one are one.
    """

    units_before: Codes
    repeats: Codes
    sizes_of_order: Codes
    buyer_7_days: Codes
    buyer_90_days: Codes
    kept_180_days: Codes
    same_words: Codes
    sku_same_day: Codes

    def take(self, positions: Codes) -> History:
        """What is known of the rows at these positions."""
        return History(*(column[positions] for column in self._columns()))

    def differs(self, other: History) -> np.typing.NDArray[np.bool_]:
        """Rows of which the two know different things."""
        pairs = zip(self._columns(), other._columns(), strict=True)
        return np.any([mine != theirs for mine, theirs in pairs], axis=0)

    @staticmethod
    def of(counted: pl.DataFrame) -> History:
        """What is known from a frame with a column for each count."""
        return History(*(counted[name].cast(pl.Int64).to_numpy() for name in History.names()))

    @staticmethod
    def names() -> tuple[str, ...]:
        """What is counted, by name."""
        return tuple(column.name for column in fields(History))

    def _columns(self) -> list[Codes]:
        return [getattr(self, name) for name in self.names()]


def no_history(count: int) -> History:
    """What is known of rows when nothing is known of the others."""
    none = np.zeros(count, dtype=np.int64)
    return History(none, none, none, none, none, none, none, none)


def across(rows: Rows, reason_group: Codes) -> History:
    """Look across all rows; the order in which they stand does not matter."""
    return History.of(counted(keys_of(rows, reason_group)))


def keys_of(rows: Rows, reason_group: Codes) -> pl.DataFrame:
    """What the look across rows reads of each; texts as 64-bit fingerprints, null where blank.

    A fingerprint is the same in every process. Amounts hang on order lines, which two of them
    tell apart; the others only count towards the risk.
    """
    text = {name: series_of(rows.text[name]) for name in _TEXTS}
    units, day = rows.amounts["Quantity"], pl.Series(rows.days["Request Date"])
    spoken = text["Buyer Comment"].str.len_chars() >= _SHORT_COMMENT
    ours = rows.codes["Channel"] == terms.CHANNELS.index("MFN")
    back = (rows.days["Received Date"] != BLANK) | (rows.codes["Condition"] != BLANK)
    return pl.DataFrame(
        {
            "Return ID": text["Return ID"],
            "Order ID": _fingerprints(text["Order ID"]),
            "SKU": _fingerprints(text["SKU"]),
            "Buyer Key": _fingerprints(text["Buyer Key"]),
            "Buyer Comment": _fingerprints(text["Buyer Comment"]).set(~spoken, None),
            "day": day.set(day == BLANK, None).cast(pl.Int32),
            "units": or_zero(units).astype(np.int32),
            "part": are_parts(text["Return ID"]).to_numpy() & ours,
            "open": ~among(rows.codes["Status"], _ENDED),
            "sized": reason_group == terms.REASON_GROUPS.index("Size"),
            "kept": (rows.amounts["Refunded So Far"] > 0) & ~back,
        }
    )


def counted(keys: pl.DataFrame) -> pl.DataFrame:
    """Every count of `History` for the rows of `keys_of`, in their order."""
    return pl.concat([look.count(keys) for look in LOOKS.values()], how="horizontal")


@dataclass(frozen=True)
class Look:
    """Counts over the rows that share a key: what they read of `keys_of`, and how they count.

    The rows of a key must be there together and in the order of the table; other rows may miss.
    """

    reads: tuple[str, ...]
    count: Callable[[pl.DataFrame], pl.DataFrame]


def _fingerprints(texts: pl.Series) -> pl.Series:
    return texts.hash().set(texts == "", None)


def _on_lines(keys: pl.DataFrame) -> pl.DataFrame:
    rows, count = keys.with_row_index("row").filter(pl.col("Order ID").is_not_null()), len(keys)
    open_rows, sized = (
        rows.filter(pl.col("open") & pl.col("SKU").is_not_null()),
        rows.filter("sized"),
    )
    lines, orders = _sharing(open_rows, "Order ID", "SKU"), _sharing(sized, "Order ID")
    line, oldest_first = ["Order ID", "SKU"], ["day", "Return ID", "row"]
    up_to = pl.col("units").cum_sum().over(line, order_by=oldest_first)
    whole, sizes = ~pl.col("part"), pl.col("SKU").n_unique()
    return pl.DataFrame(
        {
            "units_before": _told(count, (lines, up_to - pl.col("units"))),
            "repeats": _told(count, (open_rows, whole), (lines, whole.sum().over(line))),
            "sizes_of_order": _told(count, (sized, pl.lit(1)), (orders, sizes.over("Order ID"))),
        }
    )


def _on_words(keys: pl.DataFrame) -> pl.DataFrame:
    spoken = keys.with_row_index("row").filter(pl.col("Buyer Comment").is_not_null())
    orders = pl.col("Order ID").n_unique().over("Buyer Comment")
    shared = _sharing(spoken, "Buyer Comment")
    return pl.DataFrame({"same_words": _told(len(keys), (spoken, pl.lit(1)), (shared, orders))})


def _on_days(keys: pl.DataFrame) -> pl.DataFrame:
    dated = pl.col("SKU").is_not_null() & pl.col("day").is_not_null()
    alike = pl.when(dated).then(pl.len().over("SKU", "day")).otherwise(0)
    return keys.select(sku_same_day=alike.cast(pl.Int64))


def _of_buyers(keys: pl.DataFrame) -> pl.DataFrame:
    rows = keys.with_row_index("row").filter(
        pl.col("Buyer Key").is_not_null() & pl.col("day").is_not_null()
    )
    shared = _sharing(rows, "Buyer Key")
    buyer = shared["Buyer Key"].rank("dense").cast(pl.Int64).to_numpy()
    moments = buyer * _MOST_DAYS + shared["day"].cast(pl.Int64).to_numpy()
    order = np.argsort(moments)
    at, kept = moments[order], shared["kept"].to_numpy()[order]
    place, found = shared["row"].to_numpy()[order], {}
    for name, (span, only_kept) in _TRAILING.items():
        found[name] = _told(len(keys), (rows, pl.col("kept") if only_kept else pl.lit(1)))
        found[name][place] = _trailing(at, at[kept] if only_kept else at, span)
    return pl.DataFrame(found)


def _sharing(rows: pl.DataFrame, *key: str) -> pl.DataFrame:
    """The rows that share a key with others, as few do: only they are dear to count."""
    for length in range(1, len(key) + 1):
        rows = rows.filter(rows.select(key[:length]).is_duplicated())
    return rows


def _told(count: int, *steps: tuple[pl.DataFrame, pl.Expr]) -> Codes:
    """A number for each of all rows, 0 unless a step tells another of some; the last one counts."""
    found = np.zeros(count, dtype=np.int64)
    for rows, number in steps:
        found[rows["row"].to_numpy()] = rows.select(number).to_series().to_numpy()
    return found


def _trailing(at: Codes, marks: Codes, span: int) -> Codes:
    """How many marks lie in the `span` days that end at each moment; both ascend."""
    since = np.searchsorted(marks, at - span, side="right")
    return np.searchsorted(marks, at, side="right") - since


_MOST_DAYS: Final = 10**7
"""Days of different buyers lie further apart than any two days."""
_TEXTS: Final = ("Return ID", "Order ID", "SKU", "Buyer Key", "Buyer Comment")
_TRAILING: Final = {
    "buyer_7_days": (7, False),
    "buyer_90_days": (90, False),
    "kept_180_days": (180, True),
}
LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "Order ID": Look(
            ("Return ID", "Order ID", "SKU", "day", "units", "part", "open", "sized"), _on_lines
        ),
        "SKU": Look(("SKU", "day"), _on_days),
        "Buyer Key": Look(("Buyer Key", "day", "kept"), _of_buyers),
        "Buyer Comment": Look(("Buyer Comment", "Order ID"), _on_words),
    }
)
"""Every look across rows by the key that its rows share."""
