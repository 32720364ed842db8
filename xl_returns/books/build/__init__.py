"""Build the ReturnsTracker workbook: the same rows give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from xl_returns.books.build.dashboard import add_dashboard
from xl_returns.books.build.ledger_sheets import add_ledger
from xl_returns.books.build.lists import Lists
from xl_returns.books.build.macros import Macros
from xl_returns.books.build.native import Native, unanswered
from xl_returns.books.build.page import PLAIN, Book, Tongue
from xl_returns.books.build.pages import SECTIONS, add_start
from xl_returns.books.build.policy_tables import add_policy_sheet
from xl_returns.books.build.returns_sheet import add_returns
from xl_returns.books.build.styles import TAB, Styles
from xl_returns.core import ledgers, sheets

__all__ = ["Macros", "build"]

_CREATED: Final = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the same in every build
_SCHEMA: Final = "1"
_CALC_ENGINE: Final = "191029"
"""Excel's calculation version: an older one would recalculate everything on opening."""
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def build(
    target: Path | BinaryIO,
    rows: Sequence[Mapping[str, object]] = (),
    macros: Macros | None = None,
    *,
    tongue: Tongue = PLAIN,
    native: bool = False,
) -> None:
    """Write a workbook in a tongue, with rows of the Returns table (by header) and the default
    policy.

    With `macros` it is an .xlsm whose suggestions are live formulas; their values in `rows` are
    what is shown until Excel calculates. With `native` suggestions are formulas
    of any spreadsheet program, which calculates them when it opens the file. Raises OSError when
    the file cannot be written.
    """
    made = io.BytesIO()
    book = Book(made, _OPTIONS, tongue)
    book.set_properties({"title": "ReturnsTracker", "created": _CREATED})
    book.set_custom_property("xl-returns", _SCHEMA)
    book.set_calc_mode("auto", _CALC_ENGINE)
    book.calc_on_load = native
    book.set_size(1800, 1000)
    _add_sheets(book, rows, macros, Native() if native else None)
    book.close()
    package = macros.finished(made.getvalue()) if macros else made.getvalue()
    if native:
        package = unanswered(package, [sheet.english for sheet in book.worksheets()])
    if isinstance(target, Path):
        target.write_bytes(package)
    else:
        target.write(package)


def _add_sheets(
    book: Book,
    rows: Sequence[Mapping[str, object]],
    macros: Macros | None,
    native: Native | None,
) -> None:
    styles, lists = Styles(book), Lists()
    add_start(book, styles, live=macros is not None, native=native is not None)
    add_returns(book, styles, lists, rows, macros, native)
    add_dashboard(book, styles)
    for ledger in ledgers.ALL:
        add_ledger(book, styles, lists, ledger)
    for sheet in (*sheets.POLICY, *sheets.BESIDE):
        add_policy_sheet(book, styles, lists, sheet)
    for section, names in SECTIONS.items():
        for name in names:
            book.get_worksheet_by_name(book.tongue.text(name)).set_tab_color(TAB[section])
    lists.add_sheet(book)
    if native:
        native.add_sheets(book, styles)
    if macros:
        macros.add_config(book)
        macros.add_project(book)
