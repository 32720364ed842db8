"""Print what `process` costs beside other ways to do the same to the same file, as ratios.

python3 scripts/dev.py bench                         10,000 and 100,000 rows
.venv/bin/python scripts/benchmark.py 1000           so many rows
.venv/bin/python scripts/benchmark.py --ours 1048572 without the others: as many as a sheet holds

Seconds are of processors, those of helpers and threads included: other work beside falsifies them
less than it does the clock. The floor is what no way can do without: the sheet inflated, copied,
deflated and written.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from xl_returns.books.build import build
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns
from xl_returns.desk.table import as_value

SIZES = (10_000, 100_000)
_BUILD, _OURS = "--build", "--ours"
_BUILT_AT_ONCE = 100_000
TODAY = dt.date(2026, 11, 23)
REASONS = (
    "UNWANTED_ITEM",
    "CR-DEFECTIVE",
    "CR-SWITCHEROO",
    "NO_REASON_GIVEN",
    "AMZ-PG-APP-TOO-SMALL",
)
FLOOR = """
import pathlib, sys
from xl_returns.books.package import Package
package = Package(pathlib.Path(sys.argv[1]))
part = max(package.names, key=lambda name: package._members[name].size)
package.replace(part, package.chunks(part))
with open(sys.argv[2], "wb") as out:
    package.write(out)
"""
OPENPYXL = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book["Returns"]
header = {cell.value: cell.column for cell in sheet[4]}
columns = [header[name] for name in sys.argv[3].split("|")]
for row in range(5, sheet.max_row + 1):
    for column in columns:
        sheet.cell(row, column).value = "Refund now"
book.save(sys.argv[2])
"""
XLSXWRITER = """
import sys, openpyxl, xlsxwriter
old = openpyxl.load_workbook(sys.argv[1], read_only=True)["Returns"]
book = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
sheet = book.add_worksheet("Returns")
header, places = {}, []
for at, row in enumerate(old.iter_rows(values_only=True)):
    if at == 3:
        places = [row.index(name) for name in sys.argv[3].split("|")]
    cells = list(row)
    for place in places if at > 3 else ():
        cells[place] = "Refund now"
    sheet.write_row(at, 0, cells)
book.close()
"""
RECALCULATE = """
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def rows(count: int) -> Iterator[dict[str, object]]:
    """Rows as a busy shop has them; the same in every run."""
    chance = random.Random(20261123)  # noqa: S311 - only for looks
    for number in range(count):
        price = chance.randrange(500, 20_000) / 100
        yield {
            "Return ID": f"R{number:07d}",
            "Channel": chance.choice(("MFN", "MFN", "FBA")),
            "Marketplace": chance.choice(("US", "US", "DE", "UK", "JP")),
            "Order ID": f"111-{number // 2:07d}-{number % 9999999:07d}",
            "Order Date": TODAY - dt.timedelta(chance.randrange(10, 60)),
            "Request Date": TODAY - dt.timedelta(chance.randrange(10)),
            "SKU": f"SKU-{number % 997}",
            "ASIN": f"B0{number % 997:08d}",
            "Item": f"Stoneware mug, set of {number % 7 + 1}",
            "Quantity": 1,
            "Unit Paid": price,
            "Reason": chance.choice(REASONS),
            "Status": chance.choice(
                ("Requested", "Approved", "In transit", "Received", "Refunded")
            ),
            "In Policy": "Y",
            "Condition": chance.choice((None, "Sealed", "Opened", "Damaged")),
            "New Price": price,
        }


@dataclass(frozen=True)
class Cost:
    """Seconds of processors, seconds on the clock and peak megabytes of a command."""

    processor: float
    clock: float
    memory: float


def measured(*command: str | Path) -> Cost:
    """What a command costs.

    A child's peak counts what its parent held when it was born: this process must stay small.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise SystemExit(f"{command[0]} failed")
    clock = time.perf_counter() - began
    return Cost(usage.ru_utime + usage.ru_stime, clock, usage.ru_maxrss / 1024)


def ours(book: Path, folder: Path) -> Iterator[tuple[str, Cost]]:
    """The floor, and `process` twice."""
    python, day = sys.executable, TODAY.isoformat()
    yield "floor", measured(python, "-c", FLOOR, book, folder / "floor.xlsx")
    for name in ("process", "process again"):
        yield name, measured(python, "-m", "xl_returns", "process", book, "--today", day)


def others(book: Path, folder: Path) -> Iterator[tuple[str, Cost]]:
    """The same columns filled by others, and LibreOffice's load, hard recalculation and store."""
    written = "|".join(columns.SUGGESTIONS + columns.RECORD)
    for name, code in (("openpyxl", OPENPYXL), ("XlsxWriter anew", XLSXWRITER)):
        yield name, measured(sys.executable, "-c", code, book, folder / f"{name}.xlsx", written)
    if not shutil.which("soffice"):
        print("LibreOffice is missing: left out")
        return
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE.strip())
    started = ("soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless")
    yield (
        "LibreOffice",
        measured(*started, "--convert-to", "xlsx", "--outdir", folder / "out", book),
    )


def build_rows(count: int, book: Path) -> None:
    """A workbook as `new` and `import` make it; beyond the first rows in little memory."""
    every = rows(count)
    build(book, list(islice(every, _BUILT_AT_ONCE)))
    grown = Workbook.open(book)
    headers = grown.tables["Returns"].headers
    batches = (
        {h: [as_value(row.get(h)) for row in batch] for h in headers}
        for batch in iter(lambda: list(islice(every, 10_000)), [])
    )
    grown.extend("Returns", batches, max(0, count - _BUILT_AT_ONCE))
    grown.save()


def table(count: int, folder: Path, *, alone: bool) -> Iterator[str]:
    """What each way costs on one workbook, beside the first run of `process`."""
    book = folder / f"{count}.xlsx"
    measured(sys.executable, __file__, _BUILD, str(count), book)
    size = book.stat().st_size / 2**20
    found = dict(() if alone else others(book, folder)) | dict(ours(book, folder))
    base = found["process"]
    yield f"{count:,} rows, {size:,.0f} MB      processor    clock     memory   processor   memory"
    for name, cost in found.items():
        yield (
            f"  {name:<22} {cost.processor:>9.1f} s {cost.clock:>6.1f} s {cost.memory:>7,.0f} MB"
            f" {cost.processor / base.processor:>9.2f} x {cost.memory / base.memory:>6.2f} x"
        )
    yield f"  process per row        {base.processor / count * 1e6:>9.0f} us"


def main() -> None:
    """Print the tables."""
    if sys.argv[1:2] == [_BUILD]:
        build_rows(int(sys.argv[2]), Path(sys.argv[3]))
        return
    alone = _OURS in sys.argv
    sizes = [int(text) for text in sys.argv[1:] if text != _OURS] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        for count in sizes:
            for line in table(count, Path(folder), alone=alone):
                print(line, flush=True)


if __name__ == "__main__":
    main()
