"""Build `workbook/ReturnsTracker.xlsx` from its sources."""

from __future__ import annotations

from pathlib import Path

from xl_returns.books.build import build

TARGET = Path(__file__).resolve().parent.parent / "workbook" / "ReturnsTracker.xlsx"

if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    build(TARGET)
    print(TARGET)
