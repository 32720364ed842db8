"""Process a workbook: decide every row by its own policy sheets and write the result back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, columns, money, sheets, terms
from xl_returns.core.decide import Decisions, decide, refund_of
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.rows import Rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import Shown, amounts, suggestions, words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.desk.doubts import doubts
from xl_returns.desk.table import ReturnsTable, as_value

Step = Callable[[str], None]
MOST_FINDINGS: Final = 1_000
"""More are counted, but not listed in the workbook."""


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
    changed_cells: int = 0
    written_to: str = ""

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        width = max((len(name) for name in self.actions), default=0)
        return [
            f"{self.rows} rows decided, {self.newly_decided} new or changed",
            *(f"  {name:<{width}}  {count:>7,}" for name, count in self.actions.items()),
            f"To refund     {coins(self.to_refund)}",
            f"To recover    {coins(self.recovered)}",
            f"For a person  {self.for_a_person:,}",
            f"Overdue       {self.overdue:,}",
            self.written_to,
        ]


def coins(amounts_by_currency: dict[str, float]) -> str:
    """Amounts as `12.50 USD  900 JPY`, or `nothing`."""
    shown = (
        f"{amount:,.{money.decimals(name)}f} {name}" for name, amount in amounts_by_currency.items()
    )
    return "  ".join(shown) or "nothing"


def process_book(
    path: Path,
    today: dt.date,
    out: Path | None = None,
    *,
    dry_run: bool = False,
    step: Step = lambda _: None,
) -> Summary:
    """Decide every row of a workbook file and write suggestions, record, Log and Check.

    The workbook is edited in place (or written to `out`); a dry run writes nothing. Raises Refusal.
    """
    if out and out.suffix.casefold() != path.suffix.casefold():
        raise Refusal(
            out.name,
            f"would hold a workbook of another kind than {path.name}",
            f"end it in {path.suffix}",
        )
    step("Reading the workbook")
    book = Workbook.open(path)
    summary = process(book, today, step)
    _switch_live_off(book)
    saved = False
    if not dry_run:
        step("Writing")
        saved = book.save(out)
    return replace(summary, written_to=_told(path, out, dry_run=dry_run, saved=saved))


def process(
    book: Book,
    today: dt.date,
    step: Step = lambda _: None,
    agree: Callable[[Summary], bool] = lambda _: True,
) -> Summary:
    """Decide every row of a workbook and write the result into it, unless `agree` says no.

    Raises Refusal.
    """
    policy, findings = policy_of(book)
    table = ReturnsTable(book)
    filled = table.filled()
    rows = table.rows(filled)
    findings = [*findings, *table.findings(rows, filled)]
    step(f"Deciding {rows.count:,} rows")
    rulebook = Rulebook(policy)
    decisions = decide(rows, rulebook, cells.day(today) or 0)
    findings += doubts(decisions, table, filled)
    action, refund = _decided(decisions)
    record, is_new = _record(decisions, action, refund, policy.version, today)
    shown = suggestions(decisions, rulebook)
    summary = _summary(decisions, action, refund, is_new, findings)
    if not agree(summary):
        return replace(summary, written_to="Nothing was written")
    step("Writing the result")
    changed = table.write({**shown, **record}, filled)
    _log(book, decisions, shown, record, is_new, today)
    write_findings(book, findings)
    return replace(summary, changed_cells=changed)


def _switch_live_off(book: Workbook) -> None:
    """Live formulas, if there are any, rest until Excel has Python again: see `formula`."""
    if "Live" in book.tables:
        book.write("Live", {"As Of": [None]})


def _told(path: Path, out: Path | None, *, dry_run: bool, saved: bool) -> str:
    if dry_run:
        return "Dry run: nothing was written"
    return f"Written to {out or path}" if saved else f"Nothing to change in {path}"


def _decided(decisions: Decisions) -> tuple[Codes, Codes]:
    """Action and refund of each row: the seller's own where given, held where it is unreadable."""
    rows = decisions.facts.rows
    own, amount = rows.codes["Override Action"], rows.amounts["Override Refund"]
    unread = np.zeros(rows.count, dtype=np.bool_)
    unread[[p.row for p in rows.problems if p.header in columns.OVERRIDES]] = True
    hold = terms.ACTIONS.index(terms.HOLD)
    action = np.select([unread, own != BLANK], [hold, own], decisions.action)
    refund = refund_of(action, decisions.money, decisions.terms_of_offer)
    return action, np.where((amount != BLANK) & ~unread, amount, refund)


def _record(
    decisions: Decisions, action: Codes, refund: Codes, version: str, today: dt.date
) -> tuple[dict[str, list[Value]], np.typing.NDArray[np.bool_]]:
    """The record columns; a row whose decision stands keeps its first day and version."""
    rows = decisions.facts.rows
    codes, given = rows.codes, rows.amounts
    price = decisions.resale_price
    stands = (
        (codes["Decided Action"] == action)
        & (given["Decided Refund"] == refund)
        & (given["Decided Resale Price"] == price)
        & (rows.days["Decided At"] != BLANK)
    )
    at, day = rows.days["Decided At"], as_value(today)
    versions = rows.text["Policy Version"]
    return {
        "Decided Action": list(words(action, terms.ACTIONS)),
        "Decided Refund": list(amounts(refund, rows.places)),
        "Decided Resale Price": list(amounts(price, rows.places)),
        "Decided At": [
            as_value(cells.date_of(int(at[row]))) if stands[row] else day
            for row in range(rows.count)
        ],
        "Policy Version": [versions[row] if stands[row] else version for row in range(rows.count)],
    }, ~stands


def _log(
    book: Book,
    decisions: Decisions,
    shown: dict[str, Shown],
    record: dict[str, list[Value]],
    is_new: np.typing.NDArray[np.bool_],
    today: dt.date,
) -> None:
    rows = decisions.facts.rows
    entries: list[dict[str, Value]] = []
    for row in np.flatnonzero(is_new).tolist():
        own = rows.codes["Override Action"][row], rows.amounts["Override Refund"][row]
        entries.append(
            {
                "At": as_value(today),
                "Event": "Decided" if own == (BLANK, BLANK) else "Overridden",
                "Return ID": rows.text["Return ID"][row],
                "Action": record["Decided Action"][row],
                "Refund": record["Decided Refund"][row],
                "Currency": rows.currency(row),
                "Rule": shown["Rule"][row],
                "Policy Version": record["Policy Version"][row],
                "Details": shown["Why"][row],
            }
        )
    write_log(book, entries)


def write_log(book: Book, entries: Sequence[dict[str, Value]]) -> None:
    """Add lines to the Log, if the workbook has one."""
    if entries and "Log" in book.tables:
        book.append("Log", entries)


def write_findings(book: Book, findings: Sequence[Finding]) -> None:
    """Make the Check sheet say exactly these findings."""
    if "Check" not in book.tables:
        return
    lines: list[tuple[Value, ...]] = [
        (f.severity, f.place, f.problem, f.remedy) for f in findings[:MOST_FINDINGS]
    ]
    here = book.tables["Check"].rows
    blank: tuple[Value, ...] = (None,) * len(sheets.CHECK_HEADERS)
    kept = (lines + [blank] * here)[:here]
    book.write(
        "Check", dict(zip(sheets.CHECK_HEADERS, map(list, zip(*kept, strict=True)), strict=True))
    )
    more = lines[here:]
    if more:
        book.append("Check", [dict(zip(sheets.CHECK_HEADERS, line, strict=True)) for line in more])


def _summary(
    decisions: Decisions,
    action: Codes,
    refund: Codes,
    is_new: np.typing.NDArray[np.bool_],
    findings: list[Finding],
) -> Summary:
    rows = decisions.facts.rows
    counted = Counter(words(action, terms.ACTIONS))
    due = decisions.clocks.due
    to_pay = np.where(_pays(action), refund, 0)
    return Summary(
        rows=rows.count,
        actions={name: counted[name] for name in terms.ACTIONS if counted[name]},
        to_refund=_by_currency(rows, to_pay),
        newly_to_refund=_by_currency(rows, np.where(is_new, to_pay, 0)),
        recovered=_by_currency(rows, np.where(decisions.recovery == BLANK, 0, decisions.recovery)),
        for_a_person=int((action == terms.ACTIONS.index(terms.HOLD)).sum()),
        overdue=int(((due != BLANK) & (due < decisions.facts.today)).sum()),
        newly_decided=int(is_new.sum()),
        findings=findings,
    )


def _pays(action: np.typing.NDArray[np.int64]) -> np.typing.NDArray[np.bool_]:
    return np.isin(action, [terms.ACTIONS.index(name) for name in terms.PAYING_ACTIONS])


def _by_currency(rows: Rows, minor: np.typing.NDArray[np.int64]) -> dict[str, float]:
    totals = {
        name: int(minor[rows.codes["Currency"] == code].sum())
        for code, name in enumerate(terms.CURRENCIES)
    }
    return {
        name: money.to_major(total, money.decimals(name)) for name, total in totals.items() if total
    }
