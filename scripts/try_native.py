"""Set the native formulas against the engine in LibreOffice: `python -m scripts.try_native [MINUTES] [SEED] [LANGUAGE]`.

Rows and policies by chance, many of them on a border; every answer has to be the same, every
amount to the cent. Says how many rows were compared, how many the formulas left open and why, and
stops with what differs. docs/macro-free.md has the figures of the last run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from tests.support.referee import Chance, default_lines, differences, referee, rulebook
from xl_returns.core.language import ENGLISH

ROWS: Final = 100
ROUNDS: Final = 25
"""So many tables by each policy; every second policy is the one that ships."""


def main(minutes: float, seed: int, language: str) -> int:
    """Compare until the time is over; 1 when something differs."""
    compared, policies, unanswered = 0, 0, Counter[str]()
    chance, end = Chance(seed), time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as folder, referee(Path(folder), ROWS, language) as desk:
        while time.monotonic() < end:
            policy = chance.policy() if policies % 2 else default_lines()
            desk.put_policy(policy)
            book = rulebook(policy)
            policies += 1
            for _ in range(ROUNDS):
                rows = chance.rows(ROWS)
                found, notes = differences(rows, book, desk)
                compared += len(rows)
                unanswered.update(notes)
                if found:
                    print(*found, sep="\n")
                    return 1
            if policies % 4 == 0:
                print(f"{compared:,} rows, {policies} policies", flush=True)
    print(f"{compared:,} rows by {policies} policies, no difference; left open:")
    print(*(f"{count:>8,}  {note}" for note, count in unanswered.most_common()), sep="\n")
    return 0


if __name__ == "__main__":
    asked = dict(enumerate(sys.argv))
    sys.exit(main(float(asked.get(1, "5")), int(asked.get(2, "1")), asked.get(3, ENGLISH)))
