import datetime as dt
from decimal import Decimal

import pytest

from xl_returns.core import columns
from xl_returns.core.findings import Refusal
from xl_returns.reports import merge, read_report


@pytest.fixture
def read(mfn, fba, orders):
    """Reports by short names: read.mfn({...}), read.fba({...}), read.orders({...})."""

    class Read:
        @staticmethod
        def mfn(*rows, **kw):
            return read_report(mfn(*(rows or ({},)), **kw), "returns.txt")

        @staticmethod
        def fba(*rows, **kw):
            return read_report(fba(*(rows or ({},)), **kw), "fba.txt")

        @staticmethod
        def orders(*rows, **kw):
            return read_report(orders(*(rows or ({},)), **kw), "orders.txt")

    return Read


def stored(cell):
    """A cell as a workbook gives it back."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time())
    return cell


def workbook(*merges):
    """The rows and the memory of a workbook after some imports."""
    rows, memory = [], {}
    for m in merges:
        for index, cells in m.changed.items():
            rows[index] |= {h: stored(c) for h, c in cells.items()}
        rows += [{h: stored(c) for h, c in row.items()} for row in m.new]
        memory |= m.imported
    return rows, memory


def then(reports, *merges):
    """The next import into the workbook that some imports left."""
    rows, memory = workbook(*merges)
    return merge(rows, reports, memory, None)


def ids(m):
    return [row["Return ID"] for row in m.new]


def problems(m):
    return [f.problem for f in m.findings]


def test_orders_give_shop_price_and_shipping(read):
    m = merge([], [read.mfn(), read.orders()], {}, None)
    (row,) = m.new
    assert (row["Marketplace"], row["Currency"]) == ("US", "USD")
    assert row["Unit Paid"] == Decimal(28)
    assert row["Shipping Paid"] == Decimal("3.00")
    assert not m.findings


def test_shares_of_shipping_add_up_to_the_line(read):
    rows = [{"Amazon RMA ID": name} for name in ("A", "B")]
    m = merge([], [read.orders(), read.mfn(*rows)], {}, None)
    assert [row["Shipping Paid"] for row in m.new] == [Decimal("3.00"), Decimal("2.99")]


def test_a_cancelled_request_takes_no_share_from_the_others(read):
    rows = [
        {"Amazon RMA ID": "A"},
        {"Amazon RMA ID": "B", "Return request status": "Cancelled"},
        {"Amazon RMA ID": "C"},
    ]
    m = merge([], [read.orders(), read.mfn(*rows)], {}, None)
    assert m.new[0]["Shipping Paid"] + m.new[2]["Shipping Paid"] == Decimal("5.99")
    assert not m.findings


def test_yen_have_no_decimals(read):
    yen = {"currency": "JPY", "sales-channel": "Amazon.co.jp", "shipping-price": "501",
           "item-price": "1001", "item-promotion-discount": ""}  # fmt: skip
    m = merge([], [read.mfn({"Currency code": "JPY"}), read.orders(yen)], {}, None)
    assert m.new[0]["Shipping Paid"] == Decimal(251)
    assert m.new[0]["Unit Paid"] == Decimal("500.5")
    assert m.new[0]["Marketplace"] == "JP"


@pytest.mark.parametrize(
    ("channel", "shop"),
    [("Amazon.de", "DE"), ("Amazon.co.uk", "UK"), ("amazon.com.be", "BE"), ("Amazon.com.mx", "MX"),
     ("Amazon.com.br", "BR"), ("Amazon.ie", "IE"), ("Amazon.com.tr", "TR"), ("Amazon.ae", "AE"),
     ("Amazon.in", "IN"), ("Amazon.sg", "SG"), ("Amazon.com.au", "AU"), ("Amazon.eg", "EG")],
)  # fmt: skip
def test_the_sales_channel_is_a_marketplace(read, channel, shop):
    (line,) = read.orders({"sales-channel": channel}).lines
    assert line.marketplace == shop


def test_an_unknown_sales_channel_is_reported(read):
    report = read.orders({"sales-channel": "Amazon.moon"})
    assert report.lines[0].marketplace == ""
    assert "`Amazon.moon`" in report.findings[0].problem


def test_lines_of_one_order_and_sku_are_summed(read):
    more = {"quantity": "1", "item-price": "40.00", "item-promotion-discount": "0"}
    m = merge([], [read.fba(), read.orders({}, more)], {}, None)
    assert m.new[0]["Unit Paid"] == Decimal(32)


def test_the_same_order_in_two_downloads_is_not_summed(read):
    m = merge([], [read.fba(), read.orders(), read.orders()], {}, None)
    assert m.new[0]["Unit Paid"] == Decimal(28)


def test_the_asin_joins_where_the_sku_does_not(read):
    m = merge([], [read.fba({"sku": "OTHER"}), read.orders()], {}, None)
    assert m.new[0]["Unit Paid"] == Decimal(28)
    two = read.orders({}, {"sku": "KETTLE-2"})
    assert "Unit Paid" not in merge([], [read.fba({"sku": "OTHER"}), two], {}, None).new[0]


def test_cancelled_order_lines_are_passed_over(read):
    report = read.orders({"quantity": "0", "item-price": "", "order-status": "Cancelled"})
    assert (report.lines, report.findings) == ((), ())


def test_currencies_never_mix(read):
    m = merge([], [read.mfn({"Currency code": "EUR"}), read.orders()], {}, "DE")
    assert m.new[0]["Unit Paid"] == Decimal(30)
    assert m.new[0]["Marketplace"] == "DE"
    assert "in EUR, its order in USD" in problems(m)[0]


def test_more_units_than_ordered_is_a_warning(read):
    rows = [{"license-plate-number": f"L{n}"} for n in range(3)]
    m = merge([], [read.fba(*rows), read.orders()], {}, None)
    assert any("more units" in problem for problem in problems(m))


def test_without_orders_the_marketplace_comes_from_the_caller_or_the_currency(read):
    assert merge([], [read.mfn({"Currency code": "EUR"})], {}, "fr").new[0]["Marketplace"] == "FR"
    assert merge([], [read.mfn()], {}, None).new[0]["Marketplace"] == "US"
    assert merge([], [read.mfn()], {}, "FR").new[0]["Marketplace"] == "US"
    m = merge([], [read.mfn({"Currency code": "EUR"})], {}, None)
    assert "Marketplace" not in m.new[0]
    assert "--marketplace" in m.findings[0].remedy
    with pytest.raises(Refusal, match="`MARS`"):
        merge([], [], {}, "Mars")


def test_the_same_reports_again_change_nothing(read):
    reports = [read.mfn({}, {"Amazon RMA ID": "B"}), read.fba(), read.orders()]
    first = merge([], reports, {}, None)
    rows, memory = workbook(first)
    again = merge(rows, reports, memory, None)
    assert (again.new, again.changed, again.imported) == ([], {}, {})
    assert again.unchanged == len(rows) == 3


def test_reports_in_turn_never_flip_a_cell_back(read):
    returns, orders = read.mfn(), read.orders()
    first = merge([], [returns], {}, None)
    second = then([orders], first)
    assert second.changed[0]["Unit Paid"] == Decimal(28)
    third = then([returns], first, second)
    assert not third.changed
    assert not third.findings


def test_orders_imported_later_fill_the_blanks_of_rows_that_are_there(read):
    rows, memory = workbook(merge([], [read.fba()], {}, None))
    m = merge(rows, [read.orders()], memory, None)
    assert m.new == []
    assert m.changed == {
        0: {
            "Marketplace": "US", "Unit Paid": Decimal(28), "Shipping Paid": Decimal("3.00"),
            "Currency": "USD", "Order Date": dt.date(2026, 10, 5),
        }
    }  # fmt: skip


def test_a_return_that_moved_on_is_updated(read):
    rows, memory = workbook(merge([], [read.mfn()], {}, None))
    later = {"Return request status": "Approved", "Return delivery date": "02-Nov-2026"}
    m = merge(rows, [read.mfn(later)], memory, None)
    assert m.changed == {0: {"Status": "Received", "Received Date": dt.date(2026, 11, 2)}}
    assert m.imported["Dq1RRMA"]["Status"] == "Received"
    assert not m.findings


def test_what_the_seller_typed_stays(read):
    rows, memory = workbook(merge([], [read.mfn()], {}, None))
    rows[0] |= {"Status": "In transit", "Condition": "Opened", "Unit Paid": 31.5, "Reason": ""}
    m = merge(rows, [read.mfn({"Return request status": "Approved"})], memory, None)
    assert m.changed == {0: {"Reason": "CR-UNWANTED_ITEM"}}
    (finding,) = m.findings
    assert finding.place == "Returns, Dq1RRMA, Status"
    assert finding.severity == "warning"
    assert "kept yours: `In transit`" in finding.problem


def test_the_sellers_grade_of_an_fba_unit_stays(read):
    rows, memory = workbook(merge([], [read.fba()], {}, None))
    rows[0]["Condition"] = "Damaged"
    m = merge(rows, [read.fba()], memory, None)
    assert not m.changed
    assert any("kept yours" in problem for problem in problems(m))


def test_rows_typed_by_hand_are_found_and_only_filled(read):
    typed = {"Return ID": "dq1rrma", "Status": "Approved", "Order ID": None}
    m = merge([typed], [read.mfn()], {}, None)
    assert m.new == []
    assert m.changed[0]["Order ID"] == "115-2000001-3000001"
    assert "Status" not in m.changed[0]
    nameless = {"Order ID": "115-2000001-3000001", "SKU": "KETTLE-1"}
    m = merge([nameless], [read.mfn()], {}, None)
    assert m.new == []
    assert m.changed[0]["Return ID"] == "Dq1RRMA"


def test_a_request_keeps_its_row_when_its_number_comes_later(read):
    rows, memory = workbook(merge([], [read.mfn({"Amazon RMA ID": ""})], {}, None))
    for again in (read.mfn(), read.mfn({"Amazon RMA ID": ""})):
        m = merge(rows, [again], memory, None)
        assert (m.new, m.changed) == ([], {})
    rows, memory = workbook(merge([], [read.mfn()], {}, None))
    assert merge(rows, [read.mfn({"Amazon RMA ID": ""})], memory, None).new == []


def test_only_the_reports_columns_are_ever_touched(read):
    m = merge([{"Return ID": "Dq1RRMA"}, {"Return ID": "LPNOWN1"}],
              [read.mfn(), read.fba(), read.orders()], {}, None)  # fmt: skip
    touched = {header for cells in m.changed.values() for header in cells}
    touched -= {"Condition", "Order Item ID"}
    assert {columns.BY_NAME[header].owner for header in touched} == {"report"}


def test_a_plate_used_again_on_another_order_is_another_return(read):
    other = {"order-id": "115-9999999-9999999", "return-date": "2026-11-02T00:00:00Z"}
    m = merge([], [read.fba({}, other)], {}, None)
    assert ids(m) == ["LPNOWN1", "LPNOWN1 (115-9999999-9999999)"]
    rows, memory = workbook(m)
    again = merge(rows, [read.fba(other, {})], memory, None)
    assert (again.new, again.changed) == ([], {})


def test_one_unit_seen_on_two_days_is_one_return(read):
    later = {"return-date": "2026-10-24T00:00:00Z"}
    first = merge([], [read.fba()], {}, None)
    m = then([read.fba(later)], first)
    assert (m.new, m.changed, m.findings) == ([], {}, first.findings)
    both = merge([], [read.fba(later, {})], {}, None)
    assert ids(both) == ["LPNOWN1"]
    assert both.new[0]["Request Date"] == dt.date(2026, 10, 20)


def test_twins_without_a_plate_stay_two(read):
    twin = {"license-plate-number": ""}
    rows, memory = workbook(merge([], [read.fba(twin, twin)], {}, None))
    assert len(rows) == 2
    assert merge(rows, [read.fba(twin, twin, {})], memory, None).new[0]["Return ID"] == "LPNOWN1"


def test_equal_rows_are_one_and_contradictions_are_reported(read):
    assert len(merge([], [read.mfn({}, {})], {}, None).new) == 1
    m = merge([], [read.mfn({}, {"Return quantity": "2"})], {}, None)
    assert len(m.new) == 1
    (finding,) = m.findings
    assert finding.severity == "error"
    assert finding.place == "returns.txt line 3"
    assert "contradicts returns.txt line 2: Quantity 1 / 2" in finding.problem


def test_two_downloads_that_contradict_are_reported(read):
    later = read.mfn({"Return quantity": "2", "Return delivery date": "02-Nov-2026"})
    m = merge([], [read.mfn(), later], {}, None)
    assert [row["Quantity"] for row in m.new] == [1]
    assert "Quantity 1 / 2" in problems(m)[0]


def test_two_items_of_one_rma_are_two_rows(read):
    m = merge([], [read.mfn({}, {"Merchant SKU": "LID-1", "ASIN": "B0OWNTEST2"})], {}, None)
    assert ids(m) == ["Dq1RRMA", "Dq1RRMA (LID-1)"]


def test_the_later_of_two_downloads_speaks_last(read):
    later = {"Return request status": "Approved", "Return delivery date": "02-Nov-2026"}
    for reports in ([read.mfn(), read.mfn(later)], [read.mfn(later), read.mfn()]):
        m = merge([], reports, {}, None)
        assert [row["Status"] for row in m.new] == ["Received"]
        assert not m.findings


def test_a_number_that_moves_to_another_order_is_left_out(read):
    rows, memory = workbook(merge([], [read.mfn()], {}, None))
    m = merge(rows, [read.mfn({"Order ID": "115-7777777-7777777"})], memory, None)
    assert (m.new, m.changed) == ([], {})
    assert "already belongs to order" in problems(m)[0]


def test_a_missing_price_is_told_once(read):
    rows = [{"license-plate-number": f"L{n}"} for n in range(9)]
    m = merge([], [read.fba(*rows)], {}, "US")
    (finding,) = m.findings
    assert finding.place == "fba.txt line 2 and 8 more"
    assert "All orders" in finding.remedy
