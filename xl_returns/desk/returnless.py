"""Amazon's returnless rules, SKU by SKU, from the seller's own policy.

A SKU is listed when the policy lets the buyer keep it whatever the reason. The code is Amazon's
(help 202174940); the template behind that page could not be read: see NOTE.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Final

from xl_returns.books.book import Book
from xl_returns.books.policies import policy_of
from xl_returns.core import cells, money, terms
from xl_returns.core.decide import decide
from xl_returns.core.findings import Finding
from xl_returns.core.history import no_history
from xl_returns.core.language import listed, marked, named, phrased, titled
from xl_returns.core.policy import Policy
from xl_returns.core.rows import UNIT_SCALE, Rows, parse_rows
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import BLANK, NO_RULE
from xl_returns.desk.files import write_text_files
from xl_returns.desk.table import ReturnsTable
from xl_returns.reports import maps

NOTE: Final = marked(
    "The header row of Amazon's template is not confirmed: before the first upload compare it with "
    "the template of your own Return Settings"
)
_MFN: Final = terms.CHANNELS.index("MFN")


_NOT_ASKED: Final = ("Undelivered", "Unauthorised")
"""Reason groups that are no wish to send goods back; what the policy does with them is told."""
_HEADERS: Final = (
    "Marketplace", "SKU", "Unit Paid", "Currency", marked("Buyer keeps"), marked("Comes back"),
    marked("Rules"), marked("Also kept by Amazon's file"),
)  # fmt: skip
Kind = tuple[str, str, str]
"""All that the action rules read of a reason: its group, whose fault it is, the claimed state."""


@dataclass(frozen=True)
class SkuRule:
    """What the policy does with typical requests for a SKU: reason groups kept and returned.

    `rules` are the action rules that let the buyer keep it. `beyond` are the groups, with what the
    policy does, for which Amazon's file would let the buyer keep it although the policy does not.
    """

    marketplace: str
    sku: str
    unit_paid: str
    currency: str
    kept: tuple[str, ...]
    returned: tuple[str, ...]
    rules: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

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
    filled = table.filled()
    rows = table.rows(filled)
    samples = _latest(rows)
    spoilt = {key: row for key, row in samples.items() if not key[1].isprintable()}
    findings += [
        Finding(
            table.place(filled[row], "SKU"),
            phrased("SKU {key!r} cannot stand in Amazon's file", key=key[1]),
            phrased("correct it"),
            "warning",
        )
        for key, row in spoilt.items()
    ]
    wanted = {key: row for key, row in samples.items() if key not in spoilt}
    return _judged(rows, wanted, policy, today), findings


def write_rules(rules: Sequence[SkuRule], folder: Path) -> list[Path]:
    """Write Amazon's file for each marketplace, and `returnless-by-reason.csv`. Raises Refusal.

    A file of an earlier run whose marketplace has no such SKU any more is left with its header.
    """
    told: dict[str, list[str]] = {}
    for rule in rules:
        if rule.always:
            told.setdefault(rule.marketplace, []).append(rule.sku)
    markets = dict.fromkeys((*told, *terms.MARKETPLACES))
    files = {market: folder / f"returnless-{market}.txt" for market in markets}
    texts = {
        path: _amazons_file(told.get(market, ()))
        for market, path in files.items()
        if market in told or path.exists()
    }
    by_reason = [
        (
            r.marketplace, r.sku, r.unit_paid, r.currency, listed(r.kept), listed(r.returned),
            ", ".join(r.rules), listed(map(_said, r.beyond if r.always else ())),
        )
        for r in rules
        if r.kept
    ]  # fmt: skip
    return write_text_files(
        folder, texts, {"returnless-by-reason.csv": [[*map(titled, _HEADERS)], *by_reason]}
    )


def _said(beyond: str) -> str:
    """A group and what the policy does with it."""
    return ": ".join(str(named(word)) for word in beyond.split(": "))


def _amazons_file(skus: Sequence[str]) -> bytes:
    layout = maps.rows("returnless")
    lines = [[{"sku": sku}.get(x["Holds"], x["Holds"]) for x in layout] for sku in skus]
    head = [x["Column"] for x in layout]
    return "".join("\t".join(line) + "\r\n" for line in [head, *lines]).encode()


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
    if not samples:
        return []
    kinds, book = _kinds(policy), Rulebook(policy)
    asked = _asked(rows, samples, list(kinds.values()), today)
    decisions = decide(asked, book, cells.days_of(today), no_history(asked.count))
    ids = [rule.id for rule in policy.action_rules]
    judged = [
        (terms.ACTIONS[action], "" if rule == NO_RULE else ids[rule])
        for action, rule in zip(decisions.action.tolist(), decisions.rule.tolist(), strict=True)
    ]
    return [
        _rule(key, rows, row, zip(kinds, judged[at : at + len(kinds)], strict=True))
        for at, (key, row) in zip(count(0, len(kinds)), samples.items(), strict=False)
    ]


def _kinds(policy: Policy) -> dict[Kind, str]:
    """A reason code for everything that a reason can be to the policy, no reason included."""
    found: dict[Kind, str] = {}
    for reason in policy.reasons:
        found.setdefault((reason.group, reason.fault_mfn, reason.state), reason.code)
    found.setdefault(("Unknown", "Unknown", "Unknown"), "")
    return found


def _asked(
    rows: Rows, samples: Mapping[tuple[str, str], int], reasons: Sequence[str], today: dt.date
) -> Rows:
    """New requests for one unit of each SKU, one for each reason."""
    sold = [(*key, row) for key, row in samples.items() for _ in reasons]
    return parse_rows(
        {
            "Marketplace": [market for market, *_ in sold],
            "SKU": [sku for _, sku, _ in sold],
            "Currency": [rows.currency(row) for *_, row in sold],
            "Unit Paid": [_exactly_paid(rows, row) for *_, row in sold],
            "Category": [rows.text["Category"][row] for *_, row in sold],
            "Reason": [reason for _ in samples for reason in reasons],
            **{
                header: [value] * len(sold)
                for header, value in (
                    ("Channel", "MFN"), ("Refund Controller", "Seller"), ("Status", "Requested"),
                    ("Quantity", 1), ("In Policy", "Y"), ("Order Date", today), ("Request Date", today),
                )
            },
        }
    )  # fmt: skip


def _rule(
    key: tuple[str, str], rows: Rows, row: int, judged: Iterable[tuple[Kind, tuple[str, str]]]
) -> SkuRule:
    """What was decided for a SKU: a group is kept when the buyer keeps it in all its kinds."""
    keeps: dict[str, bool] = {}
    rules, beyond = [], []
    for (group, *_), (action, rule) in judged:
        kept = action == terms.KEEP_ITEM
        if group in _NOT_ASKED:
            beyond += [] if kept else [f"{group}: {action}"]
            continue
        keeps[group] = keeps.get(group, True) and kept
        rules += [rule] if kept else []
    return SkuRule(
        *key,
        unit_paid=_shown_paid(rows, row),
        currency=rows.currency(row),
        kept=tuple(group for group, kept in keeps.items() if kept),
        returned=tuple(group for group, kept in keeps.items() if not kept),
        rules=tuple(dict.fromkeys(rules)),
        beyond=tuple(dict.fromkeys(beyond)),
    )


def _exactly_paid(rows: Rows, row: int) -> Decimal:
    """Unit Paid as it was read: a line's total over its units may be no whole minor unit."""
    return Decimal(int(rows.unit_paid[row])) / (UNIT_SCALE * 10 ** int(rows.places[row]))


def _shown_paid(rows: Rows, row: int) -> str:
    """Unit Paid as text, rounded half up to the minor unit."""
    minor = money.ratio(int(rows.unit_paid[row]), UNIT_SCALE)
    return money.show(minor, int(rows.places[row]))
