"""Which return a row of a report is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from xl_returns.reports.forms import form
from xl_returns.reports.mfn import key
from xl_returns.reports.model import Incoming
from xl_returns.reports.slots import Slot

_TOLD_BY: Final = {"MFN": ("SKU", "no SKU"), "FBA": ("Order ID", "no order")}
"""What tells two returns of the same number apart: the items of an RMA, the orders of a plate."""
Part = tuple[str, str, str]


class Register:
    """Every return by its number, in the workbook or new."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        self.slots = list(slots)
        self._by_id: dict[str, Slot] = {}
        self._by_parts: dict[Part, list[Slot]] = {}
        self._nameless: dict[tuple[str, str], list[Slot]] = {}
        for slot in self.slots:
            self._file(slot)

    def slot_for(self, incoming: Incoming) -> Slot:
        """The slot of a row, a new one when the return is not known yet."""
        named = form("Return ID", incoming.values["Return ID"])
        header, none = _TOLD_BY[str(incoming.values["Channel"])]
        told = f"{named} ({form(header, incoming.values.get(header)) or none})"
        for return_id in (told, named):
            slot = self._by_id.get(return_id.casefold())
            if slot and (return_id == told or _agrees(slot, header, incoming)):
                return slot
        taken = named.casefold() in self._by_id
        return self._otherwise(incoming, named) or self._add(told if taken else named)

    def _otherwise(self, incoming: Incoming, named: str) -> Slot | None:
        """A seller-fulfilled row known by another number, or by none."""
        if incoming.values["Channel"] != "MFN":
            return None
        order, sku, day = _parts(incoming)
        key_id = key(order, sku, _date(incoming))
        if not order:
            found = []
        elif key_id == named:
            found = self._by_parts.get((order, sku, day), [])
        else:
            found = [slot] if (slot := self._by_id.get(key_id.casefold())) else []
        found = [s for s in found if s.asked_as in ("", named)] or self._free(order, sku)
        if len(found) != 1:
            return None
        found[0].asked_as = named
        self._by_id.setdefault(named.casefold(), found[0])
        return found[0]

    def _free(self, order: str, sku: str) -> list[Slot]:
        """Rows of the order and SKU that have no Return ID yet."""
        return [s for s in self._nameless.get((order, sku), []) if order and not s.asked_as]

    def _add(self, return_id: str) -> Slot:
        slot = Slot(None, return_id, {}, {})
        self.slots.append(slot)
        self._by_id[return_id.casefold()] = slot
        return slot

    def _file(self, slot: Slot) -> None:
        if slot.return_id:
            self._by_id.setdefault(slot.return_id.casefold(), slot)
        elif order := slot.said("Order ID"):
            self._nameless.setdefault((order, slot.said("SKU")), []).append(slot)
        if slot.said("Channel") == "MFN":
            part = (slot.said("Order ID"), slot.said("SKU"), slot.said("Request Date"))
            self._by_parts.setdefault(part, []).append(slot)


def _agrees(slot: Slot, header: str, incoming: Incoming) -> bool:
    """Whether a slot and a row of the same number are the same return."""
    here, there = slot.said(header), form(header, incoming.values.get(header))
    if here == there or header == "SKU":
        return here == there or not here or not there
    day = form("Request Date", incoming.values.get("Request Date"))
    return not (here and there) and slot.said("Request Date") == day


def _parts(incoming: Incoming) -> Part:
    values = incoming.values
    order, sku, day = (form(h, values.get(h)) for h in ("Order ID", "SKU", "Request Date"))
    return order, sku, day


def _date(incoming: Incoming) -> dt.date | None:
    day = incoming.values.get("Request Date")
    return day if isinstance(day, dt.date) else None
