"""LibreOffice on this computer: where it is, whether our extension is in it, how it gets there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from xl_returns.core.findings import Refusal
from xl_returns.core.language import marked, phrased
from xl_returns.machine import places
from xl_returns.machine.checks import Check
from xl_returns.machine.python import ask, unfit

EXTENSION: Final = "org.xlreturns.returns"
"""The extension's identifier."""
FILE: Final = "Returns.oxt"
SETUP: Final = marked("run `xl-returns setup --libreoffice`")
_HOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "win32": (
        r"C:\Program Files\LibreOffice\program",
        r"C:\Program Files (x86)\LibreOffice\program",
    ),
    "darwin": ("/Applications/LibreOffice.app/Contents/MacOS",),
}
"""Where LibreOffice's own installers put it."""
_TIMEOUT: Final = 180


def unopkg() -> Path | None:
    """LibreOffice's program for extensions, or None where there is no LibreOffice."""
    name = "unopkg.com" if sys.platform == "win32" else "unopkg"
    found = shutil.which(name)
    if found:
        return Path(found)
    homes = (Path(home) / name for home in _HOMES.get(sys.platform, ()))
    return next((path for path in homes if path.is_file()), None)


def engine(folder: Path) -> dict[str, Any]:
    """What the extension must know of an environment: its Python, version, folders. Raises Refusal.

    An environment that lacks this very package (a checkout in use) is told where it lies.
    """
    interpreter = places.interpreter(folder, sys.platform)
    python = ask(interpreter)
    if python is None:
        raise Refusal(str(interpreter), phrased("does not run"), phrased(SETUP))
    why = unfit(python, sys.platform)
    if why:
        raise Refusal(str(interpreter), why, phrased(SETUP))
    major, minor = python.version[:2]
    inside = "Lib" if sys.platform == "win32" else f"lib/python{major}.{minor}"
    paths = [folder / inside / "site-packages"]
    own = Path(__file__).resolve().parents[2]
    if own not in paths and not python.xl_returns:
        paths.append(own)
    return {
        "python": str(interpreter),
        "version": [major, minor],
        "paths": [str(path) for path in paths],
    }


def add(package: bytes, *variables: str) -> None:
    """Put the extension into LibreOffice, in place of an older one. Raises Refusal.

    `variables` are LibreOffice's own, such as `-env:UserInstallation=file:///...`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_bytes(package)
        _run("add", "--force", "--suppress-license", str(path), variables=variables)


def remove(*variables: str) -> bool:
    """Take the extension out of LibreOffice; says whether it was there. Raises Refusal."""
    if not is_added(*variables):
        return False
    _run("remove", EXTENSION, variables=variables)
    return True


def is_added(*variables: str) -> bool:
    """Whether LibreOffice has the extension. Raises Refusal."""
    return EXTENSION in _run("list", variables=variables)


def examine() -> Iterator[Check]:
    """Checks of LibreOffice, where there is one."""
    if unopkg() is None:
        yield Check("LibreOffice", "not here", phrased("not installed"))
        return
    try:
        there = is_added()
    except Refusal as refusal:
        remedy = phrased("close LibreOffice and look again")
        yield Check("LibreOffice", "warning", str(refusal), remedy)
        return
    if there:
        yield Check("LibreOffice", "ok", phrased("has the extension Returns"))
    else:
        told = phrased("without the extension Returns")
        yield Check("LibreOffice", "not here", told, phrased(SETUP))


def _run(command: str, *arguments: str, variables: Sequence[str]) -> str:
    """Run unopkg; for everybody on this computer where an administrator runs it."""
    program = unopkg()
    if program is None:
        raise Refusal(
            "LibreOffice", phrased("is not installed"), phrased("install it from libreoffice.org")
        )
    shared = ["--shared"] if _is_root() else []
    try:
        done = subprocess.run(  # noqa: S603 - LibreOffice's own program
            [str(program), command, *shared, *arguments, *variables],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
        told = (done.stderr or done.stdout) if done.returncode else None
    except (OSError, subprocess.SubprocessError) as error:
        told = str(error)
    if told is not None:
        why = " ".join(told.split())[-300:]
        raise Refusal(
            "LibreOffice",
            phrased("unopkg says: {why}", why=why),
            phrased("close LibreOffice, run it again"),
        )
    return done.stdout


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
