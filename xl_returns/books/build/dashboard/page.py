"""What the Dashboard says in cells: what is chosen, six key figures, two short lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from xl_returns.books.build.dashboard import formulas, places
from xl_returns.books.build.dashboard.formulas import fresh
from xl_returns.books.build.dashboard.places import CURRENCY, UNSEEN, Block
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import (
    ALARM,
    BAND,
    CARE,
    LOOK,
    NOTE_TINT,
    OWNER_TINT,
    PAPER,
    QUIET,
    TILE,
    Styles,
)
from xl_returns.core import ledgers, money, terms

_ADVICE: Final = f"Yours to choose. {places.AUTO}: the currency of most rows."
_CENTS: Final = "#,##0.00"
_MONEY: Final = f"{_CENTS};-{_CENTS};–"


@dataclass(frozen=True)
class _Tile:
    """A key figure and a second one below it, with the words of their number formats.

    `look` paints a figure above 0; `everywhere` is money that no marketplace is named for.
    """

    name: str
    sheet: str
    figure: str
    second: str
    words: str
    look: dict[str, str] | None = None
    in_money: bool = False
    everywhere: bool = False

    @property
    def label(self) -> str:
        """The formula of its name, which leads to its sheet."""
        said = f'"{self.name}"'
        if self.in_money:
            said += f'&", "&{CURRENCY}'
        if self.everywhere:
            said += f'&IF({places.PLACE}="{places.ALL}","",", everywhere")'
        return f"HYPERLINK(\"#'{self.sheet}'!A1\",{said})"


def _one_or_more(one: str, more: str) -> str:
    """The number format that says a count with its words."""
    return f'[=1]0" {one}";#,##0" {more}"'


_SOON: Final = formulas.CLOSES_SOON
_TILES: Final = (
    _Tile(
        "Open returns", "Returns", formulas.OPEN_RETURNS, formulas.TO_ACT,
        _one_or_more("asks for something", "ask for something"),
    ),
    _Tile("Overdue", ledgers.DUE.sheet, formulas.OVERDUE, formulas.BY_TOMORROW, '0" due today or tomorrow"', ALARM),
    _Tile("Held for review", "Returns", formulas.HELD, formulas.RISKY, f'0" of risk {formulas.HIGH_RISK} or more"', CARE),
    _Tile("To refund", "Returns", formulas.TO_REFUND, formulas.TO_OFFER, f'{_CENTS}" in opening offers"', in_money=True),
    _Tile(
        "To claim", ledgers.RECONCILE.sheet, formulas.TO_CLAIM, formulas.CLAIMS_CLOSING,
        _one_or_more(f"window closes within {_SOON} days", f"windows close within {_SOON} days"),
        in_money=True, everywhere=True,
    ),
    _Tile(
        "Policy costs", ledgers.LOG.sheet, formulas.POLICY_COSTS, formulas.COSTLY_DECISIONS,
        f'"{formulas.DAYS_OF_POLICY_COSTS} days, "0" above the cheapest"', in_money=True, everywhere=True,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Part:
    """A column of a short list: its header, what it tells of the ledger, and how far it reaches."""

    header: str
    source: str
    kind: str = "text"
    first: int = 0
    last: int = 0
    otherwise: str = ""
    """The ledger's column that is told where the source is blank."""
    empty: str = ""
    """What the first line says of a ledger that has none."""

    @property
    def is_text(self) -> bool:
        """Whether it tells words; of numbers, blank ones stay blank."""
        return self.kind in ("text", "prose")


_DUE_PARTS: Final = (
    _Part("Days left", "Hours Left", "days", 4, 4),
    _Part("Until here", "Until Here", "time", 5, 5),
    _Part("What", "What", "text", 6, 6, empty="Nothing to wait for"),
    _Part("Where", "Marketplace", "text", 7, 7),
    _Part("Action", "Action", "text", 8, 8),
    _Part("Refund", "Refund", "money", 9, 9),
    _Part("", "Currency", "text", 10, 10),
    _Part("Return", "Return ID", "text", 11, 11),
)
_FIX_PARTS: Final = (
    _Part("SKU", "SKU", "prose", 0, 0),
    _Part("Saving", "Saving", "money", 1, 1),
    _Part("Cause", "Cause", "prose", 2, 2, otherwise="Kind"),
    _Part("How sure", "Sure", "prose", 3, 3),
    _Part(
        "What to do",
        "What To Do",
        "prose",
        4,
        7,
        empty="Insights write this list: xl-returns insights BOOK --write",
    ),
)


def add_choosers(page: Page, styles: Styles) -> None:
    """The day, the two cells that the seller may change, and what they do."""
    bold = styles.get(bold=True, align="right", indent=1)
    own = styles.get(
        bg_color=OWNER_TINT["seller"], bold=True, align="center", border=1, border_color=QUIET
    )
    page.set_row_pixels(places.CHOOSERS, 27)
    day = styles.get(num_format="yyyy-mm-dd", align="center")
    page.write_string(places.CHOOSERS, 0, "As of", bold)
    page.write_formula(places.TODAY, "=TODAY()", day, 0)
    for column, name, cell, first, words in (
        (2, "Currency", places.OWN_CURRENCY, places.AUTO, terms.CURRENCIES),
        (5, "Marketplace", places.OWN_PLACE, places.ALL, terms.MARKETPLACES),
    ):
        page.write_string(places.CHOOSERS, column, name, bold)
        page.write_string(cell, first, own)
        page.data_validation(cell, {"validate": "list", "source": [first, *words]})
    quiet = styles.get(font_color=QUIET, font_size=9, indent=1)
    page.write_string(places.CHOOSERS, 7, _ADVICE, quiet)


def add_tiles(book: Book, page: Page, styles: Styles) -> None:
    """Six figures, each above a second one, on tiles two columns wide."""
    for row, height in enumerate((22, 38, 20), places.TILES):
        page.set_row_pixels(row, height)
    for number, tile in enumerate(_TILES):
        _tile(page, styles, 2 * number, tile)
        _paint(book, page, 2 * number, tile)


def _tile(page: Page, styles: Styles, column: int, tile: _Tile) -> None:
    edge = {
        "bg_color": TILE, "left": 5, "left_color": PAPER, "right": 5, "right_color": PAPER,
        "align": "left", "indent": 1,
    }  # fmt: skip
    digits = _MONEY if tile.in_money else "#,##0"
    looks = (
        styles.get(**edge, top=5, top_color=BAND, font_color=BAND, bold=True),
        styles.get(**edge, bold=True, font_size=22, num_format=digits),
        styles.get(**edge, font_size=9, font_color=QUIET, num_format=tile.words),
    )
    said = ((tile.label, tile.name), (tile.figure, 0), (tile.second, 0))
    for row, (look, (formula, value)) in enumerate(zip(looks, said, strict=True), places.TILES):
        page.merge_range(row, column, row, column + 1, "", look)
        page.write_formula(row, column, fresh(formula), look, value)


def _paint(book: Book, page: Page, column: int, tile: _Tile) -> None:
    """Colours of a figure that asks for care; no cents where the currency has none."""
    row = places.TILES + 1
    if tile.look:
        rule = {"type": "cell", "criteria": ">", "value": 0, "format": book.add_format(tile.look)}
        page.conditional_format(row, column, row, column + 1, rule)
    if tile.in_money:
        _drop_cents(book, page, (row, column, row, column + 1), CURRENCY, _MONEY)
    if _CENTS in tile.words:
        _drop_cents(book, page, (row + 1, column, row + 1, column + 1), CURRENCY, tile.words)


def _drop_cents(
    book: Book, page: Page, area: tuple[int, int, int, int], currency: str, digits: str
) -> None:
    """Whole amounts where a cell names a currency without cents."""
    whole = ",".join(f'{currency}="{c}"' for c in terms.CURRENCIES if not money.decimals(c))
    look = book.add_format({"num_format": digits.replace(_CENTS, "#,##0")})
    page.conditional_format(*area, {"type": "formula", "criteria": f"=OR({whole})", "format": look})


def add_lists(book: Book, page: Page, styles: Styles) -> None:
    """What runs out next, and what to fix first."""
    due, fixes = places.FIRST_CHARTS, places.LAST_CHARTS
    _list(page, styles, due, places.DUE, _DUE_PARTS, "Due next")
    _list(page, styles, fixes, places.FIXES, _FIX_PARTS, "Fix first")
    own_currency = xl_rowcol_to_cell(due + 2, _DUE_PARTS[6].first, col_abs=True)
    _drop_cents_of(book, page, due, places.DUE, _DUE_PARTS[5], own_currency)
    _drop_cents_of(book, page, fixes, places.FIXES, _FIX_PARTS[1], CURRENCY)
    for row in range(fixes + 2, places.END):
        page.set_row_pixels(row, places.TALL)
    hours = xl_rowcol_to_cell(due + 2, places.MIDDLE, col_abs=True)
    for limit, look in ((0, ALARM), (1, CARE)):
        rule = {
            "type": "formula",
            "criteria": f"=AND(ISNUMBER({hours}),{hours}<{limit})",
            "format": book.add_format(look),
        }
        area = (due + 2, places.MIDDLE, due + 1 + places.DUE.rows, places.MIDDLE)
        page.conditional_format(*area, rule)


def _drop_cents_of(
    book: Book, page: Page, top: int, block: Block, part: _Part, currency: str
) -> None:
    area = (top + 2, part.first, top + 1 + block.rows, part.last)
    _drop_cents(book, page, area, currency, LOOK[part.kind]["num_format"])


def _list(
    page: Page, styles: Styles, top: int, block: Block, parts: tuple[_Part, ...], title: str
) -> None:
    """The first lines of a ledger below a title that leads to it."""
    sheet = formulas.RANKED[block][0].sheet
    heading = styles.get(bold=True, font_size=11, font_color=BAND)
    page.write_formula(
        top, parts[0].first, fresh(f'HYPERLINK("#\'{sheet}\'!A1","{title}")'), heading, title
    )
    for part in parts:
        header = styles.header(NOTE_TINT, part.kind)
        _merge(page, top + 1, part, header)
        page.write_string(top + 1, part.first, part.header, header)
        cell = styles.cell(part.kind, **({"text_wrap": True} if part.kind == "prose" else {}))
        for line in range(block.rows):
            _merge(page, top + 2 + line, part, cell)
            page.write_formula(
                top + 2 + line, part.first, fresh(_told(block, line, part)), cell, UNSEEN
            )


def _merge(page: Page, row: int, part: _Part, look: Format) -> None:
    if part.last > part.first:
        page.merge_range(row, part.first, row, part.last, "", look)


def _told(block: Block, line: int, part: _Part) -> str:
    empty = "" if line else part.empty
    said = formulas.told(block, line, part.source, empty=empty, text=part.is_text)
    if part.kind == "days":
        return formulas.in_days(said)
    if not part.otherwise:
        return said
    instead = formulas.told(block, line, part.otherwise, text=part.is_text)
    return f'IF({said}="",{instead},{said})'
