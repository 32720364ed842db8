"""The Dashboard: formulas over the Returns table, currency by currency."""

from __future__ import annotations

from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xl_returns.books.build.frame import FIRST_ROW, HEADER_ROW, add_sheet
from xl_returns.books.build.styles import BAND, NOTE_TINT, Styles
from xl_returns.core import money, terms

_HINT: Final = (
    "What was decided, your own decisions included: process first. Currencies are never added up."
)
_DAY: Final = "$B$3"
"""Today's cell. Every formula reads it, so that Excel counts anew on opening: `process` changes
Returns while Excel is closed, and formulas that no volatile cell feeds would show the old day."""
_OPEN: Final = 'Returns[Status],"<>Closed",Returns[Status],"<>Cancelled"'
_COUNTS: Final = {
    "Overdue": f'COUNTIFS(Returns[Due],"<"&{_DAY},Returns[Due],">0",{_OPEN})',
    "Due today or tomorrow": f'COUNTIFS(Returns[Due],">="&{_DAY},Returns[Due],"<="&{_DAY}+1,{_OPEN})',
    "Held for review": f'COUNTIFS(Returns[Decided Action],"{terms.HOLD}",{_OPEN})',
    "Risk 70 or more": f'COUNTIFS(Returns[Risk],">=70",{_OPEN})',
}
_MONEY: Final = {
    "To refund": ("Decided Refund", terms.PAYING_ACTIONS),
    "Opening offers": ("Decided Refund", (terms.OFFER,)),
    "Recovery": ("Recovery", ("*",)),
}


def add_dashboard(book: Workbook, styles: Styles) -> None:
    """Counts by action, money by currency, what is late."""
    page = add_sheet(book, styles, "Dashboard", _HINT, 9)
    page.set_column(0, 0, 24)
    page.set_column(1, 3, 15)
    page.set_column(4, 4, 4)
    page.set_column(5, 8, 17)
    page.write_string(2, 0, "As of", styles.get(bold=True))
    page.write_formula(2, 1, "=TODAY()", styles.get(num_format="yyyy-mm-dd", align="right"), 0)
    actions = {word: f'COUNTIF(Returns[Decided Action],"{word}")' for word in terms.ACTIONS}
    below = _counts(page, styles, HEADER_ROW, "Action", actions)
    below = _counts(page, styles, below + 1, "To look at", _COUNTS)
    _money(page, styles, below + 1)
    _chart(book, page)
    page.fit_to_pages(1, 1)


def _formula(page: Worksheet, row: int, column: int, formula: str, styles: Styles) -> None:
    look = styles.get(num_format="0", align="right", indent=1)
    page.write_formula(row, column, f"=IF({_DAY},{formula})", look, 0)


def _counts(page: Worksheet, styles: Styles, top: int, title: str, lines: dict[str, str]) -> int:
    """A list of counts under its title; the row below it."""
    page.write_string(top, 0, title, styles.header(NOTE_TINT))
    page.write_string(top, 1, "Rows", styles.header(NOTE_TINT, "whole"))
    for row, (name, formula) in enumerate(lines.items(), top + 1):
        page.write_string(row, 0, name, styles.get())
        _formula(page, row, 1, formula, styles)
    return top + 1 + len(lines)


def _money(page: Worksheet, styles: Styles, top: int) -> None:
    page.write_string(top, 0, "Currency", styles.header(NOTE_TINT))
    page.write_row(top, 1, list(_MONEY), styles.header(NOTE_TINT, "money"))
    for row, currency in enumerate(terms.CURRENCIES, top + 1):
        page.write_string(row, 0, currency, styles.get())
        digits = "#,##0" + ".00" * bool(money.decimals(currency))
        look = styles.get(num_format=f"{digits};-{digits};–", align="right", indent=1)
        for column, (header, actions) in enumerate(_MONEY.values(), 1):
            formula = f"=IF({_DAY},{_sum(header, currency, actions)})"
            page.write_formula(row, column, formula, look, 0)


def _sum(header: str, currency: str, actions: tuple[str, ...]) -> str:
    """The sum of a column in one currency; a blank currency is the marketplace's."""
    homes = [place for place, own in terms.MARKETPLACE_CURRENCY.items() if own == currency]
    asked = f"Returns[{header}],Returns[Decided Action],{_array(actions, ',')}"
    named = f'SUMPRODUCT(SUMIFS({asked},Returns[Currency],"{currency}"))'
    blank = f'SUMIFS({asked},Returns[Currency],"",Returns[Marketplace],{_array(homes, ";")})'
    return f"{named}+SUMPRODUCT({blank})"


def _array(words: list[str] | tuple[str, ...], between: str) -> str:
    return "{" + between.join(f'"{word}"' for word in words) + "}"


def _chart(book: Workbook, page: Worksheet) -> None:
    chart = book.add_chart({"type": "bar"})
    last = FIRST_ROW + len(terms.ACTIONS) - 1
    chart.add_series(
        {
            "name": "Rows",
            "categories": ["Dashboard", FIRST_ROW, 0, last, 0],
            "values": ["Dashboard", FIRST_ROW, 1, last, 1],
            "fill": {"color": BAND},
            "gap": 40,
            "data_labels": {"value": True},
        }
    )
    chart.set_title({"name": "Rows by action", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 500, "height": 330})
    page.insert_chart(HEADER_ROW, 5, chart)
