"""Is a live workbook still as it was made: its settings for xlwings, its formulas, its policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import openpyxl

from xl_returns.books.build.macros import CONFIG_SHEET, formula
from xl_returns.books.build.page import Tongue
from xl_returns.books.policies import opened, policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns
from xl_returns.core.findings import Refusal
from xl_returns.core.language import RETURNS, listed, marked, phrased
from xl_returns.desk.unmended import unmended
from xl_returns.machine.checks import Check
from xl_returns.machine.doctor import examine_path
from xl_returns.machine.places import CONFIG

_FRESH: Final = marked("make a fresh workbook with `xl-returns new` and import into it")


def examine_book(path: Path) -> Iterator[Check]:
    """Checks of one workbook. Raises Refusal when there is none."""
    if not path.is_file():
        raise Refusal(str(path), phrased("is not there"), phrased("check the name"))
    yield from examine_path(path.resolve())
    try:
        pages = openpyxl.load_workbook(path, read_only=True)
        book = opened(path, read_only=True)
        policy, findings = policy_of(book)
    except (Refusal, OSError, BadZipFile, KeyError, ValueError) as error:
        yield Check(
            phrased("Workbook"),
            "error",
            phrased("cannot be read: {error}", error=error),
            phrased(_FRESH),
        )
        return
    if findings:
        told = phrased(
            "{count} findings, the first: {first}", count=len(findings), first=findings[0]
        )
        yield Check(phrased("Policy"), "warning", told, phrased("run `xl-returns check`"))
    else:
        yield Check(phrased("Policy"), "ok", phrased("version {version}", version=policy.version))
    lost = list(unmended(book))
    for finding in lost:
        yield Check(phrased("Saved"), finding.severity, finding.problem, finding.remedy)
    if path.suffix.casefold() == ".xlsm":
        yield _config(pages)
        if not lost:
            yield _formulas(book)


def _config(pages: openpyxl.Workbook) -> Check:
    name = phrased("Sheet {name}", name=CONFIG_SHEET)
    if CONFIG_SHEET not in pages.sheetnames:
        return Check(
            name, "error", phrased("is missing, so that another file may decide"), phrased(_FRESH)
        )
    rows = {
        row[0]: row[1] or "" for row in pages[CONFIG_SHEET].iter_rows(max_col=2, values_only=True)
    }
    wrong = [key for key, value in CONFIG.items() if rows.get(key) != value]
    if wrong:
        return Check(
            name, "warning", phrased("differs in {wrong}", wrong=listed(wrong)), phrased(_FRESH)
        )
    return Check(name, "ok", phrased("every key as made"))


def _formulas(book: Workbook) -> Check:
    table = book.tables[RETURNS]
    known = [name for name in columns.SUGGESTIONS if name in table.headers]
    found, said = table.first_formulas(known), Tongue(table.language).formula
    changed = [name for name in columns.SUGGESTIONS if f"={found.get(name)}" != said(formula(name))]
    if changed:
        remedy = phrased("copy the formula from a fresh workbook into the column")
        return Check(
            phrased("Formulas"),
            "warning",
            phrased("changed in {changed}", changed=listed(changed)),
            remedy,
        )
    return Check(phrased("Formulas"), "ok", phrased("every suggestion is live"))
