"""Putting a changed package in the place of the old file, never leaving anything half done."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xl_returns.books.hold import held, temporary
from xl_returns.books.package import Package
from xl_returns.core.findings import Refusal
from xl_returns.core.language import marked, phrased

_SPACE: Final = marked("free some space or choose another folder, and start again")
_REMEDIES: Final = {
    errno.EROFS: marked("copy it to a folder that can be written, and start again there"),
    errno.EIO: marked(
        "check the disk or the network drive, copy the workbook elsewhere, and start again"
    ),
    errno.EMFILE: marked("close other programs and start again"),
    errno.ENFILE: marked("close other programs and start again"),
    errno.ENAMETOOLONG: marked(
        "give it a shorter name, so that a backup finds one too, and start again"
    ),
    errno.ENOENT: marked("check that the folder and the file are still there, and start again"),
}
_WRITABLE: Final = 0o222


def check_not_open(path: Path) -> None:
    """Refuse while Excel or LibreOffice has the file open."""
    for host, lock in (("Excel", f"~${path.name}"), ("LibreOffice", f".~lock.{path.name}#")):
        if os.path.exists(path.parent / lock):  # noqa: PTH110 - Path.exists raises where it may not look
            raise Refusal(
                path.name,
                phrased("it is open in {host}", host=host),
                phrased(
                    "close it there; if it is not open anywhere, delete the file {lock} beside it",
                    lock=lock,
                ),
            )


def save(package: Package, target: Path) -> None:
    """Write the package to `target`; a file that was there stays as a backup beside it."""
    with explained(target), held(target):
        check_not_open(target)
        _check_writable(target)
        _check_unchanged(package)
        with temporary(target) as new:
            _write(package, new)
            _verify(package, new)
            _copy_mode(target if target.exists() else package.path, new)
            _back_up(target)
            _check_unchanged(package)
            os.replace(new, target)  # noqa: PTH105 - the one step that must be atomic
        _sync_folder(target.parent)


def replace_open(package: Package) -> None:
    """Put a package in the place of the file it came from, which its program has open.

    The time of its last change stays: the program asks for it before it saves again.
    """
    path = package.path
    with explained(path), temporary(path) as new:
        _check_unchanged(package)
        times = path.stat()
        _write(package, new)
        _verify(package, new)
        _copy_mode(path, new)
        os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
        os.replace(new, path)  # noqa: PTH105 - the one step that must be atomic


@contextlib.contextmanager
def explained(target: Path) -> Iterator[None]:
    """Turn what the system refuses into what a seller can do about it."""
    try:
        yield
    except PermissionError as error:
        raise Refusal(
            target.name,
            phrased(
                "it cannot be replaced: it is open in another program, or you may not write there"
            ),
            phrased(
                "close it in Excel, check the rights of the file and its folder, and start again"
            ),
        ) from error
    except OSError as error:
        raise Refusal(
            target.name,
            phrased(
                "it could not be saved ({strerror}); the old file is as it was",
                strerror=error.strerror or error,
            ),
            phrased(_REMEDIES.get(error.errno or 0, _SPACE)),
        ) from error


def backup_path(path: Path) -> Path:
    """Where the previous file is kept: `Returns.backup.xlsm` beside `Returns.xlsm`."""
    return path.with_name(f"{path.stem}.backup{path.suffix}")


def _check_unchanged(package: Package) -> None:
    if not package.unchanged_on_disk():
        raise package.changed_meanwhile()


def _check_writable(target: Path) -> None:
    """A file that somebody marked as read-only is not to be replaced, even where the system would."""
    if target.exists() and not target.stat().st_mode & _WRITABLE:
        raise Refusal(
            target.name,
            phrased("it is marked as read-only"),
            phrased("take the mark off, or write another file"),
        )


def _write(package: Package, new: Path) -> None:
    with new.open("wb") as out:
        package.write(out)
        out.flush()
        os.fsync(out.fileno())


def _verify(package: Package, new: Path) -> None:
    """Read what was written: all members there, and the new ones whole."""
    try:
        written = Package(new)
        whole = written.names == package.names and all(
            sum(map(len, written.chunks(name))) == member.size
            for name, member in package.changed.items()
        )
    except Refusal as refusal:
        raise _unreadable(refusal) from refusal
    if not whole:
        raise OSError(phrased("what was written does not read back"))


def _unreadable(refusal: Refusal) -> OSError:
    """Why the new file cannot be read: the system's own word, if it said one."""
    cause = refusal.__cause__
    return (
        cause
        if isinstance(cause, OSError)
        else OSError(phrased("what was written does not read back"))
    )


def _copy_mode(source: Path, new: Path) -> None:
    with contextlib.suppress(OSError):
        shutil.copymode(source, new)


def _back_up(path: Path) -> None:
    """Keep the previous file under its backup name; the file itself is there at every moment."""
    if not path.exists():
        return
    with temporary(path) as copy:
        copy.unlink()
        try:
            os.link(path, copy)
        except OSError:
            _copy(path, copy)
        os.replace(copy, backup_path(path))  # noqa: PTH105


def _copy(path: Path, copy: Path) -> None:
    """Copy a file and wait until the copy is on the disk: the original is replaced soon."""
    shutil.copy2(path, copy)
    with copy.open("r+b") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name last, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
