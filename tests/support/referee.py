"""LibreOffice as the referee of the native formulas: the same rows and policies, the same answers."""

from __future__ import annotations

import datetime as dt
import json
import random
import subprocess
from contextlib import contextmanager
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from tests.support.days import TODAY
from tests.support.office import served
from xl_returns.books.build import build
from xl_returns.books.build.frame import FIRST_ROW
from xl_returns.books.build.native import Native
from xl_returns.books.build.native.rows import UNANSWERED
from xl_returns.books.build.page import Tongue
from xl_returns.books.policies import default_rows
from xl_returns.core import cells, columns, sheets, terms
from xl_returns.core.cells import parted
from xl_returns.core.decide import decide
from xl_returns.core.grid import Grid
from xl_returns.core.language import ENGLISH, text
from xl_returns.core.policy_sheets import parse_policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.core.vocabulary import WORDS, in_english

DRIVER = Path(__file__).with_name("office_cells.py")
SERIAL = 25_569
NATIVE = tuple(Native().suggestions)
_NOTE = len(columns.RETURNS)
"""The helper column that says why there is no answer stands right of the contract's columns."""


@contextmanager
def referee(folder, count, language=ENGLISH):
    """A native workbook in a language with room for so many rows, open in LibreOffice."""
    path = folder / "Native.xlsx"
    build(path, [{} for _ in range(count)], tongue=Tongue(language), native=True)
    with served(folder) as pipe:
        driver = subprocess.Popen(
            ["/usr/bin/python3", str(DRIVER), pipe],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        desk = Desk(driver, count, language)
        desk.ask("open", str(path))
        desk.fill("Native", "A5", [[serial(TODAY)]])
        yield desk
        driver.stdin.close()
        driver.wait(30)


class Desk:
    """The open workbook: takes policies and rows in English, gives what its formulas say."""

    def __init__(self, driver, count, language):
        self._driver, self.count, self.language = driver, count, language

    def fill(self, sheet, *order):
        self.ask("fill", text(self.language, sheet), *order)

    def ask(self, *order):
        self._driver.stdin.write(json.dumps(order) + "\n")
        self._driver.stdin.flush()
        return json.loads(self._driver.stdout.readline())

    def put_policy(self, policy):
        """Write the cells of policy sheets, by sheet."""
        for sheet, lines in policy.items():
            cells_of = [
                [said_in(self.language, f, as_cell(line[f.name])) for f in sheet.fields]
                for line in lines
            ]
            self.fill(sheet.name, area(0, len(cells_of), 0, len(sheet.fields)), cells_of)

    def _typed(self, column, value):
        cell = as_cell(value)
        return said_in(self.language, column, cell) if column.choices else cell

    def answers(self, rows):
        """What the formulas suggest for rows, by column, and why they say nothing."""
        blank = [{}] * (self.count - len(rows))
        given = [
            [self._typed(columns.BY_NAME[h], row.get(h)) for h in columns.INPUTS]
            for row in [*rows, *blank]
        ]
        self.fill("Returns", area(0, self.count, 0, len(columns.INPUTS)), given)
        shown = self.ask("read", text(self.language, "Returns"), area(0, len(rows), 0, _NOTE + 1))
        names = [column.name for column in columns.RETURNS]
        found = {name: in_english([line[names.index(name)] for line in shown]) for name in NATIVE}
        return found, [line[_NOTE] for line in shown]


OWN = ("Category", "Text", "Language", "Source", "Code", "Rule", "Row", "Not Allowed")
"""Columns with what is the same in every language."""
WORD_OF = {word.casefold(): word for word in WORDS}


def said_in(language, column, cell):
    """A cell with its words in a language, as a seller would type them there."""
    if language == ENGLISH or not isinstance(cell, str) or column.name in OWN:
        return cell
    if cell in WORDS:
        return text(language, cell)
    negated, parts = parted(cell, WORD_OF)
    words = [text(language, WORD_OF.get(w.casefold(), w)) for w in parts]
    return ("非 " if negated else "") + "、".join(words)


def area(first, count, left, width):
    """Table cells as an address."""
    top = FIRST_ROW + 1 + first
    return f"{xl_col_to_name(left)}{top}:{xl_col_to_name(left + width - 1)}{top + count - 1}"


def serial(day):
    return float((cells.day(day) or 0) + SERIAL)


def as_cell(value):
    if value is None:
        return ""
    return serial(value) if isinstance(value, dt.date) else value


def rulebook(policy):
    """The engine's reading of a policy's cells, by sheet."""
    grids = {
        sheet.name: Grid(
            {f.name: [line[f.name] for line in lines] for f in sheet.fields},
            lambda row, header, name=sheet.name: f"{name} {row} {header}",
        )
        for sheet, lines in policy.items()
    }
    return Rulebook(parse_policy(grids)[0])


def engine(rows, book):
    """What the engine suggests for rows, as the same cells."""
    given = parse_rows({h: [row.get(h) for row in rows] for h in columns.INPUTS})
    said = suggestions(decide(given, book, cells.day(TODAY)), book)
    return {name: [as_cell(value) for value in said[name]] for name in NATIVE}


def differences(rows, book, desk):
    """Where formulas and engine differ, and why the formulas leave rows open."""
    mine, (theirs, notes) = engine(rows, book), desk.answers(rows)
    found = []
    for at, note in enumerate(notes):
        if note:
            assert theirs["Action"][at] == text(desk.language, UNANSWERED)
            assert not any(theirs[name][at] for name in NATIVE[1:])
            continue
        found += [
            (rows[at], name, mine[name][at], theirs[name][at])
            for name in NATIVE
            if mine[name][at] != theirs[name][at]
        ]
    return found, [note for note in notes if note]


def default_lines():
    """The cells of the policy that ships, by sheet."""
    found = {}
    for sheet in sheets.POLICY:
        found[sheet] = [
            {f.name: _typed(f, row[f.name]) for f in sheet.fields} for row in default_rows(sheet)
        ]
    return found


def _typed(field, text):
    if text and (field.cell == "percent" or (field.cell == "raw" and text.endswith("%"))):
        return round(float(text.removesuffix("%")) / 100, 6)
    if text and field.cell == "date":
        return dt.date.fromisoformat(text)
    plain = text.lstrip("-").replace(".", "", 1).isdigit()
    if plain and ((field.cell == "number" and not field.condition) or field.cell == "raw"):
        return float(text)
    return text


REASONS = [row["Code"] for row in default_rows(sheets.REASONS)]
PRICES = (0, 0.01, 4.99, 19.9, 40, 49.99, 50, 50.005, 75, 80, 99.995, 100, 100.01, 140, 150, 250.5)


class Chance:
    """Rows and policies by chance, with what lies on a border more often than chance has it."""

    def __init__(self, seed):
        self._of = random.Random(seed)  # noqa: S311 - the same in every run

    def one(self, words, blank=0.15):
        return None if self._of.random() < blank else self._of.choice(words)

    def price(self, coin, blank=0.3):
        if self._of.random() < blank:
            return None
        scale = 100 if coin == "JPY" else self._of.choice([1, 1, 1, 10])
        kind = self._of.random()
        if kind < 0.5:
            return self._of.choice(PRICES) * scale
        if kind < 0.9:
            return self._of.randrange(40_000) / 100 * scale
        return self._of.choice([100 / 3, 10 / 7, 1e5 / 9, 0.005, 1.005, 127.66499999999999, 1e6])

    def day(self, blank=0.2):
        if self._of.random() < blank:
            return None
        return TODAY - dt.timedelta(
            self._of.choice(
                [
                    0,
                    1,
                    13,
                    14,
                    15,
                    23,
                    24,
                    29,
                    30,
                    31,
                    59,
                    60,
                    61,
                    120,
                    121,
                    self._of.randrange(160),
                ]
            )
            - self._of.choice([0, 0, 0, 1])
        )

    def row(self, number, size):
        market = (
            self.one(terms.MARKETPLACES, 0.05)
            if self._of.random() < 0.6
            else self._of.choice(["US", "DE", "JP"])
        )
        own = terms.MARKETPLACE_CURRENCY.get(market)
        coin = self._of.choice([None, None, None, own, own, self._of.choice(terms.CURRENCIES)])
        seen = coin or own
        other = self._of.randrange(max(size // 6, 2))
        condition = self.one(terms.CONDITIONS, 0.45)
        if condition and self._of.random() < 0.05:
            condition += ", " + self._of.choice(terms.CONDITIONS)
        return {
            "Return ID": f"R{number}" + (f" #{self._of.randrange(2, 12)}" if self._of.random() < 0.1 else ""),
            "Channel": self.one(terms.CHANNELS, 0.03) if self._of.random() < 0.5 else "MFN",
            "Marketplace": market,
            "Order ID": self._of.choice([None, f"O{other}", f"O{other}", f"o{other}", f"O{number}"]),
            "Order Date": self.day(),
            "Delivered Date": self.day(),
            "Request Date": self.day(0.1),
            "SKU": self._of.choice([None, "A", "a", "B*", f"S{other}", f"S-{number}"]),
            "Category": self._of.choice([None, None, "Shoes", "shoes", "Software", "Toys", "Video Games", "DVD ", "Books"]),
            "Quantity": self._of.choice([None, 1, 1, 1, 1, 2, 3, 7, 12]),
            "Unit Paid": self.price(seen, 0.05),
            "Shipping Paid": self.price(seen, 0.5),
            "Currency": coin,
            "Reason": self.reason(),
            "Buyer Comment": self._of.choice([None, None, "too small", "It does not work at all", "it does not work at all", f"I changed my mind {other}"]),
            "Status": self.one(terms.STATUSES, 0.05),
            "In Policy": self.one(terms.YES_NO),
            "Received Date": self.day(0.6),
            "Condition": condition,
            "Buyer Wants": self.one(terms.BUYER_WISHES, 0.5),
            "Refunded So Far": self.price(seen, 0.7),
            "Refund Controller": self.one(terms.CONTROLLERS, 0.6),
            "Label Cost": self.price(seen, 0.6),
            "Label Payer": self.one(terms.PAYERS, 0.5),
            "A-to-z": self.one(terms.YES_NO, 0.7) if self._of.random() < 0.3 else None,
            "Buyer Key": self._of.choice([None, None, f"b{other}", f"b{other // 3}", "k"]),
            "Photos": self.one(terms.YES_NO, 0.4),
            "New Price": self.price(seen, 0.6),
            "Unit Cost": self.price(seen, 0.6),
            "Fulfilment Cost": self.price(seen, 0.6),
        }  # fmt: skip

    def reason(self):
        code = self._of.choice(REASONS)
        dressed = (
            code,
            code.lower(),
            "CR-" + code,
            "AMZ-PG-" + code.replace("_", "-"),
            "RO_CR_" + code,
            " " + code + " ",
            "WAT",
            "",
        )
        return self._of.choice([code, *dressed])

    def rows(self, count):
        made = [self.row(number, count) for number in range(count)]
        for _ in range(count // 40):
            made[self._of.randrange(count)] = {}
        return [row for row in made if any(v is not None for v in row.values())]

    def policy(self):
        """The default policy with some cells changed."""
        lines = default_lines()
        for sheet in (sheets.ACTION_RULES, sheets.REFUND_RULES, sheets.RESALE_RULES):
            for _ in range(self._of.randrange(1, 25)):
                self._change(sheet, self._of.choice(lines[sheet][:-1]))
            if self._of.random() < 0.5:
                self._of.shuffle(lines[sheet])
        for line in self._of.sample(lines[sheets.FEES], 12):
            self._change_fee(line)
        for line in lines[sheets.RISK_WEIGHTS]:
            if self._of.random() < 0.4:
                line["Points"] = float(self._of.randrange(-30, 60))
        self._change_settings(lines[sheets.SETTINGS])
        return lines

    def _change(self, sheet, line):
        field = self._of.choice(
            [f for f in sheet.fields if f.condition or f.name in ("On", "From", "To")]
        )
        line[field.name] = self._condition(field)
        if sheet is sheets.REFUND_RULES:
            line["Withhold"] = self._of.choice([0.0, 0.1, 0.2, 0.3333, 0.5, 1.0])
        if sheet is sheets.RESALE_RULES:
            self._sell(line)
        if line.get("Disposition") == terms.RESTOCK:
            line["Condition"] = "Sealed"

    def _condition(self, field):
        if field.name == "On":
            return self._of.choice(["Y", "N", ""])
        if field.cell == "date":
            return self._of.choice([None, self.day(0)])
        if self._of.random() < 0.4:
            return ""
        if field.cell in ("price", "number"):
            return self._number(field)
        words = field.choices or ("Shoes", "Software", "Toys", "Books")
        some = self._of.sample(words, self._of.randrange(1, min(len(words), 4)))
        text = self._of.choice([", ", ",", "; ", " , "]).join(some)
        return self._of.choice(["", "", "not ", "NOT "]) + self._of.choice(
            [text, text.lower(), text.upper()]
        )

    def _number(self, field):
        price = field.cell == "price"
        if price and self._of.random() < 0.4:
            return self._of.choice(["low", "middle, high", "not low", "HIGH"])
        values = PRICES[1:] if price else (0, 10, 14, 20, 30, 60, 70)
        low, high = sorted(self._of.sample(values, 2))
        forms = [
            f"<{low}",
            f"<= {low}",
            f">{low}",
            f">={high}",
            f"{low}..{high}",
            f"{low} .. {high}",
            f"{low}, {high}",
            f"<{low}; >{high}",
            float(low),
        ]
        return self._of.choice(forms)

    def _sell(self, line):
        line["Percent of New"] = self._of.choice([0.0, 0.08, 0.3333, 0.6, 0.95, 1.0])
        line["Price Ending"] = self._of.choice([None, None, 0.99, 0.0, 9.0, 99.0, 0.5])
        line["Currency"] = self._of.choice(["", "", "USD", "EUR", "JPY"])
        whole = line["Currency"] == "JPY"
        line["Floor"] = (
            self._of.choice([None, 5.0, 20.5 if whole else self._of.choice([12.34, 12.345, 1.005])])
            if line["Currency"]
            else None
        )
        line["Cap"] = self._of.choice([None, 20.0, 120.5, 64.285]) if line["Currency"] else None
        line["Weeks"] = self._of.choice([None, None, 1.0, 2.0, 8.0])
        line["Loss per Week"] = self._of.choice([None, 0.02, 0.1]) if line["Weeks"] else None
        line["Storage per Week"] = self._of.choice(["", "Inspection"]) if line["Weeks"] else ""
        line["Chance of Sale"] = self._of.choice([None, 0.5, 0.9, 0.3333])

    def _change_fee(self, line):
        line["Percent"] = self._of.choice([None, 0.15, 0.0825])
        line["From"] = self._of.choice([None, self.day(0)])
        line["To"] = self._of.choice([None, None, self.day(0)])
        if line["Currency"]:
            line["Cap"] = self._of.choice([None, 2.5, 1000.0])

    def _change_settings(self, lines):
        shares = [0.0, 0.1, 0.2, 0.3333, 0.5, 1.0]
        for line in lines:
            if line["Setting"] in (
                "Opening offer middle",
                "Opening offer high",
                "Chance goods come back",
                "Photo threshold",
            ):
                line["Value"] = self._of.choice(shares)
            if line["Setting"] == "Ships from abroad":
                line["Value"] = self._of.choice("NNNY")
            if line["Setting"] == "Withdrawal period":
                line["Value"] = float(self._of.choice([14, 14, 30]))
            if line["Setting"] in ("Condition when intact", "Condition when faulty"):
                line["Value"] = self._of.choice(terms.CONDITIONS)
