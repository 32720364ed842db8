"""The sheets around the table: Start, Dashboard, Log and Check."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xl_returns.books.build.frame import FIRST_ROW, HEADER_ROW, TABLE_STYLE, add_sheet
from xl_returns.books.build.macros import add_live
from xl_returns.books.build.styles import NOTE_TINT, OWNER_NAME, OWNER_TINT, Styles
from xl_returns.core import sheets

_DOWNLOAD: Final = "Seller Central: Orders > Manage Returns > reports (seller-fulfilled), FBA customer returns, and All orders for the prices."
_FILL: Final = "Returns: what only you know, such as Condition, Photos, Buyer Wants. Warnings name the cells that matter."
_ACT: Final = "Sort Returns by Due. Why names the rule and the numbers. Your own decision goes into the Override columns."
_STEPS: Final = (
    ("Download", _DOWNLOAD),
    ("Import", "xl-returns import REPORT... --into THIS_FILE.xlsx   (importing again adds nothing twice)"),
    ("Fill", _FILL),
    ("Process", "Close the file, then: xl-returns process THIS_FILE.xlsx"),
    ("Act", _ACT),
)  # fmt: skip
_LIVE_STEPS: Final = (
    ("Download", _DOWNLOAD),
    ("Import", "Ribbon Returns > Import reports. Importing again adds nothing twice."),
    ("Fill", _FILL),
    ("Process", "The button on Returns. Without macros: close the file, then xl-returns process THIS_FILE.xlsm"),
    ("Act", _ACT),
)  # fmt: skip
_ONCE: Final = "Once per computer: pip install xl-returns, then xl-returns setup. If something does not answer: xl-returns doctor THIS_FILE.xlsm"
_OWNERS: Final = {
    "report": "filled by import; you may type here as well",
    "seller": "yours: what no report knows",
    "suggestion": "what the desk suggests; written by process",
    "record": "what was decided, when, by which policy; written by process",
    "override": "your own decision; wins, and is never overwritten",
}
_LOG_LOOK: Final = {"At": ("date", 12), "Refund": ("money", 12), "Details": ("prose", 110)}
_LOG: Final = {h: _LOG_LOOK.get(h, ("text", 18)) for h in sheets.LOG_HEADERS}
_CHECK: Final = dict(
    zip(
        sheets.CHECK_HEADERS,
        (("text", 12), ("text", 28), ("prose", 70), ("prose", 60)),
        strict=True,
    )
)


def add_start(book: Workbook, styles: Styles, *, live: bool) -> None:
    """How to begin, readable without macros."""
    page = add_sheet(
        book,
        styles,
        "Start",
        "A returns desk: what to answer, how much to refund, what to do with the goods.",
        3,
    )
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 110)
    page.set_column(2, 2, 16)
    page.fit_to_pages(1, 1)
    row = _part(page, styles, 3, "Five steps")
    for number, (name, text) in enumerate(_LIVE_STEPS if live else _STEPS, 1):
        page.write_string(row, 0, f"{number}. {name}", styles.get(bold=True))
        page.write_string(row, 1, text, styles.get())
        row += 1
    if live:
        page.write_string(row, 1, _ONCE, styles.get(italic=True))
        row = _part(page, styles, row + 2, "Live functions")
        add_live(page, styles, row)
        row += 2
    row = _part(page, styles, row + 1, "Who fills which column")
    for owner, text in _OWNERS.items():
        page.write_string(row, 0, OWNER_NAME[owner], styles.get(bg_color=OWNER_TINT[owner]))
        page.write_string(row, 1, text, styles.get())
        row += 1
    row = _part(page, styles, row + 1, "Sheets")
    for name, text in _contents():
        page.write_url(
            row, 0, f"internal:'{name}'!A1", styles.get(font_color="#1B4F8A", underline=1), name
        )
        page.write_string(row, 1, text, styles.get())
        row += 1
    page.write_string(
        row + 1,
        1,
        "Its makers have not yet opened this file in real Excel; they looked at it in LibreOffice.",
        styles.get(italic=True),
    )


def _part(page: Worksheet, styles: Styles, row: int, title: str) -> int:
    page.write_string(row, 0, title, styles.get(bold=True, font_size=12))
    return row + 1


def _contents() -> list[tuple[str, str]]:
    return [
        ("Returns", "One row per returned order line, with everything that is suggested for it."),
        ("Dashboard", "Counts and money at a glance."),
        ("Log", "Every decision and every import, newest below."),
        ("Check", "What is wrong in policy and rows, each at its cell."),
        *((sheet.name, sheet.about) for sheet in sheets.POLICY),
    ]


def add_log(book: Workbook, styles: Styles) -> None:
    """The Log: one line for every decision and every import."""
    hint = "Every decision and every import, newest below."
    page = _blank_table(book, styles, "Log", hint, _LOG)
    page.set_default_row(16)


def add_check(book: Workbook, styles: Styles) -> None:
    """Check: what the last run found wrong."""
    hint = "What the last run found, each at its cell. Empty is good."
    _blank_table(book, styles, "Check", hint, _CHECK, text_wrap=True, valign="top")


def _blank_table(
    book: Workbook,
    styles: Styles,
    name: str,
    hint: str,
    columns: dict[str, tuple[str, int]],
    **look: Any,
) -> Worksheet:
    """A table with one blank row, whose cells carry the format of the rows to come."""
    page = add_sheet(book, styles, name, hint, len(columns))
    headers = [
        {"header": header, "header_format": styles.header(NOTE_TINT, kind)}
        for header, (kind, _) in columns.items()
    ]
    options = {"name": name, **TABLE_STYLE, "columns": headers}
    page.add_table(HEADER_ROW, 0, FIRST_ROW, len(columns) - 1, options)
    for position, (kind, width) in enumerate(columns.values()):
        page.set_column(position, position, width)
        page.write_blank(FIRST_ROW, position, None, styles.cell(kind, **look))
    page.freeze_panes(FIRST_ROW, 0)
    return page
