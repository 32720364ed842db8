"""Child processes that do one job after the other; one that dies takes only its own job with it.

A ProcessPoolExecutor would not do: when a child of it dies, all its jobs are lost, and nobody
knows which one it was.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
_CONTEXT: Final = multiprocessing.get_context("spawn")


class Died(Exception):
    """The child ended in the middle of a job; carries its exit code, minus the signal's number."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Worker(Generic[Job, Result]):
    """A child process, started when it is needed, and again when it died."""

    def __init__(self, work: Callable[[Job], Result]) -> None:
        self._work = work
        self._child: tuple[SpawnProcess, Connection[Any, Any]] | None = None

    def do(self, job: Job) -> Result:
        """Have one job done. Raises Died."""
        process, pipe = self._child or self._start()
        try:
            pipe.send(job)
            result: Result = pipe.recv()
        except (EOFError, OSError):
            self._child = None
            process.join()
            raise Died(process.exitcode or 0) from None
        return result

    def _start(self) -> tuple[SpawnProcess, Connection[Any, Any]]:
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_serve, args=(self._work, theirs), daemon=True)
        process.start()
        theirs.close()
        self._child = process, ours
        return self._child


def _serve(work: Callable[[Any], object], pipe: Connection[Any, Any]) -> None:
    """Do jobs until the other end is closed, or its process is no more."""
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            pipe.send(work(pipe.recv()))


class Workers(Generic[Job, Result]):
    """Some children for many jobs; `lost` says what becomes of a job whose child died."""

    def __init__(
        self,
        work: Callable[[Job], Result],
        children: int,
        lost: Callable[[Job, Died], Result],
    ) -> None:
        self._lost, self._children = lost, children
        self._idle: SimpleQueue[Worker[Job, Result]] = SimpleQueue()
        for _ in range(children):
            self._idle.put(Worker(work))

    def each(self, jobs: Sequence[Job]) -> Iterator[Result]:
        """The results in the order of the jobs."""
        with ThreadPoolExecutor(self._children) as lanes:
            yield from lanes.map(self._one, jobs)

    def _one(self, job: Job) -> Result:
        worker = self._idle.get()
        try:
            return worker.do(job)
        except Died as died:
            return self._lost(job, died)
        finally:
            self._idle.put(worker)
