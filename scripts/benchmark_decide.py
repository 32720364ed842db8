"""Print what deciding costs: on Parquet, in the kernel alone, for one row, beside other engines.

.venv/bin/python scripts/benchmark_decide.py 1000000 10000000     this computer, one process
.venv/bin/python scripts/benchmark_decide.py --dask 2000000       one worker and two
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from xl_returns.books.policies import default_policy
from xl_returns.core import cells
from xl_returns.core.decide import decide
from xl_returns.core.frames import Desk, rows_of
from xl_returns.core.history import History, no_history
from xl_returns.core.rows import parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.core.tables import Codes
from xl_returns.desk.decide_files import Asked, decide_files
from xl_returns.desk.engines import on_cluster

TODAY = dt.date(2026, 11, 23)
ROWS_IN_FILE = 1_000_000
REASONS = (
    "UNWANTED_ITEM",
    "CR-DEFECTIVE",
    "CR-SWITCHEROO",
    "NO_REASON_GIVEN",
    "AMZ-PG-APP-TOO-SMALL",
)
COMMENTS = ("", "", "too small", "It does not fit as the picture shows", "arrived broken and late")
IN_KERNEL = 50_000
"""So many rows at once for the kernel without files: a frame as Arrow engines give them."""
COMPARED = 20_000
"""So many rows for the engines that take dicts."""
ONE: Mapping[str, Sequence[object]] = {
    "Return ID": ["R-1"],
    "Channel": ["MFN"],
    "Marketplace": ["US"],
    "Order ID": ["111-2223334-5556667"],
    "SKU": ["SKU-1"],
    "Request Date": [TODAY - dt.timedelta(2)],
    "Quantity": [1.0],
    "Unit Paid": [60.0],
    "Reason": ["UNWANTED_ITEM"],
    "Status": ["Received"],
    "In Policy": ["Y"],
    "Received Date": [TODAY],
    "Condition": ["Opened"],
    "Photos": ["Y"],
}
"""A row that comes back, as a worksheet function sends it."""
DECIDE = "from xl_returns.cli import main; main()"


def rows(count: int, first: int) -> pl.DataFrame:
    """Rows as many busy shops have them, 2,000 SKUs at three prices each; the same in every run."""
    chance = np.random.default_rng(first)
    number = np.arange(first, first + count)
    sku = chance.integers(0, 2_000, count)
    price = (500 + sku * 9 + chance.integers(0, 3, count) * 250) / 100

    def one_of(*words: str | None) -> pl.Series:
        return pl.Series(words, dtype=pl.String).gather(chance.integers(0, len(words), count))

    def before(least: int, most: int) -> pl.Series:
        days = (TODAY - dt.date(1970, 1, 1)).days - chance.integers(least, most, count)
        return pl.Series(days).cast(pl.Int32).cast(pl.Date)

    frame = pl.DataFrame(
        {
            "Return ID": number,
            "Channel": one_of("MFN", "MFN", "FBA"),
            "Marketplace": one_of("US", "US", "DE", "UK", "JP"),
            "Order ID": number - (chance.random(count) < 0.1),
            "Order Date": before(10, 60),
            "Request Date": before(0, 10),
            "SKU": sku,
            "Item": sku % 7,
            "Quantity": np.ones(count, dtype=np.int64),
            "Unit Paid": price,
            "Reason": one_of(*REASONS),
            "Buyer Comment": one_of(*COMMENTS),
            "Status": one_of("Requested", "Approved", "In transit", "Received", "Refunded"),
            "In Policy": np.full(count, "Y"),
            "Condition": one_of(None, "Sealed", "Opened", "Damaged"),
            "Buyer Key": chance.integers(0, 4 * ROWS_IN_FILE, count),
            "New Price": price,
        }
    )
    return frame.with_columns(
        pl.format("R{}", "Return ID").alias("Return ID"),
        pl.format("111-{}", pl.col("Order ID").cast(pl.String).str.zfill(14)).alias("Order ID"),
        pl.format("SKU-{}", "SKU").alias("SKU"),
        pl.format("Stoneware mug, set of {}", "Item").alias("Item"),
        pl.format("B{}", "Buyer Key").alias("Buyer Key"),
    )


def make(count: int, folder: Path) -> None:
    """Write files of a million rows at most."""
    folder.mkdir()
    for first in range(0, count, ROWS_IN_FILE):
        size = min(ROWS_IN_FILE, count - first)
        rows(size, first).write_parquet(folder / f"rows-{first // ROWS_IN_FILE:04d}.parquet")


def measured(*arguments: str) -> tuple[float, float, float]:
    """Seconds, processor seconds and peak megabytes of `xl-returns decide`."""
    began = time.perf_counter()
    command = (sys.executable, "-c", DECIDE, "decide", *arguments, "--today", TODAY.isoformat())
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise SystemExit("decide failed")
    spent = usage.ru_utime + usage.ru_stime
    return time.perf_counter() - began, spent, usage.ru_maxrss / 1024


def here(count: int, folder: Path) -> None:
    """Two lines of the table: one process, without and with sentences."""
    make(count, folder / "rows")
    for name, option in (("numbers", ["--no-texts"]), ("with Why", [])):
        out = str(folder / f"{name[:4]}")
        seconds, spent, peak = measured(str(folder / "rows"), "-o", out, *option)
        print(
            f"{count:>12,} {name:<9} {seconds:>7.1f} s {count / seconds:>11,.0f} rows/s "
            f"{count / spent:>11,.0f} rows/s a core {peak:>7,.0f} MB",
            flush=True,
        )


def on_dask(count: int, folder: Path) -> None:
    """Two lines of the table: one worker process and two, each on one thread."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an optional extra

    os.environ["POLARS_MAX_THREADS"] = "1"
    make(count, folder / "rows")
    for workers in (1, 2):
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,
        ):
            began = time.perf_counter()
            out = folder / f"by-{workers}"
            decide_files([str(folder / "rows")], out, Asked(TODAY), on_cluster(client))
            seconds = time.perf_counter() - began
        print(
            f"{count:>12,} {workers} worker(s) {seconds:>7.1f} s {count / seconds:>11,.0f} rows/s"
        )


def spent(job: Callable[[], object], rounds: int = 3) -> float:
    """The processor seconds of a job, the best of some rounds."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        job()
        found.append(time.process_time() - began)
    return min(found)


def without_files() -> None:
    """The kernel on frames in memory, the first decision table of it alone, and one row."""
    book, today = Rulebook(default_policy()), cells.days_of(TODAY)
    frames = [rows(IN_KERNEL, first) for first in range(0, 4 * IN_KERNEL, IN_KERNEL)]
    alone = no_history(IN_KERNEL)
    print(f"\nwithout files, {IN_KERNEL:,} rows at once")
    for name, with_texts in (("numbers", False), ("with Why", True)):
        desk = Desk(book, today, with_texts=with_texts)
        seconds = spent(partial(_all_decided, desk, frames, alone))
        print(f"{len(frames) * IN_KERNEL / seconds:>12,.0f} rows/s a core, {name}", flush=True)
    each = spent(lambda: [one_row(book, today) for _ in range(200)]) / 200
    print(f"{each * 1e6:>12,.0f} µs for one row, all outputs", flush=True)
    actions_alone(decide(rows_of(frames[0]), book, today, alone).facts.table, book)


def _all_decided(desk: Desk, frames: Sequence[pl.DataFrame], alone: History) -> None:
    for frame in frames:
        desk.decided(frame, alone)


def one_row(book: Rulebook, today: int) -> dict[str, list[str | float | None]]:
    """All outputs of one row, nothing kept from the call before."""
    return suggestions(decide(parse_rows(ONE), book, today, no_history(1)), book)


def actions_alone(facts: Mapping[str, Codes], book: Rulebook) -> None:
    """The action rules alone: ours on columns, the others' on dicts; facts are ready for each."""
    import peers  # noqa: PLC0415 - it stands beside this script, not where tests look

    mine = book.actions.first(facts, IN_KERNEL)
    speed = IN_KERNEL / spent(lambda: book.actions.first(facts, IN_KERNEL), 10)
    print(f"\n{book.actions.rules} action rules alone\n{speed:>12,.0f} rows/s, ours")
    engines, given = peers.peers(book), peers.rows_of(facts, book, COMPARED)
    for name, engine in engines.items():
        other = len(given) / spent(partial(engine, given), 1)
        differ = peers.differences(mine, engine(given))
        print(
            f"{other:>12,.0f} rows/s, {name}: ours is {speed / other:,.0f} times faster; "
            f"{differ} of {len(given):,} rows decided by another rule",
            flush=True,
        )
    for name in {"zen-engine", "pandas apply"} - set(engines):
        print(f"     skipped: {name} is not installed (pip install zen-engine pandas)")


def main() -> None:
    """Print the table."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    measure = on_dask if "--dask" in sys.argv else here
    for text in [text for text in sys.argv[1:] if text.isdigit()] or ["1000000"]:
        with tempfile.TemporaryDirectory() as folder:
            measure(int(text), Path(folder))
    if measure is here:
        without_files()


if __name__ == "__main__":
    main()
