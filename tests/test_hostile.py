"""Text from reports is the buyer's or anybody's: it stays text, in one place, of bearable size."""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.support.days import TODAY
from tests.support.parts import RETURNS
from tests.support.zips import members, rewrite
from xl_returns.books.build import build
from xl_returns.books.workbook import Workbook
from xl_returns.core.findings import Refusal
from xl_returns.desk.appeals import cases_of, write_appeals
from xl_returns.desk.audit import audit_book
from xl_returns.desk.frame_files import write_decisions
from xl_returns.desk.goods_in import receive_goods
from xl_returns.desk.intake import import_reports
from xl_returns.desk.letters import letters_of, write_letters
from xl_returns.desk.process import process_book
from xl_returns.desk.returnless import rules_of, write_rules
from xl_returns.desk.uploads import export_adjustments
from xl_returns.reports import read_report

ATTACKS = (
    '=HYPERLINK("http://evil.example","click")', "=cmd|' /C calc'!A0", "+1+cmd|x!A1", "-2+3", "@SUM(A1)",
    "\t=1+1", "＝1+1", "../../../etc/passwd", "..\\..\\up", "CON", "C:\\Windows\\x", "a\0b\x07c",
    "\u202eexe.gpj\u202c", "<script>alert(1)</script>", "]]><x/>&#x0;", "{amount}{0.__class__}", "%s%n",
    "'; DROP TABLE returns;--", "_x003D_1+1", "x" * 40_000, "\ud83d\ude00 𝟙𝟚 ﷽", "http://evil.example/a",
)  # fmt: skip
HEADER = (
    "Order ID\tOrder date\tReturn request date\tReturn request status\tAmazon RMA ID\tLabel type\t"
    "Currency code\tTracking ID\tA-to-Z Claim\tASIN\tMerchant SKU\tItem Name\tReturn quantity\t"
    "Return Reason\tIn policy\tResolution\tOrder Amount\tOrder quantity\tOrder Item ID\tCategory\t"
    "Customer comments\n"
)
SETTLEMENT = (
    "settlement-id\ttotal-amount\tcurrency\ttransaction-type\torder-id\tamount-type\t"
    "amount-description\tamount\tposted-date\tsku\n{0}\t-1.00\tUSD\t\t\t\t\t\t\t\n"
    "{0}\t\t\tRefund\t{0}\tItemPrice\tPrincipal\t-1.00\t2026-11-01\t{0}\n"
)


def report(attack):
    one = attack.replace("\t", " ")
    cells = [
        one, "01-Nov-2026", "20-Nov-2026", "PendingApproval", one, one, "USD", one, "N", one, one, one, "1",
        one, "Y", "StandardRefund", "20.00", "1", one, one, one,
    ]  # fmt: skip
    return HEADER + "\t".join(cells) + "\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A workbook into which every attack came as a report, and all that was written from it."""
    folder = tmp_path_factory.mktemp("hostile")
    path = folder / "Returns.xlsx"
    build(path)
    for number, attack in enumerate(ATTACKS):
        for name, text in (("mfn", report(attack)), ("pay", SETTLEMENT.format(attack.strip()))):
            source = folder / "in" / f"{name}{number}.txt"
            source.parent.mkdir(exist_ok=True)
            source.write_bytes(text.encode("utf-8", "surrogatepass"))
    import_reports([folder / "in"], path, TODAY, "US")
    book = Workbook.open(path)
    for attack in ATTACKS:
        receive_goods(
            book, TODAY, attack.strip() or "x", {"Condition": "Different item", "Note": "=1+1"}
        )
    book.save()
    process_book(path, TODAY)
    export_adjustments(path, folder / "out", TODAY)
    book = Workbook.open(path)
    write_letters(letters_of(book, TODAY)[0], folder / "out")
    write_appeals(cases_of(book, TODAY)[0], folder / "out")
    write_rules(rules_of(book, TODAY)[0], folder / "out")
    write_decisions(book, folder / "out" / "decisions.csv")
    return folder


def test_every_attack_came_in_as_a_row(desk):
    assert Workbook.open(desk / "Returns.xlsx").tables["Returns"].rows == len(ATTACKS)


def test_no_text_became_a_formula_a_link_or_a_broken_part(desk):
    looked = openpyxl.load_workbook(desk / "Returns.xlsx")
    for sheet in ("Returns", "Log", "Check", "Events", "Reconcile"):
        for row in looked[sheet].iter_rows():
            assert not [c.coordinate for c in row if c.data_type == "f" or c.hyperlink], sheet
    allowed = re.compile(r"=IF\((?:GoodsIn|ISNUMBER\(Due)\[?")
    for sheet in ("Goods In", "Due"):
        formulas = [c.value for row in looked[sheet].iter_rows() for c in row if c.data_type == "f"]
        assert all(allowed.match(text) for text in formulas)
    assert not [name for name in members(desk / "Returns.xlsx") if "external" in name.casefold()]


def test_cells_stay_within_what_excel_holds(desk):
    looked = openpyxl.load_workbook(desk / "Returns.xlsx", read_only=True)
    longest = max(
        len(value)
        for sheet in looked
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if isinstance(value, str)
    )
    assert longest <= 32_767


def test_no_csv_cell_is_a_formula(desk):
    files = list((desk / "out").rglob("*.csv"))
    assert len(files) > 2
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for row in csv.reader(text):
                wrong = [
                    c
                    for c in row
                    if c[:1] in "=+-@\t\r＝" and c and not re.fullmatch(r"-?[\d.]+", c)
                ]
                assert wrong == [], file.name


def test_upload_files_hold_only_what_amazon_expects(desk):
    """No text of theirs is an order number of Amazon's: there is nothing to refund by file."""
    assert not list((desk / "out").glob("adjustments*"))
    header, *lines = (desk / "out" / "returnless-US.txt").read_text("utf-8").splitlines()
    assert {line.count("\t") for line in lines} == {header.count("\t")}


def test_nothing_was_written_outside_the_folders(desk):
    assert sorted(p.name for p in desk.iterdir()) == sorted(
        ["Returns.backup.xlsx", "Returns.xlsx", "in", "out"]
    )
    for path in (desk / "out").rglob("*"):
        assert path.resolve().is_relative_to((desk / "out").resolve())
        assert not any(unicodedata.category(c)[0] == "C" for c in path.name)


def test_texts_to_paste_hold_no_control_or_direction_marks(desk):
    for file in [*(desk / "out").rglob("draft.txt"), desk / "out" / "messages.txt"]:
        text = file.read_text("utf-8-sig")
        kinds = {unicodedata.category(c) for c in text if c not in "\n\r"}
        assert not kinds & {"Cc", "Cf"}, file


def test_the_log_is_whole_after_all_that(desk):
    broken = [f for f in audit_book(desk / "Returns.xlsx").findings if "changed" in f.problem]
    assert broken == []


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><AmazonEnvelope><return_details><order_id>&j;</order_id></return_details></AmazonEnvelope>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<AmazonEnvelope><return_details><order_id>&x;</order_id></return_details></AmazonEnvelope>"
)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_an_xml_report_with_entities_is_refused(text):
    with pytest.raises(Refusal, match="document type or entities"):
        read_report(text.encode(), "returns.xml")


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_a_workbook_part_with_entities_is_refused(tmp_path, text):
    path = tmp_path / "bad.xlsx"
    build(path)
    declared = text[text.index("<!DOCTYPE") : text.index("]>") + 2]
    opening = b"<worksheet"
    rewrite(path, {RETURNS: lambda part: part.replace(opening, declared.encode() + opening, 1)})
    with pytest.raises(Refusal, match="XML has an unknown form"):
        process_book(path, TODAY)


def test_a_report_in_an_archive_is_refused_unopened(tmp_path):
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as file:
        file.writestr("../../up.txt", "x")
    with pytest.raises(Refusal, match="zip archive"):
        read_report((tmp_path / "r.zip").read_bytes(), "r.zip")
    assert not Path("../../up.txt").exists()
