"""Build the workbooks from their sources, each in both languages: `workbook/ReturnsTracker.xlsx`,
whose suggestions are formulas, and the live edition `.xlsm`."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape, unescape

from xl_returns import functions
from xl_returns.books.build import Macros, build
from xl_returns.books.build.page import Tongue
from xl_returns.books.build.vba import Module, module_from_text
from xl_returns.books.build.wrappers import MODULE, wrappers
from xl_returns.core.language import CHINESE, ENGLISH
from xl_returns.machine.places import CONFIG

WORKBOOK = Path(__file__).resolve().parent.parent / "workbook"
VBA = WORKBOOK / "vba"
_SAID = re.compile(r'\b(label|screentip|supertip)="([^"]*)"')
OTHERS = (functions.RETURN_ADVICE, functions.RETURN_POLICY)


def wrapper_text() -> str:
    """The generated VBA module of the worksheet functions."""
    of_row = [getattr(functions, name) for name in functions.OF_ROW]
    return wrappers(of_row, OTHERS, functions.ARGUMENTS)


def own_modules() -> list[Module]:
    """Our own VBA modules, the generated one included."""
    written = [module_from_text(path.read_text("utf-8")) for path in sorted(VBA.glob("*.bas"))]
    return [*written, Module(MODULE, wrapper_text(), "standard")]


def xlwings_modules() -> list[Module]:
    """Xlwings' own VBA (BSD) and the dictionary it needs on macOS (MIT), each with its notice."""
    found = find_spec("xlwings")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("xlwings is not installed")
    home = Path(found.submodule_search_locations[0])
    paths = (home / "xlwings.bas", home / "addin" / "Dictionary.cls")
    return [module_from_text(path.read_text("cp1252")) for path in paths]


def ribbon(tongue: Tongue) -> str:
    """The ribbon tab, with what it says in a language."""
    plain = (WORKBOOK / "ribbon.xml").read_text("utf-8")
    return _SAID.sub(lambda said: f'{said[1]}="{escape(tongue.text(unescape(said[2])))}"', plain)


def macros(modules: list[Module], language: str = ENGLISH) -> Macros:
    """The workbook's live part with these VBA modules, its ribbon in a language."""
    return Macros(
        modules=modules,
        workbook_code=(VBA / "ThisWorkbook.cls").read_text("utf-8"),
        ribbon=ribbon(Tongue(language)).encode(),
        config=CONFIG,
    )


if __name__ == "__main__":
    build(WORKBOOK / "ReturnsTracker.xlsx", native=True)
    build(WORKBOOK / "ReturnsTracker.zh.xlsx", native=True, tongue=Tongue(CHINESE))
    modules = [*own_modules(), *xlwings_modules()]
    build(WORKBOOK / "ReturnsTracker.xlsm", macros=macros(modules))
    chinese = macros(modules, CHINESE)
    build(WORKBOOK / "ReturnsTracker.zh.xlsm", macros=chinese, tongue=Tongue(CHINESE))
    print(*sorted(WORKBOOK.glob("ReturnsTracker*.xls?")), sep="\n")
