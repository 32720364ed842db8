"""What makes a workbook live: its VBA project, ribbon, button, settings and formulas."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from xl_returns.books.build.frame import TABLE_STYLE
from xl_returns.books.build.members import made_over
from xl_returns.books.build.page import Book, Page
from xl_returns.books.build.styles import NOTE_TINT, Styles
from xl_returns.books.build.vba import SHEET, WORKBOOK, Module, vba_project
from xl_returns.books.policies import default_policy
from xl_returns.core import columns, sheets
from xl_returns.core.vocabulary import LIVE, LIVE_HEADERS

CONFIG_SHEET: Final = "xlwings.conf"
_WORKBOOK_CODE: Final = "ThisWorkbook"
_RIBBON_PART: Final = "customUI/customUI14.xml"
_RIBBON: Final = (
    b'<Relationship Id="rIdRibbon" '
    b'Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
    b'Target="customUI/customUI14.xml"/>'
)
_BLANK_ANSWER: Final = re.compile(rb'(<c r="[A-Z]+\d+"(?: s="\d+")?)>(<f>[^<]*</f><v></v>)')
"""A formula whose value is blank text; without a type it would read as a broken number."""
_OFF: Final = (
    "Off: shown is what was processed last. Live functions need Excel for Windows with macros "
    "allowed and xl-returns setup, or LibreOffice with xl-returns setup --libreoffice"
)
_RECORDED: Final = {
    "Action": "Decided Action",
    "Refund": "Decided Refund",
    "Resale Price": "Decided Resale Price",
}
"""Where the live function has no answer, these still show what was processed last."""


@dataclass(frozen=True)
class Macros:
    """The sources: VBA modules, the workbook's own code, the ribbon, the `xlwings.conf` lines."""

    modules: Sequence[Module]
    workbook_code: str
    ribbon: bytes
    config: Mapping[str, str]

    def add_config(self, book: Book) -> None:
        """The very hidden sheet from which xlwings reads where Python is."""
        sheet = book.add_worksheet(CONFIG_SHEET)
        sheet.very_hidden()
        for row, (key, value) in enumerate(self.config.items()):
            sheet.write_own(row, 0, key)
            sheet.write_own(row, 1, value)

    def add_project(self, book: Book) -> None:
        """The VBA project, with a document module for the workbook and for every sheet."""
        documents = [Module(_WORKBOOK_CODE, self.workbook_code, "document", WORKBOOK)]
        book.set_vba_name(_WORKBOOK_CODE)
        for sheet in book.worksheets():
            name = code_name(sheet.english)
            sheet.set_vba_name(name)
            documents.append(Module(name, "", "document", SHEET))
        project = vba_project([*documents, *self.modules])
        book.add_vba_project(io.BytesIO(project), is_stream=True)

    def finished(self, package: bytes) -> bytes:
        """The package with the ribbon tab in it, and blank answers marked as text."""
        return made_over(package, _with_ribbon, {_RIBBON_PART: self.ribbon})


def _with_ribbon(name: str, data: bytes) -> bytes:
    if name == "_rels/.rels":
        return data.replace(b"</Relationships>", _RIBBON + b"</Relationships>")
    if name.startswith("xl/worksheets/"):
        return _BLANK_ANSWER.sub(rb'\1 t="str">\2', data)
    return data


def formula(column: str) -> str:
    """The calculated column's formula for a suggestion.

    Without a day in `Live` nothing is called: wherever macros or Python are missing, a cell that
    is calculated all the same shows what was decided last, or nothing, instead of an error.
    """
    row = f"Returns[[#This Row],[{columns.INPUTS[0]}]:[{columns.INPUTS[-1]}]]"
    call = f"{columns.FUNCTIONS[column]}({row},{LIVE}[Policy],{LIVE}[As Of])"
    off = f'{LIVE}[As Of]=""'
    if column not in _RECORDED:
        return f'=IF({off},"",{call})'
    last = f"Returns[[#This Row],[{_RECORDED[column]}]]"
    return f'=_xlfn.IFNA(IF({off},NA(),{call}),IF({last}="","",{last}))'


def code_name(sheet: str) -> str:
    """The name by which VBA knows a sheet."""
    return "ws" + re.sub(r"\W", "", sheet)


def add_button(sheet: Page) -> None:
    """The button that processes all rows, in the title band, where nothing scrolls."""
    sheet.insert_button(
        1,
        0,
        {
            "macro": "ProcessReturns",
            "caption": "Process Returns",
            "width": 150,
            "height": 22,
            "x_offset": 8,
            "y_offset": 1,
        },
    )


def add_live(page: Page, styles: Styles, row: int) -> None:
    """The table that live formulas follow: the day, the policy, and the functions' last word."""
    policy = ",".join(f"{sheet.table}[#All]" for sheet in sheets.POLICY)
    headers = [{"header": h, "header_format": styles.header(NOTE_TINT)} for h in LIVE_HEADERS]
    page.add_table(
        row, 0, row + 1, 2, {"name": LIVE, **TABLE_STYLE, "columns": headers, "autofilter": False}
    )
    page.write_blank(row + 1, 0, None, styles.cell("date"))
    status = f'=IF({LIVE}[As Of]="","{_OFF}",RETURN_STATUS({LIVE}[Policy]))'
    page.write_formula(row + 1, 1, status, styles.cell("prose", text_wrap=True), _OFF)
    page.set_row(row + 1, 44)
    version = default_policy().spoken(page.tongue.language).version
    page.write_formula(row + 1, 2, f"=RETURN_POLICY({policy})", styles.cell("prose"), version)
