"""The Start sheet: how to begin, who fills what, and what stands where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from xl_returns.books.build.frame import add_sheet, fit_heights
from xl_returns.books.build.macros import add_live
from xl_returns.books.build.native.page import ABOUT as NATIVE_ABOUT
from xl_returns.books.build.native.page import SHEET as NATIVE
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import OWNER_NAME, OWNER_TINT, TAB, Styles
from xl_returns.core import ledgers, sheets
from xl_returns.core.ledgers import Ledger

_DOWNLOAD: Final = "Seller Central: Orders > Manage Returns > reports (seller-fulfilled), FBA customer returns, All orders for the prices; Payments and Fulfilment reports for the money."
_FILL: Final = "Returns: what only you know, such as Condition, Photos, Buyer Wants. Warnings name the cells that matter."
_ACT: Final = "Begin with Due: the shortest clock stands first. Why names the rule and the numbers; your own decision goes into the Override columns."
_CLAIM: Final = "Reconcile says what Amazon owes you, by when. Export files (or xl-returns export) writes refunds, messages and appeals."
_STEPS: Final = (
    ("Download", _DOWNLOAD),
    ("Import", "xl-returns import REPORT... --into THIS_FILE.xlsx   (importing again adds nothing twice)"),
    ("Fill", _FILL),
    ("Process", "Close the file, then: xl-returns process THIS_FILE.xlsx"),
    ("Act", _ACT),
    ("Claim", _CLAIM),
)  # fmt: skip
_NATIVE_STEPS: Final = (
    *_STEPS[:3],
    ("Process", "Formulas answer at once. For Due, Appeal, Warnings, Why and the record: close the file, then xl-returns process THIS_FILE.xlsx"),
    *_STEPS[4:],
)  # fmt: skip
_LIVE_STEPS: Final = (
    ("Download", _DOWNLOAD),
    ("Import", "Ribbon Returns > Import reports. Or close the file, then xl-returns import REPORT... --into THIS_FILE.xlsm. Importing again adds nothing twice."),
    ("Fill", _FILL),
    ("Process", "The button on Returns. Without macros: close the file, then xl-returns process THIS_FILE.xlsm"),
    ("Act", _ACT),
    ("Claim", _CLAIM),
)  # fmt: skip
_ONCE: Final = "Once per computer: install xl-returns as its README says. The formulas need nothing, the commands do."
_LIVE_ONCE: Final = "Once per computer: install xl-returns as its README says, then xl-returns setup. If something does not answer: xl-returns doctor THIS_FILE.xlsm"
_OWNERS: Final = {
    "report": "filled by import; you may type here as well",
    "seller": "yours: what no report knows",
    "suggestion": "what the desk suggests; written by process",
    "record": "what was decided, when, by which policy; written by process",
    "override": "your own decision; wins, and is never overwritten",
    "reference": "filled by import, offers and uploads; needed later",
}
_WIDTH: Final = 88
_NOT_YET: Final = (
    "Its makers have not yet opened this file in real Excel; they looked at it in LibreOffice."
)
_NATIVE_OWNER: Final = (
    "what the desk suggests: formulas, and for Due, Appeal, Warnings and Why process"
)


def _about(*ledgers_of_one: Ledger) -> dict[str, str]:
    return {ledger.sheet: ledger.about for ledger in ledgers_of_one}


SECTIONS: Final[dict[str, dict[str, str]]] = {
    "Daily work": {
        "Returns": "One row per returned order line, with everything that is suggested for it.",
        "Dashboard": "The morning's page: key figures, what is due next, what to fix first, five charts. Choose currency and marketplace.",
        **_about(*ledgers.DAILY),
    },
    "Insight": _about(*ledgers.INSIGHT),
    "Record": _about(*(ledger for ledger in ledgers.RECORD if not ledger.hidden)),
    "Policy": {sheet.name: sheet.about for sheet in (*sheets.POLICY, *sheets.BESIDE)},
}
"""The sheets behind Start, as their tabs stand and are coloured: what each tells."""


def add_start(book: Book, styles: Styles, *, live: bool, native: bool) -> None:
    """How to begin, readable without macros."""
    page = add_sheet(
        book,
        styles,
        "Start",
        "A returns desk: what to answer, how much to refund, what to do with the goods.",
        3,
    )
    page.set_column(0, 0, 18)
    page.set_column(1, 1, _WIDTH)
    page.set_column(2, 2, 16)
    page.set_portrait()
    page.fit_to_pages(1, 0)
    row = _part(page, styles, 3, "Six steps")
    steps = _LIVE_STEPS if live else _NATIVE_STEPS if native else _STEPS
    for number, (name, text) in enumerate(steps, 1):
        step = f"{number}. {page.tongue.text(name)}"
        page.write_own(row, 0, step, styles.get(bold=True, valign="top"))
        row = _tell(page, styles, row, text)
    row = _tell(page, styles, row, _LIVE_ONCE if live else _ONCE, italic=True)
    if live:
        row = _part(page, styles, row + 1, "Live functions")
        add_live(page, styles, row)
        row += 2
    row = _part(page, styles, row + 1, "Who fills which column")
    owners = {**_OWNERS, "suggestion": _NATIVE_OWNER} if native else _OWNERS
    for owner, text in owners.items():
        page.write_string(row, 0, OWNER_NAME[owner], styles.get(bg_color=OWNER_TINT[owner]))
        row = _tell(page, styles, row, text)
    row = _part(page, styles, row + 1, "Sheets")
    for section, names in SECTIONS.items():
        page.write_string(row, 0, section, styles.get(bold=True, left=5, left_color=TAB[section]))
        row = _list(page, styles, row + 1, section, names)
    if native:
        row = _list(page, styles, row, "Policy", {NATIVE: NATIVE_ABOUT})
    _tell(page, styles, row + 1, _NOT_YET, italic=True)


def _part(page: Page, styles: Styles, row: int, title: str) -> int:
    page.write_string(row, 0, title, styles.get(bold=True, font_size=12))
    return row + 1


def _list(page: Page, styles: Styles, row: int, section: str, names: Mapping[str, str]) -> int:
    """Sheets of a section, linked and told about; the row below."""
    look = styles.get(
        font_color="#1B4F8A", underline=1, valign="top", left=5, left_color=TAB[section]
    )
    for name, text in names.items():
        page.write_link(row, 0, f"internal:'{name}'!A1", look, name)
        row = _tell(page, styles, row, text)
    return row


def _tell(page: Page, styles: Styles, row: int, text: str, **look: Any) -> int:
    """A text of one or more lines; the row below."""
    page.write_string(row, 1, text, styles.get(text_wrap=True, valign="top", **look))
    fit_heights(page, {row: [page.tongue.text(text)]}, [_WIDTH])
    return row + 1
