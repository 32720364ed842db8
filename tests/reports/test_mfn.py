import datetime as dt
from decimal import Decimal

import pytest

from tests.reports.conftest import MFN_33
from xl_returns.core import columns
from xl_returns.core.findings import Refusal
from xl_returns.reports import read_report


def one(data):
    report = read_report(data, "returns.txt")
    assert len(report.rows) == 1
    return dict(report.rows[0].values), report.findings


def test_a_row_becomes_cells_of_the_contract(mfn):
    values, findings = one(mfn({"Label cost": "4,14", "Label to be paid by": "Merchant"}))
    assert not findings
    assert values == {
        "Return ID": "Dq1RRMA", "Channel": "MFN", "Order ID": "115-2000001-3000001",
        "Order Date": dt.date(2026, 10, 5), "Request Date": dt.date(2026, 10, 20),
        "SKU": "KETTLE-1", "ASIN": "B0OWNTEST1", "Item": "Kettle", "Quantity": 1,
        "Unit Paid": Decimal("30.00"), "Currency": "USD", "Reason": "CR-UNWANTED_ITEM",
        "Status": "Requested", "In Policy": "Y", "A-to-z": "N", "Label Cost": Decimal("4.14"),
        "Label Payer": "Seller", "Refund Controller": "Seller",
        "Order Item ID": "90210000000001",
    }  # fmt: skip
    assert values.keys() <= columns.BY_NAME.keys()


def test_a_place_names_file_and_line(mfn):
    report = read_report(mfn({}, {"Amazon RMA ID": "B"}), "returns.txt")
    assert [row.place for row in report.rows] == ["returns.txt line 2", "returns.txt line 3"]


@pytest.mark.parametrize(
    ("code", "refunded", "delivered", "status"),
    [
        ("PendingApproval", "", "", "Requested"), ("PendingLabel", "", "", "Requested"),
        ("PendingRefund", "", "", "Received"), ("Approved", "", "", "Approved"),
        ("Approved", "", "01-Nov-2026", "Received"), ("Completed", "5.00", "", "Refunded"),
        ("Completed", "", "", "Closed"), ("Completed", "0.00", "", "Closed"),
        ("Closed", "", "01-Nov-2026", "Closed"), ("Rejected", "", "", "Closed"),
        ("Cancelled", "", "", "Cancelled"), ("pending approval", "", "", "Requested"),
    ],
)  # fmt: skip
def test_amazons_status_becomes_ours(mfn, code, refunded, delivered, status):
    cells = {"Return request status": code, "Refunded Amount": refunded}
    values, _ = one(mfn(cells | {"Return delivery date": delivered}))
    assert values["Status"] == status


def test_a_tracking_number_is_no_proof_of_sending(mfn):
    cells = {
        "Return request status": "Approved",
        "Label type": "AmazonPrePaidLabel",
        "Tracking ID": "94",
    }
    assert one(mfn(cells))[0]["Status"] == "Approved"


def test_unknown_codes_are_reported_and_left_blank(mfn):
    values, findings = one(mfn({"Return request status": "Dancing", "In policy": "perhaps"}))
    assert "Status" not in values
    assert "In Policy" not in values
    assert {f.severity for f in findings} == {"warning"}
    assert any("`Dancing`" in f.problem for f in findings)


@pytest.mark.parametrize(
    ("resolution", "who"),
    [
        ("RefundAtFirstScan", "Amazon"), ("RefundOnFirstScan", "Amazon"), ("AutomatedRefund", "Amazon"),
        ("StandardRefund", "Seller"), ("ReturnlessRefund", "Seller"), ("", None),
    ],
)  # fmt: skip
def test_the_resolution_tells_who_refunds(mfn, resolution, who):
    values, findings = one(mfn({"Resolution": resolution}))
    assert values.get("Refund Controller") == who
    assert not findings


def test_a_replacement_is_pointed_out(mfn):
    _, findings = one(mfn({"Resolution": "ReplacementIssued"}))
    assert "paid twice" in findings[0].problem


def test_a_refund_named_on_an_open_request_is_doubted(mfn):
    values, findings = one(mfn({"Return request status": "Approved", "Refunded Amount": "30.00"}))
    assert values["Refunded So Far"] == Decimal("30.00")
    assert "not always paid" in findings[0].problem


def test_yes_and_no_are_read_in_every_spelling(mfn):
    values, _ = one(mfn({"A-to-Z Claim": "true", "In policy": "No"}))
    assert (values["A-to-z"], values["In Policy"]) == ("Y", "N")


def test_the_unit_price_is_the_exact_quotient(mfn):
    values, _ = one(mfn({"Order Amount": "100.00", "Order quantity": "3"}))
    assert values["Unit Paid"] == Decimal("33.3333333333333")


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY"])
def test_an_amount_that_reads_two_ways_is_asked_about(mfn, currency):
    cells = {"Order Amount": "1.234", "Refunded Amount": "2.500", "Currency code": currency}
    values, findings = one(mfn(cells | {"Label cost": "0.125"}))
    assert "Unit Paid" not in values
    assert "Refunded So Far" not in values
    assert values["Label Cost"] == Decimal("0.125")
    problems = {finding.problem for finding in findings}
    assert "amount `1.234` can be read two ways; left blank" in problems
    assert "refunded `2.500` can be read two ways; left blank" in problems


@pytest.mark.parametrize("header", ["Order Item ID", "Tracking ID"])
@pytest.mark.parametrize("number", ["9.0211E+13", "9,0211E+13", "9E+13", " 9.40011e+21 "])
def test_a_long_number_that_excel_has_shortened_is_left_blank(mfn, header, number):
    values, (finding,) = one(mfn({header: number}))
    assert header not in values
    assert f"`{number.strip()}` was shortened by Excel; left blank" in finding.problem
    assert "before Excel opens it" in finding.remedy


def test_short_rows_and_cells_of_one_blank_are_unknown(mfn):
    data = "\n".join(line[: line.index("StandardRefund")] if "Standard" in line else line
                     for line in mfn({"Item Name": " "}).decode().split("\r\n"))  # fmt: skip
    values, findings = one(data.encode())
    assert not findings
    assert "Item" not in values
    assert "Unit Paid" not in values


def test_worded_reasons_stay_as_they_are(mfn):
    assert one(mfn({"Return Reason": "Item doesn&#39;t work"}))[0]["Reason"] == "Item doesn't work"


def test_the_return_is_named_by_the_next_best_number(mfn):
    assert one(mfn({"Amazon RMA ID": "", "Merchant RMA ID": "M7"}))[0]["Return ID"] == "M7"
    values, _ = one(mfn({"Amazon RMA ID": " "}))
    assert values["Return ID"] == "115-2000001-3000001/KETTLE-1/2026-10-20"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Return quantity": "0"}, "quantity `0`"), ({"Return quantity": "-1"}, "quantity `-1`"),
        ({"Return quantity": "two"}, "quantity `two`"), ({"Return quantity": "1.5"}, "quantity"),
        ({"Amazon RMA ID": "", "Order ID": ""}, "neither an RMA number nor an order number"),
        ({"Currency code": "XYZ"}, "currency `XYZ`"),
        (dict(zip(MFN_33, MFN_33, strict=True)), "header is repeated"),
        ({"Refunded Amount": "1\tstray"}, "34 cells"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_left_out_and_the_rest_goes_on(mfn, cells, said):
    report = read_report(mfn(cells, {"Amazon RMA ID": "good"}), "returns.txt")
    assert [row.values["Return ID"] for row in report.rows] == ["good"]
    (finding,) = report.findings
    assert finding.severity == "error"
    assert finding.place == "returns.txt line 2"
    assert said in finding.problem
    assert finding.remedy


def test_more_units_than_ordered_is_a_warning(mfn):
    _, findings = one(mfn({"Return quantity": "3"}))
    assert "more units" in findings[0].problem


def test_the_same_warning_on_many_rows_is_told_once(mfn):
    rows = [{"Amazon RMA ID": str(n), "Return request status": "Dancing"} for n in range(50)]
    (finding,) = read_report(mfn(*rows), "returns.txt").findings
    assert finding.place == "returns.txt line 2 and 49 more"


def test_american_dates_follow_the_rows_money(mfn):
    values, findings = one(mfn({"Return request date": "10/5/2026"}))
    assert values["Request Date"] == dt.date(2026, 10, 5)
    assert not findings


ITEM = """<item_details><item_name>T&amp;C Shirt</item_name><asin>B0X</asin>
<return_reason_code>AMZ-PG-APP-TOO-SMALL</return_reason_code><merchant_sku>{sku}</merchant_sku>
<in_policy>Y</in_policy><return_quantity>1</return_quantity><resolution>StandardRefund</resolution>
<category>Apparel</category></item_details>"""


def envelope(*items, ordered=1, head=""):
    return f"""{head}<AmazonEnvelope xmlns:xsi="x"><Message><return_details>{"".join(items)}
<order_id>115-1</order_id><order_date>2026-10-03T17:08:47Z</order_date>
<amazon_rma_id>DxRRMA</amazon_rma_id><return_request_date>2026-10-12T12:44:17Z</return_request_date>
<return_request_status>Approved</return_request_status><a_to_z_claim>false</a_to_z_claim>
<label_details><currency_code>EUR</currency_code><label_cost>3.5</label_cost></label_details>
<label_to_be_paid_by>Customer</label_to_be_paid_by><order_amount>60.0</order_amount>
<order_quantity>{ordered}</order_quantity></return_details></Message></AmazonEnvelope>""".encode()


def test_the_xml_form_is_read():
    values, _ = one(envelope(ITEM.format(sku="S")))
    assert values["Item"] == "T&C Shirt"
    assert values["Label Cost"] == Decimal("3.5")
    assert values["Unit Paid"] == Decimal("60.0")
    assert (values["Category"], values["Currency"], values["A-to-z"]) == ("Apparel", "EUR", "N")


def test_an_item_named_twice_for_one_ordered_unit_is_one_return():
    values, _ = one(envelope(ITEM.format(sku="S"), ITEM.format(sku="S")))
    assert values["Quantity"] == 1


def test_an_item_named_twice_for_two_ordered_units_is_two_units():
    values, _ = one(envelope(ITEM.format(sku="S"), ITEM.format(sku="S"), ordered=2))
    assert values["Quantity"] == 2


def test_two_items_of_one_request_share_no_price():
    report = read_report(envelope(ITEM.format(sku="S"), ITEM.format(sku="T"), ordered=2), "r.xml")
    assert [row.values["SKU"] for row in report.rows] == ["S", "T"]
    assert not any("Unit Paid" in row.values for row in report.rows)


def test_control_characters_do_not_stop_the_xml_form():
    values, _ = one(envelope(ITEM.format(sku="S\x0b1")))
    assert values["SKU"] == "S1"


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE html>",
    ],
)
def test_xml_with_a_document_type_is_refused(head):
    with pytest.raises(Refusal, match="document type or entities"):
        read_report(envelope(head=head), "r.xml")
