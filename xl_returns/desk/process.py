"""Process a workbook: decide every row by its own policy sheets and write the result back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.books.siblings import copies_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, money, terms
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.facts import Flags
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import named, phrased
from xl_returns.core.ledgers import CHECK
from xl_returns.core.order_lines import Discrepancy
from xl_returns.core.reconcile import PAID_ALREADY
from xl_returns.core.rows import Rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions, words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.desk import ledger
from xl_returns.desk.doubts import doubts
from xl_returns.desk.due import write_due
from xl_returns.desk.log import keep_policy, write_log
from xl_returns.desk.reconcile import write_reconcile
from xl_returns.desk.record import Verdicts, entries, is_recorded, record, verdicts
from xl_returns.desk.table import ReturnsTable, as_value
from xl_returns.insight.alternatives import alternatives

Step = Callable[[str], None]
MOST_FINDINGS: Final = 1_000
"""More are counted, but not listed in the workbook."""
_PAYING: Final = [terms.ACTIONS.index(name) for name in terms.PAYING_ACTIONS]


@dataclass(frozen=True)
class Summary:
    """What a run decided. Money is per currency, in main units; currencies are never added up."""

    rows: int
    actions: dict[str, int]
    to_refund: dict[str, float]
    newly_to_refund: dict[str, float]
    recovered: dict[str, float]
    for_a_person: int
    overdue: int
    newly_decided: int
    findings: list[Finding]
    policy_costs: dict[str, float]
    to_reconcile: int = 0
    changed_cells: int = 0
    written_to: str = ""

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        width = max((len(name) for name in self.actions), default=0)
        return [
            phrased(
                "{rows} rows decided, {newly_decided} new or changed",
                rows=self.rows,
                newly_decided=self.newly_decided,
            ),
            *(f"  {named(name):<{width}}  {count:>7,}" for name, count in self.actions.items()),
            phrased("To refund     {coins}", coins=coins(self.to_refund)),
            phrased("To recover    {coins}", coins=coins(self.recovered)),
            phrased(
                "Policy costs  {coins} above the cheapest lawful choices",
                coins=coins(self.policy_costs),
            ),
            phrased("For a person  {for_a_person:,}", for_a_person=self.for_a_person),
            phrased("Overdue       {overdue:,}", overdue=self.overdue),
            *(
                [phrased("To reconcile  {to_reconcile:,}", to_reconcile=self.to_reconcile)]
                if self.to_reconcile
                else []
            ),
            self.written_to,
        ]


def coins(amounts_by_currency: dict[str, float]) -> str:
    """Amounts as `12.50 USD  900 JPY`, or `nothing`."""
    shown = (
        f"{amount:,.{money.decimals(name)}f} {name}" for name, amount in amounts_by_currency.items()
    )
    return "  ".join(shown) or phrased("nothing")


def process_book(
    path: Path,
    today: dt.date,
    out: Path | None = None,
    *,
    dry_run: bool = False,
    step: Step = lambda _: None,
    now: dt.datetime | None = None,
) -> Summary:
    """Decide every row of a workbook file and write suggestions, record, Due, Log and Check.

    The workbook is edited in place (or written to `out`); a dry run writes nothing. Raises Refusal.
    """
    if out and out.suffix.casefold() != path.suffix.casefold():
        raise Refusal(
            out.name,
            phrased("would hold a workbook of another kind than {name}", name=path.name),
            phrased("end it in {suffix}", suffix=path.suffix),
        )
    step(phrased("Reading the workbook"))
    book = Workbook.open(path)
    summary = process(book, today, step, now=now)
    _switch_live_off(book)
    saved = False
    if not dry_run:
        step(phrased("Writing"))
        saved = book.save(out)
    told = _told(path, out, dry_run=dry_run, saved=saved)
    return replace(summary, findings=[*summary.findings, *_copies(path)], written_to=told)


def _copies(path: Path) -> Iterator[Finding]:
    """Copies beside a workbook, in which somebody may have gone on: no cell of it tells of them."""
    for copy in copies_of(path):
        problem = phrased(
            "by its name it is a copy of {name}; what is new in it was not processed",
            name=path.name,
        )
        remedy = phrased(
            "take that over into {name} and delete the copy, or rename it", name=path.name
        )
        yield Finding(copy.name, problem, remedy, "warning")


def process(
    book: Book,
    today: dt.date,
    step: Step = lambda _: None,
    agree: Callable[[Summary], bool] = lambda _: True,
    now: dt.datetime | None = None,
) -> Summary:
    """Decide every row of a workbook and write the result into it, unless `agree` says no.

    The Due sheet counts its hours from `now`, else from the day's noon (UTC). Raises Refusal.
    """
    policy, findings = policy_of(book)
    table = ReturnsTable(book)
    filled = table.filled()
    rows = table.rows(filled)
    findings = [*findings, *table.findings(rows, filled)]
    step(phrased("Deciding {count:,} rows", count=rows.count))
    rulebook = Rulebook(policy)
    decisions = decide(rows, rulebook, cells.day(today) or 0)
    findings += doubts(decisions, table, filled)
    verdict = verdicts(decisions)
    stands = is_recorded(decisions, verdict)
    above = alternatives(decisions, rulebook).policy_costs(decisions.action)
    summary = _summary(decisions, verdict, ~stands, findings, above)
    if not agree(summary):
        return replace(summary, written_to=phrased("Nothing was written"))
    step(phrased("Writing the result"))
    shown = suggestions(decisions, rulebook)
    written = record(decisions, verdict, stands, policy.version, today)
    changed = table.write({**shown, **written}, filled)
    if not stands.all():
        keep_policy(book, policy, as_value(today))
    version = policy.version
    write_log(
        book,
        entries(decisions, verdict, ~stands, shown, version, table, filled, today, above),
    )
    claims = write_reconcile(book, decisions, verdict.action, rulebook)
    write_due(book, decisions, verdict, rulebook, now or _noon(today), claims)
    findings += _paid_already(table, rows, filled, claims)
    write_findings(book, findings)
    return replace(summary, findings=findings, changed_cells=changed, to_reconcile=len(claims))


def _paid_already(
    table: ReturnsTable, rows: Rows, filled: Sequence[int], claims: Sequence[Discrepancy]
) -> list[Finding]:
    """Rows of which payments or replacements show more than they say themselves."""
    at = {name: filled[row] for row, name in enumerate(rows.text["Return ID"])}
    return [
        Finding(
            table.place(at[claim.return_id], "Refunded So Far"),
            phrased(
                "{return_id}: {finding} ({seen_in})",
                return_id=claim.return_id,
                finding=claim.finding,
                seen_in=claim.seen_in,
            ),
            claim.remedy,
            "warning",
        )
        for claim in claims
        if claim.finding in PAID_ALREADY and claim.return_id in at
    ]


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def _switch_live_off(book: Workbook) -> None:
    """Live formulas, if there are any, rest until Excel has Python again: see `formula`."""
    if "Live" in book.tables:
        book.write("Live", {"As Of": [None]})


def _told(path: Path, out: Path | None, *, dry_run: bool, saved: bool) -> str:
    if dry_run:
        return phrased("Dry run: nothing was written")
    return (
        phrased("Written to {out}", out=out or path)
        if saved
        else phrased("Nothing to change in {path}", path=path)
    )


def write_findings(book: Book, findings: Sequence[Finding]) -> None:
    """Make the Check sheet say exactly these findings."""
    ledger.replace(
        book,
        CHECK,
        [
            dict(zip(CHECK.headers, (f.severity, f.place, f.problem, f.remedy), strict=True))
            for f in findings[:MOST_FINDINGS]
        ],
    )


def _summary(
    decisions: Decisions, verdict: Verdicts, new: Flags, findings: list[Finding], above: Codes
) -> Summary:
    rows, action = decisions.facts.rows, verdict.action
    counted = Counter(words(action, terms.ACTIONS))
    due = decisions.clocks.due
    sent = np.array([bool(batch) for batch in rows.text["Upload Batch"]], dtype=np.bool_)
    to_pay = np.where(np.isin(action, _PAYING) & ~sent, verdict.refund, 0)
    return Summary(
        rows=rows.count,
        actions={name: counted[name] for name in terms.ACTIONS if counted[name]},
        to_refund=_by_currency(rows, to_pay),
        newly_to_refund=_by_currency(rows, np.where(new, to_pay, 0)),
        recovered=_by_currency(rows, np.where(decisions.recovery == BLANK, 0, decisions.recovery)),
        for_a_person=int((action == terms.ACTIONS.index(terms.HOLD)).sum()),
        overdue=int(((due != BLANK) & (due < decisions.facts.today)).sum()),
        newly_decided=int(new.sum()),
        findings=findings,
        policy_costs=_by_currency(rows, np.maximum(above, 0)),
    )


def _by_currency(rows: Rows, minor: Codes) -> dict[str, float]:
    totals = {
        name: int(minor[rows.codes["Currency"] == code].sum())
        for code, name in enumerate(terms.CURRENCIES)
    }
    return {
        name: money.to_major(total, money.decimals(name)) for name, total in totals.items() if total
    }
