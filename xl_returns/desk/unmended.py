"""What a workbook lost when LibreOffice saved it without our extension."""

from __future__ import annotations

from collections.abc import Iterator

from xl_returns.books.book import Book
from xl_returns.books.restore import ADDIN
from xl_returns.books.workbook import Table, Workbook
from xl_returns.core import columns
from xl_returns.core.findings import Finding
from xl_returns.core.language import RETURNS, listed, phrased
from xl_returns.desk.table import ANSWERING


def unmended(book: Book) -> Iterator[Finding]:
    """What Excel will miss in a workbook file. Nothing of it changes what the desk decides.

    A workbook that is open is not looked at: its program keeps what it knows.
    """
    if not isinstance(book, Workbook) or ANSWERING.isdisjoint(book.tables):
        return
    table = book.tables[RETURNS]
    remedy = phrased("close it and run `xl-returns doctor {name} --mend`", name=book.path.name)
    if foreign := _foreign(table):
        problem = phrased("LibreOffice saved the functions under names that Excel does not know")
        yield Finding(table.place(0, foreign[0]), problem, remedy)
    if lost := _lost(book, table):
        problem = phrased(
            "LibreOffice saved it without the extension: Excel will miss {lost}",
            lost=listed(lost),
        )
        yield Finding(book.path.name, problem, remedy, "warning")


def _foreign(table: Table) -> list[str]:
    """The suggestions whose formula calls our functions by Calc's names."""
    known = [name for name in columns.SUGGESTIONS if name in table.headers]
    return [name for name, said in table.first_formulas(known).items() if ADDIN in said]


def _lost(book: Workbook, table: Table) -> list[str]:
    """What Calc drops, in words."""
    lost = []
    if not table.fills_new_rows:
        lost.append(phrased("the formulas that fill new rows"))
    if book.lost_to_macros:
        lost.append(phrased("the names by which macros know the sheets"))
    return lost
