"""Setup makes a real environment; what does not fit is refused with a sentence."""

from __future__ import annotations

import json
import zipfile
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

from xl_returns.core.findings import Refusal
from xl_returns.machine import places, setup
from xl_returns.machine.python import Python, ask, refuse_unfit, this_python, unfit

GOOD = Python((3, 12, 4), 64, "win-amd64", r"C:\Python312", "CPython", "", "", "")


def changed(**values):
    return Python(**{**GOOD.__dict__, **values})


def wheel(folder, name, number, **data):
    """A tiny wheel with its name, its version, and files for the root of the environment."""
    path = folder / f"{name}-{number}-py3-none-any.whl"
    info = f"{name}-{number}.dist-info"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n"
        )
        made.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        for file, text in data.items():
            made.writestr(f"{name}-{number}.data/data/{file}", text)
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


def test_what_pip_says_reaches_the_seller_as_a_sentence(environment, tmp_path):
    with pytest.raises(Refusal, match=r"pip could not install it: .*missing\.whl"):
        setup.set_up(environment, str(tmp_path / "missing.whl"))


def test_this_python_fits():
    assert unfit(this_python()) is None


@pytest.mark.parametrize(
    ("python", "why"),
    [
        (changed(version=(3, 10, 1)), "older than 3.11"),
        (changed(implementation="PyPy"), "needs CPython"),
        (changed(bits=32), "32-bit"),
        (changed(machine="win-arm64"), "ARM64"),
        (changed(base=r"C:\Users\Mei\AppData\Local\Microsoft\WindowsApps\P"), "Microsoft Store"),
    ],
)
def test_a_python_that_excel_cannot_use_is_refused(python, why):
    with pytest.raises(Refusal, match=why):
        refuse_unfit(python, "win32")


def test_a_python_of_python_org_is_taken():
    assert unfit(GOOD, "win32") is None
    assert unfit(changed(machine="macosx-11.0-arm64"), "darwin") is None


def test_what_does_not_run_answers_nothing(tmp_path):
    assert ask(tmp_path / "python") is None


def test_what_an_interpreter_was_built_for_is_asked_not_the_processor():
    told = this_python().machine
    assert told.startswith(("linux-", "macosx-", "win")), told


def test_neither_environment_variables_nor_the_current_folder_mislead_pip(tmp_path, monkeypatch):
    made, elsewhere = wheel(tmp_path, "xlwings", places.XLWINGS), tmp_path / "elsewhere"
    with zipfile.ZipFile(made) as opened:
        opened.extractall(elsewhere)
    (elsewhere / "pip.py").write_text("raise SystemExit('not pip')")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    monkeypatch.setenv("PIP_USER", "1")
    folder = setup.set_up(tmp_path / "venv", str(made))
    assert ask(places.interpreter(folder)).xlwings == places.XLWINGS


def test_a_good_environment_is_kept_and_one_with_an_old_python_is_made_anew(environment, tmp_path):
    folder, made = environment, wheel(tmp_path, "xlwings", places.XLWINGS)
    (folder / "left over").touch()
    setup.set_up(folder, str(made))
    assert (folder / "left over").exists()
    python, answer = places.interpreter(folder), {**GOOD.__dict__, "version": [3, 10, 13]}
    python.unlink()
    python.write_text(f"#!/bin/sh\nprintf %s '{json.dumps(answer)}'\n")
    python.chmod(0o755)
    assert unfit(ask(python)) == "it is older than 3.11, which xlwings needs"
    setup.set_up(folder, str(made))
    assert not (folder / "left over").exists()
    assert unfit(ask(python)) is None


def test_a_lost_dll_is_fetched_again(environment, tmp_path, monkeypatch):
    made = wheel(tmp_path, "xlwings", places.XLWINGS, **{places.DLL: "MZ"})
    folder = setup.set_up(environment, str(made))
    (folder / places.DLL).unlink()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    setup._install(places.interpreter(folder), f"xlwings=={places.XLWINGS}")
    assert not (folder / places.DLL).exists(), "pip alone does not miss it"
    setup._fetch_dll(places.interpreter(folder))
    assert (folder / places.DLL).read_text() == "MZ"


def test_why_an_environment_cannot_be_made_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "nonsense")
    with pytest.raises(Refusal, match=r"cannot be made .*unknown encoding: nonsense"):
        setup.set_up(tmp_path / "venv")
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match=r"cannot be made .*Not a directory"):
        setup.set_up(tmp_path / "file" / "venv")


def test_a_python_that_cannot_be_started_is_a_sentence(tmp_path):
    with pytest.raises(Refusal, match="pip could not install it"):
        setup._install(tmp_path / "python", "xl-returns")


def test_the_applescript_goes_where_excel_looks(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "venv"
    site = folder / "lib" / "python3.12" / "site-packages" / "xlwings"
    with pytest.raises(Refusal, match=rf"lacks {places.APPLESCRIPT}"):
        setup._copy_applescript(folder)
    site.mkdir(parents=True)
    real = Path(distribution("xlwings").locate_file(f"xlwings/{places.APPLESCRIPT}"))
    (site / places.APPLESCRIPT).write_bytes(real.read_bytes())
    setup._copy_applescript(folder)
    target = tmp_path / "Library" / "Application Scripts" / "com.microsoft.Excel"
    assert (target / places.APPLESCRIPT).read_bytes() == real.read_bytes()


def test_this_checkout_is_its_own_source_as_its_repository_is_and_a_lost_wheel_is_not(
    tmp_path, monkeypatch
):
    told = distribution("xl-returns")
    assert Path(setup.own_source()).joinpath("pyproject.toml").is_file()
    lost = tmp_path / "xl_returns-0.1.0.dist-info"
    lost.mkdir()
    (lost / "METADATA").write_text(told.read_text("METADATA"))
    (lost / "direct_url.json").write_text('{"url": "file:///downloads/gone.whl"}')
    monkeypatch.syspath_prepend(str(tmp_path))
    assert setup.own_source() == f"xl-returns=={version('xl-returns')}"
    (lost / "direct_url.json").write_text(
        '{"url": "https://host/desk.git", "vcs_info": {"vcs": "git", "commit_id": "1f2e"}}'
    )
    assert setup.own_source() == "git+https://host/desk.git@1f2e"
