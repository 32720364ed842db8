"""The desk in a process of its own, for a LibreOffice with another Python: lines of JSON.

`{"call": name, "arguments": [...]}` comes in; `{"answer": ...}` or `{"error": ...}` goes out. While a
job runs, `{"ask": method, "arguments": [...]}` goes out and an `answer` or `error` comes in; before
that may come the calls of formulas that Calc calculates meanwhile.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from xl_returns.calc.engine import answer


class _Port:
    """The document on the other side: any of its methods, asked through the lines."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*arguments: Any) -> Any:
            _send({"ask": name, "arguments": arguments})
            told = _received()
            while "call" in told:
                _answer(told)
                told = _received()
            if "error" in told:
                raise RuntimeError(told["error"])
            return told["answer"]

        return ask


def _answer(asked: Any) -> None:
    _send(answer(asked["call"], asked["arguments"], _Port()))


def _send(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _received() -> Any:
    line = sys.stdin.readline()
    if not line:
        raise SystemExit
    return json.loads(line)


def main() -> None:
    """Answer until LibreOffice ends."""
    while True:
        _answer(_received())


if __name__ == "__main__":
    main()
