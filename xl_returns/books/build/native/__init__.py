"""The edition without macros: suggestions as formulas that any spreadsheet program computes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from xlsxwriter import Workbook

from xl_returns.books.build.native import lines, policy, rows
from xl_returns.books.build.native.blocks import Block, add_blocks
from xl_returns.books.build.native.page import add_page
from xl_returns.books.build.styles import Styles

__all__ = ["Native", "unanswered"]

_BLANK: Final = re.compile(rb"(</f>)<v></v>")
"""A formula's value that nobody has calculated yet."""


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

    def add_sheets(self, book: Workbook, styles: Styles) -> None:
        """The page that says what formulas can and cannot do, and the policy as they read it."""
        add_page(book, styles, self._blocks)
        add_blocks(book, styles, self._blocks)


def unanswered(package: bytes) -> bytes:
    """A package in which formulas without a value say so: then every program calculates them."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.startswith("xl/worksheets/sheet"):
                data = _BLANK.sub(rb"\1", data)
            new.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
