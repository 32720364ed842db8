"""The product's translation tables: what Amazon's codes and headers mean here."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from xl_returns.core.columns import normalised


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a table in `maps/`, as written."""
    text = (files(__package__) / "maps" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def codes(name: str) -> Mapping[str, Mapping[str, str]]:
    """A table by its codes; spelling of blanks, dashes and case does not matter."""
    return {normalised(row["Code"]): row for row in rows(name)}


@lru_cache(maxsize=4096)
def line(name: str, text: str) -> Mapping[str, str] | None:
    """The line of a table that a cell's text stands on."""
    return codes(name).get(normalised(text))


@cache
def headers(report: str) -> Mapping[str, str]:
    """Field names of a report by normalised header, in every language that is known."""
    known = (*rows("headers"), *rows("transaction_headers"))
    return {normalised(row["Header"]): row["Field"] for row in known if row["Report"] == report}


@cache
def other_reports() -> Mapping[str, Mapping[str, str]]:
    """What to say of tables that cannot be read, by a header that gives them away; first fits."""
    return {normalised(row["Header"]): row for row in rows("other_reports")}


@cache
def months() -> Mapping[str, int]:
    """Months by their names and short names in the languages of the shops."""
    return {row["Word"].casefold(): int(row["Month"]) for row in rows("months")}
