"""Let every system call of a save go wrong, one at a time, and look at the seller's file after each.

python -m scripts.try_faults            all of it, some minutes
python -m scripts.try_faults --sample   a few of each kind, some seconds; also --only PART

A child process is killed before, midway in and after each call on the folder, or the call fails
for want of space and the like. After each the workbook must be the old or the new file, byte for
byte, and the next run must clear up, say what happened, and end with the bytes of a run that nobody
disturbed. POSIX only. Exit code 1 when something is not so.
"""

from __future__ import annotations

import argparse
import datetime as dt
import errno
import hashlib
import logging
import multiprocessing
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from tests.support.faults import ERRORS, KILLS, READS, Ended, Faults, in_a_child
from xl_returns.books.build import build
from xl_returns.books.save import backup_path
from xl_returns.books.workbook import Workbook
from xl_returns.desk.process import process, process_book

DAY: Final = dt.date(2026, 11, 23)
ROW: Final = {
    "Return ID": "R1",
    "Channel": "MFN",
    "Marketplace": "US",
    "Quantity": 1,
    "Unit Paid": 20,
    "Status": "Requested",
}
EARLIER: Final = b"an earlier backup"
FORK: Final = multiprocessing.get_context("fork")
"""Only processes that have decided nothing yet are forked to decide: numpy and HiGHS have threads."""
SPACE: Final = 2 << 20
NOBODY: Final = 65534
MEGABYTE: Final = 1 << 20
ABORTED: Final = f"crashed with {-signal.SIGABRT}"
"""Polars ends a process to which it cannot give memory: no worse than a kill."""
Contents = dict[str, bytes]


@dataclass
class Tally:
    """What was tried, how it ended, and what was not as it must be."""

    tried: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def check(self, holds: object, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.wrong.append(what)

    def lines(self) -> Iterator[str]:
        """The report."""
        for name, count in sorted(self.tried.items()):
            yield f"{count:>7,}  {name}"
        yield f"{self.tried.total():>7,}  in all, {len(self.wrong):,} not as they must be"
        yield from self.wrong[:20]


@dataclass(frozen=True)
class Case:
    """A way to save: what lies in the folder before, and where the result goes."""

    name: str
    before: Contents
    out: str = "Returns.xlsx"
    links: bool = True


def contents(folder: Path) -> Contents:
    """All files of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def lay_out(folder: Path, files: Contents) -> None:
    """Make a folder hold exactly these files, all of the same age; none of them a link."""
    for path in folder.iterdir():
        path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
        os.utime(folder / name, ns=(0, 0))


class Trial:
    """One way to save, tried with every fault."""

    def __init__(self, folder: Path, case: Case, tally: Tally) -> None:
        self.folder, self.case, self.tally = folder, case, tally
        self.out = folder / case.out
        self._seen: dict[tuple[tuple[str, str], ...], bool] = {}
        lay_out(folder, case.before)
        self._saver, theirs = FORK.Pipe()
        FORK.Process(target=self._serve, args=(theirs,), daemon=True).start()
        self.calls = self.run(-1, "").calls
        self.after = contents(folder)

    def _serve(self, pipe: Connection) -> None:
        """Process once, then save again and again, each time in a child of its own."""
        book = Workbook.open(self.folder / "Returns.xlsx")
        process(book, DAY)
        if not self.case.links:
            os.link = _no_links
        while True:
            at, how = pipe.recv()
            pipe.send(in_a_child(lambda: str(book.save(self.out)), Faults(self.folder, at, how)))

    def run(self, at: int, how: str) -> Ended:
        """Save what was processed, with a fault."""
        self._saver.send((at, how))
        ended: Ended = self._saver.recv()
        return ended

    def inject(self, at: int, how: str) -> None:
        """Let one call go wrong, then look, then run again."""
        lay_out(self.folder, self.case.before)
        ended = self.run(at, how)
        what = f"{self.case.name}, call {at} ({self.calls[at]}) {how}"
        self.tally.tried[f"{self.case.name}: {how}"] += 1
        found = contents(self.folder)
        self._look(found, ended, how, what)
        self._run_again(found, what)

    def _look(self, found: Contents, ended: Ended, how: str, what: str) -> None:
        check, old = self.tally.check, self.case.before
        for name in (self.out.name, "Returns.xlsx", backup_path(self.out).name):
            allowed = (old.get(name), self.after.get(name))
            check(found.get(name) in allowed, f"{what}: {name} is neither the old nor the new")
        strange = found.keys() - old.keys() - self.after.keys()
        check(all(n.startswith(".xl-returns-") for n in strange), f"{what}: {strange}")
        check(ended.how in ("killed" if how in KILLS else "refused", "done"), f"{what}: {ended}")
        if ended.how == "refused":
            self.tally.told.add(ended.told)
            check(". " not in ended.told.replace("...", ""), f"{what}: {ended.told}")
            same = found.get(self.out.name) == old.get(self.out.name)
            check(same or "it is saved" in ended.told, f"{what}: saved, and yet {ended.told}")

    def _run_again(self, found: Contents, what: str) -> None:
        """The next run, once for each state in which the folder can be."""
        state = tuple((re.sub("-[0-9a-f]{12}.*", "", n), _hash(n, found[n])) for n in found)
        if state in self._seen:
            return
        self._seen[state] = True
        ended = in_a_child(self._next)
        self.tally.tried["next runs, one for each state that was left"] += 1
        self.tally.check(ended.how == "done", f"{what}: the next run {ended}")
        now = contents(self.folder)
        wanted = self.after.keys() | {self.out.name, backup_path(self.out).name} & now.keys()
        self.tally.check(now.keys() == wanted, f"{what}: the next run leaves {sorted(now)}")
        same = now.get(self.out.name) == self.after[self.out.name]
        self.tally.check(same, f"{what}: the next run ends with another file")
        traces = [data for name, data in found.items() if name.startswith(".xl-returns-")]
        if any(traces) or len(traces) > 1:
            self.tally.check("was stopped" in ended.told, f"{what}: nobody says what happened")

    def _next(self) -> str:
        log = _Kept()
        logging.getLogger("xl_returns").addHandler(log)
        out = None if self.out.name == "Returns.xlsx" else self.out
        process_book(self.folder / "Returns.xlsx", DAY, out)
        return "\n".join(log.told)


class _Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text of a record."""
        self.told.append(record.getMessage())


def _hash(name: str, data: bytes) -> str:
    """What a file holds; of a mark only whether it holds anything: it names the time."""
    return str(bool(data)) if name.endswith(".lock") else hashlib.sha256(data).hexdigest()


def _no_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "no links here")


def sampled(calls: Sequence[str], sample: bool) -> Iterator[int]:
    """The calls to try: all, or some of each kind, the first and the last among them."""
    for kind in dict.fromkeys(calls):
        places = [at for at, name in enumerate(calls) if name == kind]
        step = max(1, len(places) // 2) if sample else 1
        yield from sorted({*places[::step], places[-1]})


def saves(folder: Path, tally: Tally, sample: bool) -> None:
    """Every call of a save, in each way to save."""
    book = built(folder)
    cases = [
        Case("in place", {"Returns.xlsx": book}),
        Case("with a backup", {"Returns.xlsx": book, "Returns.backup.xlsx": EARLIER}),
        Case("no hard links", {"Returns.xlsx": book, "Returns.backup.xlsx": EARLIER}, links=False),
        Case("to a new file", {"Returns.xlsx": book}, "Out.xlsx"),
        Case("over a file", {"Returns.xlsx": book, "Out.xlsx": EARLIER}, "Out.xlsx"),
    ]
    for case in cases[2:3] if sample else cases:
        trial = Trial(folder, case, tally)
        for at in sampled(trial.calls, sample):
            for how in ways(trial.calls[at], at):
                trial.inject(at, how)


def ways(name: str, at: int) -> Sequence[str]:
    """How a call is to go wrong: in every way, but of the many that only read, in one way each."""
    if name == "write":
        return KILLS + ERRORS
    return KILLS[::2] + ERRORS if name not in READS else (KILLS[:1] + ERRORS)[at % 6 :: 6]


def processed(book: Path, day: dt.date = DAY) -> Ended:
    """Process a workbook in a child."""
    return in_a_child(lambda: str(process_book(book, day)))


def built(folder: Path) -> bytes:
    """A small workbook."""
    build(folder / "Returns.xlsx", [ROW])
    return (folder / "Returns.xlsx").read_bytes()


def reads(folder: Path, tally: Tally, sample: bool) -> None:
    """Every third call of `process` before it saves, failing: a sentence, and the file as it was."""
    files = {"Returns.xlsx": built(folder)}
    book = folder / "Returns.xlsx"

    def work() -> str:
        return str(process_book(book, DAY, dry_run=True))

    calls = in_a_child(work, Faults(folder)).calls
    for at in range(0, len(calls), len(calls) // 4 if sample else 3):
        lay_out(folder, files)
        ended = in_a_child(work, Faults(folder, at, ERRORS[at % len(ERRORS)]))
        tally.tried["while reading: a call fails"] += 1
        what = f"reading, call {at} ({calls[at]})"
        tally.check(ended.how in ("refused", "done"), f"{what}: {ended}")
        tally.check(contents(folder) == files, f"{what}: the folder is another")


def memory(folder: Path, tally: Tally, sample: bool) -> None:
    """Less and less memory: the file is the old or the new one, and nothing but want is reported."""
    build(folder / "Returns.xlsx", [{**ROW, "Return ID": f"R{n}"} for n in range(3000)])
    files = contents(folder)
    processed(folder / "Returns.xlsx")
    new = contents(folder)
    for spare in range(0, 200, 60 if sample else 5):
        lay_out(folder, files)
        ended = in_a_child(lambda spare=spare: _with_little(folder / "Returns.xlsx", spare))
        how = ended.told if ended.how == "done" else ended.how
        tally.tried[f"little memory: {how}"] += 1
        found = contents(folder)
        tally.check(found in (files, new), f"{spare} MB to spare: {sorted(found)}")
        tally.check(how in ("MemoryError", "written", ABORTED), f"{spare} MB to spare: {ended}")


def _with_little(book: Path, spare: int) -> str:
    """Process a workbook with so many megabytes more than the process has now."""
    size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + spare * MEGABYTE, -1))
    try:
        process_book(book, DAY)
    except MemoryError:
        resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
        return "MemoryError"
    return "written"


def full_disks(folder: Path, tally: Tally, sample: bool) -> None:
    """A small disk that is nearly full, with a little more room each time."""
    if not _mounted(folder, "tmpfs", f"size={SPACE}"):
        return
    try:
        _fill(folder, tally, sample)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(room: Path, tally: Tally, sample: bool) -> None:
    old = built(room)
    processed(room / "Returns.xlsx")
    new = (room / "Returns.xlsx").read_bytes()
    page = os.sysconf("SC_PAGE_SIZE")
    for free in range(0, len(new) + 8 * page, page * (12 if sample else 1)):
        lay_out(room, {"Returns.xlsx": old})
        filled = SPACE - len(old) // page * page - page - free
        (room / "other").write_bytes(bytes(max(0, filled)))
        ended = processed(room / "Returns.xlsx")
        tally.tried["a full disk, a page more room each time"] += 1
        found = contents(room)
        del found["other"]
        tally.check(ended.how in ("refused", "done"), f"{free} bytes free: {ended}")
        if ended.how == "refused":
            tally.told.add(ended.told)
            tally.check(found == {"Returns.xlsx": old}, f"{free} free: {sorted(found)}")
        else:
            tally.check(found["Returns.xlsx"] == new, f"{free} free: another file")


def rights(folder: Path, tally: Tally, _: bool) -> None:
    """A file that is read-only, a folder that is, and a disk that is: a sentence each."""
    old = {"Returns.xlsx": built(folder)}
    book = folder / "Returns.xlsx"
    book.chmod(0o444)
    _refused(tally, "a file marked as read-only", lambda: process_book(book, DAY))
    book.chmod(0o666)
    folder.chmod(0o555)
    _refused(tally, "a folder that one may not write", lambda: _as_nobody(book))
    folder.chmod(0o700)
    tally.check(contents(folder) == old, f"read-only: {sorted(contents(folder))}")
    if not _mounted(folder, "tmpfs", "size=4m"):
        return
    try:
        book.write_bytes(old["Returns.xlsx"])
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        _refused(tally, "a disk that is read-only", lambda: process_book(book, DAY))
        tally.check(contents(folder) == old, f"read-only disk: {sorted(contents(folder))}")
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _refused(tally: Tally, what: str, work: Callable[[], object]) -> None:
    ended = in_a_child(lambda: str(work()))
    tally.tried[what] += 1
    tally.told.add(ended.told)
    tally.check(ended.how == "refused", f"{what}: {ended}")


def _as_nobody(book: Path) -> object:
    """Process as a user whom root's rights do not help; once before, for all that is to import."""
    process_book(book, DAY, dry_run=True)
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    return process_book(book, DAY)


def _mounted(folder: Path, kind: str, options: str) -> bool:
    """Mount a small disk of its own over a folder; says so when only root could."""
    command = ["mount", "-t", kind, "-o", options, "none", str(folder)]
    there = subprocess.run(command, check=False, capture_output=True).returncode == 0
    if not there:
        print("a disk of its own: skipped, only root can mount a small one")
    return there


def writers(folder: Path, tally: Tally, sample: bool) -> None:
    """Several runs at once on one workbook: one file comes out, whole, and each says how it ended."""
    files = {"Returns.xlsx": built(folder)}
    days = [DAY + dt.timedelta(number) for number in range(4)]
    results = set()
    for day in days:
        lay_out(folder, files)
        processed(folder / "Returns.xlsx", day)
        results.add((folder / "Returns.xlsx").read_bytes())
    for turn in range(2 if sample else 30):
        lay_out(folder, files)
        ended = _at_once(folder, days)
        tally.tried["four writers at once"] += 1
        won = ended.count("done")
        tally.check(won + ended.count("refused") == len(days), f"writers, turn {turn}: {ended}")
        tally.check(won >= 1, f"writers, turn {turn}: nobody wrote")
        found = contents(folder)
        tally.check(won > 1 or found["Returns.xlsx"] in results, f"writers, turn {turn}: a mixture")
        tally.check(
            found.keys() == {"Returns.xlsx", "Returns.backup.xlsx"},
            f"writers, turn {turn}: {sorted(found)}",
        )


def _at_once(folder: Path, days: Sequence[dt.date]) -> list[str]:
    """How children ended that all begin at one moment."""
    start = time.monotonic() + 0.3
    children = []
    for day in days:
        child = os.fork()
        if not child:
            time.sleep(max(0.0, start - time.monotonic()))
            how = processed(folder / "Returns.xlsx", day).how
            os._exit({"done": 0, "refused": 3}.get(how, 4))
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return [{0: "done", 3: "refused"}.get(code, "crashed") for code in codes]


PARTS: Final[dict[str, Callable[[Path, Tally, bool], None]]] = {
    "saves": saves,
    "reads": reads,
    "writers": writers,
    "disk": full_disks,
    "rights": rights,
    "memory": memory,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the faults and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", choices=PARTS, help="may be given again")
    parser.add_argument("--sample", action="store_true", help="a few of each kind")
    asked = parser.parse_args(arguments)
    tally = Tally()
    for name in asked.only or PARTS:
        folder = Path(tempfile.mkdtemp(prefix="faults-"))
        PARTS[name](folder, tally, asked.sample)
        shutil.rmtree(folder)
        print(f"{name}: {tally.tried.total():,} tried so far", flush=True)
    print("\n".join(tally.lines()))
    print("What was told when it could not be saved:", *sorted(tally.told), sep="\n  ")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
