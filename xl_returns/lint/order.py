"""What the order of rules brings about: gaps, dead rules, and rules that cross."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from xl_returns.core.language import marked, named, phrased
from xl_returns.lint.boxes import Box, contains, meet, needed_to_fill
from xl_returns.lint.diagnosis import Diagnosis, Kind
from xl_returns.lint.space import ORDER_DATE
from xl_returns.lint.table import Table

_Shared = tuple[int, Box, Box]
"""A later rule, what it shares with an earlier one, and a part of that which rows can be."""
_MOST_GAPS: Final = 20
"""Gaps that are told at once: a table with more is better mended step by step."""
_TO_PASTE: Final = marked("put the line above the last rule, with the outcome that you want")


def order(table: Table) -> Iterator[Diagnosis]:
    """Everything that the order of a table's rules brings about."""
    yield from _gaps(table)
    for rule in range(len(table.rules)):
        if not table.decided(rule):
            yield _dead(table, rule)
        elif rule != table.last:
            yield from _crossings(table, rule)


def _gaps(table: Table) -> Iterator[Diagnosis]:
    """What falls through to the rule that takes every row, in few large boxes."""
    space = table.space
    last = table.rules[table.last] if table.last < len(table.rules) else None
    for box, part in islice(table.gaps(), _MOST_GAPS):
        blanks = space.blanks_only(box)
        fill = phrased(
            "fill {blanks} in such rows, or let a rule leave it open",
            blanks=phrased(" and ").join(str(named(blank)) for blank in blanks),
        )
        yield Diagnosis(
            kind=_kind_of_gap(table, box, blanks),
            severity="note" if blanks or not table.gaps_matter else "warning",
            place=last.place if last else table.sheet.name,
            problem=phrased(
                "{id} takes what no other rule does: {text}",
                id=last.id if last else "nothing",
                text=space.text(box),
            ),
            remedy=fill if blanks else phrased(_TO_PASTE),
            sheet=table.sheet.name,
            line=space.line(box),
            part=part,
            where=box,
            decides=table.catch_all,
        )


def _kind_of_gap(table: Table, box: Box, blanks: Sequence[str]) -> Kind:
    if table.space.narrow(box):
        return "Boundary"
    dated = ORDER_DATE in table.space.sides(box) and ORDER_DATE not in blanks
    return "Dates" if dated else "Gap"


def _dead(table: Table, rule: int) -> Diagnosis:
    """A rule that decides nothing, and who keeps it from that."""
    place, name = table.rules[rule].place, table.rules[rule].id
    possible = table.real(table.inside[rule])
    if possible is None:
        problem = phrased(
            "no row can meet {name}: {text}", name=name, text=table.space.text(table.boxes[rule])
        )
        remedy = phrased("correct its cells, or switch it off")
        return Diagnosis("Impossible", "warning", place, problem, remedy, table.sheet.name, name)
    guilty = _guilty(table, rule)
    names = ", ".join(table.rules[other].id for other in guilty)
    same = [other for other in guilty if table.inside[other] == table.inside[rule]]
    twin = bool(same) and _agree(table, same[0], rule)
    others = [table.inside[other] for other in range(rule) if other not in guilty]
    part = table.real(table.inside[rule], others) or possible
    return Diagnosis(
        kind="Duplicate" if twin else "Shadowed",
        severity="warning",
        place=place,
        problem=phrased("{name} is the same as {names}", name=name, names=names)
        if twin
        else phrased("{names} takes every row of {name}", names=names, name=name)
        if len(guilty) == 1
        else phrased("{names} take every row of {name}", names=names, name=name),
        remedy=phrased("take it out")
        if twin
        else phrased(
            "move it above {names}, narrow what takes its rows, or take it out", names=names
        ),
        sheet=table.sheet.name,
        rule=name,
        line=table.space.line(table.inside[rule]),
        part=part,
        decides=next(o for o in guilty if meet(part, table.inside[o])),
    )


def _guilty(table: Table, rule: int) -> list[int]:
    """Earlier rules that together take all of a rule, none of which can be left out."""
    before = table.inside[:rule]
    needed = set(needed_to_fill(table.inside[rule], before, table.never))
    first = {box: other for other, box in reversed(list(enumerate(before)))}
    return sorted(first[box] for box in needed)


def _crossings(table: Table, rule: int) -> Iterator[Diagnosis]:
    """Later rules with another outcome that this one goes before, where neither is the narrower."""
    box = table.inside[rule]
    crossed: list[_Shared] = []
    by_a_hair: list[_Shared] = []
    for other in range(rule + 1, len(table.rules)):
        shared = meet(box, table.inside[other])
        nested = contains(box, table.inside[other]) or contains(table.inside[other], box)
        if shared is None or nested or _agree(table, rule, other):
            continue
        if part := table.decided(rule, shared):
            hair = _only_together_narrow(table, shared, rule, other)
            (by_a_hair if hair else crossed).append((other, shared, part))
    for found in by_a_hair:
        yield _crossing(table, rule, [found], "Boundary")
    if crossed:
        yield _crossing(table, rule, crossed, "Crossing")


def _only_together_narrow(table: Table, shared: Box, one: int, other: int) -> bool:
    """Whether rules share no more than an edge, which neither of them is."""
    edge = table.space.narrow(shared)
    return edge is not None and not any(
        table.space.narrow(table.inside[rule]) == edge for rule in (one, other)
    )


def _crossing(table: Table, rule: int, found: Sequence[_Shared], kind: Kind) -> Diagnosis:
    first = table.rules[rule]
    other, both, part = found[0]
    shared = table.trimmed(both)
    second = table.rules[other]
    more = phrased(" and {count} more", count=len(found) - 1) if len(found) > 1 else ""
    return Diagnosis(
        kind=kind,
        severity="warning" if kind == "Boundary" else "note",
        place=first.place,
        problem=phrased(
            "{id} ({outcome}) goes before {other} ({other_outcome}){more} where both fit, such as {text}",
            id=first.id,
            outcome=table.outcome(first),
            other=second.id,
            other_outcome=table.outcome(second),
            more=more,
            text=table.space.text(shared),
        ),
        remedy=phrased(
            "leave it if that is meant; else change the order, or put the line above both"
        ),
        sheet=table.sheet.name,
        rule=first.id,
        line=table.space.line(shared),
        part=part,
        where=shared,
        decides=rule,
    )


def _agree(table: Table, one: int, other: int) -> bool:
    return table.outcome(table.rules[one]) == table.outcome(table.rules[other])
