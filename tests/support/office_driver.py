"""Drive a visible LibreOffice: `/usr/bin/python3 office_driver.py BOOK PIPE MACROS STEPS`.

Run by the system's Python, which has UNO. STEPS is JSON: a list of `[what, *arguments]`; what each
step found is printed as JSON.
"""

import json
import pathlib
import subprocess
import sys
import time

import uno  # noqa: F401 - makes com.sun.star known
from com.sun.star.lang import IndexOutOfBoundsException
from office_link import connected, option

PUSH, MENU, TEXT, DIALOGS = 44, 34, 60, (1, 12, 16)


def xdotool(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)


def kind(window):
    """The role of a window; None for one that is closing."""
    context = window.AccessibleContext
    return context.AccessibleRole if context else None


def within(context, depth=9):
    """A part of the screen and all that is in it; a list may lose entries meanwhile."""
    yield context
    for index in range(min(context.AccessibleChildCount, 60) if depth else 0):
        try:
            child = context.getAccessibleChild(index)
        except IndexOutOfBoundsException:
            return
        if child is not None:
            yield from within(child.AccessibleContext, depth - 1)


def named(context, label, kind):
    """The visible part of this name and role."""
    parts = list(within(context))
    for part in parts:
        if part.AccessibleName == label and part.AccessibleRole == kind and part.getSize().Width:
            return part
    seen = [(part.AccessibleName, part.AccessibleRole) for part in parts if part.AccessibleName]
    raise SystemExit(f"no {label!r} of role {kind} in {seen}")


class Desk:
    def __init__(self, book, pipe, macros):
        self.context = connected(pipe)
        manager = self.context.ServiceManager
        self.toolkit = manager.createInstanceWithContext("com.sun.star.awt.Toolkit", self.context)
        desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)
        self.doc = desktop.loadComponentFromURL(
            pathlib.Path(book).resolve().as_uri(),
            "_blank",
            0,
            (option("MacroExecutionMode", int(macros)),),
        )
        self._settle()

    def _settle(self):
        """Wait until everything that was asked for is done and painted."""
        self.toolkit.processEventsToIdle()
        time.sleep(0.1)

    def _cell(self, sheet, address):
        return self.doc.Sheets.getByName(sheet).getCellRangeByName(address)

    def text(self, sheet, address):
        return self._cell(sheet, address).String

    def awaited(self, sheet, address):
        """The text of a cell, once there is one."""
        for _ in range(100):
            if self.text(sheet, address):
                break
            time.sleep(0.1)
        return self.text(sheet, address)

    def formula(self, sheet, address, formula):
        self._cell(sheet, address).Formula = formula
        return self._cell(sheet, address).String

    def type(self, sheet, address, text):
        self._cell(sheet, address).String = text

    def run(self, macro, *arguments):
        url = f"vnd.sun.star.script:VBAProject.{macro}?language=Basic&location=document"
        script = self.doc.getScriptProvider().getScript(url)
        return script.invoke(arguments, (), ())[0]

    def click(self, sheet):
        """Click the first button of a sheet with the mouse."""
        page = self.doc.Sheets.getByName(sheet)
        controller = self.doc.CurrentController
        controller.setActiveSheet(page)
        self._settle()
        shapes = page.DrawPage
        models = [shapes.getByIndex(i) for i in range(shapes.Count)]
        model = next(s for s in models if s.supportsService("com.sun.star.drawing.ControlShape"))
        seen = None
        for _ in range(40):
            control = controller.getControl(model.Control)
            context = control.AccessibleContext
            at, size = context.getLocationOnScreen(), context.getSize()
            now = (at.X + size.Width // 2, at.Y + size.Height // 2)
            if now == seen:
                break
            seen = now
            time.sleep(0.3)
        subprocess.run(
            ["xdotool", "mousemove", str(seen[0]), str(seen[1]), "sleep", "0.4", "click", "1"],
            check=True,
        )
        return model.Control.Label

    def picture(self, sheet, path):
        self.doc.CurrentController.setActiveSheet(self.doc.Sheets.getByName(sheet))
        self._settle()
        subprocess.run(["import", "-window", "root", path], check=True)

    def keys(self, sheet, address, text):
        """Type into a cell, on the keyboard."""
        controller = self.doc.CurrentController
        controller.setActiveSheet(self.doc.Sheets.getByName(sheet))
        controller.select(self._cell(sheet, address))
        controller.Frame.ComponentWindow.setFocus()
        self._settle()
        xdotool("type", "--delay", "20", text)
        xdotool("key", "Return")
        self._settle()

    def becomes(self, sheet, address, text):
        """The text of a cell, once it is as expected or ten seconds are over."""
        for _ in range(100):
            if self.text(sheet, address) == text:
                break
            time.sleep(0.1)
        return self.text(sheet, address)

    def menu(self, title, place):
        """Open a menu with the mouse and choose its entry by the arrow keys."""
        self._settle()
        self._press(named(self._window(), title, MENU))
        self._settle()
        xdotool("key", *["Down"] * place, "Return")

    def tool(self, label):
        """Click a button of a toolbar that opens a dialog; right after undo a click may get lost."""
        for _ in range(3):
            self._settle()
            self._press(named(self._window(), label, PUSH))
            self._settle()
            if self._dialog(wait=False):
                break

    def _window(self):
        return self.doc.CurrentController.Frame.ContainerWindow.AccessibleContext

    def _press(self, context):
        at, size = context.getLocationOnScreen(), context.getSize()
        x, y = at.X + size.Width // 2, at.Y + size.Height // 2
        xdotool("mousemove", x, y, "sleep", "0.3", "click", "1")
        time.sleep(0.3)

    def dialog(self, button="OK", field="", typed=""):
        """What the message box or dialog in front says; it is answered with a click."""
        window = self._dialog()
        context = window.AccessibleContext
        told = "\n".join(part.AccessibleName for part in within(context))
        if typed:
            self._press(named(context, field, TEXT))
            xdotool("key", "ctrl+a")
            xdotool("type", "--delay", "5", typed)
        for _ in range(10):
            self._press(named(context, button, PUSH))
            if self._dialog(wait=False) != window:
                break
        return told

    def _dialog(self, wait=True):
        for _ in range(300 if wait else 1):
            windows = [self.toolkit.getTopWindow(i) for i in range(self.toolkit.TopWindowCount)]
            found = [w for w in windows if w is not None and w.isVisible() and kind(w) in DIALOGS]
            if found:
                return found[-1]
            time.sleep(0.1)
        return None

    def undo(self):
        """Calc's own undo, as its key calls it; gives what it undid."""
        title = self.doc.UndoManager.getCurrentUndoActionTitle()
        xdotool("key", "ctrl+z")
        self._settle()
        return title

    def store(self):
        self.doc.store()

    def formula_of(self, sheet, address):
        return self._cell(sheet, address).Formula

    def modules(self):
        libraries = self.doc.BasicLibraries
        return {n: list(libraries.getByName(n).ElementNames) for n in libraries.ElementNames}

    def sheets(self):
        return list(self.doc.Sheets.ElementNames)

    def close(self):
        self.doc.close(False)


def main():
    book, pipe, macros, steps = sys.argv[1:]
    desk = Desk(book, pipe, macros)
    found = []
    try:
        for name, *arguments in json.loads(steps):
            found.append(getattr(desk, name)(*arguments))
    except BaseException:
        picture = pathlib.Path(book).with_name("failed.png")
        subprocess.run(["import", "-window", "root", str(picture)], check=False)
        sys.stderr.write(f"after {found}, see {picture}\n")
        raise
    sys.stdout.write(json.dumps(found))


main()
