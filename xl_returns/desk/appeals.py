"""Appeals: for every open route a folder with the facts, the timeline, the evidence and a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.core import cells, columns, money, terms
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.evidence import BY_HAND, Proof, proofs
from xl_returns.core.findings import Finding
from xl_returns.core.ledgers import EVENTS, LOG, RECONCILE
from xl_returns.core.messages import ENGLISH, amount_in, filled, one_line
from xl_returns.core.paths import safe_name
from xl_returns.core.policy import Policy
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.core.tables import BLANK
from xl_returns.desk import ledger
from xl_returns.desk.files import write_text_files
from xl_returns.desk.log import DECISIONS, IMPORTED
from xl_returns.desk.table import ReturnsTable

_SERIAL_EPOCH: Final = 25_569
_DATED: Final = {
    "Order Date": "Ordered",
    "Delivered Date": "Delivered",
    "Request Date": "Return requested",
    "Received Date": "Goods received",
}
_FACTS: Final = tuple(c.name for c in columns.RETURNS if c.owner in ("report", "seller"))
_SHOWN_WHY: Final = 1_000


@dataclass(frozen=True)
class AppealCase:
    """An appeal that can be made: amount in minor units, days as dates where known."""

    return_id: str
    order_id: str
    item: str
    route: str
    opens: dt.date | None
    closes: dt.date | None
    amount: int
    currency: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    timeline: list[tuple[dt.date, str]] = field(default_factory=list)
    evidence: list[Proof] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    text: str = ""

    @property
    def name(self) -> str:
        """The name of its folder."""
        return safe_name(f"{self.route} {self.return_id or self.order_id}")

    @property
    def missing(self) -> list[str]:
        """Evidence that the workbook says is not there yet."""
        return [proof.name for proof in self.evidence if not proof.there]

    def shown_amount(self) -> str:
        """The amount at stake as text, `12.50 USD`."""
        return f"{money.show(self.amount, money.decimals(self.currency))} {self.currency}"


def cases_of(book: Book, today: dt.date) -> tuple[list[AppealCase], list[Finding]]:
    """The appeals that are open today: of decided rows, and of the Reconcile sheet. Raises Refusal."""
    policy, findings = policy_of(book)
    rowed = list(_of_rows(book, policy, today))
    known = {(case.order_id or case.return_id, case.route) for case in rowed}
    found = [
        case
        for case in _of_reconcile(book, policy, today)
        if (case.order_id or case.return_id, case.route) not in known
    ]
    return rowed + found, findings


def write_appeals(cases: Sequence[AppealCase], folder: Path) -> list[Path]:
    """Write a folder per case, and `appeals.csv` over all. What else lies there stays.

    Raises Refusal.
    """
    texts = {}
    for case in cases:
        texts[folder / case.name / "case.txt"] = _case_text(case)
        texts[folder / case.name / "draft.txt"] = _draft(case)
    header = ("Return ID", "Order ID", "Route", "Opens", "Closes", "Amount", "Currency", "Missing", "Folder")  # fmt: skip
    rows = [
        (
            case.return_id, case.order_id, case.route, _day(case.opens), _day(case.closes),
            case.shown_amount().split()[0], case.currency, ", ".join(case.missing), case.name,
        )
        for case in cases
    ]  # fmt: skip
    return write_text_files(folder, texts, {"appeals.csv": [header, *rows]})


def _of_rows(book: Book, policy: Policy, today: dt.date) -> Iterator[AppealCase]:
    table = ReturnsTable(book)
    filled_rows = table.filled()
    rows, rulebook = table.rows(filled_rows), Rulebook(policy)
    decisions = decide(rows, rulebook, cells.day(today) or 0)
    open_rows = np.flatnonzero(decisions.clocks.appeal != BLANK).tolist()
    if not open_rows:
        return
    shown = suggestions(decisions, rulebook)
    told = _log_lines(book)
    for row in open_rows:
        facts = [
            (name, cells.text_of(table.cells[name][filled_rows[row]]))
            for name in _FACTS
            if name in table.cells and columns.BY_NAME[name].kind != "date"
        ]
        facts += [(n, str(shown[n][row])[:_SHOWN_WHY]) for n in ("Action", "Why") if shown[n][row]]
        yield _of_row(decisions, row, policy, facts, told.get(rows.text["Return ID"][row], []))


def _of_row(
    decisions: Decisions,
    row: int,
    policy: Policy,
    facts: Sequence[tuple[str, str]],
    logged: Iterable[tuple[dt.date, str]],
) -> AppealCase:
    rows, clocks = decisions.facts.rows, decisions.clocks
    route = terms.APPEALS[int(clocks.appeal[row])]
    until, opens = int(clocks.appeal_until[row]), int(clocks.running["FBA claim opens"][row])
    net, refunded = (
        max(int(x[row]), 0) for x in (decisions.money.net_paid, decisions.facts.refunded)
    )
    dated = [
        (cells.date_of(int(rows.days[name][row])), told)
        for name, told in _DATED.items()
        if rows.days[name][row] != BLANK
    ]
    case = AppealCase(
        return_id=rows.text["Return ID"][row],
        order_id=rows.text["Order ID"][row],
        item=rows.text["Item"][row],
        route=route,
        opens=None if opens == BLANK else cells.date_of(opens),
        closes=None if until == BLANK else cells.date_of(until),
        amount=refunded or net,
        currency=rows.currency(row),
        facts=[(name, one_line(text)) for name, text in facts if text],
        timeline=sorted([*dated, *logged]),
        evidence=proofs(rows, row, route),
        text=_text(policy, route),
    )
    return _doubted(
        case, decisions.facts.today, issued=bool(decisions.facts.is_("Controller", "Amazon")[row])
    )


def _of_reconcile(book: Book, policy: Policy, today: dt.date) -> Iterator[AppealCase]:
    """Claims that the Reconcile sheet names and whose window has not closed."""
    for line in ledger.read(book, RECONCILE):
        text = {header: cells.text_of(line[header]) for header in RECONCILE.headers}
        opens, closes = _date(line["Opens"]), _date(line["Closes"])
        if text["Route"] not in terms.APPEALS or (closes and closes < today):
            continue
        amount, places = line["Amount"], money.decimals(text["Currency"])
        shown = ("Finding", "Order ID", "SKU", "Units", "Seen In", "What To Do", "Your Note")
        case = AppealCase(
            return_id=text["Return ID"],
            order_id=text["Order ID"],
            item=text["SKU"],
            route=text["Route"],
            opens=opens,
            closes=closes,
            amount=money.to_minor(amount, places) if isinstance(amount, float) else 0,
            currency=text["Currency"],
            facts=[(name, one_line(text[name])) for name in shown if text[name]],
            timeline=_happened(book, text["Order ID"]),
            evidence=[Proof("order number", bool(text["Order ID"]))],
            text=_text(policy, text["Route"]),
        )
        yield _doubted(case, cells.day(today) or 0, issued=True)


def _doubted(case: AppealCase, today: int, *, issued: bool) -> AppealCase:
    """The case with what speaks against making it."""
    day = cells.date_of(today)
    if case.route == terms.APPEALS[0] and not issued:
        case.doubts.append(
            "SAFE-T covers only refunds that Amazon issued: not eligible if you refund"
        )
    if case.closes and case.closes < day:
        case.doubts.append(f"The window closed on {case.closes}")
    if case.opens and case.opens > day:
        case.doubts.append(f"The window opens on {case.opens}")
    return case


def _text(policy: Policy, route: str) -> str:
    texts = {m.language: m.text for m in policy.messages if m.action == route}
    return texts.get(ENGLISH) or next(iter(texts.values()), "")


def _draft(case: AppealCase) -> str:
    """The text to paste, followed by the facts that prove it."""
    places = money.decimals(case.currency)
    amount = amount_in(ENGLISH, money.to_major(case.amount, places), case.currency)
    order = case.order_id or case.return_id
    lines = [filled(case.text, case.item or "the item", amount, order), "", *_timeline(case), ""]
    told = [
        f"{name}: {text}"
        for name, text in case.facts
        if name not in ("Why", "Action", "What To Do", "Your Note")
    ]
    have = [proof.name for proof in case.evidence if proof.there]
    return "\n".join([*lines, *told, "", f"Attached: {', '.join(have) or 'to be added'}", ""])


def _case_text(case: AppealCase) -> str:
    window = f"{_day(case.opens) or 'open'} to {_day(case.closes) or 'no day known'}"
    head = [
        f"{case.route}: {case.return_id or case.order_id}",
        f"At stake: {case.shown_amount()}",
        f"Window: {window}",
    ]
    evidence = [f"[{'x' if proof.there else ' '}] {proof.name}" for proof in case.evidence]
    evidence += [f"[ ] {text}" for text in BY_HAND.get(case.route, ())]
    parts = {
        "Before you file": case.doubts,
        "Facts": [f"{name}: {text}" for name, text in case.facts],
        "Timeline": _timeline(case),
        "Evidence (put the files into this folder)": evidence,
    }
    body = [line for title, lines in parts.items() if lines for line in ("", title, *lines)]
    return "\n".join([*head, *body, ""])


def _timeline(case: AppealCase) -> list[str]:
    return [f"{day}  {told}" for day, told in case.timeline]


def _log_lines(book: Book) -> Mapping[str, list[tuple[dt.date, str]]]:
    """What the Log says of each return, without imports and reckonings."""
    lines: dict[str, list[tuple[dt.date, str]]] = {}
    for line in ledger.read(
        book, LOG, ["At", "Event", "Return ID", "Action", "Refund", "Currency", "Details"]
    ):
        event, day = cells.text_of(line["Event"]), _date(line["At"])
        if event == IMPORTED or day is None:
            continue
        told = f"{event} {cells.text_of(line['Action'])}".strip()
        if isinstance(line["Refund"], float) and line["Refund"]:
            told += f" {cells.text_of(line['Refund'])} {cells.text_of(line['Currency'])}"
        elif event not in DECISIONS:
            told += f": {cells.text_of(line['Details'])}"
        lines.setdefault(cells.text_of(line["Return ID"]), []).append((day, one_line(told)))
    return lines


def _happened(book: Book, order_id: str) -> list[tuple[dt.date, str]]:
    """What companion reports say of an order."""
    return sorted(
        (
            day,
            one_line(
                " ".join(
                    cells.text_of(line[h])
                    for h in ("Kind", "Amount", "Currency", "Source", "Reference")
                )
            ),
        )
        for line in ledger.read(book, EVENTS)
        if order_id and cells.text_of(line["Order ID"]) == order_id and (day := _date(line["Day"]))
    )


def _date(value: object) -> dt.date | None:
    return cells.date_of(int(value) - _SERIAL_EPOCH) if isinstance(value, float) else None


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()
