"""A helper column of Returns, and how its formula is written.

In a formula `Header` in backquotes is the row's own cell of that column, `*Header` the column of
the whole table. Amounts are in minor units, a unit's price in millionths of one; a blank text is
what is not known. Only functions of Excel 2016 are used, none of them an array formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_REF: Final = re.compile(r"`(\*?)([^`]+)`")


@dataclass(frozen=True, slots=True)
class Step:
    """A helper column: its header, what it says, and its formula."""

    header: str
    help: str
    formula: str


def formula(text: str) -> str:
    """A formula with its columns named as the file format wants."""

    def named(found: re.Match[str]) -> str:
        return f"Returns[{found[2]}]" if found[1] else f"Returns[[#This Row],[{found[2]}]]"

    return "=" + _REF.sub(named, text)


def is_(header: str, *words: str) -> str:
    """Whether a row's word is one of some."""
    tests = ",".join(f'`{header}`="{word}"' for word in words)
    return f"OR({tests})" if len(words) > 1 else f'`{header}`="{words[0]}"'


def minor(header: str) -> str:
    """A cell's amount in minor units; 0 when blank."""
    return minor_of(f"N(`{header}`)", "`fx Units`")


def minor_of(amount: str, units: str) -> str:
    """An amount in minor units, rounded as it is shown: 1.005 times 100 alone is below 100.5."""
    return f"ROUND(ROUND({amount},IF({units}=1,0,2))*{units},0)"
