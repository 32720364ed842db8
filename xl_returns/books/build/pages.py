"""The sheets around the table: Start, Dashboard, Log and Check."""

from __future__ import annotations

from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xl_returns.books.build.frame import FIRST_ROW, HEADER_ROW, add_sheet
from xl_returns.books.build.styles import NOTE_TINT, OWNER_NAME, OWNER_TINT, Styles
from xl_returns.core import sheets, terms

_STEPS: Final = (
    ("Download", "Seller Central: Orders > Manage Returns > reports (seller-fulfilled), FBA customer returns, and All orders for the prices."),
    ("Import", "xl-returns import REPORT... --into THIS_FILE.xlsx   (importing again adds nothing twice)"),
    ("Fill", "Returns: what only you know, such as Condition, Photos, Buyer Wants. Warnings name the cells that matter."),
    ("Process", "Close the file, then: xl-returns process THIS_FILE.xlsx"),
    ("Act", "Sort Returns by Due. Why names the rule and the numbers. Your own decision goes into the Override columns."),
)  # fmt: skip
_OWNERS: Final = {
    "report": "filled by import; you may type here as well",
    "seller": "yours: what no report knows",
    "suggestion": "what the desk suggests; written by process",
    "record": "what was decided, when, by which policy; written by process",
    "override": "your own decision; wins, and is never overwritten",
}


def add_start(book: Workbook, styles: Styles) -> None:
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
    page.set_column(2, 2, 4)
    row = _part(page, styles, 3, "Five steps")
    for number, (name, text) in enumerate(_STEPS, 1):
        page.write_string(row, 0, f"{number}. {name}", styles.get(bold=True))
        page.write_string(row, 1, text, styles.get())
        row += 1
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


def add_dashboard(book: Workbook, styles: Styles) -> None:
    """Counts by action, money by currency, what is late: formulas over the Returns table."""
    page = add_sheet(
        book,
        styles,
        "Dashboard",
        "Formulas over the Returns table. Currencies are never added up.",
        12,
    )
    page.set_column(0, 0, 24)
    page.set_column(1, 5, 13)
    head = styles.header(NOTE_TINT)
    page.write_row(HEADER_ROW, 0, ["Action", "Rows"], head)
    for index, action in enumerate(terms.ACTIONS):
        row = FIRST_ROW + index
        page.write_string(row, 0, action, styles.get())
        page.write_formula(row, 1, f"=COUNTIF(Returns[Action],A{row + 1})", styles.cell("whole"), 0)
    below = FIRST_ROW + len(terms.ACTIONS) + 1
    page.write_string(below, 0, "Overdue", styles.get(bold=True))
    page.write_formula(
        below, 1, '=COUNTIFS(Returns[Due],"<"&TODAY(),Returns[Due],">0")', styles.cell("whole"), 0
    )
    page.write_string(below + 1, 0, "Risk 70 or more", styles.get(bold=True))
    page.write_formula(below + 1, 1, '=COUNTIF(Returns[Risk],">=70")', styles.cell("whole"), 0)
    _money(page, styles, below + 3)
    _chart(book, page)


def _money(page: Worksheet, styles: Styles, top: int) -> None:
    page.write_row(
        top, 0, ["Currency", "To refund", "Offers", "Recovery"], styles.header(NOTE_TINT)
    )
    for index, currency in enumerate(terms.CURRENCIES):
        row = top + 1 + index
        page.write_string(row, 0, currency, styles.get())
        paying = "+".join(
            f'SUMIFS(Returns[Refund],Returns[Currency],A{row + 1},Returns[Action],"{action}")'
            for action in terms.PAYING_ACTIONS
        )
        sums = (
            paying,
            f"SUMIFS(Returns[Offer],Returns[Currency],A{row + 1})",
            f"SUMIFS(Returns[Recovery],Returns[Currency],A{row + 1})",
        )
        for column, formula in enumerate(sums, 1):
            page.write_formula(
                row, column, f"={formula}", styles.get(num_format="#,##0.00;-#,##0.00;–"), 0
            )


def _chart(book: Workbook, page: Worksheet) -> None:
    chart = book.add_chart({"type": "bar"})
    last = FIRST_ROW + len(terms.ACTIONS) - 1
    chart.add_series(
        {
            "name": "Rows",
            "categories": ["Dashboard", FIRST_ROW, 0, last, 0],
            "values": ["Dashboard", FIRST_ROW, 1, last, 1],
            "fill": {"color": "#22577A"},
            "gap": 40,
            "data_labels": {"value": True},
        }
    )
    chart.set_title({"name": "Rows by action", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 560, "height": 330})
    page.insert_chart(HEADER_ROW, 6, chart)


def add_log(book: Workbook, styles: Styles) -> None:
    """The Log: one line for every decision and every import."""
    widths = (12, 12, 20, 22, 12, 10, 8, 16, 110)
    _plain_table(
        book,
        styles,
        "Log",
        "Every decision and every import, newest below.",
        sheets.LOG_HEADERS,
        widths,
    )


def add_check(book: Workbook, styles: Styles) -> None:
    """Check: what the last run found wrong."""
    widths = (12, 26, 70, 60)
    _plain_table(
        book,
        styles,
        "Check",
        "What the last run found, each at its cell. Empty is good.",
        sheets.CHECK_HEADERS,
        widths,
    )


_KINDS: Final = {"At": "date", "Refund": "money", "Return ID": "text", "Details": "text"}


def _plain_table(
    book: Workbook,
    styles: Styles,
    name: str,
    hint: str,
    headers: tuple[str, ...],
    widths: tuple[int, ...],
) -> None:
    page = add_sheet(book, styles, name, hint, len(headers))
    header = styles.header(NOTE_TINT)
    columns = [{"header": h, "header_format": header} for h in headers]
    page.add_table(
        HEADER_ROW, 0, FIRST_ROW, len(headers) - 1,
        {"name": name, "style": "Table Style Light 1", "columns": columns},
    )  # fmt: skip
    for position, (heading, width) in enumerate(zip(headers, widths, strict=True)):
        cell = styles.cell(_KINDS.get(heading, "choice"))
        page.set_column(position, position, width, cell)
        page.write_blank(FIRST_ROW, position, None, cell)
    page.freeze_panes(FIRST_ROW, 0)
