"""An appeal that can be made, and the two texts of its folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from xl_returns.core import money
from xl_returns.core.evidence import BY_HAND, Proof
from xl_returns.core.messages import filled

Dated = tuple[dt.date, str]
_IN_DRAFT: Final = (
    "Finding", "Return ID", "Order ID", "SKU", "ASIN", "Item", "Quantity", "Reason",
    "Buyer Comment", "Condition", "Tracking ID", "Seen In",
)  # fmt: skip
"""Facts that a reader at Amazon or the carrier needs; the rest is ours."""


@dataclass(frozen=True)
class AppealCase:
    """An appeal that can be made: amount in minor units, days as dates, None where not known.

    `name` is the name of its folder; `timeline` is what happened to order and return, `desk` what
    this desk did; `doubts` speak against making it.
    """

    return_id: str
    order_id: str
    item: str
    route: str
    opens: dt.date | None
    closes: dt.date | None
    amount: int | None
    currency: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    timeline: list[Dated] = field(default_factory=list)
    desk: list[Dated] = field(default_factory=list)
    evidence: list[Proof] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    text: str = ""
    name: str = ""

    @property
    def missing(self) -> list[str]:
        """Evidence that the workbook says is not there yet."""
        return [proof.name for proof in self.evidence if not proof.there]

    def figure(self) -> str:
        """The amount at stake as a number, `12.50`; blank when it is not known."""
        return "" if self.amount is None else money.show(self.amount, money.decimals(self.currency))

    def shown_amount(self) -> str:
        """The amount at stake as text, `12.50 USD`."""
        return f"{self.figure()} {self.currency}" if self.figure() else "not known"


def draft(case: AppealCase) -> str:
    """The text to paste, followed by the facts that prove it."""
    order = case.order_id or case.return_id
    amount = case.shown_amount() if case.figure() else "(amount)"
    lines = [filled(case.text, case.item or "the item", amount, order), ""]
    lines += [*_dated(case.timeline), ""]
    told = [f"{name}: {text}" for name, text in case.facts if name in _IN_DRAFT]
    have = [proof.name for proof in case.evidence if proof.there]
    return "\n".join([*lines, *told, "", f"Attached: {', '.join(have) or 'to be added'}", ""])


def case_text(case: AppealCase) -> str:
    """Facts, timeline and evidence, for the seller's own eyes."""
    since, until = shown_day(case.opens), shown_day(case.closes)
    window = " ".join([f"from {since}"] * bool(since) + [f"until {until or 'a day not known'}"])
    head = [
        f"{case.route}: {case.return_id or case.order_id}",
        f"At stake: {case.shown_amount()}",
        f"Window: {window}",
    ]
    evidence = [_ticked(proof) for proof in case.evidence]
    evidence += [f"[ ] {text}" for text in BY_HAND.get(case.route, ())]
    parts = {
        "Before you file": case.doubts,
        "Facts": [f"{name}: {text}" for name, text in case.facts],
        "Timeline": _dated(sorted([*case.timeline, *case.desk])),
        "Evidence (put the files into this folder)": evidence,
    }
    body = [line for title, lines in parts.items() if lines for line in ("", title, *lines)]
    return "\n".join([*head, *body, ""])


def _ticked(proof: Proof) -> str:
    told = f" ({proof.where})" if proof.where else ""
    return f"[{'x' if proof.there else ' '}] {proof.name}{told}"


def _dated(lines: Iterable[Dated]) -> list[str]:
    return [f"{day}  {told}" for day, told in lines]


def shown_day(day: dt.date | None) -> str:
    """A day as text, blank when it is not known."""
    return "" if day is None else day.isoformat()
