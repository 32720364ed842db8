"""Packages: what they hold, and the same with other parts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path


def members(package):
    """What a package, a path or its bytes, holds; reading a member checks its checksum."""
    with zipfile.ZipFile(package if isinstance(package, Path) else io.BytesIO(package)) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


def package(content, method=zipfile.ZIP_DEFLATED):
    """The bytes of a package of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, data in content.items():
            file.writestr(name, data)
    return made.getvalue()


def rewrite(path, change):
    """The file with some members replaced; a function is given the old bytes, None drops one."""
    content = {**members(path)}
    for name, new in change.items():
        content[name] = new(content[name]) if callable(new) else new
    path.write_bytes(package({name: data for name, data in content.items() if data is not None}))
    return path
