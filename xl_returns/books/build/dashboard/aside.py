"""The lists behind the charts, in quiet letters right of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from xl_returns.books.build.dashboard import formulas, places
from xl_returns.books.build.dashboard.formulas import fresh
from xl_returns.books.build.dashboard.places import ASIDE, CURRENCY, UNSEEN, Block
from xl_returns.books.build.page import Page
from xl_returns.books.build.styles import QUIET, Styles
from xl_returns.core import terms

_TITLE: Final = "Behind the charts: counted from the tables, nothing to fill"
_WIDTHS: Final = {
    places.MONTHS: (90, 66, 100),
    places.EVERY_ACTION: (140, 50, 50),
    places.EVERY_GOODS: (140, 50, 50),
    places.SKUS: (120, 80, 170),
    places.DUE: (80, 50),
    places.HOMES: (84, 66, 60),
}
"""Pixels; between the lists a gap is left."""
_GAP: Final = 24
_BEFORE_INSIGHTS: Final = "After insights"
"""Stands where the first bar will be."""
_UNCOUNTED: Final = {
    CURRENCY: terms.CURRENCIES[0],
    places.PLACE: places.ALL,
    places.PLACE_ASKED: formulas.ANY,
    places.WITHOUT: 0,
}
"""What a viewer that cannot calculate sees."""


def add_aside(page: Page, styles: Styles) -> None:
    """Every list that a chart or a part of the page reads."""
    page.set_column_pixels(ASIDE - 1, places.HOMES.column + len(places.HOMES.headers), _GAP)
    for block, widths in _WIDTHS.items():
        for column, width in enumerate(widths, block.column):
            page.set_column_pixels(column, column, width)
    page.write_string(places.FIRST_CHARTS, ASIDE, _TITLE, styles.get(font_color=QUIET, italic=True))
    aside = _Aside(page, styles)
    aside.choices()
    aside.months()
    aside.currencies()
    aside.counted(places.EVERY_ACTION, places.ASKED, formulas.rows_of_action)
    aside.counted(places.EVERY_GOODS, terms.DISPOSITIONS, formulas.rows_of_goods)
    aside.shown(places.ACTIONS, places.EVERY_ACTION)
    aside.shown(places.GOODS, places.EVERY_GOODS)
    for block in formulas.RANKED:
        aside.lines(block)
    aside.named(places.SKUS, "SKU", "Cost, ")
    aside.named(places.CAUSES, "Cause", "Returns in ")


class _Aside:
    """The page and the looks of its lists."""

    def __init__(self, page: Page, styles: Styles) -> None:
        quiet = {"font_color": QUIET, "font_size": 9}
        self._page, self._text = page, styles.get(**quiet)
        self._number = styles.get(**quiet, num_format="#,##0.##")
        self._month = styles.get(**quiet, num_format=page.tongue.text("mmm yyyy;;"), align="left")
        self._header = styles.get(**quiet, bold=True)

    def choices(self) -> None:
        """What is chosen, and the marketplaces whose currency that is."""
        self._headers(places.CHOSEN)
        for line, (what, (cell, formula)) in enumerate(
            zip(places.CHOICES, formulas.chosen().items(), strict=True)
        ):
            self._page.write_string(places.CHOSEN.cell(line, "Chosen for"), what, self._text)
            self._page.write_formula(cell, fresh(formula), self._text, _UNCOUNTED[cell])
        self._headers(places.HOMES)
        for line, (place, currency) in enumerate(terms.MARKETPLACE_CURRENCY.items()):
            self._write(places.HOMES, line, "Marketplace", place)
            self._write(places.HOMES, line, "Currency", currency)
            self._text_formula(places.HOMES.cell(line, "Asked"), formulas.home(line))

    def months(self) -> None:
        """Returns and refunds of twelve months, the current one last."""
        block = places.MONTHS
        self._headers(block)
        self._text_formula(block.cell(-1, "Refunded"), f'"Refunded, "&{CURRENCY}')
        for line in range(block.rows):
            first = block.cell(line, "Month")
            month = formulas.first_of_month(line + 1 - block.rows)
            self._page.write_formula(first, fresh(month), self._month, 0)
            self._count(block.cell(line, "Returns"), formulas.in_month(first))
            self._count(block.cell(line, "Refunded"), formulas.refunded_in_month(first))

    def currencies(self) -> None:
        """How many rows are in each currency."""
        self._headers(places.COINS)
        for line, currency in enumerate(terms.CURRENCIES):
            self._write(places.COINS, line, "Currency", currency)
            self._count(places.COINS.cell(line, "Rows"), formulas.rows_of_currency(currency))

    def counted(self, block: Block, words: Sequence[str], rows: Callable[[str], str]) -> None:
        """How many rows each word has, and its rank."""
        self._headers(block)
        for line, word in enumerate(words):
            self._write(block, line, "Name", word)
            self._count(block.cell(line, "Rows"), rows(word))
            self._text_formula(block.cell(line, "Rank"), formulas.rank(block, line))

    def shown(self, block: Block, every: Block) -> None:
        """The first words of a counted list, by rank."""
        self._headers(block)
        for line in range(block.rows):
            name = formulas.by_rank(every, "Name", line + 1, '""')
            self._text_formula(block.cell(line, "Name"), name)
            rows = formulas.by_rank(every, "Rows", line + 1, "0")
            self._count(block.cell(line, "Rows"), rows)

    def lines(self, block: Block) -> None:
        """The first lines of a ledger by their key."""
        self._headers(block)
        for line in range(block.rows):
            self._count(block.cell(line, "Key"), formulas.key(block, line))
            self._text_formula(block.cell(line, "Line"), formulas.line_of_key(block, line))

    def named(self, block: Block, header: str, key: str) -> None:
        """What the ledger calls the lines of a ranked list, and what their key is."""
        self._text_formula(block.cell(-1, "Key"), f'"{key}"&{CURRENCY}')
        for line in range(block.rows):
            name = formulas.told(block, line, header, empty="" if line else _BEFORE_INSIGHTS)
            self._text_formula(block.cell(line, "Name"), name)

    def _headers(self, block: Block) -> None:
        for header in block.headers:
            self._page.write_string(block.cell(-1, header), header, self._header)

    def _write(self, block: Block, line: int, header: str, text: str) -> None:
        self._page.write_string(block.cell(line, header), text, self._text)

    def _count(self, cell: str, formula: str) -> None:
        self._page.write_formula(cell, fresh(formula), self._number, 0)

    def _text_formula(self, cell: str, formula: str) -> None:
        self._page.write_formula(cell, fresh(formula), self._text, UNSEEN)
