"""The extension, unpacked where a LibreOffice finds it without installing it."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import build_workbook as sources
from xl_returns.books.build import build
from xl_returns.books.build.page import Tongue
from xl_returns.calc.oxt import extension
from xl_returns.machine.libreoffice import engine

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def this_engine():
    """The Python that runs the tests, with this checkout."""
    found = engine(Path(sys.prefix))
    return {**found, "paths": [str(ROOT), *found["paths"]]}


@pytest.fixture
def unpacked(tmp_path, this_engine):
    """A folder of extensions with ours; `other_python` makes its Python one that the office has not."""

    def unpacked(*, other_python=False):
        told = {**this_engine, "version": [0, 0]} if other_python else this_engine
        return unpacked_in(tmp_path, told)

    return unpacked


def unpacked_in(folder, told):
    """A folder of extensions with ours, which is told where its Python is."""
    extensions = folder / "extensions"
    with zipfile.ZipFile(io.BytesIO(extension(told))) as package:
        package.extractall(extensions / "returns")
    return extensions


@pytest.fixture(scope="session")
def live_book():
    """The live edition, as bytes: two returns, not decided yet."""
    return live("en", 1)


@pytest.fixture(scope="session")
def chinese_book():
    """The same in Chinese; one of the returns is of two units."""
    return live("zh", 2)


def live(language, units):
    """The live edition in a language, with a return of so many units and another."""
    target = io.BytesIO()
    row = {
        "Return ID": "R1",
        "Channel": "MFN",
        "Marketplace": "US",
        "Quantity": 1,
        "Unit Paid": 20,
        "Status": "Requested",
        "Reason": "UNWANTED_ITEM",
        "In Policy": "Y",
    }
    modules = [*sources.own_modules(language), *sources.xlwings_modules()]
    rows = [{**row, "Quantity": units}, {**row, "Return ID": "R2", "Unit Paid": 75}]
    build(target, rows, sources.macros(modules, language), tongue=Tongue(language))
    return target.getvalue()
