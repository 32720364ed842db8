"""The sheet `Native`: the day, whether the policy can be read, and what formulas leave open."""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.frame import TABLE_STYLE, add_sheet, shown_width
from xl_returns.books.build.native import lines, reading, rows
from xl_returns.books.build.native.blocks import Block
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import NOTE_TINT, Styles
from xl_returns.core import columns

SHEET: Final = "Native"
ABOUT: Final = (
    "What the formulas of Returns answer, what they leave to xl-returns, and for which day."
)
HEADERS: Final = ("Today", "Not Read")
_TABLE_ROW: Final = 3
_WIDTH: Final = 150
"""So many letters fit on a line of the texts."""
_HINT: Final = "The green columns of Returns are formulas: they follow your policy sheets in any spreadsheet program, without Python, without macros."
_ANSWERED: Final = tuple(rows.suggestions())
_LEFT: Final = tuple(name for name in columns.SUGGESTIONS if name not in _ANSWERED)
_DAY: Final = "Today is the day they answer for. Type a date over it to see another day; =TODAY() makes it follow the calendar again."
_POLICY: Final = "Not Read is blank while the formulas can read your whole policy. Otherwise it names the first line that they cannot read, and no row gets an answer until that is put right."
_LINES: Final = f"They read the first {lines.LINES[lines.ACTIONS]} lines of Action Rules, {lines.LINES[lines.REFUNDS]} of Refund Rules, {lines.LINES[lines.RESALES]} of Resale Rules, {lines.LINES[lines.REASONS]} of Reasons and {lines.LINES[lines.FEES]} of Fees, {lines.SLOTS} names of fees, and up to {reading.PARTS} numbers or ranges in a cell."
_TEXTS: Final = (
    ("What they answer", (
        ", ".join(_ANSWERED) + ": the same as xl-returns, every amount to the cent, the risk from all rows of the table.",
        _DAY,
        _POLICY,
    )),
    ("What they leave to xl-returns", (
        ", ".join(_LEFT) + ": written by xl-returns process, and as old as that. Grey means that another rule decides since.",
        "The record of what was decided, the Due, Log, Check and Reconcile sheets, messages, claims and files for Amazon.",
    )),
    (f"When Action says {rows.UNANSWERED}", (
        "The formulas then give no amount at all. xl-returns process decides, and its answer stays in the Decided columns. The column fx Note, at the far right of Returns (open the group), says which it is:",
        "- A cell that is typed otherwise than its list or format has it: a number or date as text, a word that is not in the list, an amount below 0.",
        "- Several returns of one order line whose price has parts of a cent, asked for on one day: which came first hangs on more than the day.",
        "- Another currency than the marketplace's own, where Fees has lines for that marketplace.",
        "- A way of sale with Weeks whose expected price lies half a cent from the next one, or a price above 10,000,000.",
        "- A policy line that they cannot read (Not Read names it), or more lines than they read.",
    )),
    ("What they can do", (
        _LINES,
        "Shares in the policy are numbers (30 % or 0.3, not text); order numbers, SKUs and comments count as the same only to the letter.",
        "Every row looks at all rows: some hundred rows take a second or few, 1,000 rows several, and it grows with the square. For more rows use xl-returns decide.",
    )),
)  # fmt: skip


def add_page(book: Book, styles: Styles, blocks: list[Block]) -> None:
    """The sheet with its table, its texts, and the names under which formulas know its cells."""
    page = add_sheet(book, styles, SHEET, _HINT, len(HEADERS))
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 120)
    page.fit_to_pages(1, 1)
    headers = [{"header": h, "header_format": styles.header(NOTE_TINT)} for h in HEADERS]
    options = {"name": SHEET, **TABLE_STYLE, "columns": headers, "autofilter": False}
    page.add_table(_TABLE_ROW, 0, _TABLE_ROW + 1, len(HEADERS) - 1, options)
    page.write_formula(_TABLE_ROW + 1, 0, "=TODAY()", styles.cell("date"), "")
    page.write_formula(_TABLE_ROW + 1, 1, f"={_state(blocks)}", styles.cell("prose"), "")
    for name, letter in ((lines.TODAY, "A"), (lines.STATE, "B")):
        book.define_name(name, f"='{page.get_name()}'!${letter}${_TABLE_ROW + 2}")
    _texts(page, styles, _TABLE_ROW + 3)


def _texts(page: Page, styles: Styles, row: int) -> None:
    for title, texts in _TEXTS:
        page.write_string(row, 0, title, styles.get(bold=True, valign="top"))
        for line in texts:
            page.write_string(row, 1, line, styles.get(text_wrap=True, valign="top"))
            width = shown_width(page.tongue.text(line))
            if width > _WIDTH:
                page.set_row(row, 13 * -(-width // _WIDTH) + 2)
            row += 1
        row += 1


def _state(blocks: list[Block]) -> str:
    """What keeps the policy from being read; blank when nothing does."""
    found = '""'
    judged = [block for block in blocks if any(c.name == "Trouble" for c in block.columns)]
    for block in reversed(judged):
        trouble, most = block.name("Trouble"), block.lines
        place = f'"Formulas cannot read {block.about}, line "&{trouble}&": see xl-returns check"'
        many = f'"{block.about} has more than the {most} lines that formulas read"'
        found = f"IF({trouble}>{most},{many},IF({trouble}>0,{place},{found}))"
    return found
