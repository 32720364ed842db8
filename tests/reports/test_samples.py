import time
from importlib.resources import files

from tests.reports.conftest import FBA_13, table
from xl_returns.core import columns, terms
from xl_returns.reports import maps, merge, read_report

SAMPLES = files("xl_returns") / "samples"


def read(name):
    return read_report((SAMPLES / name).read_bytes(), name)


def test_the_samples_read_without_a_word():
    reports = [read("mfn_returns.txt"), read("fba_returns.csv"), read("all_orders.txt")]
    assert [r.kind for r in reports] == ["MFN returns", "FBA returns", "All orders"]
    assert not any(r.findings for r in reports)


def test_the_samples_cover_what_the_guide_speaks_of():
    reports = [read("mfn_returns.txt"), read("fba_returns.csv"), read("all_orders.txt")]
    rows = merge([], reports, {}, None).new
    dollars = [row["Unit Paid"] for row in rows if row.get("Currency") == "USD"]
    assert min(dollars) < 50 <= sorted(dollars)[len(dollars) // 2] <= 100 < max(dollars)
    assert {row.get("Marketplace") for row in rows} >= {"US", "DE", "UK", "JP"}
    assert {row["Status"] for row in rows} >= set(terms.STATUSES) - {"In transit"}
    assert {row.get("In Policy") for row in rows} >= {"Y", "N"}
    assert "Y" in {row.get("A-to-z") for row in rows}


def test_every_word_of_the_maps_is_a_word_of_the_contract():
    statuses = [
        row[key]
        for name in ("mfn_status", "fba_status")
        for row in maps.rows(name)
        for key in ("Word", "Word If Refunded")
        if row.get(key)
    ]
    assert set(statuses) <= set(terms.STATUSES)
    words = {
        "mfn_resolution": terms.CONTROLLERS,
        "label_payer": terms.PAYERS,
        "fba_disposition": terms.CONDITIONS,
        "sales_channel": (*terms.MARKETPLACES, ""),
    }
    for name, allowed in words.items():
        assert {row["Word"] for row in maps.rows(name)} <= set(allowed)
    assert set(terms.MARKETPLACES) <= {row["Word"] for row in maps.rows("sales_channel")}
    assert all(row["Source"] for name in words for row in maps.rows(name))


def test_merged_rows_hold_only_cells_of_the_contract():
    reports = [read("mfn_returns.txt"), read("fba_returns.csv"), read("all_orders.txt")]
    for row in merge([], reports, {}, None).new:
        assert row.keys() <= columns.BY_NAME.keys()
        for header, cell in row.items():
            choices = columns.BY_NAME[header].choices
            assert not choices or cell in choices


def test_a_hundred_thousand_units_take_seconds():
    rows = [
        ["2026-10-20T07:32:45+00:00", f"115-{n // 2:07d}-0000001", "K", "B0", "X", "Kettle", "1",
         "A", "SELLABLE", "DEFECTIVE", "Unit returned to inventory", f"L{n}", "Defective|Won&#39;t heat|No"]
        for n in range(100_000)
    ]  # fmt: skip
    data = table(FBA_13, rows)
    start = time.process_time()
    merged = merge([], [read_report(data, "big.txt")], {}, "US")
    assert len(merged.new) == 100_000
    assert time.process_time() - start < 15
