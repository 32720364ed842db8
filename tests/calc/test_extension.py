"""The extension's parts, and how it gets into LibreOffice and out again."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.office import needs_office
from tests.support.zips import members
from xl_returns import macros
from xl_returns.calc import engine, office
from xl_returns.calc.host import CalcHost
from xl_returns.calc.menu import GROUPS, label
from xl_returns.calc.names import OF_ROW, OTHERS
from xl_returns.calc.office import words
from xl_returns.calc.oxt import extension
from xl_returns.core.findings import Refusal
from xl_returns.core.language import CHINESE, ENGLISH, command, speak, text
from xl_returns.machine import libreoffice

OLDEST_PYTHON = (3, 8)
RIBBON = Path(__file__).resolve().parents[2] / "workbook" / "ribbon.xml"


@pytest.fixture(scope="module")
def parts(this_engine):
    return members(extension(this_engine))


def test_the_same_sources_give_the_same_bytes(this_engine):
    assert extension(this_engine) == extension(this_engine)


def test_every_part_is_well_formed_and_listed(parts):
    for name, data in parts.items():
        if name.endswith((".xml", ".xcu", ".components")):
            ET.fromstring(data)
    listed = re.findall(r'full-path="([^"]+)"', parts["META-INF/manifest.xml"].decode())
    assert set(listed) <= set(parts)
    assert {name for name in parts if name.endswith((".xcu", ".idl", ".components"))} == set(listed)


def test_what_runs_in_the_office_is_written_for_its_oldest_python():
    for source in Path(office.__file__).parent.glob("*.py"):
        ast.parse(source.read_text("utf-8"), feature_version=OLDEST_PYTHON)


def test_functions_have_the_same_names_in_cells_interface_and_description(parts):
    described = parts["CalcAddIns.xcu"].decode()
    interface = parts["returns.idl"].decode()
    for method, name in (*OF_ROW.items(), *OTHERS.items()):
        assert f'oor:name="{method}"' in described
        assert f">{name}</value>" in described
        assert f" {method}(" in interface


def test_the_menu_has_every_job_under_the_name_of_excels_ribbon():
    ribbon = RIBBON.read_text("utf-8")
    for job in macros.JOBS:
        assert f'label="{label(job.__name__)}"' in ribbon
    jobs = [c for group in GROUPS for c in group if c.url.startswith("service:")]
    assert len(jobs) == len(macros.JOBS)


def test_menu_and_function_help_have_their_chinese(parts):
    menus, described = parts["Addons.xcu"].decode(), parts["CalcAddIns.xcu"].decode()
    for entry in (entry for group in GROUPS for entry in group):
        chinese = command(CHINESE, entry.label)
        assert chinese != entry.label
        assert f'<value xml:lang="zh-CN">{chinese}</value>' in menus
    for help_text in re.findall(r'"Description"><value xml:lang="en">.*?</prop>', described):
        assert 'xml:lang="zh-CN"' in help_text


def test_the_menu_says_split_as_something_to_do_not_as_something_done():
    assert command(CHINESE, "Split") == "拆分"
    assert text(CHINESE, "Split") == "已拆分"


def test_what_is_said_without_the_desk_travels_in_the_extension_in_both_languages(parts):
    carried = json.loads(parts["words.json"])
    spoken = {
        ast.literal_eval(call.args[0])
        for call in ast.walk(ast.parse(Path(words.__file__).read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "marked"
    }
    assert set(carried) == spoken
    assert [said for said, chinese in carried.items() if said == chinese] == []


def test_a_chinese_person_is_told_in_chinese(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    speak(CHINESE)
    try:
        with pytest.raises(Refusal, match="没有安装"):
            libreoffice.add(b"")
        with pytest.raises(Refusal, match="尚未存为文件"):
            CalcHost(_Unsaved(), "process_returns").open()
    finally:
        speak(ENGLISH)


class _Unsaved:
    """A document that has no file."""

    def path(self) -> str:
        """Blank, as Calc says it."""
        return ""


def test_what_cannot_be_answered_is_a_sentence():
    told = engine.answer("RETURN_ACTION", [[["R1", "MFN"]], None, None, None])
    assert "2 cells stand under" in told["error"]
    assert "KeyError" in engine.answer("no such function", [])["error"]
    assert engine.answer("policy_tables", [])["answer"][0] == "Settings"


def test_an_environment_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(Refusal, match=r"does not run; run `xl-returns setup --libreoffice`"):
        libreoffice.engine(tmp_path)


@needs_office
def test_the_extension_is_added_renewed_and_removed(tmp_path, this_engine):
    shared = (tmp_path / "shared").as_uri()
    there = (
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        f"-env:UNO_SHARED_PACKAGES={shared}",
        f"-env:UNO_SHARED_PACKAGES_CACHE={shared}",
    )
    assert not libreoffice.is_added(*there)
    for _ in range(2):
        libreoffice.add(extension(this_engine), *there)
    assert libreoffice.is_added(*there)
    told = next(tmp_path.rglob("engine.json"))
    assert json.loads(told.read_text("utf-8")) == this_engine
    assert libreoffice.remove(*there)
    assert not libreoffice.remove(*there)


def test_a_computer_without_libreoffice_is_told_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert [check.state for check in libreoffice.examine()] == ["not here"]
    assert shutil.which("unopkg") is None
    with pytest.raises(Refusal, match="is not installed"):
        libreoffice.add(b"")
