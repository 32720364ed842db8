"""Process every workbook in a folder: `batch_recalculate.py FOLDER [--today DAY] [--dry-run]`.

Backups and open files are left alone; one workbook's trouble does not stop the others. Exit code 0
when all went well, 1 when a workbook could not be processed or has errors, 2 for wrong use.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

from xl_returns.core.findings import Refusal
from xl_returns.desk.process import process_book

ENDINGS = (".xlsx", ".xlsm")


def workbooks(folder: Path) -> Iterator[Path]:
    """The workbooks below a folder, by name; no backups, no lock files."""
    for path in sorted(folder.rglob("*")):
        ours = path.suffix.casefold() in ENDINGS and path.is_file()
        if ours and not path.name.startswith("~$") and not path.stem.endswith(".backup"):
            yield path


def recalculate(path: Path, today: dt.date, *, dry_run: bool) -> tuple[bool, str]:
    """Process one workbook: whether it is well, and one line about it."""
    try:
        summary = process_book(path, today, dry_run=dry_run)
    except Refusal as refusal:
        return False, str(refusal)
    errors = sum(finding.severity == "error" for finding in summary.findings)
    told = f"{summary.rows:,} rows, {summary.newly_decided:,} new or changed, {errors:,} errors"
    return not errors, told


def main(arguments: list[str] | None = None) -> int:
    """Process the folder and print a line for each workbook."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--today", type=dt.date.fromisoformat, default=dt.date.today())  # noqa: DTZ011 - the seller's day
    parser.add_argument("--dry-run", action="store_true")
    asked = parser.parse_args(arguments)
    if not asked.folder.is_dir():
        parser.error(f"{asked.folder} is no folder")
    well = True
    for path in workbooks(asked.folder):
        fine, told = recalculate(path, asked.today, dry_run=asked.dry_run)
        well &= fine
        print(f"{path.relative_to(asked.folder)}: {told}", flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
