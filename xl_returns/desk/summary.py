"""What a run decided, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.facts import Flags, does
from xl_returns.core.findings import Finding
from xl_returns.core.language import counted, marked, named, phrased
from xl_returns.core.suggest import words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.desk.record import Verdicts

_ROWS: Final = (marked("1 row"), marked("{count} rows"))


@dataclass(frozen=True)
class Summary:
    """What a run decided. Money is per currency, in main units; currencies are never added up.

    `unmended` are those of the findings that tell what the workbook lost in LibreOffice.
    """

    rows: int
    actions: dict[str, int]
    to_refund: dict[str, float]
    newly_to_refund: dict[str, float]
    recovered: dict[str, float]
    for_a_person: int
    overdue: int
    newly_decided: int
    findings: list[Finding]
    policy_costs: dict[str, float]
    to_reconcile: int = 0
    changed_cells: int = 0
    written_to: str = ""
    unmended: Sequence[Finding] = ()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        width = max((len(name) for name in self.actions), default=0)
        return [
            phrased(
                "{rows} decided, {newly_decided} new or changed",
                rows=counted(*_ROWS, count=self.rows),
                newly_decided=self.newly_decided,
            ),
            *(f"  {named(name):<{width}}  {count:>7,}" for name, count in self.actions.items()),
            phrased("To refund     {coins}", coins=coins(self.to_refund)),
            phrased("To recover    {coins}", coins=coins(self.recovered)),
            phrased(
                "Policy costs  {coins} above the cheapest lawful choices",
                coins=coins(self.policy_costs),
            ),
            phrased("For a person  {count:,}", count=self.for_a_person),
            phrased("Overdue       {count:,}", count=self.overdue),
            *(
                [phrased("To reconcile  {count:,}", count=self.to_reconcile)]
                if self.to_reconcile
                else []
            ),
            self.written_to,
        ]


def coins(amounts_by_currency: dict[str, float]) -> str:
    """Amounts as `12.50 USD  900 JPY`, or `nothing`."""
    shown = (
        f"{amount:,.{money.decimals(name)}f} {name}" for name, amount in amounts_by_currency.items()
    )
    return "  ".join(shown) or phrased("nothing")


class Tally:
    """Counts over rows that are decided part by part; money in minor units."""

    def __init__(self) -> None:
        self._actions: Counter[str | float | None] = Counter()
        self._counts: Counter[str] = Counter()
        self._sums: dict[str, Counter[str]] = {}

    def add(self, decisions: Decisions, verdict: Verdicts, new: Flags, above: Codes) -> None:
        """Count decided rows; `above` is what each costs above the cheapest lawful choice."""
        rows, action, due = decisions.facts.rows, verdict.action, decisions.clocks.due
        self._actions.update(words(action, terms.ACTIONS))
        self._counts["rows"] += rows.count
        self._counts["new"] += int(new.sum())
        self._counts["overdue"] += int(((due != BLANK) & (due < decisions.facts.today)).sum())
        sent = np.array([bool(batch) for batch in rows.text["Upload Batch"]], dtype=np.bool_)
        to_pay = np.where(does(action, *terms.PAYING_ACTIONS) & ~sent, verdict.refund, 0)
        for name, minor in (
            ("to refund", to_pay),
            ("newly to refund", np.where(new, to_pay, 0)),
            ("recovered", np.where(decisions.recovery == BLANK, 0, decisions.recovery)),
            ("above", np.maximum(above, 0)),
        ):
            sums = self._sums.setdefault(name, Counter())
            for code, currency in enumerate(terms.CURRENCIES):
                sums[currency] += int(minor[rows.codes["Currency"] == code].sum())

    @property
    def new(self) -> int:
        """How many decisions are new or changed."""
        return self._counts["new"]

    def summary(self, findings: list[Finding]) -> Summary:
        """All that was counted."""
        return Summary(
            rows=self._counts["rows"],
            actions={name: self._actions[name] for name in terms.ACTIONS if self._actions[name]},
            to_refund=self._by_currency("to refund"),
            newly_to_refund=self._by_currency("newly to refund"),
            recovered=self._by_currency("recovered"),
            for_a_person=self._actions[terms.HOLD],
            overdue=self._counts["overdue"],
            newly_decided=self.new,
            findings=findings,
            policy_costs=self._by_currency("above"),
        )

    def _by_currency(self, name: str) -> dict[str, float]:
        return {
            currency: money.to_major(total, money.decimals(currency))
            for currency, total in self._sums.get(name, {}).items()
            if total
        }
