"""The policy doctor: everything that is wrong with a policy, each with an example that was tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xl_returns.core import sheets, terms
from xl_returns.core.decide import Decisions, decide
from xl_returns.core.grid import Grid
from xl_returns.core.history import no_history
from xl_returns.core.language import phrased
from xl_returns.core.policy import ActionRule, Policy, RefundRule, Rule
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import Codes
from xl_returns.lint.boxes import UnsettledError
from xl_returns.lint.diagnosis import Diagnosis
from xl_returns.lint.examples import Examples, Row, as_case
from xl_returns.lint.limits import Limit, conflicts
from xl_returns.lint.lines import currencies, dated_lines, ended_rules, sources
from xl_returns.lint.order import order
from xl_returns.lint.table import ACTION_COLUMNS, REFUND_COLUMNS, Table

_ENOUGH: Final = 50
"""With fewer rows, that a rule decides none of them tells nothing."""


@dataclass(frozen=True)
class Known:
    """What a policy is compared with, beside itself: limits, and the sheets as they shipped."""

    limits: Sequence[Limit]
    categories: Sequence[str]
    mine: Mapping[str, Grid]
    shipped: Mapping[str, Grid]


def study(policy: Policy, known: Known, today: int, own: Decisions) -> list[Diagnosis]:
    """All findings about a policy on a day, the gravest first.

    `own` are the seller's rows as the policy decides them: they weigh the findings.
    """
    used = {terms.CURRENCIES[code] for code in own.facts.rows.codes["Currency"] if code >= 0}
    found = [
        *_tables(policy, known, today, own),
        *dated_lines(policy, today),
        *currencies(policy, used),
        *sources(known.mine, known.shipped),
        *_never_given(policy),
    ]
    return sorted(found, key=_gravity)


def _gravity(found: Diagnosis) -> tuple[int, int]:
    return ("error", "warning", "note").index(found.severity), -(found.rows or 0)


def _tables(policy: Policy, known: Known, today: int, own: Decisions) -> Iterator[Diagnosis]:
    """What is found in Action and Refund Rules."""
    for table, decided in (
        (_actions(policy, known), own.rule),
        (_refunds(policy, known), own.money.rule),
    ):
        found = [
            *ended_rules(table.rules, table.sheet, today),
            *_settled(
                table,
                order(table),
                conflicts(table, known.limits),
                _never_used(table, decided),
            ),
        ]
        yield from _with_examples(table, found, policy, today, own)


def _settled(table: Table, *asked: Iterator[Diagnosis]) -> Iterator[Diagnosis]:
    """Findings as far as they are found in time, and whether they all were."""
    unsettled = False
    for found in asked:
        try:
            yield from found
        except UnsettledError:
            unsettled = True
    if unsettled:
        problem = phrased("the rules cross so often that not all could be looked at")
        remedy = phrased("mend what is told, or narrow rules, and check again")
        name = table.sheet.name
        yield Diagnosis("Unsettled", "warning", name, problem, remedy, name)


def _actions(policy: Policy, known: Known) -> Table:
    return Table.of(
        sheets.ACTION_RULES, policy.action_rules, ACTION_COLUMNS, _action, policy, known.limits,
        known.categories,
    )  # fmt: skip


def _refunds(policy: Policy, known: Known) -> Table:
    return Table.of(
        sheets.REFUND_RULES, policy.refund_rules, REFUND_COLUMNS, _kept, policy, known.limits,
        known.categories,
    )  # fmt: skip


def _action(rule: Rule) -> str:
    return rule.action if isinstance(rule, ActionRule) else ""


def _kept(rule: Rule) -> str:
    """What a refund rule does, in words."""
    if not isinstance(rule, RefundRule):
        return ""
    return ", ".join(
        [
            phrased("keeps {withhold:g} %", withhold=rule.withhold / 100),
            *([phrased("pays shipping")] if rule.refund_outbound else []),
            *([phrased("keeps the label")] if rule.deduct_label else []),
        ]
    )


def _never_used(table: Table, decided: Codes) -> Iterator[Diagnosis]:
    """Rules that decide none of the seller's rows, where there are enough of them."""
    counts = np.bincount(decided[decided >= 0], minlength=len(table.rules))
    if len(decided) < _ENOUGH:
        return
    for position, rule in enumerate(table.rules):
        if not counts[position] and table.decided(position):
            problem = phrased(
                "{id} decides none of your {count:,} rows", id=rule.id, count=len(decided)
            )
            remedy = phrased("nothing to do if such rows can still come")
            yield Diagnosis("Never used", "note", rule.place, problem, remedy, table.sheet.name, rule.id, rows=0)  # fmt: skip


def _never_given(policy: Policy) -> Iterator[Diagnosis]:
    """Actions and ways for goods that no rule ever names."""
    said = {rule.action for rule in policy.action_rules}
    ways = {rule.disposition for rule in policy.resale_rules}
    by_row = (terms.BUYER_KEEPS, terms.AWAITING_GOODS, terms.WITH_AMAZON)
    for sheet, lacking in (
        (sheets.ACTION_RULES, [word for word in terms.ACTIONS if word not in said]),
        (sheets.RESALE_RULES, [w for w in terms.DISPOSITIONS if w not in ways and w not in by_row]),
    ):
        for word in lacking:
            problem, remedy = (
                phrased("no rule ever says {word}", word=word),
                phrased("nothing to do if you never want it"),
            )
            yield Diagnosis("Never given", "note", sheet.name, problem, remedy, sheet.name)


def _with_examples(
    table: Table, found: Iterable[Diagnosis], policy: Policy, today: int, own: Decisions
) -> Iterator[Diagnosis]:
    """The findings with rows made of their boxes that the engine decides as they say; a gap that
    rows of the seller's own fall into is no mere note."""
    examples = Examples(table.space, policy, today)
    listed = list(found)
    rows = [examples.row(d.part) if d.part else None for d in listed]
    deciding = _decided_by(table, [row for row in rows if row], policy, today)
    for one, row in zip(listed, rows, strict=True):
        right = row is not None and next(deciding) == one.decides
        counted = None if one.where is None else _own_rows(table, one, own)
        mine = one.kind == "Gap" and table.gaps_matter and bool(counted)
        yield replace(
            one,
            severity="warning" if one.severity == "note" and mine else one.severity,
            example=as_case(row) if row and right else "",
            rows=one.rows if counted is None else counted,
        )


def _decided_by(table: Table, rows: Sequence[Row], policy: Policy, today: int) -> Iterator[int]:
    """The position of the rule that decides each row, as if it were the only one."""
    headers = {header for row in rows for header in row}
    parsed = parse_rows({header: [row.get(header) for row in rows] for header in headers})
    decisions = decide(parsed, Rulebook(policy), today, no_history(parsed.count))
    return iter(_rules(table, decisions).tolist())


def _rules(table: Table, decisions: Decisions) -> Codes:
    return decisions.rule if table.sheet is sheets.ACTION_RULES else decisions.money.rule


def _own_rows(table: Table, found: Diagnosis, own: Decisions) -> int:
    """How many of the seller's rows the finding's rule decides within its box."""
    if found.where is None:
        return 0
    inside = table.space.rows_in(found.where, own.facts.table, own.facts.rows.count)
    return int((inside & (_rules(table, own) == found.decides)).sum())
