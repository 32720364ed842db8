"""Helper columns: the best way to sell, the keep-it offer, and where the goods go."""

from __future__ import annotations

from xl_returns.books.build.native import lines, policy
from xl_returns.books.build.native.blocks import Block
from xl_returns.books.build.native.deciding import accepting, has_bit
from xl_returns.books.build.native.step import Step, is_, minor
from xl_returns.core import terms
from xl_returns.core.policy_lines import FULFILMENT
from xl_returns.core.rows import UNIT_SCALE

_OFFSET, _WAYS = "1E12", 64
"""A way's recovery and its line in one number: (recovery + offset) x ways + last way - line."""


def steps(resales: Block) -> list[Step]:
    """The best way to sell, the offer that beats it, and where the goods go."""
    return [
        Step("fx New Price", "Today's new price of a unit.", f'IF(ISNUMBER(`New Price`),{minor("New Price")},IF(`fx Unit`="","",ROUND(`fx Unit`/{UNIT_SCALE},0)))'),
        Step("fx Expected", "The condition found, or to be expected.", f'IF(`fx Condition`<>"",`fx Condition`,IF(`fx State`="Intact",{policy.setting("Condition when intact")},IF(`fx State`="Faulty",{policy.setting("Condition when faulty")},"")))'),
        Step("fx In Hand", "1 where the goods are here and inspected.", 'IF(AND(`Channel`="MFN",`fx Received`="Y",`fx Condition`<>""),1,0)'),
        Step("fx Venue", "Where the row's fees stand.", _venue()),
        Step("fx Best", "The best way to sell and what it brings, in one number.", _best(resales)),
        Step("fx Doubt", "1 where a rounding cannot be told by formulas.", _doubtful(resales)),
        Step("fx Unit Recovery", "What a unit brings in the best way.", f'IF(`fx Best`=0,"",ROUND((`fx Best`-{(_WAYS - 1) / 2})/{_WAYS},0)-{_OFFSET})'),
        Step("fx Way", "The line of Resale Rules that is best.", f"IF(`fx Best`=0,0,{_WAYS - 1}-(`fx Best`-{_WAYS}*(`fx Unit Recovery`+{_OFFSET})))"),
        Step("fx Way Price", "What a unit is offered at in that way.", _price_of_way()),
        Step("fx Offer Max", "The most to offer.", _offer_most()),
        Step("fx Offer", "The first offer.", f'MIN(ROUND(N(`fx Net`)*IF(`fx Tier`="high",{policy.setting("Opening offer high")},{policy.setting("Opening offer middle")})/10000,0),`fx Offer Max`)'),
        Step("fx Disposition", "What becomes of the goods.", _disposition()),
        Step("fx Sold", "1 where the goods are to be sold.", f'IF(OR(`fx Disposition`="",{is_("fx Disposition", terms.BUYER_KEEPS, terms.AWAITING_GOODS, terms.WITH_AMAZON)}),0,1)'),
    ]  # fmt: skip


def _clamped(value: str, low: str, high: str) -> str:
    return f"(({low}+{high}+ABS({value}-{low})-ABS({value}-{high}))/2)"


def _asking() -> str:
    """The price of a unit in every way: a share of the new price, within floor and cap, ending."""

    def by_coin(name: str) -> str:
        return f"INDEX(rsl_{name},0,IF(`fx Units`=1,2,1))"

    share = "ROUND(`fx New Price`*rsl_Percent/10000,0)"
    asked = _clamped(share, "rsl_Floor", "rsl_Cap")
    over = f"MOD({asked}-{by_coin('End')},{by_coin('Step')})"
    ended = f"({asked}-({asked}>={by_coin('Least')})*{over})"
    return f"(({ended}+rsl_Floor+ABS({ended}-rsl_Floor))/2)"


def _best(block: Block) -> str:
    """The recovery of the best way and its line in one number; 0 when there is no way."""
    sale = f"ROUND({_asking()}*rsl_Kept,0)"
    percents, amounts, caps = (
        f"INDEX({lines.VENUES}_{x},`fx Venue`,0)" for x in ("Percents", "Amounts", "Caps")
    )
    fee = f"(ROUND({sale}*{percents}/10000,0)+{amounts})"
    least = f"(({fee}+{caps}-ABS({fee}-{caps}))/2)"
    fees = f"MMULT(rsl_Times*{least},{lines.FEES}_Ones)+rsl_{FULFILMENT}*{minor('Fulfilment Cost')}"
    packed = f"(({sale}-({fees})+{_OFFSET})*{_WAYS}+{_WAYS - 1}-rsl_Line)"
    found = f"SUMPRODUCT(MAX({_offered(block)}*{packed}))"
    return f'IF(OR(`fx New Price`="",`fx Venue`=0),0,{found})'


def _offered(block: Block) -> str:
    coin = has_bit(block, "Coins", lines.bit_of("Currency", "`fx Currency`"))
    photos = f'({block.name("Photos")}*(`fx In Hand`=1)*(`Photos`<>"Y")=0)'
    return f"{accepting(block, Condition='`fx Expected`')}*{coin}*{photos}"


def _doubtful(block: Block) -> str:
    """1 where only whole numbers of any size tell how a sale in some weeks is rounded."""
    price = _asking()
    near = f"(ABS({price}*rsl_Kept-INT({price}*rsl_Kept)-0.5)<1E-5)"
    fine = f"(rsl_Decimals>4)*((rsl_Decimals>8)+({price}>1E7)>0)"
    late = "SUMPRODUCT(rsl_On*(rsl_Decimals>4))=0"
    found = f"SUMPRODUCT(MAX({_offered(block)}*{fine}*{near}))"
    return f'IF(OR({late},`fx New Price`=""),0,{found})'


def _price_of_way() -> str:
    def of_way(name: str) -> str:
        return f"INDEX(rsl_{name},`fx Way`)"

    def by_coin(name: str) -> str:
        return f"IF(`fx Units`=1,{of_way(name + '0')},{of_way(name + '2')})"

    share = f"ROUND(`fx New Price`*{of_way('Percent')}/10000,0)"
    asked = f"MIN(MAX({share},{of_way('Floor')}),{of_way('Cap')})"
    ended = (
        f"{asked}-IF({asked}>={by_coin('Least')},MOD({asked}-{by_coin('End')},{by_coin('Step')}),0)"
    )
    return f'IF(`fx Way`=0,"",MAX({ended},{of_way("Floor")}))'


def _venue() -> str:
    """Where the row's fees stand: its marketplace, or its currency where no fee names the former."""
    places = len(terms.MARKETPLACES)
    home = f"MATCH(`Marketplace`,{lines.WORDS}_Marketplace,0)"
    at_home = f"INDEX({lines.WORDS}_Home,{home})=`fx Currency`"
    anywhere = f'{places}+IF(`fx Currency`="",{len(terms.CURRENCIES) + 1},MATCH(`fx Currency`,{lines.WORDS}_Currency,0))'
    nowhere = f"COUNTIF({lines.FEES}_Matters,`Marketplace`)=0"
    return f'IFERROR(IF(`Marketplace`="",{anywhere},IF({at_home},{home},IF({nowhere},{anywhere},0))),0)'


def _offer_most() -> str:
    recovery = "IF(`fx Way`=0,0,`fx Unit Recovery`)*MAX(N(`Quantity`),1)"
    by_others = 'AND(`Label Payer`<>"",`Label Payer`<>"Seller")'
    usual = "INDEX({}_{},`fx Venue`)".format
    label = f'IF({by_others},0,IF(`Label Cost`="",{usual(lines.VENUES, "Label")},{minor("Label Cost")}))'
    inspection = f"{usual(lines.VENUES, 'Inspection')}*MAX(N(`Quantity`),1)"
    gain = f"MAX({recovery}-{label}-{inspection},0)"
    chance = policy.setting("Chance goods come back")
    return f"MAX(`fx Payable`-ROUND({gain}*{chance}/10000,0),0)"


def _disposition() -> str:
    removal = f'`fx Action`="{terms.REQUEST_REMOVAL}"'
    unseen = 'AND(`Channel`="MFN",`fx Received`="Y")'
    waiting = f'OR({is_("fx Action", terms.APPROVE, terms.REFUND_ON_RECEIPT)},AND(`Channel`="MFN",`Status`="In transit"))'
    keeps = is_("fx Action", terms.KEEP_ITEM, terms.OFFER, terms.REFUND_NOW)
    chosen = 'IF(`fx Way`=0,"",INDEX(rsl_Disposition,`fx Way`))'
    steps = [
        (f"OR(`fx In Hand`=1,{removal})", chosen),
        ('`Channel`<>"MFN"', f'"{terms.WITH_AMAZON}"'),
        (unseen, '""'),
        (waiting, f'"{terms.AWAITING_GOODS}"'),
        (keeps, f'"{terms.BUYER_KEEPS}"'),
    ]
    nested = "".join(f"IF({when},{what}," for when, what in steps)
    return f'{nested}""{")" * len(steps)}'
