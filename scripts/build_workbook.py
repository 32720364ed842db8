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
_SAID_IN_VBA = re.compile(r'\b(Said|Boxed)\("([^"]*)", ""\)')
OTHERS = (functions.RETURN_ADVICE, functions.RETURN_POLICY)


def wrapper_text() -> str:
    """The generated VBA module of the worksheet functions."""
    of_row = [getattr(functions, name) for name in functions.OF_ROW]
    return wrappers(of_row, OTHERS, functions.ARGUMENTS)


def own_modules(language: str = ENGLISH) -> list[Module]:
    """Our own VBA modules in a language, the generated one included."""
    written = [module_from_text(in_language(text, language)) for text in vba_texts()]
    return [*written, Module(MODULE, wrapper_text(), "standard")]


def vba_texts() -> list[str]:
    """The sources of our VBA modules."""
    return [path.read_text("utf-8") for path in sorted(VBA.glob("*.bas"))]


def in_language(source: str, language: str) -> str:
    """A VBA source whose sentences have the codes of their Chinese letters beside them."""

    def said(found: re.Match[str]) -> str:
        told = Tongue(language).text(found[2])
        codes = "" if told == found[2] else told.encode("utf-16-be").hex()
        return f'{found[1]}("{found[2]}", "{codes}")'

    return _SAID_IN_VBA.sub(said, source)


def vba_sentences() -> list[str]:
    """What our VBA says."""
    return [found[2] for text in vba_texts() for found in _SAID_IN_VBA.finditer(text)]


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

    def said(found: re.Match[str]) -> str:
        say = tongue.label if found[1] == "label" else tongue.text
        return f'{found[1]}="{escape(say(unescape(found[2])))}"'

    return _SAID.sub(said, plain)


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
    theirs = xlwings_modules()
    build(WORKBOOK / "ReturnsTracker.xlsm", macros=macros([*own_modules(), *theirs]))
    chinese = macros([*own_modules(CHINESE), *theirs], CHINESE)
    build(WORKBOOK / "ReturnsTracker.zh.xlsm", macros=chinese, tongue=Tongue(CHINESE))
    print(*sorted(WORKBOOK.glob("ReturnsTracker*.xls?")), sep="\n")
