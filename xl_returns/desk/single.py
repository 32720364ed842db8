"""One return in Python: a typed row in, a typed decision out, by the same kernel as a column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from xl_returns.books.policies import default_policy, policy_of
from xl_returns.books.workbook import Workbook
from xl_returns.core import cells, columns, money, serials
from xl_returns.core.decide import decide as decide_rows
from xl_returns.core.findings import Refusal
from xl_returns.core.history import no_history
from xl_returns.core.language import speaking
from xl_returns.core.policy import Policy
from xl_returns.core.rows import parse_rows
from xl_returns.core.suggest import Shown, suggestions
from xl_returns.desk.live import Policies

_compiled = Policies()
_HEADER = {columns.normalised(name): name for name in columns.BY_NAME}


def _header(field: str) -> str:
    return _HEADER[columns.normalised(field)]


class _Row(BaseModel):
    model_config = ConfigDict(
        frozen=True, alias_generator=_header, populate_by_name=True, extra="forbid"
    )


class ReturnItem(_Row):
    """A returned order line. Money is exact (Decimal or text, in main units); None is not known."""

    return_id: str
    channel: str
    marketplace: str
    quantity: int
    status: str
    unit_paid: Decimal | None = None
    order_id: str | None = None
    order_date: dt.date | None = None
    delivered_date: dt.date | None = None
    request_date: dt.date | None = None
    sku: str | None = None
    asin: str | None = None
    item: str | None = None
    category: str | None = None
    shipping_paid: Decimal | None = None
    currency: str | None = None
    reason: str | None = None
    buyer_comment: str | None = None
    in_policy: str | None = None
    received_date: dt.date | None = None
    condition: str | None = None
    buyer_wants: str | None = None
    refunded_so_far: Decimal | None = None
    refund_controller: str | None = None
    label_cost: Decimal | None = None
    label_payer: str | None = None
    a_to_z: str | None = None
    buyer_key: str | None = None
    photos: str | None = None
    new_price: Decimal | None = None
    unit_cost: Decimal | None = None
    fulfilment_cost: Decimal | None = None


class Decision(_Row):
    """What the desk says about a return; money in the row's currency, None where nothing is said."""

    action: str
    refund: Decimal | None
    offer: Decimal | None
    offer_max: Decimal | None
    due: dt.date | None
    disposition: str | None
    resale_price: Decimal | None
    recovery: Decimal | None
    risk: int
    appeal: str | None
    warnings: str | None
    rule: str | None
    why: str


def load_policy(book: Path | None = None) -> Policy:
    """The policy of a workbook, or the seller guide. Raises Refusal when a cell cannot be read."""
    if book is None:
        return default_policy()
    policy, findings = policy_of(Workbook.open(book))
    for finding in findings:
        if finding.severity == "error":
            raise Refusal(finding.place, finding.problem, finding.remedy)
    return policy


def decide(item: ReturnItem, policy: Policy, today: dt.date) -> Decision:
    """Decide one return by a policy on a day. Raises Refusal when a value cannot be read."""
    with speaking(policy.settings.language):
        rows = parse_rows({name: [value] for name, value in item.model_dump(by_alias=True).items()})
    for problem in rows.problems:
        raise Refusal(problem.header, problem.problem, problem.remedy)
    book = _compiled.book(_compiled.add(policy))
    shown = suggestions(decide_rows(rows, book, cells.days_of(today), no_history(1)), book)
    return Decision.model_validate({name: _typed(name, values) for name, values in shown.items()})


def _typed(name: str, values: Shown) -> object:
    value, kind = values[0], columns.BY_NAME[name].kind
    if isinstance(value, float) and kind == "money":
        return money.exact(value)
    if isinstance(value, float) and kind == "date":
        return serials.date_of(value)
    return value
