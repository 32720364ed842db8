"""Look at a workbook without changing it: check its policy and rows, explain one row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, columns, terms
from xl_returns.core.decide import decide
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.policy import Case, Policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import Shown, suggestions
from xl_returns.desk.alternatives import ranked, show
from xl_returns.desk.doubts import doubts
from xl_returns.desk.ledger import Line
from xl_returns.desk.table import ReturnsTable

_OWN: Final = (
    *columns.OVERRIDES,
    "Decided Action",
    "Decided Refund",
    "Negotiation",
    "Upload Batch",
)


def check_book(path: Path, today: dt.date) -> list[Finding]:
    """Every problem of a workbook file's policy, cases and rows. Raises Refusal."""
    return check(Workbook.open(path), today)


def check(book: Book, today: dt.date) -> list[Finding]:
    """Every problem of a workbook's policy, cases and rows. Raises Refusal."""
    policy, findings = policy_of(book)
    table = ReturnsTable(book)
    filled = table.filled()
    rows = table.rows(filled)
    decisions = decide(rows, Rulebook(policy), cells.day(today) or 0)
    return [
        *findings,
        *check_cases(policy, today),
        *table.findings(rows, filled),
        *doubts(decisions, table, filled),
    ]


def check_cases(policy: Policy, today: dt.date) -> list[Finding]:
    """The examples of the Cases sheet that do not come out as expected."""
    book, findings = Rulebook(policy), []
    for case in policy.cases:
        shown = _shown(case, book, today)
        for what, expected in (("Action", case.action), ("Refund", case.refund)):
            found = shown[what][0]
            if expected is not None and found != expected:
                findings.append(
                    Finding(
                        case.place,
                        f"{case.name}: {what} is {found}, expected {expected}; {shown['Why'][0]}",
                        "change the rule or the case",
                    )
                )
    return findings


def _shown(case: Case, book: Rulebook, today: dt.date) -> dict[str, Shown]:
    rows = parse_rows({name: [value] for name, value in case.row.items()})
    return suggestions(decide(rows, book, cells.day(today) or 0), book)


@dataclass(frozen=True)
class Explained:
    """What the desk says about a return, by header, and what else could be done, by cost."""

    told: dict[str, str | float | None]
    alternatives: list[Line]


def explain_row(path: Path, return_id: str, today: dt.date, *, write: bool = False) -> Explained:
    """Everything the desk says about one return of a workbook file. Raises Refusal.

    With `write` its alternatives are put on the Alternatives sheet.
    """
    book = Workbook.open(path)
    explained = explain(book, return_id, today)
    if write:
        show(book, explained.alternatives)
        book.save()
    return explained


def explain(book: Book, return_id: str, today: dt.date) -> Explained:
    """Everything the desk says about one return. Raises Refusal when it is not there."""
    table = ReturnsTable(book)
    filled = table.filled()
    rows = table.rows(filled)
    if return_id not in rows.text["Return ID"]:
        raise Refusal(
            book.path.name, f"has no return {return_id}", "copy the Return ID from the sheet"
        )
    row = list(rows.text["Return ID"]).index(return_id)
    rulebook = Rulebook(policy_of(book)[0])
    decisions = decide(rows, rulebook, cells.day(today) or 0)
    shown = suggestions(decisions, rulebook)
    seen = [name for name, flags in decisions.seen.items() if flags[row]]
    told = {
        "Return ID": return_id,
        **{name: values[row] for name, values in shown.items()},
        **{name: table.cells[name][filled[row]] for name in _OWN if name in table.cells},
        "Signals": ", ".join(seen) or None,
        "Refund rule": _rule_of(rulebook, int(decisions.money.rule[row])),
        "Condition expected": _condition(int(decisions.facts.expected_condition[row])),
    }
    return Explained(told, ranked(decisions, rulebook, row))


def _rule_of(book: Rulebook, rule: int) -> str | None:
    return book.policy.refund_rules[rule].id if rule >= 0 else None


def _condition(code: int) -> str | None:
    return terms.CONDITIONS[code] if code >= 0 else None
