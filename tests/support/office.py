"""A real LibreOffice, where the machine has one."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

DRIVER = Path(__file__).with_name("office_driver.py")
CORPUS = Path(__file__).with_name("office_corpus.py")

needs_office = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is missing: scripts/dev.py test installs it"
)

needs_screen = pytest.mark.skipif(
    not all(map(shutil.which, ("soffice", "Xvfb", "xdotool", "import")))
    or not Path("/usr/lib/python3/dist-packages/uno.py").exists(),
    reason="LibreOffice, Xvfb, xdotool, ImageMagick or python3-uno is missing: "
    "scripts/dev.py test installs them",
)


@contextmanager
def screen():
    """A screen of its own, whichever number is free."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1680x1000x24"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        yield f":{numbers.readline().strip()}"
    server.terminate()
    server.wait(10)


def system():
    """The environment for LibreOffice, whose Python has its library beside PATH's first `python3`."""
    return {**os.environ, "PATH": os.defpath}


def driven(book, folder, steps, extensions=None):
    """What each step finds in a visible LibreOffice that has the workbook open.

    Macros are allowed; with a folder of extensions they are not, as LibreOffice is by itself.
    """
    pipe = f"xlreturns{os.getpid()}"
    with screen() as display:
        environment = {**system(), "DISPLAY": display, "SAL_USE_VCLPLUGIN": "gen"}
        office = subprocess.Popen(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                *([f"-env:BUNDLED_EXTENSIONS={extensions.as_uri()}"] if extensions else []),
                "--norestore",
                "--nologo",
                "--nofirststartwizard",
                f"--accept=pipe,name={pipe};urp;",
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            done = subprocess.run(
                [
                    "/usr/bin/python3",
                    str(DRIVER),
                    str(book),
                    pipe,
                    "0" if extensions else "4",
                    json.dumps(steps),
                ],
                env=environment,
                capture_output=True,
                text=True,
                timeout=240,
                check=False,
            )
        finally:
            os.killpg(office.pid, signal.SIGKILL)
            office.wait(30)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def converted(book, folder, form, extensions=None):
    """LibreOffice's own copy of a workbook, in a form such as `xlsx`, in a folder."""
    command = (
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *([f"-env:BUNDLED_EXTENSIONS={extensions.as_uri()}"] if extensions else []),
        "--headless",
        "--convert-to",
        form,
        "--outdir",
        str(folder),
        str(book),
    )
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=system())
    return folder / book.name


def shown(book, folder):
    """What LibreOffice computes for a workbook: the rows of each sheet, as text."""
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    converted(book, folder, every_sheet)
    pages = folder.glob(f"{book.stem}-*.csv")
    return {
        page.stem.removeprefix(f"{book.stem}-"): list(
            csv.reader(page.read_text("utf-8").splitlines())
        )
        for page in pages
    }


@contextmanager
def served(folder):
    """The pipe of one LibreOffice without a screen."""
    pipe = f"xlcorpus{os.getpid()}"
    office = subprocess.Popen(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield pipe
    finally:
        os.killpg(office.pid, signal.SIGTERM)
        office.wait(30)


@contextmanager
def headless(folder):
    """One LibreOffice without a screen; give it `office_corpus.py`'s orders, get the answers."""
    with served(folder) as pipe:

        def ask(orders):
            done = subprocess.run(
                ["/usr/bin/python3", str(CORPUS), pipe],
                input=json.dumps(orders),
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        yield ask
