"""The commands of menu and toolbar: each is a job of the desk over the document in front."""

from __future__ import annotations

from typing import Any

import unohelper
from com.sun.star.task import XJobExecutor

from .document import Document
from .person import Person
from .state import STATE
from .tongue import language_of, why
from .words import Failed

DESK = "org.xlreturns.Desk"


class Desk(unohelper.Base, XJobExecutor):
    """Runs the job that a menu entry names."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def trigger(self, job: str) -> None:
        """Run a job; whatever goes wrong becomes a sentence."""
        manager = self._context.ServiceManager
        desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", self._context)
        model = desktop.getCurrentComponent()
        if model is None or not model.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            return
        port = OpenDocument(self._context, model)
        try:
            STATE.engine.call("run", [job, port.language], port)
        except Failed as failed:
            port.tell(why(port.language, failed), "critical")
        finally:
            port.done()


class OpenDocument(Person, Document):
    """A document and the person in front of it."""

    def __init__(self, context: Any, model: Any) -> None:
        Document.__init__(self, model)
        Person.__init__(self, context, model.CurrentController.Frame, language_of(self))
