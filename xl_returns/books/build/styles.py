"""Colours and cell formats of the workbook, in one place."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.format import Format

from xl_returns.books.build.page import Book

INK: Final = "#1F2933"
QUIET: Final = "#626E7B"
BAND: Final = "#22577A"
LINE: Final = "#D5DBE1"
ACCENT: Final = "#E3A33A"
"""The second colour of charts: apart from BAND in grey print and to colour-blind eyes."""
TAB: Final = {"Daily work": BAND, "Insight": ACCENT, "Record": "#9AA5B1", "Policy": "#5F9E6E"}
"""The colours of the sheets' tabs by the sections that Start names."""
TILE: Final = "#F1F4F7"
PAPER: Final = "#FFFFFF"

CONDITION_TINT: Final = "#CBDFF3"
OUTCOME_TINT: Final = "#B9DAAC"
NOTE_TINT: Final = "#E7E9EC"
OPEN_TINT: Final = "#FFF8E1"
_YOURS: Final = "#FFF2CC"
OWNER_TINT: Final = {
    "report": CONDITION_TINT,
    "seller": _YOURS,
    "suggestion": OUTCOME_TINT,
    "record": NOTE_TINT,
    "override": _YOURS,
    "reference": NOTE_TINT,
}
"""Header colours by who fills a column: few enough for colour-blind eyes. A word stands beside."""
OWNER_NAME: Final = {
    "report": "from reports",
    "seller": "you fill",
    "suggestion": "suggested",
    "record": "recorded",
    "override": "your override",
    "reference": "kept for later",
}

ALARM: Final = {"bg_color": "#F5BFB6", "font_color": "#7A150B"}
CARE: Final = {"bg_color": "#FDE8B5", "font_color": "#6B4100"}
CALM: Final = {"bg_color": "#D3EDD8", "font_color": "#1E5631"}
BLUE: Final = {"bg_color": "#CFE2F6", "font_color": "#1B4F8A"}
GREY: Final = {"font_color": QUIET}

_RIGHT: Final = {"align": "right"}
LOOK: Final[dict[str, dict[str, Any]]] = {
    "money": {"num_format": "#,##0.00_0", **_RIGHT},
    "number": {"num_format": "General_0", **_RIGHT},
    "fine number": {"num_format": "0.00##_0", **_RIGHT},
    "percent": {"num_format": "0%_0", **_RIGHT},
    "fine percent": {"num_format": "0.0#%_0", **_RIGHT},
    "whole": {"num_format": "0_0", **_RIGHT},
    "score": {"num_format": "0", "align": "center"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "hours": {"num_format": '#,##0.0" h"_0;#,##0.0" h late"_0', **_RIGHT},
    "days": {"num_format": '0.0" d"_0;0.0" d late"_0', **_RIGHT},
    "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
    "text": {"num_format": "@"},
    "word": {"num_format": "@"},
    "cell": {"num_format": "@"},
    "prose": {},
    "choice": {},
    "choices": {},
}
"""Number format and place of a cell by what it holds; long prose is no `@`, which shows as ####.

`_0` keeps numbers off the next column: LibreOffice leaves out indents of numbers before words.
"""


class Styles:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """The format with these properties over the workbook's plain text."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            plain = {
                "font_name": "Calibri",
                "font_size": 10,
                "font_color": INK,
                "valign": "vcenter",
            }
            self._made[key] = self._book.add_format({**plain, **properties})
        return self._made[key]

    def header(self, tint: str, kind: str = "prose") -> Format:
        """A table header on its colour, standing where its cells stand."""
        place = {k: v for k, v in LOOK[kind].items() if k != "num_format"}
        if place == _RIGHT:
            place["indent"] = 1
        return self.get(
            bold=True, bg_color=tint, bottom=1, bottom_color=QUIET, text_wrap=True, **place
        )

    def cell(self, kind: str, **more: Any) -> Format:
        """A body cell by what it holds."""
        return self.get(bottom=1, bottom_color=LINE, **LOOK[kind], **more)

    def title(self) -> Format:
        """The sheet's title on its band."""
        return self.get(bold=True, font_size=16, font_color="#FFFFFF", bg_color=BAND, indent=1)

    def hint(self) -> Format:
        """The line below the title."""
        return self.get(font_color="#FFFFFF", bg_color=BAND, indent=1)
