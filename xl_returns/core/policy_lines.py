"""Make the models of policy lines from parsed cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from xl_returns.core import cells, columns, sheets, terms
from xl_returns.core.cells import SEPARATOR, CellProblem
from xl_returns.core.grid import Parsed, codes_of, whole
from xl_returns.core.language import phrased
from xl_returns.core.money import BASIS
from xl_returns.core.policy import (
    ActionRule,
    Case,
    Deadline,
    Fee,
    Holiday,
    Message,
    Reason,
    RefundRule,
    ResaleRule,
    Signal,
    Tier,
)
from xl_returns.core.vocabulary import english

FULFILMENT: Final = "Fulfilment"
"""The fee that a row states itself, in its Fulfilment Cost cell."""
MOST_DAYS: Final = 3_650
REFERRAL_FEE, ADMINISTRATION_FEE = "Referral", "Refund administration"
LABEL_FEE, INSPECTION_FEE, NEGOTIATION_FEE = "Return label", "Inspection", "Negotiation"
REMOVAL_FEE: Final = "Disposal"
"""Amazon charges a removal like a disposal: one table for both."""
DESK_FEES: Final = (
    REFERRAL_FEE, ADMINISTRATION_FEE, LABEL_FEE, INSPECTION_FEE, NEGOTIATION_FEE, REMOVAL_FEE,
)  # fmt: skip
"""Fees that are read whether or not a Resale Rule names them."""
MOST_WEEKS: Final = 520


def reason_key(code: str) -> str:
    """A reason code without the prefixes that channels add; `-`, `_` and blanks are equal."""
    plain = re.sub(r"[\s_-]+", "_", code.strip().upper())
    return re.sub(r"^(?:RO_|CR_|AMZ_PG_|APP_)+", "", plain)


def _rule(parsed: Parsed, place: str, sheet: sheets.Sheet) -> dict[str, Any]:
    conditions: dict[str, Any] = {f.name: parsed[f.name] for f in sheet.fields if f.condition}
    if "Price" in conditions:
        conditions["Tier"], conditions["Price"] = conditions["Price"]
    return {
        "id": parsed["Rule"],
        "first_day": parsed["From"],
        "last_day": parsed["To"],
        "conditions": conditions,
        **_told(parsed, place),
    }


def _told(parsed: Parsed, place: str) -> dict[str, str]:
    return {
        "place": place,
        "basis": parsed.get("Basis") or "",
        "note": parsed.get("Note") or "",
        "source": parsed.get("Source") or "",
    }


def _needed(parsed: Parsed, name: str) -> Any:
    if parsed[name] is None:
        raise CellProblem(
            phrased("{name} is blank", name=name), phrased("fill {name}", name=name), name
        )
    return parsed[name]


def _needed_whole(parsed: Parsed, name: str) -> int:
    _needed(parsed, name)
    return whole(parsed, name, signed=True) or 0


def _action_rule(parsed: Parsed, place: str) -> ActionRule:
    return ActionRule(**_rule(parsed, place, sheets.ACTION_RULES), action=_needed(parsed, "Action"))


def _refund_rule(parsed: Parsed, place: str) -> RefundRule:
    return RefundRule(
        **_rule(parsed, place, sheets.REFUND_RULES),
        withhold=parsed["Withhold"] or 0,
        refund_outbound=parsed["Refund Outbound"],
        deduct_label=parsed["Deduct Label"],
    )


def _resale_rule(parsed: Parsed, place: str) -> ResaleRule:
    if parsed["Currency"] is None and (parsed["Floor"] is not None or parsed["Cap"] is not None):
        raise CellProblem(
            phrased("Floor and Cap need a Currency"),
            phrased("fill Currency on this line"),
            "Currency",
        )
    if parsed["Disposition"] == terms.RESTOCK and not _only_sealed(parsed["Condition"]):
        raise CellProblem(
            phrased("only sealed goods are new"),
            phrased("write Sealed in Condition"),
            "Condition",
        )
    return ResaleRule(
        **_rule(parsed, place, sheets.RESALE_RULES),
        disposition=_needed(parsed, "Disposition"),
        grade=_needed(parsed, "Grade"),
        percent=parsed["Percent of New"] or 0,
        fees=tuple(english(name) for name in SEPARATOR.split(parsed["Fees"]) if name),
        currency=parsed["Currency"],
        floor=parsed["Floor"],
        cap=parsed["Cap"],
        **_selling(parsed),
    )


def _selling(parsed: Parsed) -> dict[str, Any]:
    """How a unit is sold in a way: its price's ending, and what time, chance and room cost."""
    ending, weeks = parsed["Price Ending"], whole(parsed, "Weeks")
    if ending is not None and ending < 0:
        raise CellProblem(
            phrased("Price Ending is below 0"),
            phrased("write an ending such as 0.99"),
            "Price Ending",
        )
    if not weeks and (parsed["Loss per Week"] or parsed["Storage per Week"]):
        raise CellProblem(
            phrased("Loss and Storage per Week need Weeks"),
            phrased("fill Weeks on this line"),
            "Weeks",
        )
    if weeks is not None and weeks > MOST_WEEKS:
        raise CellProblem(
            phrased("Weeks is too long"),
            phrased("write {most} at most", most=MOST_WEEKS),
            "Weeks",
        )
    chance = parsed["Chance of Sale"]
    return {
        "ending": ending,
        "photos": parsed["Photos"] == "Y",
        "weeks": weeks or 0,
        "loss": parsed["Loss per Week"] or 0,
        "storage": english(parsed["Storage per Week"]),
        "chance": BASIS if chance is None else chance,
        "most_units": whole(parsed, "Most Units"),
        "per_shipment": english(parsed["Per Shipment"]),
    }


def _only_sealed(condition: tuple[cells.Interval, ...] | None) -> bool:
    return condition == codes_of(frozenset({"Sealed"}), terms.CONDITIONS)


def _reason(parsed: Parsed, place: str) -> Reason:
    return Reason(
        code=reason_key(parsed["Code"]),
        group=_needed(parsed, "Group"),
        fault_mfn=parsed["Fault MFN"] or "Unknown",
        fault_fba=parsed["Fault FBA"] or "Unknown",
        state=parsed["State"] or "Unknown",
        postage=parsed["Postage"] or "Seller",
        **_told(parsed, place),
    )


def _tier(parsed: Parsed, place: str) -> Tier:
    low, high = _needed(parsed, "Low"), _needed(parsed, "High")
    if not 0 <= low <= high:
        raise CellProblem(
            phrased("Low is above High"), phrased("write the smaller amount in Low"), "Low"
        )
    return Tier(currency=_needed(parsed, "Currency"), low=low, high=high, **_told(parsed, place))


def _fee(parsed: Parsed, place: str) -> Fee:
    money = parsed["Amount"] is not None or parsed["Cap"] is not None
    if money and parsed["Currency"] is None:
        raise CellProblem(
            phrased("Amount and Cap need a Currency"),
            phrased("fill Currency on this line"),
            "Currency",
        )
    if min(parsed["Amount"] or 0, parsed["Cap"] or 0) < 0:
        raise CellProblem(
            phrased("a fee is below 0"), phrased("write what is charged, without a sign")
        )
    return Fee(
        name=parsed["Fee"],
        marketplace=parsed["Marketplace"],
        currency=parsed["Currency"],
        first_day=parsed["From"],
        last_day=parsed["To"],
        percent=parsed["Percent"] or 0,
        amount=parsed["Amount"] or 0.0,
        cap=parsed["Cap"],
        **_told(parsed, place),
    )


def _deadline(parsed: Parsed, place: str) -> Deadline:
    days = _needed_whole(parsed, "Days")
    if not 0 <= days <= MOST_DAYS:
        raise CellProblem(
            phrased("{days} is no number of days", days=days),
            phrased("write 0 to {most:,}", most=MOST_DAYS),
            "Days",
        )
    return Deadline(
        name=parsed["Deadline"],
        marketplace=parsed["Marketplace"],
        first_day=parsed["From"],
        last_day=parsed["To"],
        days=days,
        business=parsed["Unit"] == "business days",
        **_told(parsed, place),
    )


def _holiday(parsed: Parsed, place: str) -> Holiday:
    return Holiday(
        day=_needed(parsed, "Day"),
        marketplace=parsed["Marketplace"],
        is_open=not parsed["Closed"],
        **_told(parsed, place),
    )


def _signal(parsed: Parsed, place: str) -> Signal:
    return Signal(
        name=parsed["Signal"],
        points=_needed_whole(parsed, "Points"),
        limit=whole(parsed, "Limit", signed=True) or 0,
        **_told(parsed, place),
    )


def _message(parsed: Parsed, place: str) -> Message:
    return Message(
        action=_needed(parsed, "Action"),
        language=parsed["Language"],
        text=parsed["Text"],
        **_told(parsed, place),
    )


def _case(parsed: Parsed, place: str) -> Case:
    row: dict[str, str] = {}
    for part in filter(None, re.split(r"\s*[;；]\s*", parsed["Row"])):
        header, equals, value = part.partition("=")
        name = columns.header_name(header)
        if not equals or name is None:
            raise CellProblem(
                phrased("`{part}` names no column", part=part),
                phrased("write Header = value; Header = value"),
            )
        row[name] = value.strip()
    return Case(
        name=parsed["Case"],
        row=row,
        action=_needed(parsed, "Expected Action"),
        refund=parsed["Expected Refund"],
        **_told(parsed, place),
    )


MAKERS: Final[dict[sheets.Sheet, Callable[[Parsed, str], Any]]] = {
    sheets.TIERS: _tier,
    sheets.ACTION_RULES: _action_rule,
    sheets.REFUND_RULES: _refund_rule,
    sheets.REASONS: _reason,
    sheets.RESALE_RULES: _resale_rule,
    sheets.FEES: _fee,
    sheets.DEADLINES: _deadline,
    sheets.HOLIDAYS: _holiday,
    sheets.RISK_WEIGHTS: _signal,
    sheets.MESSAGES: _message,
    sheets.CASES: _case,
}
"""How each sheet's lines are made."""
