"""The helper process: what goes through its lines, in the order in which it may come."""

from __future__ import annotations

import json
import subprocess
import sys


def test_a_formula_that_is_calculated_while_a_job_runs_is_answered_before_the_job_goes_on():
    sent = [
        {"call": "run", "arguments": ["process_returns", "en"]},
        {"call": "ready", "arguments": []},
        {"error": "the document is closed"},
        {"answer": None},
        {"answer": None},
        {"call": "ready", "arguments": []},
    ]
    done = subprocess.run(
        [sys.executable, "-m", "xl_returns.calc.helper"],
        input="".join(json.dumps(message) + "\n" for message in sent),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert "ask" in said[0]
    assert said[1] == {"answer": True}
    assert "the document is closed" in json.dumps(said)
    assert said[-1] == {"answer": True}
