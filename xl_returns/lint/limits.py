"""What platform and law do not allow, as lines that a policy's rules are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from xl_returns.core import cells, sheets, terms
from xl_returns.core.findings import Finding
from xl_returns.core.grid import Grid, Parsed, Reader
from xl_returns.core.language import marked, phrased
from xl_returns.core.policy import ActionRule, RefundRule, Rule
from xl_returns.core.policy_sheets import OTHER_CATEGORY, categories_in
from xl_returns.lint.boxes import Box, large_first, left, meet
from xl_returns.lint.diagnosis import Diagnosis
from xl_returns.lint.table import Table

_HOW: Final = marked("narrow the rule, or put the line above it with what is allowed")


class Limit(Rule):
    """Actions that may not be taken, and the most that may be kept back (basis points)."""

    not_allowed: tuple[str, ...]
    most_withheld: int | None
    outbound_owed: bool

    @property
    def told(self) -> str:
        """Its basis, source and first day, as a finding names them."""
        since = (
            ""
            if self.first_day is None
            else phrased(", since {day}", day=cells.date_of(self.first_day))
        )
        return f"{self.basis}: {self.source}{since}"


def read_limits(
    grid: Grid, categories: Sequence[str]
) -> tuple[tuple[Limit, ...], tuple[str, ...], list[Finding]]:
    """The lines of Limits, the category words of policy and limits together, and the findings."""
    words = dict.fromkeys((*categories[:-1], *categories_in([grid])[:-1]))
    reader = Reader((*words, OTHER_CATEGORY))
    return reader.lines(sheets.LIMITS, grid, _limit), reader.categories, reader.findings


def _limit(parsed: Parsed, place: str) -> Limit:
    named = [part for part in re.split("[;；、]", parsed["Not Allowed"]) if part.strip()]
    return Limit(
        id=parsed["Limit"],
        first_day=parsed["From"],
        last_day=parsed["To"],
        conditions={f.name: parsed[f.name] for f in sheets.LIMITS.fields if f.condition},
        not_allowed=tuple(cells.word_of(part, terms.ACTIONS) for part in named),
        most_withheld=parsed["Most Withheld"],
        outbound_owed=parsed["Outbound Owed"] == "Y",
        place=place,
        basis=parsed["Basis"] or "",
        note=parsed["Note"],
        source=parsed["Source"],
    )


def conflicts(table: Table, limits: Sequence[Limit]) -> Iterator[Diagnosis]:
    """Rules that decide rows otherwise than a limit allows; `table.others` are the limits."""
    for position, limit in enumerate(limits):
        before = [] if limit.not_allowed else _before(table, limits, position)
        for rule, line in enumerate(table.rules):
            if problem := _against(line, limit):
                for part in large_first([*left(table.others[position], before)]):
                    if found := table.decided(rule, part):
                        yield _conflict(table, rule, part, found, limit, problem)
                        break


def _before(table: Table, limits: Sequence[Limit], position: int) -> list[Box]:
    """The limits of refunds that come first."""
    return [table.others[p] for p, limit in enumerate(limits[:position]) if not limit.not_allowed]


def _against(rule: Rule, limit: Limit) -> str:
    """What a rule says against a limit; nothing where it says nothing against it."""
    if isinstance(rule, ActionRule):
        return (
            phrased("says {action}", action=rule.action) if rule.action in limit.not_allowed else ""
        )
    if not isinstance(rule, RefundRule) or limit.not_allowed:
        return ""
    if limit.most_withheld is not None and rule.withhold > limit.most_withheld:
        return phrased(
            "keeps back {withhold:g} %, where {most:g} % is the most",
            withhold=rule.withhold / 100,
            most=limit.most_withheld / 100,
        )
    owes = limit.outbound_owed and not rule.refund_outbound
    return phrased("keeps outbound shipping, which is owed") if owes else ""


def _conflict(
    table: Table, rule: int, part: Box, found: Box, limit: Limit, problem: str
) -> Diagnosis:
    line = table.rules[rule]
    where = table.trimmed(meet(table.inside[rule], part) or part)
    return Diagnosis(
        kind="Conflict",
        severity="error",
        place=line.place,
        problem=f"{line.id} {problem}: {table.space.text(where)}. {limit.note} ({limit.told})",
        remedy=phrased(_HOW),
        sheet=table.sheet.name,
        rule=line.id,
        line=table.space.line(where),
        source=limit.told,
        part=found,
        where=where,
        decides=rule,
    )
