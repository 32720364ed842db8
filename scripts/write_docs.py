"""Write the parts of `docs/` that follow from the code: columns, commands, functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import Parameter, signature
from pathlib import Path

import click

from xl_returns import functions
from xl_returns.cli import cli
from xl_returns.cli.help import Spoken, click_in, said
from xl_returns.core import columns, ledgers, sheets
from xl_returns.core.language import (
    CHINESE,
    RETURNS,
    header,
    listed,
    marked,
    named,
    phrased,
    speak,
    spoken,
    text,
)
from xl_returns.core.vocabulary import WORDS, tables

DOCS = Path(__file__).resolve().parent.parent / "docs"
_WHO = {
    "report": marked("reports"),
    "seller": marked("you"),
    "suggestion": marked("`process`, suggested"),
    "record": marked("`process`, recorded"),
    "override": marked("you, wins"),
    "reference": marked("import, offers, uploads"),
}


def columns_page() -> str:
    """The reference of the Returns columns."""
    needed = ", ".join(f"`{named(name)}`" for name in columns.NEEDED)
    lines = [
        "# " + phrased("The columns of Returns"),
        "",
        phrased(
            "Written by `scripts/write_docs.py`. Needed are only {needed}; blank means not known. English and Chinese headers are read alike, in any order.",
            needed=needed,
        ),
        "",
        _line(phrased("column"), "中文", phrased("filled by"), phrased("what it holds")),
        "|---|---|---|---|",
    ]
    for column in columns.RETURNS:
        words = listed(column.choices)
        told = phrased(column.help)
        if words:
            told += " " + phrased("One of: {words}.", words=words)
        chinese = header(CHINESE, RETURNS, column.name)
        lines.append(_line(column.name, chinese, phrased(_WHO[column.owner]), told))
    return "\n".join(lines) + "\n"


def _line(*cells: object) -> str:
    """A line of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def glossary_page() -> str:
    """Every word and header in both languages."""
    words = [f"| {word} | {text(CHINESE, word)} |" for word in WORDS]
    titled = [page.sheet for page in ledgers.ALL]
    titled += [sheet.name for sheet in (*sheets.POLICY, *sheets.BESIDE)]
    titles = [f"| {title} | {text(CHINESE, title)} |" for title in titled]
    headers = dict.fromkeys(
        name for table, names in tables().items() if table != RETURNS for name in names
    )
    return (
        "\n".join(
            [
                "# 词汇对照",
                "",
                "左列英文与右列中文在任何版本的工作簿中都能读取。用词依照亚马逊中文卖家平台和跨境卖家的通行说法，未逐条核对官方词表，也未经中文母语者审读。",
                "",
                "退货表的列名见[列参考](columns.md)。",
                *_listing("词语", words),
                *_listing("工作表", titles),
                *_listing("其他表的列名", [f"| {h} | {header(CHINESE, '', h)} |" for h in headers]),
            ]
        )
        + "\n"
    )


def _listing(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", "| English | 中文 |", "|---|---|", *lines]


def commands_page() -> str:
    """The reference of the command line, as `--help` tells it."""
    parts = [
        "# " + phrased("Commands"),
        "",
        phrased(
            "Written by `scripts/write_docs.py` from `--help`. Exit codes: 0 done, 1 findings that need a person, 2 wrong use."
        ),
        "",
        phrased(
            "With `--json` a refusal is printed as JSON too: `refused`, with `place`, `problem` and `remedy`."
        ),
    ]
    told = said(cli)
    root = Spoken(told, info_name="xl-returns", terminal_width=90, **cli.context_settings)
    with click_in(spoken()):
        for name, command in _commands(told):
            context = Spoken(command, info_name=name, parent=root, terminal_width=90)
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
        "# " + phrased("Worksheet functions"),
        "",
        phrased(
            "Written by `scripts/write_docs.py`. They answer in the live edition `.xlsm`, in [Excel for Windows](excel.md) and in [LibreOffice Calc](libreoffice.md)."
        ),
        "",
        _line(phrased("function"), phrased("gives")),
        "|---|---|",
    ]
    named = (*functions.OF_ROW, "RETURN_ADVICE", "RETURN_POLICY")
    for name in named:
        function = getattr(functions, name)
        arguments = ", ".join(_argument(p) for p in signature(function).parameters.values())
        told = " ".join(map(phrased, functions.help_of(function)))
        lines.append(f"| `{name}({arguments})` | {told} |")
    last = phrased("The last message of the live functions.")
    lines += [f"| `RETURN_STATUS([follows])` | {last} |", ""]
    lines += [_line(phrased("argument"), phrased("what it is")), "|---|---|"]
    lines += [_line(name, phrased(told)) for name, told in functions.ARGUMENTS.items()]
    return "\n".join(lines) + "\n"


def _argument(parameter: Parameter) -> str:
    if parameter.kind is Parameter.VAR_POSITIONAL:
        return f"{parameter.name}…"
    return parameter.name if parameter.default is Parameter.empty else f"[{parameter.name}]"


def _in_chinese(page: Callable[[], str]) -> Callable[[], str]:
    def made() -> str:
        before = spoken()
        speak(CHINESE)
        try:
            return page()
        finally:
            speak(before)

    return made


PAGES = {
    "columns.md": columns_page,
    "commands.md": commands_page,
    "functions.md": functions_page,
    "zh/columns.md": _in_chinese(columns_page),
    "zh/commands.md": _in_chinese(commands_page),
    "zh/functions.md": _in_chinese(functions_page),
    "zh/glossary.md": glossary_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8", newline="\n")
