"""Worksheet functions: what Excel's cells call, through xlwings, in a process of their own.

Numbers arrive as floats, dates as serial days, errors as the integers of their kind. Only text,
numbers and blanks go back. A function raises on what it cannot read: the wrapper in the workbook
makes a real Excel error of it and keeps the sentence for the status cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import xlwings as xw

from xl_returns.books.cells import clean
from xl_returns.books.policies import default_policy, policy_of
from xl_returns.core import cells, columns, serials, sheets
from xl_returns.core.decide import decide
from xl_returns.core.findings import Refusal
from xl_returns.core.history import no_history
from xl_returns.core.language import RETURNS, marked, phrased, speaking
from xl_returns.core.rows import parse_rows
from xl_returns.core.suggest import Shown, suggestions
from xl_returns.core.vocabulary import in_language, language_in
from xl_returns.desk.live import LiveTable, MissingPolicy, MissingTable, Policies

SEND_POLICY: Final = "#POLICY"
"""Asks the wrapper to load the policy first: this process has not seen it."""
SEND_TABLE: Final = "#TABLE"
"""Asks the wrapper for the whole table: this process knows nothing of its other rows."""
NEXT_ROW, NEXT_CELL = "\x1e", "\x1f"
_LONGEST_IN_ARRAY: Final = 255
"""Excel takes no longer text in an array that a function returns."""
_ERROR_CODES: Final = range(-2_146_826_288, -2_146_826_199)
_ERRORS: Final = {
    -2_146_826_288: "#NULL!",
    -2_146_826_281: "#DIV/0!",
    -2_146_826_273: "#VALUE!",
    -2_146_826_265: "#REF!",
    -2_146_826_259: "#NAME?",
    -2_146_826_252: "#NUM!",
    -2_146_826_246: "#N/A",
}

ARGUMENTS: Final = {
    "row": "The input cells of the row, Return ID to Fulfilment Cost.",
    "table": "The rows of Returns, Return ID to Fulfilment Cost.",
    "policy": "A version from RETURN_POLICY. Blank: the one used last.",
    "as_of": "The day to decide for. Blank: today.",
    "headers": "The cells' headers. Blank: in the order of a new workbook.",
    "tables": "The policy tables with their headers, in the order of the sheets.",
}
"""What the function wizard says of each argument."""
_OF_A_ROW: Final = marked("For one row of returns.")
_COLUMN: Final = {name: column for column, name in columns.FUNCTIONS.items()}
"""The suggestion that each function for one row gives."""

Grid = list[Sequence[Any]]

_policies = Policies()
_tables: dict[str, LiveTable] = {}


@xw.func(category="Returns")
@xw.arg("tables", "raw")
@xw.ret("default")
def RETURN_POLICY(*tables: Any) -> str:  # noqa: N802 - the names that sellers type
    """Version of the policy in the policy tables, given with their headers in the sheets' order."""
    given = dict(zip((s.table for s in sheets.POLICY), map(_grid, tables), strict=False))
    policy, _ = policy_of(_SentBook({name: _SentTable(name, grid) for name, grid in given.items()}))
    return _policies.add(policy)


@xw.func(category="Returns")
@xw.arg("table", "raw")
@xw.arg("policy", "raw")
@xw.arg("as_of", "raw")
@xw.arg("headers", "raw")
@xw.ret("default")
def RETURN_ADVICE(  # noqa: N802
    table: Any, policy: Any = None, as_of: Any = None, headers: Any = None
) -> str | list[list[str | float]]:
    """All suggestions for a table of returns: one row each, columns from Action to Why."""
    rows, names = _grid(table), _names(headers)
    given = _by_header(names, rows)
    try:
        book = _policies.book(_version(policy))
    except MissingPolicy:
        return SEND_POLICY
    _, found = LiveTable().update(book, _day(as_of), len(rows), range(len(rows)), given)
    shown = _in_language(names, found)
    return [[_cut(shown[name][row]) for name in columns.SUGGESTIONS] for row in range(len(rows))]


def help_of(function: Callable[..., object]) -> tuple[str, ...]:
    """What a worksheet function does, in sentences that the catalogue has."""
    column = _COLUMN.get(function.__name__)
    if column is not None:
        return columns.BY_NAME[column].help, _OF_A_ROW
    return (" ".join((function.__doc__ or "").split()),)


def _of_row(column: str) -> Callable[..., str | float]:
    """The worksheet function that gives one suggestion for one row."""
    name = columns.FUNCTIONS[column]

    def function(
        row: Any, policy: Any = None, as_of: Any = None, headers: Any = None
    ) -> str | float:
        values = tuple(_grid(row)[0])
        try:
            return _advice(_version(policy), _day(as_of), _names(headers), values)[column]
        except MissingPolicy:
            return SEND_POLICY

    function.__name__ = function.__qualname__ = name
    function.__doc__ = " ".join(help_of(function))
    for argument in ("row", "policy", "as_of", "headers"):
        function = xw.arg(argument, "raw")(function)
    return xw.func(category="Returns")(xw.ret("default")(function))


RETURN_ACTION = _of_row("Action")
REFUND_AMOUNT = _of_row("Refund")
RETURN_OFFER = _of_row("Offer")
RETURN_OFFER_MAX = _of_row("Offer Max")
RETURN_DUE = _of_row("Due")
RETURN_DISPOSITION = _of_row("Disposition")
RESALE_PRICE = _of_row("Resale Price")
RETURN_RECOVERY = _of_row("Recovery")
RETURN_RISK = _of_row("Risk")
RETURN_APPEAL = _of_row("Appeal")
RETURN_WARNINGS = _of_row("Warnings")
RETURN_RULE = _of_row("Rule")
RETURN_WHY = _of_row("Why")

OF_ROW: Final = tuple(columns.FUNCTIONS.values())
"""The functions for one row, in the order of the columns of suggestions."""


@xw.func
@xw.arg("table", "raw")
@xw.arg("policy", "raw")
@xw.arg("as_of", "raw")
@xw.arg("headers", "raw")
@xw.arg("count", "raw")
@xw.arg("positions", "raw")
@xw.arg("rows", "raw")
@xw.ret("default")
def changed_rows(
    table: Any, policy: Any, as_of: Any, headers: Any, count: Any, positions: Any, rows: Any
) -> str:
    """Take changed rows of a named table; give the rows that have new suggestions, packed.

    Called by the wrappers for all cells of a table at once: each row becomes its position and
    its suggestions, `t` text or `n` number.
    """
    size = int(count)
    at = [int(position) for position in _grid(positions)[0]]
    names = _names(headers)
    given = _by_header(names, _grid(rows))
    live = _tables.setdefault(str(table), LiveTable())
    try:
        touched, found = live.update(_policies.book(_version(policy)), _day(as_of), size, at, given)
    except MissingPolicy:
        return SEND_POLICY
    except MissingTable:
        return SEND_TABLE
    shown = _in_language(names, found)
    packed = [[str(row) for row in touched]]
    packed += [[_packed(value) for value in shown[name]] for name in columns.SUGGESTIONS]
    return NEXT_ROW.join(map(NEXT_CELL.join, zip(*packed, strict=True)))


class _SentTable:
    """A policy table as Excel sent it, headers first."""

    def __init__(self, name: str, grid: Grid) -> None:
        self._name, self._grid = name, grid

    def read(self) -> Mapping[str, Sequence[object]]:
        head, *body = self._grid
        return {
            str(header): [_plain(row[index]) for row in body] for index, header in enumerate(head)
        }

    def place(self, row: int, header: str) -> str:
        return f"{self._name} line {row + 1} {header}"


class _SentBook:
    date1904 = False

    def __init__(self, tables: Mapping[str, _SentTable]) -> None:
        self.tables = tables


@lru_cache(maxsize=4096)
def _advice(
    version: str, today: int, headers: tuple[str, ...], values: tuple[Any, ...]
) -> dict[str, str | float]:
    """The suggestions for one row alone; blank for a blank row."""
    given = _by_header(headers, [values])
    if all(given[name][0] in (None, "") for name in columns.INPUTS if name in given):
        return dict.fromkeys(columns.SUGGESTIONS, "")
    book = _policies.book(version)
    with speaking(book.policy.settings.language):
        rows = parse_rows(given)
    found = suggestions(decide(rows, book, today, no_history(1)), book)
    shown = _in_language(headers, found)
    return {name: _text_or_number(values[0]) for name, values in shown.items()}


def _in_language(headers: tuple[str, ...], shown: Mapping[str, Shown]) -> dict[str, Shown]:
    """Suggestions whose declared words are in the language of the headers."""
    language = language_in(RETURNS, headers)
    return {
        name: in_language(language, values) if columns.BY_NAME[name].choices else values
        for name, values in shown.items()
    }


def _grid(value: Any) -> Grid:
    """Any argument as rows of cells: a scalar is one cell, a flat list one row."""
    if not isinstance(value, (list, tuple)):
        return [[value]]
    if value and isinstance(value[0], (list, tuple)):
        return list(value)
    return [value]


def _names(headers: Any) -> tuple[str, ...]:
    if headers is None or headers == "":
        return columns.INPUTS
    return tuple(str(header) for header in _grid(headers)[0])


def _by_header(headers: Sequence[str], rows: Grid) -> dict[str, list[object]]:
    """Columns by the contract's headers; the others are left out."""
    if len(rows[0]) != len(headers):
        raise Refusal(
            phrased("the function's arguments"),
            phrased(
                "{cells} cells stand under {headers} headers",
                cells=len(rows[0]),
                headers=len(headers),
            ),
            phrased("select the same columns in both"),
        )
    known = {position: columns.header_name(header) for position, header in enumerate(headers)}
    return {
        name: [_plain(row[position]) for row in rows]
        for position, name in known.items()
        if name in columns.INPUTS
    }


def _plain(value: Any) -> Any:
    """A value from Excel as the desk reads it: error codes become their names."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _ERRORS.get(value, "#ERROR!") if value in _ERROR_CODES else float(value)
    return value


def _version(policy: Any) -> str:
    if policy is None or policy == "":
        return _policies.latest or _policies.add(default_policy())
    return str(policy)


def _day(as_of: Any) -> int:
    if as_of is None or as_of == "":
        return cells.days_of(dt.datetime.now().astimezone().date())
    if isinstance(as_of, dt.date):
        return cells.days_of(as_of)
    return serials.day_of(as_of)


def _text_or_number(value: str | float | None) -> str | float:
    return "" if value is None else clean(value) if isinstance(value, str) else value


def _cut(value: str | float | None) -> str | float:
    shown = _text_or_number(value)
    if isinstance(shown, str) and len(shown) > _LONGEST_IN_ARRAY:
        return shown[: _LONGEST_IN_ARRAY - 1] + "…"
    return shown


def _packed(value: str | float | None) -> str:
    shown = _text_or_number(value)
    return f"t{shown}" if isinstance(shown, str) else f"n{shown!r}"
