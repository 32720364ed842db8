"""What all components share: they live in one process, for many documents."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from .link import Engine
from .live import LiveTable

FOLDER = Path(__file__).resolve().parent.parent.parent
"""Where the extension was unpacked."""
REST_SECONDS = 5.0
"""So long nothing is asked after a failure; each of thousands of cells would wait for it."""


class State:
    """The engine, the last message, and the live table of each document by its runtime id."""

    def __init__(self) -> None:
        self.engine = Engine(FOLDER)
        self.message = ""
        self._rest_until = 0.0
        self._live: dict[str, LiveTable] = {}
        self.before: dict[str, str] = {}
        """The file of each document that is being saved, as it was before: a copy's path."""

    def live(self, document: str) -> LiveTable:
        """The live table of a document."""
        return self._live.setdefault(document, LiveTable(document))

    def rest(self) -> None:
        """Ask nothing for a while."""
        self._rest_until = time.monotonic() + REST_SECONDS

    def rests(self) -> bool:
        """Whether nothing is to be asked now."""
        return time.monotonic() < self._rest_until


STATE = State()


def later(context: Any, callback: Any) -> None:
    """Call back when LibreOffice has finished what it does."""
    manager = context.ServiceManager
    made = manager.createInstanceWithContext("com.sun.star.awt.AsyncCallback", context)
    made.addCallback(callback, None)
