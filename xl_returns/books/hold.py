"""One run at a time on a workbook, and what a run that was stopped left behind.

While a run works on a workbook, a mark lies beside it, `.xl-returns-<hash>.lock`, which the system
keeps locked for as long as the run lives. A mark that nobody locks is the trace of a run that was
killed, or of a power failure: the next one clears up and says so.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import os
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from xl_returns.core.findings import Finding, Refusal
from xl_returns.core.language import phrased

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PREFIX: Final = ".xl-returns-"
_LOCK: Final = ".lock"
_TEMPORARY: Final = ".tmp"
_OLD: Final = 3600.0
_TRIES: Final = 100
_FAR: Final = 1 << 30  # Windows lets nobody read what is locked, so a byte far away is
_log: Final = logging.getLogger(__name__)


class _Held(threading.local):
    """The workbooks that this thread holds."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()


_held: Final = _Held()


class Busy(Refusal):
    """Another run works on the workbook at this moment."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path.name,
            phrased("another run of xl-returns works on it"),
            phrased("wait until that one is done and start again"),
        )


def real(path: Path) -> Path:
    """The file itself, whatever links lead to it; a link to itself stays what it is."""
    return Path(os.path.realpath(path))


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep other runs from a workbook; may be nested. Raises Busy, and OSError."""
    path = real(path)
    if path in _held.paths:
        yield
        return
    mark, lasts = _locked(path)
    _held.paths.add(path)
    try:
        if lasts:
            _clear(path, mark)
        _clear_old(path.parent)
        _note(path, mark)
        yield
    finally:
        _held.paths.discard(path)
        _release(path, mark)


def settle(path: Path) -> None:
    """Clear up after a run that was stopped, if there was one. Raises Busy."""
    with contextlib.suppress(OSError):
        path = real(path)
        if _mark(path).exists():
            with held(path):
                pass


@contextlib.contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A file name beside a workbook that is gone afterwards, whatever happens."""
    handle, name = tempfile.mkstemp(_TEMPORARY, _stem(path), path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _stem(path: Path) -> str:
    """How the names of our files for a workbook begin; alike where the system sees one name."""
    name = unicodedata.normalize("NFC", path.name).casefold()
    return f"{_PREFIX}{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _mark(path: Path) -> Path:
    return path.with_name(_stem(path) + _LOCK)


def _locked(path: Path) -> tuple[IO[bytes], bool]:
    """The workbook's mark, and whether the system keeps it locked for us. Raises Busy."""
    for _ in range(_TRIES):
        with contextlib.ExitStack() as closing:
            mark = closing.enter_context(_mark(path).open("a+b", buffering=0))
            lasts = _lock(path, mark)
            if _is_in_place(path, mark):
                closing.pop_all()
                return mark, lasts
    raise Busy(path)


def _lock(path: Path, mark: IO[bytes]) -> bool:
    """Lock without waiting; False where the file system knows no locks."""
    try:
        if sys.platform == "win32":
            mark.seek(_FAR)
            msvcrt.locking(mark.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        raise Busy(path) from error
    except OSError:
        return False
    return True


def _is_in_place(path: Path, mark: IO[bytes]) -> bool:
    """Whether the mark is the one beside the workbook, and not one that was removed just now."""
    try:
        return os.path.samestat(os.fstat(mark.fileno()), _mark(path).stat())
    except FileNotFoundError:
        return False


def _release(path: Path, mark: IO[bytes]) -> None:
    """Remove the mark: before the lock ends, but Windows removes no open file."""
    with contextlib.suppress(OSError), mark:
        if sys.platform != "win32":
            _mark(path).unlink()
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            _mark(path).unlink()


def _note(path: Path, mark: IO[bytes]) -> None:
    """Write into the mark when this run began, and with which file."""
    now = dt.datetime.now().astimezone().isoformat(timespec="minutes")
    mark.seek(0)
    mark.truncate()
    mark.write(f"{now} {_stamp(path)}".encode())


def _stamp(path: Path) -> str:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return "none"
    return f"{seen.st_size} {seen.st_mtime_ns}"


def _clear(path: Path, mark: IO[bytes]) -> None:
    """Remove what a run that was stopped left beside a workbook, and say so."""
    mark.seek(0)
    note = mark.read(200).decode("ascii", "replace")
    left = list(path.parent.glob(f"{_stem(path)}*{_TEMPORARY}"))
    for leftover in left:
        with contextlib.suppress(OSError):
            leftover.unlink()
    if note or left:
        _log.warning("%s", _told(path, note))


def _told(path: Path, note: str) -> Finding:
    began, _, before = note.partition(" ")
    if before and before != _stamp(path):
        problem = phrased(
            "a run{when} was stopped after it had saved; the workbook is the new one",
            when=_when(began),
        )
        return Finding(path.name, problem, phrased("its leftovers are cleared up"), "warning")
    problem = phrased(
        "a run{when} was stopped before it had saved; the workbook is the old one",
        when=_when(began),
    )
    remedy = phrased("its leftovers are cleared up; what it was to do is to be done again")
    return Finding(path.name, problem, remedy, "warning")


def _when(began: str) -> str:
    try:
        return phrased(
            " that began on {began:%Y-%m-%d at %H:%M}",
            began=dt.datetime.fromisoformat(began),
        )
    except ValueError:
        return ""


def _clear_old(folder: Path) -> None:
    """Remove what was left behind, for whichever workbook, more than an hour ago."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{_PREFIX}*{_TEMPORARY}"):
            if time.time() - path.stat().st_mtime > _OLD:
                path.unlink()
