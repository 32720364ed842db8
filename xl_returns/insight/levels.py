"""The tables that insights read: from which share on a rate is high, and what is much and sure.

Shares are in basis points, amounts are numbers as typed, days count from 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from xl_returns.core import cells, money, sheets
from xl_returns.core.cells import SEPARATOR, CellProblem
from xl_returns.core.findings import Finding
from xl_returns.core.grid import Grid, Parsed, Reader, whole
from xl_returns.core.language import phrased


@dataclass(frozen=True, slots=True)
class RateLine:
    """A line of Return Rates; `categories` are in small letters, none of them is any.

    Returns count in `counted_months`, that of shipping among them; the fee is taken between two
    days of the month after those.
    """

    categories: tuple[str, ...] = ()
    marketplace: str | None = None
    first_day: int | None = None
    last_day: int | None = None
    threshold: int = money.BASIS
    fee: float | None = None
    currency: str | None = None
    least_shipped: int = 0
    counted_months: int = 0
    charged_from: int = 0
    charged_until: int = 0

    def fits(self, category: str, marketplace: str, day: int) -> bool:
        """Whether the line holds for a category, in a marketplace, on a day."""
        return (
            (not self.categories or category.strip().casefold() in self.categories)
            and self.marketplace in (None, marketplace)
            and (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
        )

    @property
    def fee_minor(self) -> int:
        """The fee of a unit in minor units; 0 where there is none."""
        if self.fee is None or self.currency is None:
            return 0
        return money.to_minor(self.fee, money.decimals(self.currency))


NO_LINE: Final = RateLine()
"""What holds where no line fits: no rate is high and nothing is charged."""
MOST_MONTHS: Final = 11
"""No more months count, so that every month of Sales has a month after them in the calendar."""
_LONGEST_MONTH: Final = 31


def line_for(lines: Iterable[RateLine], category: str, marketplace: str, day: int) -> RateLine:
    """The most specific line that fits: by category, then marketplace, then the latest."""
    fitting = [line for line in lines if line.fits(category, marketplace, day)]
    return max(fitting, key=_how_specific, default=NO_LINE)


def _how_specific(line: RateLine) -> tuple[bool, bool, int]:
    since = cells.LOWEST if line.first_day is None else line.first_day
    return bool(line.categories), line.marketplace is not None, since


def completed(grid: Grid, shipped: Grid) -> Grid:
    """Return Rates of an earlier day with the columns that came later, as the first line of the
    table that ships has them."""
    filled = {index for index, _ in grid.rows()}
    lines = range(max(map(len, grid.columns.values()), default=0))
    lacking = {
        column.name: [shipped.columns[column.name][0] if x in filled else None for x in lines]
        for column in sheets.RETURN_RATES.fields
        if column.optional and column.name not in grid.columns
    }
    return replace(grid, columns={**grid.columns, **lacking})


def read_rates(grid: Grid) -> tuple[tuple[RateLine, ...], list[Finding]]:
    """The Return Rates sheet and what is wrong in it; a line with a problem is left out."""
    reader = Reader(())
    return reader.lines(sheets.RETURN_RATES, grid, _rate_line), reader.findings


def _rate_line(parsed: Parsed, _: str) -> RateLine:
    if parsed["Threshold"] is None:
        raise CellProblem(phrased("Threshold is blank"), phrased("fill Threshold"))
    if parsed["Fee"] is not None and parsed["Currency"] is None:
        raise CellProblem(phrased("Fee needs a Currency"), phrased("fill Currency on this line"))
    first, last = _charged(parsed)
    words = (word.casefold() for word in SEPARATOR.split(parsed["Category"]) if word)
    return RateLine(
        categories=tuple(words),
        marketplace=parsed["Marketplace"],
        first_day=parsed["From"],
        last_day=parsed["To"],
        threshold=parsed["Threshold"],
        fee=parsed["Fee"],
        currency=parsed["Currency"],
        least_shipped=whole(parsed, "Least Shipped") or 0,
        counted_months=_months(parsed),
        charged_from=first,
        charged_until=last,
    )


def _months(parsed: Parsed) -> int:
    months = whole(parsed, "Counted Months") or 0
    if not 1 <= months <= MOST_MONTHS:
        raise CellProblem(
            phrased("Counted Months is not a number of months"),
            phrased("write 1 to {most}", most=MOST_MONTHS),
            "Counted Months",
        )
    return months


def _charged(parsed: Parsed) -> tuple[int, int]:
    """The days of a month between which a fee is taken; 0 and 0 where there is no fee."""
    if parsed["Fee"] is None:
        return 0, 0
    first, last = (whole(parsed, name) or 0 for name in ("Charged From", "Charged Until"))
    if not 1 <= first <= last <= _LONGEST_MONTH:
        raise CellProblem(
            phrased("Fee needs Charged From and Charged Until"),
            phrased("write two days of a month, such as 7 and 15"),
            "Charged From",
        )
    return first, last


@dataclass(frozen=True)
class Levels:
    """The Insight Settings: shares in basis points by name, whole numbers, claim cost by currency."""

    shares: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    claim_cost: Mapping[str, float] = field(default_factory=dict)

    def share(self, name: str) -> float:
        """A share as a number between 0 and 1."""
        return self.shares[name] / money.BASIS

    def claim_cost_minor(self, currency: str) -> int:
        """What it costs to make a supplier claim, in minor units; 0 where nobody says."""
        return money.to_minor(self.claim_cost.get(currency, 0.0), money.decimals(currency))


USUAL_DEFECTS: Final = "Usual defects"
CHANCE_PAID: Final = "Chance a claim is paid"
BURST_DAYS: Final = "Burst days"
BURST_LEAST: Final = "Burst least"
BURST_CHANCE: Final = "Burst chance"
BURST_LOOK_BACK: Final = "Burst look-back"
LEAST_RETURNS: Final = "Least returns"
FLAG_FINDS: Final = "Flag finds"
FLAG_SPARES: Final = "Flag spares"
TRUE_CASES: Final = "True cases"
WAITING: Final = "Cost of waiting"
CLAIM_COST: Final = "Claim cost"
_SHARES: Final = (
    USUAL_DEFECTS, CHANCE_PAID, BURST_CHANCE, FLAG_FINDS, FLAG_SPARES, TRUE_CASES, WAITING,
)  # fmt: skip
_COUNTS: Final = (BURST_DAYS, BURST_LEAST, BURST_LOOK_BACK, LEAST_RETURNS)


def read_levels(grids: Sequence[Grid]) -> tuple[Levels, list[Finding]]:
    """The Insight Settings of several sheets, later ones winning, and what is wrong in them."""
    shares, counts, costs = dict[str, int](), dict[str, int](), dict[str, float]()
    findings: list[Finding] = []
    takers: dict[str, Callable[[str, str], None]] = {
        **{name: _taker(name, shares, _share) for name in _SHARES},
        **{name: _taker(name, counts, _count) for name in _COUNTS},
        CLAIM_COST: lambda currency, text: costs.update({currency: _amount(text)}),
    }
    for grid in grids:
        for index, row in grid.rows():
            name = cells.text_of(row["Setting"])
            try:
                _known(name, takers)(cells.text_of(row["Currency"]), cells.text_of(row["Value"]))
            except CellProblem as problem:
                place = grid.place(index, "Value")
                findings.append(Finding(place, problem.problem, problem.remedy))
    return Levels(shares, counts, costs), findings


def _taker(
    name: str, into: dict[str, int], read: Callable[[str], int]
) -> Callable[[str, str], None]:
    return lambda _, text: into.update({name: read(text)})


def _known(
    name: str, takers: Mapping[str, Callable[[str, str], None]]
) -> Callable[[str, str], None]:
    if name not in takers:
        raise CellProblem(
            phrased("`{name}` is not a setting of insights", name=name),
            phrased("take the line out"),
        )
    return takers[name]


def _share(text: str) -> int:
    points = cells.basis_points(text)
    if points is None:
        raise CellProblem(phrased("the value is blank"), phrased("write a share such as 2%"))
    return points


def _count(text: str) -> int:
    value = cells.number(text)
    if value is None or value != int(value) or value < 1:
        raise CellProblem(
            phrased("`{text}` is not a whole number from 1 on", text=text),
            phrased("write a number such as 3"),
        )
    return int(value)


def _amount(text: str) -> float:
    value = cells.number(text)
    if value is None or value < 0:
        raise CellProblem(
            phrased("`{text}` is not an amount", text=text), phrased("write an amount such as 50")
        )
    return value
