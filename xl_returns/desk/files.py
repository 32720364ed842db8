"""Files beside workbooks: whole or as they were before, and no text in them is a formula."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from xl_returns.books.cells import Value
from xl_returns.core.findings import Refusal
from xl_returns.core.language import phrased

FORMULA_STARTS: Final = frozenset("=+-@\t\r\n＝＋－＠")
_NUMBER: Final = re.compile(r"[+-]?[0-9.,]+%?")


def harmless(value: Value) -> Value:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay."""
    if not isinstance(value, str) or value[:1] not in FORMULA_STARTS or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def write_text_files(
    folder: Path,
    texts: Mapping[Path, str | bytes],
    tables: Mapping[str, Sequence[Sequence[str]]],
) -> list[Path]:
    """Write texts, and tables as CSV files into a folder; what else lies there stays.

    Each file is whole, or what it was before. Text gets the mark by which Windows knows UTF-8, bytes
    stay as they are; in CSV no text is a formula. Gives the files that stand in the folder itself,
    and the folders below it. Raises Refusal.
    """
    contents = dict(texts)
    for name, rows in tables.items():
        made = io.StringIO()
        csv.writer(made).writerows([harmless(cell) for cell in row] for row in rows)
        contents[folder / name] = made.getvalue()
    with written_to(str(folder)):
        for path, text in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            data = text.encode("utf-8-sig", "replace") if isinstance(text, str) else text
            with replaced(path, path.with_name(f".{uuid.uuid4().hex}.part")) as unfinished:
                unfinished.write_bytes(data)
    return list(dict.fromkeys(p if p.parent == folder else p.parent for p in contents))


@contextmanager
def written_to(place: str, remedy: str = "") -> Iterator[None]:
    """Turn what the system does not let be written into a Refusal."""
    try:
        yield
    except OSError as error:
        raise Refusal(
            place,
            phrased("cannot be written ({strerror})", strerror=error.strerror),
            remedy or phrased("check the folder"),
        ) from error


@contextmanager
def replaced(path: Path, unfinished: Path) -> Iterator[Path]:
    """An unfinished file that takes the place of another if nothing goes wrong."""
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
