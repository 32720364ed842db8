"""What was sold comes from All orders, month by month, and no unit counts twice."""

from __future__ import annotations

import datetime as dt

from tests.desk.conftest import SAMPLES
from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.core.ledgers import SALES
from xl_returns.desk import ledger
from xl_returns.desk.intake import import_reports
from xl_returns.desk.table import as_value

HEADER = (
    "amazon-order-id\tpurchase-date\torder-status\tfulfillment-channel\tsales-channel\tsku\tasin"
    "\tquantity\tcurrency\titem-price\titem-promotion-discount"
)
JUNE = as_value(dt.date(2026, 6, 1))


def report(folder, *lines, name="orders.txt"):
    """An All orders report of (order, day, status, units, price) of one SKU."""
    rows = [
        f"111-0000000-000000{order}\t{day}T09:15:00Z\t{status}\tAmazon\tAmazon.com\tLAMP\tB1"
        f"\t{units}\tUSD\t{price}\t1.00"
        for order, day, status, units, price in lines
    ]
    path = folder / name
    path.write_text("\n".join([HEADER, *rows]))
    return path


def sales(path):
    return ledger.read(Workbook.open(path), SALES)


def test_shipped_lines_are_counted_by_month(make_book, tmp_path):
    path = make_book(name="Empty.xlsx")
    told = report(
        tmp_path,
        (1, "2026-06-03", "Shipped", 2, "50.00"),
        (2, "2026-06-30", "Shipped - Delivered to Buyer", 1, "25.00"),
        (3, "2026-06-30", "Pending", 5, "125.00"),
        (4, "2026-07-01", "Shipped", 1, "25.00"),
    )
    assert import_reports([told], path, TODAY).sales == 2
    june, july = sales(path)
    assert (june["SKU"], june["ASIN"], june["Channel"]) == ("LAMP", "B1", "FBA")
    assert (june["Month"], june["Units Shipped"], june["Revenue"]) == (JUNE, 3, 73)
    assert july["Units Shipped"] == 1


def test_importing_again_adds_nothing(make_book):
    path = make_book(name="Empty.xlsx")
    assert import_reports(SAMPLES, path, TODAY).sales > 20
    assert import_reports(SAMPLES, path, TODAY).sales == 0


def test_a_later_report_of_a_longer_time_gives_the_larger_count(make_book, tmp_path):
    path = make_book(name="Empty.xlsx")
    first = (1, "2026-06-03", "Shipped", 2, "50.00")
    import_reports([report(tmp_path, first)], path, TODAY)
    longer = report(tmp_path, first, (2, "2026-06-20", "Shipped", 4, "100.00"))
    assert import_reports([longer], path, TODAY).sales == 1
    import_reports([report(tmp_path, first)], path, TODAY)
    assert [line["Units Shipped"] for line in sales(path)] == [6]


def test_reports_of_one_import_that_overlap_count_each_order_once(make_book, tmp_path):
    path = make_book(name="Empty.xlsx")
    both = (2, "2026-06-15", "Shipped", 4, "100.00")
    one = report(tmp_path, (1, "2026-06-03", "Shipped", 2, "50.00"), both)
    other = report(tmp_path, both, (3, "2026-06-28", "Shipped", 1, "25.00"), name="other.txt")
    import_reports([one, other], path, TODAY)
    assert [line["Units Shipped"] for line in sales(path)] == [7]


def test_what_the_seller_typed_beside_it_stays(make_book, tmp_path):
    path = make_book(name="Empty.xlsx")
    first = (1, "2026-06-03", "Shipped", 2, "50.00")
    import_reports([report(tmp_path, first)], path, TODAY)
    book = Workbook.open(path)
    book.write_cells("Sales", {(0, "Supplier"): "Ningbo Light", (0, "Ad Spend"): 12.5})
    book.save()
    import_reports(
        [report(tmp_path, first, (2, "2026-06-20", "Shipped", 4, "100.00"))], path, TODAY
    )
    (line,) = sales(path)
    assert (line["Supplier"], line["Ad Spend"], line["Units Shipped"]) == ("Ningbo Light", 12.5, 6)
