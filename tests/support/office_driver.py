"""Drive a visible LibreOffice: `/usr/bin/python3 office_driver.py BOOK PIPE STEPS`.

Run by the system's Python, which has UNO. STEPS is JSON: a list of `[what, *arguments]`; what each
step found is printed as JSON.
"""

import json
import pathlib
import subprocess
import sys
import time

from office_link import connected, option


class Desk:
    def __init__(self, book, pipe):
        self.context = connected(pipe)
        manager = self.context.ServiceManager
        self.toolkit = manager.createInstanceWithContext("com.sun.star.awt.Toolkit", self.context)
        desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)
        self.doc = desktop.loadComponentFromURL(
            pathlib.Path(book).resolve().as_uri(), "_blank", 0, (option("MacroExecutionMode", 4),)
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

    def modules(self):
        libraries = self.doc.BasicLibraries
        return {n: list(libraries.getByName(n).ElementNames) for n in libraries.ElementNames}

    def sheets(self):
        return list(self.doc.Sheets.ElementNames)

    def close(self):
        self.doc.close(False)


def main():
    book, pipe, steps = sys.argv[1:]
    desk = Desk(book, pipe)
    found = [getattr(desk, name)(*arguments) for name, *arguments in json.loads(steps)]
    sys.stdout.write(json.dumps(found))


main()
