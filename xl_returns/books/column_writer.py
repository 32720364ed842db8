"""One column of a batch of rows: its cells with their new values, as bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Final, NoReturn, TypeAlias

from xl_returns.books.cells import Decoder, Value, encode, encode_all
from xl_returns.books.rows import GAP, NUMBER, Slot
from xl_returns.core.language import phrased


class Keep:
    """Stands for a cell that is left as it is."""


KEEP: Final = Keep()
New: TypeAlias = Value | Keep
Pair: TypeAlias = tuple[bytes, bytes]
Groups: TypeAlias = Sequence[Sequence[bytes]]  # a batch, column by column

_STYLE: Final = re.compile(rb" s=\"\d+\"")
_ROW_STYLE: Final = re.compile(rb"( s=\"\d+\")[^>]* customFormat=\"(?:1|true)\"")
_NUMERIC: Final = (b"", b"n", b"d")
_NOTHING: Final = ((b"", b"", b""), (b"", b"", b"n"))
_EDGES: Final = (b"\0 ", b" \0", b"\0\n", b"\n\0", b"\0\t", b"\t\0")


class CellProblemError(ValueError):
    """A value that a cell cannot take, or a cell that cannot take a value."""

    def __init__(self, column: int, row: int, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.column, self.row, self.problem, self.remedy = column, row, problem, remedy


@dataclass(frozen=True, slots=True)
class Model:
    """What new cells below a table copy from its last row: attributes, and the formula for a row."""

    attributes: bytes
    formula: Callable[[int], bytes] | None


@dataclass(slots=True)
class Changes:
    """What one pass over a sheet changed."""

    cells: int = 0
    styles: set[bytes] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    formulas: list[tuple[int, str]] = field(default_factory=list)


class ColumnWriter:
    """Makes a column's cells, batch after batch; a cell that holds the right value stays as it is."""

    def __init__(self, slot: Slot, prefix: str, decoder: Decoder, changes: Changes) -> None:
        self._slot, self._decoder, self._changes = slot, decoder, changes
        self._prefix, self._name = prefix.encode(), slot.name.encode()
        self._above: bytes | None = None
        self.default = b""
        self.model: Model | None = None

    def strips(
        self, groups: Groups, new: Sequence[New], added: set[int], *, whole: bool
    ) -> list[Sequence[bytes]]:
        """The cells of one batch, as sequences to be joined row by row; one only if `whole`.

        Indexes of rows that get a new cell go into `added`.
        """
        slot = self._slot
        wholes = groups[slot.whole]
        if len(new) != len(wholes):
            raise ValueError(f"column {slot.name} needs {len(wholes)} values, not {len(new)}")
        kinds, texts = self._encoded(groups, new)
        work = self._work(groups, kinds, texts)
        styles, formulas = list(groups[slot.attributes]), groups[slot.formula]
        if self.model is not None:
            work, formulas = self._modelled(self.model, groups, work, styles)
        elif b"" in wholes:
            self._inherit(groups, work, styles, added)
        else:
            self._above = styles[-1]
        if not work:
            return [wholes]
        self._changes.styles.update(map(styles.__getitem__, work))
        self._changes.columns.add(slot.column)
        self._changes.cells += len(work)
        parts = groups[NUMBER], styles, formulas, kinds, texts
        if not whole and len(work) == len(wholes) and _plain(kinds, texts):
            return self._strips(*parts)
        cells = list(wholes)
        self._fill(cells, work, parts)
        return [cells]

    def _encoded(self, groups: Groups, new: Sequence[New]) -> tuple[list[bytes], list[bytes]]:
        """Kinds and texts of the new values; a kept cell has those that it had."""
        kept = KEEP in new
        values = [None if value is KEEP else value for value in new] if kept else new
        try:
            kinds, texts = encode_all(values)  # type: ignore[arg-type]
        except (ValueError, TypeError) as error:
            raise self._misfit(groups, values) from error
        if kept:
            for index, value in enumerate(new):
                if value is KEEP:
                    kinds[index] = groups[self._slot.kind][index]
                    texts[index] = groups[self._slot.text][index]
        return kinds, texts

    def _misfit(self, groups: Groups, values: Sequence[New]) -> CellProblemError:
        """Which of the values is the one that no cell can hold."""
        for row, value in zip(groups[NUMBER], values, strict=True):
            try:
                encode(value)  # type: ignore[arg-type]
            except (ValueError, TypeError) as error:
                remedy = phrased("give it another value")
                return CellProblemError(self._slot.column, int(row), str(error), remedy)
        raise AssertionError("every value fits")  # pragma: no cover

    def _work(self, groups: Groups, kinds: list[bytes], texts: list[bytes]) -> Sequence[int]:
        """The indexes of the cells that must change."""
        old_kinds, old_texts = groups[self._slot.kind], groups[self._slot.text]
        blank = not any(old_texts) and not any(old_kinds)
        if blank and b"" not in texts:
            return range(len(texts))
        pairs = zip(count(), kinds, texts, old_kinds, old_texts)
        work = [i for i, kind, text, k, t in pairs if text != t or kind != k]
        if blank or not work:
            return work
        return [
            i
            for i in work
            if not (old_texts[i] or old_kinds[i])
            or not self._same((kinds[i], texts[i]), old_kinds[i], old_texts[i])
        ]

    def _modelled(
        self, model: Model, groups: Groups, work: Sequence[int], styles: list[bytes]
    ) -> tuple[Sequence[int], Sequence[bytes]]:
        """Below a table every cell is new, and must not hold anything yet."""
        kinds, texts = groups[self._slot.kind], groups[self._slot.text]
        for index, held in enumerate(zip(groups[self._slot.formula], texts, kinds, strict=True)):
            if held not in _NOTHING:
                self._refuse(groups, index)
        formulas = list(groups[self._slot.formula])
        if model.formula is not None or model.attributes:
            work = range(len(texts))
            styles[:] = [model.attributes] * len(texts)
        if model.formula is not None:
            rows = [int(number) for number in groups[NUMBER]]
            formulas = [model.formula(row) for row in rows]
            self._changes.formulas += [(row, self._slot.name) for row in rows]
        return work, formulas

    def _refuse(self, groups: Groups, index: int) -> NoReturn:
        raise CellProblemError(
            self._slot.column,
            int(groups[NUMBER][index]),
            phrased("something stands here, right below the table that must grow"),
            phrased("move it away from under the table"),
        )

    def _same(self, pair: Pair, kind: bytes, text: bytes) -> bool:
        """Whether two different spellings are one value."""
        if (kind in _NUMERIC) != (pair[0] in _NUMERIC):
            return False
        old, new = self._decoder.value(kind, text), self._decoder.value(*pair)
        return type(old) is type(new) and old == new

    def _inherit(
        self, groups: Groups, work: Sequence[int], styles: list[bytes], added: set[int]
    ) -> None:
        """Give new cells the style of the cell above them."""
        wholes, needed = groups[self._slot.whole], set(work)
        if not any(wholes) and needed:
            above = self._style(groups[GAP][min(needed)])
            styles[:] = [above] * len(styles)
            self._above = above
            added |= needed
            return
        for index, whole in enumerate(wholes):
            if whole:
                self._above = styles[index]
            elif index in needed:
                self._above = styles[index] = self._style(groups[GAP][index])
                added.add(index)

    def _style(self, row_tag: bytes) -> bytes:
        if self._above is not None:
            return _style_of(self._above)
        if b"customFormat" in row_tag:
            row = _ROW_STYLE.search(row_tag.partition(b">")[0])
            return row[1] if row else self.default
        return self.default

    def _strips(
        self,
        rows: Sequence[bytes],
        styles: Sequence[bytes],
        formulas: Sequence[bytes],
        kinds: Sequence[bytes],
        texts: Sequence[bytes],
    ) -> list[Sequence[bytes]]:
        """All cells of a column, as strips: what is the same in all rows is made once."""
        start = b'<%bc r="%b' % (self._prefix, self._name)
        strips: list[Sequence[bytes]] = []
        constant = b""
        for piece in (start, rows, b'"', styles, *self._ends(formulas, kinds, texts)):
            if isinstance(piece, bytes):
                constant += piece
            elif piece.count(piece[0]) == len(piece):
                constant += piece[0]
            else:
                strips += [[constant] * len(rows), piece]
                constant = b""
        return [*strips, [constant] * len(rows)]

    def _ends(
        self, formulas: Sequence[bytes], kinds: Sequence[bytes], texts: Sequence[bytes]
    ) -> tuple[Sequence[bytes] | bytes, ...]:
        """What follows a cell's attributes: its kind, formula and value, or nothing."""
        p, kind = self._prefix, max(kinds)
        opening = b' t="%b">' % kind if kind else b">"
        value, end = b"<%bv>" % p, b"</%bv></%bc>" % (p, p)
        if kinds.count(kind) == len(kinds) and (kind or b"" not in texts):
            return opening, formulas, value, texts, end
        if set(kinds) <= {kind, b""} and not any(formulas):
            whole = b"%b%b%%b%b" % (opening, value, end)
            full = kinds if kind else texts
            return ([whole % t if k else b"/>" for k, t in zip(full, texts, strict=True)],)
        return ([*map(self._end, formulas, kinds, texts)],)

    def _fill(
        self, cells: list[bytes], work: Sequence[int], parts: tuple[Sequence[bytes], ...]
    ) -> None:
        """Put the new cells in their places."""
        rows, styles, formulas, kinds, texts = parts
        head = b'<%bc r="%b%%b"%%b' % (self._prefix, self._name)
        value = b">%%b<%bv>%%b</%bv></%bc>" % ((self._prefix,) * 3)
        number, text = head + value, head + b' t="%b"' + value
        plain = _plain(kinds, texts)
        for i in work:
            if kinds[i] and (plain or texts[i].strip() == texts[i]):
                cells[i] = text % (rows[i], styles[i], kinds[i], formulas[i], texts[i])
            elif texts[i] and not kinds[i]:
                cells[i] = number % (rows[i], styles[i], formulas[i], texts[i])
            else:
                cells[i] = head % (rows[i], styles[i]) + self._end(formulas[i], kinds[i], texts[i])

    def _end(self, formula: bytes, kind: bytes, text: bytes) -> bytes:
        """What follows the attributes of any cell, empty or with blanks at its edges."""
        p = self._prefix
        if kind:
            space = b' xml:space="preserve"' if text.strip() != text else b""
            value = b"<%bv%b>%b</%bv>" % (p, space, text, p)
            return b' t="%b">%b%b</%bc>' % (kind, formula, value, p)
        if text:
            return b">%b<%bv>%b</%bv></%bc>" % (formula, p, text, p, p)
        return b">%b</%bc>" % (formula, p) if formula else b"/>"


def _plain(kinds: Sequence[bytes], texts: Sequence[bytes]) -> bool:
    """Whether no text has blanks at its edges; numbers never do."""
    if not any(kinds):
        return True
    joined = b"\0%b\0" % b"\0".join(texts)
    return not any(edge in joined for edge in _EDGES)


@lru_cache
def _style_of(attributes: bytes) -> bytes:
    found = _STYLE.search(attributes)
    return found[0] if found else b""
