"""Make the environment that Excel's Python is, once per user."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Final
from urllib.parse import urlparse
from urllib.request import url2pathname

from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased
from xl_returns.machine import places
from xl_returns.machine.python import ask, refuse_unfit, this_python, unfit

_LINES: Final = 5


def set_up(
    folder: Path | None = None,
    source: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Make or renew the environment; gives its folder. Raises Refusal.

    `source` is what pip installs: a wheel, a folder, or a requirement; by default this very
    version, from where it was installed itself.
    """
    folder = folder or places.environment()
    refuse_unfit(this_python())
    python = places.interpreter(folder)
    if not _usable(python):
        say(phrased("Making {folder}", folder=folder))
        _make(folder)
    if not is_current(folder) or source:
        say(phrased("Installing xl-returns and xlwings"))
        _install(python, source or own_source())
    if sys.platform == "win32" and not (folder / places.DLL).is_file():
        say(phrased("Fetching {dll}, which is gone", dll=places.DLL))
        _fetch_dll(python)
    if sys.platform == "darwin":
        say(phrased("Copying the AppleScript to where Excel looks for it"))
        _copy_applescript(folder)
    return folder


def is_current(folder: Path) -> bool:
    """Whether an environment holds the versions that the workbook needs."""
    python = ask(places.interpreter(folder))
    return python is not None and (python.xl_returns, python.xlwings) == (
        version("xl-returns"),
        places.XLWINGS,
    )


def own_source() -> str:
    """Where this very package came from: its repository, or its folder or wheel if that is still
    there, else its version."""
    told = json.loads(distribution("xl-returns").read_text("direct_url.json") or "{}")
    url, repository = told.get("url", ""), told.get("vcs_info")
    if repository:
        return f"{repository['vcs']}+{url}@{repository['commit_id']}"
    if url.startswith("file:") and Path(path := url2pathname(urlparse(url).path)).exists():
        return path
    return f"xl-returns=={version('xl-returns')}"


def _usable(interpreter: Path) -> bool:
    python = ask(interpreter)
    return python is not None and unfit(python) is None


def _make(folder: Path) -> None:
    try:
        venv.create(folder, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        output = getattr(error, "output", None)
        why = _last_lines(output.decode(errors="replace")) if output else str(error)
        raise Refusal(
            str(folder),
            phrased("the environment cannot be made ({why})", why=why),
            phrased("close Excel, check rights and disk space"),
        ) from error


def _fetch_dll(python: Path) -> None:
    """Install xlwings again: virus scanners take the DLL away, and pip does not miss it."""
    _install(python, f"xlwings=={places.XLWINGS}", "--force-reinstall", "--no-deps")


def _install(python: Path, source: str, *options: str) -> None:
    """Isolated (-I), so that neither PYTHONPATH nor a `pip.py` in the current folder decides."""
    pip = [str(python), "-I", "-m", "pip", "--disable-pip-version-check", "install", "--no-user"]
    try:
        done = subprocess.run(  # noqa: S603 - our own pip
            [*pip, "--upgrade", *options, source],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        told = (done.stderr or done.stdout) if done.returncode else None
    except OSError as error:
        told = str(error)
    if told is not None:
        raise Refusal(
            source,
            phrased("pip could not install it: {reason}", reason=_last_lines(told)),
            phrased("close Excel, check the network, run it again"),
        )


def _last_lines(output: str) -> str:
    return " ".join(output.strip().splitlines()[-_LINES:])


def _copy_applescript(folder: Path) -> None:
    found = next(folder.glob(f"lib/python*/site-packages/xlwings/{places.APPLESCRIPT}"), None)
    if found is None:
        raise Refusal(
            str(folder),
            phrased("lacks {applescript}", applescript=places.APPLESCRIPT),
            phrased("run setup again"),
        )
    target = places.applescript()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, target)
    except OSError as error:
        raise Refusal(
            str(target),
            phrased("cannot be written ({strerror})", strerror=error.strerror),
            phrased("open Excel once, then run it again"),
        ) from error
