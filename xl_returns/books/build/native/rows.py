"""The formulas of the Returns table: what each row's suggestions are, and the steps to them."""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.native import across, deciding, facts, goods, lines, refunds
from xl_returns.books.build.native.blocks import Block
from xl_returns.books.build.native.step import Step, formula, is_
from xl_returns.core import terms

UNANSWERED: Final = "Needs xl-returns"
"""What Action says where the formulas have no answer of their own."""


def steps(actions: Block, refund_rules: Block, resales: Block) -> list[Step]:
    """Every helper column; the first says why a row has no answer."""
    return [
        Step(
            "fx Note",
            "Why the formulas have no answer here; blank when they have one.",
            _open_question(),
        ),
        *facts.steps(),
        *across.steps(),
        *deciding.steps(actions, refund_rules),
        *refunds.steps(),
        *goods.steps(resales),
    ]


def _open_question() -> str:
    """Why the formulas have no answer for a row; blank when they have."""
    unread = '"Correct or process: "&LEFT(`fx Unread`,LEN(`fx Unread`)-2)'
    steps = [
        (f'{lines.STATE}<>""', lines.STATE),
        ('`fx Unread`<>""', unread),
        ('`fx Before`="?"', '"Several returns of one order line, at a price below a cent"'),
        ("`fx Venue`=0", '"Fees of the marketplace in another currency"'),
        (f"OR(N(`fx New Price`)>{lines.DEAREST},N(`fx New Price`)*N(`Quantity`)>1E11)", '"The price is too high for formulas"'),
        ("`fx Doubt`<>0", '"A sale after weeks, half a cent from the next price"'),
    ]  # fmt: skip
    nested = "".join(f"IF({when},{what}," for when, what in steps)
    return f'IFERROR({nested}""{")" * len(steps)},"A cell holds an error")'


def suggestions() -> dict[str, str]:
    """The formula of every suggestion that formulas can give, by its header."""
    offering = f'`fx Action`="{terms.OFFER}"'
    paying = is_("fx Action", *terms.PAYING_ACTIONS)
    refund = f'IF(`fx Lacks Price`=1,"",IF({offering},`fx Offer`,IF({paying},`fx Payable`,0))/`fx Units`)'
    shown = {
        "Action": "`fx Action`",
        "Refund": refund,
        "Offer": f'IF({offering},`fx Offer`/`fx Units`,"")',
        "Offer Max": f'IF({offering},`fx Offer Max`/`fx Units`,"")',
        "Disposition": "`fx Disposition`",
        "Resale Price": 'IF(`fx Sold`=1,`fx Way Price`/`fx Units`,"")',
        "Recovery": 'IF(`fx Sold`=1,`fx Unit Recovery`*MAX(N(`Quantity`),1)/`fx Units`,"")',
        "Risk": "`fx Risk`",
        "Rule": 'IF(`fx Rule`=0,"",INDEX(act_Rule,`fx Rule`))',
    }
    return {name: _guarded(name, text) for name, text in shown.items()}


def _guarded(name: str, text: str) -> str:
    """A suggestion, or what stands for it where the formulas have no answer."""
    other = f'"{UNANSWERED}"' if name == "Action" else '""'
    return formula(f'IF(`fx Filled`=0,"",IF(`fx Note`<>"",{other},{text}))')
