"""Fill and read cells of a workbook in one LibreOffice: `/usr/bin/python3 office_cells.py PIPE`.

Run by the system's Python, which has UNO. Standard input has a JSON list `[what, *arguments]` on
each line, and the answer to each is a line of JSON: `["open", path]`, `["fill", sheet, area, rows]`,
`["read", sheet, area]`, and `["look", path, sheet, area]` into another workbook.
"""

import json
import pathlib
import sys

from office_link import connected, option


class Desk:
    def __init__(self, pipe):
        context = connected(pipe)
        self.office = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )

    def open(self, path):
        self.doc = self._opened(path)

    def _opened(self, path):
        return self.office.loadComponentFromURL(
            pathlib.Path(path).resolve().as_uri(), "_blank", 0, (option("Hidden", True),)
        )

    def _area(self, sheet, area):
        return self.doc.Sheets.getByName(sheet).getCellRangeByName(area)

    def fill(self, sheet, area, rows):
        self.doc.addActionLock()
        self.doc.enableAutomaticCalculation(False)
        self._area(sheet, area).setDataArray(tuple(map(tuple, rows)))
        self.doc.enableAutomaticCalculation(True)
        self.doc.removeActionLock()

    def read(self, sheet, area):
        return self._area(sheet, area).getDataArray()

    def look(self, path, sheet, area):
        doc = self._opened(path)
        doc.calculateAll()
        found = doc.Sheets.getByName(sheet).getCellRangeByName(area).getDataArray()
        doc.close(True)
        return found


def main():
    desk = Desk(sys.argv[1])
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(getattr(desk, what)(*arguments)) + "\n")
        sys.stdout.flush()


main()
