"""Set up and run everything: `python3 scripts/dev.py demo` or `test`.

Needs nothing but Python 3.11 or newer; it makes its own environment in `.venv`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "xl-returns-stamp"
DEMO = ROOT / "demo"
DEMO_DAY = "2026-11-23"
DEMO_SAYS = {
    "en": (
        "Reports in",
        f"Every row decided, as of {DEMO_DAY}",
        "What returns cost, and what to fix first",
        "What is due first, where the marketplace is",
        "Open it:",
    ),
    "zh": (
        "导入报告",
        f"判定每一行，日期 {DEMO_DAY}",
        "退货的成本，以及先改什么",
        "最先到期的事项，按站点当地时间",
        "请打开：",
    ),
}
NEEDED = (3, 11)
SYSTEM_PROGRAMS = {
    "soffice": ("libreoffice-calc", "opening workbooks in LibreOffice"),
    "Xvfb": ("xvfb", "a visible LibreOffice"),
    "xdotool": ("xdotool", "real mouse clicks"),
    "import": ("imagemagick", "pictures of the screen"),
    "/usr/lib/python3/dist-packages/uno.py": ("python3-uno", "macros in LibreOffice"),
}
FONTS = ("fonts-crosextra-carlito", "fonts-noto-cjk")


class Failed(Exception):
    """A step that did not work; carries its exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def python() -> Path:
    """The environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str | Path) -> None:
    """Run a command in the project; Failed with its exit code when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        raise Failed(
            f"`{' '.join(map(str, command))}` ended with {done.returncode}", done.returncode
        )


def fingerprint() -> str:
    """What the environment was made from."""
    made_from = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(made_from)).hexdigest()


def set_up() -> None:
    """Make the environment, unless the one that is there still fits."""
    if STAMP.is_file() and python().is_file() and STAMP.read_text("utf-8") == fingerprint():
        return
    print("Setting up .venv (once) ...", flush=True)
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(
            f".venv cannot be made ({error}); on Debian: apt-get install python3-venv"
        ) from error
    pip = (python(), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    run(*pip, "--require-hashes", "--requirement", LOCK)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(fingerprint(), "utf-8")


def is_there(program: str) -> bool:
    """Whether a program (or a file, by its full path) is on this machine."""
    return Path(program).exists() if program.startswith("/") else bool(shutil.which(program))


def system_programs() -> None:
    """Install what tests need from Debian when we may; say what is missing after that."""
    if missing() and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        install([package for package, _ in missing().values()])
    for name, (package, tests) in missing().items():
        print(f"{name} is missing ({package}): tests of {tests} are skipped", flush=True)


def missing() -> dict[str, tuple[str, str]]:
    """Programs that are not on this machine: their packages, and what is tried with them."""
    return {name: why for name, why in SYSTEM_PROGRAMS.items() if not is_there(name)}


def install(packages: Sequence[str]) -> None:
    """Install Debian packages; tests go on without them where that fails."""
    print(f"Installing {', '.join(packages)} ...", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    quiet = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
    try:
        run(*quiet, "update")
        run(*quiet, "install", "--yes", "--no-install-recommends", *packages, *FONTS)
    except Failed as failed:
        print(failed, flush=True)


def demo(language: str = "en") -> None:
    """Import sample reports into a fresh workbook, process it, say where it is (--lang zh: 中文)."""
    samples = sorted((ROOT / "xl_returns" / "samples").glob("*.*"))
    desk = (python(), "-m", "xl_returns")
    book = DEMO / ("ReturnsTracker.xlsm" if language == "en" else f"ReturnsTracker.{language}.xlsm")
    os.environ["XL_RETURNS_LANG"] = language
    DEMO.mkdir(exist_ok=True)
    book.unlink(missing_ok=True)
    run(*desk, "new", book, "--lang", language)
    jobs: list[list[str | Path]] = [
        ["import", *samples, "--into", book],
        ["process", book],
        ["insights", book, "--write"],
        ["due", book],
    ]
    *titles, done = DEMO_SAYS[language]
    for title, job in zip(titles, jobs, strict=True):
        print(f"\n{title}", flush=True)
        run_desk(*desk, *job, "--today", DEMO_DAY)
    print(f"\n{done} {book}")


def run_desk(*command: str | Path) -> None:
    """Run a command of ours; findings for a person (exit 1) are part of the show."""
    try:
        run(*command)
    except Failed as failed:
        if failed.code != 1:
            raise


def lint() -> None:
    """Style, types and the direction of imports."""
    run(python(), "-m", "ruff", "check", "--quiet")
    run(python(), "-m", "ruff", "format", "--check", "--quiet")
    run(python(), "-m", "mypy", "--no-error-summary")
    run(python().with_name("lint-imports" + python().suffix), "--no-cache")


def test() -> None:
    """Lint, then every test, on all processors."""
    system_programs()
    lint()
    run(python(), "-m", "pytest", "--numprocesses", "auto", "--dist", "worksteal")


def workbook() -> None:
    """Build all editions of the workbook from their sources."""
    run(python(), ROOT / "scripts" / "build_workbook.py")


def messages() -> None:
    """Put what the product says into the catalogue of translations, and compile it."""
    run(python(), ROOT / "scripts" / "write_messages.py")


def bench() -> None:
    """Print the benchmarks as ratios."""
    run(python(), ROOT / "scripts" / "benchmark.py")
    run(python(), ROOT / "scripts" / "benchmark_decide.py")


COMMANDS: dict[str, Callable[[], None]] = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "workbook": workbook,
    "messages": messages,
    "bench": bench,
    "setup": lambda: None,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up, then run one command."""
    if sys.version_info < NEEDED:
        print("Python 3.11 or newer is needed: see https://www.python.org/downloads/")
        return 2
    told = {name: job.__doc__ or "Only set up." for name, job in COMMANDS.items()}
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="\n".join(f"{name:<10}{text}" for name, text in told.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--lang", choices=DEMO_SAYS, default="en", help="what the demo speaks")
    asked = parser.parse_args(arguments)
    try:
        set_up()
        demo(asked.lang) if asked.command == "demo" else COMMANDS[asked.command]()
    except Failed as failed:
        print(f"dev.py: {failed}", file=sys.stderr)
        return failed.code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
