"""Facts that only the other rows of the table can tell: units, repeats, bursts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core import terms
from xl_returns.core.rows import Rows
from xl_returns.core.split import whole_of
from xl_returns.core.tables import BLANK, Codes

_SHORT_COMMENT: Final = 15
_ENDED: Final = [terms.STATUSES.index("Closed"), terms.STATUSES.index("Cancelled")]


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
    frame = _frame(rows, reason_group)
    line, order = ["Order ID", "SKU"], ["day", "Return ID"]
    on_line = pl.col("open") & (pl.col("Order ID") != "") & (pl.col("SKU") != "")
    size = pl.col("sized") & (pl.col("Order ID") != "")
    spoken = pl.col("Buyer Comment").str.len_chars() >= _SHORT_COMMENT
    counted = frame.select(
        units_before=_where(
            on_line,
            (pl.col("units") * pl.col("open")).cum_sum().over(line, order_by=order)
            - pl.col("units"),
        ),
        repeats=_where(on_line, (pl.col("open") & ~pl.col("part")).sum().over(line)),
        sizes=_where(size, pl.col("SKU").filter(size).n_unique().over("Order ID")),
        words=_where(spoken, pl.col("Order ID").n_unique().over("Buyer Comment")),
        sku_day=_where(
            (pl.col("SKU") != "") & (pl.col("day") != BLANK), pl.len().over("SKU", "day")
        ),
        buyer=_where(pl.col("Buyer Key") != "", pl.col("Buyer Key").rank("dense")),
    )
    columns = {name: counted[name].to_numpy() for name in counted.columns}
    buyer, day = columns["buyer"], rows.days["Request Date"]
    paid = rows.amounts["Refunded So Far"] > 0
    never_back = (rows.days["Received Date"] == BLANK) & (rows.codes["Condition"] == BLANK)
    return History(
        units_before=columns["units_before"],
        repeats=columns["repeats"],
        sizes_of_order=columns["sizes"],
        buyer_7_days=_trailing(buyer, day, 7),
        buyer_90_days=_trailing(buyer, day, 90),
        kept_180_days=_trailing(buyer, day, 180, paid & never_back),
        same_words=columns["words"],
        sku_same_day=columns["sku_day"],
    )


def _frame(rows: Rows, reason_group: Codes) -> pl.DataFrame:
    units = rows.amounts["Quantity"]
    texts = ("Return ID", "Order ID", "SKU", "Buyer Key", "Buyer Comment")
    ours = rows.codes["Channel"] == terms.CHANNELS.index("MFN")
    part = [whole_of(name) != name for name in rows.text["Return ID"]]
    return pl.DataFrame(
        {name: pl.Series(rows.text[name], dtype=pl.String) for name in texts}
        | {
            "day": rows.days["Request Date"],
            "units": np.where(units == BLANK, 0, units),
            "part": np.array(part, dtype=np.bool_) & ours,
            "open": ~np.isin(rows.codes["Status"], _ENDED),
            "sized": reason_group == terms.REASON_GROUPS.index("Size"),
        }
    )


def _where(condition: pl.Expr, then: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(then).otherwise(0).cast(pl.Int64)


def _trailing(
    buyer: Codes, day: Codes, span: int, counts: np.typing.NDArray[np.bool_] | None = None
) -> Codes:
    """How many counted rows the same buyer has in the `span` days that end with each row."""
    known = (buyer > 0) & (day != BLANK)
    stride = 10**7
    at = buyer * stride + np.where(known, day, 0) + stride // 2
    marks = np.sort(at[known if counts is None else known & counts])
    since = np.searchsorted(marks, at - span, side="right")
    until = np.searchsorted(marks, at, side="right")
    return np.where(known, until - since, 0)
