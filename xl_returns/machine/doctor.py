"""Look at the computer: is everything there that Excel needs to call Python."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from xl_returns.core.language import marked, phrased
from xl_returns.machine import places
from xl_returns.machine.checks import Check, State
from xl_returns.machine.python import ask, system_name, unfit

_WITH_EXCEL: Final = ("win32", "darwin")
_SETUP: Final = marked("run `xl-returns setup`")
_TRUST: Final = marked(
    "where macros are blocked: Excel > Options > Trust Center > Trusted Locations > add the folder"
)
_ODD: Final = '|"`$;=%^!<>*?\r\n'
"""Characters in a path that a shell could read as something else; the macros refuse them too."""
_LONGEST_COMMAND: Final = 2_047
_COMMAND_ITSELF: Final = 250
"""About so long is the rest of the command with which xlwings starts Python."""
_ASR_RULE: Final = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
"""Microsoft Defender: block all Office applications from creating child processes."""
_DEFENDER: Final = r"SOFTWARE\{}Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
_EXCEL: Final = r"Software\{}Microsoft\Office\16.0\Excel\Security"

ReadKey = Callable[[str, str, str], object]
"""Reads a registry value by root (`HKCU`, `HKLM`), key and name; None when there is none."""


def examine_machine(folder: Path | None = None, system: str = sys.platform) -> Iterator[Check]:
    """Checks of the computer, whichever workbook is used."""
    folder = folder or places.environment(system)
    yield _system(system)
    yield from _environment(folder, system)
    if system == "darwin":
        yield _applescript(places.applescript())
    if system == "win32":
        yield from windows_settings(_registry)


def _system(system: str) -> Check:
    if system in _WITH_EXCEL:
        live = (
            phrased("live functions and macros")
            if system == "win32"
            else phrased("macros, no live functions")
        )
        return Check(phrased("System"), "ok", f"{system_name()}: {live}")
    return Check(
        phrased("System"),
        "not here",
        phrased(
            "{system_name}: no Excel; the command line does the work", system_name=system_name()
        ),
    )


def _environment(folder: Path, system: str) -> Iterator[Check]:
    interpreter = places.interpreter(folder, system)
    python = ask(interpreter)
    if python is None:
        here: State = "error" if system in _WITH_EXCEL else "not here"
        yield Check(
            phrased("Python for Excel"),
            here,
            phrased("{interpreter} does not run", interpreter=interpreter),
            phrased(_SETUP),
        )
        return
    why = unfit(python, system)
    if why:
        yield Check(phrased("Python for Excel"), "error", f"{python}: {why}", phrased(_SETUP))
    else:
        yield Check(phrased("Python for Excel"), "ok", f"{interpreter} ({python})")
    yield _version("xl-returns", python.xl_returns, version("xl-returns"))
    yield _version("xlwings", python.xlwings, places.XLWINGS)
    if system == "win32":
        yield _dll(folder)


def _version(name: str, found: str, needed: str) -> Check:
    if found == needed:
        return Check(name, "ok", found)
    return Check(
        name,
        "error",
        phrased("{found}; the workbook needs {needed}", found=found or "missing", needed=needed),
        phrased(_SETUP),
    )


def _dll(folder: Path) -> Check:
    path = folder / places.DLL
    if path.is_file():
        return Check("DLL", "ok", str(path))
    return Check(
        "DLL",
        "error",
        phrased("{path} is missing", path=path),
        phrased("run `xl-returns setup` with 64-bit Python"),
    )


def _applescript(path: Path) -> Check:
    if path.is_file():
        return Check("AppleScript", "ok", str(path))
    return Check("AppleScript", "error", phrased("{path} is missing", path=path), phrased(_SETUP))


def examine_path(
    book: Path, folder: Path | None = None, system: str = sys.platform
) -> Iterator[Check]:
    """Checks of where a workbook lies."""
    odd = sorted(set(_ODD) & set(str(book)))
    if odd:
        told = phrased("{book} holds {odd}", book=book, odd=" ".join(map(repr, odd)))
        yield Check(phrased("File name"), "error", told, phrased("save it under another name"))
    else:
        yield Check(phrased("File name"), "ok", book.name)
    if system == "win32":
        yield _command_length(
            book, places.interpreter(folder or places.environment(system), system)
        )
        yield mark_of_the_web(_zone(book))


def _command_length(book: Path, interpreter: Path) -> Check:
    length = _COMMAND_ITSELF + len(str(interpreter)) + 2 * len(str(book).replace("\\", "\\\\"))
    if length <= _LONGEST_COMMAND:
        return Check(
            phrased("Path length"),
            "ok",
            phrased(
                "about {length} of {longest_command} characters",
                length=length,
                longest_command=_LONGEST_COMMAND,
            ),
        )
    told = phrased(
        "the command for Python has about {length} characters, {longest_command} are possible",
        length=length,
        longest_command=_LONGEST_COMMAND,
    )
    return Check(
        phrased("Path length"), "error", told, phrased("move the workbook to a shorter path")
    )


def _zone(book: Path) -> str:
    """Where Windows says that a file came from; blank when it says nothing."""
    try:
        return Path(f"{book}:Zone.Identifier").read_text("utf-8", errors="replace")
    except OSError:
        return ""


def mark_of_the_web(zone: str) -> Check:
    """Whether a file is marked as downloaded: Excel blocks the macros of such files."""
    if "ZoneId=3" in zone or "ZoneId=4" in zone:
        remedy = phrased(
            "right-click the file > Properties > Unblock, or make a fresh one with `xl-returns new`"
        )
        return Check(
            phrased("Mark of the Web"),
            "error",
            phrased("Windows marked the file as downloaded"),
            remedy,
        )
    return Check(phrased("Mark of the Web"), "ok", "none")


def windows_settings(read: ReadKey) -> Iterator[Check]:
    """Checks of what Office and Defender allow; settings are only read, never changed."""
    warnings = read("HKCU", _EXCEL.format("Policies\\"), "VBAWarnings")
    warnings = read("HKCU", _EXCEL.format(""), "VBAWarnings") if warnings is None else warnings
    if warnings == 4:
        remedy = phrased("Excel > Options > Trust Center > Macro Settings: with notification")
        yield Check(
            phrased("Macro settings"),
            "error",
            phrased("all macros are off without notification"),
            remedy,
        )
    elif warnings == 3:
        remedy = phrased("put the workbook into a trusted location")
        yield Check(
            phrased("Macro settings"),
            "warning",
            phrased("only signed macros run; ours are not"),
            remedy,
        )
    else:
        yield Check(phrased("Macro settings"), "ok", phrased("macros run once you allow them"))
    if read("HKCU", _EXCEL.format("Policies\\"), "blockcontentexecutionfrominternet") == 1:
        told = phrased("macros in files from the internet are blocked by policy")
        yield Check(
            phrased("Internet macros"),
            "warning",
            told,
            phrased("make workbooks with `xl-returns new`"),
        )
    yield _defender(read)
    yield Check(
        phrased("Trusted location"),
        "not here",
        phrased("cannot be seen from outside"),
        phrased(_TRUST),
    )


def _defender(read: ReadKey) -> Check:
    for owner in ("Policies\\", ""):
        if str(read("HKLM", _DEFENDER.format(owner), _ASR_RULE)) == "1":
            told = phrased(
                "forbids Office to start other programs, so that Excel cannot start Python"
            )
            return Check(
                phrased("Defender rule"),
                "error",
                told,
                phrased("ask for an exception, or use the command line"),
            )
    return Check(phrased("Defender rule"), "ok", phrased("lets Excel start Python"))


def _registry(root: str, key: str, name: str) -> object:
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415 - Windows only

    roots = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}
    try:
        with winreg.OpenKey(roots[root], key) as opened:
            return winreg.QueryValueEx(opened, name)[0]
    except OSError:
        return None
