"""The pages of a workbook in a language: what the product writes on them goes by its catalogue.

The rest of this package writes English. A `Page` says it in the workbook's language: texts, headers,
words in drop-downs, and in formulas the headers of tables, the titles of sheets and quoted texts.
Rows of sellers are written with `write_own`, which leaves text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xl_returns.core import language
from xl_returns.core.language import ENGLISH

_PIECES: Final = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")|(?P<table>\b[A-Za-z]\w*)\[(?P<inner>(?:[^\[\]]|\[[^\[\]]*\])*)\]"""
)
_COLUMN: Final = re.compile(r"\[([^\[\]#]+)\]")
_COMPARED: Final = re.compile(r"([<>=|]*)(.*?)([*|]?)", re.DOTALL)
_LINK: Final = re.compile(r"#'([^']+)'!")
_QUOTED: Final = re.compile(r'"([^"]*)"')
_SAID: Final = ("error_message", "input_message")
_TITLES: Final = ("error_title", "input_title")


class Tongue:
    """What is written, in one language."""

    def __init__(self, spoken: str) -> None:
        self.language = spoken

    @property
    def label_size(self) -> int:
        """The points in which all labels of a chart have room: Chinese letters are taller."""
        return 9 if self.language == ENGLISH else 7

    def text(self, message: str) -> str:
        """A text of the product."""
        return language.text(self.language, message)

    def label(self, label: str) -> str:
        """The label of a button or of an entry of the ribbon."""
        return language.command(self.language, label)

    def header(self, table: str, name: str) -> str:
        """A header of a table."""
        return language.header(self.language, table, name)

    @lru_cache(maxsize=2048)  # noqa: B019 - a handful of tongues, and formulas repeat in every row
    def formula(self, formula: str) -> str:
        """A formula with its tables' headers and quoted texts in the language."""
        return _PIECES.sub(self._piece, formula)

    def _piece(self, found: re.Match[str]) -> str:
        if found["text"]:
            return f'"{self._quoted(found["text"][1:-1])}"'
        table, inner = found["table"], found["inner"]
        if "[" in inner:
            inner = _COLUMN.sub(lambda x: f"[{self.header(table, x[1])}]", inner)
        elif not inner.startswith("#"):
            inner = self.header(table, inner)
        return f"{table}[{inner}]"

    def _quoted(self, text: str) -> str:
        if _LINK.match(text):
            return _LINK.sub(lambda x: f"#'{self.text(x[1])}'!", text)
        before, word, after = _COMPARED.fullmatch(text).groups()  # type: ignore[union-attr] # fits all
        if not any(map(str.isalpha, word)):
            return text
        return f"{before}{self.text(word)}{after}"

    def digits(self, number_format: str) -> str:
        """A number format with its quoted words in the language."""
        return _QUOTED.sub(lambda x: f'"{self.text(x[1])}"', number_format)

    def name(self, header: str) -> str:
        """A header, wherever it is spoken of."""
        own = language.header(self.language, language.RETURNS, header)
        return language.header(self.language, "", header) if own == header else own


PLAIN: Final = Tongue(ENGLISH)


class Page(Worksheet):  # type: ignore[misc] # XlsxWriter has no types
    """A worksheet that says what it is given in the workbook's language."""

    tongue = PLAIN
    english = ""
    """Its title in English."""

    def write_string(self, *args: Any) -> Any:
        """A text of the product."""
        return super().write_string(*_with(args, self.tongue.text))

    def write_own(self, *args: Any) -> Any:
        """A text that is not the product's, as it is."""
        return super().write_string(*args)

    def write_formula(self, *args: Any) -> Any:
        """A formula, and the value that it shows at first."""
        *rest, value = _with(args, self.tongue.formula)
        return super().write_formula(
            *rest, self.tongue.text(value) if isinstance(value, str) else value
        )

    def write_link(self, row: int, column: int, url: str, look: Any, text: str) -> Any:
        """A link to the sheet of this title."""
        title = self.tongue.text(text)
        return self.write_url(row, column, url.replace(f"'{text}'", f"'{title}'"), look, title)

    def add_table(self, *args: Any) -> Any:
        """A table; its name stays."""
        *area, options = args
        columns = [self._column(options["name"], column) for column in options["columns"]]
        return super().add_table(*area, {**options, "columns": columns})

    def _column(self, table: str, column: dict[str, Any]) -> dict[str, Any]:
        formula = column.get("formula")
        return {
            **column,
            "header": self.tongue.header(table, column["header"]),
            **({"formula": self.tongue.formula(formula)} if formula else {}),
        }

    def data_validation(self, *args: Any) -> Any:
        """A drop-down: its words, and what it says of others."""
        *area, options = args
        said = self._said(options)
        if isinstance(options.get("source"), list):
            said["source"] = [self.tongue.text(word) for word in options["source"]]
        return super().data_validation(*area, said)

    def conditional_format(self, *args: Any) -> Any:
        """Colours that follow a formula or a value."""
        *area, options = args
        criteria = options.get("criteria", "")
        said = {"criteria": self.tongue.formula(criteria)} if criteria else {}
        return super().conditional_format(*area, {**options, **said})

    def insert_button(self, *args: Any) -> Any:
        """A button with its caption."""
        *area, options = args
        caption = self.tongue.label(options["caption"])
        return super().insert_button(*area, {**options, "caption": caption})

    def _said(self, options: Mapping[str, Any]) -> dict[str, Any]:
        said = {key: self.tongue.text(options[key]) for key in _SAID if key in options}
        said |= {key: self.tongue.name(options[key]) for key in _TITLES if key in options}
        return {**options, **said}


class Book(Workbook):  # type: ignore[misc] # XlsxWriter has no types
    """A workbook whose pages speak a language."""

    def __init__(self, target: Any, options: Mapping[str, Any], tongue: Tongue = PLAIN) -> None:
        self.tongue = tongue
        super().__init__(target, options)

    def add_worksheet(self, name: str, worksheet_class: type[Page] | None = None) -> Page:
        """A page, with its title in the language."""
        page: Page = super().add_worksheet(self.tongue.text(name), worksheet_class or Page)
        page.tongue, page.english = self.tongue, name
        return page

    def add_format(self, properties: dict[str, Any] | None = None) -> Any:
        """A cell format, with the words of its numbers in the language."""
        made = dict(properties or {})
        if "num_format" in made:
            made["num_format"] = self.tongue.digits(made["num_format"])
        return super().add_format(made)


def _with(args: tuple[Any, ...], change: Callable[[str], str]) -> list[Any]:
    """The arguments of a cell, given as an address or as row and column, its text changed."""
    at = 1 if isinstance(args[0], str) else 2
    return [*args[:at], change(args[at]), *args[at + 1 :]]
