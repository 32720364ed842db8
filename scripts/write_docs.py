"""Write the parts of `docs/` that follow from the code: columns, commands, functions."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter, signature
from pathlib import Path

import click

from xl_returns import functions
from xl_returns.cli import cli
from xl_returns.core import columns

DOCS = Path(__file__).resolve().parent.parent / "docs"
_WHO = {
    "report": "reports",
    "seller": "you",
    "suggestion": "`process`, suggested",
    "record": "`process`, recorded",
    "override": "you, wins",
    "reference": "import, offers, uploads",
}


def columns_page() -> str:
    """The reference of the Returns columns."""
    lines = [
        "# The columns of Returns",
        "",
        "Written by `scripts/write_docs.py`. Needed are only "
        + ", ".join(f"`{name}`" for name in columns.NEEDED)
        + "; blank means not known. English and Chinese headers are read alike, in any order.",
        "",
        "| column | 中文 | filled by | what it holds |",
        "|---|---|---|---|",
    ]
    for column in columns.RETURNS:
        words = f" One of: {', '.join(column.choices)}." if column.choices else ""
        lines.append(
            f"| {column.name} | {column.zh} | {_WHO[column.owner]} | {column.help}{words} |"
        )
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The reference of the command line, as `--help` tells it."""
    parts = [
        "# Commands",
        "",
        "Written by `scripts/write_docs.py` from `--help`. Exit codes: 0 done, 1 findings that need a person, 2 wrong use.",
    ]
    root = click.Context(cli, info_name="xl-returns", terminal_width=90, **cli.context_settings)
    for name, command in _commands(cli):
        context = click.Context(command, info_name=name, parent=root, terminal_width=90)
        parts += ["", f"## {name}", "", "```", command.get_help(context), "```"]
    return "\n".join(parts) + "\n"


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def functions_page() -> str:
    """The reference of the worksheet functions."""
    lines = [
        "# Worksheet functions",
        "",
        "Written by `scripts/write_docs.py`. They answer in the live edition `.xlsm`, in [Excel for Windows](excel.md) and in [LibreOffice Calc](libreoffice.md).",
        "",
        "| function | gives |",
        "|---|---|",
    ]
    named = (*functions.OF_ROW, "RETURN_ADVICE", "RETURN_POLICY")
    for name in named:
        function = getattr(functions, name)
        arguments = ", ".join(_argument(p) for p in signature(function).parameters.values())
        lines.append(f"| `{name}({arguments})` | {' '.join(function.__doc__.split())} |")
    lines.append("| `RETURN_STATUS([follows])` | The last message of the live functions. |")
    lines += ["", "| argument | what it is |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in functions.ARGUMENTS.items()]
    return "\n".join(lines) + "\n"


def _argument(parameter: Parameter) -> str:
    if parameter.kind is Parameter.VAR_POSITIONAL:
        return f"{parameter.name}…"
    return parameter.name if parameter.default is Parameter.empty else f"[{parameter.name}]"


PAGES = {"columns.md": columns_page, "commands.md": commands_page, "functions.md": functions_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8", newline="\n")
