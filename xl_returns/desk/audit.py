"""Prove the Log: no line was changed, and every decision comes out again as it was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import opened
from xl_returns.core import columns, money, serials, terms
from xl_returns.core.decide import decide
from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.history import History
from xl_returns.core.language import marked, phrased
from xl_returns.core.ledgers import LOG
from xl_returns.core.policy import Policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.seals import seal
from xl_returns.core.suggest import amounts, words
from xl_returns.core.tables import NO_RULE
from xl_returns.desk import ledger
from xl_returns.desk.log import DECISIONS, OVERRIDDEN, contents_of, kept_policies
from xl_returns.desk.record import verdicts
from xl_returns.desk.summary import coins
from xl_returns.desk.table import ReturnsTable

_MOST_COUNTED: Final = 10**9
_COMPARED: Final = ("Action", "Refund", "Rule")
_SEEN_FIRST: Final = marked("look who changed the file since, and take the line from a backup")
Numbered = tuple[int, ledger.Line]
Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Audit:
    """What an audit saw. Override cost is per currency, in main units: own refund less policy's."""

    lines: int
    decisions: int
    run_again: int
    overridden: int
    override_cost: dict[str, float]
    findings: list[Finding]

    def __str__(self) -> str:
        return "\n".join(
            [
                phrased(
                    "{lines:,} lines in the Log, {decisions:,} of them decisions",
                    lines=self.lines,
                    decisions=self.decisions,
                ),
                phrased("Run again     {run_again:,}", run_again=self.run_again),
                phrased(
                    "Overridden    {overridden:,}, at a cost of {coins}",
                    overridden=self.overridden,
                    coins=coins(self.override_cost),
                ),
            ]
        )


def audit_book(path: Path) -> Audit:
    """Audit a workbook file. Raises Refusal."""
    book = opened(path, read_only=True)
    return audit(book)


def audit(book: Book) -> Audit:
    """Audit the Log of a workbook. Raises Refusal when it has none."""
    if not ledger.has(book, LOG):
        raise Refusal(
            book.path.name,
            phrased("has no Log"),
            phrased("open a workbook made by `xl-returns new`"),
        )
    lines = ledger.numbered(book, LOG)
    decisions = [(row, line) for row, line in lines if line["Event"] in DECISIONS]
    own = [line for _, line in decisions if line["Event"] == OVERRIDDEN]
    ran, differing = _run_again(book, decisions)
    return Audit(
        lines=len(lines),
        decisions=len(decisions),
        run_again=ran,
        overridden=len(own),
        override_cost=_costs(own),
        findings=[*_broken(book, lines), *differing, *_unlogged(book, decisions)],
    )


def _broken(book: Book, lines: Sequence[Numbered]) -> Iterator[Finding]:
    """Lines whose seal is not what they and the line before give."""
    before = ""
    columns = {header: [line[header] for _, line in lines] for header in LOG.headers}
    for (row, line), content in zip(lines, contents_of(columns, len(lines)), strict=True):
        given = str(line["Seal"] or "")
        if not given and before:
            yield _finding(
                book, row, "Seal", phrased("the line has no seal: the desk did not write it")
            )
        elif given and given != seal(before, content):
            problem = phrased("the line or its place was changed after it was written")
            yield _finding(book, row, "Seal", problem)
        before = given or before


def _run_again(book: Book, decisions: Sequence[Numbered]) -> tuple[int, list[Finding]]:
    """Decide every logged decision again; how many could be, and where the result differs."""
    policies = kept_policies(book)
    groups: dict[tuple[str, float], list[tuple[int, ledger.Line, Inputs]]] = {}
    findings = []
    for row, line in decisions:
        version, day, inputs = str(line["Policy Version"] or ""), line["At"], _inputs(line)
        if version not in policies:
            problem = phrased(
                "policy {version} is not kept whole: the decision cannot be run again",
                version=version,
            )
            findings.append(_finding(book, row, "Policy Version", problem))
        elif not inputs or not serials.is_day(day):
            problem = phrased("day or inputs are not kept: the decision cannot be run again")
            findings.append(_finding(book, row, "Inputs", problem))
        else:
            groups.setdefault((version, day), []).append((row, line, inputs))
    for (version, day), group in groups.items():
        found = _decided(policies[version], serials.day_of(day), [inputs for *_, inputs in group])
        for (row, line, _), now in zip(group, found, strict=True):
            findings += _differing(book, row, line, now)
    return sum(map(len, groups.values())), findings


def _inputs(line: ledger.Line) -> Inputs:
    try:
        found = json.loads(str(line["Inputs"] or ""))
    except (ValueError, RecursionError):
        return {}
    kept = found.items() if isinstance(found, dict) else ()
    return {name: cell for name, cell in kept if not isinstance(cell, (dict, list))}


def _decided(policy: Policy, today: int, inputs: Sequence[Inputs]) -> list[dict[str, Value]]:
    """Action, refund and rule of rows from what was kept of them."""
    given = (*columns.INPUTS, *columns.OVERRIDES)
    rows = parse_rows({name: [row.get(name) for row in inputs] for name in given})
    past = History(**{n: np.array([_count(row.get(n)) for row in inputs]) for n in History.names()})
    decisions = decide(rows, Rulebook(policy), today, past)
    verdict = verdicts(decisions)
    rules = [policy.action_rules[r].id if r != NO_RULE else None for r in decisions.rule.tolist()]
    columns_ = (words(verdict.action, terms.ACTIONS), amounts(verdict.refund, rows.places), rules)
    return [dict(zip(_COMPARED, cells, strict=True)) for cells in zip(*columns_, strict=True)]


def _count(value: object) -> int:
    if isinstance(value, (int, float)) and abs(value) <= _MOST_COUNTED:
        return int(value)
    return 0


def _differing(book: Book, row: int, then: ledger.Line, now: ledger.Line) -> Iterator[Finding]:
    for header in _COMPARED:
        if (then[header] or None) != (now[header] or None):
            problem = phrased(
                "{header} was {then}; run again it is {now}",
                header=header,
                then=then[header],
                now=now[header],
            )
            remedy = phrased(
                "it was decided by engine {engine}; {remedy}",
                engine=then["Engine"],
                remedy=phrased(_SEEN_FIRST),
            )
            yield Finding(_place(book, row, header), problem, remedy)


def _unlogged(book: Book, decisions: Sequence[Numbered]) -> Iterator[Finding]:
    """Rows of Returns whose record is not what the Log said last of them."""
    last = {str(line["Return ID"]): line for _, line in decisions}
    table = ReturnsTable(book)
    for row in table.filled():
        name = str(table.cells["Return ID"][row] or "")
        recorded = tuple(_cell(table, h, row) for h in ("Decided Action", "Decided Refund"))
        if recorded[0] in (None, ""):
            continue
        logged = last.get(name)
        if logged is None or recorded != (logged["Action"], logged["Refund"]):
            yield Finding(
                table.place(row, "Decided Action"),
                phrased("the record of {name} is not what the Log says", name=name),
                phrased("process again, and ") + phrased(_SEEN_FIRST),
            )


def _cell(table: ReturnsTable, name: str, row: int) -> Value:
    return table.cells[name][row] if name in table.cells else None


def _costs(lines: Iterable[ledger.Line]) -> dict[str, float]:
    """What own decisions paid above the policy's, by currency, summed exactly."""
    sums: dict[str, int] = {}
    for line in lines:
        cost, currency = line["Override Cost"], str(line["Currency"] or "")
        if isinstance(cost, float) and abs(cost) <= money.MAX_MINOR:
            minor = money.to_minor(cost, money.decimals(currency))
            sums[currency] = sums.get(currency, 0) + minor
    return {name: money.to_major(total, money.decimals(name)) for name, total in sums.items()}


def _finding(book: Book, row: int, header: str, problem: str) -> Finding:
    return Finding(_place(book, row, header), problem, phrased(_SEEN_FIRST))


def _place(book: Book, row: int, header: str) -> str:
    table = book.tables[LOG.table]
    return table.place(row, header if header in table.headers else table.headers[0])
