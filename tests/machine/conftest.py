"""A real environment for Excel's Python, made once."""

from __future__ import annotations

import shutil

import pytest

from xl_returns.machine import setup


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "venv"
    setup._make(folder)
    return folder


@pytest.fixture
def environment(made, tmp_path):
    """An environment as it is before anything is installed into it."""
    return shutil.copytree(made, tmp_path / "venv", symlinks=True)
