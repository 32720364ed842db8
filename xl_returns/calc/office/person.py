"""The person in front of Calc: what they are told, asked, and let choose."""

from __future__ import annotations

from typing import Any

import uno
from com.sun.star.awt.MessageBoxType import ERRORBOX, INFOBOX, QUERYBOX

from .tongue import said
from .words import CANCEL, OK, TITLE

_OK, _OK_CANCEL, _AGREED = 1, 2, 1
_WIDTH, _LINE, _GAP = 260, 10, 6


class Person:
    """Talks through the window of one document."""

    def __init__(self, context: Any, frame: Any, language: str) -> None:
        self._context, self._frame, self.language = context, frame, language
        self._status: Any = None

    def _service(self, name: str) -> Any:
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def _said(self, sentence: str) -> str:
        return said(self.language, sentence)

    def show(self, text: str) -> None:
        """Say in the status bar what is being done."""
        if self._status is None:
            self._status = self._frame.createStatusIndicator()
            self._status.start(text, 0)
        self._status.setText(text)

    def done(self) -> None:
        """Nothing is being done any more."""
        if self._status is not None:
            self._status.end()
        self._status = None

    def tell(self, text: str, mode: str = "info") -> None:
        """Say something; it waits to be read."""
        self._box(INFOBOX if mode == "info" else ERRORBOX, _OK, text)

    def ask(self, text: str) -> bool:
        """Ask whether to go on."""
        return bool(self._box(QUERYBOX, _OK_CANCEL, text) == _AGREED)

    def _box(self, kind: Any, buttons: int, text: str) -> Any:
        window = self._frame.ContainerWindow
        toolkit = self._service("com.sun.star.awt.Toolkit")
        return toolkit.createMessageBox(window, kind, buttons, self._said(TITLE), text).execute()

    def ask_text(self, text: str, usual: str) -> str:
        """Ask for a line of text; blank when the person does not want to go on."""
        dialog = self._service("com.sun.star.awt.UnoControlDialog")
        dialog.setModel(self._asking(text, usual))
        dialog.createPeer(self._service("com.sun.star.awt.Toolkit"), self._frame.ContainerWindow)
        typed = dialog.getControl("typed")
        typed.setFocus()
        went_on = dialog.execute()
        answer = typed.Text if went_on else ""
        dialog.dispose()
        return str(answer)

    def _asking(self, text: str, usual: str) -> Any:
        model = self._service("com.sun.star.awt.UnoControlDialogModel")
        model.Title, model.Width = self._said(TITLE), _WIDTH
        height = _LINE * (text.count("\n") + 1 + len(text) // 60)
        model.Height = height + 5 * _GAP + 28
        inside = _WIDTH - 2 * _GAP
        _add(model, "FixedText", "told", (_GAP, _GAP, inside, height), Label=text, MultiLine=True)
        below = height + 2 * _GAP
        _add(model, "Edit", "typed", (_GAP, below, inside, 14), Text=usual)
        below += 14 + _GAP
        at = (_WIDTH - 2 * (50 + _GAP), below, 50, 14)
        _add(model, "Button", "ok", at, Label=self._said(OK), DefaultButton=True, PushButtonType=1)
        at = (_WIDTH - 50 - _GAP, below, 50, 14)
        _add(model, "Button", "cancel", at, Label=self._said(CANCEL), PushButtonType=2)
        return model

    def pick_files(self) -> list[str]:
        """Let the person choose files; none when they do not want to go on."""
        picker = self._service("com.sun.star.ui.dialogs.FilePicker")
        picker.setMultiSelectionMode(True)
        picker.setTitle(self._said(TITLE))
        chosen = picker.getSelectedFiles() if picker.execute() else ()
        return [str(uno.fileUrlToSystemPath(url)) for url in chosen]


def _add(model: Any, kind: str, name: str, at: tuple[int, int, int, int], **given: Any) -> None:
    part = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
    part.PositionX, part.PositionY, part.Width, part.Height = at
    for key, value in given.items():
        setattr(part, key, value)
    model.insertByName(name, part)
