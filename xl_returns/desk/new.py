"""Fresh workbooks: the live edition as it was built, or the one that needs no macros."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

from xl_returns.books.build import build
from xl_returns.books.build.page import Tongue
from xl_returns.core.findings import Refusal
from xl_returns.core.language import CHINESE, ENGLISH, phrased
from xl_returns.desk.files import written_to

_NAMES: Final = {ENGLISH: "ReturnsTracker.xlsm", CHINESE: "ReturnsTracker.zh.xlsm"}


def new_book(path: Path, language: str = ENGLISH) -> None:
    """Write a fresh .xlsm or .xlsx workbook in a language. Raises Refusal."""
    makers: dict[str, Callable[[Path], object]] = {
        ".xlsx": lambda target: build(target, tongue=Tongue(language), native=True),
        ".xlsm": lambda target: target.write_bytes(_live_edition(language)),
    }
    make = makers.get(path.suffix.casefold())
    if make is None:
        proposed = f"{path.stem or Path(_NAMES[ENGLISH]).stem}.xlsm"
        raise Refusal(
            path.name,
            phrased("ends in neither .xlsm nor .xlsx"),
            phrased("write {name}", name=proposed),
        )
    if path.exists():
        raise Refusal(path.name, phrased("is already there"), phrased("choose another name"))
    with written_to(str(path)):
        make(path)


def _live_edition(language: str) -> bytes:
    """The built workbook: in an installed package beside the data, else in the project."""
    package = files("xl_returns")
    installed = package / "data" / _NAMES[language]
    if installed.is_file():
        return installed.read_bytes()
    return (Path(str(package)).parent / "workbook" / _NAMES[language]).read_bytes()
