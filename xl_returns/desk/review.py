"""Look at a workbook: check its policy and rows, explain one row."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.policies import grids_of, opened, policy_in
from xl_returns.core import cells, columns, money, serials, terms
from xl_returns.core.decide import decide
from xl_returns.core.findings import Finding
from xl_returns.core.language import listed, marked, named, phrased, spoken, titled
from xl_returns.core.ledgers import ALTERNATIVES, POLICY_CHECK
from xl_returns.core.policy import Case, Policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import Shown, suggestions
from xl_returns.core.vocabulary import example
from xl_returns.desk import ledger
from xl_returns.desk.alternatives import ranked, show
from xl_returns.desk.beneath import beneath
from xl_returns.desk.decided import Decided
from xl_returns.desk.doubts import doubts, wait_for_shop, waiting
from xl_returns.desk.ledger import Line
from xl_returns.desk.naming import row_named
from xl_returns.desk.policy_check import cells_of, diagnose, write_policy_check
from xl_returns.desk.process import write_findings
from xl_returns.desk.unmended import unmended
from xl_returns.lint.diagnosis import Diagnosis

_SIGNALS, _BETWEEN = "Signals", ", "
_OWN: Final = (
    *columns.OVERRIDES,
    "Decided Action",
    "Decided Refund",
    "Negotiation",
    "Upload Batch",
)


@dataclass(frozen=True)
class Checked:
    """What is wrong with a workbook: findings at cells, and what the policy doctor says."""

    findings: list[Finding]
    policy: list[Diagnosis]
    written_to: str = ""

    @property
    def failed(self) -> bool:
        """Whether anything needs a person."""
        severities = [one.severity for one in self.findings] + [x.severity for x in self.policy]
        return "error" in severities

    def told(self, *, notes: bool = False) -> Iterator[str]:
        """Findings, then the policy doctor's, as a person reads them; notes are counted unless
        asked for."""
        yield from (f"{named(finding.severity)}: {finding}" for finding in self.findings)
        shown = [one for one in self.policy if notes or one.severity != "note"]
        if not shown and not self.findings:
            yield phrased("Nothing to mend")
        for one in shown:
            yield f"{named(one.severity)}: {one.place}: {one.problem}; {one.remedy}"
            yield from (f"    {named(name):<9} {text}" for name, text in _details(one) if text)
        left = Counter(one.kind for one in self.policy) - Counter(one.kind for one in shown)
        if left:
            counted = listed(f"{count} {named(kind)}" for kind, count in left.items())
            yield phrased("Notes on the policy: {counted} (--notes lists them)", counted=counted)
        yield self.written_to


def _details(one: Diagnosis) -> Iterator[tuple[str, str]]:
    yield phrased("cells"), cells_of(one)
    yield phrased("example"), example(spoken(), one.example)
    yield phrased("your rows"), f"{one.rows:,}" if one.rows else ""


def check_book(path: Path, today: dt.date, *, write: bool = False) -> Checked:
    """Every problem of a workbook file's policy, cases and rows. Raises Refusal.

    With `write` they are put on Check and Policy Check, and beside the lines they are about.
    """
    book = opened(path, read_only=not write)
    checked = check(book, today, write=write)
    if not write:
        return checked
    saved = book.save()
    told = (
        phrased("Written to {path}", path=path)
        if saved
        else phrased("Nothing new for {path}", path=path)
    )
    return replace(checked, written_to=told)


def check(book: Book, today: dt.date, *, write: bool = False) -> Checked:
    """Every problem of a workbook's policy, cases and rows. Raises Refusal."""
    grids = grids_of(book)
    policy, findings = policy_in(grids)
    decided = Decided.by(book, today, policy, findings)
    table, decisions = decided.table, decided.decisions
    diagnoses, unread = diagnose(book, grids, policy, decisions)
    findings = [*findings, *unread, *check_cases(policy, today)]
    if write:
        write_policy_check(book, diagnoses, findings, policy, decisions)
    findings += [*unmended(book), *beneath(book), *table.odd_headers()]
    findings += table.findings(decided.rows, decided.filled)
    findings += doubts(decisions, table, decided.filled, set())
    findings += waiting(book, int(wait_for_shop(decisions).sum()))
    if write and not ledger.has(book, POLICY_CHECK):
        problem = phrased("has no sheet Policy Check: what is said of the policy was not written")
        remedy = phrased("move to a new workbook: xl-returns new")
        findings.append(Finding(book.path.name, problem, remedy, "warning"))
    if write:
        write_findings(book, findings)
    return Checked(findings, diagnoses)


def check_cases(policy: Policy, today: dt.date) -> list[Finding]:
    """The examples of the Cases sheet that do not come out as expected."""
    book, findings = Rulebook(policy), []
    for case in policy.cases:
        shown = _shown(case, book, today)
        expected = {"Action": case.action, "Refund": case.refund}
        wrong = [
            phrased(
                "{what} is {found}, expected {value}", what=what, found=shown[what][0], value=value
            )
            for what, value in expected.items()
            if value is not None and shown[what][0] != value
        ]
        if wrong:
            why = str(shown["Why"][0]).rstrip(".")
            problem = f"{case.name}: {', '.join(wrong)} ({why})"
            findings.append(Finding(case.place, problem, phrased("change the rule or the case")))
    return findings


def _shown(case: Case, book: Rulebook, today: dt.date) -> dict[str, Shown]:
    rows = parse_rows({name: [value] for name, value in case.row.items()})
    return suggestions(decide(rows, book, cells.days_of(today)), book)


@dataclass(frozen=True)
class Explained:
    """What the desk says about a return, by header, and what else could be done, by cost."""

    told: dict[str, str | float | None]
    alternatives: list[Line]
    currency: str = ""
    written_to: str = ""

    def lines(self) -> list[tuple[str, str]]:
        """What is said, each with its title, in the language that is spoken; blanks are left out."""
        return [
            (titled(name), self._as_read(name, value))
            for name, value in self.told.items()
            if value not in (None, "")
        ]

    def _as_read(self, name: str, value: str | float | None) -> str:
        """A value as a person reads it: days as dates, amounts with their currency, words in their
        language.
        """
        if isinstance(value, float):
            return self._number(name, value)
        if isinstance(value, str) and name == _SIGNALS:
            return listed(value.split(_BETWEEN))
        return str(named(value))

    def _number(self, name: str, value: float) -> str:
        kind = columns.BY_NAME[name].kind if name in columns.BY_NAME else "text"
        if kind == "money":
            return f"{value:,.{money.decimals(self.currency)}f} {self.currency}".strip()
        if kind == "date":
            return serials.date_of(value).isoformat()
        return f"{value:g}"


def explain_row(path: Path, name: str, today: dt.date, *, write: bool = False) -> Explained:
    """Everything the desk says about one return of a workbook file. Raises Refusal.

    With `write` its alternatives are put on the Alternatives sheet.
    """
    book = opened(path, read_only=not write)
    explained = explain(book, name, today)
    if not write:
        return explained
    if not ledger.has(book, ALTERNATIVES):
        told = phrased(
            "{name} has no sheet Alternatives: move to a new workbook (xl-returns new)",
            name=path.name,
        )
        return replace(explained, written_to=told)
    show(book, explained.alternatives)
    saved = book.save()
    told = marked("Written to {path}") if saved else marked("Nothing new for {path}")
    return replace(explained, written_to=phrased(told, path=path))


def explain(book: Book, name: str, today: dt.date) -> Explained:
    """Everything the desk says about one return, named by Return ID, order or tracking number.

    Raises Refusal when no return or several have that name.
    """
    decided = Decided.of(book, today)
    rows, rulebook, decisions = decided.rows, decided.rulebook, decided.decisions
    row = row_named(rows, name, book.path.name)
    own, at = decided.table.cells, decided.filled[row]
    shown = suggestions(decisions, rulebook)
    seen = [name for name, flags in decisions.seen.items() if flags[row]]
    told = {
        "Return ID": rows.text["Return ID"][row],
        **{name: values[row] for name, values in shown.items()},
        **{name: own[name][at] for name in _OWN if name in own},
        _SIGNALS: _BETWEEN.join(seen) or None,
        "Refund rule": _rule_of(rulebook, int(decisions.money.rule[row])),
        "Condition expected": _condition(int(decisions.facts.expected_condition[row])),
    }
    return Explained(told, ranked(decisions, rulebook, row), rows.currency(row))


def _rule_of(book: Rulebook, rule: int) -> str | None:
    return book.policy.refund_rules[rule].id if rule >= 0 else None


def _condition(code: int) -> str | None:
    return terms.CONDITIONS[code] if code >= 0 else None
