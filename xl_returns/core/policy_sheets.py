"""Read the policy sheets' cells into a Policy, with every problem at its cell.

A line that cannot be read is left out and reported; the rest stays usable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from xl_returns.core import cells, columns, sheets, terms
from xl_returns.core.cells import CellProblem
from xl_returns.core.findings import Finding
from xl_returns.core.policy import (
    ActionRule,
    Case,
    Deadline,
    Fee,
    Message,
    Policy,
    Reason,
    RefundRule,
    ResaleRule,
    Settings,
    Signal,
    Tier,
)

MILLS: Final = 1000
"""Prices in conditions are compared in thousandths of the currency's main unit."""
OTHER_CATEGORY: Final = "(other)"
_SEPARATOR: Final = re.compile(r"\s*[,;]\s*")

Parsed = Mapping[str, Any]
Line = TypeVar("Line")


@dataclass(frozen=True)
class Grid:
    """The cells of one policy table, by header, and the place of each."""

    columns: Mapping[str, Sequence[object]]
    place: Callable[[int, str], str]

    def rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Every line that is not blank, with its position."""
        for index, values in enumerate(zip(*self.columns.values(), strict=True)):
            if any(cells.text_of(value) for value in values):
                yield index, dict(zip(self.columns, values, strict=True))


@dataclass
class _Reader:
    categories: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)

    def lines(
        self, sheet: sheets.Sheet, grid: Grid | None, make: Callable[[Parsed, str], Line]
    ) -> tuple[Line, ...]:
        if grid is None:
            self._note(sheet.name, f"the sheet has no table {sheet.table}", "copy it from a new workbook")
            return ()
        missing = [f.name for f in sheet.fields if f.name not in grid.columns]
        if missing:
            self._note(sheet.name, f"the table lacks {', '.join(missing)}", "put the headers back")
            return ()
        made = (self._line(sheet, grid, index, row, make) for index, row in grid.rows())
        return tuple(line for line in made if line is not None)

    def _line(
        self,
        sheet: sheets.Sheet,
        grid: Grid,
        index: int,
        row: Mapping[str, object],
        make: Callable[[Parsed, str], Line],
    ) -> Line | None:
        known = len(self.findings)
        parsed: dict[str, Any] = {}
        for column in sheet.fields:
            try:
                parsed[column.name] = self._cell(column, row[column.name])
            except CellProblem as problem:
                self._note(grid.place(index, column.name), problem.problem, problem.remedy)
        if len(self.findings) > known or parsed.get("On") is False:
            return None
        place = grid.place(index, sheet.fields[0].name)
        try:
            return make(parsed, place)
        except CellProblem as problem:
            self._note(place, problem.problem, problem.remedy)
            return None

    def _cell(self, column: sheets.Field, cell: object) -> Any:
        if column.cell == "date":
            return cells.day(cell)
        if column.condition and isinstance(cell, cells.dt.date):
            raise CellProblem("Excel has made a date of this", "format the cell as text and write it again")
        text = cells.text_of(cell)
        match column.cell:
            case "id" if not text:
                raise CellProblem(f"{column.name} is blank", "give the line a short name")
            case "flag":
                return cells.word_of(text or "Y", column.choices) == "Y"
            case "choice":
                return cells.word_of(text, column.choices) if text else None
            case "when":
                return self._words(column, text)
            case "price":
                return _price(text)
            case "number":
                return cells.intervals(text, 1) if column.condition else cells.number(text)
            case "percent":
                return cells.basis_points(text)
            case _:
                return text

    def _words(self, column: sheets.Field, text: str) -> tuple[cells.Interval, ...] | None:
        domain = column.choices or self.categories
        return codes_of(cells.words(text, domain), domain)

    def _note(self, place: str, problem: str, remedy: str) -> None:
        self.findings.append(Finding(place, problem, remedy))


def parse_policy(grids: Mapping[str, Grid]) -> tuple[Policy, list[Finding]]:
    """The policy in the sheets (by sheet name) and every problem found in them."""
    reader = _Reader(_categories(grids))
    read = {
        sheet: reader.lines(sheet, grids.get(sheet.name), make) for sheet, make in _MAKERS.items()
    }
    settings, problems = _settings(grids.get(sheets.SETTINGS.name))
    policy = Policy(
        settings=settings,
        tiers=read[sheets.TIERS],
        action_rules=read[sheets.ACTION_RULES],
        refund_rules=read[sheets.REFUND_RULES],
        reasons=read[sheets.REASONS],
        resale_rules=read[sheets.RESALE_RULES],
        fees=read[sheets.FEES],
        deadlines=read[sheets.DEADLINES],
        signals=read[sheets.RISK_WEIGHTS],
        messages=read[sheets.MESSAGES],
        cases=read[sheets.CASES],
        categories=reader.categories,
    )
    return policy, [*problems, *reader.findings, *_across_lines(policy)]


def codes_of(chosen: cells.Words | None, domain: Sequence[str]) -> tuple[cells.Interval, ...] | None:
    """Chosen words as intervals of their positions in the domain."""
    if chosen is None:
        return None
    return tuple((code, code) for code, word in enumerate(domain) if word in chosen)


def reason_key(code: str) -> str:
    """A reason code without the prefixes that channels add; `-`, `_` and blanks are equal."""
    plain = re.sub(r"[\s_-]+", "_", code.strip().upper())
    return re.sub(r"^(?:RO_|CR_|AMZ_PG_|APP_)+", "", plain)


def _price(text: str) -> tuple[tuple[cells.Interval, ...] | None, tuple[cells.Interval, ...] | None]:
    tiers, amounts = cells.price(text, terms.TIERS, MILLS)
    return codes_of(tiers, terms.TIERS), amounts


def _categories(grids: Mapping[str, Grid]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for sheet in sheets.POLICY:
        grid = grids.get(sheet.name)
        for cell in grid.columns.get("Category", ()) if grid else ():
            plain = re.sub(r"^not\s+", "", cells.text_of(cell), flags=re.IGNORECASE)
            found.update(dict.fromkeys(word for word in _SEPARATOR.split(plain) if word))
    return (*found, OTHER_CATEGORY)


def _rule(parsed: Parsed, place: str, sheet: sheets.Sheet) -> dict[str, Any]:
    conditions: dict[str, Any] = {f.name: parsed[f.name] for f in sheet.fields if f.condition}
    if "Price" in conditions:
        conditions["Tier"], conditions["Price"] = conditions["Price"]
    return {
        "id": parsed["Rule"],
        "first_day": parsed["From"],
        "last_day": parsed["To"],
        "conditions": conditions,
        **_told(parsed, place),
    }


def _told(parsed: Parsed, place: str) -> dict[str, str]:
    return {
        "place": place,
        "basis": parsed.get("Basis") or "",
        "note": parsed.get("Note") or "",
        "source": parsed.get("Source") or "",
    }


def _needed(parsed: Parsed, name: str) -> Any:
    if parsed[name] is None:
        raise CellProblem(f"{name} is blank", f"fill {name}")
    return parsed[name]


def _action_rule(parsed: Parsed, place: str) -> ActionRule:
    return ActionRule(**_rule(parsed, place, sheets.ACTION_RULES), action=_needed(parsed, "Action"))


def _refund_rule(parsed: Parsed, place: str) -> RefundRule:
    return RefundRule(
        **_rule(parsed, place, sheets.REFUND_RULES),
        withhold=parsed["Withhold"] or 0,
        refund_outbound=parsed["Refund Outbound"],
        deduct_label=parsed["Deduct Label"],
    )


def _resale_rule(parsed: Parsed, place: str) -> ResaleRule:
    if parsed["Currency"] is None and (parsed["Floor"] is not None or parsed["Cap"] is not None):
        raise CellProblem("Floor and Cap need a Currency", "fill Currency on this line")
    if parsed["Disposition"] == terms.RESTOCK and not _only_sealed(parsed["Condition"]):
        raise CellProblem("only sealed goods are new", "write Sealed in Condition")
    return ResaleRule(
        **_rule(parsed, place, sheets.RESALE_RULES),
        disposition=_needed(parsed, "Disposition"),
        grade=_needed(parsed, "Grade"),
        percent=parsed["Percent of New"] or 0,
        fees=tuple(name for name in _SEPARATOR.split(parsed["Fees"]) if name),
        currency=parsed["Currency"],
        floor=parsed["Floor"],
        cap=parsed["Cap"],
    )


def _only_sealed(condition: tuple[cells.Interval, ...] | None) -> bool:
    return condition == codes_of(frozenset({"Sealed"}), terms.CONDITIONS)


def _reason(parsed: Parsed, place: str) -> Reason:
    return Reason(
        code=reason_key(parsed["Code"]),
        group=_needed(parsed, "Group"),
        fault_mfn=parsed["Fault MFN"] or "Unknown",
        fault_fba=parsed["Fault FBA"] or "Unknown",
        state=parsed["State"] or "Unknown",
        postage=parsed["Postage"] or "Seller",
        **_told(parsed, place),
    )


def _tier(parsed: Parsed, place: str) -> Tier:
    low, high = _needed(parsed, "Low"), _needed(parsed, "High")
    if not 0 <= low <= high:
        raise CellProblem("Low is above High", "write the smaller amount in Low")
    return Tier(currency=_needed(parsed, "Currency"), low=low, high=high, **_told(parsed, place))


def _fee(parsed: Parsed, place: str) -> Fee:
    money = parsed["Amount"] is not None or parsed["Cap"] is not None
    if money and parsed["Currency"] is None:
        raise CellProblem("Amount and Cap need a Currency", "fill Currency on this line")
    return Fee(
        name=parsed["Fee"],
        marketplace=parsed["Marketplace"],
        currency=parsed["Currency"],
        first_day=parsed["From"],
        last_day=parsed["To"],
        percent=parsed["Percent"] or 0,
        amount=parsed["Amount"] or 0.0,
        cap=parsed["Cap"],
        **_told(parsed, place),
    )


def _deadline(parsed: Parsed, place: str) -> Deadline:
    return Deadline(
        name=parsed["Deadline"],
        marketplace=parsed["Marketplace"],
        first_day=parsed["From"],
        last_day=parsed["To"],
        days=round(_needed(parsed, "Days")),
        business=parsed["Unit"] == "business days",
        **_told(parsed, place),
    )


def _signal(parsed: Parsed, place: str) -> Signal:
    return Signal(
        name=parsed["Signal"],
        points=round(_needed(parsed, "Points")),
        limit=round(parsed["Limit"] or 0),
        **_told(parsed, place),
    )


def _message(parsed: Parsed, place: str) -> Message:
    return Message(
        action=_needed(parsed, "Action"),
        language=parsed["Language"],
        text=parsed["Text"],
        **_told(parsed, place),
    )


def _case(parsed: Parsed, place: str) -> Case:
    row: dict[str, str] = {}
    for part in filter(None, re.split(r"\s*;\s*", parsed["Row"])):
        header, equals, value = part.partition("=")
        name = columns.header_name(header)
        if not equals or name is None:
            raise CellProblem(f"`{part}` names no column", "write Header = value; Header = value")
        row[name] = value.strip()
    return Case(
        name=parsed["Case"],
        row=row,
        action=_needed(parsed, "Expected Action"),
        refund=parsed["Expected Refund"],
        **_told(parsed, place),
    )


_MAKERS: Final[dict[sheets.Sheet, Callable[[Parsed, str], Any]]] = {
    sheets.TIERS: _tier,
    sheets.ACTION_RULES: _action_rule,
    sheets.REFUND_RULES: _refund_rule,
    sheets.REASONS: _reason,
    sheets.RESALE_RULES: _resale_rule,
    sheets.FEES: _fee,
    sheets.DEADLINES: _deadline,
    sheets.RISK_WEIGHTS: _signal,
    sheets.MESSAGES: _message,
    sheets.CASES: _case,
}


def _words_setting(domain: Sequence[str]) -> Callable[[str], Any]:
    return lambda text: tuple(cells.word_of(w, domain) for w in _SEPARATOR.split(text) if w)


def _word_setting(domain: Sequence[str]) -> Callable[[str], Any]:
    return lambda text: cells.word_of(text, domain)


def _whole_setting(text: str) -> int:
    value = cells.number(text)
    if value is None or value != int(value):
        raise CellProblem(f"`{text}` is not a whole number", "write a whole number")
    return int(value)


_SETTINGS: Final[dict[str, Callable[[str], Any]]] = {
    "Language": _word_setting(terms.LANGUAGES),
    "Opening offer middle": cells.basis_points,
    "Opening offer high": cells.basis_points,
    "Chance goods come back": cells.basis_points,
    "Photo threshold": cells.basis_points,
    "Withdrawal period": _whole_setting,
    "Withdrawal marketplaces": _words_setting(terms.MARKETPLACES),
    "Fashion categories": lambda text: tuple(w.casefold() for w in _SEPARATOR.split(text) if w),
    "Ships from abroad": lambda text: cells.word_of(text, terms.YES_NO) == "Y",
    "Prices exclude VAT": _words_setting(terms.MARKETPLACES),
    "Condition when intact": _word_setting(terms.CONDITIONS),
    "Condition when faulty": _word_setting(terms.CONDITIONS),
    "SAFE-T damage share": cells.basis_points,
}
_MAY_BE_BLANK: Final = ("Withdrawal marketplaces", "Fashion categories", "Prices exclude VAT")


def _settings(grid: Grid | None) -> tuple[Settings, list[Finding]]:
    name = sheets.SETTINGS.name
    if grid is None:
        return Settings(), [Finding(name, "the sheet is missing", "copy it from a new workbook")]
    found, findings = {}, []
    for index, row in grid.rows():
        setting, text = cells.text_of(row["Setting"]), cells.text_of(row["Value"])
        place = grid.place(index, "Value")
        parse = _SETTINGS.get(setting)
        try:
            if parse is None:
                raise CellProblem(f"`{setting}` is not a setting", "take the line out")
            if not text and setting not in _MAY_BE_BLANK:
                raise CellProblem(f"{setting} is blank", "fill it")
            found[_field_name(setting)] = parse(text)
        except CellProblem as problem:
            findings.append(Finding(place, problem.problem, problem.remedy))
    missing = [setting for setting in _SETTINGS if _field_name(setting) not in found]
    if missing and not findings:
        findings.append(Finding(name, f"lacks {', '.join(missing)}", "copy the lines from a new workbook"))
    return Settings(**found), findings


def _field_name(setting: str) -> str:
    return re.sub(r"\W+", "_", setting.casefold())


def _across_lines(policy: Policy) -> Iterator[Finding]:
    yield from _repeated("Rule", [(r.id, r.place) for r in policy.action_rules])
    yield from _repeated("Rule", [(r.id, r.place) for r in policy.refund_rules])
    yield from _repeated("Rule", [(r.id, r.place) for r in policy.resale_rules])
    yield from _repeated("Code", [(r.code, r.place) for r in policy.reasons])
    yield from _repeated("Currency", [(t.currency, t.place) for t in policy.tiers])
    yield from _open_ended(policy)
    yield from _foreign_actions(policy)
    yield from _unknown_fees(policy)


def _repeated(what: str, named: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, place in named:
        if name in first:
            yield Finding(place, f"{what} {name} stands at {first[name]} as well", "give each line its own")
        first.setdefault(name, place)


def _open_ended(policy: Policy) -> Iterator[Finding]:
    rules = policy.action_rules
    last = rules[-1] if rules else None
    if last is None or any(cell is not None for cell in last.conditions.values()):
        yield Finding(
            last.place if last else sheets.ACTION_RULES.name,
            "the last rule does not take every row",
            f"end with a rule without conditions: {terms.HOLD}",
            "warning",
        )


def _foreign_actions(policy: Policy) -> Iterator[Finding]:
    allowed = dict(zip(terms.CONTROLLERS, (terms.SELLER_ACTIONS, terms.AMAZON_ACTIONS), strict=True))
    for rule in policy.action_rules:
        cell = rule.conditions["Controller"]
        reached = [terms.CONTROLLERS[code] for code, _ in cell] if cell else list(terms.CONTROLLERS)
        for controller in reached:
            if rule.action not in allowed[controller]:
                yield Finding(
                    rule.place,
                    f"{rule.action} is not possible where {controller} controls the refund",
                    f"narrow Controller; such rows become {terms.HOLD}",
                    "warning",
                )


def _unknown_fees(policy: Policy) -> Iterator[Finding]:
    known = {fee.name for fee in policy.fees} | {FULFILMENT}
    for rule in policy.resale_rules:
        for name in rule.fees:
            if name not in known:
                yield Finding(rule.place, f"the Fees sheet has no {name}", "correct the name or add the fee")


FULFILMENT: Final = "Fulfilment"
"""The fee that a row states itself, in its Fulfilment Cost cell."""
