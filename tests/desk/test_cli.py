"""The command line: sentences, JSON, exit codes."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.desk.conftest import ROW, SAMPLES
from tests.support.days import TODAY
from xl_returns.core.findings import Refusal
from xl_returns.desk.decide_files import Asked, decide_files
from xl_returns.desk.health import examine_book


def test_new_import_process_explain_check(run, tmp_path):
    book = tmp_path / "R.xlsx"
    assert run("new", book)[0] == 0
    assert run("import", *SAMPLES, "--into", book, "--marketplace", "US")[0] == 0
    code, out, _ = run("process", book, "--today", "2026-11-23", "--json")
    assert code == 0
    assert sum(json.loads(out)["actions"].values()) == json.loads(out)["rows"]
    code, out, _ = run("check", book)
    assert (code, out.splitlines()[0]) == (0, "Nothing to mend")
    code, out, _ = run("explain", book, "no such return")
    assert code == 2


def test_explain_says_why(run, make_book):
    code, out, _ = run("explain", make_book({}), "R-1", "--today", "2026-11-23")
    assert code == 0
    assert "S11 Refund, keep item" in out
    assert "2026-11-23" in out


def test_explain_shows_amounts_as_money(run, make_book):
    yen = {"Currency": "JPY", "Marketplace": "JP", "Unit Paid": 1200}
    book = make_book({"Unit Paid": 49.5}, yen)
    assert "49.50 USD" in run("explain", book, "R-1")[1]
    assert "1,200 JPY" in run("explain", book, "R-2")[1]


def test_explain_finds_a_return_in_any_spelling_and_by_its_order(run, make_book):
    order = "111-2222222-3333333"
    book = make_book({"Order ID": order}, {"Return ID": "RMA-4711"}, {"Return ID": "RMA-4712"})
    assert run("explain", book, "rma 4711")[1].splitlines()[0].endswith("RMA-4711")
    assert run("explain", book, order)[1].splitlines()[0].endswith("R-1")
    code, _, told = run("explain", book, "RMA-471")
    assert code == 2
    assert "near are: RMA-4712, RMA-4711" in told
    several = make_book({"Order ID": order}, {"Order ID": order}, name="Several.xlsx")
    assert "give one of: R-1, R-2" in run("explain", several, order)[2]


def test_a_refusal_is_json_where_json_is_asked_for(run, make_book):
    code, out, told = run("explain", make_book({}), "nothing like it", "--json")
    assert (code, json.loads(out)["refused"]["place"]) == (2, "Returns.xlsx")
    assert json.loads(out)["refused"]["problem"] in told


@pytest.mark.parametrize("count", [1, 2])
def test_one_is_not_several(run, make_book, count):
    book = make_book(*[{}] * count)
    told = run("process", book, "--today", "2026-11-23")[1] + run("due", book)[1]
    assert ("1 row decided" in told, "1 clock," in told) == (count == 1, count == 1)
    assert ("2 rows decided" in told, "2 clocks," in told) == (count == 2, count == 2)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_decide_reads_and_writes_tables(run, tmp_path, ending):
    rows = pl.DataFrame([{**ROW, "Own": "kept"}])
    rows.write_csv(tmp_path / "rows.csv")
    out = tmp_path / f"out.{ending}"
    assert run("decide", tmp_path / "rows.csv", "-o", out, "--today", "2026-11-23")[0] == 0
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "xlsx": pl.read_excel}[ending]
    if ending != "xlsx":
        told = read(out)
        assert told["Action"].to_list() == ["Refund, keep item"]
        assert told["Own"].to_list() == ["kept"]
    assert out.stat().st_size


def test_parquet_and_csv_decide_alike(run, tmp_path):
    rows = pl.DataFrame([ROW, {**ROW, "Return ID": "R-2", "Unit Paid": 120.0}])
    rows.write_csv(tmp_path / "rows.csv")
    rows.write_parquet(tmp_path / "rows.parquet")
    for ending in ("csv", "parquet"):
        run(
            "decide",
            tmp_path / f"rows.{ending}",
            "-o",
            tmp_path / f"{ending}.parquet",
            "--today",
            "2026-11-23",
        )
    suggested = ["Action", "Refund", "Due", "Why"]
    one, two = (
        pl.read_parquet(tmp_path / f"{e}.parquet").select(suggested) for e in ("csv", "parquet")
    )
    assert one.equals(two)


def test_errors_are_one_sentence_and_exit_code_2(run, tmp_path):
    for arguments in (
        ("process", tmp_path / "nothing.xlsx"),
        ("import", tmp_path / "nothing.txt", "--into", tmp_path / "nothing.xlsx"),
        ("decide", tmp_path / "rows.doc", "-o", tmp_path / "x.csv"),
        ("new", tmp_path / "x.txt"),
        ("process",),
    ):
        code, _, err = run(*arguments)
        assert code == 2
        assert "Traceback" not in err
        assert err.strip()


def test_new_never_overwrites(run, make_book):
    assert run("new", make_book({}))[0] == 2


def test_a_finding_that_needs_a_person_is_exit_code_1(run, make_book):
    assert run("process", make_book({"Status": "Lost"}))[0] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_decide_reads_csv_as_european_excel_writes_it(tmp_path, encoding, separator):
    paid = "49.99" if separator == "," else "49,99"
    lines = [
        ["Return ID", "Channel", "Marketplace", "Quantity", "Unit Paid", "Status", "Item"],
        ["R1", "MFN", "DE", "1", paid, "Requested", "Schüssel"],
    ]
    source, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    source.write_text("\n".join(map(separator.join, lines)), encoding)
    count, findings = decide_files([str(source)], out, Asked(TODAY))
    assert (count, findings) == (1, [])
    told = pl.read_csv(out)
    assert told["Refund"].to_list() == [49.99]
    assert told["Item"].to_list() == ["Schüssel"]


CELLS = ["Return ID", "Channel", "Marketplace", "Quantity", "Unit Paid", "Status", "Item"]


def decided_csv(tmp_path, *items, end="\n"):
    """What becomes of rows that differ in their last cell, as it stands in the file."""
    rows = [f"R{n},MFN,DE,1,49.99,Requested,{item}" for n, item in enumerate(items)]
    (tmp_path / "rows.csv").write_bytes(end.join([",".join(CELLS), *rows, ""]).encode())
    decide_files([str(tmp_path / "rows.csv")], tmp_path / "out.parquet", Asked(TODAY))
    return pl.read_parquet(tmp_path / "out.parquet")["Item"].to_list()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_decide_reads_every_line_end(tmp_path, end):
    assert decided_csv(tmp_path, "Bowl", '"two\nlines"', end=end) == ["Bowl", "two\nlines"]


@pytest.mark.parametrize(
    ("items", "says"),
    [
        (["a", "b,c"], "rows.csv line 3: has 8 cells, and the header has 7"),
        (["a", '"b', "c"], "rows.csv line 3: a quotation mark is not closed"),
        (['"a\nb"', '"c" d'], "rows.csv line 4: a quotation mark is not closed"),
        (["a", '5" b', "c"], "rows.csv line 3: a quotation mark is not closed"),
    ],
)
def test_decide_names_the_line_that_is_no_row(tmp_path, items, says):
    with pytest.raises(Refusal, match=says):
        decided_csv(tmp_path, *items)


def test_decide_never_writes_over_what_it_reads(tmp_path):
    source = tmp_path / "rows.csv"
    pl.DataFrame([ROW]).write_csv(source)
    before = source.read_bytes()
    with pytest.raises(Refusal, match="is the file that is read"):
        decide_files([str(source)], source, Asked(TODAY))
    assert source.read_bytes() == before


def test_decide_never_writes_over_a_workbook_but_its_own_earlier_result(run, make_book, tmp_path):
    rows, book, out = tmp_path / "rows.csv", make_book({}), tmp_path / "out.xlsx"
    pl.DataFrame([ROW]).write_csv(rows)
    before = book.read_bytes()
    for policy, says in ((("--policy", book), "is the file that is read"), ((), "is no result")):
        code, _, said = run("decide", rows, *policy, "-o", book, "--today", "2026-11-23")
        assert (code, says in said) == (2, True)
    assert book.read_bytes() == before
    for broken in (b"", b"PK", before[:-9], before.replace(b"<", b"\0")):
        out.write_bytes(broken)
        assert "is no result" in run("decide", rows, "-o", out)[2]
    out.unlink()
    for texts in ((), ("--no-texts",), ()):
        assert run("decide", rows, "-o", out, *texts, "--today", "2026-11-23")[0] == 0


def test_decide_names_return_ids_that_stand_twice(tmp_path):
    source = tmp_path / "rows.csv"
    pl.DataFrame([ROW, ROW]).write_csv(source)
    _, findings = decide_files([str(source)], tmp_path / "out.csv", Asked(TODAY))
    assert "stands 2 times" in str(*findings)


def test_doctor_says_that_a_file_is_not_there(tmp_path):
    with pytest.raises(Refusal, match="is not there"):
        list(examine_book(tmp_path / "nope.xlsm"))
