"""Fields of a record as cells of the contract, each oddity noted and nothing guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from xl_returns.core import terms
from xl_returns.core.columns import normalised
from xl_returns.core.language import marked, phrased
from xl_returns.reports import maps, parse
from xl_returns.reports.dates import Days, month_first
from xl_returns.reports.model import Record
from xl_returns.reports.notes import Notes

MOST_UNITS: Final = 9_000
_NAMES: Final = {
    "order": "order number", "day": "date", "time": "date", "sales": "product sales",
    "shop": "marketplace", "fulfilment": "fulfilment channel", "reference": "number",
    "order_item": "Order Item ID", "tracking": "Tracking ID",
}  # fmt: skip
"""Fields whose names say too little."""
_MOST_MONEY: Final = Decimal(10**9)
_TELLING: Final = ("currency", "channel", "shop")
_DATES: Final = ("order_date", "requested", "delivered", "day", "time", "asked")


class Rejected(Exception):
    """A row that is left out; carries the problem and the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(problem)


class Reader:
    """Reads the fields of one file's records."""

    def __init__(self, records: Iterable[Record], notes: Notes, marketplace: str | None) -> None:
        records = list(records)
        self.marketplace = marketplace or ""
        texts = (r.fields.get(name, "") for r in records for name in _DATES)
        self.notes = notes
        self._days = Days(notes, month_first(texts, marketplace, _currencies(records)))

    def text(self, record: Record, field: str) -> str:
        """A cell as clean text; blank when there is none."""
        return parse.clean(record.fields.get(field, ""))

    def long_number(self, record: Record, field: str) -> str:
        """A number of many digits as text; blank where Excel has shortened it."""
        text = self.text(record, field)
        if not parse.is_shortened(text):
            return text
        problem = marked("{name} `{text}` was shortened by Excel; left blank")
        remedy = phrased("download the report again and import it before Excel opens it")
        self._left_blank(record, field, problem, remedy)
        return ""

    def day(self, record: Record, field: str) -> dt.date | None:
        """A date cell as a day."""
        try:
            return self._days.read(record.fields.get(field, ""), record.place)
        except ValueError:
            self._unread(record, field, phrased("a date"), phrased("write it as 2026-01-31"))
            return None

    def money(self, record: Record, field: str) -> Decimal | None:
        """An amount that is not negative; blank where it can be read two ways."""
        if parse.reads_two_ways(text := record.fields.get(field, "")):
            problem = marked("{name} `{text}` can be read two ways; left blank")
            self._left_blank(record, field, problem, phrased("fill the cell by hand"))
            return None
        try:
            value = parse.number(text)
        except ValueError:
            value = Decimal(-1)
        if value is not None and not 0 <= value <= _MOST_MONEY:
            self._unread(record, field, phrased("an amount"), phrased("fill the cell by hand"))
            return None
        return value

    def units(self, record: Record, field: str) -> int | None:
        """A number of units; a row that says it has none, or nonsense, is rejected."""
        text = record.fields.get(field, "")
        try:
            value = parse.units(text)
        except ValueError:
            value = 0
        if value is not None and not 1 <= value <= MOST_UNITS:
            raise Rejected(
                phrased("quantity `{text}` is no number of units", text=parse.clean(text)[:40]),
                phrased(
                    "correct it to a whole number from 1 to {most} and import again",
                    most=MOST_UNITS,
                ),
            )
        return value

    def signed(self, record: Record, field: str) -> Decimal | None:
        """An amount of either sign, None when blank; a row with anything else is rejected."""
        text = record.fields.get(field, "")
        try:
            value = parse.amount(text)
        except ValueError:
            value = Decimal("Infinity")
        if value is not None and abs(value) > _MOST_MONEY:
            raise Rejected(
                phrased(
                    "{name} `{text}` is not an amount that can be read",
                    name=_name(field),
                    text=parse.clean(text)[:40],
                ),
                phrased("write it as -1234.56 and import again"),
            )
        return value

    def is_negative(self, record: Record, field: str) -> bool:
        """Whether a cell holds an amount below zero."""
        try:
            return (parse.amount(record.fields.get(field, "")) or 0) < 0
        except ValueError:
            return False

    def count(self, record: Record, field: str) -> int:
        """A number of units of either sign, 0 when blank; a row with anything else is rejected."""
        text = record.fields.get(field, "")
        try:
            value = parse.units(text) or 0
        except ValueError:
            value = MOST_UNITS + 1
        if abs(value) > MOST_UNITS:
            raise Rejected(
                phrased(
                    "{name} `{text}` is no number of units",
                    name=_name(field),
                    text=parse.clean(text)[:40],
                ),
                phrased("correct it to a whole number and import again"),
            )
        return value

    def word(self, record: Record, field: str, table: str) -> str:
        """Our word for a cell, blank when the cell is blank or not known, which is noted."""
        found, text = self.known(record, field, table), self.text(record, field)
        if found is None and text:
            problem = phrased(
                "{name} `{text}` is not known; passed over", name=_name(field), text=text[:60]
            )
            self.notes.warn(record.place, problem, phrased("check what this line says"))
        return found["Word"] if found else ""

    def needed(self, record: Record, field: str) -> str:
        """A cell as clean text; a row without it is rejected."""
        if not (text := self.text(record, field)):
            raise Rejected(
                phrased("the row has no {name}", name=_name(field)),
                phrased("download the report again, or complete the row"),
            )
        return text

    def whole(self, record: Record, *fields: str) -> None:
        """Reject a row that is cut off, or ends before one of the fields: its last cell may be
        cut as well.
        """
        if record.cut or (record.short and not record.fields.keys() >= set(fields)):
            raise Rejected(
                phrased("the row is cut off"), phrased("download the report again and import that")
            )

    def yes_no(self, record: Record, field: str) -> str | None:
        """Y or N."""
        text = self.text(record, field)
        found = parse.yes_no(text)
        if text and not found:
            self._unread(
                record, field, phrased("yes or no"), phrased("fill the cell by hand: Y or N")
            )
        return found

    def code(self, record: Record, field: str, table: str) -> Mapping[str, str] | None:
        """The line of a translation table that a code stands on."""
        found = self.known(record, field, table)
        if found is None and self.text(record, field):
            self._unread(record, field, phrased("a code we know"), phrased("fill the cell by hand"))
        return found

    def known(self, record: Record, field: str, table: str) -> Mapping[str, str] | None:
        """As `code`, without a word about codes that we do not know."""
        return maps.line(table, record.fields.get(field, ""))

    def currency(self, record: Record) -> str:
        """The currency's code; rows in money we do not know are rejected, not converted."""
        text = self.text(record, "currency").upper()
        if text and text not in terms.CURRENCIES:
            known = ", ".join(terms.CURRENCIES)
            raise Rejected(
                phrased("currency `{text}` is not known here", text=text[:40]),
                phrased("write one of {known}", known=known),
            )
        return text

    def _unread(self, record: Record, field: str, what: str, remedy: str) -> None:
        problem = marked("{name} `{text}` is not {what}; left blank")
        self._left_blank(record, field, problem, remedy, what=what)

    def _left_blank(
        self, record: Record, field: str, problem: str, remedy: str, **more: str
    ) -> None:
        text = self.text(record, field)[:60]
        self.notes.warn(
            record.place, phrased(problem, name=_name(field), text=text, **more), remedy
        )


def _name(field: str) -> str:
    return _NAMES.get(field) or field.replace("_", " ")


def _currencies(records: Iterable[Record]) -> set[str]:
    """Currencies that a file names, by code or by the shop of its orders."""
    found = set()
    for text in {next((r.fields[f] for f in _TELLING if r.fields.get(f)), "") for r in records}:
        shop = maps.codes("sales_channel").get(normalised(text), {}).get("Word", "")
        found.add(terms.MARKETPLACE_CURRENCY.get(shop, parse.clean(text).upper()))
    return found & set(terms.CURRENCIES)
