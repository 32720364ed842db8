"""What LibreOffice asks for: worksheet functions by their names, and jobs over the open document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from xl_returns import functions, macros
from xl_returns.books.restore import restore
from xl_returns.calc.host import CalcHost
from xl_returns.calc.names import IN_CELLS, OF_ROW, OTHERS
from xl_returns.core import sheets
from xl_returns.core.findings import Refusal
from xl_returns.core.language import speak

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    name: getattr(functions, name) for name in (*OF_ROW.values(), *OTHERS.values(), "changed_rows")
}
_JOBS: Final = {job.__name__: job for job in macros.JOBS}


def answer(name: str, arguments: Sequence[Any], port: Any = None) -> dict[str, Any]:
    """What a function or job gives: `answer`, or `error` with a sentence."""
    try:
        if name == "run":
            job, language = map(str, arguments)
            _run(job, language, port)
            return {"answer": None}
        return {"answer": _ASKED[name](*arguments)}
    except Refusal as refusal:
        return {"error": str(refusal)}
    except Exception as error:  # noqa: BLE001 - a seller gets a sentence, never a traceback
        return {"error": f"{type(error).__name__}: {error}"}


def _run(job: str, language: str, port: Any) -> None:
    speak(language)
    with macros.hosted_by(lambda: CalcHost(port, job)):
        _JOBS[job]()


def _policy_tables() -> list[str]:
    return [sheet.table for sheet in sheets.POLICY]


def _restore(path: str, before: str, language: str) -> None:
    speak(language)
    restore(Path(path), Path(before), IN_CELLS)


_ASKED: Final[Mapping[str, Callable[..., Any]]] = {
    **_FUNCTIONS,
    "policy_tables": _policy_tables,
    "ready": lambda: True,
    "restore": _restore,
}
