"""Putting a changed package in the place of the old file, never leaving anything half done."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xl_returns.books.package import Package
from xl_returns.core.findings import Refusal

_PREFIX: Final = ".xl-returns-"
_SUFFIX: Final = ".tmp"
_OLD: Final = 3600.0


def check_not_open(path: Path) -> None:
    """Refuse while Excel or LibreOffice has the file open."""
    for host, lock in (("Excel", f"~${path.name}"), ("LibreOffice", f".~lock.{path.name}#")):
        if (path.parent / lock).exists():
            raise Refusal(
                path.name,
                f"it is open in {host}",
                f"close it there; if it is not open anywhere, delete the file {lock} beside it",
            )


def save(package: Package, target: Path) -> None:
    """Write the package to `target`; a file that was there stays as a backup beside it."""
    try:
        _remove_leftovers(target.parent)
        check_not_open(target)
        _check_unchanged(package)
        with _temporary(target.parent) as temporary:
            _write(package, temporary)
            _verify(package, temporary)
            _copy_mode(target if target.exists() else package.path, temporary)
            _back_up(target)
            _check_unchanged(package)
            os.replace(temporary, target)  # noqa: PTH105 - the one step that must be atomic
        _sync_folder(target.parent)
    except PermissionError as error:
        raise Refusal(
            target.name,
            "it cannot be replaced: it is open in another program, or you may not write there",
            "close it in Excel, check the rights of the file and its folder, and start again",
        ) from error
    except OSError as error:
        raise Refusal(
            target.name,
            f"it could not be saved ({error.strerror or error}); the old file is as it was",
            "free some space or choose another folder, and start again",
        ) from error


def backup_path(path: Path) -> Path:
    """Where the previous file is kept: `Returns.backup.xlsm` beside `Returns.xlsm`."""
    return path.with_name(f"{path.stem}.backup{path.suffix}")


def _check_unchanged(package: Package) -> None:
    if not package.unchanged_on_disk():
        raise package.changed_meanwhile()


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    """A file name in the folder that is gone afterwards, whatever happens."""
    handle, name = tempfile.mkstemp(_SUFFIX, _PREFIX, folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _write(package: Package, temporary: Path) -> None:
    with temporary.open("wb") as out:
        package.write(out)
        out.flush()
        os.fsync(out.fileno())


def _verify(package: Package, temporary: Path) -> None:
    """Read what was written: all members there, and the new ones whole."""
    written = Package(temporary)
    if written.names != package.names:
        raise OSError("what was written does not read back")
    for name, new in package.changed.items():
        if sum(map(len, written.chunks(name))) != new.size:
            raise OSError("what was written does not read back")


def _copy_mode(source: Path, temporary: Path) -> None:
    with contextlib.suppress(OSError):
        shutil.copymode(source, temporary)


def _back_up(path: Path) -> None:
    """Keep the previous file under its backup name; the file itself is there at every moment."""
    if not path.exists():
        return
    with _temporary(path.parent) as copy:
        copy.unlink()
        try:
            os.link(path, copy)
        except OSError:
            shutil.copy2(path, copy)
        os.replace(copy, backup_path(path))  # noqa: PTH105


def _remove_leftovers(folder: Path) -> None:
    """Remove what a run that was killed left behind more than an hour ago."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _OLD:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name last, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
