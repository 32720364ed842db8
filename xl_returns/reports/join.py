"""Orders joined to returns: the shop, the unit's price, the share of the shipping, the number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from xl_returns.core import money, terms
from xl_returns.core.language import phrased
from xl_returns.reports.mfn import EXACT
from xl_returns.reports.model import OrderLine, Report
from xl_returns.reports.notes import Notes
from xl_returns.reports.slots import Slot


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold of one SKU in one order, all its lines together."""

    quantity: int
    paid: Decimal
    shipping: Decimal | None
    currency: str
    marketplace: str
    purchased: dt.date | None
    asin: str


class Orders:
    """Sold lines by order and SKU, or by order and ASIN where that is unique."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._by_sku: dict[tuple[str, str], Sold] = {}
        self._skus: dict[tuple[str, str], set[str]] = {}
        for report in reports:
            self._learn(report.lines)

    def _learn(self, lines: Iterable[OrderLine]) -> None:
        """The lines of one report; a later report replaces what an earlier one said of a SKU."""
        grouped: dict[tuple[str, str], list[OrderLine]] = {}
        for line in lines:
            grouped.setdefault((line.order_id, line.sku), []).append(line)
            self._skus.setdefault((line.order_id, line.asin), set()).add(line.sku)
        self._by_sku |= {name: _sum(group) for name, group in grouped.items()}

    def of(self, slot: Slot) -> Sold | None:
        """What a return was sold as."""
        order = slot.has("Order ID")
        if found := self._by_sku.get((order, slot.has("SKU"))):
            return found
        asin = slot.has("ASIN")
        skus = self._skus.get((order, asin), set()) if order and asin else set()
        return self._by_sku.get((order, next(iter(skus)))) if len(skus) == 1 else None


def _sum(lines: Sequence[OrderLine]) -> Sold:
    first = lines[0]
    shipping = [line.shipping - line.ship_promotion for line in lines if line.shipping is not None]
    return Sold(
        quantity=sum(line.quantity for line in lines),
        paid=sum((line.price - line.item_promotion for line in lines), Decimal(0)),
        shipping=sum(shipping, Decimal(0)) if shipping else None,
        currency=first.currency,
        marketplace=first.marketplace,
        purchased=first.purchased,
        asin=first.asin,
    )


def join(slots: Iterable[Slot], reports: Sequence[Report], notes: Notes) -> set[int]:
    """Tell the slots what their orders say; returns the indexes of existing rows spoken of."""
    if not reports:
        return set()
    orders, groups = Orders(reports), dict[int, tuple[Sold, list[Slot]]]()
    for slot in slots:
        sold = orders.of(slot)
        if sold and _same_money(slot, sold, notes):
            groups.setdefault(id(sold), (sold, []))[1].append(slot)
    for sold, group in groups.values():
        _tell(sold, group, notes)
    return {s.index for _, group in groups.values() for s in group if s.index is not None}


def join_items(slots: Iterable[Slot], reports: Iterable[Report]) -> set[int]:
    """Tell seller-fulfilled slots their order items' numbers, where an order has one of the SKU.

    Returns the indexes of existing rows spoken of.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for item in chain.from_iterable(report.items for report in reports):
        found.setdefault((item.order_id, item.sku), set()).add(item.item_id)
    spoken = set()
    for slot in slots:
        numbers = found.get((slot.has("Order ID"), slot.has("SKU")), set())
        if len(numbers) == 1 and not slot.is_fba():
            slot.fill["Order Item ID"] = next(iter(numbers))
            spoken.add(slot.index)
    return {index for index in spoken if index is not None}


def _same_money(slot: Slot, sold: Sold, notes: Notes) -> bool:
    currency = slot.has("Currency")
    if not currency or not sold.currency or currency == sold.currency:
        return True
    notes.warn(
        slot.place or phrased("Returns, {return_id}", return_id=slot.return_id),
        phrased(
            "the return is in {currency}, its order in {sold_in}; the price was not taken over",
            currency=currency,
            sold_in=sold.currency,
        ),
        phrased("check the currency and fill Unit Paid by hand"),
    )
    return False


def _tell(sold: Sold, group: list[Slot], notes: Notes) -> None:
    """Price, shop and shipping of each return; shares are cut in the order of requests."""
    before = 0
    for slot in sorted(group, key=lambda s: (s.has("Request Date"), s.return_id)):
        units = _units(slot)
        _tell_common(sold, slot)
        if units is None:
            continue
        if slot.index is None and before + units > sold.quantity and not _is_void(slot):
            problem = phrased("more units are returned than were ordered")
            notes.warn(slot.place, problem, phrased("check Quantity before any refund"))
        _tell_shipping(sold, slot, before, units)
        before += 0 if _is_void(slot) else units


def _tell_common(sold: Sold, slot: Slot) -> None:
    if sold.marketplace:
        slot.wanted["Marketplace"] = sold.marketplace
    if sold.paid >= 0:
        slot.wanted["Unit Paid"] = EXACT.divide(sold.paid, Decimal(sold.quantity))
    if sold.currency:
        slot.fill["Currency"] = sold.currency
    if sold.purchased:
        slot.fill["Order Date"] = sold.purchased
    if sold.asin:
        slot.fill["ASIN"] = sold.asin


def _tell_shipping(sold: Sold, slot: Slot, before: int, units: int) -> None:
    if sold.shipping is None or sold.shipping < 0:
        return
    places = money.decimals(slot.has("Currency") or sold.currency)
    total = money.to_minor(sold.shipping, places)
    part = money.share(total, before, units, sold.quantity) if total else 0
    slot.wanted["Shipping Paid"] = Decimal(part).scaleb(-places)


def _units(slot: Slot) -> int | None:
    text = slot.has("Quantity")
    return int(text) if text.isdecimal() and 0 < len(text) <= 4 else None


def _is_void(slot: Slot) -> bool:
    return slot.has("Status") in terms.ENDED
