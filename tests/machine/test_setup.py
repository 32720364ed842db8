"""Setup makes a real environment; what does not fit is refused with a sentence."""

from __future__ import annotations

import zipfile
from importlib.metadata import version

import pytest

from xl_returns.core.findings import Refusal
from xl_returns.machine import places, setup
from xl_returns.machine.python import Python, ask, refuse_unfit, this_python, unfit

GOOD = Python((3, 12, 4), 64, "AMD64", r"C:\Python312", "CPython", "", "", "")


def changed(**values):
    return Python(**{**GOOD.__dict__, **values})


def wheel(folder, name, number):
    """A tiny wheel that installs nothing but its name and version."""
    path = folder / f"{name}-{number}-py3-none-any.whl"
    info = f"{name}-{number}.dist-info"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n"
        )
        made.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr(f"{info}/RECORD", "")
    return path


def test_setup_makes_an_environment_and_installs_into_it(tmp_path):
    said = []
    made = wheel(tmp_path, "xl_returns", version("xl-returns"))
    folder = setup.set_up(tmp_path / "venv", str(made), said.append)
    python = ask(places.interpreter(folder))
    assert python.xl_returns == version("xl-returns")
    assert not setup.is_current(folder), "xlwings is not there yet"
    assert said == [f"Making {folder}", "Installing xl-returns and xlwings"]
    setup.set_up(folder, str(wheel(tmp_path, "xlwings", places.XLWINGS)), said.append)
    assert setup.is_current(folder)
    assert said[2:] == ["Installing xl-returns and xlwings"]
    setup.set_up(folder, say=said.append)
    assert len(said) == 3


def test_what_pip_says_reaches_the_seller_as_a_sentence(tmp_path):
    with pytest.raises(Refusal, match=r"pip could not install it: .*missing\.whl"):
        setup.set_up(tmp_path / "venv", str(tmp_path / "missing.whl"))


def test_this_python_fits():
    assert unfit(this_python()) is None


@pytest.mark.parametrize(
    ("python", "why"),
    [
        (changed(version=(3, 10, 1)), "older than 3.11"),
        (changed(implementation="PyPy"), "needs CPython"),
        (changed(bits=32), "32-bit"),
        (changed(machine="ARM64"), "ARM64"),
        (changed(base=r"C:\Users\Mei\AppData\Local\Microsoft\WindowsApps\P"), "Microsoft Store"),
    ],
)
def test_a_python_that_excel_cannot_use_is_refused(python, why):
    with pytest.raises(Refusal, match=why):
        refuse_unfit(python, "win32")


def test_a_python_of_python_org_is_taken():
    assert unfit(GOOD, "win32") is None
    assert unfit(changed(machine="arm64"), "darwin") is None


def test_what_does_not_run_answers_nothing(tmp_path):
    assert ask(tmp_path / "python") is None
