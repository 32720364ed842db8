"""Make or look through many workbooks in one LibreOffice: `/usr/bin/python3 office_corpus.py PIPE`.

Run by the system's Python, which has UNO. Standard input is JSON, a list of `["make", old, new]`
and `["dump", path, areas by sheet that are left out]`; the answers are printed as JSON.
"""

import hashlib
import json
import pathlib
import sys

import uno  # noqa: F401 - with it modules of LibreOffice can be imported
from com.sun.star.awt import Point, Rectangle, Size
from com.sun.star.sheet.DataPilotFieldOrientation import DATA, ROW
from com.sun.star.table import CellRangeAddress
from com.sun.star.table.TableOrientation import ROWS
from office_link import connected, option

CHARTS = ("BarDiagram", "LineDiagram", "PieDiagram", "NetDiagram", "StockDiagram", "BubbleDiagram")
CONTROLS = ("CheckBox", "CommandButton", "ListBox", "ComboBox", "SpinButton", "RadioButton")


def desktop(pipe):
    context = connected(pipe)
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def opened(office, path):
    hidden = option("Hidden", True)
    found = office.loadComponentFromURL(
        pathlib.Path(path).resolve().as_uri(), "_blank", 0, (hidden,)
    )
    if found is None:
        raise SystemExit(f"LibreOffice does not open {path}")
    return found


def place(shape, row):
    shape.setPosition(Point(9000, 1500 * row))
    shape.setSize(Size(3000, 1000))
    return shape


def decorate(doc):
    doc.Sheets.insertNewByName("Own", doc.Sheets.Count)
    own = doc.Sheets.getByName("Own")
    own.getCellRangeByName("A1:C1").setDataArray((("What", "Many", "Size"),))
    own.getCellRangeByName("A2:C9").setDataArray(tuple(("ab"[n % 2], n, n * 2.5) for n in range(8)))
    area = own.getCellRangeByName("A1:C9").RangeAddress
    for number, kind in enumerate(CHARTS):
        own.Charts.addNewByName(
            kind, Rectangle(12000, 7000 * number, 9000, 6000), (area,), True, True
        )
        chart = own.Charts.getByName(kind).EmbeddedObject
        chart.setDiagram(chart.createInstance(f"com.sun.star.chart.{kind}"))
    pilots = own.DataPilotTables
    pilot = pilots.createDataPilotDescriptor()
    pilot.setSourceRange(area)
    pilot.DataPilotFields.getByIndex(0).Orientation = ROW
    pilot.DataPilotFields.getByIndex(1).Orientation = DATA
    pilots.insertNewByName("Pilot", own.getCellRangeByName("E20").CellAddress, pilot)
    own.Annotations.insertNew(own.getCellRangeByName("B2").CellAddress, "a note")
    for number, kind in enumerate(CONTROLS):
        shape = place(doc.createInstance("com.sun.star.drawing.ControlShape"), number)
        shape.Control = doc.createInstance(f"com.sun.star.form.component.{kind}")
        own.DrawPage.add(shape)
    for number, kind in enumerate(("Rectangle", "Ellipse", "Line", "Text")):
        own.DrawPage.add(place(doc.createInstance(f"com.sun.star.drawing.{kind}Shape"), 9 + number))
    own.getCellRangeByName("A12:B13").merge(True)
    own.group(CellRangeAddress(own.RangeAddress.Sheet, 0, 3, 0, 5), ROWS)
    doc.NamedRanges.addNewByName(
        "Mine", "$Own.$A$1:$C$9", own.getCellRangeByName("A1").CellAddress, 0
    )


def make(office, old, new):
    doc = opened(office, old)
    decorate(doc)
    doc.storeToURL(
        pathlib.Path(new).resolve().as_uri(), (option("FilterName", "Calc MS Excel 2007 XML"),)
    )
    doc.close(True)
    return new


def dump(office, path, areas):
    """By sheet: how many cells, a fingerprint of them, and what else there is."""
    doc = opened(office, path)
    found = {}
    for sheet in (doc.Sheets.getByIndex(n) for n in range(doc.Sheets.Count)):
        found[sheet.Name] = looked(sheet, areas.get(sheet.Name, ()))
    doc.close(True)
    return found


def looked(sheet, areas):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(True)
    ours = {(row, c) for c, top, _, bottom in areas for row in range(top - 1, bottom)}
    end = cursor.RangeAddress
    lines = [
        [row, column, cell]
        for row, cells in enumerate(
            sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).FormulaArray
        )
        for column, cell in enumerate(cells)
        if cell != "" and (row, column + 1) not in ours
    ]
    pilots = len(sheet.DataPilotTables.ElementNames)
    things = [sheet.Charts.Count, sheet.DrawPage.Count, sheet.Annotations.Count, pilots]
    return [len(lines), hashlib.sha256(json.dumps(lines).encode()).hexdigest(), things]


def main():
    office = desktop(sys.argv[1])
    todo = {"make": make, "dump": dump}
    answers = [todo[what](office, *arguments) for what, *arguments in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(answers))


main()
