"""The VBA module `xlwings_udfs`: one thin wrapper for each worksheet function in Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from xl_returns.core import sheets

MODULE: Final = "xlwings_udfs"
"""`Import Functions` of xlwings replaces the module of this name, and no other."""
_LONGEST_HELP: Final = 255
_USER_DEFINED: Final = r'" \n14"'

Function = Callable[..., Any]


def wrappers(
    of_row: Sequence[Function], others: Sequence[Function], arguments: Mapping[str, str]
) -> str:
    """The module's text: `of_row` share one call a table, `others` call Python each by itself.

    `arguments` is the help of each argument by its name.
    """
    lines = [
        f'Attribute VB_Name = "{MODULE}"',
        "' Generated from xl_returns/functions.py by scripts/build_workbook.py; do not edit.",
        "Option Explicit",
    ]
    for place, function in enumerate(of_row, 1):
        names = list(inspect.signature(function).parameters)
        lines += _wrapper(
            function, f'ReturnsLive.LiveValue("{function.__name__}", {place}, {", ".join(names)})'
        )
    for function in others:
        lines += _wrapper(function, _plain_call(function))
    lines += _policy_tables()
    lines += _descriptions([*of_row, *others], arguments)
    return "\n".join(lines) + "\n"


def _wrapper(function: Function, call: str) -> list[str]:
    name = function.__name__
    return [
        "",
        f"Public Function {name}({_signature(function)}) As Variant",
        f"Attribute {name}.VB_Description = {_quoted(_help(function))}",
        f"Attribute {name}.VB_ProcData.VB_Invoke_Func = {_USER_DEFINED}",
        *(f"    {line}" for line in _spread(function)),
        f"    {name} = {call}",
        "End Function",
    ]


def _signature(function: Function) -> str:
    return ", ".join(map(_parameter, inspect.signature(function).parameters.values()))


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return f"ParamArray {parameter.name}() As Variant"
    optional = "" if parameter.default is inspect.Parameter.empty else "Optional "
    return f"{optional}ByRef {parameter.name} As Variant"


def _several(function: Function) -> str | None:
    """The name of a function's variable arguments, if it has them."""
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            return parameter.name
    return None


def _spread(function: Function) -> list[str]:
    several = _several(function)
    if several is None:
        return []
    return [
        "Dim values() As Variant, i As Long",
        f"ReDim values(LBound({several}) To UBound({several}))",
        f"For i = LBound({several}) To UBound({several})",
        f"    values(i) = ReturnsLive.Plain({several}(i))",
        "Next i",
    ]


def _plain_call(function: Function) -> str:
    plain = (f"ReturnsLive.Plain({name})" for name in inspect.signature(function).parameters)
    values = "values" if _several(function) else f"Array({', '.join(plain)})"
    return f'ReturnsLive.CallPlain("{function.__name__}", {values})'


def _policy_tables() -> list[str]:
    names = ", ".join(_quoted(sheet.table) for sheet in sheets.POLICY)
    return [
        "",
        "Public Function PolicyTables() As Variant",
        f"    PolicyTables = Array({names})",
        "End Function",
    ]


def _descriptions(functions: Sequence[Function], arguments: Mapping[str, str]) -> list[str]:
    lines = ["", "' Help for the function wizard; Excel forgets it when the workbook closes."]
    lines.append("Public Sub DescribeFunctions()")
    for function in functions:
        helps = (arguments[name] for name in inspect.signature(function).parameters)
        told = ", ".join(_quoted(text[:_LONGEST_HELP]) for text in helps)
        lines.append(
            f"    Application.MacroOptions Macro:={_quoted(function.__name__)}, "
            f"Description:={_quoted(_help(function))}, Category:=14, "
            f"ArgumentDescriptions:=Array({told})"
        )
    return [*lines, "End Sub"]


def _help(function: Function) -> str:
    return " ".join((function.__doc__ or "").split())[:_LONGEST_HELP]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
