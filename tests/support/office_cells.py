"""Fill and read cells of a workbook in one LibreOffice: `/usr/bin/python3 office_cells.py PIPE`.

Run by the system's Python, which has UNO. Standard input has a JSON list `[what, *arguments]` on
each line, and the answer to each is a line of JSON: `["open", path]`, `["fill", sheet, area, rows]`,
`["read", sheet, area]` and `["calculate"]`.
"""

import json
import pathlib
import sys
import time

from office_link import connected, option


class Desk:
    def __init__(self, pipe):
        context = connected(pipe)
        self.office = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )

    def open(self, path):
        self.doc = self.office.loadComponentFromURL(
            pathlib.Path(path).resolve().as_uri(), "_blank", 0, (option("Hidden", True),)
        )
        return self.doc is not None

    def _area(self, sheet, area):
        return self.doc.Sheets.getByName(sheet).getCellRangeByName(area)

    def fill(self, sheet, area, rows):
        self.doc.addActionLock()
        self.doc.enableAutomaticCalculation(False)
        self._area(sheet, area).setDataArray(tuple(map(tuple, rows)))
        self.doc.enableAutomaticCalculation(True)
        self.doc.removeActionLock()

    def formula(self, sheet, area, text):
        self._area(sheet, area).setFormula(text)

    def read(self, sheet, area):
        return self._area(sheet, area).getDataArray()

    def calculate(self):
        started = time.time()
        self.doc.calculateAll()
        return time.time() - started

    def close(self):
        self.doc.close(True)


def main():
    desk = Desk(sys.argv[1])
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(getattr(desk, what)(*arguments)), flush=True)


main()
