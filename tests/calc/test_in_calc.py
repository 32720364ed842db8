"""The extension in a real, visible LibreOffice: keys and mouse in, cells and pictures out."""

from __future__ import annotations

from pathlib import Path

from openpyxl.utils import get_column_letter

from tests.support.office import driven, needs_screen
from tests.support.zips import members
from xl_returns.books.workbook import Workbook
from xl_returns.core import columns
from xl_returns.desk.health import examine_book

SAMPLES = Path(__file__).resolve().parents[2] / "xl_returns" / "samples"
PICTURES = Path("build") / "pictures"


def cell(header, row=5):
    names = [column.name for column in columns.RETURNS]
    return f"{get_column_letter(names.index(header) + 1)}{row}"


@needs_screen
def test_a_day_at_the_desk_in_calc(tmp_path, unpacked, live_book):
    path = tmp_path / "Returns.xlsm"
    path.write_bytes(live_book)
    PICTURES.mkdir(parents=True, exist_ok=True)
    imported = cell("Return ID", 7)
    steps = [
        ["becomes", "Returns", cell("Action"), "Refund, keep item"],
        ["keys", "Returns", cell("Unit Paid"), "75"],
        ["becomes", "Returns", cell("Action"), "Offer partial refund"],
        ["keys", "Tiers", "B5", "80"],
        ["becomes", "Returns", cell("Action"), "Refund, keep item"],
        ["menu", "Returns", 1],
        ["dialog"],
        ["becomes", "Returns", cell("Decided Action"), "Refund, keep item"],
        picture("calc-processed"),
        ["undo"],
        ["becomes", "Returns", cell("Decided Action"), ""],
        ["tool", "Import reports"],
        ["dialog", "Open", "File name:", str(SAMPLES / "mfn_returns.txt")],
        ["dialog"],
        ["becomes", "Returns", imported, "DqH01sRRMA"],
        ["becomes", "Returns", cell("Action", 7), "Refund, keep item"],
        picture("calc-imported"),
        ["undo"],
        ["becomes", "Returns", imported, ""],
        ["tool", "Check policy"],
        ["dialog"],
        ["becomes", "Check", "B5", "Cases!A6"],
        picture("calc-checked", "Check"),
        ["keys", "Returns", imported, "R3"],
        ["menu", "Returns", 1],
        ["dialog"],
        ["becomes", "Check", "B5", "Returns!A7"],
    ]
    found = driven(path, tmp_path, steps, unpacked())
    expected = [
        step[3] if step[0] == "becomes" else told for step, told in zip(steps, found, strict=True)
    ]
    assert found == expected
    undone = [told for step, told in zip(steps, found, strict=True) if step[0] == "undo"]
    assert undone == ["Process Returns", "Import reports"]
    processed, _, taken_in, checked, _ = (
        told for step, told in zip(steps, found, strict=True) if step[0] == "dialog"
    )
    assert "2 rows decided, 2 new or changed" in processed
    assert "26 new, 0 changed" in taken_in
    assert "50.00 is in the middle: Action is Refund, keep item" in checked


@needs_screen
def test_with_another_python_a_helper_does_the_same_and_what_is_saved_is_right_for_excel(
    tmp_path, unpacked, live_book
):
    path = tmp_path / "Returns.xlsm"
    path.write_bytes(live_book)
    steps = [
        ["becomes", "Returns", cell("Action"), "Refund, keep item"],
        ["click", "Returns"],
        ["dialog"],
        ["becomes", "Returns", cell("Decided Action"), "Refund, keep item"],
        ["undo"],
        ["becomes", "Returns", cell("Decided Action"), ""],
        ["keys", "Returns", cell("Unit Paid"), "75"],
        ["becomes", "Returns", cell("Action"), "Offer partial refund"],
        ["tool", "Offer"],
        ["dialog", "OK", "", ""],
        ["dialog"],
        ["store"],
        ["keys", "Returns", cell("Unit Paid"), "76"],
        ["store"],
    ]
    vba = members(path)["xl/vbaProject.bin"]
    found = driven(path, tmp_path, steps, unpacked(other_python=True))
    assert [told for step, told in zip(steps, found, strict=True) if step[0] == "becomes"] == [
        step[3] for step in steps if step[0] == "becomes"
    ]
    asked, answered = [
        told for step, told in zip(steps, found, strict=True) if step[0] == "dialog"
    ][1:]
    assert "offer 22.50 USD next" in asked
    assert "22.50 USD" in answered
    checks = {check.name: check.state for check in examine_book(path)}
    assert set(checks.values()) == {"ok"}
    rows = Workbook.open(path, read_only=True).tables["Returns"].read(["Unit Paid", "Action"])
    assert rows == {"Unit Paid": [76.0, 75.0], "Action": ["Offer partial refund"] * 2}
    parts = members(path)
    assert parts["xl/vbaProject.bin"] == vba
    assert b"ProcessReturns" in parts["xl/drawings/vmlDrawing1.vml"]
    assert b'codeName="ThisWorkbook"' in parts["xl/workbook.xml"]
    assert b'<calcPr calcId="191029"/>' in parts["xl/workbook.xml"]


COMMANDS = {
    6: "R1 现为 R1、R1 #2",
    7: "没有待销售的商品",
    9: "退货编号: R1",
    11: "笔退货的成本",
    13: "已将 3 行写入",
    14: "日志",
}
"""Entries of the menu that the day above leaves out, and what each says of a Chinese workbook."""


@needs_screen
def test_the_other_commands_answer_a_chinese_workbook_in_chinese(tmp_path, unpacked, chinese_book):
    path = tmp_path / "退货.xlsm"
    path.write_bytes(chinese_book)
    asked = "R1：每部分多少件？例如 2 1"
    steps = [["becomes", "退货", cell("Action"), "退款不退货"]]
    for place in COMMANDS:
        steps += [["keys", "退货", cell("Buyer Comment"), "x"], ["menu", "Returns", place]]
        steps += [["dialog", "确定", asked, "1 1"]] if place == 6 else []
        steps.append(["dialog"])
    found = driven(path, tmp_path, steps, unpacked())
    assert found[0] == "退款不退货"
    told = [told for step, told in zip(steps, found, strict=True) if step == ["dialog"]]
    for (place, sentence), said in zip(COMMANDS.items(), told, strict=True):
        assert sentence in said, place


def picture(name, sheet="Returns"):
    return ["picture", sheet, str((PICTURES / f"{name}.png").resolve())]
