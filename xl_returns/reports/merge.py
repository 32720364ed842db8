"""Reports into the rows of a workbook: nothing twice, and nothing that the seller typed lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from xl_returns.core import terms
from xl_returns.core.language import phrased
from xl_returns.core.policy_settings import HOME
from xl_returns.reports.forms import form
from xl_returns.reports.identity import Register
from xl_returns.reports.join import join, join_items
from xl_returns.reports.model import Cell, Incoming, Merge, Report
from xl_returns.reports.notes import ITEM_NUMBERS, Notes
from xl_returns.reports.reading import known_marketplace
from xl_returns.reports.slots import FBA_DAYS, OWNED, Slot, slots_of

_SHOWN: Final = 60


def merge(
    existing: Sequence[Mapping[str, object]],
    reports: Sequence[Report],
    last_imported: Mapping[str, Mapping[str, str]],
    marketplace: str | None = None,
) -> Merge:
    """What importing the reports would write; nothing is written here.

    A cell of an existing row changes only when it is blank or still holds what the last import
    said (`last_imported`, by Return ID); what the seller typed stays. Findings that the reports
    themselves carry are not repeated.
    """
    notes, shop = Notes(), known_marketplace(marketplace)
    register = Register(slots_of(existing, last_imported))
    for number, report in enumerate(sorted(reports, key=_newest_day)):
        for incoming in report.rows:
            _take(register.slot_for(incoming), incoming, number, notes)
    joined = join(register.slots, [r for r in reports if r.lines], notes)
    joined |= join_items(register.slots, reports)
    for slot in register.slots:
        if slot.report >= 0:
            _complete(slot, shop, notes)
    return _settled(register.slots, joined, notes)


def _newest_day(report: Report) -> dt.date:
    """The last day that a report knows of: later pulls speak last."""
    days = (row.values.get(header) for row in report.rows for header in FBA_DAYS)
    return max((day for day in days if isinstance(day, dt.date)), default=dt.date.min)


def _take(slot: Slot, incoming: Incoming, report: int, notes: Notes) -> None:
    """Let a row speak of its slot; what contradicts an earlier row is left out."""
    values = {h: v for h, v in incoming.values.items() if h != "Return ID"}
    if incoming.values["Channel"] == "MFN" and "Unit Paid" in values:
        slot.fill.setdefault("Unit Paid", values.pop("Unit Paid"))
    problem = _other_order(slot, values)
    if not problem and (wrong := slot.take(values, report, incoming.place)):
        told = "; ".join(f"{h} {a[:_SHOWN]} / {b[:_SHOWN]}" for h, a, b in wrong)
        problem = phrased(
            "{return_id} contradicts {place}: {told}",
            return_id=slot.return_id,
            place=slot.place,
            told=told,
        )
    if problem:
        notes.reject(
            incoming.place,
            problem,
            phrased("this row was left out; correct the report and import again"),
        )
    elif not slot.return_id:
        slot.return_id = form("Return ID", incoming.values["Return ID"])
        slot.wanted["Return ID"] = slot.return_id


def _other_order(slot: Slot, values: Mapping[str, Cell]) -> str:
    """A number that reports gave to another order before."""
    here, there = slot.reported("Order ID"), form("Order ID", values.get("Order ID"))
    if not here or not there or here == there:
        return ""
    return phrased(
        "{return_id} already belongs to order {here}, not {there}",
        return_id=slot.return_id,
        here=here[:_SHOWN],
        there=there[:_SHOWN],
    )


def _complete(slot: Slot, shop: str | None, notes: Notes) -> None:
    """Marketplace, price and item number of a return, or a word about their absence."""
    currency = slot.has("Currency") or form("Currency", slot.fill.get("Currency"))
    shops = [m for m, money in terms.MARKETPLACE_CURRENCY.items() if money == currency]
    if not slot.has("Marketplace"):
        if shop and (not currency or shop in shops):
            slot.fill["Marketplace"] = shop
        elif len(shops) == 1:
            slot.fill["Marketplace"] = shops[0]
        else:
            notes.warn(
                slot.place,
                phrased("the marketplace is not known"),
                phrased(
                    "import the All orders report as well, fill {setting} on the sheet Settings, "
                    "or name it with --marketplace",
                    setting=HOME,
                ),
            )
    if not slot.has("Unit Paid") and "Unit Paid" not in slot.fill:
        notes.warn(
            slot.place,
            phrased("the price is not known"),
            phrased("import the All orders report as well, or fill Unit Paid by hand"),
        )
    _want_number(slot, notes)


def _want_number(slot: Slot, notes: Notes) -> None:
    """A word about a seller-fulfilled return whose refund cannot be uploaded."""
    if slot.is_fba() or slot.has("Order Item ID") or "Order Item ID" in slot.fill:
        return
    notes.warn(
        slot.place,
        phrased("the order item's number is not known, so no refund of it is exported"),
        phrased(ITEM_NUMBERS),
    )


def _settled(slots: Iterable[Slot], joined: set[int], notes: Notes) -> Merge:
    result, unchanged = Merge(), 0
    for slot in slots:
        if slot.report < 0 and slot.index not in joined:
            continue
        _fill_blanks(slot)
        said = {header: form(header, cell) for header, cell in slot.wanted.items()}
        if slot.index is None:
            result.new.append({"Return ID": slot.return_id, **slot.wanted})
        elif cells := _three_way(slot, said, notes):
            result.changed[slot.index] = cells
        else:
            unchanged += 1
        if any(slot.base.get(header) != text for header, text in said.items()):
            result.imported[slot.return_id] = {**slot.base, **said}
    return Merge(result.new, result.changed, unchanged, result.imported, list(notes.findings()))


def _fill_blanks(slot: Slot) -> None:
    for header, cell in slot.fill.items():
        if not slot.has(header):
            slot.wanted[header] = cell


def _three_way(slot: Slot, said: dict[str, str], notes: Notes) -> dict[str, Cell]:
    """The cells that the report may write: blank ones, and those still as last imported.

    Of an FBA unit seen on another day the first day stays, in `said` too.
    """
    cells: dict[str, Cell] = {}
    for header, says in said.items():
        has = form(header, slot.cells.get(header))
        if header not in OWNED or has == says:
            continue
        untouched = has == slot.base.get(header)
        if untouched and has and has < says and header in FBA_DAYS and slot.is_fba():
            said[header] = has
        elif not has or untouched:
            cells[header] = slot.wanted[header]
        else:
            notes.warn(
                phrased("Returns, {return_id}, {header}", return_id=slot.return_id, header=header),
                phrased(
                    "kept yours: `{has}`; the report says `{says}`",
                    has=has[:_SHOWN],
                    says=says[:_SHOWN],
                ),
                phrased("change the cell if the report is right"),
            )
    return cells
