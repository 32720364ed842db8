"""Policy cells as sellers write them: blank, `<50`, `50..100`, `>100`, `A, B`, `not A`.

A number condition becomes closed integer intervals, a word condition a set of declared words;
`None` accepts anything, a blank included. A blank value meets only a blank cell.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from xl_returns.core import language
from xl_returns.core.language import listed, phrased
from xl_returns.core.money import exact

Interval = tuple[int, int]
Words = frozenset[str]

LOWEST: Final = -(2**62)
HIGHEST: Final = 2**62
MOST: Final = 10**9
"""No amount, number of days or limit of a policy is larger."""
_LONGEST: Final = 400
"""Of what is said about a cell; the cell itself may hold 32,767 characters."""
_SHOWN: Final = 100
SEPARATOR: Final = re.compile(r"\s*[,;，；、]\s*")
NOT: Final = re.compile(r"^(?:not\s+|非\s+)", re.IGNORECASE)
_NUMBER: Final = r"(-?\d+(?:\.\d+)?)"
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", re.ASCII)
_RANGE: Final = re.compile(rf"{_NUMBER}\s*\.\.\s*{_NUMBER}")
_BOUND: Final = re.compile(rf"(<=|>=|<|>|)\s*{_NUMBER}")
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


NO_VALUE: Final = "(formula without a value)"
"""What stands for a formula that nobody has calculated."""
FILE_ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
"""Errors that a cell of a workbook file can hold."""
ERRORS: Final = FILE_ERRORS | {
    "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!", "#BUSY!", NO_VALUE,
}  # fmt: skip
"""Texts of cells of which the formula went wrong."""


class CellProblem(ValueError):
    """A policy cell that cannot be read: what is wrong and what to write instead.

    Of a line that is read as a whole, `column` is where that is written.
    """

    def __init__(self, problem: str, remedy: str, column: str = "") -> None:
        if len(problem) > _LONGEST:
            problem = f"{problem[:_SHOWN]} … {problem[-_SHOWN:]}"
        self.problem, self.remedy, self.column = problem, remedy, column
        super().__init__(f"{problem}; {remedy}")


def text_of(cell: object) -> str:
    """A cell as the text that the seller sees; a blank cell is an empty string."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, float):
        return f"{exact(cell).normalize():f}"
    return str(cell).strip()


def intervals(text: str, scale: int) -> tuple[Interval, ...] | None:
    """Number condition as closed intervals in units of 1/scale; None when blank.

    Values lie on whole units, so `<50` at scale 100 is everything up to 4999.
    """
    if not text:
        return None
    return tuple(_interval(part.strip(), scale) for part in SEPARATOR.split(text))


def _interval(part: str, scale: int) -> Interval:
    if found := _RANGE.fullmatch(part):
        low, high = (_units(number, scale) for number in found.groups())
        if low > high:
            raise CellProblem(
                phrased("`{part}` runs backwards", part=part),
                phrased("write {low}..{high}", low=found[2], high=found[1]),
            )
        return low, high
    if found := _BOUND.fullmatch(part):
        units = _units(found[2], scale)
        return {
            "<": (LOWEST, units - 1),
            "<=": (LOWEST, units),
            ">": (units + 1, HIGHEST),
            ">=": (units, HIGHEST),
            "": (units, units),
        }[found[1]]
    raise CellProblem(
        phrased("`{part}` is not a number condition", part=part),
        phrased("write 50, <50, 50..100, >100, or leave it blank"),
    )


def _units(number: str, scale: int) -> int:
    units = _bearable(number) * scale
    if units != int(units):
        raise CellProblem(
            phrased("`{number}` has too many decimals", number=number),
            phrased("use steps of 1/{scale}", scale=scale),
        )
    return int(units)


def _bearable(text: str) -> Decimal:
    """A number that a policy can reckon with."""
    try:
        value = exact(text)
    except ValueError:
        raise CellProblem(
            phrased("`{text}` is not a number", text=text), phrased("write a number such as 12.50")
        ) from None
    if abs(value) > MOST:
        raise CellProblem(
            phrased("`{text}` is too large", text=text),
            phrased("write {most:,} at most", most=MOST),
        )
    return value


def words(text: str, domain: Sequence[str]) -> Words | None:
    """Word condition as the set of accepted words of the domain; None when blank.

    `not A, B` is the rest of the domain. Case does not matter.
    """
    if not text:
        return None
    negated, parts = parted(text, _by_folded(tuple(domain)))
    chosen = frozenset(word_of(part, domain) for part in parts)
    return frozenset(domain) - chosen if negated else chosen


def parted(text: str, known: Container[str]) -> tuple[bool, list[str]]:
    """Whether a word condition says `not`, and what it lists.

    A `known` word, in small letters, that begins with `not` is that word: `Not as described`.
    """
    first, *others = SEPARATOR.split(text)
    negated = None if first.strip().casefold() in known else NOT.match(first)
    return bool(negated), [first[negated.end() :] if negated else first, *others]


def word_of(text: str, domain: Sequence[str]) -> str:
    """The declared word that a text means, whatever its case."""
    word = _by_folded(tuple(domain)).get(text.strip().casefold())
    if word is None:
        raise CellProblem(
            phrased("`{text}` is not known here", text=text),
            phrased("write one of {words}", words=listed(domain)),
        )
    return word


@lru_cache(maxsize=256)
def _by_folded(domain: tuple[str, ...]) -> dict[str, str]:
    """Declared words, in both languages, by how they compare; of two alike the first counts."""
    chinese = {language.text(language.CHINESE, word).casefold(): word for word in reversed(domain)}
    return chinese | {word.casefold(): word for word in reversed(domain)}


def price(
    text: str, tiers: Sequence[str], scale: int
) -> tuple[Words | None, tuple[Interval, ...] | None]:
    """Price condition: either tier words or amounts in the row's own currency."""
    if re.search(r"\d", text):
        return None, intervals(text, scale)
    return words(text, tiers), None


def number(text: str) -> float | None:
    """A plain number, or None when blank."""
    return float(_bearable(text)) if text else None


def basis_points(text: str) -> int | None:
    """A share such as `15%` or 0.15 as basis points (1500), or None when blank."""
    if not text:
        return None
    percent = text.endswith("%")
    try:
        points = exact(text.removesuffix("%").strip()) * (100 if percent else 10_000)
    except ValueError:
        raise CellProblem(
            phrased("`{text}` is not a share", text=text), phrased("write 15% or 0.15")
        ) from None
    if points != int(points) or not 0 <= points <= 10_000:
        raise CellProblem(
            phrased("`{text}` is not a share", text=text),
            phrased("write 0% to 100%, two decimals at most"),
        )
    return int(points)


def day(cell: object) -> int | None:
    """A date cell as days since 1970-01-01, or None when blank."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, dt.date):
        return days_of(cell)
    try:
        return days_of(_date(str(cell).strip()))
    except ValueError:
        raise CellProblem(
            phrased("`{cell}` is not a date", cell=cell), phrased("write it as 2026-01-31")
        ) from None


def _date(text: str) -> dt.date:
    """A date that can be read in one way only: year first, or day first with points."""
    if found := _YEAR_FIRST.match(text):
        return dt.date(*map(int, found.groups()))
    if found := _DAY_FIRST.match(text):
        return dt.date(*map(int, reversed(found.groups())))
    return dt.date.fromisoformat(text)


def days_of(date: dt.date) -> int:
    """A date as days since 1970-01-01."""
    return date.toordinal() - _EPOCH


def date_of(days: int) -> dt.date:
    """The date that lies so many days after 1970-01-01."""
    return dt.date.fromordinal(days + _EPOCH)
