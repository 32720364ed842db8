"""The version of the engine: it is recorded with every decision."""

from typing import Final

ENGINE: Final = "0.1.0"
