"""Is a live workbook still as it was made: its settings for xlwings, its formulas, its policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import openpyxl

from xl_returns.books.build.frame import HEADER_ROW
from xl_returns.books.build.macros import CONFIG_SHEET, formula
from xl_returns.books.policies import policy_of
from xl_returns.books.restore import ADDIN
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns
from xl_returns.core.findings import Refusal
from xl_returns.machine.checks import Check
from xl_returns.machine.doctor import examine_path
from xl_returns.machine.places import CONFIG

_FRESH: Final = "make a fresh workbook with `xl-returns new` and import into it"


def examine_book(path: Path) -> Iterator[Check]:
    """Checks of one workbook. Raises Refusal when there is none."""
    if not path.is_file():
        raise Refusal(str(path), "is not there", "check the name")
    yield from examine_path(path.resolve())
    try:
        pages = openpyxl.load_workbook(path, read_only=True)
        policy, findings = policy_of(Workbook.open(path, read_only=True))
    except (Refusal, OSError, BadZipFile, KeyError, ValueError) as error:
        yield Check("Workbook", "error", f"cannot be read: {error}", _FRESH)
        return
    if findings:
        told = f"{len(findings)} findings, the first: {findings[0]}"
        yield Check("Policy", "warning", told, "run `xl-returns check`")
    else:
        yield Check("Policy", "ok", f"version {policy.version}")
    if path.suffix.casefold() == ".xlsm":
        yield _config(pages)
        yield _formulas(pages)


def _config(pages: openpyxl.Workbook) -> Check:
    name = f"Sheet {CONFIG_SHEET}"
    if CONFIG_SHEET not in pages.sheetnames:
        return Check(name, "error", "is missing, so that another file may decide", _FRESH)
    rows = {
        row[0]: row[1] or "" for row in pages[CONFIG_SHEET].iter_rows(max_col=2, values_only=True)
    }
    wrong = [key for key, value in CONFIG.items() if rows.get(key) != value]
    if wrong:
        return Check(name, "warning", f"differs in {', '.join(wrong)}", _FRESH)
    return Check(name, "ok", "every key as made")


def _formulas(pages: openpyxl.Workbook) -> Check:
    rows = pages["Returns"].iter_rows(
        min_row=HEADER_ROW + 1, max_row=HEADER_ROW + 2, values_only=True
    )
    headers, first = next(rows), next(rows)
    found = {columns.header_name(str(h)): value for h, value in zip(headers, first, strict=True)}
    changed = [name for name in columns.SUGGESTIONS if found.get(name) != formula(name)]
    if any(ADDIN in str(found.get(name)) for name in changed):
        told = "LibreOffice saved them under names that Excel does not know"
        remedy = (
            "open it in LibreOffice with the extension of `xl-returns setup --libreoffice`, save"
        )
        return Check("Formulas", "error", told, remedy)
    if changed:
        remedy = "copy the formula from a fresh workbook into the column"
        return Check("Formulas", "warning", f"changed in {', '.join(changed)}", remedy)
    return Check("Formulas", "ok", "every suggestion is live")
