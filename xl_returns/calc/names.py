"""The functions' names: in cells as everywhere, in UNO as methods."""

from __future__ import annotations

from typing import Final

from xl_returns.core import columns


def method(name: str) -> str:
    """The UNO method of a worksheet function: RETURN_ACTION is returnAction."""
    first, *others = name.lower().split("_")
    return first + "".join(map(str.capitalize, others))


OF_ROW: Final = {method(name): name for name in columns.FUNCTIONS.values()}
"""One for each suggestion of a row, in the columns' order."""
OTHERS: Final = {method(name): name for name in ("RETURN_ADVICE", "RETURN_POLICY")}
STATUS: Final = {method(name): name for name in ("RETURN_STATUS",)}
"""Answered inside LibreOffice: the last message."""
IN_CELLS: Final = (*OF_ROW.values(), *OTHERS.values(), *STATUS.values())
"""All names in cells."""
