"""Messages to buyers, one for each decided row, ready to paste."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xl_returns.books.book import Book
from xl_returns.core import money, terms
from xl_returns.core.findings import Finding
from xl_returns.core.language import named, phrased, titled
from xl_returns.core.messages import (
    ANSWERED,
    ENGLISH,
    amount_in,
    filled,
    language_of,
    without_text,
)
from xl_returns.core.policy import Policy
from xl_returns.core.rows import Rows
from xl_returns.core.tables import BLANK
from xl_returns.desk.decided import Decided
from xl_returns.desk.files import write_text_files
from xl_returns.desk.offers import offers_out
from xl_returns.desk.reconcile import held_lines
from xl_returns.desk.record import is_recorded

_PAYS: Final = (terms.KEEP_ITEM, terms.OFFER, terms.REFUND_NOW, terms.REFUND_ON_RECEIPT)
"""Actions of which the message tells the buyer of money to come."""


@dataclass(frozen=True)
class Letter:
    """A message to the buyer of one return."""

    return_id: str
    order_id: str
    language: str
    action: str
    text: str


def letters_of(book: Book, today: dt.date) -> tuple[list[Letter], list[Finding]]:
    """The messages for the decided, open rows of a workbook, and what keeps others from it.

    A row whose refund may not be exported today is promised none. Raises Refusal.
    """
    decided = Decided.of(book, today)
    rows, policy, offers = decided.rows, decided.policy, offers_out(book)
    kept_back = dict(_kept_back(decided))
    others = [row for row in range(rows.count) if row not in kept_back]
    letters = (_letter(row, rows, policy, offers) for row in others)
    findings = [
        *decided.findings,
        *kept_back.values(),
        *_waiting(others, rows, offers),
        *_missing_texts(rows, policy),
    ]
    return [letter for letter in letters if letter], findings


def write_letters(letters: list[Letter], folder: Path) -> list[Path]:
    """Write `messages.txt` to paste from and `messages.csv` to filter. Raises Refusal."""
    text = "\n".join(
        phrased(
            "=== {name} | order {order} | {action} | {language}",
            name=x.return_id,
            order=x.order_id,
            action=x.action,
            language=x.language,
        )
        + f"\n{x.text}\n"
        for x in letters
    )
    header = ("Return ID", "Order ID", "Language", "Action", "Text")
    rows = [(x.return_id, x.order_id, x.language, str(named(x.action)), x.text) for x in letters]
    texts = {folder / "messages.txt": text}
    return write_text_files(folder, texts, {"messages.csv": [[*map(titled, header)], *rows]})


def _kept_back(decided: Decided) -> Iterator[tuple[int, Finding]]:
    """Rows that would tell of money to come while their refund is kept out of the upload."""
    rows, held = decided.rows, held_lines(decided)
    unread = {problem.row: problem for problem in rows.problems}
    recorded = is_recorded(decided.decisions, decided.verdict)
    for row, line in enumerate(zip(rows.text["Order ID"], rows.text["SKU"], strict=True)):
        if _action(row, rows) not in _PAYS:
            continue
        place = phrased("Returns, {name}", name=rows.text["Return ID"][row])
        if why := held.get(line):
            remedy = phrased(
                "look at the order's payments; write what was paid into Refunded So Far"
            )
        elif problem := unread.get(row):
            place = decided.place(row, problem.header)
            why, remedy = problem.problem, problem.remedy
        elif not recorded[row]:
            why = phrased("the row changed since it was decided")
            remedy = phrased("process the workbook, then export")
        else:
            continue
        yield row, Finding(place, phrased("{why}: no message is written", why=why), remedy)


def _waiting(
    among: Iterable[int], rows: Rows, offers: Mapping[str, float | None]
) -> Iterator[Finding]:
    """Rows that wait for the next offer: it has no amount yet."""
    for row in among:
        name = rows.text["Return ID"][row]
        if name in offers and offers[name] is None and _action(row, rows) == terms.OFFER:
            yield Finding(
                phrased("Returns, {name}", name=name),
                phrased("the last offer was answered, so there is no text"),
                phrased("record the next one with `offer --made`, or what was agreed"),
                "warning",
            )


def _missing_texts(rows: Rows, policy: Policy) -> list[Finding]:
    """Messages that the rows ask for and the Messages sheet lacks."""
    wanted = sorted({(_action(row, rows), _language(row, rows)) for row in range(rows.count)})
    known = {(message.action, message.language) for message in policy.messages}
    return [
        without_text(action, language)
        for action, language in wanted
        if action in ANSWERED and (action, language) not in known
    ]


def _letter(
    row: int, rows: Rows, policy: Policy, offers: Mapping[str, float | None]
) -> Letter | None:
    action, language = _action(row, rows), _language(row, rows)
    texts = {m.language: m.text for m in policy.messages if m.action == action}
    text = texts.get(language) or texts.get(ENGLISH)
    if text is None or action not in ANSWERED:
        return None
    spoken = language if language in texts else ENGLISH
    refund = max(int(rows.amounts["Decided Refund"][row]), 0)
    major = money.to_major(refund, int(rows.places[row]))
    if action == terms.OFFER and rows.text["Return ID"][row] in offers:
        offered = offers[rows.text["Return ID"][row]]
        if offered is None:
            return None
        major = offered
    order = rows.text["Order ID"][row]
    amount = amount_in(spoken, major, rows.currency(row))
    return Letter(
        return_id=rows.text["Return ID"][row],
        order_id=order,
        language=spoken,
        action=action,
        text=filled(text, rows.text["Item"][row], amount, order),
    )


def _action(row: int, rows: Rows) -> str:
    """What was decided for an open row that the seller controls; blank otherwise."""
    status, action = int(rows.codes["Status"][row]), int(rows.codes["Decided Action"][row])
    done = status != BLANK and terms.STATUSES[status] in terms.DONE
    return "" if done or action == BLANK else terms.ACTIONS[action]


def _language(row: int, rows: Rows) -> str:
    code = int(rows.codes["Marketplace"][row])
    return ENGLISH if code == BLANK else language_of(terms.MARKETPLACES[code])
