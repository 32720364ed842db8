"""Which way each unit goes when ways take only so many units, or ship only together.

Every unit goes one way. A way has a cap (units) and may cost a shipment once, however many units
travel. The plan is the assignment with the greatest total recovery:

    maximise    sum v[u, w] x[u, w] - sum shipment[w] z[w]
    subject to  sum over w of x[u, w] = units[u],  sum over u of x[u, w] <= cap[w] z[w],  z[w] 0 or 1

Which shipments are made is a small mixed-integer programme, the rest a transport problem, whose
corner solutions are whole numbers; HiGHS solves both. Units that gain the same by every limited way
are one unit of the model. Every answer is proved in whole numbers by its own prices before it is
believed (strong duality), so nothing is ever rounded. Ranking units by their margins instead loses
money: Ferguson, Fleischmann, Souza, Decision Sciences 42 (2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from xl_returns.core.tables import BLANK, Codes
from xl_returns.insight.transport import Transport

IMPOSSIBLE: Final = BLANK
"""The recovery of a unit by a way that it cannot go."""
NO_WAY: Final = -1
_SEVERAL: Final = 2

Open = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """What limits a way: the most units it takes (None: all), and what a shipment costs.

    `shipment` is in minor units, None where units travel alone.
    """

    cap: int | None = None
    shipment: int | None = None

    @property
    def is_limited(self) -> bool:
        """Whether a unit in this way changes anything for the others."""
        return self.cap is not None or self.shipment is not None


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Whether a shipment pays today; `cost` and `gain` in minor units.

    `units` of today would go this way if the shipment were free, and gain so much together
    against the plan without it.
    """

    way: int
    cost: int
    units: int
    gain: int

    @property
    def pays(self) -> bool:
        """Whether the units bear the cost; a shipment that just does is made."""
        return self.units > 0 and self.gain >= self.cost

    @property
    def pays_from(self) -> int | None:
        """The fewest units, gaining what today's do, that bear the cost; None if none ever do."""
        return -(-self.cost * self.units // self.gain) if self.gain > 0 else None

    @property
    def wait_for(self) -> int | None:
        """How many more such units to wait for; None if no number helps."""
        return None if self.pays_from is None else max(self.pays_from - self.units, 0)


@dataclass(frozen=True)
class Plan:
    """The best assignment; amounts in minor units.

    `units` has a line per row and a column per way; `left` units of a row find no way and count 0.
    """

    units: Codes
    left: Codes
    total: int
    uncapped: int
    """What all units would bring if no way were limited and shipments cost nothing."""
    one_more: tuple[int, ...]
    """What one more unit of cap would bring, by way: the least shadow price."""
    last_unit: tuple[int, ...]
    """What the last unit of cap brought, by way: the greatest shadow price."""
    consolidations: tuple[Consolidation, ...]


def best_plan(recovery: Codes, units: Codes, channels: Sequence[Channel]) -> Plan:
    """The assignment of rows of units to ways that recovers most.

    `recovery` is what one unit of each row (line) brings by each way (column) in minor units, or
    IMPOSSIBLE; `units` is how many units each row has. The left way wins a tie among ways without
    limits; a limited way takes a unit only where that gains money.
    """
    limited = [way for way, channel in enumerate(channels) if channel.is_limited]
    free, alone = _best_free(recovery, limited)
    model = _Model.of(recovery[:, limited], free, alone, units, [channels[w] for w in limited])
    sent = model.assignment(model.opened)
    placed = np.zeros(recovery.shape, dtype=np.int64)
    placed[:, limited] = _shared_out(sent, model.group, units)
    rest = units - placed.sum(axis=1)
    has_free = free != NO_WAY
    placed[np.flatnonzero(has_free), free[has_free]] += rest[has_free]
    more, last = model.one_more(), model.last_unit()
    return Plan(
        units=placed,
        left=np.where(has_free, 0, rest),
        total=_worth(recovery, placed) - model.shipping_cost(),
        uncapped=_uncapped(recovery, units),
        one_more=_by_way(more, limited, len(channels)),
        last_unit=_by_way(last, limited, len(channels)),
        consolidations=tuple(model.consolidations(limited)),
    )


def _best_free(recovery: Codes, limited: list[int]) -> tuple[Codes, Codes]:
    """The best way without limits of each row, and what a unit brings by it."""
    lines = np.arange(len(recovery))
    ways = recovery.copy()
    ways[:, limited] = IMPOSSIBLE
    best = ways.argmax(axis=1)
    worth = ways[lines, best]
    return np.where(worth == IMPOSSIBLE, NO_WAY, best), worth


def _by_way(prices: Sequence[int], limited: Sequence[int], ways: int) -> tuple[int, ...]:
    known = dict(zip(limited, prices, strict=True))
    return tuple(known.get(way, 0) for way in range(ways))


def _worth(recovery: Codes, placed: Codes) -> int:
    return int((np.where(placed > 0, recovery, 0) * placed).sum())


def _uncapped(recovery: Codes, units: Codes) -> int:
    best = recovery.max(axis=1, initial=IMPOSSIBLE)
    return int((np.where(best == IMPOSSIBLE, 0, best) * units).sum())


def _shared_out(sent: Codes, group: npt.NDArray[np.intp], units: Codes) -> Codes:
    """What groups send each way, dealt to their rows from the top."""
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(units[order])
    before = np.concatenate(([0], ends))[:-1]
    _, first, of_row = np.unique(group[order], return_index=True, return_inverse=True)
    start = before - before[first][of_row]
    end = start + units[order]
    upper = np.cumsum(sent, axis=1)[group[order]]
    lower = upper - sent[group[order]]
    dealt = np.minimum(end[:, None], upper) - np.maximum(start[:, None], lower)
    placed = np.empty_like(dealt)
    placed[order] = np.maximum(dealt, 0)
    return placed


@dataclass(frozen=True)
class _Model:
    """Groups of like units, what each gains by each limited way, and the limits.

    `gains` are against the best way without limits; 0 where a group does not gain. Answers are
    kept by which ways are open.
    """

    gains: Codes
    counts: Codes
    group: npt.NDArray[np.intp]
    caps: Codes
    shipments: tuple[int | None, ...]
    bonus: int
    """What placing a unit that has no way without limits counts for on top of its recovery."""
    _answers: dict[Open, Codes] = field(default_factory=dict)

    @classmethod
    def of(
        cls, recovery: Codes, free: Codes, alone: Codes, units: Codes, channels: Sequence[Channel]
    ) -> _Model:
        known = np.where(recovery == IMPOSSIBLE, 0, recovery)
        spread = int(np.abs(known).max(initial=0)) + int(
            np.abs(alone[free != NO_WAY]).max(initial=0)
        )
        shipping = sum(channel.shipment or 0 for channel in channels)
        bonus = 4 * (len(channels) + 1) * spread + 2 * shipping + 1
        than = np.where(free == NO_WAY, -bonus, alone)[:, None]
        gain = np.where(recovery == IMPOSSIBLE, 0, np.maximum(known - than, 0))
        gains, group = _grouped(gain)
        counts = np.bincount(group, units, len(gains)).astype(np.int64)
        ample = int(units.sum()) + 1
        caps = [ample if c.cap is None else min(c.cap, ample) for c in channels]
        shipments = tuple(channel.shipment for channel in channels)
        return cls(gains, counts, group, np.array(caps, dtype=np.int64), shipments, bonus)

    @property
    def _shipping(self) -> list[int]:
        return [way for way, cost in enumerate(self.shipments) if cost is not None]

    @cached_property
    def opened(self) -> Open:
        """Which ways to use: all that need no shipment, and the shipments that pay.

        A shipment is looked at with and without it, which settles the matter where there is one;
        several are chosen together by the solver first.
        """
        chosen = list(self._solver_choice())
        changed = True
        while changed:
            changed = False
            for way in self._shipping:
                pays = self._consolidation(way, way, tuple(chosen)).pays
                changed |= pays != chosen[way]
                chosen[way] = pays
        return tuple(chosen)

    def _solver_choice(self) -> Open:
        if len(self._shipping) < _SEVERAL:
            return (True,) * len(self.caps)
        transport = Transport(self.gains, self.counts, self.caps)
        return transport.open_ways(self.shipments)

    def assignment(self, opened: Open) -> Codes:
        """How many units of each group go each limited way, proved to be the best."""
        if opened not in self._answers:
            self._answers[opened] = self._transport(opened).best()
        return self._answers[opened]

    def gain(self, opened: Open) -> int:
        """What the limited ways bring more than the others, before shipments."""
        return int((self.assignment(opened) * self.gains).sum())

    def shipping_cost(self) -> int:
        """What the shipments of the plan cost."""
        pairs = zip(self.opened, self.shipments, strict=True)
        return sum(cost or 0 for is_open, cost in pairs if is_open)

    def one_more(self) -> list[int]:
        """What one more unit of each cap would bring; nothing where no shipment is made."""
        sent = self.assignment(self.opened)
        return self._money(self._transport(self.opened).least_prices(sent))

    def last_unit(self) -> list[int]:
        """What one unit less of each cap would cost; nothing where no shipment is made."""
        sent = self.assignment(self.opened)
        return self._money(self._transport(self.opened).greatest_prices(sent))

    def _money(self, prices: Codes) -> list[int]:
        """Prices without the bonus for a unit that finds a way at all."""
        money = np.where(prices > self.bonus // 2, prices - self.bonus, prices)
        return np.where(self.opened, money, 0).tolist()

    def _transport(self, opened: Open) -> Transport:
        return Transport(self.gains, self.counts, np.where(opened, self.caps, 0))

    def consolidations(self, names: Sequence[int]) -> list[Consolidation]:
        """Each shipment against the plan without it."""
        return [self._consolidation(way, names[way], self.opened) for way in self._shipping]

    def _consolidation(self, way: int, name: int, opened: Open) -> Consolidation:
        with_it = (*opened[:way], True, *opened[way + 1 :])
        without = (*opened[:way], False, *opened[way + 1 :])
        return Consolidation(
            way=name,
            cost=self.shipments[way] or 0,
            units=int(self.assignment(with_it)[:, way].sum()),
            gain=self.gain(with_it) - self.gain(without),
        )


def _grouped(gain: Codes) -> tuple[Codes, npt.NDArray[np.intp]]:
    """The different lines, and which of them each row is."""
    if not gain.shape[1]:
        return gain[:1], np.zeros(len(gain), dtype=np.intp)
    lines, group = np.unique(gain, axis=0, return_inverse=True)
    return lines, group.reshape(-1)
