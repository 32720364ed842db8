"""Negotiate a keep-it offer: what to offer next, what was offered, and how it was answered.

The Log keeps every offer and answer; the row shows where the negotiation stands.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from xl_returns.books.book import Book
from xl_returns.core import money, terms
from xl_returns.core.findings import Refusal
from xl_returns.core.ladder import (
    ACCEPTED,
    OFFERED,
    REFUSED,
    Answered,
    Negotiation,
    acceptance,
)
from xl_returns.core.language import marked, phrased
from xl_returns.core.ledgers import LOG
from xl_returns.desk import ledger
from xl_returns.desk.decided import Decided
from xl_returns.desk.log import write_log
from xl_returns.desk.naming import no_return
from xl_returns.desk.table import as_value

_ANSWERS: Final = (ACCEPTED, REFUSED)
_EVENTS: Final = (OFFERED, *_ANSWERS)
_NOTE: Final = marked("Keep-it offer accepted by the buyer")
_MOST: Final = 10**18  # of money; larger numbers are nobody's offer


def negotiation_of(book: Book, return_id: str, today: dt.date) -> Negotiation:
    """Where the negotiation over a return stands. Raises Refusal when there is none to be had."""
    return _Desk(book, return_id, today).negotiation


def make_offer(
    book: Book, return_id: str, today: dt.date, amount: float | None = None
) -> Negotiation:
    """Record that an offer was made: the suggested one, or an amount in main units.

    Raises Refusal when one is still open, or the amount is above the ceiling or not above the last.
    """
    desk = _Desk(book, return_id, today)
    now = desk.negotiation
    if now.waits:
        raise Refusal(
            return_id,
            phrased("{offer} is not answered", offer=now.shown(now.made[-1])),
            phrased("record the answer first"),
        )
    offered = now.next if amount is None else desk.minor(amount)
    if offered is None or now.accepted:
        raise Refusal(
            return_id,
            phrased("nothing is left to offer"),
            phrased("have the goods back, or refund"),
        )
    lowest = now.made[-1] if now.made else 0
    if not lowest < offered <= now.ceiling:
        raise Refusal(
            return_id,
            phrased(
                "{offer} is not above {last} and up to the ceiling, {ceiling}",
                offer=now.shown(offered),
                last=now.shown(lowest),
                ceiling=now.shown(now.ceiling),
            ),
            phrased(
                "offer more than {last}; above the ceiling a return is cheaper",
                last=now.shown(lowest),
            ),
        )
    return desk.tell(OFFERED, offered)


def answer_offer(
    book: Book, return_id: str, today: dt.date, *, accepted: bool, insists: bool = False
) -> Negotiation:
    """Record the answer to the open offer.

    Accepted, it becomes the seller's own decision on the row. Refused with nothing left to offer,
    or when the buyer insists, Buyer Wants becomes Full refund. Raises Refusal.
    """
    desk = _Desk(book, return_id, today)
    if not desk.negotiation.waits:
        raise Refusal(
            return_id, phrased("no offer waits for an answer"), phrased("record the offer first")
        )
    amount = desk.negotiation.made[-1]
    if accepted:
        desk.decide_for(amount)
        return desk.tell(ACCEPTED, amount)
    told = desk.tell(REFUSED, amount, ends=insists)
    if told.next is None:
        desk.put({"Buyer Wants": terms.BUYER_WISHES[0]})
    return told


def offers_out(book: Book) -> dict[str, float | None]:
    """The last offer of every return, in main units; None once it was answered."""
    last: dict[str, float | None] = {}
    for line in _offer_lines(book):
        amount = line["Refund"] if line["Event"] == OFFERED else None
        last[str(line["Return ID"])] = amount if isinstance(amount, float) else None
    return last


class _Desk:
    """One return of a workbook, as far as a negotiation needs it."""

    def __init__(self, book: Book, return_id: str, today: dt.date) -> None:
        self._book, self._id, self._today = book, return_id, today
        decided = Decided.of(book, today)
        rows, decisions = decided.rows, decided.decisions
        ids = list(rows.text["Return ID"])
        if return_id not in ids:
            raise no_return(return_id, ids, book.path.name)
        at = ids.index(return_id)
        self._table, self._policy = decided.table, decided.policy
        self._row, self._places = decided.filled[at], int(rows.places[at])
        self._offering = bool(decisions.action[at] == terms.ACTIONS.index(terms.OFFER))
        action = terms.ACTIONS[int(decided.verdict.action[at])]
        self._facts = rows.currency(at), max(int(decisions.money.net_paid[at]), 0)
        self._offer = int(decisions.offer[at]), int(decisions.offer_max[at])
        self.negotiation = self._standing(action)

    def _standing(self, action: str) -> Negotiation:
        lines = [line for line in _offer_lines(self._book) if line["Return ID"] == self._id]
        made = [self.minor(line["Refund"]) for line in lines if line["Event"] == OFFERED]
        if not self._offering and not made:
            raise Refusal(
                self._id,
                phrased("is no case for an offer: {action}", action=action),
                phrased("see Why; change the policy or act"),
            )
        opening, ceiling = self._offer if self._offering else (made[0], made[-1])
        answer = str(lines[-1]["Event"]) if lines else ""
        currency, paid = self._facts
        steps = max(self._policy.settings.offer_steps, 1)
        standing = Negotiation(
            self._id, currency, paid, opening, ceiling, steps, made,
            answer if answer in _ANSWERS else "",
        )  # fmt: skip
        near = standing.next or (made[-1] if made else opening)
        learned = acceptance(standing.share(near), _answered(_offer_lines(self._book)))
        return replace(standing, learned=learned)

    def minor(self, amount: object) -> int:
        """Main units as minor units."""
        if isinstance(amount, (int, float)) and abs(amount) <= _MOST:
            return money.to_minor(amount, self._places)
        return 0

    def tell(self, event: str, amount: int, *, ends: bool = False) -> Negotiation:
        """Log an offer or an answer; gives where the negotiation stands then."""
        now = self.negotiation
        if ends:
            now = replace(now, steps=len(now.made))
        answer = "" if event == OFFERED else event
        made = [*now.made, amount] if event == OFFERED else now.made
        then = replace(now, made=made, answer=answer)
        line: ledger.Line = {
            "At": as_value(self._today),
            "Event": event,
            "Return ID": self._id,
            "Action": terms.OFFER,
            "Refund": money.to_major(amount, self._places),
            "Currency": now.currency,
            "Policy Version": self._policy.version,
            "Details": str(then),
            "Inputs": json.dumps({"share": now.share(amount)}),
        }
        write_log(self._book, [line])
        self.put({"Negotiation": str(then)})
        return then

    def decide_for(self, amount: int) -> None:
        """Make an accepted offer the seller's own decision, unless there is one."""
        mine = [self._table.cells.get(h) for h in ("Override Action", "Override Refund")]
        if any(column and column[self._row] not in (None, "") for column in mine):
            raise Refusal(
                self._table.place(self._row, "Override Action"),
                phrased("already holds your own decision"),
                phrased("clear it, or change the amount there yourself"),
            )
        paid = money.to_major(amount, self._places)
        own = {
            "Override Action": terms.KEEP_ITEM,
            "Override Refund": paid,
            "Override Note": phrased(_NOTE),
        }
        self.put(own)

    def put(self, cells_by_header: dict[str, object]) -> None:
        """Write cells of the row."""
        self._table.write_cells({(self._row, h): value for h, value in cells_by_header.items()})


def _offer_lines(book: Book) -> list[dict[str, object]]:
    wanted = ("Event", "Return ID", "Refund", "Inputs")
    lines = ledger.read(book, LOG, wanted)
    return [dict(line) for line in lines if line["Event"] in _EVENTS]


def _answered(lines: Iterable[dict[str, object]]) -> list[Answered]:
    found = []
    for line in lines:
        try:
            told = json.loads(str(line["Inputs"] or "{}"))
        except (ValueError, RecursionError):
            continue
        share = told.get("share") if isinstance(told, dict) else None
        if line["Event"] in _ANSWERS and isinstance(share, int) and 0 <= share <= money.BASIS:
            found.append(Answered(share, line["Event"] == ACCEPTED))
    return found
