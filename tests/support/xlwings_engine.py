"""A small xlwings engine in memory, so that macros run unchanged where there is no Excel.

It behaves like Excel where the macros could go wrong: dates are dates, currency is a Decimal of
four places, errors are ints, `=` makes a formula, an apostrophe makes text, and values that
cannot cross are refused.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import openpyxl
import xlwings as xw
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes as base

from tests.support.pywin32 import ERRORS

LIKE_A_NUMBER = re.compile(r"[-+]?\d+([.,/-]\d+)*%?")


class Broken(Exception):
    """Excel says no in the midst of the work."""


class Apps(base.Apps):
    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


class Engine:
    name, type, apps = "memory", "desktop", Apps()

    @staticmethod
    def prepare_xl_data_element(value, options):
        if value is None or type(value) in (str, float, int, bool, dt.datetime):
            return value
        raise TypeError(f"{type(value).__name__} does not cross into Excel")

    @staticmethod
    def clean_value_data(data, dates, empty, numbers, err_to_str):
        names = {code: name for name, code in ERRORS.items()}

        def clean(value):
            if value is None:
                return empty
            if type(value) is int and value in names:
                return names[value] if err_to_str else None
            return value

        return [[clean(value) for value in row] for row in data]


class App(base.App):
    engine = Engine()
    calculation, screen_updating, status_bar = "automatic", True, False
    display_alerts = True
    pid, selection = 1, None

    def __init__(self):
        self.asked, self.answer, self.said, self.picked = [], "ok", [], ""
        self.prompted, self.typed = [], ""

    def __setattr__(self, name, value):
        if name == "status_bar":
            self.said.append(value)
        object.__setattr__(self, name, value)

    def run(self, macro, args):
        if macro.endswith("AskText"):
            self.prompted.append(args)
            return self.typed
        return self.picked

    def alert(self, prompt, title, buttons, mode, callback):
        assert buttons in ("ok", "ok_cancel", "yes_no", "yes_no_cancel"), "xlwings has no others"
        assert mode in (None, "info", "critical"), "xlwings has no others"
        self.asked.append(prompt)
        return self.answer


class Range(base.Range):
    api = True

    def __init__(self, sheet, top, left, bottom, right):
        self._sheet, self.row, self.column = sheet, top, left
        self.bottom, self.right = bottom, right

    sheet = property(lambda self: self._sheet)
    row = column = None
    shape = property(lambda self: (self.bottom - self.row + 1, self.right - self.column + 1))

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, row, column=None):
        at = self.row + row - 1, self.column + column - 1
        return Range(self._sheet, *at, *at)

    @property
    def address(self):
        first = f"${get_column_letter(self.column)}${self.row}"
        return f"{first}:${get_column_letter(self.right)}${self.bottom}"

    def _places(self):
        for row in range(self.row, self.bottom + 1):
            yield [(row, column) for column in range(self.column, self.right + 1)]

    @property
    def raw_value(self):
        found = [[self._sheet.values.get(at) for at in row] for row in self._places()]
        return found[0][0] if len(self) == 1 else found

    @raw_value.setter
    def raw_value(self, data):
        self._sheet.book.note_write(self)
        rows = data if isinstance(data, (list, tuple)) else [[data] * self.shape[1]] * self.shape[0]
        for places, values in zip(self._places(), rows, strict=True):
            for at, value in zip(places, values, strict=True):
                self._sheet.type_in(at, value)

    @property
    def formula(self):
        found = [[self._sheet.formula(at) for at in row] for row in self._places()]
        return found[0][0] if len(self) == 1 else tuple(map(tuple, found))

    @formula.setter
    def formula(self, text):
        self._sheet.book.note_write(self)
        for places in self._places():
            for at in places:
                self._sheet.type_in(at, text)


class Table(base.Table):
    name = None

    def __init__(self, sheet, name, bounds):
        self._sheet, self.name, self.bounds = sheet, name, bounds

    parent = property(lambda self: self._sheet)

    @property
    def header_row_range(self):
        left, top, right, _ = self.bounds
        return Range(self._sheet, top, left, top, right)

    @property
    def data_body_range(self):
        left, top, right, bottom = self.bounds
        return Range(self._sheet, top + 1, left, bottom, right)

    def resize(self, new):
        self._sheet.book.note_write(new.impl)
        self.bounds = (new.impl.column, new.impl.row, new.impl.right, new.impl.bottom)


class Many(base.Tables, base.Sheets):
    def __init__(self, members):
        self._members = members

    def __call__(self, key):
        if isinstance(key, int):
            return self._members[key - 1]
        return next(member for member in self._members if member.name == key)

    def __iter__(self):
        return iter(self._members)

    def __len__(self):
        return len(self._members)

    def __contains__(self, name):
        return any(member.name == name for member in self._members)


@dataclass(frozen=True)
class Page:
    """What a sheet of a file holds."""

    name: str
    values: dict
    formulas: dict
    tables: list


@lru_cache(maxsize=32)
def pages(file, currency):
    """The sheets in a file's bytes; the same file is read once, however often it is opened."""
    written = openpyxl.load_workbook(io.BytesIO(file))
    shown = openpyxl.load_workbook(io.BytesIO(file), data_only=True)
    return [page(sheet, shown[sheet.title], currency) for sheet in written.worksheets]


def page(sheet, shown, currency):
    values, formulas = {}, {}
    for row in sheet.iter_rows():
        for cell in row:
            at = (cell.row, cell.column)
            if cell.data_type == "f":
                formulas[at] = str(cell.value)
            value = in_excel(shown[cell.coordinate].value, cell, currency)
            if value not in (None, ""):
                values[at] = value
    tables = [(t.displayName, range_boundaries(t.ref)) for t in sheet.tables.values()]
    return Page(sheet.title, values, formulas, tables)


def in_excel(value, cell, currency):
    """A cell's value as Excel hands it over."""
    if value in ERRORS:
        return ERRORS[value]
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return value
    exact = currency and cell.number_format.startswith("#,##0.00")
    return Decimal(str(value)).quantize(Decimal("0.0001")) if exact else float(value)


class Sheet(base.Sheet):
    name = book = tables = None

    def __init__(self, book, page):
        self.book, self.name = book, page.name
        self.values, self.formulas = dict(page.values), dict(page.formulas)
        self.tables = Many([Table(self, name, bounds) for name, bounds in page.tables])

    def range(self, first, last=None):
        ends = [(at.row, at.column) if isinstance(at, Range) else at for at in (first, last)]
        return Range(self, *ends[0], *(ends[1] or ends[0]))

    def formula(self, at):
        value = self.values.get(at)
        return self.formulas.get(at, "" if value is None else str(value))

    def type_in(self, at, value):
        """What Excel makes of a value that is given to a cell."""
        self.values.pop(at, None)
        self.formulas.pop(at, None)
        if isinstance(value, str) and value.startswith("="):
            self.formulas[at] = value
        elif isinstance(value, str) and LIKE_A_NUMBER.fullmatch(value):
            raise AssertionError(f"Excel would read {value!r} as a number or a date")
        elif isinstance(value, str):
            self.values[at] = value.removeprefix("'")
        elif value is not None:
            self.values[at] = float(value) if type(value) is int else value


class Book(base.Book):
    app = sheets = name = fullname = None

    def __init__(self, path, currency):
        path = Path(path)
        self.app, self.name, self.fullname = App(), path.name, str(path)
        self.writes, self.fail_at, self.stays_broken, self.saves = [], None, False, 0
        self.sheets = Many([Sheet(self, page) for page in pages(path.read_bytes(), currency)])

    def save(self, path=None, password=None):
        self.saves += 1

    def note_write(self, block):
        self.writes.append((block.sheet.name, block.address))
        at = len(self.writes)
        if self.fail_at and (at == self.fail_at or (self.stays_broken and at > self.fail_at)):
            raise Broken("Excel is busy")

    def state(self):
        """Everything that a seller would see, to compare before and after."""
        return {
            sheet.name: (dict(sheet.values), dict(sheet.formulas), [t.bounds for t in sheet.tables])
            for sheet in self.sheets
        }


def open_book(path, *, currency=False):
    """A workbook as if open in Excel: the public object, and the engine's own behind it."""
    impl = Book(path, currency)
    return xw.Book(impl=impl), impl
