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
        lines += _wrapper(function, _row_call(function, place))
    for function in others:
        lines += _wrapper(function, _plain_call(function))
    lines += _policy_tables()
    lines += _descriptions([*of_row, *others], arguments)
    return "\n".join(lines) + "\n"


def _wrapper(function: Function, body: list[str]) -> list[str]:
    name = function.__name__
    return [
        "",
        f"Public Function {name}({_signature(function)}) As Variant",
        f"Attribute {name}.VB_Description = {_quoted(_help(function))}",
        f"Attribute {name}.VB_ProcData.VB_Invoke_Func = {_USER_DEFINED}",
        *(f"    {line}" if line != "failed:" else line for line in body),
        "End Function",
    ]


def _row_call(function: Function, place: int) -> list[str]:
    name, arguments = function.__name__, ", ".join(_names(function))
    return [f'{name} = ReturnsLive.LiveValue("{name}", {place}, {arguments})']


def _plain_call(function: Function) -> list[str]:
    """Arguments that are no ranges of ours may be anything: reading them is under the handler."""
    name, several = function.__name__, _several(function)
    plain = (f"ReturnsLive.Plain({argument})" for argument in _names(function))
    values = "values" if several else f"Array({', '.join(plain)})"
    return [
        *(_spread(several) if several else []),
        "On Error GoTo failed",
        *(_copied(several) if several else []),
        f'{name} = ReturnsLive.CallPlain("{name}", {values})',
        "Exit Function",
        "failed:",
        f"{name} = ReturnsLive.Failure(Err.Description)",
    ]


def _names(function: Function) -> list[str]:
    return list(inspect.signature(function).parameters)


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


def _spread(several: str) -> list[str]:
    return [
        "Dim values() As Variant, i As Long",
        f"ReDim values(LBound({several}) To UBound({several}))",
    ]


def _copied(several: str) -> list[str]:
    return [
        f"For i = LBound({several}) To UBound({several})",
        f"    values(i) = ReturnsLive.Plain({several}(i))",
        "Next i",
    ]


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
        helps = (arguments[name] for name in _names(function))
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
