"""Problems that no single cell shows: repeated names, impossible actions, unknown fees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_returns.core import sheets, terms
from xl_returns.core.findings import Finding
from xl_returns.core.language import phrased
from xl_returns.core.messages import forbidden_in
from xl_returns.core.policy import Policy
from xl_returns.core.policy_lines import DESK_FEES, FULFILMENT


def across_lines(policy: Policy) -> Iterator[Finding]:
    """Everything that is wrong between the lines of a policy."""
    yield from _repeated("Rule", [(r.id, r.place) for r in policy.action_rules])
    yield from _repeated("Rule", [(r.id, r.place) for r in policy.refund_rules])
    yield from _repeated("Rule", [(r.id, r.place) for r in policy.resale_rules])
    yield from _repeated("Code", [(r.code, r.place) for r in policy.reasons])
    yield from _repeated("Currency", [(t.currency, t.place) for t in policy.tiers])
    yield from _open_ended(policy)
    yield from _foreign_actions(policy)
    yield from _unknown_fees(policy)
    yield from _forbidden_texts(policy)


def _repeated(what: str, named: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, place in named:
        if name in first:
            yield Finding(
                place,
                phrased(
                    "{what} {name} stands at {first} as well",
                    what=what,
                    name=name,
                    first=first[name],
                ),
                phrased("give each line its own"),
            )
        first.setdefault(name, place)


def _open_ended(policy: Policy) -> Iterator[Finding]:
    rules = policy.action_rules
    last = rules[-1] if rules else None
    if last is None or any(cell is not None for cell in last.conditions.values()):
        yield Finding(
            last.place if last else sheets.ACTION_RULES.name,
            phrased("the last rule does not take every row"),
            phrased("end with a rule without conditions: {action}", action=terms.HOLD),
            "warning",
        )


def _foreign_actions(policy: Policy) -> Iterator[Finding]:
    allowed = dict(
        zip(terms.CONTROLLERS, (terms.SELLER_ACTIONS, terms.AMAZON_ACTIONS), strict=True)
    )
    for rule in policy.action_rules:
        cell = rule.conditions["Controller"]
        reached = [terms.CONTROLLERS[code] for code, _ in cell] if cell else list(terms.CONTROLLERS)
        for controller in reached:
            if rule.action not in allowed[controller]:
                yield Finding(
                    rule.place,
                    phrased(
                        "{action} is not possible where {controller} controls the refund",
                        action=rule.action,
                        controller=controller,
                    ),
                    phrased("narrow Controller; such rows become {action}", action=terms.HOLD),
                    "warning",
                )


def _unknown_fees(policy: Policy) -> Iterator[Finding]:
    known = {fee.name for fee in policy.fees}
    for name in DESK_FEES:
        if name not in known:
            problem = phrased("there is no {name}: it counts as 0", name=name)
            yield Finding(
                sheets.FEES.name, problem, phrased("copy its lines from a new workbook"), "warning"
            )
    for rule in policy.resale_rules:
        others = [name for name in (rule.storage, rule.per_shipment) if name]
        for name in [name for name in rule.fees if name != FULFILMENT] + others:
            if name not in known:
                yield Finding(
                    rule.place,
                    phrased("the Fees sheet has no {name}", name=name),
                    phrased("correct the name or add the fee"),
                )


def _forbidden_texts(policy: Policy) -> Iterator[Finding]:
    for message in policy.messages:
        for what in forbidden_in(message.text):
            yield Finding(
                message.place,
                phrased("the text has {what}", what=what),
                phrased("write it without"),
                "warning",
            )
