"""Helper columns: what stands in a row, and what the policy reads of it."""

from __future__ import annotations

from xl_returns.books.build.native import lines, policy, reading
from xl_returns.books.build.native.step import Step, minor
from xl_returns.core import columns, money, serials, terms
from xl_returns.core.columns import Column
from xl_returns.core.facts import STATE_OF_CONDITION
from xl_returns.core.rows import FIRST_DAY, LAST_DAY, MOST_UNIT_MINOR, MOST_UNITS, UNIT_SCALE


def steps() -> list[Step]:
    """What a row holds, and what the policy reads of it."""
    return [
        Step("fx Filled", "1 where the row holds anything.", f'IF(SUMPRODUCT(--(Returns[[#This Row],[{columns.INPUTS[0]}]:[{columns.INPUTS[-1]}]]<>""))>0,1,0)'),
        Step("fx Unread", "Columns whose cells the formulas cannot read.", _unread()),
        Step("fx Currency", "The row's currency, or its marketplace's.", f'IF(`Currency`<>"",UPPER(`Currency`),IF(`Marketplace`="","",IFERROR(INDEX({lines.WORDS}_Home,MATCH(`Marketplace`,{lines.WORDS}_Marketplace,0)),"")))'),
        Step("fx Units", "Minor units of the currency's main unit: cents of a dollar.", lines.units_of("`fx Currency`")),
        Step("fx Unit", "Unit Paid in millionths of a minor unit.", f'IF(ISNUMBER(`Unit Paid`),ROUND(ROUND(`Unit Paid`,IF(`fx Units`=1,6,8))*`fx Units`*{UNIT_SCALE},0),"")'),
        Step("fx Price", "Unit Paid in thousandths of the main unit.", f'IF(`fx Unit`="","",ROUND(`fx Unit`*1000/`fx Units`/{UNIT_SCALE},0))'),
        Step("fx Day", "The day of the request.", _day("Request Date")),
        Step("fx Order Day", "The day of the order.", _day("Order Date")),
        Step("fx Delivered", "The day of delivery.", _day("Delivered Date")),
        Step("fx Age", "Days since the request.", f'IF(`fx Day`="","",{lines.TODAY}-`fx Day`)'),
        Step("fx Category", "Category in small letters.", "LOWER(TRIM(`Category`))"),
        Step("fx Condition", "The worst condition that is named.", _worst_condition()),
        Step("fx Reason Bare", "Reason in capitals.", reading.bare_code("`Reason`")),
        Step("fx Reason Once", "Reason without one prefix of a channel.", reading.peeled("`fx Reason Bare`")),
        Step("fx Reason", "Reason without the prefixes of channels.", reading.peeled("`fx Reason Once`")),
        Step("fx Reason Line", "Its line on Reasons; 0 when it is not there.", f'IF(`fx Reason`="",0,SUMPRODUCT(({lines.REASONS}_Key=`fx Reason`)*{lines.REASONS}_Line))'),
        Step("fx Group", "What kind of reason.", of_reason("Group", "Unknown")),
        Step("fx Fault", "Who is at fault.", f'IF(`Channel`="FBA",{of_reason("FaultFBA", "Unknown")},{of_reason("FaultMFN", "Unknown")})'),
        Step("fx State", "Goods as inspected, else as claimed.", _state()),
        Step("fx Controller", "Who can refund.", 'IF(`Channel`="FBA","Amazon",IF(`Refund Controller`="","Seller",`Refund Controller`))'),
        Step("fx A-to-z", "Y when a claim is open.", 'IF(`A-to-z`="Y","Y","N")'),
        Step("fx Received", "Y when the goods are back.", f'IF(OR(`Status`="Received",IF(ISNUMBER(`Received Date`),INT(`Received Date`)<={lines.TODAY},FALSE)),"Y","N")'),
        Step("fx Withdrawal", "Y within the withdrawal period.", _withdrawal()),
        Step("fx Tier", "low, middle or high.", _tier()),
        Step("fx Refunded", "Refunded So Far in minor units.", minor("Refunded So Far")),
    ]  # fmt: skip


def _unread() -> str:
    """The columns whose cells only Python can read, or tell what is wrong with them."""
    parts = [_unread_word(c) for c in _read("choice")]
    parts += [_unread_money(c.name) for c in _read("money")]
    first, last = serials.of_day(FIRST_DAY), serials.of_day(LAST_DAY)
    parts += [_unread_number("Quantity", f"OR(`Quantity`<1,`Quantity`>{MOST_UNITS},`Quantity`<>INT(`Quantity`))")]  # fmt: skip
    parts += [
        _unread_number(c.name, f"OR(`{c.name}`<{first:g},`{c.name}`>={last + 1:g})")
        for c in _read("date")
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
    return f'IF({sound},"",Returns[[#Headers],[{header}]]&", ")'


def _unread_word(column: Column) -> str:
    cell, domain = f"`{column.name}`", f"{lines.WORDS}_{_domain(column.name)}"
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
    keys = f"{lines.WORDS}_ConditionKey"
    named = f'(LEN({words})-LEN(SUBSTITUTE({words},"|","")))/2'
    known = f'SUMPRODUCT((LEN({words})-LEN(SUBSTITUTE({words},{keys},"")))/LEN({keys}))'
    return named, known


def _worst_condition() -> str:
    words = f'"|"&{reading.spaced("LOWER(`Condition`)")}&"|"'
    grades = "{" + ";".join(str(n + 1) for n in range(len(terms.CONDITIONS))) + "}"
    worst = f"SUMPRODUCT(MAX(ISNUMBER(FIND({lines.WORDS}_ConditionKey,{words}))*{grades}))"
    return f'IF(`Condition`="","",IFERROR(INDEX({lines.WORDS}_Condition,{worst}),""))'


def _day(header: str) -> str:
    return f'IF(ISNUMBER(`{header}`),INT(`{header}`),"")'


def _state() -> str:
    by_condition = "".join(
        f'IF(`fx Condition`="{condition}","{state}",'
        for condition, state in zip(terms.CONDITIONS, STATE_OF_CONDITION, strict=True)
    )
    return by_condition + of_reason("Claimed", "Unknown") + ")" * len(terms.CONDITIONS)


def of_reason(column: str, unknown: str) -> str:
    """What the row's line of Reasons says; another word where it has none."""
    return f'IF(`fx Reason Line`=0,"{unknown}",INDEX({lines.REASONS}_{column},`fx Reason Line`))'


def _withdrawal() -> str:
    where = policy.setting("Withdrawal marketplaces")
    lawful = f'AND(`Marketplace`<>"",ISNUMBER(FIND("|"&LOWER(`Marketplace`)&"|",{where})))'
    start = 'IF(`fx Delivered`="",`fx Order Day`,`fx Delivered`)'
    period = policy.setting("Withdrawal period")
    in_time = f'IF(OR(`fx Day`="",{start}=""),FALSE,`fx Day`-{start}<={period})'
    unsure = 'OR(`fx Delivered`="",`fx Day`="")'
    return f'IF({lawful},IF({in_time},"Y",IF({unsure},"","N")),"N")'


def _tier() -> str:
    low, high = (
        f"INDEX({lines.TIERS}_{name},MATCH(`fx Currency`,{lines.TIERS}_Currency,0))"
        for name in ("Low", "High")
    )
    below = f'IF(`fx Price`<{low},"low",IF(`fx Price`<={high},"middle","high"))'
    return f'IF(OR(`fx Price`="",`fx Currency`=""),"",IF({low}="","",{below}))'
