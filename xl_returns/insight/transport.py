"""Units of several groups sent limited ways: the best assignment, in whole numbers and proved.

    maximise    sum gain[g, w] x[g, w] - sum cost[w] z[w]
    subject to  sum over w of x[g, w] <= count[g],  sum over g of x[g, w] <= cap[w] z[w]

Without shipment costs every z is 1 and the corners of the problem are whole numbers. An answer is
believed once its own prices, in whole numbers, reach its total (strong duality).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

from xl_returns.core.tables import Codes

_NOBODY: Final = -(2**61)
"""What is gained by a unit that is not there; twice as much still fits."""
_WHOLE: Final = 1e-6
"""A solution that lies further from whole numbers is refused."""
_HALF: Final = 0.5
_SOLVER: Final[Any] = vars(highspy)["_Highs"]
"""The bare solver: the wrapper around it prints a banner, which would stand in JSON."""

Solution = npt.NDArray[np.float64]


class Unproved(ArithmeticError):
    """An answer of the solver that its prices do not prove to be the best one."""


@dataclass(frozen=True)
class Transport:
    """Groups of like units and limited ways.

    `gains` has a line per group and a column per way, in minor units, 0 where a group does not
    gain; `counts` is how many units each group has, `caps` how many each way takes.
    """

    gains: Codes
    counts: Codes
    caps: Codes

    def best(self) -> Codes:
        """How many units of each group go each way so that they gain most. Raises Unproved."""
        solution = _run(self._programme(self.caps, self.caps[:0], self.caps[:0]))
        nearest = np.rint(solution)
        if np.abs(solution - nearest).max(initial=0.0) > _WHOLE:
            raise Unproved("the solution is not in whole units")
        sent = np.zeros(self.gains.shape, dtype=np.int64)
        sent[np.nonzero(self.gains)] = nearest.astype(np.int64)
        self._prove(sent)
        return sent

    def open_ways(self, costs: Sequence[int | None]) -> tuple[bool, ...]:
        """Which ways to use if some cost money once (None: nothing), by the solver's reckoning."""
        switched = np.array([w for w, cost in enumerate(costs) if cost is not None], dtype=np.int64)
        charged = np.array([costs[way] for way in switched.tolist()], dtype=np.int64)
        bounds = self.caps.copy()
        bounds[switched] = 0
        solution = _run(self._programme(bounds, switched, charged))
        used = dict(zip(switched.tolist(), solution[-len(switched) :] > _HALF, strict=True))
        return tuple(bool(used.get(way, True)) for way in range(len(costs)))

    def least_prices(self, sent: Codes) -> Codes:
        """What one more unit of each cap brings: the least prices that could clear the caps.

        A further place in a way goes to a unit that waits in a way without limits, or to one from
        another limited way, whose place is then filled in turn; a place too many adds nothing.
        """
        waiting = (sent.sum(axis=1) < self.counts)[:, None]
        straight = np.where(waiting, self.gains, 0).max(axis=0, initial=0)
        full = sent.sum(axis=0) >= self.caps
        swaps = [_gained(inside, way) for way, inside in enumerate(self._inside(sent))]
        prices = np.where(full, straight, 0)
        for _ in self.caps:
            for way, swap in enumerate(swaps):
                filled = np.where(swap > _NOBODY, swap + prices[way], 0)
                prices = np.where(full, np.maximum(prices, filled), prices)
        return prices

    def greatest_prices(self, sent: Codes) -> Codes:
        """What one unit less of each cap costs: the greatest prices that could clear the caps.

        A unit that loses its place goes a way without limits, or to another limited way, where one
        more unit loses its place in turn if that way is full.
        """
        used = sent.sum(axis=0)
        full = (used >= self.caps) & (used > 0)
        inside = self._inside(sent)
        prices = np.array(
            [gains[:, way].min() if full[way] else 0 for way, gains in enumerate(inside)],
            dtype=np.int64,
        )
        prices[self.caps == 0] = -_NOBODY
        for _ in self.caps:
            for way in np.flatnonzero(full).tolist():
                moved = -_gained(inside[way], way) + prices
                prices[way] = moved.min(initial=prices[way])
        return np.where(full, prices, 0)

    def _inside(self, sent: Codes) -> list[Codes]:
        """The gains of the groups that have units in each way."""
        return [self.gains[sent[:, way] > 0] for way in range(len(self.caps))]

    def _prove(self, sent: Codes) -> None:
        """Refuse an assignment that breaks a limit, or that its prices do not prove the best."""
        fits = (sent >= 0).all() and (sent.sum(axis=0) <= self.caps).all()
        fits = fits and (sent.sum(axis=1) <= self.counts).all()
        prices = self.least_prices(sent)
        surplus = np.maximum(self.gains - prices, 0).max(axis=1, initial=0)
        bound = int((self.caps * prices).sum()) + int((self.counts * surplus).sum())
        if not fits or bound != int((sent * self.gains).sum()):
            raise Unproved("the prices do not prove the assignment")

    def _programme(self, bounds: Codes, switched: Codes, costs: Codes) -> Any:
        """The problem for the solver: a column per gaining pair of group and way, then switches."""
        groups, ways = np.nonzero(self.gains)
        pairs, lines = len(groups), len(self.counts)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = pairs + len(switched), lines + len(bounds)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = _floats(self.gains[groups, ways], -costs)
        lp.col_lower_ = np.zeros(lp.num_col_)
        lp.col_upper_ = _floats(self.counts[groups], np.ones(len(switched)))
        lp.row_lower_ = np.full(lp.num_row_, -highspy.kHighsInf)
        lp.row_upper_ = _floats(self.counts, bounds)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        starts = np.arange(0, 2 * pairs + 1, 2), 2 * pairs + np.arange(1, len(switched) + 1)
        lp.a_matrix_.start_ = np.concatenate(starts)
        entries = np.column_stack((groups, lines + ways)).ravel(), lines + switched
        lp.a_matrix_.index_ = np.concatenate(entries)
        lp.a_matrix_.value_ = _floats(np.ones(2 * pairs), -self.caps[switched])
        if len(switched):
            kinds = highspy.HighsVarType
            lp.integrality_ = [kinds.kContinuous] * pairs + [kinds.kInteger] * len(switched)
        return lp


def _floats(*parts: npt.NDArray[Any]) -> Solution:
    return np.concatenate(parts).astype(np.float64)


def _gained(gains: Codes, way: int) -> Codes:
    """The most that one of these units gains by leaving a way for each other one."""
    return (gains - gains[:, [way]]).max(axis=0, initial=_NOBODY)


def _run(lp: Any) -> Solution:
    """The values of a programme's columns at its best."""
    if not lp.num_col_:
        return np.zeros(0)
    highs = _SOLVER()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("presolve", "choose" if len(lp.integrality_) else "off")
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.passModel(lp)
    highs.run()
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise Unproved(highs.modelStatusToString(status))
    return np.array(highs.getSolution().col_value)
