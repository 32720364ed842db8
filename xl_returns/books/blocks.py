"""Cells that touch, together, so that they are written at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby


def neighbours(places: Sequence[int]) -> list[list[int]]:
    """Places side by side, together, so that they are written as one block."""
    groups = groupby(enumerate(places), lambda pair: pair[1] - pair[0])
    return [[place for _, place in group] for _, group in groups]


def changed_blocks(changed: Mapping[int, Sequence[int]]) -> Iterator[tuple[list[int], list[int]]]:
    """Changed rows by column, as blocks of rows and columns that touch."""
    runs = {place: neighbours(rows) for place, rows in changed.items() if rows}
    numbered = enumerate(sorted(runs))
    for _, members in groupby(numbered, lambda pair: (pair[1] - pair[0], runs[pair[1]])):
        places = [place for _, place in members]
        yield from ((rows, places) for rows in runs[places[0]])
