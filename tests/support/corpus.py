"""Sellers' workbooks of every make: ours, with all that a spreadsheet program can put around our tables."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import openpyxl
from openpyxl.chart import BubbleChart, LineChart, Reference, SurfaceChart
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule, IconSetRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation

from scripts import build_workbook as sources
from tests.support import forms, parts
from tests.support.days import TODAY
from xl_returns.books.build import _OPTIONS, _add_sheets, build, page

CHARTS = (
    ("area", "stacked"), ("bar", "percent_stacked"), ("column", None), ("line", None), ("pie", None),
    ("doughnut", None), ("scatter", "smooth"), ("stock", None), ("radar", "filled"),
)  # fmt: skip
CONDITIONS = (
    {"type": "data_bar", "data_bar_2010": True, "bar_negative_color": "red"},
    {"type": "icon_set", "icon_style": "5_arrows", "reverse_icons": True},
    {"type": "3_color_scale"}, {"type": "2_color_scale"}, {"type": "top", "value": 3},
    {"type": "average", "criteria": "above"}, {"type": "time_period", "criteria": "last week"},
    {"type": "text", "criteria": "containing", "value": "x"}, {"type": "errors"}, {"type": "unique"},
    {"type": "formula", "criteria": "=$A1>1", "stop_if_true": True}, {"type": "no_blanks"},
)  # fmt: skip


def _row(number, **cells):
    return {
        "Return ID": f"R-{number}", "Channel": "MFN", "Marketplace": "US", "Order ID": f"111-{number}",
        "Quantity": 1, "Unit Paid": 30.0 * number, "Status": "Requested", "Reason": "DEFECTIVE",
        "Request Date": TODAY, "Order Date": TODAY - dt.timedelta(9), "Buyer Comment": "<so & so>",
        **cells,
    }  # fmt: skip


ROWS = (
    _row(1), _row(2, Reason="UNWANTED_ITEM"), _row(3, Status="Received", Condition="Sealed"),
    _row(4, Marketplace="DE", Status="Refunded"), _row(5, Channel="FBA", Quantity="two"), {},
)  # fmt: skip


def ours(decorate=None, **options):
    """The bytes of a workbook of ours that XlsxWriter wrote, with a sheet `Own` to decorate."""
    made = io.BytesIO()
    book = page.Book(made, _OPTIONS | options)
    _add_sheets(book, ROWS, None, None)
    if decorate:
        own = book.add_worksheet("Own")
        for row in range(12):
            own.write_row(row, 0, [row, row * 1.5, 9 - row])
        decorate(book, own, book.get_worksheet_by_name("Returns"))
    book.close()
    return made.getvalue()


def live():
    """The live edition with rows: formulas, VBA project, ribbon and button."""
    made = io.BytesIO()
    modules = [*sources.own_modules(), *sources.xlwings_modules()]
    build(made, ROWS, sources.macros(modules))
    return made.getvalue()


def _picture():
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head, rows = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0), (b"\0" + b"\x30\x60\x90" * 8) * 8
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)


def _charts(book, own, returns):
    for sheet in (own, returns):
        for number, (kind, subtype) in enumerate(CHARTS):
            chart = book.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
            for column in "ABC":
                chart.add_series(
                    {"values": f"=Own!${column}$1:${column}$9", "categories": "=Own!$A$1:$A$9"}
                )
            sheet.insert_chart(number * 16, 60, chart, {"description": f"{kind} & co"})
    both, line = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    both.add_series({"values": "=Returns!$M$5:$M$10", "trendline": {"type": "linear"}})
    line.add_series({"values": "=Own!$A$1:$A$9", "y2_axis": True, "data_labels": {"value": True}})
    both.combine(line)
    book.add_chartsheet("Chart sheet").set_chart(both)


def _sparklines(book, own, returns):
    for number, kind in enumerate(("line", "column", "win_loss")):
        for sheet, cell in ((own, f"F{number + 1}"), (returns, f"BH{number + 5}")):
            sheet.add_sparkline(cell, {"range": "Own!A1:C1", "type": kind, "markers": True})


def _conditions(book, own, returns):
    bold = {"format": book.add_format({"bold": True, "bg_color": "#FFEE00"})}
    plain = ("data_bar", "icon_set", "3_color_scale", "2_color_scale")
    for rule in CONDITIONS:
        for sheet, area in ((own, "A1:C9"), (returns, "M5:M10"), (returns, "BH1:BH50")):
            extra = {"icon_style": "5_arrows"} if rule["type"] == "icon_set" else {}
            sheet.conditional_format(area, rule | extra | ({} if rule["type"] in plain else bold))


def _pictures(book, own, returns):
    for sheet in (own, returns):
        sheet.insert_image("BJ2", "a.png", {"image_data": _picture(), "url": "https://a.example"})
        sheet.embed_image("BI2", "b.png", {"image_data": _picture()})
        sheet.insert_textbox("BK9", "words\nand more", {"fill": {"color": "#FFEEDD"}})
    own.set_background(_picture())
    own.set_header("&L&G", {"image_left": "c.png", "image_data_left": _picture()})


def _controls(book, own, returns):
    for sheet in (own, returns):
        sheet.insert_button("BH2", {"macro": "Mine", "caption": "Press"})
        sheet.insert_checkbox("BI20", True)
        sheet.write_comment("BJ20", "Is it?", {"author": "Me", "visible": True})
    own.data_validation("D1:D9", {"validate": "list", "source": ["x", "y"], "ignore_blank": False})
    returns.data_validation("BH5:BH9", {"validate": "custom", "value": "=LEN(BH5)<9"})


def _page(book, own, returns):
    for sheet in (own, returns):
        sheet.set_landscape()
        sheet.set_margins(1, 1, 1, 1)
        sheet.set_footer("&CPage &P of &N")
        sheet.repeat_rows(0, 3)
        sheet.print_area("A1:Z60")
        sheet.set_h_pagebreaks([20])
        sheet.set_v_pagebreaks([8])
        sheet.fit_to_pages(1, 0)
        sheet.set_tab_color("green")
        sheet.set_column("BH:BJ", 9, None, {"level": 1, "hidden": True, "collapsed": True})
        sheet.set_zoom(70)
    own.set_row(3, 30, book.add_format({"bold": True}), {"level": 2, "hidden": True})
    own.outline_settings(visible=True, symbols_below=False, symbols_right=False, auto_style=True)
    returns.set_row(6, None, None, {"hidden": True})
    returns.set_row(7, 44, book.add_format({"bg_color": "#DDFFDD"}), {"level": 1})
    own.hide()
    own.protect("secret", {"sort": True})
    own.unprotect_range("A1:B2", "Open")


def _texts(book, own, returns):
    red = book.add_format({"color": "red", "font_script": 1})
    for sheet in (own, returns):
        sheet.write_rich_string("BH3", "a ", red, "b", " c ", red, "<&>")
        sheet.write_url("BH4", "https://a.example/?a=1&b=2#c", None, "go", "a tip")
        sheet.write_url("BH5", "internal:Own!A1")
        sheet.merge_range("BM20:BN22", "merged", red)
        sheet.write_string("BH6", "  blanks \n _x000D_ ", red)
        sheet.write_boolean("BH7", True)
        sheet.ignore_errors({"number_stored_as_text": "BH1:BH9"})
    returns.write_string("B1", "anything", red)


def _formulas(book, own, returns):
    for sheet in (own, returns):
        sheet.write_dynamic_array_formula("BH30", "=SORT(UNIQUE(Own!A1:A9))", None, 0)
        sheet.write_array_formula("BI30:BI32", "{=Own!A1:A3*2}", None, 0)
        sheet.write_formula("BJ30", "=SUM(Returns[Unit Paid])", None, 1)
        sheet.write_formula("BK30", "=LAMBDA(x,x+1)(2)", None, 3)
        sheet.write_formula("BL30", "='[1]Other'!$A$1", None, 7)
        sheet.write_formula("BM30", "=1/0", None, "#DIV/0!")
    book.define_name("Mine", "=Own!$A$1:$C$9")
    book.define_name("Own!Local", "=Returns!$M$5")
    for name, value in (
        ("text", "x & y"),
        ("number", 1.5),
        ("yes", True),
        ("day", dt.datetime(2026, 1, 1)),
    ):
        book.set_custom_property(name, value)


FEATURES = {
    "charts of 9 kinds, combined, a chart sheet": _charts,
    "sparklines of 3 kinds": _sparklines,
    "12 kinds of conditional formats, 2010 bars and icons": _conditions,
    "pictures over cells, in cells, behind and in the header; text boxes": _pictures,
    "buttons, checkboxes, comments, data validations": _controls,
    "page setup, breaks, outlines, hidden rows, columns and sheet, protection": _page,
    "rich text, links, merged cells, odd blanks": _texts,
    "dynamic arrays, array formulas, LAMBDA, names, custom properties": _formulas,
}  # fmt: skip


def everything(book, own, returns):
    for decorate in FEATURES.values():
        decorate(book, own, returns)


def by_openpyxl():
    """Our workbook as openpyxl opens, decorates and saves it."""
    book = openpyxl.load_workbook(io.BytesIO(ours()))
    own, returns = book.create_sheet("Own"), book["Returns"]
    for row in range(1, 9):
        own.append([row, row * 2, dt.datetime(2026, 1, row), dt.timedelta(hours=row)])
    for chart in (LineChart(), BubbleChart(), SurfaceChart()):
        chart.add_data(Reference(own, min_col=1, max_col=2, min_row=1, max_row=8))
        returns.add_chart(chart, "BK2")
    returns["BH8"], returns["BH9"] = "own", "=SUM(M5:M9)"
    returns["BH8"].comment = Comment("a note", "me")
    returns.conditional_formatting.add("BH1:BH9", IconSetRule("3TrafficLights1", "num", [0, 1, 2]))
    own.conditional_formatting.add(
        "A1:A9", ColorScaleRule("min", None, "FF0000", "max", None, "00FF00")
    )
    valid = DataValidation("whole", operator="between", formula1="1", formula2="9")
    own.add_data_validation(valid)
    valid.add("A1:A9")
    book.defined_names["Mine"] = DefinedName("Mine", attr_text="Own!$A$1:$A$9")
    book.custom_doc_props.append(StringProperty("who", "<me>"))
    book.security = WorkbookProtection(workbookPassword="x", lockStructure=True)
    own.sheet_view.rightToLeft = True
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@cache
def plain():
    """A workbook of ours with nothing around it."""
    return ours()


@cache
def rich():
    """A workbook with all that XlsxWriter can put around ours."""
    return ours(everything)


@dataclass(frozen=True)
class Book:
    """A workbook of the corpus: who makes it, what is in it, and whether it must be refused."""

    maker: str
    has: str
    make: Callable[[], bytes]
    refused: bool = False
    suffix: str = ".xlsx"
    within: bool = False
    """Whether another workbook of the corpus holds all this as well."""

    def __str__(self):
        return f"{self.maker}: {self.has}"


def _changed(maker, source, forms_of):
    return [
        Book(maker, name, partial(_made, make, source), refused) for name, make, refused in forms_of
    ]


def _made(make, source):
    return make(source())


CORPUS = [
    *(Book("XlsxWriter", name, partial(ours, decorate), within=True) for name, decorate in FEATURES.items()),
    Book("XlsxWriter", "all of these at once", rich),
    Book("XlsxWriter", "days from 1904", partial(ours, everything, date_1904=True)),
    Book("XlsxWriter", "Returns protected", lambda: ours(lambda _, __, sheet: sheet.protect()), refused=True),
    Book("XlsxWriter", "the live edition: VBA, ribbon, formulas", live, suffix=".xlsm"),
    Book("openpyxl", "surface, bubble and line charts, notes, conditions, names, locked structure", by_openpyxl),
    *_changed("added parts", rich, parts.ADDED),
    *_changed("other XML", plain, forms.XML),
    *_changed("other zip", plain, forms.ZIP),
]  # fmt: skip
