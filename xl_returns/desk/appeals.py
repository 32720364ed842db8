"""Appeals: for every open route a folder with the facts, the timeline, the evidence and a draft."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from xl_returns.books.book import Book
from xl_returns.core import events, terms
from xl_returns.core.evidence import Proof
from xl_returns.core.findings import Finding
from xl_returns.core.language import listed, marked, named, phrased, titled
from xl_returns.core.messages import ENGLISH, without_text
from xl_returns.core.paths import safe_names
from xl_returns.core.policy import Policy
from xl_returns.core.tables import BLANK
from xl_returns.desk.appeal_case import AppealCase, case_text, draft, shown_day
from xl_returns.desk.appeal_view import View
from xl_returns.desk.claims import Claim, claims_of
from xl_returns.desk.decided import Decided
from xl_returns.desk.eligibility import doubts_of, doubts_of_window
from xl_returns.desk.files import write_text_files

_HEADERS: Final = (
    "Return ID", "Order ID", "Route", "Opens", "Closes", "Amount", "Currency", marked("Missing"),
    marked("Folder"),
)  # fmt: skip
Key = tuple[int | None, str, str, str, str]
"""What makes a case: its row if it has one, else return, order and SKU; and the route."""


def cases_of(book: Book, today: dt.date) -> tuple[list[AppealCase], list[Finding]]:
    """The appeals that are open today: of decided rows, and of the Reconcile sheet.

    A return, or an order's SKU, has one case by each route. Raises Refusal.
    """
    decided = Decided.of(book, today)
    view, policy = View(decided, today), decided.policy
    claims, unread = claims_of(book, today)
    made = [
        _of_row(row, route, told, view, policy) if row is not None else _alone(told, view, policy)
        for (row, *_, route), told in _grouped(view, claims).items()
    ]
    cases = _named(_with_neighbours(made))
    return cases, [*decided.findings, *unread, *_without_text(cases)]


def write_appeals(cases: Sequence[AppealCase], folder: Path) -> list[Path]:
    """Write a folder per case, and `appeals.csv` over all. What else lies there stays.

    Raises Refusal.
    """
    texts = {}
    for case in cases:
        texts[folder / case.name / "case.txt"] = case_text(case)
        texts[folder / case.name / "draft.txt"] = draft(case)
    rows = [
        (
            case.return_id, case.order_id, str(named(case.route)), shown_day(case.opens),
            shown_day(case.closes), case.figure(), case.currency, listed(case.missing), case.name,
        )
        for case in cases
    ]  # fmt: skip
    return write_text_files(folder, texts, {"appeals.csv": [[*map(titled, _HEADERS)], *rows]})


def _grouped(view: View, claims: Iterable[Claim]) -> dict[Key, list[Claim]]:
    """The cases to make, each with the lines of the Reconcile sheet that belong to it."""
    routes = view.decisions.clocks.appeal.tolist()
    groups: dict[Key, list[Claim]] = {
        (row, "", "", "", terms.APPEALS[route]): []
        for row, route in enumerate(routes)
        if route != BLANK
    }
    appealing = {(row, route) for row, *_, route in groups if row is not None}
    for claim in claims:
        row = view.row_of(claim, appealing)
        ids = ("", "", "") if row is not None else (claim.return_id, claim.order_id, claim.sku)
        groups.setdefault((row, *ids, claim.route), []).append(claim)
    return groups


def _of_row(
    row: int, route: str, claims: Sequence[Claim], view: View, policy: Policy
) -> AppealCase:
    """The case of a row, with what the Reconcile sheet says of it; its days and amount are better."""
    rows, facts = view.rows, view.decisions.facts
    opens, closes = view.window(row, route)
    for claim in claims:
        opens, closes = claim.opens or opens, claim.closes or closes
    told = next((c for c in claims if c.amount is not None and c.currency), None)
    return AppealCase(
        return_id=rows.text["Return ID"][row],
        order_id=rows.text["Order ID"][row],
        item=rows.text["Item"][row],
        route=route,
        opens=opens,
        closes=closes,
        amount=view.at_stake(row) if told is None else told.amount,
        currency=rows.currency(row) if told is None else told.currency,
        facts=[*_told(claims), *view.facts(row)],
        timeline=view.timeline(row),
        desk=view.desk(row),
        evidence=[*view.evidence(row, route), *_reports(view, route)],
        doubts=[
            *doubts_of(facts, row, route, policy.settings),
            *_doubts(view, route, rows.text["Order ID"][row], opens, closes),
        ],
        text=_text(policy, route),
    )


def _alone(claims: Sequence[Claim], view: View, policy: Policy) -> AppealCase:
    """A case that only the Reconcile sheet knows; what it says several times counts once."""
    first = claims[0]
    opens = next((c.opens for c in claims if c.opens), None)
    closes = next((c.closes for c in claims if c.closes), None)
    amounts = [c.amount for c in claims if c.amount is not None and c.currency == first.currency]
    known = [("Return ID", first.return_id), ("Order ID", first.order_id), ("SKU", first.sku)]
    return AppealCase(
        return_id=first.return_id,
        order_id=first.order_id,
        item=first.sku,
        route=first.route,
        opens=opens,
        closes=closes,
        amount=max(amounts, default=None),
        currency=first.currency,
        facts=[*_told(claims), *(pair for pair in known if pair[1])],
        timeline=view.happened(first.order_id, first.sku),
        evidence=[
            Proof("order number", bool(first.order_id), "Reconcile"),
            *_reports(view, first.route),
        ],
        doubts=list(_doubts(view, first.route, first.order_id, opens, closes)),
        text=_text(policy, first.route),
    )


def _told(claims: Iterable[Claim]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(pair for claim in claims for pair in claim.told))


def _reports(view: View, route: str) -> list[Proof]:
    if route != terms.FBA_CLAIM:
        return []
    there = any(event.kind == events.REIMBURSEMENT for event in view.events)
    return [Proof(marked("reimbursements report"), there, "Events")]


def _doubts(
    view: View, route: str, order_id: str, opens: dt.date | None, closes: dt.date | None
) -> Iterable[str]:
    yield from doubts_of_window(opens, closes, view.today)
    paid = [e for e in view.of_order(order_id) if e.kind == events.REIMBURSEMENT]
    if route == terms.FBA_CLAIM and paid:
        yield phrased("Amazon reimbursed something for this order: claim no more than what is left")


def _with_neighbours(cases: Sequence[AppealCase]) -> list[AppealCase]:
    """SAFE-T takes one claim an order (sellers' forums on SAFE-T): cases that share one say so."""
    shared = Counter(
        case.order_id for case in cases if case.route == terms.SAFE_T and case.order_id
    )
    said = phrased("SAFE-T takes one claim an order: claim the returns of this order together")
    return [
        replace(case, doubts=[*case.doubts, said])
        if case.route == terms.SAFE_T and shared[case.order_id] > 1
        else case
        for case in cases
    ]


def _named(cases: Sequence[AppealCase]) -> list[AppealCase]:
    """The cases with the names of their folders: as short as they can be while none is another's."""
    often = Counter(map(_title, cases))
    titles: dict[str, AppealCase] = {}
    for case in cases:
        title = _title(case)
        if often[title] > 1:
            title = f"{title} {case.order_id} {dict(case.facts).get('SKU', '')}".strip()
        while title in titles:
            title += "+"
        titles[title] = case
    names = safe_names(titles)
    return [replace(case, name=names[title]) for title, case in titles.items()]


def _title(case: AppealCase) -> str:
    return f"{case.route} {case.return_id or case.order_id}"


def _text(policy: Policy, route: str) -> str:
    texts = {m.language: m.text for m in policy.messages if m.action == route}
    return texts.get(ENGLISH) or next(iter(texts.values()), "")


def _without_text(cases: Sequence[AppealCase]) -> list[Finding]:
    lacking = sorted({case.route for case in cases if not case.text})
    return [without_text(route, ENGLISH) for route in lacking]
