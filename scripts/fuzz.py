"""Look for input that is neither read nor refused, led by coverage: `fuzz.py TARGET [MINUTES]`.

Targets: report, package, sheet, policy, rows. Needs atheris, which is not among the project's own
dependencies; docs/development.md says how to run it. Anything but a Refusal, and anything slower
than 20 seconds, stops the run and leaves the input in build/fuzz.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

try:
    import atheris
except ImportError:
    watched: Any = contextlib.nullcontext()
else:
    watched = atheris.instrument_imports(include=["xl_returns"])

with watched:
    from xl_returns.books.build import build
    from xl_returns.books.cells import Decoder
    from xl_returns.books.package import Package
    from xl_returns.books.policies import default_policy, default_rows
    from xl_returns.books.refs import Area
    from xl_returns.books.sheet import Editor, read_columns
    from xl_returns.books.stream import SheetStream
    from xl_returns.core import columns, sheets
    from xl_returns.core.decide import decide
    from xl_returns.core.findings import Refusal
    from xl_returns.core.grid import Grid
    from xl_returns.core.policy_sheets import parse_policy
    from xl_returns.core.rows import parse_rows
    from xl_returns.core.rulebook import Rulebook
    from xl_returns.core.suggest import suggestions
    from xl_returns.reports import merge, read_report

ROOT: Final = Path(__file__).resolve().parent.parent
WHERE: Final = ROOT / "build" / "fuzz"
TODAY: Final = 20_780
"""2026-11-23, in days since 1970-01-01."""
AREA: Final = Area(1, 2, 6, 6)
DAYS: Final = ("2026-11-01", "9999-12-31", "0001-01-01", "2958465")
BROKEN: Final = (ValueError, LookupError, SyntaxError, RecursionError)
"""What `Sheets` turns into a refusal of the whole file."""


def report(data: bytes) -> None:
    """A report file is read and merged, or refused."""
    with contextlib.suppress(Refusal):
        merge([], [read_report(data, "report.txt", "US")], {}, "US")


def package(data: bytes) -> None:
    """A zip file is read through and written again, or refused."""
    with tempfile.NamedTemporaryFile(dir=_memory(), suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        with contextlib.suppress(Refusal):
            found = Package(Path(file.name))
            for name in found.names:
                for _ in found.chunks(name):
                    pass
            found.write(io.BytesIO())


def sheet(data: bytes) -> None:
    """A sheet is read and changed, and what was written reads back; or it is refused."""
    wanted: list[Any] = ["<&>", 2.5, True, None, " x"]
    with contextlib.suppress(*BROKEN):
        list(read_columns(SheetStream(_pieces(data)), AREA, [1, 3], _decoder()))
        editor = Editor(SheetStream(_pieces(data)), AREA, [2, 4], _decoder())
        made = b"".join(editor.pieces(lambda *_: {2: wanted, 4: wanted}))
        found = list(read_columns(SheetStream([made]), AREA, [2, 4], _decoder()))
        if found != [{2: wanted, 4: wanted}]:
            raise AssertionError(found)


def policy(data: bytes) -> None:
    """Cells of the policy sheets make a policy that decides, whatever they hold."""
    grids, places = {}, []
    for one in sheets.POLICY:
        lines = default_rows(one)
        cells: dict[str, list[object]] = {f.name: [r[f.name] for r in lines] for f in one.fields}
        grids[one.name] = Grid(cells, lambda row, header: f"{header}{row}")
        places += [(cells[f.name], row) for f in one.fields for row in range(len(lines))]
    for number, cell in _cells(data):
        column, row = places[number % len(places)]
        column[row] = cell
    read, _ = parse_policy(grids, default_policy().settings)
    rows = parse_rows({name: ["MFN" if name == "Channel" else "1"] for name in columns.NEEDED})
    book = Rulebook(read)
    suggestions(decide(rows, book, TODAY), book)


def rows(data: bytes) -> None:
    """Cells of the Returns table are decided, whatever they hold."""
    cells: dict[str, list[object]] = {name: [None] * 4 for name in columns.READ}
    for number, cell in _cells(data):
        cells[columns.READ[number // 4 % len(columns.READ)]][number % 4] = cell
    decisions = decide(parse_rows(cells), _book(), TODAY)
    suggestions(decisions, _book())


def _cells(data: bytes) -> Iterator[tuple[int, object]]:
    """Places and cells, one in each line: two bytes say where, one what kind, the rest is text."""
    for line in data.split(b"\n"):
        if len(line) < 3:
            continue
        text = line[3:].decode("utf-8", "replace")
        yield int.from_bytes(line[:2], "big"), _typed(line[2], text)


def _typed(kind: int, text: str) -> object:
    if kind % 4 == 1:
        with contextlib.suppress(ValueError):
            number = float(text)
            return number if number - number == 0 else None
    return text == "1" if kind % 4 == 2 else text


@cache
def _book() -> Rulebook:
    return Rulebook(default_policy())


def _decoder() -> Decoder:
    return Decoder(lambda: ["shared", "strings"])


def _pieces(data: bytes) -> list[bytes]:
    """The bytes in two pieces, cut at a place that they choose themselves."""
    cut = sum(data[:64]) % (len(data) + 1)
    return [data[:cut], data[cut:]]


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "report": report,
    "package": package,
    "sheet": sheet,
    "policy": policy,
    "rows": rows,
}


def seeds(target: str) -> Iterator[bytes]:
    """Good input of each kind to start from."""
    if target == "report":
        samples = ROOT / "xl_returns" / "samples"
        for path in samples.glob("*.*"):
            lines = path.read_bytes().splitlines(keepends=True)
            yield b"".join(lines[:3] if path.suffix != ".xml" else lines)
    elif target in ("policy", "rows"):
        words = {word for column in columns.RETURNS for word in column.choices}
        texts = [
            "<50",
            "50..100",
            "not A",
            "15%",
            "1,50",
            "1e308",
            "999999999",
            *DAYS,
            *sorted(words),
        ]
        yield b"\n".join(_line(at * 7, at, text) for at, text in enumerate(texts))
    else:
        yield from _workbooks(whole=target == "package")


def _line(number: int, kind: int, text: str) -> bytes:
    return number.to_bytes(2, "big") + bytes([32 + kind % 4]) + text.encode()


def _workbooks(*, whole: bool) -> Iterator[bytes]:
    made = io.BytesIO()
    build(made, [{"Return ID": "R-1", "Unit Paid": 20.0, "Status": "Requested"}])
    with zipfile.ZipFile(made) as file:
        names = file.namelist()
        parts = {n: file.read(n) for n in names if re.search(r"sheet[2-6]\.xml$", n)}
    small = io.BytesIO()
    with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names[:6]:
            file.writestr(name, b"<x/>")
    yield from [small.getvalue()] if whole else parts.values()


def main() -> None:
    """Run one target for some minutes."""
    target, minutes = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder = WHERE / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (folder / f"seed{number}").write_bytes(seed)
    options = [
        f"-max_total_time={int(minutes * 60)}",
        "-timeout=20",
        "-rss_limit_mb=4096",
        "-max_len=20000",
        f"-artifact_prefix={WHERE}/{target}-",
        "-print_final_stats=1",
        str(folder),
    ]
    atheris.Setup([sys.argv[0], *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
