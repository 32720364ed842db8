"""The edition without macros: suggestions as formulas that any spreadsheet program computes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from xl_returns.books.build.members import made_over
from xl_returns.books.build.native import blocks, lines, page, policy, rows
from xl_returns.books.build.native.blocks import Block
from xl_returns.books.build.page import Book
from xl_returns.books.build.styles import Styles

__all__ = ["Native", "unanswered"]

_BLANK: Final = re.compile(rb"(</f>)<v></v>")
"""A formula's value that nobody has calculated yet."""
_CALCULATED: Final = ("Returns", page.SHEET, blocks.SHEET)


class Native:
    """The formulas of a workbook, made once."""

    def __init__(self) -> None:
        self._blocks = policy.blocks()
        self.suggestions = rows.suggestions()
        self.steps = rows.steps(
            *(self._block(p) for p in (lines.ACTIONS, lines.REFUNDS, lines.RESALES))
        )

    def _block(self, prefix: str) -> Block:
        return next(block for block in self._blocks if block.prefix == prefix)

    def add_sheets(self, book: Book, styles: Styles) -> None:
        """The page that says what formulas can and cannot do, and the policy as they read it."""
        page.add_page(book, styles, self._blocks)
        blocks.add_blocks(book, styles, self._blocks)


def unanswered(package: bytes, sheets: Sequence[str]) -> bytes:
    """A package in which the formulas of these sheets (in the book's order) that have no value say
    so: then every program calculates them."""
    ours = {
        f"xl/worksheets/sheet{n}.xml" for n, name in enumerate(sheets, 1) if name in _CALCULATED
    }
    return made_over(
        package, lambda name, data: _BLANK.sub(rb"\1", data) if name in ours else data, {}
    )
