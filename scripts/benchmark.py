"""Print what `process` costs beside openpyxl load + assign + save of the same file, as ratios.

python3 scripts/dev.py bench            10,000 and 100,000 rows
.venv/bin/python scripts/benchmark.py 1000
"""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from xl_returns.books.build import build
from xl_returns.core import columns

SIZES = (10_000, 100_000)
_BUILD = "--build"
TODAY = dt.date(2026, 11, 23)
REASONS = (
    "UNWANTED_ITEM",
    "CR-DEFECTIVE",
    "CR-SWITCHEROO",
    "NO_REASON_GIVEN",
    "AMZ-PG-APP-TOO-SMALL",
)
ASSIGN = """
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


def measured(*command: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a command.

    A child's peak counts what its parent held when it was born: this process must stay small.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def compare(count: int, folder: Path) -> str:
    """One line of the table: openpyxl against process on the same workbook."""
    book = folder / f"{count}.xlsx"
    measured(sys.executable, __file__, _BUILD, str(count), str(book))
    written = "|".join(columns.SUGGESTIONS + columns.RECORD)
    theirs = measured(
        sys.executable, "-c", ASSIGN, str(book), str(folder / "openpyxl.xlsx"), written
    )
    day = TODAY.isoformat()
    ours = measured(sys.executable, "-m", "xl_returns", "process", str(book), "--today", day)
    again = measured(sys.executable, "-m", "xl_returns", "process", str(book), "--today", day)
    return (
        f"{count:>9,} {theirs[0]:>9.1f} s {theirs[1]:>6.0f} MB {ours[0]:>8.1f} s {ours[1]:>6.0f} MB "
        f"{again[0]:>8.1f} s {theirs[0] / ours[0]:>7.1f} x {theirs[1] / ours[1]:>6.1f} x"
    )


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == [_BUILD]:
        build(Path(sys.argv[3]), list(rows(int(sys.argv[2]))))
        return
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    print("     rows  openpyxl            process             again      faster  smaller")
    with tempfile.TemporaryDirectory() as folder:
        for count in sizes:
            print(compare(count, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
