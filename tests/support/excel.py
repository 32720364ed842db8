"""Worksheet functions called the way VBA calls them."""

from __future__ import annotations

import pickle
import subprocess
import sys

from tests.support.pywin32 import crosses


class FunctionError(Exception):
    """What the function raised, as VBA would get it."""


class Excel:
    """A process that serves worksheet functions, as xlwings starts one for each workbook."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.excel_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def call(self, name, *args, module="xl_returns.functions"):
        """What a cell gets. Raises FunctionError, and AssertionError for what cannot cross."""
        pickle.dump((module, name, args), self._process.stdin)
        self._process.stdin.flush()
        worked, answer = pickle.load(self._process.stdout)
        if not worked:
            raise FunctionError(answer)
        assert crosses(answer), f"{answer!r} does not cross into Excel"
        return answer

    def close(self):
        self._process.stdin.close()
        self._process.wait(10)
