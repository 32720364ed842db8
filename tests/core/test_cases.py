"""Every sentence in tests/cases/*.yaml is what the desk does."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / "cases"


def _cases():
    for file in sorted(FOLDER.glob("*.yaml")):
        sheet = yaml.safe_load(file.read_text("utf-8"))
        for case in sheet["cases"]:
            row = {**sheet["given"], **case["row"]}
            yield pytest.param(row, case, sheet["today"], id=case["case"])


@pytest.mark.parametrize(("row", "case", "today"), list(_cases()))
def test_the_desk_does_as_the_sentence_says(desk, row, case, today):
    told = desk(row, today=today)[0]
    assert {name: told[name] for name in case["expect"]} == case["expect"], told["Why"]
    for word in case.get("warns", ()):
        assert word in told["Warnings"]
