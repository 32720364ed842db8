"""The floor where goods come in: rows of Returns by code, and what is to be written to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.core import cells, money, terms
from xl_returns.core.codes import plain, readings
from xl_returns.core.language import listed, phrased
from xl_returns.core.split import split, whole_of
from xl_returns.desk import ledger
from xl_returns.desk.log import SPLIT, write_log
from xl_returns.desk.table import ReturnsTable, as_value

_BY: Final = ("Return ID", "Tracking ID", "Order ID")


class Floor:
    """The rows of Returns by code, and what is to be written to them."""

    def __init__(self, book: Book, today: dt.date) -> None:
        self.book, self.today = book, today
        self.table = ReturnsTable(book)
        self._cells = self.table.cells
        self._rows = len(self._cells["Return ID"])
        self._changed: dict[tuple[int, str], object] = {}
        self._new: list[dict[str, object]] = []
        self._log: list[ledger.Line] = []
        self._by_code: dict[str, list[int]] = {}
        self._families: dict[str, list[int]] = {}
        for row in range(self._rows):
            self._file(row)

    def _file(self, row: int) -> None:
        self._families.setdefault(whole_of(self.text(row, "Return ID")), []).append(row)
        for header in _BY:
            if code := plain(self.text(row, header)):
                self._by_code.setdefault(code, []).append(row)

    def value(self, row: int, header: str) -> object:
        """A cell as it will be."""
        if row >= self._rows:
            return self._new[row - self._rows].get(header)
        column = self._cells.get(header)
        old = column[row] if column else None
        return self._changed.get((row, header), old)

    def text(self, row: int, header: str) -> str:
        """A cell as it will be, as text."""
        return cells.text_of(self.value(row, header))

    def put(self, row: int, new: Mapping[str, object]) -> None:
        """Cells to be written to a row."""
        if row >= self._rows:
            self._new[row - self._rows].update(new)
        else:
            self._changed |= {(row, header): value for header, value in new.items()}

    def find(self, code: str) -> list[int]:
        """The rows that a code fits: of a Return ID, the return and what was split off from it."""
        for reading in readings(code):
            found = self._by_code.get(reading, [])
            names = dict.fromkeys(self.text(row, "Return ID") for row in found)
            named = [row for name in names if plain(name) == reading for row in self.parts(name)]
            if found:
                return list(dict.fromkeys(named or found))
        return []

    def parts(self, return_id: str) -> list[int]:
        """The rows of a return and of what was split off from it."""
        family = self._families.get(whole_of(return_id), [])
        return [
            row
            for row in family
            if return_id in (whole_of(self.text(row, "Return ID")), self.text(row, "Return ID"))
        ]

    def split(self, row: int, units: Sequence[int]) -> list[int]:
        """Split a row; gives the rows of its parts. Raises Refusal."""
        whole = {header: self.value(row, header) for header in self._cells}
        currency = self.text(row, "Currency")
        market = terms.MARKETPLACE_CURRENCY.get(self.text(row, "Marketplace"), "")
        places = money.decimals(currency or market)
        ids = [self.text(at, "Return ID") for at in self.parts(str(whole["Return ID"]))]
        first, *others = split(whole, units, places, ids)
        self.put(row, {h: first[h] for h in first if first[h] != whole.get(h)})
        rows = [row]
        for part in others:
            rows.append(self._rows + len(self._new))
            self._new.append(part)
            self._file(rows[-1])
        names = listed(self.text(part, "Return ID") for part in rows)
        self.log(
            SPLIT,
            row,
            phrased("{units} units: {names}", units=" + ".join(map(str, units)), names=names),
        )
        return rows

    def log(self, event: str, row: int, details: str) -> None:
        """A line for the Log."""
        name = self.text(row, "Return ID")
        line = {"At": as_value(self.today), "Event": event, "Return ID": name, "Details": details}
        self._log.append(line)

    def save(self) -> None:
        """Write all that changed."""
        self.table.write_cells(self._changed)
        self.table.append(self._new)
        write_log(self.book, self._log)
