"""Work on the workbooks of the corpus and count what changed that is not ours: `fidelity.py [WORD]`.

process, import and check --write each get a fresh copy. LibreOffice, where the machine has it, makes
one more workbook, opens every result of process and compares what it sees outside our columns. With
WORD only the workbooks whose maker or description has it.
"""

from __future__ import annotations

import contextlib
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import fidelity, office  # noqa: E402
from tests.support.corpus import CORPUS, TODAY, Book, plain  # noqa: E402
from xl_returns.core import columns  # noqa: E402
from xl_returns.core.findings import Refusal  # noqa: E402
from xl_returns.desk.intake import import_reports  # noqa: E402
from xl_returns.desk.process import process_book  # noqa: E402
from xl_returns.desk.review import check_book  # noqa: E402

SAMPLES: Final = ROOT / "xl_returns" / "samples"
REPORTS: Final = [SAMPLES / "mfn_returns.txt", SAMPLES / "settlement.txt"]
Ask = Callable[[list[Any]], list[Any]]
VERBS: Final[dict[str, tuple[Callable[[Path], object], tuple[str, ...]]]] = {
    "import": (lambda path: import_reports(REPORTS, path, TODAY, "US"), columns.REPORTED),
    "check": (lambda path: check_book(path, TODAY, write=True), ()),
    "process": (lambda path: process_book(path, TODAY), fidelity.DECIDED),
}


def main() -> int:
    """Print a table, one line a workbook; 1 when anything changed that is not ours."""
    print(f"{platform.platform()}, Python {platform.python_version()}, {len(CORPUS) + 1} workbooks")
    print(
        "\n| made by | what it holds | parts | changed | cells compared | not ours | LibreOffice |"
    )
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as made, _office(Path(made)) as ask:
        word = " ".join(sys.argv[1:])
        books = [book for book in (*CORPUS, *_by_office(Path(made), ask)) if word in str(book)]
        lines = [_line(book, Path(made), ask) for book in books]
    wrong = sum(lines)
    print(f"\n{len(lines)} workbooks, {wrong} with a change that is not ours")
    return int(wrong > 0)


@contextlib.contextmanager
def _office(folder: Path) -> Iterator[Ask | None]:
    if shutil.which("soffice"):
        with office.headless(folder) as ask:
            yield ask
    else:
        yield None


def _by_office(folder: Path, ask: Ask | None) -> Iterator[Book]:
    if ask:
        (folder / "plain.xlsx").write_bytes(plain())
        ask([["make", str(folder / "plain.xlsx"), str(folder / "office.xlsx")]])
        yield Book(
            "LibreOffice",
            "a pivot table, 6 charts, 6 form controls, shapes, notes, groups",
            (folder / "office.xlsx").read_bytes,
        )


def _line(book: Book, folder: Path, ask: Ask | None) -> bool:
    """Print what became of one workbook; whether something is wrong."""
    before, after = (folder / f"{name}{book.suffix}" for name in ("before", "after"))
    before.write_bytes(book.make())
    parts, changed, cells, wrong, told = 0, set[str](), 0, list[str](), ""
    for work, may in VERBS.values():
        shutil.copy(before, after)
        if told := _worked(work, after):
            wrong += ["changed"] * (before.read_bytes() != after.read_bytes())
            continue
        seen = fidelity.compare(before, after, may)
        wrong += seen.wrong
        parts, cells, changed = seen.parts, cells + seen.cells, changed | seen.changed
    if bool(told) != book.refused:
        wrong.append(told or "not refused")
    looked = f"refused: {told}" if told else _looked(before, after, ask, wrong)
    counts = f"{parts} | {len(changed)} | {cells:,} | {', '.join(wrong) or 0}"
    print(f"| {book.maker} | {book.has} | {counts} | {looked} |", flush=True)
    return bool(wrong)


def _worked(work: Callable[[Path], object], path: Path) -> str:
    """Do it; what a refusal says."""
    try:
        work(path)
    except Refusal as refusal:
        return refusal.finding.problem
    return ""


def _looked(before: Path, after: Path, ask: Ask | None, wrong: list[str]) -> str:
    """What LibreOffice says about two files that should be alike but for our columns."""
    if ask is None:
        return "not tried"
    was, now = ask(fidelity.orders(before, after))
    if was != now:
        wrong.append("sheets " + ", ".join(name for name in was if was[name] != now.get(name)))
    return f"opens, {sum(sheet[0] for sheet in was.values()):,} cells alike"


if __name__ == "__main__":
    sys.exit(main())
