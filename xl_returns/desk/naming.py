"""Which row a person means: by Return ID, order number or tracking number."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from xl_returns.core.codes import plain
from xl_returns.core.findings import Refusal
from xl_returns.core.language import listed, phrased
from xl_returns.core.rows import Rows

_NAMES: Final = ("Return ID", "Order ID", "Tracking ID")


def row_named(rows: Rows, name: str, book: str) -> int:
    """The row of the one return that has this name, in whatever spelling. Raises Refusal."""
    ids = list(rows.text["Return ID"])
    if name in ids:
        return ids.index(name)
    for header in _NAMES:
        found = [row for row, text in enumerate(rows.text[header]) if text and _same(text, name)]
        if len(found) > 1:
            raise Refusal(
                book,
                phrased("{name} names several returns", name=name),
                phrased("give one of: {names}", names=listed(ids[row] for row in found)),
            )
        if found:
            return found[0]
    raise no_return(name, ids, book)


def no_return(name: str, ids: Sequence[str], book: str) -> Refusal:
    """Why nothing is done about a return that is not there, and what may be meant."""
    near = get_close_matches(name, ids)
    remedy = phrased("copy the Return ID from the sheet")
    if near:
        remedy = phrased("near are: {names}", names=listed(near))
    return Refusal(book, phrased("has no return {return_id}", return_id=name), remedy)


def _same(text: str, name: str) -> bool:
    return plain(text) == plain(name)
