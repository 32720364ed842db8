"""Read the policy sheets' cells into a Policy, with every problem at its cell.

A line that cannot be read is left out and reported; the rest stays usable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from xl_returns.core import cells, sheets
from xl_returns.core.cells import NOT, SEPARATOR
from xl_returns.core.findings import Finding
from xl_returns.core.grid import Grid, Reader
from xl_returns.core.policy import Policy, Settings
from xl_returns.core.policy_checks import across_lines
from xl_returns.core.policy_lines import MAKERS
from xl_returns.core.policy_settings import read_settings

OTHER_CATEGORY: Final = "(other)"


def parse_policy(
    grids: Mapping[str, Grid], usual: Settings | None = None
) -> tuple[Policy, list[Finding]]:
    """The policy in the sheets (by sheet name) and every problem found in them.

    `usual` stands in for settings that cannot be read.
    """
    reader = Reader(
        categories_in(grids[sheet.name] for sheet in sheets.POLICY if sheet.name in grids)
    )
    read = {
        sheet: reader.lines(sheet, grids.get(sheet.name), make) for sheet, make in MAKERS.items()
    }
    settings, problems = read_settings(grids.get(sheets.SETTINGS.name), usual or Settings())
    policy = Policy(
        settings=settings,
        tiers=read[sheets.TIERS],
        action_rules=read[sheets.ACTION_RULES],
        refund_rules=read[sheets.REFUND_RULES],
        reasons=read[sheets.REASONS],
        resale_rules=read[sheets.RESALE_RULES],
        fees=read[sheets.FEES],
        deadlines=read[sheets.DEADLINES],
        holidays=read[sheets.HOLIDAYS],
        signals=read[sheets.RISK_WEIGHTS],
        messages=read[sheets.MESSAGES],
        cases=read[sheets.CASES],
        categories=reader.categories,
    )
    return policy, [*problems, *reader.findings, *across_lines(policy)]


def categories_in(grids: Iterable[Grid]) -> tuple[str, ...]:
    """The category words that tables use, and a last word for all others."""
    found: dict[str, None] = {}
    for grid in grids:
        for cell in grid.columns.get("Category", ()):
            plain = NOT.sub("", cells.text_of(cell))
            found.update(dict.fromkeys(word for word in SEPARATOR.split(plain) if word))
    return (*found, OTHER_CATEGORY)
