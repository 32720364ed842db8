"""Fresh workbooks: the live edition as it was built, or the one that needs no macros."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

from xl_returns.books.build import build
from xl_returns.core.findings import Refusal

_NAME: Final = "ReturnsTracker.xlsm"


def new_book(path: Path) -> None:
    """Write a fresh .xlsm or .xlsx workbook. Raises Refusal."""
    makers: dict[str, Callable[[Path], object]] = {
        ".xlsx": lambda target: build(target, native=True),
        ".xlsm": lambda target: target.write_bytes(_live_edition()),
    }
    make = makers.get(path.suffix.casefold())
    if make is None:
        raise Refusal(
            path.name, "ends in neither .xlsm nor .xlsx", f"write {path.with_suffix('.xlsm').name}"
        )
    if path.exists():
        raise Refusal(path.name, "is already there", "choose another name")
    try:
        make(path)
    except OSError as error:
        raise Refusal(
            str(path), f"cannot be written ({error.strerror})", "check the folder"
        ) from error


def _live_edition() -> bytes:
    """The built workbook: in an installed package beside the data, else in the project."""
    package = files("xl_returns")
    installed = package / "data" / _NAME
    if installed.is_file():
        return installed.read_bytes()
    return (Path(str(package)).parent / "workbook" / _NAME).read_bytes()
