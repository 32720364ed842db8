"""Faults in the system calls of a child process: each call is counted, and one goes wrong.

The functions of `os`, `fcntl` and the raw files of `io` are wrapped, for paths in one folder only.
POSIX only: the child is a fork.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

KILLS: Final = ("killed before", "killed midway", "killed after")
ERRORS: Final = ("ENOSPC", "EIO", "EACCES", "EROFS", "EMFILE")
_BY_PATH: Final = (
    *("open", "stat", "lstat", "chmod", "utime", "scandir", "listdir"),
    *("unlink", "remove", "link", "rename", "replace", "mkdir", "rmdir"),
)
_BY_NUMBER: Final = ("fsync", "ftruncate", "sendfile")
READS: Final = frozenset(
    (
        *("stat", "lstat", "scandir", "listdir", "open to read", "close what was read"),
        *("read", "readinto", "readall"),
    )
)
"""Calls that change nothing: killed after one of them is killed before the next."""
_LONGEST: Final = 60


@dataclass
class Faults:
    """Counts the calls on a folder; the one numbered `at` goes wrong in the way of `how`."""

    folder: Path
    at: int = -1
    how: str = ""
    calls: list[str] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)

    def install(self) -> None:
        """Wrap the functions of this process, for good."""
        for name in _BY_PATH:
            setattr(os, name, self._wrapped(name, getattr(os, name), self._is_path))
        for name in _BY_NUMBER:
            setattr(os, name, self._wrapped(name, getattr(os, name), self._is_number))
        fcntl.flock = self._wrapped("flock", fcntl.flock, lambda file: True)
        io.open = builtins.open = self._opening(builtins.open)

    def _is_path(self, path: object) -> bool:
        return isinstance(path, str | os.PathLike) and str(path).startswith(str(self.folder))

    def _is_number(self, number: object) -> bool:
        return number in self.numbers

    def _wrapped(
        self, name: str, real: Callable[..., Any], ours: Callable[[object], bool]
    ) -> Callable[..., Any]:
        def call(first: Any, *more: Any, **options: Any) -> Any:
            if not ours(first):
                return real(first, *more, **options)
            result = self.call(name, lambda: real(first, *more, **options))
            if name == "open":
                self.numbers.add(result)
            return result

        return call

    def _opening(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **rest: Any) -> Any:
            if "b" not in mode or not self._is_path(file):
                return real(file, mode, buffering, *more, **rest)
            name = "open to read" if mode == "rb" else "open"
            raw = self.call(name, lambda: _Raw(self, str(file), mode.replace("b", "")))
            if not buffering:
                return raw
            if "+" in mode:
                return io.BufferedRandom(raw, raw._blksize)
            return (io.BufferedReader if "r" in mode else io.BufferedWriter)(raw, raw._blksize)

        return call

    def call(
        self, name: str, real: Callable[[], Any], half: Callable[[], object] | None = None
    ) -> Any:
        """One system call, which is the one to go wrong or not."""
        here = len(self.calls) == self.at
        self.calls.append(name)
        if not here:
            return real()
        if self.how in ERRORS:
            if name.startswith("close"):
                real()
            number = getattr(errno, self.how)
            raise OSError(number, os.strerror(number))
        if self.how != "killed before":
            (half if half and self.how == "killed midway" else real)()
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("still alive")


class _Raw(io.FileIO):
    """A raw file whose calls are counted."""

    def __init__(self, faults: Faults, file: str, mode: str) -> None:
        self._faults = faults
        super().__init__(file, mode)
        faults.numbers.add(self.fileno())

    def write(self, data: Any) -> int:
        """Write; midway means half of it."""
        real = super().write
        half = memoryview(data)[: len(data) // 2]
        return int(self._faults.call("write", lambda: real(data), lambda: real(half)))

    def read(self, size: int | None = -1) -> Any:
        real = super().read
        return self._faults.call("read", lambda: real(size))

    def readinto(self, buffer: Any) -> Any:
        real = super().readinto
        return self._faults.call("readinto", lambda: real(buffer))

    def readall(self) -> Any:
        real = super().readall
        return self._faults.call("readall", real)

    def truncate(self, size: int | None = None) -> Any:
        real = super().truncate
        return self._faults.call("truncate", lambda: real(size))

    def close(self) -> None:
        real = super().close
        if self.closed:
            return
        self._faults.numbers.discard(self.fileno())
        self._faults.call("close" if self.writable() else "close what was read", real)


@dataclass(frozen=True)
class Ended:
    """How a child ended: `killed`, `done`, `refused` or `crashed`, and what it told."""

    how: str
    told: str = ""
    calls: tuple[str, ...] = ()


def in_a_child(work: Callable[[], str], faults: Faults | None = None) -> Ended:
    """Run work in a forked child, with faults; work gives what it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _report(writing, work, faults)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        report = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        return Ended("killed" if status == -signal.SIGKILL else f"crashed with {status}")
    how, told, calls = json.loads(report)
    return Ended(how, told, tuple(calls))


def _report(writing: int, work: Callable[[], str], faults: Faults | None) -> None:
    signal.alarm(_LONGEST)
    if faults:
        faults.install()
    try:
        how, told = "done", work()
    except Exception as error:
        how = "refused" if type(error).__name__ in ("Refusal", "Busy") else "crashed"
        told = str(error) if how == "refused" else traceback.format_exc()
    report = json.dumps([how, told, faults.calls if faults else []])
    os.write(writing, report.encode())
    sys.stdout.flush()
    os._exit(0)
