"""The way to the desk's Python: into this process where versions match, else to a helper.

Both take the same calls: a name and arguments that JSON can carry. While a job runs, the desk asks
the open document back, through `port`.
"""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, cast

from .words import LOST, SILENT, STOPPED, Failed

CONFIG = "engine.json"
"""Beside the component: the Python that setup chose, its version, and the folders it reads."""
_OF_THE_OFFICE = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_NO_WINDOW = 0x08000000


class Engine:
    """The desk, wherever it runs; started by the first call."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._side: Any = None

    def call(self, name: str, arguments: Any, port: Any = None) -> Any:
        """What a function or job of the desk answers. Raises Failed."""
        if self._side is None:
            self._side = _started(self._folder)
        try:
            told = self._side.answer(name, arguments, port)
        except (OSError, ValueError):
            self._side = None
            raise Failed(STOPPED) from None
        if "error" in told:
            raise Failed(told["error"])
        return told["answer"]


class _Helper:
    """The desk in a process of its own, a line of JSON for each message."""

    def __init__(self, config: dict[str, Any]) -> None:
        kept = {key: text for key, text in os.environ.items() if key not in _OF_THE_OFFICE}
        self._process = subprocess.Popen(  # noqa: S603 - the Python that setup chose
            [config["python"], "-m", "xl_returns.calc.helper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**kept, "PYTHONPATH": os.pathsep.join(config["paths"])},
            creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
        )
        self._to = cast("IO[str]", self._process.stdin)
        self._from = cast("IO[str]", self._process.stdout)

    def answer(self, name: str, arguments: Any, port: Any) -> Any:
        told = self._said({"call": name, "arguments": arguments})
        while "ask" in told:
            told = self._said(_asked(port, told["ask"], told["arguments"]))
        return told

    def _said(self, message: Any) -> Any:
        self._to.write(json.dumps(message) + "\n")
        self._to.flush()
        return json.loads(self._from.readline())


def _asked(port: Any, method: str, arguments: list[Any]) -> dict[str, Any]:
    """What the document answers; its failure ends the job over there, not the talk."""
    try:
        return {"answer": getattr(port, method)(*arguments)}
    except Exception as error:  # noqa: BLE001 - whatever UNO raises
        return {"error": f"{type(error).__name__}: {error}"}


def _started(folder: Path) -> Any:
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError):
        raise Failed(LOST) from None
    if config["version"] == list(sys.version_info[:2]):
        try:
            return _in_process(config["paths"])
        except ImportError:
            pass  # built for another Python after all: the helper does it
    try:
        return _Helper(config)
    except OSError:
        raise Failed(SILENT, python=config["python"]) from None


def _in_process(paths: list[str]) -> Any:
    """The engine's module; our folders come before the office's own."""
    before = list(sys.path)
    for path in paths:
        site.addsitedir(path)
    added = [path for path in sys.path if path not in before]
    sys.path[:] = dict.fromkeys([*paths, *added, *before])
    from xl_returns.calc import engine  # noqa: PLC0415 - found only now

    return engine
