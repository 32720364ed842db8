"""What is wrong with lines that are no rules: dates with holes, currencies, numbers and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from xl_returns.core import cells, money, sheets, terms
from xl_returns.core.cells import HIGHEST, LOWEST
from xl_returns.core.grid import Grid
from xl_returns.core.language import phrased
from xl_returns.core.policy import Deadline, Fee, Policy, Rule
from xl_returns.lint.diagnosis import Diagnosis

_SOURCED: Final = ("Platform", "Law")
_TOLD: Final = ("Note", "Check", "Starts", "Unit")
_NUMBERS: Final = {
    sheets.SETTINGS: ("Value",),
    sheets.DEADLINES: ("Days", "Unit"),
    sheets.FEES: ("Percent", "Amount", "Cap"),
}
"""The cells of a line that its source speaks of."""


def dated_lines(policy: Policy, today: int) -> Iterator[Diagnosis]:
    """Days on which no line of a fee or clock holds, or two do; and lines that end before they
    begin."""
    for sheet, lines in ((sheets.FEES, policy.fees), (sheets.DEADLINES, policy.deadlines)):
        groups = defaultdict[tuple[str, str | None, str | None], list[Fee | Deadline]](list)
        for line in lines:
            groups[line.name, line.marketplace, getattr(line, "currency", None)].append(line)
        for (name, market, currency), group in groups.items():
            told = " ".join(part for part in (name, market, currency) if part)
            general = market is not None and (name, None, currency) in groups
            yield from _spans(sheet, told, group, None if general else today)


def _spans(
    sheet: sheets.Sheet, name: str, lines: Sequence[Fee | Deadline], today: int | None
) -> Iterator[Diagnosis]:
    """What is wrong with the dates of one name's lines; holes only where no general line steps in
    (`today` is given)."""
    for line in lines:
        if _first(line) > _last(line):
            problem = phrased("{name}: To is before From", name=name)
            yield _dates(sheet, line.place, problem, phrased("correct the dates"))
    inorder = sorted((line for line in lines if _first(line) <= _last(line)), key=_first)
    for one, after in pairwise(inorder):
        if _last(one) >= _first(after):
            yield _twice(sheet, name, one, after)
        elif today is not None and _last(one) + 1 < _first(after):
            yield _hole(sheet, name, one, after)
    if today is not None and inorder and max(map(_last, inorder)) < today:
        yield _ended(sheet, name, inorder)


def _hole(sheet: sheets.Sheet, name: str, one: Fee | Deadline, after: Fee | Deadline) -> Diagnosis:
    hole = phrased("{first} to {last}", first=_day(_last(one) + 1), last=_day(_first(after) - 1))
    problem = phrased("{name} has no line for {hole}", name=name, hole=hole)
    return _dates(sheet, after.place, problem, phrased("let the dates meet"))


def _twice(sheet: sheets.Sheet, name: str, one: Fee | Deadline, after: Fee | Deadline) -> Diagnosis:
    last = min(_last(one), _last(after))
    both = phrased("{first} to {last}", first=_day(_first(after)), last=_day(last))
    problem = phrased("{name} has two lines for {both}", name=name, both=both)
    remedy = phrased("end the line at {place} the day before", place=one.place)
    return _dates(sheet, after.place, problem, remedy)


def _ended(sheet: sheets.Sheet, name: str, inorder: Sequence[Fee | Deadline]) -> Diagnosis:
    ended = _day(max(map(_last, inorder)) + 1)
    problem = phrased("{name} has no line since {day}", name=name, day=ended)
    remedy = phrased("add what holds now, with its source")
    return _dates(sheet, inorder[-1].place, problem, remedy)


def ended_rules(rules: Sequence[Rule], sheet: sheets.Sheet, today: int) -> Iterator[Diagnosis]:
    """Rules that hold for no order of today any more."""
    for rule in rules:
        if rule.last_day is not None and rule.last_day < (rule.first_day or rule.last_day):
            problem = phrased("{id}: To is before From, so it never holds", id=rule.id)
            yield _dates(sheet, rule.place, problem, phrased("correct the dates"))
        elif rule.last_day is not None and rule.last_day < today:
            problem = phrased(
                "{id} holds for orders until {day} only", id=rule.id, day=_day(rule.last_day)
            )
            remedy = phrased("nothing to do if its successor stands beside it")
            yield Diagnosis("Dates", "note", rule.place, problem, remedy, sheet.name, rule.id)


def currencies(policy: Policy, used: Collection[str]) -> Iterator[Diagnosis]:
    """Currencies without a tier, and amounts that stand for any currency."""
    known = {tier.currency for tier in policy.tiers}
    for currency in terms.CURRENCIES:
        if currency not in known:
            mine = currency in used
            problem = phrased(
                "{currency} has no line that can be read: its prices are neither low, middle nor high",
                currency=currency,
            )
            yield Diagnosis("Currency", "warning" if mine else "note", sheets.TIERS.name, problem, phrased("add its Low and High"), sheets.TIERS.name)  # fmt: skip
    for rule in policy.action_rules:
        if rule.conditions["Price"] is not None and len(_coins(rule)) > 1:
            problem = phrased(
                "the amount in Price of {id} is in each row's own currency, JPY too", id=rule.id
            )
            remedy = phrased("narrow Marketplace to one currency, or write low, middle or high")
            yield Diagnosis("Currency", "warning", rule.place, problem, remedy, sheets.ACTION_RULES.name, rule.id)  # fmt: skip


def _coins(rule: Rule) -> set[str]:
    where = rule.conditions["Marketplace"]
    codes = [c for low, high in where for c in range(low, high + 1)] if where else range(len(terms.MARKETPLACES))  # fmt: skip
    return {terms.MARKETPLACE_CURRENCY[terms.MARKETPLACES[code]] for code in codes}


def sources(mine: Mapping[str, Grid], shipped: Mapping[str, Grid]) -> Iterator[Diagnosis]:
    """Numbers that differ from the shipped line of the same name, basis and source."""
    for sheet, numbers in _NUMBERS.items():
        if sheet.name not in mine:
            continue
        named = [field.name for field in sheet.fields if field.name not in (*numbers, *_TOLD)]
        said = {_cells(line, named): _cells(line, numbers) for _, line in shipped[sheet.name].rows() if line["Basis"] in _SOURCED}  # fmt: skip
        for index, line in mine[sheet.name].rows():
            theirs, ours = said.get(_cells(line, named)), _cells(line, numbers)
            if theirs is not None and theirs != ours:
                place = mine[sheet.name].place(index, numbers[0])
                problem = phrased(
                    "{name} is {told}; its source said {before} when this product was made",
                    name=cells.text_of(line[named[0]]),
                    told=_told(ours),
                    before=_told(theirs),
                )
                remedy = phrased("put it back, or name the source that you have")
                yield Diagnosis("Source", "warning", place, problem, remedy, sheet.name, source=cells.text_of(line["Source"]))  # fmt: skip


def _cells(line: Mapping[str, object], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_plain(cells.text_of(line.get(name))) for name in names)


def _plain(text: str) -> str:
    """A cell's text, shares as numbers: a workbook holds 0.15 where the defaults say 15%."""
    try:
        number = money.exact(text.removesuffix("%").strip())
    except ValueError:
        return text
    return f"{(number / 100 if text.endswith('%') else number).normalize():f}"


def _told(values: Sequence[str]) -> str:
    return " ".join(value for value in values if value) or "blank"


def _dates(sheet: sheets.Sheet, place: str, problem: str, remedy: str) -> Diagnosis:
    return Diagnosis("Dates", "warning", place, problem, remedy, sheet.name)


def _first(line: Fee | Deadline) -> int:
    return LOWEST if line.first_day is None else line.first_day


def _last(line: Fee | Deadline) -> int:
    return HIGHEST if line.last_day is None else line.last_day


def _day(day: int) -> str:
    if day <= LOWEST:
        return phrased("the beginning")
    return phrased("today and later") if day >= HIGHEST else cells.date_of(day).isoformat()
