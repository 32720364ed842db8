"""An appeal that can be made, and the two texts of its folder."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from xl_returns.core import money
from xl_returns.core.evidence import BY_HAND, Proof
from xl_returns.core.language import Sentence, named, phrased, spoken, titled
from xl_returns.core.messages import filled
from xl_returns.core.vocabulary import cell_of, english

Dated = tuple[dt.date, Sentence]
_FINDING, _SEEN_IN, _BETWEEN = "Finding", "Seen In", re.compile(r"、|, ")
_IN_DRAFT: Final = (
    _FINDING, "Return ID", "Order ID", "SKU", "ASIN", "Item", "Quantity", "Reason",
    "Buyer Comment", "Condition", "Tracking ID", _SEEN_IN,
)  # fmt: skip
"""Facts that a reader at Amazon or the carrier needs; the rest is ours."""


@dataclass(frozen=True)
class AppealCase:
    """An appeal that can be made: amount in minor units, days as dates, None where not known.

    `name` is the name of its folder; `timeline` is what happened to order and return, `desk` what
    this desk did; `doubts` speak against making it. What Amazon reads is English, `desk` and `doubts`
    are in the language that is spoken.
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
    desk: list[tuple[dt.date, str]] = field(default_factory=list)
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
        return f"{self.figure()} {self.currency}" if self.figure() else phrased("not known")


def draft(case: AppealCase) -> str:
    """The text to paste, followed by the facts that prove it; in English, as Amazon wants it."""
    order = case.order_id or case.return_id
    amount = case.shown_amount() if case.figure() else "(amount)"
    lines = [filled(case.text, case.item or "the item", amount, order), ""]
    lines += [*_dated(case.timeline), ""]
    told = [f"{name}: {said}" for name, text in case.facts if (said := _for_amazon(name, text))]
    have = [proof.name for proof in case.evidence if proof.there]
    return "\n".join([*lines, *told, "", f"Attached: {', '.join(have) or 'to be added'}", ""])


def case_text(case: AppealCase) -> str:
    """Facts, timeline and evidence, for the seller's own eyes."""
    head = [
        f"{named(case.route)}: {case.return_id or case.order_id}",
        phrased("At stake: {amount}", amount=case.shown_amount()),
        _window(shown_day(case.opens), shown_day(case.closes) or phrased("a day not known")),
    ]
    evidence = [_ticked(proof) for proof in case.evidence]
    evidence += [f"[ ] {phrased(text)}" for text in BY_HAND.get(case.route, ())]
    happened = [(day, told.said()) for day, told in case.timeline]
    parts = {
        phrased("Before you file"): case.doubts,
        phrased("Facts"): [_fact(name, text) for name, text in case.facts],
        phrased("Timeline"): _dated(sorted([*happened, *case.desk])),
        phrased("Evidence (put the files into this folder)"): evidence,
    }
    body = [line for title, lines in parts.items() if lines for line in ("", title, *lines)]
    return "\n".join([*head, *body, ""])


def _window(since: str, until: str) -> str:
    if since:
        return phrased("Window: from {since} until {until}", since=since, until=until)
    return phrased("Window: until {until}", until=until)


def _for_amazon(name: str, text: str) -> str:
    """A fact as Amazon is to read it; blank when it is none of theirs.

    Where something was seen is a list of reports; what of it is not English is the desk's own.
    """
    if name != _SEEN_IN:
        return text if name in _IN_DRAFT else ""
    seen = (" ".join(map(english, part.split(" "))) for part in _BETWEEN.split(text))
    return ", ".join(part for part in seen if part.isascii())


def _fact(name: str, text: str) -> str:
    """A fact as the seller is to read it."""
    told = named(text) if name == _FINDING else cell_of(spoken(), name, text)
    return f"{titled(name)}: {told}"


def _ticked(proof: Proof) -> str:
    told = f" ({named(proof.where)})" if proof.where else ""
    return f"[{'x' if proof.there else ' '}] {phrased(proof.name)}{told}"


def _dated(lines: Iterable[tuple[dt.date, str]]) -> list[str]:
    return [f"{day}  {told}" for day, told in lines]


def shown_day(day: dt.date | None) -> str:
    """A day as text, blank when it is not known."""
    return "" if day is None else day.isoformat()
