"""Deflate streams and checksums, with isal where it is installed."""

from __future__ import annotations

import contextlib
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, Final

from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased

_engine: Any
try:
    from isal import isal_zlib as _engine
except ImportError:  # pragma: no cover - the standard library does the same, slower
    _engine = zlib

crc32: Final[Callable[[bytes, int], int]] = _engine.crc32
ERRORS: Final[tuple[type[Exception], ...]] = (zlib.error, _engine.error)
_PIECE: Final = 1 << 20
_AHEAD: Final = 4
_IN_MEMORY: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Deflated:
    """A member's new content, compressed, with what the zip directory says about it.

    It lies in a waiting file.
    """

    file: IO[bytes]
    packed: int
    size: int
    crc: int

    def pieces(self) -> Iterator[bytes]:
        """The compressed bytes."""
        for at in range(0, self.packed, _PIECE):
            self.file.seek(at)
            yield self.file.read(_PIECE)

    def inflated(self) -> Iterator[bytes]:
        """The content again, in pieces."""
        return inflate(self.pieces())


def waiting_file() -> IO[bytes]:
    """A file that nobody else sees and that goes with its last user; on disk once it is large."""
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


@contextlib.contextmanager
def room_for(place: str) -> Iterator[None]:
    """Turn what keeps waiting files from being written into a Refusal."""
    try:
        yield
    except OSError as error:
        raise Refusal(
            place,
            phrased(
                "there is no room for unfinished work in {folder} ({strerror})",
                folder=tempfile.gettempdir(),
                strerror=error.strerror,
            ),
            phrased("free some space there and start again"),
        ) from error


def inflate(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The inflated bytes of a raw deflate stream, never more than 1 MiB at once."""
    engine = _engine.decompressobj(-15)
    for piece in pieces:
        waiting = piece
        while waiting:
            yield engine.decompress(waiting, _PIECE)
            waiting = engine.unconsumed_tail
    yield engine.flush()
    if not engine.eof:
        raise zlib.error("the stream ends early")


def deflate(pieces: Iterable[bytes]) -> Deflated:
    """Compress while the next pieces are still being made: a second thread does the work."""
    engine = _engine.compressobj(1, zlib.DEFLATED, -15)
    file = waiting_file()
    waiting: list[Future[bytes]] = []
    size = crc = 0
    with ThreadPoolExecutor(1) as pool:
        for piece in pieces:
            size += len(piece)
            crc = crc32(piece, crc)
            waiting.append(_started(pool, engine.compress, piece))
            if len(waiting) > _AHEAD:
                file.write(waiting.pop(0).result())
        file.writelines(future.result() for future in waiting)
    file.write(engine.flush())
    return Deflated(file, file.tell(), size, crc)


def _started(
    pool: ThreadPoolExecutor, compress: Callable[[bytes], bytes], piece: bytes
) -> Future[bytes]:
    try:
        return pool.submit(compress, piece)
    except RuntimeError as error:  # "can't start new thread": its stack finds no room
        raise MemoryError from error
