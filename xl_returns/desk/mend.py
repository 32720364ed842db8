"""A workbook gets back what it lost when LibreOffice saved it without our extension."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from xl_returns.books.hold import real
from xl_returns.books.package import Package
from xl_returns.books.policies import opened
from xl_returns.books.restore import mend
from xl_returns.books.save import save
from xl_returns.core.language import RETURNS
from xl_returns.core.vocabulary import LIVE
from xl_returns.desk.new import new_book
from xl_returns.desk.unmended import unmended


def mend_book(path: Path, functions: Sequence[str]) -> bool:
    """Give a workbook file back what it lost, after a fresh one; says whether it lost anything.

    `functions` are the names of ours in cells. The previous file stays as a backup. Raises Refusal.
    """
    book = opened(path)
    if not list(unmended(book)):
        return False
    with TemporaryDirectory() as folder:
        fresh = Path(folder) / ("Live.xlsm" if LIVE in book.tables else "Native.xlsx")
        new_book(fresh, book.tables[RETURNS].language)
        package = Package(real(path))
        mend(package, Package(fresh), functions)
        save(package, package.path)
    return True
