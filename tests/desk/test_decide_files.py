"""Rows in many files are decided as if all of them stood in one table, by one process or many."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import tempfile
import threading
import time
from pathlib import Path

import dask
import distributed
import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.conftest import ROW
from tests.support import bucket
from tests.support.days import TODAY
from tests.support.rows import TABLE
from xl_returns.books.policies import default_policy
from xl_returns.core import cells, columns
from xl_returns.core.decide import decide
from xl_returns.core.findings import Refusal
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.desk.decide_files import Asked, decide_files
from xl_returns.desk.engines import on_cluster, started
from xl_returns.desk.spans import read_rows

BOOK = Rulebook(default_policy())
COMMENTS = st.sampled_from(["", "no", "It broke on the second day", "Far too small for me"])


def table(rows):
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.col(pl.Null).cast(pl.String)
    )


def in_memory(frame):
    """What the whole table decides at once, cell by cell."""
    parsed = parse_rows({header: frame[header].to_list() for header in frame.columns})
    shown = suggestions(decide(parsed, BOOK, cells.day(TODAY)), BOOK)
    due = [None if v is None else int(v) - 25_569 for v in shown["Due"]]
    return {**shown, "Due": due}


def told(decided):
    due = decided["Due"].to_physical().to_list()
    return {name: decided[name].to_list() for name in columns.SUGGESTIONS} | {"Due": due}


def split(frame, folder, sizes):
    folder.mkdir(exist_ok=True)
    for number, start in enumerate(range(0, max(frame.height, 1), sizes)):
        frame.slice(start, sizes).write_parquet(folder / f"{number:04d}.parquet")


@given(
    TABLE.flatmap(
        lambda rows: st.lists(COMMENTS, min_size=len(rows), max_size=len(rows)).map(
            lambda texts: [
                {**row, "Buyer Comment": text} for row, text in zip(rows, texts, strict=True)
            ]
        )
    ),
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(1, 8),
    st.booleans(),
)
@settings(deadline=None, max_examples=25)
def test_any_split_into_files_spans_and_buckets_decides_as_one_table(
    rows, in_file, in_span, in_bucket, one_file
):
    frame = table(rows)
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "rows", Path(name) / ("out.parquet" if one_file else "out")
        split(frame, folder, in_file)
        asked = Asked(TODAY, rows_in_span=in_span, rows_in_bucket=in_bucket)
        decide_files([str(folder / "*.parquet")], out, asked)
        decided = pl.read_parquet(out if one_file else out / "*.parquet")
        assert sorted(path.name for path in Path(name).iterdir()) == sorted(("rows", out.name))
    assert told(decided) == in_memory(frame)
    assert decided.select(frame.columns).equals(frame)


def shop(count):
    """Rows that know of each other over the whole table."""
    return table(
        [
            {
                **ROW,
                "Return ID": f"R{n}",
                "Order ID": f"o{n % (count // 3)}",
                "SKU": f"s{n % 5}",
                "Buyer Key": f"b{n % 40}",
                "Buyer Comment": f"The colour is not as shown {n % 9}",
                "Unit Paid": 10 + n % 90 + 0.99,
                "Refunded So Far": float(n % 4),
                "Status": ("Requested", "Received", "Approved")[n % 3],
            }
            for n in range(count)
        ]
    )


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes."""
    local = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**local) as made, distributed.Client(made) as client:
        yield client


@pytest.mark.parametrize("while_there_is", ["history/order-id/*.parquet", "parts/*.parquet"])
def test_a_killed_worker_costs_time_and_no_row(cluster, tmp_path, while_there_is):
    frame, killed = shop(1_200), []
    split(frame, tmp_path / "rows", 400)
    workers = cluster.run(os.getpid)

    def kill():
        while not any(tmp_path.glob(f".out.*.unfinished/{while_there_is}")):
            time.sleep(0.002)
        victim = next(iter(workers.values()))
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    asked = Asked(TODAY, rows_in_span=30, rows_in_bucket=500)
    count, _ = decide_files([str(tmp_path / "rows")], tmp_path / "out", asked, on_cluster(cluster))
    killer.join(5)
    assert len(killed) == 1
    parts = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert parts == [f"part-{number:05d}.parquet" for number in range(len(parts))]
    decided = pl.read_parquet(tmp_path / "out" / "*.parquet")
    assert count == decided.height == frame.height
    assert told(decided) == in_memory(frame)
    assert decided["Return ID"].to_list() == frame["Return ID"].to_list()


def test_texts_can_be_left_out_and_nothing_else_changes(run, tmp_path):
    shop(30).write_parquet(tmp_path / "rows.parquet")
    day = ("--today", "2026-11-23")
    run("decide", tmp_path / "rows.parquet", "-o", tmp_path / "all.parquet", *day)
    run("decide", tmp_path / "rows.parquet", "-o", tmp_path / "few.parquet", "--no-texts", *day)
    whole = pl.read_parquet(tmp_path / "all.parquet")
    assert pl.read_parquet(tmp_path / "few.parquet").equals(whole.drop("Appeal", "Warnings", "Why"))


@pytest.mark.parametrize(
    ("second", "out", "says"),
    [
        ({**ROW, "Mine": 1}, "out.csv", "other columns"),
        (ROW, "there", "is there already"),
        (ROW, "no/out", "cannot be written"),
        ({"Return ID": "R-2"}, "out", "lacks the columns"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing_behind(tmp_path, second, out, says):
    (tmp_path / "there").mkdir()
    for name, row in (("a", ROW), ("b", second)):
        pl.DataFrame([row]).write_parquet(tmp_path / f"{name}.parquet")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Refusal, match=says):
        decide_files([str(tmp_path / "*.parquet")], tmp_path / out, Asked(TODAY))
    assert sorted(tmp_path.iterdir()) == before


@pytest.fixture
def rows_in(tmp_path):
    """Write one row with an ID to a file of a name."""

    def write(name, which="R-1", **more):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame = pl.DataFrame([{**ROW, "Return ID": which, **more}])
        (frame.write_csv if path.suffix == ".csv" else frame.write_parquet)(path)
        return str(path)

    return write


def decided_ids(given, out):
    decide_files(given, out, Asked(TODAY))
    return pl.read_parquet(out, glob=False)["Return ID"].to_list()


def test_signs_of_a_pattern_in_the_name_of_a_file_are_only_signs(rows_in, tmp_path):
    bracketed, _ = rows_in("rows[1].parquet", "R-1"), rows_in("rows1.parquet", "R-2")
    assert decided_ids([bracketed], tmp_path / "out[1].parquet") == ["R-1"]


@pytest.mark.parametrize("given", [".", "*", "**", "jan.parquet", "**/*.parquet"])
def test_a_folder_named_like_a_file_is_read_once(rows_in, tmp_path, given):
    rows_in("rows/jan.parquet/part-0.parquet")
    assert decided_ids([str(tmp_path / "rows" / given)], tmp_path / "out.parquet") == ["R-1"]


def test_a_folder_named_like_a_file_is_one_table_to_a_replay_too(rows_in, tmp_path):
    for number in range(2):
        rows_in(f"jan.parquet/part-{number}.parquet", f"R-{number}")
    assert read_rows(tmp_path / "jan.parquet")["Return ID"].to_list() == ["R-0", "R-1"]
    rows_in("jan.parquet/part-2.parquet", Mine=1)
    with pytest.raises(Refusal, match="cannot be read"):
        read_rows(tmp_path / "jan.parquet")


def test_a_file_that_is_named_twice_is_read_once(rows_in, tmp_path, monkeypatch):
    rows_in("a.csv")
    monkeypatch.chdir(tmp_path)
    given = ["a.csv", "./a.csv", str(tmp_path / "a.csv")]
    assert decided_ids(given, tmp_path / "out.parquet") == ["R-1"]


@pytest.mark.parametrize(("given", "says"), [("", "is blank"), ("empty", "holds no .csv")])
def test_a_name_without_files_behind_it_is_refused(rows_in, tmp_path, monkeypatch, given, says):
    rows_in("a.csv")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match=says):
        decide_files(["a.csv", given], tmp_path / "out.parquet", Asked(TODAY))


def decided_cells(given, out, *headers):
    """One column after another of the only row, as a person finds it in a workbook."""
    decide_files([given], out, Asked(TODAY))
    sheet = openpyxl.load_workbook(out).active
    cells = dict(zip(*sheet.iter_rows(max_row=2, values_only=True), strict=True))
    return [cells[header] for header in headers]


def test_a_workbook_holds_every_text_and_number_as_it_is(rows_in, tmp_path):
    mine = {"Link": "http://x/" + "a" * 3_000, "Place": "internal:x", "Number": 2**53 + 1}
    given = rows_in("a.parquet", **mine)
    found = decided_cells(given, tmp_path / "out.xlsx", *mine)
    assert found == [mine["Link"], mine["Place"], str(mine["Number"])]


@pytest.mark.parametrize(
    ("more", "out", "says"),
    [
        ({"Note": "a", "note": "b"}, "xlsx", "Note, note: are one header to Excel"),
        ({"Mine": "x" * 32_768}, "xlsx", "out.xlsx row 1 Mine: has more than 32,767"),
        ({"Mine": dt.date(1899, 12, 31)}, "xlsx", "out.xlsx row 1 Mine: is before 1900-01-01"),
        ({"Mine": b"x"}, "xlsx", "Mine: is a column of Binary, which no .xlsx"),
        ({"Mine": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "xlsx", "Mine: is a column of Datetime"),
        ({"Mine": [1]}, "csv", "Mine: is a column of List"),
        ({"Mine": {"a": 1}}, "csv", "Mine: is a column of Struct"),
        ({"Mine": dt.timedelta(1)}, "csv", "Mine: is a column of Duration"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_and_parquet_holds_it(
    rows_in, tmp_path, more, out, says
):
    given = rows_in("a.parquet", **more)
    with pytest.raises(Refusal, match=re.escape(says)):
        decide_files([given], tmp_path / f"out.{out}", Asked(TODAY))
    assert not (tmp_path / f"out.{out}").exists()
    assert decided_ids([given], tmp_path / "out.parquet") == ["R-1"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"Unit Paid": [49.99]}, "a.parquet: Unit Paid holds List"),
        ({"unit paid": [49.99], "Unit Paid": None}, "a.parquet: unit paid holds List"),
        ({"Quantity": {"a": 1}}, "a.parquet: Quantity holds Struct"),
        ({"Request Date": [dt.date(2026, 11, 22)]}, "a.parquet: Request Date holds List"),
        ({"Status": b"Requested"}, "a.parquet: Status holds Binary"),
        ({"SKU": float("inf")}, "a.parquet: SKU holds numbers without end"),
    ],
)
def test_a_column_of_a_type_that_no_cell_has_is_refused_by_name(rows_in, tmp_path, more, says):
    row = {k: v for k, v in {**more, **ROW, **more}.items() if v is not None}
    pl.DataFrame([row]).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(Refusal, match=re.escape(says)):
        decide_files([str(tmp_path / "a.parquet")], tmp_path / "out.parquet", Asked(TODAY))


@pytest.mark.parametrize("header", ["Order ID", "Quantity", "Unit Paid", "Status", "Request Date"])
def test_a_number_that_is_none_is_a_blank_as_pandas_means_it(tmp_path, header):
    row = {**ROW, header: float("nan")}
    for name, cell in (("a", float("nan")), ("b", None)):
        frame = pl.DataFrame([row]).with_columns(pl.Series(header, [cell], dtype=pl.Float64))
        frame.write_parquet(tmp_path / f"{name}.parquet")
        decide_files([str(tmp_path / f"{name}.parquet")], tmp_path / f"{name}.csv", Asked(TODAY))
    one, two = (pl.read_csv(tmp_path / f"{name}.csv").drop(header) for name in "ab")
    assert one.equals(two)


@pytest.mark.parametrize("second", ["unit paid", "实付单价", "Unit Paid"])
def test_of_two_columns_that_mean_the_same_the_first_is_read_and_both_are_named(tmp_path, second):
    rows, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    lines = [[*ROW, second], [*map(str, ROW.values()), "1"], [*map(str, ROW.values()), "2"]]
    rows.write_text("\n".join(map(",".join, lines)), "utf-8")
    _, findings = decide_files([str(rows)], out, Asked(TODAY, rows_in_span=1))
    assert pl.read_csv(out)["Refund"].to_list() == [49.99, 49.99]
    told = f"rows.csv {second}: means the same as `Unit Paid`: only that is read"
    assert [str(f).startswith(told) for f in findings] == [True, False]
    assert findings[0].severity == "warning"


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:1"])
def test_a_cluster_that_does_not_answer_is_refused_by_its_address(address):
    soon = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    told = pytest.raises(Refusal, match=f"{address}: cannot be reached")
    with soon, told, started("dask", address):
        pass


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical, pl.Enum(["=1+1"])])
def test_no_text_and_no_header_is_a_formula_in_csv(rows_in, tmp_path, kind):
    frame = pl.read_parquet(rows_in("a.parquet", **{"=Mine": "=1+1"}))
    frame.cast({"=Mine": kind}).write_parquet(tmp_path / "a.parquet")
    decide_files([str(tmp_path / "a.parquet")], tmp_path / "out.csv", Asked(TODAY))
    assert pl.read_csv(tmp_path / "out.csv")["'=Mine"].to_list() == ["'=1+1"]


def test_more_rows_than_a_sheet_has_are_refused_before_any_is_decided(rows_in, tmp_path):
    one = pl.read_parquet(rows_in("a.parquet"))
    one.select(pl.all().repeat_by(2**20).explode()).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(Refusal, match="room for 1,048,575 rows, and there are 1,048,576"):
        decide_files([str(tmp_path / "a.parquet")], tmp_path / "out.xlsx", Asked(TODAY))


@pytest.mark.parametrize("out", ["out.parquet", "out.csv", "out"])
def test_a_file_that_breaks_in_the_middle_leaves_nothing_behind(tmp_path, out):
    whole = tmp_path / "b.parquet"
    shop(3_000).write_parquet(tmp_path / "a.parquet")
    shop(3_000).write_parquet(whole)
    data = bytearray(whole.read_bytes())
    data[40:400] = bytes(360)
    whole.write_bytes(data)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Refusal, match="cannot be read"):
        decide_files([str(tmp_path)], tmp_path / out, Asked(TODAY))
    assert sorted(tmp_path.iterdir()) == before


def test_unread_cells_are_named_by_file_and_row_and_counted_beyond(tmp_path):
    rows = [{**ROW, "Return ID": f"R{n}", "Quantity": -1} for n in range(1_500)]
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    asked = Asked(TODAY, rows_in_span=700)
    _, findings = decide_files([str(tmp_path / "a.parquet")], tmp_path / "out", asked)
    assert findings[700].place == "a.parquet row 701 Quantity"
    assert findings[-1].problem == "500 more cells cannot be read"
    assert len(findings) == 1_001


@pytest.mark.parametrize(
    "address", ["s3://shop/rows", "s3://shop/rows/", "s3://shop/rows/*.parquet"]
)
def test_a_folder_or_pattern_in_a_cloud_decides_as_the_same_files_here(
    tmp_path, monkeypatch, address
):
    split(shop(90), tmp_path / "rows", 40)
    asked = Asked(TODAY, rows_in_span=30)
    decide_files([str(tmp_path / "rows")], tmp_path / "here", asked)
    with bucket.served(tmp_path, monkeypatch):
        decide_files([address], tmp_path / "away", asked)
    parts = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert sorted(path.name for path in (tmp_path / "away").iterdir()) == parts
    assert all(
        (tmp_path / "away" / part).read_bytes() == (tmp_path / "here" / part).read_bytes()
        for part in parts
    )


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("s3://shop/none", "s3://shop/none: cannot be read"),
        ("s3://shop/none.parquet", "s3://shop/none.parquet: cannot be read"),
        ("s3://shop/rows.csv", "only Parquet is read from there"),
    ],
)
def test_what_a_cloud_does_not_have_is_said(tmp_path, monkeypatch, address, says):
    (tmp_path / "rows.csv").write_text("Return ID\n")
    with bucket.served(tmp_path, monkeypatch), pytest.raises(Refusal, match=says):
        decide_files([address], tmp_path / "out", Asked(TODAY))


def test_a_cluster_writes_a_folder(run, tmp_path):
    code, _, said = run("decide", "x.parquet", "-o", tmp_path / "x.csv", "--engine", "dask")
    assert (code, "name a new folder" in said) == (2, True)
