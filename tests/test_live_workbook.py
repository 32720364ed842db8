"""The live edition: package, VBA project, formulas, and what a real LibreOffice does with it."""

from __future__ import annotations

import datetime as dt
import inspect
import io
import re
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from oletools.olevba import VBA_Parser

from scripts import build_workbook as sources
from tests.support.office import driven, needs_screen
from tests.support.vba_reader import VbaProject
from tests.support.zips import members
from xl_returns import functions, macros
from xl_returns.books.build import build
from xl_returns.books.build.macros import CONFIG_SHEET, code_name
from xl_returns.books.build.vba import Module
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns, sheets
from xl_returns.desk.process import process_book
from xl_returns.machine import doctor
from xl_returns.machine.places import CONFIG

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
VISIBLE = (
    "Start",
    "Returns",
    "Dashboard",
    "Log",
    "Check",
    *(sheet.name for sheet in sheets.POLICY),
)
STAND_IN = """Attribute VB_Name = "xlwings"
Public Sub RunPython(ByVal command As String)
    ThisWorkbook.Worksheets("Check").Range("C5").Value = command
End Sub

Public Function XLPy() As Object
    Set XLPy = Nothing
End Function

Public Function Sentinel(ByVal paid As Double, ByVal share As Double) As Double
    Sentinel = paid * (1 - share)
End Function

Public Function ProbeRows() As String
    Dim one(1 To 2, 1 To 2) As Variant, other(1 To 2, 1 To 2) As Variant
    one(1, 1) = "R1": one(1, 2) = 20
    other(1, 1) = "R1": other(1, 2) = 20
    one(2, 1) = "R2": other(2, 1) = "R2"
    one(2, 2) = 1: other(2, 2) = "1"
    ProbeRows = SameRow(one, 1, other, 1) & " " & SameRow(one, 2, other, 2) & " " & UBound(ChangedRows(one, True))
End Function
"""


@pytest.fixture(scope="module")
def made():
    target = io.BytesIO()
    modules = [*sources.own_modules(), *sources.xlwings_modules()]
    build(target, macros=sources.macros(modules))
    return target.getvalue()


@pytest.fixture(scope="module")
def parts(made):
    return members(made)


@pytest.fixture(scope="module")
def project(parts):
    return VbaProject(parts["xl/vbaProject.bin"])


def test_every_part_is_well_formed_and_has_a_content_type(parts):
    types = ET.fromstring(parts["[Content_Types].xml"])
    defaults = {node.get("Extension") for node in types if node.tag.endswith("Default")}
    named = {node.get("PartName").lstrip("/") for node in types if node.tag.endswith("Override")}
    assert named <= set(parts)
    for name, data in parts.items():
        assert name in named or name.rpartition(".")[2] in defaults or name.startswith("["), name
        if name.endswith((".xml", ".rels", ".vml")):
            ET.fromstring(data)


def test_every_relationship_leads_to_a_part_and_every_part_is_reached(parts):
    reached = {"[Content_Types].xml"}
    for name, data in parts.items():
        if not name.endswith(".rels"):
            continue
        reached.add(name)
        base = PurePosixPath(name).parent.parent
        ids = set()
        for relation in ET.fromstring(data).iter(RELATION):
            assert relation.get("Id") not in ids
            ids.add(relation.get("Id"))
            target = relation.get("Target")
            path = target.lstrip("/") if target.startswith("/") else resolved(base / target)
            assert path in parts, (name, target)
            reached.add(path)
    assert reached == set(parts)


def resolved(path):
    kept = []
    for part in path.parts:
        if part == "..":
            kept.pop()
        else:
            kept.append(part)
    return "/".join(kept)


def test_code_names_meet_document_modules(parts, project):
    book = ET.fromstring(parts["xl/workbook.xml"])
    names = [book.find(f"{MAIN}workbookPr").get("codeName")]
    for number, sheet in enumerate(book.iter(f"{MAIN}sheet"), 1):
        page = ET.fromstring(parts[f"xl/worksheets/sheet{number}.xml"])
        names.append(page.find(f"{MAIN}sheetPr").get("codeName"))
        assert names[-1] == code_name(sheet.get("name"))
    documents = [n for n, m in project.modules.items() if "VB_PredeclaredId = True" in m.text]
    assert documents == names


def test_nothing_makes_excel_calculate_on_opening(parts):
    calculation = ET.fromstring(parts["xl/workbook.xml"]).find(f"{MAIN}calcPr")
    assert dict(calculation.attrib) == {"calcId": "191029"}


def test_suggestions_are_calculated_columns_with_plain_names_and_full_references(made, parts):
    seen = openpyxl.load_workbook(io.BytesIO(made))
    table = seen["Returns"].tables["Returns"]
    calculated = {c.name: c.calculatedColumnFormula for c in table.tableColumns}
    assert [n for n, f in calculated.items() if f] == list(columns.SUGGESTIONS)
    for (name, column), cell in zip(
        zip(functions.OF_ROW, columns.SUGGESTIONS, strict=True),
        seen["Returns"][5][len(columns.INPUTS) :],
        strict=False,
    ):
        formula = calculated[column].attr_text
        assert cell.value == f"={formula}"
        assert f"{name}(Returns[[#This Row],[Return ID]:[Fulfilment Cost]],Live[Policy]," in formula
        assert "@" not in formula


def test_the_modules_are_our_sources_and_xlwings_own_with_their_notices(parts, project, tmp_path):
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(parts["xl/vbaProject.bin"])
    seen = {
        name.rpartition(".")[0]: code for _, _, name, code in VBA_Parser(str(path)).extract_macros()
    }
    for module in [*sources.own_modules(), *sources.xlwings_modules()]:
        lines = module.source().decode("cp1252").splitlines()
        assert set(module.text.rstrip().splitlines()) <= set(lines)
        assert seen[module.name].splitlines() == lines
        assert project.modules[module.name].text.splitlines() == lines
    assert "BSD 3-clause license" in project.modules["xlwings"].text
    assert "MIT (http" in project.modules["Dictionary"].text


def test_ribbon_and_button_run_macros_that_are_there(parts, project):
    code = project.modules["ReturnsMacros"].text
    ribbon = ET.fromstring(parts["customUI/customUI14.xml"])
    called = [node.get("onAction") for node in ribbon.iter() if node.get("onAction")]
    declared = re.findall(r"Public Sub (Ribbon\w+)\(ByVal control As Object\)", code)
    assert sorted(called) == sorted(declared)
    assert "RibbonProcess" in called
    drawings = b"".join(data for name, data in parts.items() if name.endswith(".vml"))
    assert re.findall(rb"<x:FmlaMacro>\[0\]!(\w+)", drawings) == [b"ProcessReturns"]
    assert "Public Sub ProcessReturns()" in code


def test_no_two_modules_have_a_public_name_in_common(project):
    declared = re.compile(r"^(?:Public )?(?:Sub|Function) (\w+)", re.MULTILINE)
    standard = [m for m in project.modules.values() if m.kind == "standard"]
    named = [n for m in standard for n in {n.casefold() for n in declared.findall(m.text)}]
    assert sorted(named) == sorted(set(named))


def test_macro_and_doctor_refuse_the_same_characters(project):
    code = project.modules["ReturnsMacros"].text
    listed = re.search(r'odd = "(.*)" & vbCr & vbLf', code)[1].replace('""', '"')
    assert set(listed) | set("\r\n") == set(doctor._ODD)


def test_macros_name_jobs_that_python_has(project):
    code = project.modules["ReturnsMacros"].text
    assert re.findall(r'RunDesk "(\w+)"', code) == [job.__name__ for job in macros.JOBS]


def test_wrappers_have_the_arguments_of_the_python_functions(project):
    code = project.modules["xlwings_udfs"].text
    found = dict(re.findall(r"Public Function (\w+)\((.*)\) As Variant", code))
    assert found.pop("PolicyTables") == ""
    expected = {}
    for function in [getattr(functions, name) for name in functions.OF_ROW] + list(sources.OTHERS):
        expected[function.__name__] = [
            (p.name, p.default is not p.empty, p.kind is p.VAR_POSITIONAL)
            for p in inspect.signature(function).parameters.values()
        ]
    assert {
        name: [
            (
                re.search(r"(\w+)(\(\))? As Variant", part)[1],
                "Optional" in part,
                "ParamArray" in part,
            )
            for part in text.split(", ")
        ]
        for name, text in found.items()
    } == expected
    assert "Volatile" not in code
    assert "Application.Caller" not in code


def test_wizard_texts_are_short_enough_for_excel(project):
    code = project.modules["xlwings_udfs"].text
    assert all(len(text) <= 255 for text in re.findall(r'"([^"\r\n]*)"', code))
    assert all(len(line) < 1_000 for line in code.splitlines())


def test_the_config_sheet_has_every_key_that_xlwings_reads(made):
    bas = Path(find_spec("xlwings").submodule_search_locations[0]) / "xlwings.bas"
    read = set(re.findall(r'GetConfig\("([^"]+)"', bas.read_text("cp1252")))
    page = openpyxl.load_workbook(io.BytesIO(made))[CONFIG_SHEET]
    rows = {key: value or "" for key, value in page.iter_rows(values_only=True)}
    assert page.sheet_state == "veryHidden"
    assert rows == dict(CONFIG)
    assert read <= set(rows)


def test_headless_work_keeps_formulas_and_refreshes_their_values(made, tmp_path):
    path = tmp_path / "Live.xlsm"
    path.write_bytes(made)
    book = Workbook.open(path)
    row = {
        "Return ID": "R1",
        "Channel": "MFN",
        "Marketplace": "US",
        "Quantity": 1.0,
        "Unit Paid": 20.0,
        "Status": "Requested",
    }
    book.append("Returns", [row])
    book.save()
    before = members(path)
    process_book(path, dt.date(2026, 11, 23))
    after = members(path)
    assert after["xl/vbaProject.bin"] == before["xl/vbaProject.bin"]
    changed = {name for name in after if after[name] != before[name]}
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    ours = ("Start", "Returns", "Due", "Log", "Check", "Policies")
    assert changed <= {f"xl/worksheets/sheet{names.index(name) + 1}.xml" for name in ours}
    formulas = openpyxl.load_workbook(path)["Returns"]
    values = openpyxl.load_workbook(path, data_only=True)
    place = columns.RETURNS.index(columns.BY_NAME["Action"]) + 1
    assert formulas.cell(5, place).value.startswith("=_xlfn.IFNA(IF(Live[As Of]")
    assert values["Returns"].cell(5, place).value == "Refund, keep item"
    live = {cell.value for line in values["Start"].iter_rows() for cell in line}
    assert any(str(text).startswith("Off: shown is what was processed last") for text in live)
    assert values["Start"]["A15"].value is None


@needs_screen
def test_in_libreoffice_it_opens_compiles_and_a_mouse_click_reaches_the_macro(tmp_path):
    path = tmp_path / "Live.xlsm"
    modules = [*sources.own_modules(), Module("xlwings", STAND_IN, "standard")]
    build(path, [{"Return ID": "R1", "Action": "Refund now"}], sources.macros(modules))
    pictures = Path("build") / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    steps = [
        ["formula", "Dashboard", "AZ1", "=Sentinel(200;0.25)"],
        ["formula", "Dashboard", "AZ2", "=ProbeRows()"],
        ["formula", "Dashboard", "AZ3", '=Unpacked("n12.5")+1'],
        ["formula", "Dashboard", "AZ4", '=OddCharacter("C:\\a=b.xlsm")'],
        ["formula", "Dashboard", "AZ5", '=Sentence("core.Refusal: Price!A1: is blank")'],
        ["formula", "Dashboard", "AZ6", "=RETURN_STATUS()"],
        ["formula", "Dashboard", "AZ7", '=Said("No.";"4E0D884C3002")&Said("No.";"")'],
        ["formula", "Dashboard", "AZ8", '=Boxed("No.";"")'],
        ["text", "Returns", "AG5"],
        ["click", "Returns"],
        ["awaited", "Check", "C5"],
        *(["picture", name, str(pictures.resolve() / f"{name}.png")] for name in VISIBLE),
    ]
    found = driven(path, tmp_path, steps)
    assert found[:11] == [
        "150",
        "True False 1",
        "13.5",
        "=",
        "Price!A1: is blank",
        "Python does not start; run xl-returns doctor. ",
        "不行。No.",
        "No.",
        "Refund now",
        "Process Returns",
        "from xl_returns import macros; macros.process_returns()",
    ]


@needs_screen
def test_in_libreoffice_a_scanned_code_finds_its_return_and_hours_run(tmp_path):
    path = tmp_path / "Scan.xlsx"
    row = {
        "Return ID": "R1",
        "Channel": "MFN",
        "Marketplace": "US",
        "Quantity": 1,
        "Unit Paid": 75,
        "Status": "Requested",
        "Reason": "UNWANTED_ITEM",
        "Request Date": dt.date(2026, 11, 22),
        "Order ID": "111-1234567-1234567",
        "Tracking ID": "9400110200830000000024",
        "Item": "Lamp",
    }
    build(path, [row, {**row, "Return ID": "R2", "Tracking ID": "1Z9"}])
    process_book(path, dt.date(2026, 11, 23))
    pictures = Path("build") / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    steps = [
        ["type", "Goods In", "A5", "1Z9"],
        ["text", "Goods In", "B5"],
        ["text", "Goods In", "C5"],
        ["type", "Goods In", "A5", "nothing"],
        ["text", "Goods In", "B5"],
        ["formula", "Dashboard", "AZ1", "=(Due.E5-NOW())*24-Due.A5"],
        ["text", "Dashboard", "AZ1"],
        *(
            ["picture", name, str(pictures.resolve() / f"{name}.png")]
            for name in ("Due", "Goods In")
        ),
    ]
    _, found, item, _, nothing, _, difference, *_ = driven(path, tmp_path, steps)
    assert (found, item, nothing) == ("R2", "Lamp", "-")
    assert abs(float(difference.replace(",", "."))) < 0.01
