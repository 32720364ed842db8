import pytest

from tests.books.helpers import openpyxl_book, rich_book


@pytest.fixture
def book(tmp_path):
    return rich_book(tmp_path / "Returns.xlsx")


@pytest.fixture
def other_book(tmp_path):
    return openpyxl_book(tmp_path / "Other.xlsx")
