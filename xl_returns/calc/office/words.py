"""What is said inside LibreOffice without the desk: these few sentences, for Python may not answer.

Their Chinese travels in the extension, out of the one catalogue; see `tongue`.
"""

from __future__ import annotations

from typing import Any


def marked(sentence: str) -> str:
    """A sentence that is said later, marked for translation."""
    return sentence


TITLE = marked("Returns")
OK, CANCEL = marked("OK"), marked("Cancel")
LANGUAGE = marked("Language")
"""The line of Settings that says the workbook's language."""
READY = marked("Live functions are ready")
STOPPED = marked("The desk's Python has stopped; run `xl-returns setup --libreoffice` again")
LOST = marked(
    "The extension does not know where Python is; run `xl-returns setup --libreoffice` again"
)
SILENT = marked("{python} does not start; run `xl-returns setup --libreoffice` again")
NO_TABLE = marked("The workbook has no table named {table}; take a fresh workbook.")
NOT_MENDED = marked("Not put right for Excel: {why}")
ALL = (TITLE, OK, CANCEL, LANGUAGE, READY, STOPPED, LOST, SILENT, NO_TABLE, NOT_MENDED)


class Failed(Exception):
    """What went wrong: a sentence of these with its blanks, or one that the desk said already."""

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values
