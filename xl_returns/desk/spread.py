"""Rows without end, decided span by span in three steps that any number of machines can share.

1. `look` writes what each row tells of the others, in buckets by the key that rows share.
2. `count` reads one bucket, where all rows of a key meet, and writes what they tell of each row.
3. `decided` reads one span again with what the others tell of it, and decides it.

A step reads and writes files in `work` and keeps nothing: it can be done again, anywhere.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from xl_returns.core.findings import Finding
from xl_returns.core.frames import LOOKED_AT, Desk, rows_of, same_meaning
from xl_returns.core.history import LOOKS, History
from xl_returns.core.language import phrased
from xl_returns.core.rows import RowProblem
from xl_returns.desk.spans import Span

ROWS_IN_BUCKET: Final = 5_000_000
"""So many rows are compared at once, on average."""
_ROWS_IN_GROUP: Final = 100_000
"""So many counted rows are read together; a span skips the groups of the others."""
LISTED: Final = 1_000
"""So many cells that cannot be read, and Return IDs that stand twice, are named one by one."""
_NAMES: Final = "Return ID"


@dataclass(frozen=True)
class Unread:
    """The columns and the first cells of a span that were not read, and how many there are."""

    named: Sequence[Finding]
    count: int


@dataclass(frozen=True)
class Job:
    """What every step needs: the desk, the folder for what passes between steps, the buckets."""

    desk: Desk
    work: Path
    buckets: int

    def look(self, span: Span) -> None:
        """Step 1 for a span."""
        keys = self.desk.keys(span.read(LOOKED_AT), span.name).with_row_index("row", span.start)
        for key, look in LOOKS.items():
            self._keep(span, key, keys.select("row", *look.reads), pl.col(key))
        names = keys.select("row", _NAMES).filter(pl.col(_NAMES) != "")
        self._keep(span, _NAMES, names, pl.col(_NAMES).hash())

    def count(self, bucket: tuple[str, int]) -> list[tuple[int, str, int]]:
        """Step 2 for a key and the number of a bucket.

        Gives the Return IDs that stand more than once: the first row, the ID, how often.
        """
        key, number = bucket
        rows = _scanned(self._of(key)).filter(pl.col("bucket") == number)
        together = rows.collect()
        if key == _NAMES:
            return _twice(together)
        look = LOOKS[key]
        counted = look.count(together.select(look.reads)).cast(pl.Int32)
        counted.insert_column(0, together["row"])
        self._pass_on(counted, self._of(key) / "counted", f"{number:05d}.parquet")
        return []

    def decided(self, span: Span) -> tuple[pl.DataFrame, Unread]:
        """Step 3 for a span: its rows with their suggestions."""
        frame = span.read()
        rows = rows_of(frame, span.name)
        decided = self.desk.answered(frame, rows, self._history(span, rows.count))
        passed_over = [] if span.offset else same_meaning(frame.columns, span.name)
        return decided, _unread(rows.problems, span, passed_over)

    def part(self, span_and_part: tuple[Span, Path]) -> Unread:
        """Step 3 for a span, written to a file of its own."""
        span, part = span_and_part
        frame, unread = self.decided(span)
        with whole_part(part, self.work) as unfinished:
            frame.write_parquet(unfinished)
        return unread

    def all_buckets(self) -> list[tuple[str, int]]:
        """The items of step 2."""
        return [(key, number) for key in (*LOOKS, _NAMES) for number in range(self.buckets)]

    def _of(self, key: str) -> Path:
        return self.work / key.replace(" ", "-").casefold()

    def _keep(self, span: Span, key: str, rows: pl.DataFrame, fingerprint: pl.Expr) -> None:
        known = rows.filter(pl.col(key).is_not_null()).with_columns(
            bucket=(fingerprint % self.buckets).cast(pl.Int32)
        )
        size = max(known.height // self.buckets, 1_000)
        name = f"{span.start:015d}.parquet"
        known = known.sort("bucket", maintain_order=True) if self.buckets > 1 else known
        self._pass_on(known, self._of(key), name, size)

    def _pass_on(
        self, frame: pl.DataFrame, folder: Path, name: str, group: int = _ROWS_IN_GROUP
    ) -> None:
        with whole_part(folder / name, self.work) as unfinished:
            frame.write_parquet(unfinished, compression="uncompressed", row_group_size=group)

    def _history(self, span: Span, count: int) -> History:
        inside = pl.col("row").is_between(span.start, span.start + count - 1)
        found = {name: np.zeros(count, dtype=np.int64) for name in History.names()}
        for key in LOOKS:
            rows = _scanned(self._of(key) / "counted").filter(inside).collect()
            at = rows["row"].cast(pl.Int64).to_numpy() - span.start
            for name in rows.drop("row").columns:
                found[name][at] = rows[name].to_numpy()
        return History(**found)


def _scanned(folder: Path) -> pl.LazyFrame:
    """The rows of all files in a folder, whatever signs of a pattern its name has."""
    return pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False)


@contextmanager
def whole_part(part: Path, work: Path) -> Iterator[Path]:
    """A file to write under a name of its own, which then becomes the part: whole or not there."""
    part.parent.mkdir(parents=True, exist_ok=True)
    unfinished = work / f"{uuid.uuid4().hex}.tmp"
    yield unfinished
    unfinished.replace(part)


def all_unread(spans: Iterable[Unread]) -> list[Finding]:
    """The cells that could not be read, the first ones by name."""
    found = list(spans)
    named = [finding for unread in found for finding in unread.named][:LISTED]
    more = sum(unread.count for unread in found) - len(named)
    return named + _rest(more, phrased("cells cannot be read"))


def all_twice(buckets: Iterable[list[tuple[int, str, int]]], place: str) -> list[Finding]:
    """The Return IDs that stand more than once, the first ones by name."""
    found = sorted(item for bucket in buckets for item in bucket)
    remedy = phrased("give each row its own Return ID")
    named = [
        Finding(place, phrased("{name} stands {count} times", name=name, count=n), remedy)
        for _, name, n in found[:LISTED]
    ]
    return named + _rest(len(found) - len(named), phrased("Return IDs stand more than once"))


def _rest(count: int, what: str) -> list[Finding]:
    if count <= 0:
        return []
    return [
        Finding(
            "rows",
            phrased("{count:,} more {what}", count=count, what=what),
            phrased("mend those that are named, then run again"),
        )
    ]


def _twice(names: pl.DataFrame) -> list[tuple[int, str, int]]:
    suspects = names.filter(pl.col(_NAMES).hash().is_duplicated())
    counted = suspects.group_by(_NAMES).agg(pl.col("row").min(), pl.len())
    return counted.filter(pl.col("len") > 1).select("row", _NAMES, "len").rows()


def _unread(problems: Sequence[RowProblem], span: Span, passed_over: Sequence[Finding]) -> Unread:
    named = [
        Finding(
            phrased(
                "{name} row {row} {header}",
                name=span.name,
                row=span.offset + p.row + 1,
                header=p.header,
            ),
            p.problem,
            p.remedy,
        )
        for p in problems[:LISTED]
    ]
    return Unread([*passed_over, *named], len(passed_over) + len(problems))
