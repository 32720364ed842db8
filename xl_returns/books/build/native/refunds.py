"""Helper columns: how much to pay back."""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.native import lines, policy
from xl_returns.books.build.native.facts import of_reason
from xl_returns.books.build.native.step import Step, is_, minor
from xl_returns.core import terms
from xl_returns.core.rows import UNIT_SCALE

_GUARD: Final = 100
"""What is taken off a quotient of a line before its one rounding; see `facts`."""


def steps() -> list[Step]:
    """What is owed for the units, and what is kept."""
    return [
        Step("fx Net", "What the buyer paid for the returned units.", _net()),
        Step("fx Settled", "Y when refunds reach that.", 'IF(OR(`Status`="Refunded",IF(`fx Net`="",FALSE,AND(`fx Refunded`>=`fx Net`,`fx Refunded`>0))),"Y","N")'),
        Step("fx Share", "What that line keeps back, in basis points.", _of_refund_rule("Withhold", "0")),
        Step("fx Forbidden", "1 where platform or law lets nothing be kept.", _nothing_may_be_kept()),
        Step("fx Shipping", "Outbound shipping that is owed.", f'IF({_of_refund_rule("RefundOutbound", chr(34) + "N" + chr(34))}="Y",{minor("Shipping Paid")},0)'),
        Step("fx Withheld", "What is kept back.", _withheld()),
        Step("fx Label", "The label that is kept back.", _label()),
        Step("fx Payable", "What is due: in full, or with the goods kept.", f"IF({is_('fx Action', terms.KEEP_ITEM, terms.OFFER)},MAX(N(`fx Net`)+`fx Shipping`-`fx Refunded`,0),MAX(N(`fx Net`)+`fx Shipping`-`fx Withheld`-`fx Label`-`fx Refunded`,0))"),
    ]  # fmt: skip


def _net() -> str:
    whole = f"INT(`fx Unit`/{UNIT_SCALE})*`Quantity`"
    part = f"{_of_units('(`fx Before`+`Quantity`)')}-{_of_units('`fx Before`')}"
    return f'IF(OR(`Quantity`="",`fx Unit`="",`fx Before`="?"),"",{whole}+{part})'


def _of_units(units: str) -> str:
    return f"ROUND(ROUND(`fx Rest`*{units}/{_GUARD},0)/{UNIT_SCALE // _GUARD},0)"


def _of_refund_rule(column: str, none: str) -> str:
    rules = lines.REFUNDS
    return f"IF(`fx Refund Rule`=0,{none},INDEX({rules}_{column},`fx Refund Rule`))"


def _nothing_may_be_kept() -> str:
    in_time = 'OR(`In Policy`="Y",`fx Withdrawal`="Y")'
    as_new = f'AND({in_time},`fx State`="Intact",`fx Condition`<>"Opened")'
    keeps = f"OR({is_('fx Fault', 'Seller', 'Carrier', 'Amazon')},{as_new})"
    return f'IF(AND(`fx Received`="Y",`fx Share`>0,{keeps}),1,0)'


def _withheld() -> str:
    seen = f'OR(`fx Share`<{policy.setting("Photo threshold")},`Photos`="Y")'
    allowed = f'AND(`fx Received`="Y",`fx Forbidden`=0,{seen})'
    return f"IF({allowed},ROUND(N(`fx Net`)*`fx Share`/10000,0),0)"


def _label() -> str:
    fashion = policy.setting("Fashion categories")
    dressed = f'AND(`Category`<>"",ISNUMBER(FIND("|"&LOWER(`Category`)&"|",{fashion})))'
    owed = [
        f'{_of_refund_rule("DeductLabel", chr(34) + "N" + chr(34))}="Y"',
        "`fx Forbidden`=0",
        f'{policy.setting("Ships from abroad")}<>"Y"',
        '`Label Payer`="Seller"',
        f'{of_reason("Postage", "Seller")}="Buyer"',
        f"NOT({dressed})",
    ]
    return f"IF(AND({','.join(owed)}),{minor('Label Cost')},0)"
