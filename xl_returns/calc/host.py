"""Calc as the desk's jobs see it: the open document as a book, and the person in front of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xl_returns.books.calc import CalcBook
from xl_returns.calc.menu import label
from xl_returns.core.language import phrased
from xl_returns.macros import OpenBook, return_at


class CalcHost:
    """The document that a job was started from."""

    def __init__(self, port: Any, job: str) -> None:
        self._port, self._title = port, label(job)

    def open(self) -> CalcBook:
        """The document as a book."""
        return CalcBook(self._port, self._title)

    def show(self, text: str) -> None:
        """Say what is being done."""
        self._port.show(phrased("Returns: {text} …", text=text))

    def tell(self, text: str, mode: str = "info") -> None:
        """Say something; it waits to be read."""
        self._port.tell(text.strip(), mode)

    def ask(self, text: str) -> bool:
        """Ask whether to go on."""
        return bool(self._port.ask(text))

    def ask_text(self, text: str, usual: str) -> str:
        """Ask for a line of text; blank for no answer."""
        return str(self._port.ask_text(text, usual)).strip()

    def save(self) -> None:
        """Save the document."""
        self._port.save()

    def pick_files(self) -> list[Path]:
        """The files that the person chooses."""
        return [Path(name) for name in self._port.pick_files()]

    def selected_return(self, book: OpenBook) -> str:
        """The return in the selected row. Raises Refusal."""
        sheet, row = self._port.selection()
        return return_at(book, sheet, row + 1)

    def done(self) -> None:
        """Nothing is being done any more."""
        self._port.done()
