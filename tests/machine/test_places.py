"""The settings decide alone, and name what the installed xlwings brings."""

from __future__ import annotations

import re
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

from xl_returns.machine import places


@pytest.fixture(scope="module")
def bas():
    return Path(distribution("xlwings").locate_file("xlwings/xlwings.bas")).read_text("cp1252")


def test_every_key_that_xlwings_reads_is_set(bas):
    read = set(re.findall(r'GetConfig\("([^"]+)"', bas))
    assert len(read) > 15
    assert read <= set(places.CONFIG), "a global xlwings.conf would decide the rest"


def test_no_key_is_read_that_the_pattern_cannot_see(bas):
    calls = re.findall(r"\bGetConfig\((?!configKey)(.)", bas)
    assert set(calls) == {'"'}


def test_keys_are_written_as_xlwings_compares_them():
    assert all(key == key.upper() == key.strip() for key in places.CONFIG)


def test_the_temporary_folder_is_not_blank():
    assert places.CONFIG["TEMP DIR"] == "%TEMP%", "a key that is there but blank hides the default"


def test_workbook_dll_and_applescript_are_of_one_version(bas):
    assert version("xlwings") == places.XLWINGS
    assert f'XLWINGS_VERSION As String = "{places.XLWINGS}"' in bas
    assert places.DLL == "xlwings64-0.37.8.dll"
    assert Path(distribution("xlwings").locate_file(f"xlwings/{places.APPLESCRIPT}")).is_file()


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_the_workbook_names_the_place_where_setup_makes_python(system, monkeypatch, tmp_path):
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    made = places.interpreter(places.environment(system, tmp_path), system).as_posix()
    key, home = {
        "win32": ("INTERPRETER_WIN", "%LOCALAPPDATA%"),
        "darwin": ("INTERPRETER_MAC", "$HOME"),
    }[system]
    named = places.CONFIG[key].replace("\\", "/")
    assert named.replace(home, tmp_path.as_posix()) == made


def test_excel_for_macos_looks_in_its_own_folder_of_scripts(tmp_path):
    assert places.applescript(tmp_path) == tmp_path / (
        "Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript"
    )


def test_linux_honours_xdg(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert places.environment("linux") == tmp_path / "data" / "ReturnsToolkit" / "venv"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert places.environment("linux", tmp_path) == (
        tmp_path / ".local" / "share" / "ReturnsToolkit" / "venv"
    )
