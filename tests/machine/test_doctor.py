"""The doctor names what is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from scripts import build_workbook as sources
from tests.machine.test_setup import wheel
from xl_returns.cli import main
from xl_returns.cli.shared import EXIT_WRONG_USE
from xl_returns.desk.health import examine_book
from xl_returns.desk.new import new_book
from xl_returns.machine import places, setup
from xl_returns.machine.doctor import (
    examine_machine,
    examine_path,
    mark_of_the_web,
    windows_settings,
)

ROOT = Path(sources.__file__).parents[1]


def named(checks):
    return {check.name: check for check in checks}


@pytest.fixture
def live(tmp_path):
    path = tmp_path / "Returns.xlsm"
    new_book(path)
    return path


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_without_an_environment_windows_and_macos_are_told_to_run_setup(tmp_path, system):
    found = named(examine_machine(tmp_path / "venv", system))
    assert found["Python for Excel"].state == "error"
    assert found["Python for Excel"].remedy == "run `xl-returns setup`"


def test_on_linux_excel_parts_are_not_here(tmp_path):
    found = named(examine_machine(tmp_path / "venv", "linux"))
    assert {check.state for check in found.values()} == {"not here"}


def test_versions_must_be_those_of_the_workbook(environment, tmp_path):
    folder = setup.set_up(environment, str(wheel(tmp_path, "xlwings", "0.36.0")))
    found = named(examine_machine(folder, "linux"))
    assert found["Python for Excel"].state == "ok"
    assert found["xlwings"].told == f"0.36.0; the workbook needs {places.XLWINGS}"
    assert found["xl-returns"].told.startswith("missing; the workbook needs")


def test_a_missing_dll_is_an_error(environment):
    python = places.interpreter(environment, "win32")
    if not python.exists():
        python.parent.mkdir()
        python.symlink_to(places.interpreter(environment))
    assert named(examine_machine(environment, "win32"))["DLL"].state == "error"
    (environment / places.DLL).touch()
    assert named(examine_machine(environment, "win32"))["DLL"].state == "ok"


def test_a_missing_applescript_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert named(examine_machine(tmp_path, "darwin"))["AppleScript"].state == "error"
    places.applescript().parent.mkdir(parents=True)
    places.applescript().touch()
    assert named(examine_machine(tmp_path, "darwin"))["AppleScript"].state == "ok"


@pytest.mark.parametrize(("length", "state"), [(100, "ok"), (900, "error")])
def test_the_command_for_python_has_to_fit(monkeypatch, length, state):
    monkeypatch.setenv("LOCALAPPDATA", r"C:\Users\Mei\AppData\Local")
    book = PureWindowsPath(rf"C:\{'a' * length}\Returns.xlsm")
    assert named(examine_path(book, system="win32"))["Path length"].state == state


@pytest.mark.parametrize("name", ["a=b.xlsm", "a;b.xlsm", "50%.xlsm", "a`b.xlsm", "$(x).xlsm"])
def test_file_names_that_a_shell_could_misread_are_named(name):
    found = named(examine_path(Path("/returns") / name, system="linux"))
    assert found["File name"].state == "error"


def test_a_downloaded_file_is_told_how_to_be_unblocked():
    zone = "[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=https://example.com/\r\n"
    assert "Unblock" in mark_of_the_web(zone).remedy
    assert mark_of_the_web("").state == "ok"


REGISTRY = {
    "macros off": ("VBAWarnings", 4, "Macro settings", "error"),
    "signed only": ("VBAWarnings", 3, "Macro settings", "warning"),
    "blocked": ("blockcontentexecutionfrominternet", 1, "Internet macros", "warning"),
    "rule": ("d4f940ab-401b-4efc-aadc-ad5f3c50688a", "1", "Defender rule", "error"),
}


@pytest.mark.parametrize("setting", REGISTRY)
def test_settings_that_stop_macros_are_found(setting):
    name, value, check, state = REGISTRY[setting]
    found = named(windows_settings(lambda _root, _key, asked: value if asked == name else None))
    assert found[check].state == state
    assert found[check].remedy


def test_usual_settings_are_fine():
    assert {check.state for check in windows_settings(lambda *_: None)} == {"ok", "not here"}


def test_a_fresh_workbook_is_well(live):
    assert {check.state for check in examine_book(live)} == {"ok"}


def test_a_workbook_that_is_none_is_said_to_be_none(tmp_path):
    path = tmp_path / "Returns.xlsm"
    path.write_text("hello")
    assert named(examine_book(path))["Workbook"].state == "error"


def test_changed_settings_and_formulas_are_named(tmp_path, monkeypatch):
    path = tmp_path / "Returns.xlsm"
    made = sources.macros(sources.own_modules())
    config = {**made.config, "INTERPRETER_WIN": "python"}
    sources.build(
        path, macros=sources.Macros(made.modules, made.workbook_code, made.ribbon, config)
    )
    monkeypatch.setattr("xl_returns.desk.health.formula", lambda column: f"=OTHER({column})")
    found = named(examine_book(path))
    assert found["Sheet xlwings.conf"].told == "differs in INTERPRETER_WIN"
    assert found["Formulas"].told.startswith("changed in Action, Refund")


def test_the_xlsx_edition_needs_no_macros(tmp_path):
    path = tmp_path / "Returns.xlsx"
    new_book(path)
    assert set(named(examine_book(path))) == {"File name", "Policy"}


def test_every_place_is_per_user_and_fixed(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCALAPPDATA", r"C:\Users\Mei\AppData\Local")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    windows = places.interpreter(places.environment("win32", tmp_path), "win32")
    assert str(windows).replace("\\", "/").endswith("ReturnsToolkit/venv/Scripts/python.exe")
    mac = places.interpreter(places.environment("darwin", tmp_path), "darwin")
    assert mac == tmp_path / "ReturnsToolkit" / "venv" / "bin" / "python"
    assert places.CONFIG["INTERPRETER_MAC"] == "$HOME/ReturnsToolkit/venv/bin/python"


def test_a_workbook_that_lost_nothing_is_not_mended(live, capsys):
    before = live.read_bytes()
    with pytest.raises(SystemExit):
        main(["doctor", str(live), "--mend"])
    assert f"{live} lost nothing" in capsys.readouterr().out
    assert live.read_bytes() == before
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--mend"])
    assert ended.value.code == EXIT_WRONG_USE
