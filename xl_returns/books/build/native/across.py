"""Helper columns: what the other rows of the table say, and the risk."""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.native import policy, reading
from xl_returns.books.build.native.step import Step, is_
from xl_returns.core import terms
from xl_returns.core.rows import UNIT_SCALE

_OPEN: Final = '`Status`<>"Closed",`Status`<>"Cancelled"'
_EARLIER: Final = "(ROW(`*Return ID`)<ROW())"
_SHORT_COMMENT: Final = 15


def steps() -> list[Step]:
    """What the other rows say, and the risk."""
    return [
        Step("fx Rest", "What Unit Paid has below a whole minor unit, in millionths.", _rest()),
        Step("fx Part", "1 for a part of a split return.", _part()),
        Step("fx Line", "Order and SKU of an open return.", f'IF(AND(`Order ID`<>"",`SKU`<>"",{_OPEN}),{_pair("`Order ID`", "`SKU`")},"")'),
        Step("fx Before", "Units of the order line in older rows, where a price below a cent needs them.", _before()),
        Step("fx Repeats", "Open returns of the same order and SKU.", f'IF(`fx Line`="",0,SUMPRODUCT({_alike("fx Line")}*(1-`*fx Part`)))'),
        Step("fx Size", "Order and SKU of a return for size.", f'IF(AND({is_("fx Group", "Size")},`Order ID`<>""),{_pair("`Order ID`", "`SKU`")},"")'),
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
    ]  # fmt: skip


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


def _signals() -> dict[str, str]:
    """When a row shows each signal; `LIMIT` stands for the signal's limit."""
    worn = is_("fx Condition", *terms.WORN)
    whim = is_("fx Group", "Changed mind", "Size")
    waited = 'IF(OR(`fx Day`="",`fx Delivered`=""),-1,`fx Day`-`fx Delivered`)'
    opened = is_("fx Condition", "Opened", *terms.WORN)
    counted = "`{}`>=MAX(LIMIT,1)".format
    broken = f"AND({is_('fx Group', 'Defective')},{is_('fx Condition', 'Defective')})"
    crushed = f"AND({is_('fx Group', 'Transit damage')},{is_('fx Condition', 'Damaged')})"
    return {
        "Different item": is_("fx Condition", "Different item"),
        "Unauthorised": is_("fx Group", "Unauthorised"),
        "Wear against reason": f"AND({whim},{worn})",
        "No fault found": f'AND({is_("fx Group", "Defective")},{is_("fx Condition", "Sealed")})',
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
        "Carrier or Amazon at fault": is_("fx Fault", "Carrier", "Amazon"),
        "Open to offer": is_("Buyer Wants", "Open to offer"),
    }  # fmt: skip


def _risk() -> str:
    points = "+".join(
        f"{policy.signal(name, 'Points')}*N({seen.replace('LIMIT', policy.signal(name, 'Limit'))})"
        for name, seen in _signals().items()
    )
    return f"MAX(0,MIN(100,{points}))"
