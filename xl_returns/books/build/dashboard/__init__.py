"""The Dashboard: the page a seller opens first, counted live from the tables.

Key figures, what is due and what to fix, and five charts; money goes by one chosen currency. All of
it are formulas of Excel 2016, so that it follows the tables in any program.
"""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.dashboard import places
from xl_returns.books.build.dashboard.aside import add_aside
from xl_returns.books.build.dashboard.charts import add_charts
from xl_returns.books.build.dashboard.page import add_choosers, add_lists, add_tiles
from xl_returns.books.build.frame import add_sheet
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import Styles

_HINT: Final = (
    "What was decided, your own decisions included: process first. Currencies are never added up. "
    "Claims, policy costs and causes are of every marketplace."
)
_GAPS: Final = (
    places.TILES - 1,
    *(row - 1 for row in (places.FIRST_CHARTS, places.MORE_CHARTS, places.LAST_CHARTS)),
)
_GAP: Final = 10


def add_dashboard(book: Book, styles: Styles) -> None:
    """One page in landscape, and right of it the lists that its charts read."""
    page = add_sheet(book, styles, places.SHEET, _HINT, len(places.WIDTHS))
    for column, width in enumerate(places.WIDTHS):
        page.set_column_pixels(column, column, width)
    page.set_default_row(places.LINE * 0.75)
    for row in _GAPS:
        page.set_row_pixels(row, _GAP)
    add_choosers(page, styles)
    add_tiles(book, page, styles)
    add_lists(book, page, styles)
    add_aside(page, styles)
    add_charts(book, page)
    _print(page)


def _print(page: Page) -> None:
    page.print_area(0, 0, places.END - 1, len(places.WIDTHS) - 1)
    page.fit_to_pages(1, 1)
    page.center_horizontally()
    page.set_margins(left=0.3, right=0.3, top=0.3, bottom=0.3)
    page.freeze_panes(places.CHOOSERS + 1, 0)
