"""Read the Settings sheet: one line a choice, each with its own kind of value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from xl_returns.core import cells, sheets, terms
from xl_returns.core.cells import SEPARATOR, CellProblem
from xl_returns.core.findings import Finding
from xl_returns.core.grid import Grid
from xl_returns.core.language import listed, phrased
from xl_returns.core.policy import Settings

HOME: Final = "Home marketplace"


def _words_setting(domain: Sequence[str]) -> Callable[[str], Any]:
    return lambda text: tuple(cells.word_of(w, domain) for w in SEPARATOR.split(text) if w)


def _word_setting(domain: Sequence[str]) -> Callable[[str], Any]:
    return lambda text: cells.word_of(text, domain)


def _whole_setting(text: str) -> int:
    value = cells.number(text)
    if value is None or value != int(value):
        raise CellProblem(
            phrased("`{text}` is not a whole number", text=text), phrased("write a whole number")
        )
    return int(value)


_SETTINGS: Final[dict[str, Callable[[str], Any]]] = {
    "Language": _word_setting(terms.LANGUAGES),
    "Opening offer middle": cells.basis_points,
    "Opening offer high": cells.basis_points,
    "Chance goods come back": cells.basis_points,
    "Chance appeal granted": cells.basis_points,
    "Photo threshold": cells.basis_points,
    "Withdrawal period": _whole_setting,
    "Withdrawal marketplaces": _words_setting(terms.MARKETPLACES),
    "Fashion categories": lambda text: tuple(w.casefold() for w in SEPARATOR.split(text) if w),
    "Ships from abroad": lambda text: cells.word_of(text, terms.YES_NO) == "Y",
    "Prices exclude VAT": _words_setting(terms.MARKETPLACES),
    "Condition when intact": _word_setting(terms.CONDITIONS),
    "Condition when faulty": _word_setting(terms.CONDITIONS),
    "SAFE-T damage share": cells.basis_points,
    "Ask above": _whole_setting,
    "Offer steps": _whole_setting,
    "Weight tolerance": cells.basis_points,
    "Sales tax apart": _words_setting(terms.MARKETPLACES),
    HOME: lambda text: cells.word_of(text, terms.MARKETPLACES) if text else None,
}
_MAY_BE_BLANK: Final = (
    "Withdrawal marketplaces",
    "Fashion categories",
    "Prices exclude VAT",
    "Sales tax apart",
    HOME,
)
_MAY_BE_MISSING: Final = (HOME,)
"""Lines that workbooks of an earlier day do not have."""


def read_settings(grid: Grid | None, usual: Settings) -> tuple[Settings, list[Finding]]:
    """The Settings sheet, and what is wrong in it; what cannot be read keeps its usual value."""
    name = sheets.SETTINGS.name
    if grid is None:
        return usual, [
            Finding(name, phrased("the sheet is missing"), phrased("copy it from a new workbook"))
        ]
    found: dict[str, Any] = {}
    findings: list[Finding] = []
    for index, row in grid.rows():
        setting, text = cells.text_of(row["Setting"]), cells.text_of(row["Value"])
        try:
            found[_field_name(setting)] = _value(setting, text)
        except CellProblem as problem:
            place = grid.place(index, "Value")
            findings.append(Finding(place, problem.problem, problem.remedy))
    needed = (setting for setting in _SETTINGS if setting not in _MAY_BE_MISSING)
    missing = [setting for setting in needed if _field_name(setting) not in found]
    if missing and not findings:
        findings.append(
            Finding(
                name,
                phrased("lacks {missing}", missing=listed(missing)),
                phrased("copy the lines from a new workbook"),
            )
        )
    return usual.model_copy(update=found), findings


def _value(setting: str, text: str) -> Any:
    if setting not in _SETTINGS:
        raise CellProblem(
            phrased("`{setting}` is not a setting", setting=setting), phrased("take the line out")
        )
    if not text and setting not in _MAY_BE_BLANK:
        raise CellProblem(phrased("{setting} is blank", setting=setting), phrased("fill it"))
    return _SETTINGS[setting](text)


def _field_name(setting: str) -> str:
    return re.sub(r"\W+", "_", setting.casefold())
