"""A workbook on disk: one cell of it changed, and the lines that a ledger holds."""

from __future__ import annotations

from xl_returns.books.workbook import Workbook
from xl_returns.desk import ledger


def put(path, table, row, header, value):
    """Write one cell and save."""
    book = Workbook.open(path)
    book.write_cells(table, {(row, header): value})
    book.save()


def lines(path, of):
    """The lines of a ledger."""
    return ledger.read(Workbook.open(path), of)
