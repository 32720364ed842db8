"""What happens to documents: names are linked when one is there, and mended in what is saved."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import unohelper
from com.sun.star.task import XJob

from .commands import OpenDocument
from .document import Document
from .live import TABLE
from .relink import relink
from .state import STATE
from .tongue import language_of, said, why
from .words import NOT_MENDED, Failed

EVENTS = "org.xlreturns.Events"
_EXCEL = (".xlsx", ".xlsm")


class Events(unohelper.Base, XJob):
    """The job that LibreOffice runs for the events named in Jobs.xcu."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def execute(self, arguments: Any) -> None:
        """Look at the document of an event, if it is a workbook of ours."""
        told = {a.Name: a.Value for a in arguments}
        about = {a.Name: a.Value for a in told.get("Environment", ())}
        model, event = about.get("Model"), about.get("EventName", "")
        if model is None or not model.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            return
        if TABLE not in model.DatabaseRanges.ElementNames:
            return
        if event == "onDocumentAdded":
            relink(Document(model))
        elif event.endswith("Done"):
            self._saved(model)
        else:
            _keep(Document(model))

    def _saved(self, model: Any) -> None:
        """Mend what was saved; the copy of the file before goes."""
        port, before = Document(model), STATE.before.pop(model.RuntimeUID, "")
        if not before:
            return
        try:
            if port.path().lower().endswith(_EXCEL):
                STATE.engine.call("restore", [port.path(), before, language_of(port)])
        except Failed as failed:
            person = OpenDocument(self._context, model)
            told = said(person.language, NOT_MENDED, why=why(person.language, failed))
            person.tell(told, "critical")
        finally:
            shutil.rmtree(str(Path(before).parent), ignore_errors=True)


def _keep(port: Document) -> None:
    path = port.path()
    if path.lower().endswith(_EXCEL):
        folder = tempfile.mkdtemp()
        STATE.before[port.model.RuntimeUID] = shutil.copy(path, folder)
