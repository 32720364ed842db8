"""What the blocks of policy tables share: which lines count, their conditions, words and shares.

The form is the kernel's: words become bits, numbers become closed ranges in whole units.
"""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.native import reading
from xl_returns.books.build.native.blocks import Block
from xl_returns.core import money, sheets, terms
from xl_returns.core.facts import DOMAINS
from xl_returns.core.grid import MILLS

ACTIONS, REFUNDS, RESALES, REASONS = "act", "rfd", "rsl", "rsn"
FEES, VENUES, TIERS, SETTINGS, SIGNAL_LINES, WORDS = "fee", "ven", "tier", "set", "sig", "dom"
LINES: Final = {ACTIONS: 60, REFUNDS: 30, RESALES: 20, REASONS: 150, FEES: 300}
"""The most lines of a policy sheet that formulas read; `Native` says when there are more."""
SLOTS: Final = 20
"""The most names of fees."""
LATEST: Final = 30
"""The most weeks until a sale."""
TODAY, STATE = "nat_Today", "nat_State"
_MOST: Final = "1E6"
"""No fee, floor, cap or ending is higher, in main units."""
DEAREST: Final = "1E9"
"""The highest price of a unit, minor units, that formulas reckon with exactly."""
_SCALES: Final = {"Price": MILLS}
_DOMAINS: Final = {
    **DOMAINS,
    "Currency": terms.CURRENCIES,
    "Label Payer": terms.PAYERS,
    "Photos": terms.YES_NO,
    "Action": terms.ACTIONS,
    "Disposition": terms.DISPOSITIONS,
    "Grade": terms.GRADES,
    "Postage": ("Seller", "Buyer"),
}


def words() -> Block:
    """The declared words, and each as it stands in a set."""
    block = Block(WORDS, "Words", 0, 0)
    for name, domain in _DOMAINS.items():
        word = block.fill(name, list(domain))
        block.fill(f"{name} Key", [f"={reading.key(word)}"] * len(domain))
        block.fill(f"{name} Bit", [str(2**place) for place in range(len(domain))])
    block.fill("Home", list(terms.MARKETPLACE_CURRENCY.values()))
    return block


def table(prefix: str, start: int, sheet: sheets.Sheet) -> Block:
    """A block that reads a policy table line by line."""
    block = Block(prefix, sheet.name, LINES[prefix], start, sheet)
    block.fill("Line", [str(number) for number in range(1, block.lines + 1)])
    block.fill("Count", [f"=ROWS({sheet.table}[{sheet.fields[0].name}])"])
    return block


def finished(block: Block, on: str) -> Block:
    """The block with its problems counted, and which of its lines count."""
    parts = "+".join(f"IFERROR(N({problem}),1)" for problem in block.problems)
    block.add("Problem", block.within(parts, "0"))
    block.add("On", block.within(on, "0"))
    first = f"IFERROR(MATCH(TRUE,INDEX({block.name('Problem')}>0,0),0),0)"
    too_many = f"{block.name('Count')}>{block.lines}"
    block.fill("Trouble", [f"=IF({too_many},{block.lines + 1},{first})"])
    return block


def judged(block: Block) -> Block:
    """A block of given lines with its problems counted."""
    block.add("Problem", "=" + "+".join(f"IFERROR(N({x}),1)" for x in block.problems))
    first = f"MATCH(TRUE,INDEX({block.name('Problem')}>0,0),0)"
    block.fill("Trouble", [f"=IFERROR({first},0)"])
    return block


def is_on(block: Block, sheet: sheets.Sheet) -> str:
    """The formula that tells whether a line counts; a line without a name is a problem."""
    table, fields = sheet.table, sheet.fields
    named = block.text(fields[0].name, fields[0].name)
    flag = block.text("Flag", "On")
    whole = f"INDEX({table}[[{fields[0].name}]:[{fields[-1].name}]],{block.line},0)"
    block.problems.append(f'AND({named}="",SUMPRODUCT(LEN({whole}))>0)')
    block.problems.append(f'AND({flag}<>"",{flag}<>"Y",{flag}<>"N")')
    return f'IF(AND({named}<>"",{flag}<>"N"),1,0)'


def _dates(block: Block) -> None:
    first, last = block.value("First", "From"), block.value("Last", "To")
    block.problems += [reading.unread_date(first), reading.unread_date(last)]
    low, high, end = reading.ANY_LOW, reading.ANY_HIGH, reading.OPEN_END
    block.add("From", f'=IF({first}="",{low},{first})')
    block.add("To", f'=IF({last}="",IF({first}="",{high},{end}),{last})')


def _words(block: Block, name: str, text: str, domain: str) -> None:
    found = block.add(f"{name} words", "=" + reading.listed(text, domain_of(domain)))
    block.add(name, "=" + reading.accepted(found, domain_of(domain), len(_DOMAINS[domain])))
    block.problems.append(reading.unknown_words(found, domain_of(domain)))
    block.problems.append(reading.twice_blank(text))


def domain_of(header: str) -> str:
    """The name under which formulas know the words of a column."""
    return f"{WORDS}_{''.join(c for c in header if c.isalnum())}"


def bit_of(header: str, value: str) -> str:
    """The bit of a row's word in a column of decision tables."""
    return reading.bit(value, domain_of(header), len(_DOMAINS[header]))


def _category(block: Block) -> None:
    text = block.text("Category text", "Category")
    block.add("Category", "=" + reading.listed(text))
    block.problems += [reading.twice_blank(text), f'ISNUMBER(FIND("(other)",LOWER({text})))']


def _numbers(block: Block, name: str, cell: str) -> None:
    scale = _SCALES.get(name, 1)
    for number in range(1, reading.PARTS + 1):
        part = block.add(f"{name} part {number}", "=" + reading.part_of(cell, number))
        first, last = (
            _number(block, f"{name} {end} {number}", part, cell, scale, last=end == "last")
            for end in ("first", "last")
        )
        is_first = number == 1
        block.add(f"{name} low {number}", "=" + reading.lowest(part, first, first=is_first))
        block.add(f"{name} high {number}", "=" + reading.highest(part, last, first=is_first))
        block.problems.append(reading.unread_number(cell, first, last, scale))
    commas = f'LEN({cell})-LEN(SUBSTITUTE({reading.with_commas(cell)},",",""))'
    blank_part = f'ISNUMBER(FIND(",,",","&SUBSTITUTE({reading.with_commas(cell)}," ","")&","))'
    block.problems.append(
        f'IF(ISTEXT({cell}),IF({cell}="",FALSE,OR({commas}>{reading.PARTS - 1},{blank_part})),FALSE)'
    )


def _number(block: Block, name: str, part: str, cell: str, scale: int, *, last: bool) -> str:
    text = block.add(f"{name} text", "=" + reading.end_of(part, last=last))
    return block.add(name, "=" + reading.number_in(text, part, cell, scale))


def _price(block: Block) -> None:
    """A price is named by its tier or as an amount."""
    given = block.value("Price given", "Price")
    amount = f"IF(ISNUMBER({given}),TRUE,{reading.has_digit(given)})"
    tier = block.add("Tier text", f'=IF({amount},"",{given})')
    _words(block, "Tier", tier, "Tier")
    _numbers(block, "Price", block.add("Price amount", f'=IF({amount},{given},"")'))


def conditions(block: Block, sheet: sheets.Sheet) -> None:
    """The conditions of a decision table, and the order dates for which its lines hold."""
    for column in (f for f in sheet.fields if f.condition):
        if column.name == "Category":
            _category(block)
        elif column.cell == "price":
            _price(block)
        elif column.cell == "number":
            _numbers(block, column.name, block.value(f"{column.name} given", column.name))
        else:
            _words(block, column.name, block.text(f"{column.name} text", column.name), column.name)
    _dates(block)


def choice(block: Block, name: str, domain: str, usual: str | None = None, header: str = "") -> str:
    """A column with one word of a domain, as it is declared; without a usual word it is needed."""
    text = block.text(f"{name} text", header or name)
    words = f"{WORDS}_{domain}"
    block.problems.append(f'AND({text}<>"",SUMPRODUCT(--({words}={text}))=0)')
    if usual is None:
        block.problems.append(f'AND({text}="",{block.at(block.columns[2].name)}<>"")')
    found = f"INDEX({words},MATCH({text},{words},0))"
    return block.add(name, f'=IF({text}="","{usual or ""}",IFERROR({found},"?"))')


def share(block: Block, name: str, header: str, usual: int = 0) -> str:
    """A column with basis points."""
    cell = block.value(f"{name} given", header)
    block.problems.append(reading.unread_share(cell))
    return block.add(name, f"=IF(ISNUMBER({cell}),ROUND({cell}*10000,0),{usual})")


def unread_amount(cell: str) -> str:
    """1 where a cell is neither blank nor an amount that formulas reckon with."""
    return reading.unread_amount(cell, _MOST)


def units_of(coin: str) -> str:
    """Minor units of a currency's main unit."""
    whole = [name for name in terms.CURRENCIES if money.decimals(name) == 0]
    tests = ",".join(f'{coin}="{name}"' for name in whole)
    return f"IF(OR({tests}),1,100)"
