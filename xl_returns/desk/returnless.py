"""Amazon's returnless rules, SKU by SKU, from the seller's own policy.

A SKU is listed when the policy lets the buyer keep it whatever the reason. The code is Amazon's
(help 202174940); the template behind that page could not be read: paste the SKUs into your own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.core import cells, money, terms
from xl_returns.core.decide import decide
from xl_returns.core.findings import Finding
from xl_returns.core.history import no_history
from xl_returns.core.policy import Policy
from xl_returns.core.rows import Rows, parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.suggest import suggestions
from xl_returns.core.tables import BLANK
from xl_returns.desk.files import write_text_files
from xl_returns.desk.table import ReturnsTable
from xl_returns.reports import maps

_MFN: Final = terms.CHANNELS.index("MFN")


@dataclass(frozen=True)
class SkuRule:
    """What the policy does with typical requests for a SKU: reason groups kept and returned."""

    marketplace: str
    sku: str
    unit_paid: str
    currency: str
    kept: tuple[str, ...]
    returned: tuple[str, ...]

    @property
    def always(self) -> bool:
        """Whether the buyer keeps it whatever the reason."""
        return bool(self.kept) and not self.returned


def rules_of(book: Book, today: dt.date) -> tuple[list[SkuRule], list[Finding]]:
    """The rule of every seller-fulfilled SKU of a workbook, and SKUs that cannot be listed.

    Raises Refusal.
    """
    policy, findings = policy_of(book)
    table = ReturnsTable(book)
    rows = table.rows(table.filled())
    samples = _latest(rows)
    spoilt = [key for key in samples if not key[1].isprintable()]
    findings += [
        Finding("Returns", f"SKU {key[1]!r} cannot stand in Amazon's file", "correct it", "warning")
        for key in spoilt
    ]
    wanted = {key: row for key, row in samples.items() if key not in spoilt}
    return _judged(rows, wanted, policy, today), findings


def write_rules(rules: Sequence[SkuRule], folder: Path) -> list[Path]:
    """Write Amazon's file for each marketplace, and `returnless-by-reason.csv`. Raises Refusal."""
    layout = maps.rows("returnless")
    told: dict[str, list[str]] = {}
    for rule in rules:
        if rule.always:
            cells_of = {"sku": rule.sku}
            line = "\t".join(cells_of.get(x["Holds"], x["Holds"]) for x in layout)
            told.setdefault(rule.marketplace, ["\t".join(x["Column"] for x in layout)]).append(line)
    texts = {
        folder / f"returnless-{market}.txt": "\r\n".join([*lines, ""]).encode()
        for market, lines in told.items()
    }
    header = ("Marketplace", "SKU", "Unit Paid", "Currency", "Buyer keeps", "Comes back")
    by_reason = [
        (r.marketplace, r.sku, r.unit_paid, r.currency, ", ".join(r.kept), ", ".join(r.returned))
        for r in rules
        if r.kept
    ]
    return write_text_files(folder, texts, {"returnless-by-reason.csv": [header, *by_reason]})


def _latest(rows: Rows) -> dict[tuple[str, str], int]:
    """The last row with a price of each marketplace and SKU."""
    found: dict[tuple[str, str], int] = {}
    asked = rows.days["Request Date"].tolist()
    for row in sorted(range(rows.count), key=lambda row: asked[row]):
        sku, market = rows.text["SKU"][row], int(rows.codes["Marketplace"][row])
        priced = rows.unit_paid[row] != BLANK and market != BLANK
        if sku and priced and rows.codes["Channel"][row] == _MFN:
            found[terms.MARKETPLACES[market], sku] = row
    return found


def _judged(
    rows: Rows, samples: Mapping[tuple[str, str], int], policy: Policy, today: dt.date
) -> list[SkuRule]:
    reasons = _typical(policy)
    asked = [(key, row, reason) for key, row in samples.items() for reason in reasons.values()]
    if not asked:
        return []
    paid = {row: _paid(rows, row) for row in samples.values()}
    parsed = parse_rows(
        {
            "Return ID": [str(at) for at in range(len(asked))],
            "Channel": ["MFN"] * len(asked),
            "Marketplace": [key[0] for key, *_ in asked],
            "Currency": [rows.currency(row) for _, row, _ in asked],
            "SKU": [key[1] for key, *_ in asked],
            "Quantity": [1.0] * len(asked),
            "Unit Paid": [paid[row] for _, row, _ in asked],
            "Category": [rows.text["Category"][row] for _, row, _ in asked],
            "Status": ["Requested"] * len(asked),
            "In Policy": ["Y"] * len(asked),
            "Order Date": [today] * len(asked),
            "Request Date": [today] * len(asked),
            "Reason": [reason for *_, reason in asked],
        }
    )
    book = Rulebook(policy)
    decisions = decide(parsed, book, cells.day(today) or 0, no_history(parsed.count))
    actions = iter(suggestions(decisions, book)["Action"])
    return [
        _rule(key, paid[row], rows.currency(row), {group: str(next(actions)) for group in reasons})
        for key, row in samples.items()
    ]


def _rule(key: tuple[str, str], paid: str, currency: str, actions: Mapping[str, str]) -> SkuRule:
    kept = tuple(group for group, action in actions.items() if action == terms.KEEP_ITEM)
    returned = tuple(group for group in actions if group not in kept)
    return SkuRule(*key, paid, currency, kept, returned)


def _typical(policy: Policy) -> dict[str, str]:
    """A reason code for each group that a buyer of a seller-fulfilled order can name."""
    left_out = ("Undelivered", "Unauthorised")
    lines: Iterable[tuple[str, str]] = ((r.group, r.code) for r in policy.reasons)
    found: dict[str, str] = {}
    for group, code in lines:
        if group not in left_out:
            found.setdefault(group, code)
    return found


def _paid(rows: Rows, row: int) -> str:
    """Unit Paid as text, exact to the minor unit."""
    places = int(rows.places[row])
    return money.show(round(int(rows.unit_paid[row]) / 10**6), places)
