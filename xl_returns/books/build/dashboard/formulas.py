"""The Dashboard's formulas: functions of Excel 2016 that LibreOffice counts alike.

Tables are named by their contract. Passes over Returns are COUNTIFS and SUMIFS; ranked lists, which
need arrays, go over the short ledgers only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from xl_returns.books.build.dashboard import places
from xl_returns.books.build.dashboard.places import (
    COINS,
    CURRENCY,
    HOMES,
    PLACE,
    PLACE_ASKED,
    TODAY,
    WITHOUT,
    Block,
)
from xl_returns.core import columns, ledgers, terms
from xl_returns.core.ledgers import Ledger

HIGH_RISK: Final = 70
DAYS_OF_POLICY_COSTS: Final = 30
CLOSES_SOON: Final = 7
"""Days within which a claim's window is said to close soon."""
ANY: Final = "<>-"
"""What COUNTIFS asks for when every marketplace counts."""
_MOST: Final = "1E6"
"""Above every line of a table and every day."""


def fresh(formula: str) -> str:
    """A formula that is counted whenever the day's cell is."""
    return f"=IF({TODAY},{formula})"


def _returns(header: str) -> str:
    return f"Returns[{columns.BY_NAME[header].name}]"


def _of(ledger: Ledger, header: str) -> str:
    """A column of a ledger. Raises ValueError when it has none of that name."""
    return f"{ledger.table}[{ledger.headers[ledger.headers.index(header)]}]"


_FILLED: Final = f'{_returns("Return ID")},"<>"'
"""Rows that hold a return. It stands first: LibreOffice 7.4 overlooks blank cells at the end of a
column when COUNTIFS asks for blanks first."""
_UNNAMED: Final = f'{_FILLED},{_returns("Currency")},""'
_HERE: Final = f"{_returns('Marketplace')},{PLACE_ASKED}"
_OPEN: Final = f'{_returns("Status")},"<>Closed",{_returns("Status")},"<>Cancelled",{_HERE}'


def _count(*criteria: str) -> str:
    return f"COUNTIFS({','.join(criteria)})"


def _open(header: str, criterion: str) -> str:
    return _count(_returns(header), criterion, _OPEN)


def _words(words: Iterable[str]) -> str:
    return "{" + ",".join(f'"{word}"' for word in words) + "}"


def _money(header: str, *criteria: str) -> str:
    """A sum of Returns in the chosen currency; a blank currency is the marketplace's."""
    asked = ",".join((_returns(header), *criteria, _HERE))
    named = f"SUMPRODUCT(SUMIFS({asked},{_returns('Currency')},{CURRENCY}))"
    blank = (
        f'SUMPRODUCT(SUMIFS({asked},{_returns("Currency")},"",'
        f"{_returns('Marketplace')},{HOMES.whole('Asked')}))"
    )
    return f"{named}+IF({WITHOUT},{blank},0)"


OPEN_RETURNS: Final = _count(_FILLED, _OPEN)
TO_ACT: Final = _count(
    _returns("Decided Action"), '"<>"', _returns("Decided Action"), f'"<>{terms.NO_ACTION}"', _OPEN
)
_UNTIL: Final = _of(ledgers.DUE, "Until Here")
_CLOCKS: Final = f"{_of(ledgers.DUE, 'Marketplace')},{PLACE_ASKED}"
OVERDUE: Final = _count(_UNTIL, '">0"', _UNTIL, '"<"&NOW()', _CLOCKS)
BY_TOMORROW: Final = _count(_UNTIL, '">="&NOW()', _UNTIL, f'"<"&{TODAY}+2', _CLOCKS)
"""Clocks of the Due sheet, as the list of what is due next."""
HELD: Final = _open("Decided Action", f'"{terms.HOLD}"')
RISKY: Final = _open("Risk", f'">={HIGH_RISK}"')
TO_REFUND: Final = _money(
    "Decided Refund", _returns("Decided Action"), _words(terms.PAYING_ACTIONS), _OPEN
)
TO_OFFER: Final = _money("Decided Refund", _returns("Decided Action"), f'"{terms.OFFER}"', _OPEN)

_CLAIMS: Final = (
    f'{_of(ledgers.RECONCILE, "Route")},"<>",'
    f'{_of(ledgers.RECONCILE, "Finding")},"<>{ledgers.SETTLED}*",'
    f"{_of(ledgers.RECONCILE, 'Currency')},{CURRENCY}"
)
_CLOSES: Final = _of(ledgers.RECONCILE, "Closes")
_CLAIMED: Final = f"SUMIFS({_of(ledgers.RECONCILE, 'Amount')},{_CLAIMS}"
TO_CLAIM: Final = f'{_CLAIMED})-{_CLAIMED},{_CLOSES},">0",{_CLOSES},"<"&{TODAY})'
"""The amounts of findings that a route leads to, without those whose window has shut."""
CLAIMS_CLOSING: Final = _count(
    _CLAIMS, _CLOSES, f'">="&{TODAY}', _CLOSES, f'"<="&{TODAY}+{CLOSES_SOON}'
)
_LATELY: Final = f'{_of(ledgers.LOG, "At")},">"&{TODAY}-{DAYS_OF_POLICY_COSTS}'
_BY_POLICY: Final = _of(ledgers.LOG, "Policy Costs")
POLICY_COSTS: Final = f"SUMIFS({_BY_POLICY},{_of(ledgers.LOG, 'Currency')},{CURRENCY},{_LATELY})"
COSTLY_DECISIONS: Final = _count(
    _BY_POLICY, '">0"', _of(ledgers.LOG, "Currency"), CURRENCY, _LATELY
)


def first_of_month(ago: int) -> str:
    """The first day of the month so many months from now, below 0 for those gone by."""
    return f"DATE(YEAR({TODAY}),MONTH({TODAY})+{ago},1)"


def in_month(first: str) -> str:
    """How many returns were asked for in the month whose first day stands in a cell."""
    return _count(_month(first), _HERE)


def refunded_in_month(first: str) -> str:
    """The money paid back so far for the returns of a month."""
    return _money("Refunded So Far", _month(first))


def _month(first: str) -> str:
    day = _returns("Request Date")
    return f'{day},">="&{first},{day},"<"&EDATE({first},1)'


def rows_of_action(action: str) -> str:
    """Open returns that ask for an action, or that no run has seen."""
    if action == places.NOT_PROCESSED:
        return _count(_FILLED, _returns("Decided Action"), '""', _OPEN)
    return _open("Decided Action", f'"{action}"')


def rows_of_goods(disposition: str) -> str:
    """Open returns whose goods go one way."""
    return _open("Disposition", f'"{disposition}"')


def rows_of_currency(currency: str) -> str:
    """How many rows are in a currency, asked only when none is chosen."""
    homes = [place for place, own in terms.MARKETPLACE_CURRENCY.items() if own == currency]
    blank = _count(_UNNAMED, f"{_returns('Marketplace')},{_words(homes)}", _HERE)
    named = _count(_returns("Currency"), f'"{currency}"', _HERE)
    known = _is_one_of(COINS.whole("Currency"), places.OWN_CURRENCY)
    return f"IF({known},0,{named}+IF({WITHOUT},SUMPRODUCT({blank}),0))"


def rank(block: Block, line: int) -> str:
    """The place of a list's line by its rows, of equals the upper first; blank for none."""
    rows, own = block.whole("Rows"), block.cell(line, "Rows")
    return f'IF({own},RANK({own},{rows})+COUNTIF({block.down_to(line, "Rows")},{own})-1,"")'


def by_rank(block: Block, header: str, place: int, otherwise: str) -> str:
    """What stands in a list at a rank, counted from 1."""
    ranks = block.whole("Rank")
    return f"IFERROR(INDEX({block.whole(header)},MATCH({place},{ranks},0)),{otherwise})"


def chosen() -> dict[str, str]:
    """What the seller chose, or what stands for it."""
    coins, rows = COINS.whole("Currency"), COINS.whole("Rows")
    own, place = places.OWN_CURRENCY, places.OWN_PLACE
    usual = f"INDEX({coins},MATCH(MAX({rows}),{rows},0))"
    known = _is_one_of(HOMES.whole("Marketplace"), place)
    return {
        CURRENCY: f"IF({_is_one_of(coins, own)},{own},{usual})",
        PLACE: f'IF({known},{place},"{places.ALL}")',
        PLACE_ASKED: f'IF({PLACE}="{places.ALL}","{ANY}",{PLACE})',
        WITHOUT: _count(_UNNAMED, _HERE),
    }


def _is_one_of(cells: str, cell: str) -> str:
    return f"COUNTIF({cells},{cell})"


def home(line: int) -> str:
    """A marketplace whose currency is the chosen one, else a dash."""
    own = HOMES.cell(line, "Currency")
    return f'IF({own}={CURRENCY},{HOMES.cell(line, "Marketplace")},"-")'


def _is_here(ledger: Ledger) -> str:
    """Lines of the chosen marketplace, and those of none."""
    column = _of(ledger, "Marketplace")
    return f'((({column}={PLACE})+({column}="")+({PLACE}="{places.ALL}"))>0)'


def _line_of(ledger: Ledger) -> str:
    first = ledger.headers[0]
    return f"(ROW({_of(ledger, first)})-ROW({ledger.table}[[#Headers],[{first}]]))"


def _is_in_currency(ledger: Ledger) -> str:
    return f"({_of(ledger, 'Currency')}={CURRENCY})"


def _times(*factors: str) -> str:
    return "*".join(factors)


_LATE: Final = f"{_is_here(ledgers.DUE)}*({_UNTIL}<NOW())*{_UNTIL}"
_LATE_SHOWN: Final = f"MIN(5,ROWS({_UNTIL}))"
_FIX_CURRENCY: Final = _of(ledgers.FIX_LIST, "Currency")
RANKED: Final = {
    places.SKUS: (
        ledgers.SKU_COSTS,
        _times(
            _is_in_currency(ledgers.SKU_COSTS),
            _is_here(ledgers.SKU_COSTS),
            _of(ledgers.SKU_COSTS, "Cost"),
        ),
    ),
    places.CAUSES: (
        ledgers.CAUSES,
        _times(_is_in_currency(ledgers.CAUSES), _of(ledgers.CAUSES, "Returns")),
    ),
    places.DUE: (
        ledgers.DUE,
        _times(
            _is_here(ledgers.DUE),
            f"(({_UNTIL}>=NOW())*(2*{_MOST}-{_UNTIL})+({_UNTIL}<NOW())*{_UNTIL}"
            f"+2*{_MOST}*({_LATE}>0)*({_LATE}>=LARGE({_LATE},{_LATE_SHOWN})))",
        ),
    ),
    places.FIXES: (
        ledgers.FIX_LIST,
        _times(
            _is_here(ledgers.FIX_LIST),
            f'({_of(ledgers.FIX_LIST, "Kind")}<>"")',
            f'(({_is_in_currency(ledgers.FIX_LIST)}+({_FIX_CURRENCY}=""))>0)',
            f"({_MOST}-{_line_of(ledgers.FIX_LIST)})",
        ),
    ),
}
"""What the lines of a ledger are ranked by, the greatest first; 0 leaves a line out.

Of clocks, the few that were missed last stand first, then what runs out next; after the last of
them, what was missed before.
"""


def key(block: Block, line: int) -> str:
    """The key at a place of a ranked list; 0 after the last."""
    return f"IFERROR(SUMPRODUCT(LARGE({RANKED[block][1]},{line + 1})),0)"


def line_of_key(block: Block, line: int) -> str:
    """The ledger's line with a key; equal keys stand in the ledger's own order."""
    ledger, keys = RANKED[block]
    own = block.cell(line, "Key")
    nth = f"COUNTIF({block.down_to(line, 'Key')},{own})"
    found = f"SUMPRODUCT(LARGE(({keys}={own})*({_MOST}-{_line_of(ledger)}),{nth}))"
    return f'IF({own}>0,{_MOST}-{found},"")'


def told(block: Block, line: int, header: str, *, empty: str = "", text: bool = True) -> str:
    """What a ranked line of a ledger says under a header; `empty` when there is no such line."""
    own = block.cell(line, "Line")
    as_text = '&""' if text else ""
    return f'IF({own}="","{empty}",INDEX({_of(RANKED[block][0], header)},{own}){as_text})'


def in_days(hours: str) -> str:
    """Hours as days; blank where there are none."""
    return f'IFERROR({hours}/24,"")'
