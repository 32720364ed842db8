"""The members of a finished package, made over."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping


def made_over(
    package: bytes, change: Callable[[str, bytes], bytes], added: Mapping[str, bytes]
) -> bytes:
    """A package whose members went through `change`, by name and content, with others added."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            data = change(entry.filename, old.read(entry))
            new.writestr(entry, data, zipfile.ZIP_DEFLATED)
        for name, data in added.items():
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
