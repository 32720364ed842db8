"""Console examples of the docs: run as written, in a folder of their own."""

from __future__ import annotations

import contextlib
import glob
import re
import shlex
from pathlib import Path

from xl_returns.cli import main

BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def steps(text):
    """Each command of the console blocks, with the output that the page shows."""
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.rstrip("\n")


def renewed(text, printed):
    """A page with what its commands print today; `printed` runs one."""

    def block(found):
        shown = [f"$ {command}\n{printed(command)}".rstrip("\n") for command, _ in steps(found[0])]
        return "```console\n" + "\n".join(shown) + "\n```"

    return BLOCK.sub(block, text)


def run(command, capsys):
    """What a command prints, on the screen and as errors."""
    name, *arguments = shlex.split(command)
    assert name in ("xl-returns", "cat"), command
    found = [sorted(glob.glob(text)) or [text] for text in arguments]  # noqa: PTH207 - as a shell does
    arguments = [text for texts in found for text in texts]
    if name == "cat":
        texts = (Path(path).read_text("utf-8-sig") for path in arguments)
        return "\n".join(texts).rstrip("\n")
    with contextlib.suppress(SystemExit):
        main(arguments)
    told = capsys.readouterr()
    return (told.out + told.err).rstrip("\n")
