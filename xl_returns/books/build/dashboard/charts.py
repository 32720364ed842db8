"""The Dashboard's five charts, over the lists beside the page."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.chart import Chart

from xl_returns.books.build.dashboard import places
from xl_returns.books.build.dashboard.places import Block
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import ACCENT, BAND, INK, LINE, PAPER, QUIET

_FONT: Final = {"name": "Calibri", "size": 9, "color": INK}
_QUIET: Final = {**_FONT, "color": QUIET}
_TITLE: Final = {"name": "Calibri", "size": 11, "bold": True, "color": BAND}
_LABEL: Final = "#,##0;-#,##0;"
"""Numbers at the bars; a bar of nothing says nothing."""
_WIDTH: Final = sum(places.WIDTHS[: places.MIDDLE])
_GUTTER: Final = 10


def add_charts(book: Book, page: Page) -> None:
    """What to do, how it goes by month, why goods come back, where they go, what costs most."""
    first, more, last = places.FIRST_CHARTS, places.MORE_CHARTS, places.LAST_CHARTS
    height = places.LINE * (more - first - 1)
    actions = _bars(book, page, places.ACTIONS, "Rows", "Open returns: what to do")
    _put(page, first, places.LEFT, height, actions)
    height = places.LINE * (last - more - 1)
    goods = _bars(book, page, places.GOODS, "Rows", "Open returns: where the goods go")
    causes = _bars(book, page, places.CAUSES, "Key", "Why goods come back", legend=True)
    _put(page, more, places.LEFT, height, _months(book, page))
    _put(page, more, places.MIDDLE, height, causes)
    _put(page, more, places.RIGHT, height, goods)
    height = 2 * places.LINE + places.FIXES.rows * places.TALL
    skus = _bars(book, page, places.SKUS, "Key", "What comes back at the highest cost", legend=True)
    _put(page, last, places.RIGHT, height, skus)


def _put(page: Page, row: int, column: int, height: int, chart: Chart) -> None:
    """A chart on its third of the page, apart from its neighbours."""
    chart.set_size({"width": _WIDTH - _GUTTER, "height": height})
    chart.set_chartarea({"border": {"color": LINE}})
    offset = column // places.MIDDLE * _GUTTER // 2
    page.insert_chart(row, column, chart, {"x_offset": offset, "description": chart.title.name})


def _bars(
    book: Book, page: Page, block: Block, values: str, title: str, *, legend: bool = False
) -> Chart:
    """Names and their numbers, the greatest on top."""
    chart = book.add_chart({"type": "bar"})
    chart.set_title({"name": page.tongue.text(title), "name_font": _TITLE})
    chart.add_series(
        {
            "name": block.name_for_chart(page.name, values),
            "categories": block.for_chart(page.name, "Name"),
            "values": block.for_chart(page.name, values),
            "fill": {"color": BAND},
            "gap": 40,
            "data_labels": {"value": True, "num_format": _LABEL, "font": _FONT},
        }
    )
    chart.set_legend({"position": "bottom", "font": _QUIET} if legend else {"none": True})
    chart.set_y_axis(
        {
            "reverse": True,
            "interval_unit": 1,
            "num_font": {**_FONT, "size": page.tongue.label_size},
            "line": {"color": LINE},
            "major_tick_mark": "none",
        }
    )
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    return chart


def _months(book: Book, page: Page) -> Chart:
    """Returns as columns, money paid back as a line with its own axis."""
    chart, money = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    title = page.tongue.text("Returns and refunds by month of request")
    chart.set_title({"name": title, "name_font": _TITLE})
    chart.add_series({**_by_month(page, "Returns"), "fill": {"color": BAND}, "gap": 60})
    money.add_series(
        {
            **_by_month(page, "Refunded"),
            "y2_axis": True,
            "line": {"color": ACCENT, "width": 2.5},
            "marker": {
                "type": "circle",
                "size": 6,
                "fill": {"color": ACCENT},
                "border": {"color": PAPER},
            },
        }
    )
    chart.combine(money)
    chart.set_x_axis(
        {
            "num_font": _FONT,
            "line": {"color": LINE},
            "text_axis": True,
            "num_format": page.tongue.text("mmm"),
        }
    )
    chart.set_y_axis(_axis())
    money.set_y2_axis(_axis(lines=False))
    chart.set_legend({"position": "bottom", "font": _QUIET})
    return chart


def _by_month(page: Page, header: str) -> dict[str, Any]:
    return {
        "name": places.MONTHS.name_for_chart(page.name, header),
        "categories": places.MONTHS.for_chart(page.name, "Month"),
        "values": places.MONTHS.for_chart(page.name, header),
    }


def _axis(*, lines: bool = True) -> dict[str, Any]:
    return {
        "num_font": _QUIET,
        "num_format": "#,##0",
        "min": 0,
        "line": {"none": True},
        "major_gridlines": {"visible": lines, "line": {"color": LINE}},
    }
