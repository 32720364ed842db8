"""What a run puts on record: the decision that counts for each row, and its line in the Log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xl_returns.books.cells import Value
from xl_returns.core import cells, columns, terms
from xl_returns.core.decide import Decisions, refund_of
from xl_returns.core.facts import Flags
from xl_returns.core.language import phrased
from xl_returns.core.suggest import Shown, amounts, words
from xl_returns.core.tables import BLANK, Codes
from xl_returns.desk.log import DECIDED, OVERRIDDEN, inputs_of
from xl_returns.desk.table import Part, as_value


@dataclass(frozen=True)
class Verdicts:
    """What counts for each row: action, refund in minor units, whether it is the seller's own."""

    action: Codes
    refund: Codes
    own: Flags


def verdicts(decisions: Decisions) -> Verdicts:
    """The seller's own decision where given, held where it cannot be read, else the policy's."""
    rows = decisions.facts.rows
    own, amount = rows.codes["Override Action"], rows.amounts["Override Refund"]
    unread = np.zeros(rows.count, dtype=np.bool_)
    unread[[p.row for p in rows.problems if p.header in columns.OVERRIDES]] = True
    hold = terms.ACTIONS.index(terms.HOLD)
    action = np.select([unread, own != BLANK], [hold, own], decisions.action)
    refund = refund_of(action, decisions.money, decisions.terms_of_offer)
    refund = np.where((amount != BLANK) & ~unread, amount, refund)
    return Verdicts(action, refund, (own != BLANK) | (amount != BLANK))


def is_recorded(decisions: Decisions, verdict: Verdicts) -> Flags:
    """Rows whose record already says what counts now."""
    rows = decisions.facts.rows
    return (
        (rows.codes["Decided Action"] == verdict.action)
        & (rows.amounts["Decided Refund"] == verdict.refund)
        & (rows.amounts["Decided Resale Price"] == decisions.resale_price)
        & (rows.days["Decided At"] != BLANK)
    )


def record(
    decisions: Decisions, verdict: Verdicts, stands: Flags, version: str, today: dt.date
) -> dict[str, list[Value]]:
    """The record columns; a row whose decision stands keeps its first day and version."""
    rows = decisions.facts.rows
    at, day = rows.days["Decided At"], as_value(today)
    versions = rows.text["Policy Version"]
    return {
        "Decided Action": list(words(verdict.action, terms.ACTIONS)),
        "Decided Refund": list(amounts(verdict.refund, rows.places)),
        "Decided Resale Price": list(amounts(decisions.resale_price, rows.places)),
        "Decided At": [
            as_value(cells.date_of(int(at[row]))) if stands[row] else day
            for row in range(rows.count)
        ],
        "Policy Version": [versions[row] if stands[row] else version for row in range(rows.count)],
    }


def entries(
    decisions: Decisions,
    verdict: Verdicts,
    new: Flags,
    shown: Mapping[str, Shown],
    version: str,
    part: Part,
    today: dt.date,
    policy_costs: Codes,
) -> dict[str, list[Value]]:
    """A line of the Log for every new decision, with what it was made from, as columns.

    `policy_costs` is what the policy's choice costs above the cheapest, in minor units.
    """
    rows, at = decisions.facts.rows, np.flatnonzero(new)
    places, own = rows.places[at], verdict.own[at]
    notes = [rows.text["Override Note"][row] for row in at.tolist()]
    whys = [shown["Why"][row] for row in at.tolist()]
    cost = np.where(verdict.own, verdict.refund - decisions.refund, BLANK)
    return {
        "At": [as_value(today)] * len(at),
        "Event": [OVERRIDDEN if is_own else DECIDED for is_own in own.tolist()],
        "Return ID": [rows.text["Return ID"][row] for row in at.tolist()],
        "Action": words(verdict.action[at], terms.ACTIONS),
        "Refund": amounts(verdict.refund[at], places),
        "Currency": [code or "" for code in words(rows.codes["Currency"][at], terms.CURRENCIES)],
        "Rule": [shown["Rule"][row] for row in at.tolist()],
        "Policy Version": [version] * len(at),
        "Details": list(map(_details, own.tolist(), notes, whys)),
        "Override Cost": amounts(cost[at], places),
        "Inputs": inputs_of(part.take(at.tolist()).cells, decisions.facts.history.take(at)),
        "Policy Costs": amounts(policy_costs[at], places),
    }


def _details(own: bool, note: str, why: Value) -> str:
    return (
        phrased("Own decision: {note}. Policy: {why}", note=note or phrased("no note"), why=why)
        if own
        else str(why)
    )
