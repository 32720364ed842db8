"""A real LibreOffice, where the machine has one."""

from __future__ import annotations

import csv
import shutil
import subprocess

import pytest

needs_office = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is missing: scripts/dev.py test installs it"
)


def shown(book, folder):
    """What LibreOffice computes for a workbook: the rows of each sheet, as text."""
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    command = (
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        every_sheet,
        "--outdir",
        str(folder),
        str(book),
    )
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pages = folder.glob(f"{book.stem}-*.csv")
    return {
        page.stem.removeprefix(f"{book.stem}-"): list(
            csv.reader(page.read_text("utf-8").splitlines())
        )
        for page in pages
    }
