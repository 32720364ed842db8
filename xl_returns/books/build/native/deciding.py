"""Helper columns: decision tables with hit policy FIRST, and the action that they give."""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.native import lines, reading
from xl_returns.books.build.native.blocks import Block
from xl_returns.books.build.native.step import Step, is_
from xl_returns.core import terms

_CELLS: Final = {
    "Channel": "`Channel`",
    "Controller": "`fx Controller`",
    "Status": "`Status`",
    "Settled": "`fx Settled`",
    "A-to-z": "`fx A-to-z`",
    "Reason Group": "`fx Group`",
    "Fault": "`fx Fault`",
    "State": "`fx State`",
    "Condition": "`fx Condition`",
    "Received": "`fx Received`",
    "Withdrawal": "`fx Withdrawal`",
    "In Policy": "`In Policy`",
    "Tier": "`fx Tier`",
    "Buyer Wants": "`Buyer Wants`",
    "Marketplace": "`Marketplace`",
}
_NUMBERS: Final = {"Price": "`fx Price`", "Risk": "`fx Risk`", "Age": "`fx Age`"}


def steps(actions: Block, refunds: Block) -> list[Step]:
    """Which rules decide, and what they say."""
    return [
        Step("fx Rule", "The line of Action Rules that decides.", first_hit(actions)),
        Step("fx Ruled", "The action of that line.", f'IF(`fx Rule`=0,"{terms.HOLD}",INDEX(act_Action,`fx Rule`))'),
        Step("fx Lacks Price", "1 where money is due and no price is known.", f'IF(AND({is_("fx Ruled", *terms.PAYING_ACTIONS, terms.OFFER)},`fx Net`=""),1,0)'),
        Step("fx Action", "The action that platform and law allow.", _acting()),
        Step("fx Refund Rule", "The line of Refund Rules that decides.", first_hit(refunds)),
    ]  # fmt: skip


def accepting(block: Block, **other: str) -> str:
    """1 for every line of a decision table that accepts the row: its conditions, multiplied."""
    words, names = {**_CELLS, **other}, [column.name for column in block.columns]
    tests = [f"({block.name('On')}=1)"]
    tests += [has_bit(block, n, lines.bit_of(n, words[n])) for n in names if n in words]
    tests += [_in_ranges(block, name) for name in _NUMBERS if f"{name} low 1" in names]
    return "*".join([*tests, _category(block), _dated(block)])


def has_bit(block: Block, name: str, bit: str) -> str:
    """1 for every line whose words have the row's bit among them."""
    return f"MOD(INT({block.name(name)}/{bit}),2)"


def _in_ranges(block: Block, name: str) -> str:
    value = f'IF({_NUMBERS[name]}="",{reading.ANY_HIGH},{_NUMBERS[name]})'
    low, high = f"{name} low", f"{name} high"
    ranges = "+".join(
        f"({block.name(f'{low} {n}')}<={value})*({value}<={block.name(f'{high} {n}')})"
        for n in range(1, reading.PARTS + 1)
    )
    return f"(({ranges})>0)"


def _category(block: Block) -> str:
    words = block.name("Category")
    named = f'ISNUMBER(FIND("|"&`fx Category`&"|",{words}))<>(LEFT({words},1)="!")'
    return f'(({words}="")+(`fx Category`<>"")*({named})>0)'


def _dated(block: Block) -> str:
    day = f'IF(`fx Order Day`="",{reading.ANY_HIGH},`fx Order Day`)'
    return f"({block.name('From')}<={day})*({day}<={block.name('To')})"


def first_hit(block: Block) -> str:
    """The line that decides: the first, from the top, whose conditions all fit; 0 when none does."""
    return f"IFERROR(MATCH(1,INDEX({accepting(block)},0),0),0)"


def _acting() -> str:
    ours = '`fx Controller`="Seller"'
    foreign = f"IF({ours},NOT({is_('fx Ruled', *terms.SELLER_ACTIONS)}),NOT({is_('fx Ruled', *terms.AMAZON_ACTIONS)}))"
    unknown = 'OR(`Channel`="",`Marketplace`="",`Status`="")'
    protected = 'OR(`In Policy`="Y",`fx Withdrawal`="Y")'
    unlawful = f"AND({is_('fx Ruled', terms.CLOSE)},{protected})"
    gated = f'IF({unlawful},"{terms.APPROVE}",`fx Ruled`)'
    return f'IF(OR({foreign},`fx Lacks Price`=1,{unknown}),"{terms.HOLD}",{gated})'
