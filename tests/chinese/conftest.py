from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.days import TODAY
from xl_returns.books.build import build
from xl_returns.books.build.page import Tongue
from xl_returns.desk.intake import import_reports
from xl_returns.desk.process import process_book

SAMPLES = sorted(Path(str(files("xl_returns") / "samples")).glob("*.*"))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """A workbook without rows in each language."""
    folder = tmp_path_factory.mktemp("fresh")
    made = {language: folder / f"{language}.xlsx" for language in ("en", "zh")}
    for language, path in made.items():
        build(path, tongue=Tongue(language))
    return made


@pytest.fixture(scope="session")
def processed(fresh, tmp_path_factory):
    """The sample reports, imported and processed, in a workbook of each language."""
    folder = tmp_path_factory.mktemp("processed")
    done = {}
    for language, path in fresh.items():
        book = folder / f"{language}.xlsx"
        book.write_bytes(path.read_bytes())
        import_reports(SAMPLES, book, TODAY)
        process_book(book, TODAY)
        done[language] = book
    return done
