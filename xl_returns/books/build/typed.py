"""Numbers and days that people type: what a cell expects, said when something else is typed.

It warns and never refuses, and what is pasted or imported is not looked at.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from xl_returns.books.build.page import Page

_FROM_0: Final = {"criteria": ">=", "value": 0}
_MONEY: Final = "A number such as 65.99, without the currency. Esc leaves the cell as it was."
_NUMBER: Final = "A number such as 1.5, without the unit. Esc leaves the cell as it was."
_WHOLE: Final = "A whole number such as 2. Esc leaves the cell as it was."
_DAY: Final = "A day such as 2026-11-26. Esc leaves the cell as it was."
_EXPECTED: Final[dict[str, dict[str, Any]]] = {
    "money": {"validate": "decimal", **_FROM_0, "error_message": _MONEY},
    "number": {"validate": "decimal", **_FROM_0, "error_message": _NUMBER},
    "whole": {"validate": "integer", **_FROM_0, "error_message": _WHOLE},
    "date": {
        "validate": "date",
        "criteria": ">=",
        "value": dt.date(2000, 1, 1),
        "error_message": _DAY,
    },
}


def expect(
    page: Page, kind: str, name: str, area: tuple[int, int, int, int], help_: str = ""
) -> None:
    """Warn of what is no such number or day; `help_` is shown while a cell is selected."""
    if kind not in _EXPECTED:
        return
    shown = {"input_title": name, "input_message": help_} if help_ else {}
    page.data_validation(
        *area, {**_EXPECTED[kind], "error_type": "warning", "error_title": name, **shown}
    )
