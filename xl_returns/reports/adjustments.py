"""Amazon's bulk refund file ("adjustments"): tab-delimited, one line for each order item.

Columns and reason codes stand in `maps/`; their source is Amazon's help page 661. The template
behind that page could not be read: compare the first file with your own template.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from xl_returns.core import money
from xl_returns.reports import maps

NOTE: Final = "Columns after Amazon help 661; compare the first file with your own template."
_ORDER: Final = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
_ITEM: Final = re.compile(r"[0-9A-Za-z]{5,20}")


@dataclass(frozen=True)
class Adjustment:
    """A line of the file: what the buyer of an order item is paid, in minor units, never below 0."""

    marketplace: str
    currency: str
    order_id: str
    item_id: str
    reason: str
    goods: int
    shipping: int
    return_ids: tuple[str, ...]

    def cells(self) -> dict[str, str]:
        """The cells of the line, by what the layout's columns hold."""
        places = money.decimals(self.currency)
        return {
            "order": self.order_id,
            "item": self.item_id,
            "reason": self.reason,
            "goods": _two_decimals(self.goods, places),
            "shipping": _two_decimals(self.shipping, places),
        }


def is_order_id(text: str) -> bool:
    """Whether a text is an order number of Amazon's, 3-7-7 digits with hyphens."""
    return bool(_ORDER.fullmatch(text))


def is_item_id(text: str) -> bool:
    """Whether a text can be the number of an order item."""
    return bool(_ITEM.fullmatch(text))


def reason_code(group: str, *, goods_back: bool) -> str:
    """Amazon's code for a refund, by the group of its reason and whether the goods came back."""
    return next(
        line["Code"]
        for line in maps.rows("adjustment_reasons")
        if line["Reason Group"] in ("", group) and (goods_back or not line["Goods Back"])
    )


def together(lines: Iterable[Adjustment]) -> list[Adjustment]:
    """One line for each order item: all its returns are paid as one."""
    items: dict[tuple[str, ...], Adjustment] = {}
    for line in lines:
        key = line.marketplace, line.currency, line.order_id, line.item_id
        before = items.get(key)
        items[key] = line if before is None else _sum(before, line)
    return list(items.values())


def _sum(one: Adjustment, other: Adjustment) -> Adjustment:
    return replace(
        one,
        goods=one.goods + other.goods,
        shipping=one.shipping + other.shipping,
        return_ids=one.return_ids + other.return_ids,
    )


def totals(lines: Iterable[Adjustment]) -> dict[str, str]:
    """What buyers are paid, by currency, in main units."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.currency] += line.goods + line.shipping
    return {name: money.show(total, money.decimals(name)) for name, total in sums.items()}


def texts(lines: Iterable[Adjustment]) -> dict[str, str]:
    """The text of each marketplace's file: a file is uploaded where the orders were placed."""
    layout = maps.rows("adjustments")
    header = "\t".join(column["Column"] for column in layout)
    told: dict[str, list[str]] = {}
    for line in lines:
        cells = line.cells()
        row = "\t".join(cells[column["Holds"]] for column in layout)
        told.setdefault(line.marketplace, [header]).append(row)
    return {market: "\r\n".join([*rows, ""]) for market, rows in told.items()}


def _two_decimals(minor: int, places: int) -> str:
    """Amazon asks for two decimals in every currency."""
    return money.show(minor * 10 ** (2 - places), 2)
