"""Settings of all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

from xl_returns.core.language import ENGLISH, speak

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    """Every test begins in English, whatever the computer and the workbook before spoke."""
    monkeypatch.setenv("XL_RETURNS_LANG", ENGLISH)
    speak(ENGLISH)
