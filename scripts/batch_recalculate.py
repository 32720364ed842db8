"""Process every workbook in a folder, several at a time: `batch_recalculate.py FOLDER`.

Backups, open files and conflict copies are left alone; one workbook's trouble does not stop the
others. What is done and unchanged is not done again on the same day, so a run that was stopped goes
on when it is started again, and two runs at once share the work. Exit code 0 when all went well, 1
when a workbook needs a person, 2 for wrong use.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from xl_returns.cli.shared import speak_utf8
from xl_returns.core.language import listed, marked, phrased
from xl_returns.desk.many import Outcome, State, process_folder

_COUNTED: Final[Mapping[State, str]] = {
    "processed": marked("{count:,} processed"),
    "tried": marked("{count:,} tried"),
    "done before": marked("{count:,} done before"),
    "copy": marked("{count:,} left alone"),
    "busy": marked("{count:,} busy"),
    "refused": marked("{count:,} refused"),
    "lost": marked("{count:,} lost"),
}


def report(outcomes: Iterable[Outcome], *, as_json: bool) -> list[Outcome]:
    """Print a line for each workbook as it is done, or one JSON document in the end."""
    found = []
    for outcome in outcomes:
        found.append(outcome)
        if not as_json:
            print(*outcome.notes, outcome, sep="\n", flush=True)
    counts = Counter(outcome.state for outcome in found)
    if as_json:
        workbooks = [dataclasses.asdict(outcome) for outcome in found]
        print(json.dumps({"workbooks": workbooks, "counts": counts}, ensure_ascii=False, indent=1))
    else:
        told = (phrased(_COUNTED[state], count=count) for state, count in counts.items())
        print(listed(told) or phrased("No workbooks"))
    return found


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--today", type=dt.date.fromisoformat, default=dt.date.today())  # noqa: DTZ011 - the seller's day
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--again", action="store_true", help="also what is done and unchanged")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument("--json", action="store_true", help="print JSON for a machine")
    asked = parser.parse_args(arguments)
    if not asked.folder.is_dir():
        parser.error(phrased("{folder} is no folder", folder=asked.folder))
    if asked.jobs < 1:
        parser.error(phrased("--jobs is at least 1"))
    return asked


def main(arguments: Sequence[str] | None = None) -> int:
    """Process the folder and report."""
    speak_utf8()
    asked = parsed(arguments)
    outcomes = process_folder(
        asked.folder, asked.today, asked.jobs, dry_run=asked.dry_run, again=asked.again
    )
    try:
        found = report(outcomes, as_json=asked.json)
    except KeyboardInterrupt:
        print(phrased("Stopped; start again to go on"), file=sys.stderr)
        return 130
    return 0 if all(outcome.well for outcome in found) else 1


if __name__ == "__main__":
    sys.exit(main())
