"""Amazon's bulk refund file: every decided refund once, to the cent, and nothing that is unsure."""

from __future__ import annotations

import csv
import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.books import put
from tests.support.days import TODAY
from xl_returns.books.workbook import Workbook
from xl_returns.cli import main
from xl_returns.core.findings import Refusal
from xl_returns.core.ledgers import EVENTS, LOG
from xl_returns.desk import ledger
from xl_returns.desk.audit import audit_book
from xl_returns.desk.process import process_book
from xl_returns.desk.uploads import export_adjustments
from xl_returns.reports.adjustments import Adjustment, reason_code, texts, together, totals

HERE = {"Order ID": "111-1234567-1234567", "Order Item ID": "00123456789012"}
BACK = {"Status": "Received", "Received Date": TODAY, "Condition": "Sealed", "Photos": "Y"}


def export(path, **asked):
    process_book(path, TODAY)
    return export_adjustments(path, path.parent / "out", TODAY, **asked)


def lines(path):
    (file,) = (path.parent / "out").glob("adjustments-*.txt")
    return list(csv.DictReader(file.read_text().splitlines(), delimiter="\t"))


def test_a_decided_refund_becomes_a_line_as_amazon_asks_for_it(make_book):
    path = make_book(HERE)
    export(path)
    assert lines(path) == [
        {
            "order-id": "111-1234567-1234567",
            "order-item-id": "00123456789012",
            "adjustment-reason-code": "GeneralAdjustment",
            "item-price-adj": "49.99",
            "shipping-price-adj": "0.00",
        }
    ]
    raw = next((path.parent / "out").glob("*.txt")).read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    assert raw.isascii()


def test_shipping_has_a_column_of_its_own(make_book):
    path = make_book(HERE | BACK | {"Reason": "DEFECTIVE", "Shipping Paid": 4.5, "Unit Paid": 60})
    export(path)
    (line,) = lines(path)
    assert (line["item-price-adj"], line["shipping-price-adj"]) == ("60.00", "4.50")
    assert line["adjustment-reason-code"] == "CustomerReturn"


def test_after_an_earlier_refund_the_goods_come_first(make_book):
    earlier = {"Reason": "DEFECTIVE", "Shipping Paid": 4.5, "Unit Paid": 60, "Refunded So Far": 10}
    path = make_book(HERE | BACK | earlier)
    export(path)
    (line,) = lines(path)
    assert (line["item-price-adj"], line["shipping-price-adj"]) == ("54.50", "0.00")


def test_what_is_withheld_comes_off_the_goods_not_off_the_shipping(make_book):
    worn = {"Condition": "Damaged", "Reason": "UNWANTED_ITEM", "Delivered Date": TODAY}
    path = make_book(
        HERE | BACK | worn | {"Marketplace": "DE", "Unit Paid": 60, "Shipping Paid": 4.5}
    )
    export(path)
    (line,) = lines(path)
    assert (line["item-price-adj"], line["shipping-price-adj"]) == ("30.00", "4.50")


def test_an_exported_refund_is_marked_and_not_exported_again(make_book):
    path = make_book(HERE)
    first = export(path)
    assert first.name == "2026-11-23-1"
    assert Workbook.open(path).tables["Returns"].read()["Upload Batch"] == ["2026-11-23-1"]
    again = export(path)
    assert (again.lines, again.skipped) == ([], 1)
    put(path, "Returns", 0, "Upload Batch", None)
    assert export(path).lines == [], "the Log knows it as well"


def test_asked_for_again_it_is_exported_in_a_new_batch(make_book):
    path = make_book(HERE)
    export(path)
    repeated = export(path, again=True)
    assert (repeated.name, len(repeated.lines)) == ("2026-11-23-2", 1)
    assert audit_book(path).findings == []
    assert [line["Event"] for line in ledger.read(Workbook.open(path), LOG)][-2:] == [
        "Exported"
    ] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"Channel": "FBA"}, {"Refund Controller": "Amazon"}, {"A-to-z": "Y"}, {"Status": "Closed"},
        {"A-to-z": "Y", "Override Action": "Refund now"},
        {"Refunded So Far": 49.99}, {"Unit Paid": 75}, {"Unit Paid": 75, "Reason": "NO_REASON_GIVEN"},
        {"Unit Paid": 120, "Buyer Wants": "Full refund"}, {"Status": "In transit"},
        {"Override Action": "Hold for review"}, {"Override Refund": 0},
    ],
)  # fmt: skip
def test_what_pays_nothing_now_is_not_exported(make_book, change):
    path = make_book(HERE | change)
    batch = export(path)
    assert batch.lines == []
    assert not (path.parent / "out").exists()


@pytest.mark.parametrize(
    ("change", "header"),
    [
        ({"Order ID": "RE402-77"}, "Order ID"),
        ({"Order ID": "111-1234567-1234567\t=1+1"}, "Order ID"),
        ({"Order Item ID": None}, "Order Item ID"),
        ({"Order Item ID": "1\t2"}, "Order Item ID"),
        ({"Override Refund": 60}, "Override Refund"),
        ({"Currency": "EUR"}, "Currency"),
    ],
)
def test_what_amazon_would_refuse_is_told_and_left_out(make_book, change, header):
    path = make_book(HERE | change, HERE | {"Order ID": "112-1234567-1234567"})
    batch = export(path)
    assert [line.return_ids for line in batch.lines] == [("R-2",)]
    column = Workbook.open(path).tables["Returns"].place(0, header)
    assert any(f.place == column or "more than" in f.problem for f in batch.findings)


@pytest.mark.parametrize(
    ("kind", "told"), [("Refund", "Refund not noted"), ("Replacement", "names a replacement")]
)
def test_what_payments_or_replacements_show_is_not_paid_again(make_book, kind, told):
    path = make_book(HERE | {"SKU": "A"}, HERE | {"SKU": "B", "Order Item ID": "55555"})
    book = Workbook.open(path)
    event = {"Kind": kind, "Day": 46340.0, "Order ID": HERE["Order ID"], "SKU": "A", "Units": 1.0}
    paid = {"Amount": 49.99 if kind == "Refund" else 0.0, "Currency": "USD", "Source": "Settlement"}
    ledger.append(book, EVENTS, [event | paid])
    book.save()
    batch = export(path)
    assert [line.return_ids for line in batch.lines] == [("R-2",)]
    assert told in batch.findings[0].problem


def test_a_row_that_changed_since_it_was_decided_waits(make_book):
    path = make_book(HERE)
    process_book(path, TODAY)
    put(path, "Returns", 0, "Refunded So Far", 20.0)
    batch = export_adjustments(path, path.parent / "out", TODAY)
    assert batch.lines == []
    assert "process the workbook" in batch.findings[0].remedy
    export(path)
    assert lines(path)[0]["item-price-adj"] == "29.99"


def test_two_returns_of_one_order_item_are_paid_as_one(make_book):
    path = make_book(HERE, HERE)
    batch = export(path)
    (line,) = batch.lines
    assert (line.goods, line.return_ids) == (9998, ("R-1", "R-2"))
    assert len(lines(path)) == 1


def test_each_marketplace_gets_its_own_file_and_yen_have_two_decimals_too(make_book):
    path = make_book(HERE, HERE | {"Marketplace": "JP", "Unit Paid": 1200})
    batch = export(path)
    names = {file.name for file in (path.parent / "out").iterdir()}
    assert names == {
        "adjustments-2026-11-23-1-US.txt",
        "adjustments-2026-11-23-1-JP.txt",
        "adjustments-2026-11-23-1.json",
    }
    yen = (path.parent / "out" / "adjustments-2026-11-23-1-JP.txt").read_text()
    assert "\t1200.00\t0.00" in yen
    assert totals(batch.lines) == {"USD": "49.99", "JPY": "1200"}


def test_where_prices_are_without_vat_the_file_is_too(make_book):
    """Amazon's example: 240 = 200 + 40 VAT; of half, 100 is entered and Amazon adds the VAT."""
    path = make_book(
        HERE
        | {"Marketplace": "DE", "Unit Paid": 200}
        | {"Override Action": "Refund, keep item", "Override Refund": 100}
    )
    book = Workbook.open(path)
    named = book.tables["Settings"].read()["Setting"]
    book.write_cells("Settings", {(named.index("Prices exclude VAT"), "Value"): "DE"})
    book.save()
    export(path)
    assert lines(path)[0]["item-price-adj"] == "100.00"


def test_the_manifest_proves_the_file(make_book):
    path = make_book(HERE)
    export(path)
    out = path.parent / "out"
    manifest = json.loads((out / "adjustments-2026-11-23-1.json").read_text())
    ((name, digest),) = manifest["files"].items()
    assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert manifest["lines"][0]["returns"] == ["R-1"]
    assert manifest["totals"] == {"USD": "49.99"}


def test_a_file_that_could_not_be_marked_is_not_there_to_upload(make_book, monkeypatch):
    path = make_book(HERE)
    process_book(path, TODAY)

    def full(*_):
        raise Refusal(path.name, "cannot be written", "make room")

    monkeypatch.setattr(Workbook, "save", full)
    with pytest.raises(Refusal, match="make room"):
        export_adjustments(path, path.parent / "out", TODAY)
    assert not list((path.parent / "out").glob("*.txt"))


def test_an_export_from_a_workbook_that_cannot_be_marked_leaves_nothing_behind(make_book):
    path = make_book(HERE)
    process_book(path, TODAY)
    path.chmod(0o444)
    with pytest.raises(Refusal, match="read-only"):
        export_adjustments(path, path.parent / "out", TODAY)
    assert not list((path.parent / "out").iterdir())


def test_the_files_of_an_export_whose_marks_are_saved_stay_whatever_happens_then(
    make_book, monkeypatch
):
    path = make_book(HERE)
    process_book(path, TODAY)
    save = Workbook.save

    def saved_but(book):
        save(book)
        raise Refusal(path.name, "it is saved, but: cannot be read", "look at it")

    monkeypatch.setattr(Workbook, "save", saved_but)
    with pytest.raises(Refusal):
        export_adjustments(path, path.parent / "out", TODAY)
    assert {file.suffix for file in (path.parent / "out").iterdir()} == {".part"}


def test_a_dry_run_writes_nothing(make_book):
    path = make_book(HERE)
    process_book(path, TODAY)
    before = path.read_bytes()
    assert export_adjustments(path, path.parent / "out", TODAY, dry_run=True).lines
    assert path.read_bytes() == before
    assert not (path.parent / "out").exists()


def test_the_command_tells_the_sum_and_the_files(make_book, capsys):
    path = make_book(HERE)
    process_book(path, TODAY)
    asked = ["export", "adjustments", str(path), "-o", str(path.parent / "up"), "--today"]
    with pytest.raises(SystemExit) as ended:
        main([*asked, TODAY.isoformat()])
    assert ended.value.code == 0
    assert "1 refund for upload: 49.99 USD" in capsys.readouterr().out


def test_reason_codes_follow_the_reason_and_the_goods():
    assert reason_code("Wrong item", goods_back=False) == "DifferentItem"
    assert reason_code("Changed mind", goods_back=True) == "CustomerReturn"
    assert reason_code("Changed mind", goods_back=False) == "GeneralAdjustment"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["111-1234567-1234567", "112-1234567-1234567"]),
            st.sampled_from(["12345", "67890"]),
            st.integers(0, 10**9),
            st.integers(0, 10**6),
        )
    )
)
def test_what_stands_in_the_file_adds_up_to_the_refunds(refunds):
    one = [
        Adjustment("US", "USD", order, item, "CustomerReturn", goods, shipping, (str(at),))
        for at, (order, item, goods, shipping) in enumerate(refunds)
    ]
    told = [row.split("\t") for row in "".join(texts(together(one)).values()).splitlines()[1:]]
    paid = sum(Decimal(row[3]) + Decimal(row[4]) for row in told)
    assert paid * 100 == sum(goods + shipping for *_, goods, shipping in refunds)
    assert len({(row[0], row[1]) for row in told}) == len(told)


def test_a_row_with_a_cell_that_cannot_be_read_is_not_exported_whatever_was_decided(make_book):
    own = {"Override Action": "Refund now", "Override Refund": 49.99, "Override Note": "agreed"}
    path = make_book(HERE | own)
    process_book(path, TODAY)
    put(path, "Returns", 0, "Refunded So Far", "49,99 USD")
    batch = export(path)
    assert batch.lines == []
    assert [finding.problem for finding in batch.findings] == ["`49,99 USD` is not a number"]
