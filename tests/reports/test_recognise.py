import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.reports.conftest import FBA_13, MFN_32, ORDERS, table
from xl_returns.core.findings import Refusal
from xl_returns.reports import Report, merge, read_report


def test_a_report_is_known_by_its_content_and_not_by_its_name(mfn, fba, orders):
    assert read_report(mfn({}), "orders.csv").kind == "MFN returns"
    assert read_report(fba({}), "x").kind == "FBA returns"
    assert read_report(orders({}), "returns.txt").kind == "All orders"


@pytest.mark.parametrize(
    "more",
    [["Order Item ID"], ["Category", "Order Item ID"], ["Category", "VAT", "Order Item ID"]],
)
def test_the_33_34_and_35_column_layouts_are_read(mfn, more):
    report = read_report(mfn({"Category": "Kitchen"}, headers=[*MFN_32, *more]), "r.txt")
    (row,) = report.rows
    assert row.values.get("Category") == ("Kitchen" if "Category" in more else None)


def test_a_cut_report_is_read(mfn):
    cut = ["Order ID", "Order date", "Return request date", "Return request status",
           "Amazon RMA ID", "Merchant SKU", "Item Name", "Return quantity", "Return Reason",
           "Resolution", "Order Amount", "Order quantity", "Refunded Amount", "Order Item ID"]  # fmt: skip
    (row,) = read_report(mfn({}, headers=cut), "r.txt").rows
    assert row.values["Return ID"] == "Dq1RRMA"
    assert "Currency" not in row.values


def test_spelling_order_and_extra_columns_of_headers_do_not_matter(mfn):
    spelled = {"Return Reason": "return_reason", "Merchant RMA ID": "Seller-RMA-ID", "SKU": "x"}
    headers = [*reversed(MFN_32), "原因翻译"]
    data = mfn({"原因翻译": "不想要"}, headers=headers).decode()
    for old, new in spelled.items():
        data = data.replace(old, new, 1)
    (row,) = read_report(data.encode(), "r.txt").rows
    assert row.values["Reason"] == "CR-UNWANTED_ITEM"
    assert row.values["Order ID"] == "115-2000001-3000001"
    assert "不想要" not in row.values.values()


def test_both_names_of_the_order_column_are_known(fba):
    data = fba({}).replace(b"order-id", b"amazon-order-id")
    assert read_report(data, "r").rows[0].values["Order ID"] == "115-2000001-3000001"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_line_end_is_known(fba, end):
    assert len(read_report(fba({}, {"license-plate-number": "B"}, end=end), "r").rows) == 2


def test_semicolons_and_a_line_before_the_header_are_known(fba):
    data = b"sep=;\r\n" + fba({}, delimiter=";")
    (row,) = read_report(data, "r.csv").rows
    assert row.place == "r.csv line 3"


def test_the_snake_case_comma_form_is_read():
    headers = "order_id,order_date,amazon_rma_id,return_request_date,return_request_status,merchant_sku,return_quantity,return_reason_code,order_amount,order_quantity,currency_code"
    row = '115-1,2026-10-05T00:00:00Z,DxRRMA,2026-10-20T00:00:00Z,Approved,"A, 1",1,CR-DEFECTIVE,10.00,1,USD'
    report = read_report(f"{headers}\n{row}\n".encode(), "prime.csv")
    assert report.kind == "MFN returns"
    assert report.rows[0].values["SKU"] == "A, 1"
    assert report.rows[0].values["Reason"] == "CR-DEFECTIVE"


def test_a_header_without_rows_is_an_empty_report():
    report = read_report(table(MFN_32, []), "empty.txt")
    assert (report.rows, report.findings) == ((), ())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook or a zip"),
        (b"%PDF-1.7", "PDF"),
        (b"settlement-id\tamount\n1\t2\n", "settlement report"),
        (b"approval-date\treimbursement-id\n1\t2\n", "reimbursements"),
        (b"name,colour\nfoo,red\n", "`name,colour`"),
        (b"<html><body>Sign in</body></html>", "XML of another kind"),
        (b"<html><br></html>", "cannot be read"),
        (b"\x00\x01\x02", "no report we know"),
    ],
)
def test_other_files_are_refused_saying_what_they_look_like(data, said):
    with pytest.raises(Refusal, match=said) as refusal:
        read_report(data, "file.bin")
    assert refusal.value.finding.place == "file.bin"
    assert refusal.value.finding.remedy


def _reads_or_refuses(data):
    try:
        report = read_report(data, "any")
    except Refusal:
        return
    assert isinstance(report, Report)
    merged = merge([], [report], {}, None)
    ids = [str(row["Return ID"]) for row in merged.new]
    assert len(ids) == len(set(ids))
    again = merge(merged.new, [report], merged.imported, None)
    assert not again.new
    assert not again.changed


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b'"return-date","sku","lpn"\n"')
def test_any_bytes_end_in_a_report_or_a_refusal(data):
    _reads_or_refuses(data)


_CELL = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["", " ", "1", "-1", "2026-10-01", "3/4/2026", "USD", "Y", "A", '"', "Approved", "1,5"]
    ),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@example(MFN_32, [["0"], ["0", "", "", "", "0"], ["", "", "", "", "0"]], "\t", "utf-8")
@given(
    st.sampled_from([MFN_32, FBA_13, ORDERS]),
    st.lists(st.lists(_CELL, max_size=34), max_size=6),
    st.sampled_from(["\t", ",", ";"]),
    st.sampled_from(["utf-8", "utf-16", "cp932", "cp1252"]),
)
def test_any_cells_under_a_known_header_end_in_a_report(headers, rows, delimiter, encoding):
    text = "\n".join(delimiter.join(row) for row in [headers, *rows])
    _reads_or_refuses(text.encode(encoding, errors="replace"))
