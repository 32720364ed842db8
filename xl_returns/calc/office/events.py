"""What happens to documents: names are linked when one is there, and unlinked in what is saved."""

from __future__ import annotations

from typing import Any

import unohelper
from com.sun.star.task import XJob

from .document import Document
from .relink import relink

EVENTS = "org.xlreturns.Events"


class Events(unohelper.Base, XJob):
    """The job that LibreOffice runs for the events named in Jobs.xcu."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def execute(self, arguments: Any) -> None:
        """Look at the document of an event."""
        told = {a.Name: a.Value for a in arguments}
        about = {a.Name: a.Value for a in told.get("Environment", ())}
        model = about.get("Model")
        if model is not None and model.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            relink(Document(model))
