"""The formulas of the Returns table: what each row's suggestions are, and the steps to them.

In a formula `Header` in backquotes is the row's own cell of that column, `*Header` the column of
the whole table. Amounts are in minor units, a unit's price in millionths of one; a blank text is
what is not known. Only functions of Excel 2016 are used, none of them an array formula.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xl_returns.books.build.native import policy, reading
from xl_returns.books.build.native.blocks import Block
from xl_returns.core import columns, money, terms
from xl_returns.core.columns import Column
from xl_returns.core.facts import STATE_OF_CONDITION
from xl_returns.core.policy_lines import FULFILMENT
from xl_returns.core.rows import MOST_UNIT_MINOR, MOST_UNITS, UNIT_SCALE

UNANSWERED: Final = "Needs xl-returns"
"""What Action says where the formulas have no answer of their own."""
_REF: Final = re.compile(r"`(\*?)([^`]+)`")
_TODAY: Final = policy.TODAY
_GUARD: Final = 100
"""What is taken off a quotient of a line before its one rounding; see `facts`."""
_SHORT_COMMENT: Final = 15
_OFFSET, _WAYS = "1E12", 64
"""A way's recovery and its line in one number: (recovery + offset) x ways + last way - line."""


def formula(text: str) -> str:
    """A formula with its columns named as the file format wants."""

    def named(found: re.Match[str]) -> str:
        return f"Returns[{found[2]}]" if found[1] else f"Returns[[#This Row],[{found[2]}]]"

    return "=" + _REF.sub(named, text)


def _key(text: str) -> str:
    return f'"|"&LOWER({text})&"|"'


def _is(header: str, *words: str) -> str:
    """Whether a row's word is one of some."""
    tests = ",".join(f'`{header}`="{word}"' for word in words)
    return f"OR({tests})" if len(words) > 1 else f'`{header}`="{words[0]}"'


# What stands in a row.


def _unread() -> str:
    """The columns whose cells only Python can read, or tell what is wrong with them."""
    parts = [_unread_word(c) for c in _read("choice")]
    parts += [_unread_money(c.name) for c in _read("money")]
    parts += [_unread_number("Quantity", f"OR(`Quantity`<1,`Quantity`>{MOST_UNITS},`Quantity`<>INT(`Quantity`))")]  # fmt: skip
    parts += [
        _unread_number(c.name, f"OR(`{c.name}`<1,`{c.name}`>=2958466)") for c in _read("date")
    ]
    listed, found = _named_conditions()
    parts.append(_unless("Condition", f'IF(`Condition`="",TRUE,{listed}={found})'))
    odd = 'SUMPRODUCT(--ISNUMBER(FIND({"  ","\u00a0","\u3000","\u00df"},`Category`)))'
    parts.append(_unless("Category", f"{odd}+ISNUMBER(FIND(CHAR(9),`Category`))+ISNUMBER(FIND(CHAR(10),`Category`))=0"))  # fmt: skip
    parts.append(_unless("Reason", f"NOT({reading.has_prefix('`fx Reason`')})"))
    return "&".join(parts)


def _read(kind: str) -> list[Column]:
    return [c for c in columns.RETURNS if c.kind == kind and c.name in columns.INPUTS]


def _unless(header: str, sound: str) -> str:
    return f'IF({sound},"","{header}, ")'


def _unread_word(column: Column) -> str:
    cell, domain = f"`{column.name}`", f"{policy.WORDS}_{_domain(column.name)}"
    return _unless(column.name, f'IF({cell}="",TRUE,SUMPRODUCT(--({domain}={cell}))>0)')


def _domain(header: str) -> str:
    bare = "".join(c for c in header if c.isalnum())
    return {"RefundController": "Controller"}.get(bare, bare)


def _unread_number(header: str, unfit: str) -> str:
    return _unless(header, f'IF(`{header}`="",TRUE,IF(ISNUMBER(`{header}`),NOT({unfit}),FALSE))')


def _unread_money(header: str) -> str:
    most = MOST_UNIT_MINOR if header == "Unit Paid" else money.MAX_MINOR
    return _unread_number(header, f"OR(`{header}`<0,`{header}`*`fx Units`>{most})")


def _named_conditions() -> tuple[str, str]:
    """How many conditions a cell names, and how many of them are known."""
    words = f'"|"&{reading.spaced("LOWER(`Condition`)")}&"|"'
    keys = f"{policy.WORDS}_ConditionKey"
    named = f'(LEN({words})-LEN(SUBSTITUTE({words},"|","")))/2'
    known = f'SUMPRODUCT((LEN({words})-LEN(SUBSTITUTE({words},{keys},"")))/LEN({keys}))'
    return named, known


def _worst_condition() -> str:
    words = f'"|"&{reading.spaced("LOWER(`Condition`)")}&"|"'
    grades = "{" + ";".join(str(n + 1) for n in range(len(terms.CONDITIONS))) + "}"
    worst = f"SUMPRODUCT(MAX(ISNUMBER(FIND({policy.WORDS}_ConditionKey,{words}))*{grades}))"
    return f'IF(`Condition`="","",IFERROR(INDEX({policy.WORDS}_Condition,{worst}),""))'


def _minor(header: str) -> str:
    """A cell's amount in minor units; 0 when blank."""
    return f"ROUND(ROUND(N(`{header}`),IF(`fx Units`=1,0,2))*`fx Units`,0)"


def _day(header: str) -> str:
    return f'IF(ISNUMBER(`{header}`),INT(`{header}`),"")'


# What the policy reads of a row.


def _state() -> str:
    by_condition = "".join(
        f'IF(`fx Condition`="{condition}","{state}",'
        for condition, state in zip(terms.CONDITIONS, STATE_OF_CONDITION, strict=True)
    )
    return by_condition + _of_reason("Claimed", "Unknown") + ")" * len(terms.CONDITIONS)


def _of_reason(column: str, unknown: str) -> str:
    return f'IF(`fx Reason Line`=0,"{unknown}",INDEX({policy.REASONS}_{column},`fx Reason Line`))'


def _withdrawal() -> str:
    where = policy.setting("Withdrawal marketplaces")
    lawful = f'AND(`Marketplace`<>"",ISNUMBER(FIND({_key("`Marketplace`")},{where})))'
    start = 'IF(`fx Delivered`="",`fx Order Day`,`fx Delivered`)'
    period = policy.setting("Withdrawal period")
    in_time = f'IF(OR(`fx Day`="",{start}=""),FALSE,`fx Day`-{start}<={period})'
    unsure = 'OR(`fx Delivered`="",`fx Day`="")'
    return f'IF({lawful},IF({in_time},"Y",IF({unsure},"","N")),"N")'


def _tier() -> str:
    low, high = (
        f"INDEX({policy.TIERS}_{name},MATCH(`fx Currency`,{policy.TIERS}_Currency,0))"
        for name in ("Low", "High")
    )
    below = f'IF(`fx Price`<{low},"low",IF(`fx Price`<={high},"middle","high"))'
    return f'IF(OR(`fx Price`="",`fx Currency`=""),"",IF({low}="","",{below}))'


# What the other rows say.

_OPEN: Final = '`Status`<>"Closed",`Status`<>"Cancelled"'
_EARLIER: Final = "(ROW(`*Return ID`)<ROW())"


def _pair(first: str, second: str) -> str:
    """Two texts as one, so that only equal pairs are equal."""
    return f'LEN({first})&"|"&{first}&"|"&{second}'


def _alike(header: str) -> str:
    """Rows with the same text in a column, to the letter."""
    return f"EXACT(`*{header}`,`{header}`)"


def _part() -> str:
    tail = 'TRIM(RIGHT(SUBSTITUTE(`Return ID`," #",REPT(" ",50)),50))'
    fits = f'RIGHT(`Return ID`,LEN({tail})+2)=" #"&{tail}'
    return f'IF(AND(`Channel`="MFN",LEN({tail})>0,LEN({tail})<5,{fits},{reading.all_digits(tail)}),1,0)'


def _rest() -> str:
    """What a unit's price has below a whole minor unit."""
    return f'IF(`fx Unit`="",0,`fx Unit`-{UNIT_SCALE}*INT(`fx Unit`/{UNIT_SCALE}))'


def _before() -> str:
    """Units of the order line in older rows. Only a price below a cent needs them; where the order
    of the rows hangs on more than their days, `?`."""
    line = _alike("fx Line")
    unsure = '((`*fx Day`=`fx Day`)+(`*fx Day`="")+(`*fx Unread`<>"")>0)'
    older = f"SUMPRODUCT({line}*(`*fx Day`<`fx Day`),`*Quantity`)"
    many = f'OR(`fx Day`="",SUMPRODUCT({line}*{unsure})>1)'
    alone = f"SUMPRODUCT(--{line})=1"
    return f'IF(OR(`fx Rest`=0,`fx Line`=""),0,IF({alone},0,IF({many},"?",{older})))'


def _trailing(days: int, which: str = "") -> str:
    """Rows of the buyer in the days that end with this row's."""
    window = f"(`*fx Day`>`fx Day`-{days})*(`*fx Day`<=`fx Day`)"
    same = f"SUMPRODUCT(EXACT(`*Buyer Key`,`Buyer Key`)*{window}{which})"
    return f'IF(OR(`Buyer Key`="",`fx Day`=""),0,{same})'


def _first(header: str) -> str:
    """1 for the first row with a text, 0 for later ones and where there is none."""
    return f'IF(`{header}`="",0,IF(SUMPRODUCT({_alike(header)}*{_EARLIER})=0,1,0))'


# Risk.


def _signals() -> dict[str, str]:
    """When a row shows each signal; `LIMIT` stands for the signal's limit."""
    worn = _is("fx Condition", "Minor defect", "Damaged", "Defective", "Incomplete")
    whim = _is("fx Group", "Changed mind", "Size")
    waited = 'IF(OR(`fx Day`="",`fx Delivered`=""),-1,`fx Day`-`fx Delivered`)'
    opened = _is("fx Condition", "Opened", "Minor defect", "Damaged", "Defective", "Incomplete")
    counted = "`{}`>=MAX(LIMIT,1)".format
    broken = f"AND({_is('fx Group', 'Defective')},{_is('fx Condition', 'Defective')})"
    crushed = f"AND({_is('fx Group', 'Transit damage')},{_is('fx Condition', 'Damaged')})"
    return {
        "Different item": _is("fx Condition", "Different item"),
        "Unauthorised": _is("fx Group", "Unauthorised"),
        "Wear against reason": f"AND({whim},{worn})",
        "No fault found": f'AND({_is("fx Group", "Defective")},{_is("fx Condition", "Sealed")})',
        "Late request": f"{waited}>LIMIT",
        "Near deadline": f"AND({waited}>=LIMIT,{whim},{opened})",
        "Same order and SKU": counted("fx Repeats"),
        "Bracketing": counted("fx Sizes"),
        "Buyer in 7 days": counted("fx Buyer 7"),
        "Buyer in 90 days": counted("fx Buyer 90"),
        "Kept items": counted("fx Kept 180"),
        "Same words": counted("fx Words"),
        "SKU burst": counted("fx Burst"),
        "Refunded above paid": 'IF(`fx Net`="",FALSE,`fx Refunded`>`fx Net`)',
        "Refunded, not returned": 'AND(`fx Refunded`>0,`fx Received`="N",IF(`fx Age`="",FALSE,`fx Age`>LIMIT))',
        "Fault confirmed": f"OR({broken},{crushed})",
        "Carrier or Amazon at fault": _is("fx Fault", "Carrier", "Amazon"),
        "Open to offer": _is("Buyer Wants", "Open to offer"),
    }  # fmt: skip


def _risk() -> str:
    points = "+".join(
        f"{policy.signal(name, 'Points')}*N({seen.replace('LIMIT', policy.signal(name, 'Limit'))})"
        for name, seen in _signals().items()
    )
    return f"MAX(0,MIN(100,{points}))"


# Decision tables.

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


def _accepting(block: Block, **other: str) -> str:
    """1 for every line of a decision table that accepts the row: its conditions, multiplied."""
    words, names = {**_CELLS, **other}, [column.name for column in block.columns]
    tests = [f"({block.name('On')}=1)"]
    for name in names:
        if name in words:
            tests.append(_has_bit(block, name, policy.bit_of(name, words[name])))
    tests += [_in_ranges(block, name) for name in _NUMBERS if f"{name} low 1" in names]
    return "*".join([*tests, _category(block), _dated(block)])


def _has_bit(block: Block, name: str, bit: str) -> str:
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


def _first_hit(block: Block) -> str:
    """The line that decides: the first, from the top, whose conditions all fit; 0 when none does."""
    return f"IFERROR(MATCH(1,INDEX({_accepting(block)},0),0),0)"


# Money.


def _net() -> str:
    whole = f"INT(`fx Unit`/{UNIT_SCALE})*`Quantity`"
    part = f"{_of_units('(`fx Before`+`Quantity`)')}-{_of_units('`fx Before`')}"
    return f'IF(OR(`Quantity`="",`fx Unit`="",`fx Before`="?"),"",{whole}+{part})'


def _of_units(units: str) -> str:
    return f"ROUND(ROUND(`fx Rest`*{units}/{_GUARD},0)/{UNIT_SCALE // _GUARD},0)"


def _of_refund_rule(column: str, none: str) -> str:
    rules = policy.REFUNDS
    return f"IF(`fx Refund Rule`=0,{none},INDEX({rules}_{column},`fx Refund Rule`))"


def _nothing_may_be_kept() -> str:
    in_time = 'OR(`In Policy`="Y",`fx Withdrawal`="Y")'
    as_new = f'AND({in_time},`fx State`="Intact",`fx Condition`<>"Opened")'
    keeps = f"OR({_is('fx Fault', 'Seller', 'Carrier', 'Amazon')},{as_new})"
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
        f'{_of_reason("Postage", "Seller")}="Buyer"',
        f"NOT({dressed})",
    ]
    return f"IF(AND({','.join(owed)}),{_minor('Label Cost')},0)"


# Goods.


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
        f"INDEX({policy.VENUES}_{x},`fx Venue`,0)" for x in ("Percents", "Amounts", "Caps")
    )
    fee = f"(ROUND({sale}*{percents}/10000,0)+{amounts})"
    least = f"(({fee}+{caps}-ABS({fee}-{caps}))/2)"
    fees = (
        f"MMULT(rsl_Times*{least},{policy.FEES}_Ones)+rsl_{FULFILMENT}*{_minor('Fulfilment Cost')}"
    )
    packed = f"(({sale}-({fees})+{_OFFSET})*{_WAYS}+{_WAYS - 1}-rsl_Line)"
    found = f"SUMPRODUCT(MAX({_offered(block)}*{packed}))"
    return f'IF(OR(`fx New Price`="",`fx Venue`=0),0,{found})'


def _offered(block: Block) -> str:
    coin = _has_bit(block, "Coins", policy.bit_of("Currency", "`fx Currency`"))
    photos = f'({block.name("Photos")}*(`fx In Hand`=1)*(`Photos`<>"Y")=0)'
    return f"{_accepting(block, Condition='`fx Expected`')}*{coin}*{photos}"


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
    home = f"MATCH(`Marketplace`,{policy.WORDS}_Marketplace,0)"
    at_home = f"INDEX({policy.WORDS}_Home,{home})=`fx Currency`"
    anywhere = f'{places}+IF(`fx Currency`="",{len(terms.CURRENCIES) + 1},MATCH(`fx Currency`,{policy.WORDS}_Currency,0))'
    nowhere = f"COUNTIF({policy.FEES}_Matters,`Marketplace`)=0"
    return f'IFERROR(IF(`Marketplace`="",{anywhere},IF({at_home},{home},IF({nowhere},{anywhere},0))),0)'


def _offer_most() -> str:
    recovery = f"IF(`fx Way`=0,0,`fx Unit Recovery`)*MAX(N(`Quantity`),1)"
    by_others = 'AND(`Label Payer`<>"",`Label Payer`<>"Seller")'
    usual = "INDEX({}_{},`fx Venue`)".format
    label = f'IF({by_others},0,IF(`Label Cost`="",{usual(policy.VENUES, "Label")},{_minor("Label Cost")}))'
    inspection = f"{usual(policy.VENUES, 'Inspection')}*MAX(N(`Quantity`),1)"
    gain = f"MAX({recovery}-{label}-{inspection},0)"
    chance = policy.setting("Chance goods come back")
    return f"MAX(`fx Payable`-ROUND({gain}*{chance}/10000,0),0)"


# What to do.


def _acting() -> str:
    ours = '`fx Controller`="Seller"'
    foreign = f"IF({ours},NOT({_is('fx Ruled', *terms.SELLER_ACTIONS)}),NOT({_is('fx Ruled', *terms.AMAZON_ACTIONS)}))"
    unknown = 'OR(`Channel`="",`Marketplace`="",`Status`="")'
    protected = 'OR(`In Policy`="Y",`fx Withdrawal`="Y")'
    unlawful = f"AND({_is('fx Ruled', terms.CLOSE)},{protected})"
    gated = f'IF({unlawful},"{terms.APPROVE}",`fx Ruled`)'
    return f'IF(OR({foreign},`fx Lacks Price`=1,{unknown}),"{terms.HOLD}",{gated})'


def _disposition() -> str:
    removal = f'`fx Action`="{terms.REQUEST_REMOVAL}"'
    unseen = 'AND(`Channel`="MFN",`fx Received`="Y")'
    waiting = f'OR({_is("fx Action", terms.APPROVE, terms.REFUND_ON_RECEIPT)},AND(`Channel`="MFN",`Status`="In transit"))'
    keeps = _is("fx Action", terms.KEEP_ITEM, terms.OFFER, terms.REFUND_NOW)
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


def _open_question() -> str:
    """Why the formulas have no answer for a row; blank when they have."""
    unread = '"Correct or process: "&LEFT(`fx Unread`,LEN(`fx Unread`)-2)'
    steps = [
        (f'{policy.STATE}<>""', policy.STATE),
        ('`fx Unread`<>""', unread),
        ('`fx Before`="?"', '"Several returns of one order line, at a price below a cent"'),
        ("`fx Venue`=0", '"Fees of the marketplace in another currency"'),
        (f"OR(N(`fx New Price`)>{policy.DEAREST},N(`fx New Price`)*N(`Quantity`)>1E11)", '"The price is too high for formulas"'),
        ("`fx Doubt`<>0", '"A sale after weeks, half a cent from the next price"'),
    ]  # fmt: skip
    nested = "".join(f"IF({when},{what}," for when, what in steps)
    return f'IFERROR({nested}""{")" * len(steps)},"A cell holds an error")'


@dataclass(frozen=True, slots=True)
class Step:
    """A helper column: its header, what it says, and its formula."""

    header: str
    help: str
    formula: str


def steps(actions: Block, refunds: Block, resales: Block) -> list[Step]:
    """Every helper column, in the order in which they build on each other."""
    return [
        Step("fx Note", "Why the formulas have no answer here; blank when they have one.", _open_question()),
        Step("fx Filled", "1 where the row holds anything.", f'IF(SUMPRODUCT(--(Returns[[#This Row],[{columns.INPUTS[0]}]:[{columns.INPUTS[-1]}]]<>""))>0,1,0)'),
        Step("fx Unread", "Columns whose cells the formulas cannot read.", _unread()),
        Step("fx Currency", "The row's currency, or its marketplace's.", f'IF(`Currency`<>"",UPPER(`Currency`),IF(`Marketplace`="","",IFERROR(INDEX({policy.WORDS}_Home,MATCH(`Marketplace`,{policy.WORDS}_Marketplace,0)),"")))'),
        Step("fx Units", "Minor units of the currency's main unit: cents of a dollar.", policy.units_of("`fx Currency`")),
        Step("fx Unit", "Unit Paid in millionths of a minor unit.", f'IF(ISNUMBER(`Unit Paid`),ROUND(ROUND(`Unit Paid`,IF(`fx Units`=1,6,8))*`fx Units`*{UNIT_SCALE},0),"")'),
        Step("fx Rest", "What Unit Paid has below a whole minor unit, in millionths.", _rest()),
        Step("fx Price", "Unit Paid in thousandths of the main unit.", f'IF(`fx Unit`="","",ROUND(`fx Unit`*1000/`fx Units`/{UNIT_SCALE},0))'),
        Step("fx Day", "The day of the request.", _day("Request Date")),
        Step("fx Order Day", "The day of the order.", _day("Order Date")),
        Step("fx Delivered", "The day of delivery.", _day("Delivered Date")),
        Step("fx Age", "Days since the request.", f'IF(`fx Day`="","",{_TODAY}-`fx Day`)'),
        Step("fx Category", "Category in small letters.", "LOWER(TRIM(`Category`))"),
        Step("fx Condition", "The worst condition that is named.", _worst_condition()),
        Step("fx Reason Bare", "Reason in capitals.", reading.bare_code("`Reason`")),
        Step("fx Reason Once", "Reason without one prefix of a channel.", reading.peeled("`fx Reason Bare`")),
        Step("fx Reason", "Reason without the prefixes of channels.", reading.peeled("`fx Reason Once`")),
        Step("fx Reason Line", "Its line on Reasons; 0 when it is not there.", f'IF(`fx Reason`="",0,SUMPRODUCT(({policy.REASONS}_Key=`fx Reason`)*{policy.REASONS}_Line))'),
        Step("fx Group", "What kind of reason.", _of_reason("Group", "Unknown")),
        Step("fx Fault", "Who is at fault.", f'IF(`Channel`="FBA",{_of_reason("FaultFBA", "Unknown")},{_of_reason("FaultMFN", "Unknown")})'),
        Step("fx State", "Goods as inspected, else as claimed.", _state()),
        Step("fx Controller", "Who can refund.", 'IF(`Channel`="FBA","Amazon",IF(`Refund Controller`="","Seller",`Refund Controller`))'),
        Step("fx A-to-z", "Y when a claim is open.", 'IF(`A-to-z`="Y","Y","N")'),
        Step("fx Received", "Y when the goods are back.", f'IF(OR(`Status`="Received",IF(ISNUMBER(`Received Date`),INT(`Received Date`)<={_TODAY},FALSE)),"Y","N")'),
        Step("fx Withdrawal", "Y within the withdrawal period.", _withdrawal()),
        Step("fx Tier", "low, middle or high.", _tier()),
        Step("fx Refunded", "Refunded So Far in minor units.", _minor("Refunded So Far")),
        Step("fx Part", "1 for a part of a split return.", _part()),
        Step("fx Line", "Order and SKU of an open return.", f'IF(AND(`Order ID`<>"",`SKU`<>"",{_OPEN}),{_pair("`Order ID`", "`SKU`")},"")'),
        Step("fx Before", "Units of the order line in older rows, where a price below a cent needs them.", _before()),
        Step("fx Net", "What the buyer paid for the returned units.", _net()),
        Step("fx Settled", "Y when refunds reach that.", 'IF(OR(`Status`="Refunded",IF(`fx Net`="",FALSE,AND(`fx Refunded`>=`fx Net`,`fx Refunded`>0))),"Y","N")'),
        Step("fx Repeats", "Open returns of the same order and SKU.", f'IF(`fx Line`="",0,SUMPRODUCT({_alike("fx Line")}*(1-`*fx Part`)))'),
        Step("fx Size", "Order and SKU of a return for size.", f'IF(AND({_is("fx Group", "Size")},`Order ID`<>""),{_pair("`Order ID`", "`SKU`")},"")'),
        Step("fx Size First", "1 for the first return of its SKU in the order for size.", _first("fx Size")),
        Step("fx Sizes", "SKUs of the order returned for size.", f'IF(`fx Size`="",0,SUMPRODUCT({_alike("Order ID")}*`*fx Size First`))'),
        Step("fx Kept", "1 where money went back and goods did not come.", 'IF(AND(`fx Refunded`>0,`Received Date`="",`fx Condition`=""),1,0)'),
        Step("fx Buyer 7", "Returns of the buyer in 7 days.", _trailing(7)),
        Step("fx Buyer 90", "Returns of the buyer in 90 days.", _trailing(90)),
        Step("fx Kept 180", "Goods the buyer kept in 180 days.", _trailing(180, "*`*fx Kept`")),
        Step("fx Word", "Order and comment, where the comment is long enough.", f'IF(LEN(`Buyer Comment`)<{_SHORT_COMMENT},"",{_pair("`Order ID`", "`Buyer Comment`")})'),
        Step("fx Word First", "1 for the first return with this comment in its order.", _first("fx Word")),
        Step("fx Words", "Orders with the same comment.", f'IF(`fx Word`="",0,SUMPRODUCT({_alike("Buyer Comment")}*`*fx Word First`))'),
        Step("fx Day SKU", "The day of the request and the SKU.", 'IF(OR(`SKU`="",`fx Day`=""),"",`fx Day`&"|"&`SKU`)'),
        Step("fx Burst", "Returns of the SKU on that day.", f'IF(`fx Day SKU`="",0,SUMPRODUCT(--{_alike("fx Day SKU")}))'),
        Step("fx Risk", "The sum of the risk weights, 0 to 100.", _risk()),
        Step("fx Rule", "The line of Action Rules that decides.", _first_hit(actions)),
        Step("fx Ruled", "The action of that line.", f'IF(`fx Rule`=0,"{terms.HOLD}",INDEX(act_Action,`fx Rule`))'),
        Step("fx Lacks Price", "1 where money is due and no price is known.", f'IF(AND({_is("fx Ruled", *terms.PAYING_ACTIONS, terms.OFFER)},`fx Net`=""),1,0)'),
        Step("fx Action", "The action that platform and law allow.", _acting()),
        Step("fx Refund Rule", "The line of Refund Rules that decides.", _first_hit(refunds)),
        Step("fx Share", "What that line keeps back, in basis points.", _of_refund_rule("Withhold", "0")),
        Step("fx Forbidden", "1 where platform or law lets nothing be kept.", _nothing_may_be_kept()),
        Step("fx Shipping", "Outbound shipping that is owed.", f'IF({_of_refund_rule("RefundOutbound", chr(34) + "N" + chr(34))}="Y",{_minor("Shipping Paid")},0)'),
        Step("fx Withheld", "What is kept back.", _withheld()),
        Step("fx Label", "The label that is kept back.", _label()),
        Step("fx Payable", "What is due: in full, or with the goods kept.", f"IF({_is('fx Action', terms.KEEP_ITEM, terms.OFFER)},MAX(N(`fx Net`)+`fx Shipping`-`fx Refunded`,0),MAX(N(`fx Net`)+`fx Shipping`-`fx Withheld`-`fx Label`-`fx Refunded`,0))"),
        Step("fx New Price", "Today's new price of a unit.", f'IF(ISNUMBER(`New Price`),{_minor("New Price")},IF(`fx Unit`="","",ROUND(`fx Unit`/{UNIT_SCALE},0)))'),
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
        Step("fx Sold", "1 where the goods are to be sold.", f'IF(OR(`fx Disposition`="",{_is("fx Disposition", terms.BUYER_KEEPS, terms.AWAITING_GOODS, terms.WITH_AMAZON)}),0,1)'),
    ]  # fmt: skip


def suggestions() -> dict[str, str]:
    """The formula of every suggestion that formulas can give, by its header."""
    offering = f'`fx Action`="{terms.OFFER}"'
    paying = _is("fx Action", *terms.PAYING_ACTIONS)
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
