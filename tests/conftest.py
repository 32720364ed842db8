"""Settings of all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

from xl_returns.core.language import ENGLISH, speak

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _english():
    """Every test begins in English, whatever the workbook of the one before spoke."""
    speak(ENGLISH)
