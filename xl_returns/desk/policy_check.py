"""The policy doctor at work on a workbook: what it finds, and where that is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.cells import Value
from xl_returns.books.policies import default_grid, grid_of
from xl_returns.core import sheets, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.findings import Finding
from xl_returns.core.grid import Grid
from xl_returns.core.language import marked, named, phrased, spoken
from xl_returns.core.ledgers import POLICY_CHECK
from xl_returns.core.policy import Policy
from xl_returns.core.vocabulary import example
from xl_returns.desk import ledger
from xl_returns.lint.diagnosis import Diagnosis
from xl_returns.lint.limits import read_limits
from xl_returns.lint.study import Known, study

_NEW_RULE: Final = marked("From Policy Check: choose the action.")


def diagnose(
    book: Book, grids: Mapping[str, Grid], policy: Policy, decisions: Decisions
) -> tuple[list[Diagnosis], list[Finding]]:
    """What is wrong with the policy in a workbook's sheets, weighed by its own rows; and with its
    Limits."""
    limits, categories, findings = read_limits(
        grid_of(book, sheets.LIMITS) or default_grid(sheets.LIMITS), policy.categories
    )
    shipped = {sheet.name: default_grid(sheet) for sheet in sheets.POLICY}
    known = Known(limits, categories, grids, shipped)
    return study(policy, known, decisions.facts.today, decisions), findings


def write_policy_check(
    book: Book,
    found: Sequence[Diagnosis],
    findings: Sequence[Finding],
    policy: Policy,
    decisions: Decisions,
) -> None:
    """Make Policy Check say what was found, and the Check column of every sheet what is about
    its lines."""
    taken = {rule.id for rule in policy.action_rules}
    fresh = (name for n in range(1, 10_000) if (name := f"N{n:02}") not in taken)
    ledger.replace(book, POLICY_CHECK, [_line(one, fresh) for one in found])
    told = _by_place(found, findings)
    told_more = _usage(policy, decisions) | _cases(policy, told)
    for sheet in sheets.POLICY:
        _write_beside(book, sheet, told, told_more)


def _line(found: Diagnosis, fresh: Iterator[str]) -> ledger.Line:
    line: dict[str, Value] = {
        "Severity": found.severity,
        "Kind": found.kind,
        "About": found.rule or None,
        "Place": found.place,
        "Problem": found.problem,
        "Remedy": found.remedy,
        "Your Rows": None if found.rows is None else float(found.rows),
        "Example": example(spoken(), found.example) or None,
        "Cells": cells_of(found) or None,
    }
    if found.line and found.sheet == sheets.ACTION_RULES.name:
        line |= {"Rule": next(fresh), "On": "Y", **found.line}
        line |= {"Action": terms.HOLD, "Basis": "Seller", "Note": phrased(_NEW_RULE)}
    return line


def cells_of(found: Diagnosis) -> str:
    """The cells of a rule for the rows found: `Header = text; Header = text`."""
    told = "; ".join(f"{header} = {text}" for header, text in found.line.items())
    return example(spoken(), told)


def as_lines(found: Iterable[Diagnosis]) -> list[dict[str, object]]:
    """Findings for a machine, by the names of `Diagnosis`."""
    return [
        {
            "kind": one.kind,
            "severity": one.severity,
            "place": one.place,
            "problem": one.problem,
            "remedy": one.remedy,
            "sheet": one.sheet,
            "rule": one.rule,
            "cells": dict(one.line),
            "example": one.example,
            "rows": one.rows,
            "source": one.source,
        }
        for one in found
    ]


def _by_place(found: Iterable[Diagnosis], findings: Iterable[Finding]) -> Mapping[str, list[str]]:
    """What is said about each cell, errors and warnings in full; notes are counted."""
    told = defaultdict[str, list[str]](list)
    for one in findings:
        told[one.place].append(f"{one.problem}; {one.remedy}.")
    for grave in (d for d in found if d.severity != "note"):
        told[grave.place].append(f"{named(grave.kind)}: {grave.problem}; {grave.remedy}.")
    for place, count in Counter(d.place for d in found if d.severity == "note").items():
        told[place].append(
            phrased("1 note in {sheet}.", sheet=POLICY_CHECK.sheet)
            if count == 1
            else phrased("{count} notes in {sheet}.", count=count, sheet=POLICY_CHECK.sheet)
        )
    return told


def _usage(policy: Policy, decisions: Decisions) -> dict[str, str]:
    """How many of the seller's rows each action and refund rule decides."""
    total = decisions.facts.rows.count
    told = {}
    for rules, decided in (
        (policy.action_rules, decisions.rule),
        (policy.refund_rules, decisions.money.rule),
    ):
        counts = Counter(decided.tolist())
        for position, rule in enumerate(rules if total else ()):
            told[rule.place] = phrased(
                "Decides {count:,} of {total:,} rows.",
                count=counts[position],
                total=total,
            )
    return told


def _cases(policy: Policy, told: Mapping[str, list[str]]) -> dict[str, str]:
    return {case.place: phrased("As expected.") for case in policy.cases if case.place not in told}


def _write_beside(
    book: Book, sheet: sheets.Sheet, told: Mapping[str, list[str]], more: Mapping[str, str]
) -> None:
    """Fill the Check column of a sheet; older workbooks have none."""
    table = book.tables.get(sheet.table)
    if table is None or sheets.CHECKED.name not in table.headers:
        return
    column: list[Value] = []
    for row in range(table.rows):
        places = [
            table.place(row, field.name) for field in sheet.fields if field.name in table.headers
        ]
        texts = [more[place] for place in places if place in more]
        texts += [text for place in places for text in told.get(place, ())]
        column.append(" ".join(texts) or None)
    book.write(sheet.table, {sheets.CHECKED.name: column})
