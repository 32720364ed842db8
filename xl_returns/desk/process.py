"""Process a workbook: decide every row by its own policy sheets and write the result back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import opened, policy_of
from xl_returns.books.siblings import copies_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, columns
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import phrased
from xl_returns.core.ledgers import CHECK
from xl_returns.core.order_lines import Discrepancy
from xl_returns.core.reconcile import PAID_ALREADY, concerns
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.core.vocabulary import LIVE
from xl_returns.desk import ledger
from xl_returns.desk.beneath import beneath
from xl_returns.desk.doubts import doubts, wait_for_shop, waiting
from xl_returns.desk.due import Nearest, write_due
from xl_returns.desk.log import Log, keep_policy
from xl_returns.desk.look import look_across
from xl_returns.desk.reconcile import events_of, write_reconcile
from xl_returns.desk.record import Verdicts, entries, is_recorded, record, verdicts
from xl_returns.desk.summary import Summary, Tally
from xl_returns.desk.table import Part, ReturnsTable, as_value
from xl_returns.desk.unmended import unmended
from xl_returns.insight.alternatives import alternatives

Step = Callable[[str], None]
MOST_FINDINGS: Final = 1_000
"""More are counted, but not listed in the workbook."""
_WRITTEN: Final = (*columns.SUGGESTIONS, *columns.RECORD)


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
    book = opened(path)
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
    lost = list(unmended(book))
    findings += [*lost, *beneath(book)]
    table = ReturnsTable(book)
    findings += table.odd_headers()
    step(phrased("Deciding {rows:,} rows", rows=table.table.rows))
    run = _Run(book, table, Rulebook(policy), today, now or _noon(today), findings)
    agreed = True

    def ask() -> bool:
        nonlocal agreed
        agreed = agree(run.summary())
        return agreed

    changed = table.transform(_WRITTEN, run.decide, ask)
    if not agreed:
        return replace(run.summary(), written_to=phrased("Nothing was written"))
    step(phrased("Writing the result"))
    return replace(run.finish(), changed_cells=changed, unmended=lost)


class _Run:
    """A table that is decided part by part, and what the other sheets are told of it."""

    def __init__(
        self,
        book: Book,
        table: ReturnsTable,
        rulebook: Rulebook,
        today: dt.date,
        now: dt.datetime,
        findings: Sequence[Finding],
    ) -> None:
        self._book, self._table, self._rulebook = book, table, rulebook
        self._today, self._now = today, now
        self._across = look_across(table, rulebook)
        self._events = events_of(book)
        self._log, self._tally = Log(book), Tally()
        self._nearest, self._concerned = Nearest(now), list[Part]()
        self._findings, self._reasons = list(findings), set[str]()
        self._shopless = 0

    def _decided(self, part: Part) -> Decisions:
        day = cells.days_of(self._today)
        return decide(part.rows, self._rulebook, day, self._across.history(part.at))

    def decide(self, part: Part) -> dict[str, list[Value]]:
        """The suggestions and the record of some rows."""
        decisions = self._decided(part)
        verdict = verdicts(decisions)
        stands = is_recorded(decisions, verdict)
        version = self._rulebook.policy.version
        above = alternatives(decisions, self._rulebook).policy_costs(decisions.action)
        shown = suggestions(decisions, self._rulebook)
        self._log.add(
            entries(decisions, verdict, ~stands, shown, version, part, self._today, above)
        )
        self._tally.add(decisions, verdict, ~stands, above)
        self._keep(part, decisions, verdict)
        self._findings += self._table.unread(part.rows, part.at)
        self._findings += self._table.twice(part.rows, part.at, self._across.twice)
        self._findings += doubts(decisions, self._table, part.at, self._reasons)
        self._shopless += int(wait_for_shop(decisions).sum())
        return {**shown, **record(decisions, verdict, stands, version, self._today)}

    def _keep(self, part: Part, decisions: Decisions, verdict: Verdicts) -> None:
        """Keep the rows that Due and Reconcile may speak of: these look at all rows together."""
        concerned = concerns(decisions, verdict.action, self._events)
        self._concerned.append(part.take(np.flatnonzero(concerned).tolist()))
        self._nearest.add(part, decisions, verdict, ~concerned)

    def summary(self) -> Summary:
        """What is counted so far."""
        return self._tally.summary(self._findings)

    def finish(self) -> Summary:
        """Write what the other sheets tell."""
        if self._tally.new:
            keep_policy(self._book, self._rulebook.policy, as_value(self._today))
        self._log.write()
        kept = Part.joined(self._table, [*self._concerned, *self._nearest.parts()])
        decisions = self._decided(kept)
        verdict = verdicts(decisions)
        claims = write_reconcile(
            self._book, decisions, verdict.action, self._rulebook, self._events
        )
        write_due(self._book, decisions, verdict, self._rulebook, self._now, claims)
        self._findings += _paid_already(kept, claims)
        self._findings += waiting(self._book, self._shopless)
        write_findings(self._book, self._findings)
        return replace(self.summary(), to_reconcile=len(claims))


def _paid_already(kept: Part, claims: Sequence[Discrepancy]) -> list[Finding]:
    """Rows of which payments or replacements show more than they say themselves."""
    at = dict(zip(kept.rows.text["Return ID"], kept.at, strict=True))
    return [
        Finding(
            kept.table.place(at[claim.return_id], "Refunded So Far"),
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
    if LIVE in book.tables:
        book.write(LIVE, {"As Of": [None]})


def _told(path: Path, out: Path | None, *, dry_run: bool, saved: bool) -> str:
    if dry_run:
        return phrased("Dry run: nothing was written")
    return (
        phrased("Written to {path}", path=out or path)
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
