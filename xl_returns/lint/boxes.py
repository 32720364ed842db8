"""Boxes: what a rule accepts, one bit mask of values a column; and the algebra of boxes.

A box holds the rows whose value in every column is one of the column's bits. Columns are those of
a `Space`; boxes of one space can be met, cut and grown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import and_, or_

Box = tuple[int, ...]


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


def remains(boxes: Iterable[Box], others: Iterable[Box]) -> list[Box]:
    """What of boxes lies outside all others; a box without a bit in some column holds nothing."""
    left = [box for box in boxes if all(box)]
    for other in others:
        left = [part for box in left for part in without(box, other)]
    return left


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


def cover(boxes: Sequence[Box], grow: Callable[[Box], Box]) -> list[tuple[Box, Box]]:
    """Few large boxes that hold all of `boxes`, each with a part of what it was grown from."""
    found: list[tuple[Box, Box]] = []
    left = sorted(boxes, key=_size, reverse=True)
    while left:
        large = grow(left[0])
        found.append((large, meet(large, left[0]) or left[0]))
        left = sorted(remains(left, [large]), key=_size, reverse=True)
    return found


def _size(box: Box) -> tuple[int, Box]:
    product = 1
    for mask in box:
        product *= mask.bit_count()
    return product, box
