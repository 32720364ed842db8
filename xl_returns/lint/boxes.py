"""Boxes: what a rule accepts, one bit mask of values a column; and the algebra of boxes.

A box holds the rows whose value in every column is one of the column's bits. Columns are those of
a `Space`; boxes of one space can be met, cut and grown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import and_, or_
from typing import Final

Box = tuple[int, ...]

_MOST_PARTS: Final = 20_000
"""So many parts are looked at before a question counts as unsettled: a second."""


class UnsettledError(Exception):
    """Boxes cross so often that a question about them is not answered in time."""


def meet(one: Box, other: Box) -> Box | None:
    """What two boxes share; None where they share nothing."""
    both = tuple(map(and_, one, other))
    return None if 0 in both else both


def contains(outer: Box, inner: Box) -> bool:
    """Whether a box holds all of another."""
    return tuple(map(or_, outer, inner)) == outer


def without(box: Box, other: Box) -> list[Box]:
    """What of a box lies outside another: at most one part a column, no two of which meet."""
    if meet(box, other) is None:
        return [box]
    parts, inside = [], list(box)
    for column, mask in enumerate(other):
        if outside := inside[column] & ~mask:
            parts.append((*inside[:column], outside, *inside[column + 1 :]))
            inside[column] &= mask
    return parts


def left(box: Box, others: Sequence[Box]) -> Iterator[Box]:
    """The parts of a box outside all others, none of which meet; the first is found soon.

    Raises UnsettledError. A box without a bit in some column holds nothing.
    """
    near = [other for other in others if meet(box, other) is not None]
    waiting = [(box, 0)] if all(box) else []
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part, at = waiting.pop()
        while at < len(near) and meet(part, near[at]) is None:
            at += 1
        if at == len(near):
            yield part
        else:
            waiting += [(piece, at + 1) for piece in without(part, near[at])]
    raise UnsettledError


def first_left(box: Box, others: Sequence[Box]) -> Box | None:
    """A part of a box outside all others, or None. Raises UnsettledError."""
    return next(left(box, others), None)


def needed_to_fill(box: Box, others: Sequence[Box], beside: Sequence[Box]) -> list[Box]:
    """Of boxes that with some beside them fill a box, those none of which can be left out.

    Raises UnsettledError.
    """
    needed = [other for other in others if meet(box, other) is not None]
    step = max(len(needed) // 2, 1)
    while step:
        at = 0
        while at < len(needed):
            fewer = needed[:at] + needed[at + step :]
            if first_left(box, large_first([*beside, *fewer])) is None:
                needed = fewer
            else:
                at += step
        step //= 2
    return needed


def large_first(boxes: Sequence[Box]) -> list[Box]:
    """Boxes in the order in which they leave the fewest parts of another: the widest first."""
    return sorted(boxes, key=lambda box: -sum(mask.bit_count() for mask in box))


def grown(box: Box, within: Box, against: Sequence[Box]) -> Box:
    """A box as large as it can be within another without meeting any of `against`.

    The last columns grow first, so that the first ones are those that a grown box still names.
    """
    sides = list(box)
    for column in reversed(range(len(box))):
        open_sides = (*sides[:column], -1, *sides[column + 1 :])
        taken = 0
        for other in against:
            if meet(open_sides, other) is not None:
                taken |= other[column]
        sides[column] = within[column] & ~taken
    return tuple(sides)
