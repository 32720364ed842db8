import csv
import datetime as dt
import io

import pytest

from tests.reports.conftest import FBA_13
from xl_returns.reports import read_report


def one(data):
    report = read_report(data, "fba.txt")
    assert len(report.rows) == 1
    return dict(report.rows[0].values), report.findings


def test_a_unit_becomes_cells_of_the_contract(fba):
    values, findings = one(fba({"customer-comments": "Changed Mind|Plans moved|No"}))
    assert not findings
    day = dt.date(2026, 10, 20)
    assert values == {
        "Return ID": "LPNOWN1", "Channel": "FBA", "Order ID": "115-2000001-3000001",
        "Request Date": day, "Received Date": day, "SKU": "KETTLE-1", "ASIN": "B0OWNTEST1",
        "Item": "Kettle", "Quantity": 1, "Reason": "UNWANTED_ITEM", "Status": "Received",
        "Buyer Comment": "Plans moved", "Condition": "Sealed", "Refund Controller": "Amazon",
    }  # fmt: skip


def test_a_quotation_mark_in_a_tab_file_is_a_letter(fba):
    values, _ = one(fba({"product-name": '"Pro" 24" screen', "customer-comments": '"bad'}))
    assert values["Item"] == '"Pro" 24" screen'
    assert values["Buyer Comment"] == '"bad'


def quoted(*rows):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([FBA_13, *rows])
    return text.getvalue()


def row(lpn, title="Kettle", comment=""):
    return ["2026-10-20T07:00:00+00:00", "115-1", "K", "B0", "X", title, "1", "A", "SELLABLE",
            "DEFECTIVE", "Reimbursed", lpn, comment]  # fmt: skip


def test_the_quoted_comma_form_is_read():
    values, _ = one(quoted(row("L1", '24", "wide"', "line one\nline two")).encode())
    assert values["Item"] == '24", "wide"'
    assert values["Buyer Comment"] == "line one line two"


def test_a_quotation_mark_that_never_closes_costs_one_row():
    text = quoted(row("L1"), row("L2"), row("L3"))
    text = text.replace('"Kettle"', '"Kettle', 1)
    broken = text.replace('"LPN', "LPN").encode()
    report = read_report(broken, "fba.csv")
    assert [r.values["Return ID"] for r in report.rows][-2:] == ["L2", "L3"]
    assert report.findings[0].place == "fba.csv line 2"


@pytest.mark.parametrize(
    ("disposition", "condition"),
    [
        ("SELLABLE", "Sealed"), ("DAMAGED", "Damaged"), ("CARRIER_DAMAGED", "Damaged"),
        ("CUSTOMER_DAMAGED", "Opened"), ("DEFECTIVE", "Defective"), ("EXPIRED", "Defective"),
        ("CustomerDamaged", "Opened"),
    ],
)  # fmt: skip
def test_amazons_disposition_is_a_condition(fba, disposition, condition):
    values, findings = one(fba({"detailed-disposition": disposition}))
    assert values["Condition"] == condition
    assert not findings


def test_an_unknown_disposition_is_reported_and_left_blank(fba):
    values, findings = one(fba({"detailed-disposition": "MELTED"}))
    assert "Condition" not in values
    assert findings[0].severity == "warning"
    assert "`MELTED`" in findings[0].problem


@pytest.mark.parametrize(
    ("text", "status", "warned"),
    [
        ("Unit returned to inventory", "Received", False), ("Reimbursed", "Closed", False),
        ("IMMEDIATE_DONATION", "Closed", False), ("Sent to the moon", "Received", True),
    ],
)  # fmt: skip
def test_amazons_status_becomes_ours(fba, text, status, warned):
    values, findings = one(fba({"status": text}))
    assert values["Status"] == status
    assert ("Received Date" in values) == (status == "Received")
    assert bool(findings) == warned


def test_units_without_a_plate_are_numbered(fba):
    cells = {"license-plate-number": "", "order-id": "Webshop #7"}
    report = read_report(fba(cells, cells, cells | {"order-id": ""}), "fba.txt")
    assert [r.values["Return ID"] for r in report.rows] == [
        "FBA Webshop #7 KETTLE-1 2026-10-20 #1",
        "FBA Webshop #7 KETTLE-1 2026-10-20 #2",
        "FBA no order KETTLE-1 2026-10-20 #1",
    ]


def test_a_unit_without_any_name_is_left_out(fba):
    nothing = {"license-plate-number": "", "order-id": "", "sku": "", "asin": ""}
    report = read_report(fba(nothing, {}), "fba.txt")
    assert len(report.rows) == 1
    assert "no license plate number" in report.findings[0].problem


@pytest.mark.parametrize(
    ("title", "encoding"),
    [
        ("Cámara de prueba", "cp1252"),
        ("電気ケトル 1.0L", "cp932"),
        ("Größe", "utf-8-sig"),
        ("水壶", "utf-16"),
    ],
)
def test_titles_survive_every_encoding(fba, title, encoding):
    data = fba({"product-name": title}).decode().encode(encoding)
    assert one(data)[0]["Item"] == title
