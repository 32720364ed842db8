"""Where Excel finds Python: fixed places per user, the same on every computer."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

XLWINGS: Final = "0.37.8"
"""Workbook, DLL and AppleScript carry this version in their names and must be of one version."""
DLL: Final = f"xlwings64-{XLWINGS}.dll"
APPLESCRIPT: Final = f"xlwings-{XLWINGS}.applescript"
_FOLDER: Final = "ReturnsToolkit"

CONFIG: Final[Mapping[str, str]] = {
    "INTERPRETER_WIN": rf"%LOCALAPPDATA%\{_FOLDER}\venv\Scripts\python.exe",
    "INTERPRETER_MAC": f"$HOME/{_FOLDER}/venv/bin/python",
    "INTERPRETER": "",
    "PYTHONPATH": "",
    "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    "CONDA PATH": "",
    "CONDA ENV": "",
    "UDF MODULES": "xl_returns.functions",
    "DEBUG UDFS": "False",
    "USE UDF SERVER": "False",
    "SHOW CONSOLE": "False",
    "SHOW_ERROR_POPUPS": "True",
    "LICENSE_KEY": "",
    "TEMP DIR": "%TEMP%",
    "ONEDRIVE_CONSUMER_WIN": "",
    "ONEDRIVE_CONSUMER_MAC": "",
    "ONEDRIVE_COMMERCIAL_WIN": "",
    "ONEDRIVE_COMMERCIAL_MAC": "",
    "SHAREPOINT_WIN": "",
    "SHAREPOINT_MAC": "",
}
"""The sheet `xlwings.conf`: every key that xlwings reads, so that no file of the user's decides."""


def environment(system: str = sys.platform, home: Path | None = None) -> Path:
    """The folder of the environment that Excel's Python is."""
    home = home or Path.home()
    if system == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else home / "AppData" / "Local") / _FOLDER / "venv"
    if system == "darwin":
        return home / _FOLDER / "venv"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else home / ".local" / "share") / _FOLDER / "venv"


def interpreter(folder: Path, system: str = sys.platform) -> Path:
    """The Python of an environment."""
    return folder / ("Scripts/python.exe" if system == "win32" else "bin/python")


def applescript(home: Path | None = None) -> Path:
    """Where Excel for macOS looks for the script that starts Python."""
    return (home or Path.home()) / "Library/Application Scripts/com.microsoft.Excel" / APPLESCRIPT
