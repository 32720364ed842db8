"""How much to pay back: net paid of the returned units, plus shipping where it is owed, less
what may be kept, less what was already paid; never below zero, never above what was paid.

Amazon allows no deduction where the seller is at fault (help G202175040) nor from goods in
original condition within the window (2020-09-30), and wants a photo from the threshold on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xl_returns.core import money
from xl_returns.core.facts import Facts, Flags
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import Codes, or_zero
from xl_returns.core.texts import distinct


@dataclass(frozen=True)
class Refund:
    """The parts of a refund per row, minor units; `rule` is the refund rule's position."""

    rule: Codes
    net_paid: Codes
    shipping: Codes
    withheld: Codes
    label: Codes
    refunded: Codes
    total: Codes
    """What to pay in full."""
    forbidden: Flags
    """The rule would keep something that Amazon or law does not allow."""
    wants_photo: Codes
    """What could be kept if there were photos."""


def full_refund(facts: Facts, book: Rulebook) -> Refund:
    """The refund of every row if all that is due is paid; 0 where net paid is not known."""
    rule = book.refunds.first(facts.table, facts.rows.count)
    lines = book.policy.refund_rules
    pay_shipping = _of_rule(rule, [int(r.refund_outbound) for r in lines]) == 1
    may_deduct_label = _of_rule(rule, [int(r.deduct_label) for r in lines]) == 1
    net = or_zero(facts.net_paid)
    shipping = or_zero(facts.rows.amounts["Shipping Paid"]) * pay_shipping
    share = _of_rule(rule, [r.withhold for r in lines])
    inspected = facts.is_("Received", "Y")
    forbidden = inspected & (share > 0) & _nothing_may_be_kept(facts)
    allowed = money.percent_of(net, share) * (inspected & ~forbidden)
    unseen = (share >= book.policy.settings.photo_threshold) & ~facts.rows.is_("Photos", "Y")
    withheld = allowed * ~unseen
    label = or_zero(facts.rows.amounts["Label Cost"]) * (
        may_deduct_label & ~forbidden & _label_is_buyers(facts, book)
    )
    owed = net + shipping - withheld - label - facts.refunded
    return Refund(
        rule=rule,
        net_paid=net,
        shipping=shipping,
        withheld=withheld,
        label=np.minimum(label, net + shipping - withheld),
        refunded=facts.refunded,
        total=np.maximum(owed, 0),
        forbidden=forbidden,
        wants_photo=allowed * unseen,
    )


def _of_rule(rule: Codes, values: list[int]) -> Codes:
    """What each row's rule says, 0 without a rule: its position, -1, is that of the last."""
    return np.array([*values, 0], dtype=np.int64).take(rule)


def _nothing_may_be_kept(facts: Facts) -> Flags:
    """Rows of which nothing may be kept whatever the sheets say: L11, L14 and L16 of Limits."""
    not_the_buyer = facts.is_("Fault", "Seller", "Carrier", "Amazon")
    in_time = facts.is_("In Policy", "Y") | facts.is_("Withdrawal", "Y")
    return not_the_buyer | (
        in_time & facts.is_("State", "Intact") & ~facts.is_("Condition", "Opened")
    )


def _label_is_buyers(facts: Facts, book: Rulebook) -> Flags:
    """The seller paid a label that the reason puts on the buyer (not fashion, not from abroad)."""
    settings, rows = book.policy.settings, facts.rows
    if settings.ships_from_abroad:
        return np.zeros(rows.count, dtype=bool)
    seen = distinct(rows.text["Category"])
    fashion = [(name or "").casefold() in settings.fashion_categories for name in seen.values]
    dressed = np.array(fashion, dtype=bool)[seen.of_row]
    return rows.is_("Label Payer", "Seller") & facts.reason.buyer_pays_postage & ~dressed
