"""A stand-in for pywin32, so that xlwings' own Windows code can be imported anywhere.

Only what the path of a worksheet function touches is there; all else is a name without a deed.
Values that a test sends follow pywin32: numbers are floats, errors ints, arrays nested tuples,
blanks None, currency a Decimal of four places.
"""

from __future__ import annotations

import ctypes
import sys
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal
from math import isfinite
from types import ModuleType

ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
    "#SPILL!": -2146826243,
}
MISSING = -2147352572
"""What VBA sends for an optional argument that was left out."""
_NAMES = (
    "pythoncom", "pywintypes", "win32api", "win32con", "win32event", "win32gui", "win32process",
    "win32timezone", "win32com", "win32com.client", "win32com.client.dynamic", "win32com.server",
    "win32com.server.dispatcher", "win32com.server.policy", "win32com.server.util",
)  # fmt: skip


class _Nothing:
    """Stands for any class, function or constant."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        return _Nothing()


class _Module(ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (_Nothing,), {})
        setattr(self, name, made)
        return made


def _not_wrapped(value):
    raise TypeError("a plain value, no object of ours")


@contextmanager
def windows():
    """Import xlwings in here, and it takes this for Windows."""
    modules = {name: _Module(name) for name in _NAMES}
    for name, module in modules.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
    modules["pythoncom"].TypeIIDs = defaultdict(lambda: _Nothing)
    modules["pythoncom"].__file__ = "pythoncom.dll"
    for name in ("com_error", "error"):
        setattr(modules["pywintypes"], name, type(name, (Exception,), {}))
    modules["pythoncom"].ole_error = modules["pywintypes"].com_error
    modules["win32com.server.util"].unwrap = _not_wrapped
    sys.modules.update(modules)
    platform, library = sys.platform, ctypes.PyDLL
    sys.platform, ctypes.PyDLL = "win32", lambda _: _Nothing()
    ctypes.windll = ctypes.oledll = _Nothing()
    try:
        yield
    finally:
        sys.platform, ctypes.PyDLL = platform, library


def currency(text):
    """A currency cell read through Value: four places, the rest is lost."""
    return Decimal(text).quantize(Decimal("0.0001"))


def crosses(value):
    """Whether a value crosses into Excel well: text, a finite number, a flag, or an even list.

    pywin32 takes the first item of a tuple for the result, so that only lists are arrays.
    """
    if isinstance(value, list):
        rows = [row for row in value if isinstance(row, list)]
        even = len({len(row) for row in rows}) <= 1 and len(rows) in (0, len(value))
        return bool(value) and even and all(map(crosses, value))
    if type(value) is float:
        return isfinite(value)
    return value is None or type(value) in (str, bool)
