"""Drop-downs: written out where Excel takes that, from the hidden sheet `Lists` otherwise."""

from __future__ import annotations

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from xl_returns.books.build.page import Book

SHEET: Final = "Lists"
ONE_OF_THE_LIST: Final = (
    "Choose one of the words in the list (Alt+Down shows it); Esc leaves the cell as it was."
)
_LONGEST: Final = 255
"""Excel takes lists written out up to so many characters."""


class Lists:
    """The choices of all drop-downs; `add_sheet` writes those that need a sheet."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}

    def source(self, header: str, choices: tuple[str, ...]) -> list[str] | str:
        """What a drop-down offers: its words, or the name of their range.

        Words with a comma need a range: written out, `Refund, keep item` would be two choices.
        """
        if len(",".join(choices)) <= _LONGEST and not any("," in word for word in choices):
            return list(choices)
        if choices not in self._names:
            name = f"List_{header.replace(' ', '_').replace('-', '_')}"
            taken = sum(other.startswith(name) for other in self._names.values())
            self._names[choices] = f"{name}_{taken + 1}" if taken else name
        return f"={self._names[choices]}"

    def add_sheet(self, book: Book) -> None:
        """The hidden sheet with a column for each list, and their names."""
        sheet = book.add_worksheet(SHEET)
        sheet.very_hidden()
        for column, (choices, name) in enumerate(self._names.items()):
            for row, word in enumerate(choices):
                sheet.write_string(row, column, word)
            letter = xl_col_to_name(column)
            book.define_name(name, f"={SHEET}!${letter}$1:${letter}${len(choices)}")
