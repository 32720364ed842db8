"""The Python that Excel calls: which one may be used, and what an environment holds."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xl_returns.core.findings import Refusal
from xl_returns.core.language import marked, phrased

OLDEST: Final = (3, 11)
_PYTHON_ORG: Final = marked(
    "install 64-bit Python 3.11 or newer from python.org, then run setup with it"
)
_ASK: Final = """
import json, platform, struct, sys, sysconfig
from importlib.metadata import PackageNotFoundError, version
def found(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
print(json.dumps({
    "version": list(sys.version_info[:3]), "bits": struct.calcsize("P") * 8,
    "machine": sysconfig.get_platform(), "base": sys.base_prefix, "implementation": platform.python_implementation(),
    "xlwings": found("xlwings"), "xl_returns": found("xl-returns"), "pywin32": found("pywin32"),
}))
"""


@dataclass(frozen=True)
class Python:
    """What an interpreter says of itself; versions of packages are blank when they are missing.

    `machine` is what it was built for (`win-amd64`): `platform.machine` names the processor, and
    the x64 build, which has the DLL, runs on ARM64 too.
    """

    version: tuple[int, ...]
    bits: int
    machine: str
    base: str
    implementation: str
    xlwings: str
    xl_returns: str
    pywin32: str

    def __str__(self) -> str:
        return phrased(
            "{implementation} {version}, {bits}-bit",
            implementation=self.implementation,
            version=".".join(map(str, self.version)),
            bits=self.bits,
        )


def ask(interpreter: Path) -> Python | None:
    """What an interpreter says of itself, or None when it does not run."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [str(interpreter), "-I", "-c", _ASK],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        told = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Python(**{**told, "version": tuple(told["version"])})


def this_python() -> Python:
    """The running interpreter. Raises Refusal when it cannot even be asked."""
    found = ask(Path(sys.executable))
    if found is None:
        raise Refusal(sys.executable, phrased("does not answer"), phrased(_PYTHON_ORG))
    return found


def unfit(python: Python, system: str = sys.platform) -> str | None:
    """Why Excel cannot use an interpreter, as a sentence, or None."""
    windows = system == "win32"
    reasons = {
        phrased("it is older than 3.11, which xlwings needs"): python.version < OLDEST,
        phrased("it is {name}; Excel's bridge needs CPython", name=python.implementation): (
            python.implementation != "CPython"
        ),
        phrased("it is 32-bit, for which xlwings ships no DLL"): windows and python.bits != 64,
        phrased("it is built for ARM64, for which xlwings ships no DLL; the x64 build works"): (
            windows and "arm" in python.machine.casefold()
        ),
        phrased("it comes from the Microsoft Store, whose folders hide the DLL from Excel"): (
            windows and "windowsapps" in python.base.casefold()
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def refuse_unfit(python: Python, system: str = sys.platform) -> None:
    """Raise Refusal when Excel cannot use an interpreter."""
    why = unfit(python, system)
    if why:
        raise Refusal(phrased("Python at {base}", base=python.base), why, phrased(_PYTHON_ORG))


def system_name() -> str:
    """The operating system, for people."""
    return f"{platform.system()} {platform.release()}"
