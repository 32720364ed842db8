"""What Excel starts: xlwings' unmodified server object, asked over a pipe instead of COM."""

from __future__ import annotations

import asyncio  # noqa: F401 - before the platform is another one
import pickle
import sys
import traceback

import numpy  # noqa: F401, ICN001

import xl_returns.desk.live  # noqa: F401
from tests.support.pywin32 import windows


def main():
    with windows():
        import xlwings  # noqa: PLC0415
        from xlwings.com_server import XLPython  # noqa: PLC0415
    assert xlwings.func.__module__ == "xlwings.udfs", "these must be the real decorators"
    server, requests, replies = XLPython(), sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            module, name, args = pickle.load(requests)
        except EOFError:
            return
        try:
            answer = (True, server.CallUDF(module, name, args))
        except Exception:
            answer = (False, traceback.format_exc())
        pickle.dump(answer, replies)
        replies.flush()


if __name__ == "__main__":
    main()
