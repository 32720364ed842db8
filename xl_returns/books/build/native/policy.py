"""The policy sheets as formulas read them: one block for each, and for the words they know.

The form is the kernel's: words become sets, numbers become closed ranges in whole units.
"""

from __future__ import annotations

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from xl_returns.books.build.native import reading
from xl_returns.books.build.native.blocks import FIRST, Block
from xl_returns.core import money, sheets, terms
from xl_returns.core.facts import DOMAINS
from xl_returns.core.grid import MILLS
from xl_returns.core.policy_lines import FULFILMENT, INSPECTION_FEE, LABEL_FEE
from xl_returns.core.risk import SIGNALS

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
        block.fill(name, list(domain))
        block.fill(f"{name} Key", [reading.key(word) for word in domain])
        block.fill(f"{name} Bit", [str(2**place) for place in range(len(domain))])
    block.fill("Home", list(terms.MARKETPLACE_CURRENCY.values()))
    return block


def _table(prefix: str, start: int, sheet: sheets.Sheet) -> Block:
    block = Block(prefix, sheet.name, LINES[prefix], start, sheet)
    block.fill("Line", [str(number) for number in range(1, block.lines + 1)])
    block.fill("Count", [f"=ROWS({sheet.table}[{sheet.fields[0].name}])"])
    return block


def _finished(block: Block, on: str) -> Block:
    """The block with its problems counted, and which of its lines count."""
    parts = "+".join(f"IFERROR(N({problem}),1)" for problem in block.problems)
    block.add("Problem", block.within(parts, "0"))
    block.add("On", block.within(on, "0"))
    first = f"IFERROR(MATCH(TRUE,INDEX({block.name('Problem')}>0,0),0),0)"
    too_many = f"{block.name('Count')}>{block.lines}"
    block.fill("Trouble", [f"=IF({too_many},{block.lines + 1},{first})"])
    return block


def _is_on(block: Block, sheet: sheets.Sheet) -> str:
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
    found = block.add(f"{name} words", "=" + reading.listed(text))
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
    commas = f'LEN({cell})-LEN(SUBSTITUTE(SUBSTITUTE({cell},";",""),",",""))'
    blank_part = f'ISNUMBER(FIND(",,",","&SUBSTITUTE(SUBSTITUTE({cell}," ",""),";",",")&","))'
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


def _conditions(block: Block, sheet: sheets.Sheet) -> None:
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


def _choice(
    block: Block, name: str, domain: str, usual: str | None = None, header: str = ""
) -> str:
    """A column with one word of a domain, as it is declared; without a usual word it is needed."""
    text = block.text(f"{name} text", header or name)
    words = f"{WORDS}_{domain}"
    block.problems.append(f'AND({text}<>"",SUMPRODUCT(--({words}={text}))=0)')
    if usual is None:
        block.problems.append(f'AND({text}="",{block.at(block.columns[2].name)}<>"")')
    found = f"INDEX({words},MATCH({text},{words},0))"
    return block.add(name, f'=IF({text}="","{usual or ""}",IFERROR({found},"?"))')


def _share(block: Block, name: str, header: str, usual: int = 0) -> str:
    """A column with basis points."""
    cell = block.value(f"{name} given", header)
    block.problems.append(reading.unread_share(cell))
    return block.add(name, f"=IF(ISNUMBER({cell}),ROUND({cell}*10000,0),{usual})")


def action_rules(start: int) -> Block:
    """When each action rule applies, and what it says."""
    sheet = sheets.ACTION_RULES
    block = _table(ACTIONS, start, sheet)
    on = _is_on(block, sheet)
    _conditions(block, sheet)
    _choice(block, "Action", "Action")
    return _finished(block, on)


def refund_rules(start: int) -> Block:
    """When each refund rule applies, and what may be kept."""
    sheet = sheets.REFUND_RULES
    block = _table(REFUNDS, start, sheet)
    on = _is_on(block, sheet)
    _conditions(block, sheet)
    _share(block, "Withhold", "Withhold")
    _choice(block, "Refund Outbound", "Settled", "Y")
    _choice(block, "Deduct Label", "Settled", "Y")
    return _finished(block, on)


def resale_rules(start: int) -> Block:
    """When each way to sell applies, and what it brings."""
    sheet = sheets.RESALE_RULES
    block = _table(RESALES, start, sheet)
    on = _is_on(block, sheet)
    _conditions(block, sheet)
    disposition = _choice(block, "Disposition", "Disposition")
    sealed = f"{block.at('Condition')}<>{2 ** terms.CONDITIONS.index('Sealed')}"
    block.problems.append(f'AND({disposition}="{terms.RESTOCK}",{sealed})')
    _choice(block, "Grade", "Grade")
    _share(block, "Percent", "Percent of New")
    _limits(block)
    _ending(block)
    _later(block)
    _photos(block)
    _charged(block)
    return _finished(block, on)


def _limits(block: Block) -> None:
    """Floor and cap in minor units, and the currency in which they are."""
    coin = _choice(block, "Coin", "Currency", "", "Currency")
    every = 2 ** (len(terms.CURRENCIES) + 1) - 1
    own = f"INDEX({WORDS}_CurrencyBit,MATCH({coin},{WORDS}_Currency,0))"
    block.add("Coins", f'=IF({coin}="",{every},IFERROR({own},0))')
    units = units_of(coin)
    for name, usual in (("Floor", "0"), ("Cap", "1E11")):
        cell = block.value(f"{name} given", name)
        minor = block.add(name, f"=IF(ISNUMBER({cell}),ROUND({cell}*{units},0),{usual})")
        too_fine = f"IF(ISNUMBER({cell}),ABS({cell}*{units}-{minor})>1E-6,FALSE)"
        block.problems += [_unread_amount(cell), f'AND({cell}<>"",{coin}="")', too_fine]
    block.problems.append(f"{block.at('Floor')}>{block.at('Cap')}")


def _unread_amount(cell: str) -> str:
    return reading.unread_amount(cell, _MOST)


def units_of(coin: str) -> str:
    """Minor units of a currency's main unit."""
    whole = [name for name in terms.CURRENCIES if money.decimals(name) == 0]
    tests = ",".join(f'{coin}="{name}"' for name in whole)
    return f"IF(OR({tests}),1,100)"


def _ending(block: Block) -> None:
    """What prices end in, and how far apart such prices lie, by the decimals of the currency."""
    cell = block.value("Ending given", "Price Ending")
    block.problems.append(_unread_amount(cell))
    shown = []
    for unit in (100, 1):
        minor = f"ROUND({cell}*{unit},0)"
        fits = f"IF(ISNUMBER({cell}),ABS({cell}*{unit}-{minor})<1E-6,FALSE)"
        step = f'IF({minor}<{unit},{unit},10^LEN(TEXT({minor},"0")))'
        shown.append((f"IF({fits},{minor},0)", f"IF({fits},{step},1)"))
    for name, place in (("End", 0), ("Step", 1)):
        for decimals, formulas in zip((2, 0), shown, strict=True):
            block.add(f"{name} {decimals}", f"={formulas[place]}")
        block.areas[name] = (f"{name} 2", f"{name} 0")
    for decimals in (2, 0):
        ending, step = block.at(f"End {decimals}"), block.at(f"Step {decimals}")
        block.add(f"Least {decimals}", f"=IF({ending}>0,{ending},{step})")
    block.areas["Least"] = ("Least 2", "Least 0")


def _later(block: Block) -> None:
    """The share of its price that a unit is expected to sell for, and its decimals."""
    cell = block.value("Weeks given", "Weeks")
    whole = f"OR({cell}<0,{cell}>{LATEST},{cell}<>INT({cell}))"
    block.problems.append(f'IF(ISNUMBER({cell}),{whole},{cell}<>"")')
    weeks = block.add("Weeks", f"=N({cell})")
    chance = _share(block, "Chance", "Chance of Sale", 10_000)
    loss = _share(block, "Loss", "Loss per Week")
    storage = block.text("Storage", "Storage per Week")
    block.problems.append(f'AND({weeks}=0,OR({loss}>0,{storage}<>""))')
    sold, kept = _decimals(chance), _decimals(f"(10000-{loss})")
    decimals = block.add("Decimals", f"={sold}+{weeks}*{kept}")
    share = f"{chance}/10000*(1-{loss}/10000)^{weeks}"
    block.add("Kept", f"=IF({decimals}>8,{share},ROUND({share},8))")


def _decimals(points: str) -> str:
    """How many decimals a share of so many basis points has."""
    return (
        f"(4-(MOD({points},10)=0)-(MOD({points},100)=0)-(MOD({points},1000)=0)"
        f"-(MOD({points},10000)=0))"
    )


def _photos(block: Block) -> None:
    photos = block.text("Photos text", "Photos")
    block.problems.append(f'AND({photos}<>"",{photos}<>"Y",{photos}<>"N")')
    block.add("Photos", f'=IF({photos}="Y",1,0)')
    most = block.value("Most given", "Most Units")
    block.problems.append(f'IF(ISNUMBER({most}),OR({most}<0,{most}<>INT({most})),{most}<>"")')


def _charged(block: Block) -> None:
    """How often each fee is taken from a unit: once where it is listed, and for every week."""
    text = block.text("Fees text", "Fees")
    block.problems.append(reading.twice_blank(text))
    names = block.add("Fees", f'=IF({text}="","","|"&{reading.spaced(text)}&"|")')
    own = f'"|{FULFILMENT}|"'
    block.add(FULFILMENT, f'=(LEN({names})-LEN(SUBSTITUTE({names},{own},"")))/LEN({own})')
    storage, weeks = block.at("Storage"), block.at("Weeks")
    for number in range(1, SLOTS + 1):
        slot = f"INDEX({FEES}_Slots,{number})"
        taken = f'LEN({names})-LEN(SUBSTITUTE({names},"|"&{slot}&"|",""))'
        listed = f'IF({slot}="{FULFILMENT}",0,({taken})/(LEN({slot})+2))'
        weekly = f"IF(EXACT({storage},{slot}),{weeks},0)"
        block.add(f"Times {number}", f'=IF({slot}="",0,{listed}+{weekly})')
    block.areas["Times"] = ("Times 1", f"Times {SLOTS}")


def reasons(start: int) -> Block:
    """Reason codes without the prefixes of channels, and what they say."""
    sheet = sheets.REASONS
    block = _table(REASONS, start, sheet)
    on = _is_on(block, sheet)
    bare = block.add("Bare", "=" + reading.bare_code(block.at("Code")))
    once = block.add("Without a prefix", "=" + reading.peeled(bare))
    code = block.add("Without two", "=" + reading.peeled(once))
    block.problems.append(reading.has_prefix(code))
    _choice(block, "Group", "ReasonGroup")
    _choice(block, "Fault MFN", "Fault", "Unknown")
    _choice(block, "Fault FBA", "Fault", "Unknown")
    _choice(block, "Claimed", "State", "Unknown", "State")
    _choice(block, "Postage", "Postage", "Seller")
    key = block.add("Key", f'=IF({on}=1,{code},"")')
    block.problems.append(f'AND({key}<>"",SUMPRODUCT(--({block.name("Key")}={key}))>1)')
    return _finished(block, on)


def tiers(start: int) -> Block:
    """The prices that part low, middle and high, in mills, by currency."""
    block = Block(TIERS, sheets.TIERS.name, len(terms.CURRENCIES), start, sheets.TIERS)
    coin = block.fill("Currency", list(terms.CURRENCIES))
    table = sheets.TIERS.table
    line = block.add("Line", f"=IFERROR(MATCH({coin},{table}[Currency],0),0)")
    for name in ("Low", "High"):
        cell = f"INDEX({table}[{name}],{line})"
        mills = f"ROUND({cell}*{MILLS},0)"
        block.add(name, f'=IF({line}=0,"",IF(ISNUMBER({cell}),{mills},"?"))')
        sound = f"AND({cell}>=0,{cell}<=1E9,ABS({cell}*{MILLS}-{mills})<1E-6)"
        block.problems.append(f"IF({line}=0,FALSE,IF(ISNUMBER({cell}),NOT({sound}),TRUE))")
    low, high = block.at("Low"), block.at("High")
    block.problems.append(f"IF(AND(ISNUMBER({low}),ISNUMBER({high})),{low}>{high},FALSE)")
    block.problems.append(f"COUNTIF({table}[Currency],{coin})>1")
    return _judged(block)


def _judged(block: Block) -> Block:
    """A block of given lines with its problems counted."""
    block.add("Problem", "=" + "+".join(f"IFERROR(N({x}),1)" for x in block.problems))
    first = f"MATCH(TRUE,INDEX({block.name('Problem')}>0,0),0)"
    block.fill("Trouble", [f"=IFERROR({first},0)"])
    return block


def signals(start: int) -> Block:
    """The points of each signal of the risk, and where it starts."""
    sheet = sheets.RISK_WEIGHTS
    block = Block(SIGNAL_LINES, sheet.name, len(SIGNALS), start, sheet)
    name = block.fill("Signal", list(SIGNALS))
    line = block.add("Line", f"=IFERROR(MATCH({name},{sheet.table}[Signal],0),0)")
    flag = block.add("On", f'=IF({line}=0,"N",TRIM(INDEX({sheet.table}[On],{line})&""))')
    block.problems.append(f'AND({flag}<>"",{flag}<>"Y",{flag}<>"N")')
    block.problems.append(f"COUNTIF({sheet.table}[Signal],{name})>1")
    for header, blank in (("Points", "TRUE"), ("Limit", "FALSE")):
        cell = f"INDEX({sheet.table}[{header}],{line})"
        counts = f'AND({line}>0,{flag}<>"N",ISNUMBER({cell}))'
        block.add(header, f"=IF({counts},{cell},0)")
        unread = f'IF({cell}="",{blank},IF(ISNUMBER({cell}),{cell}<>INT({cell}),TRUE))'
        block.problems.append(f"IF({line}=0,FALSE,{unread})")
    return _judged(block)


_SETTINGS: Final = {
    "Opening offer middle": "share",
    "Opening offer high": "share",
    "Chance goods come back": "share",
    "Photo threshold": "share",
    "Withdrawal period": "whole",
    "Withdrawal marketplaces": "Marketplace",
    "Fashion categories": "list",
    "Ships from abroad": "Settled",
    "Condition when intact": "Condition",
    "Condition when faulty": "Condition",
}
"""The settings that formulas read, and what each of them holds."""


def settings(start: int) -> Block:
    """The settings, each read by what it holds."""
    table = sheets.SETTINGS.table
    block = Block(SETTINGS, sheets.SETTINGS.name, len(_SETTINGS), start, sheets.SETTINGS)
    name = block.fill("Setting", list(_SETTINGS))
    line = block.add("Line", f"=IFERROR(MATCH({name},{table}[Setting],0),0)")
    cell = f"INDEX({table}[Value],{line})"
    given = block.add(
        "Given", f'=IF({line}=0,"",IF({cell}="","",IF(ISTEXT({cell}),TRIM({cell}),{cell})))'
    )
    once = f"SUMPRODUCT(--EXACT({table}[Setting],{name}))<>1"
    kinds = [_setting(kind, given) for kind in _SETTINGS.values()]
    block.fill("Value", [f"={value}" for value, _ in kinds])
    block.fill("Problem", [f"=IFERROR(N({once})+N({unread}),1)" for _, unread in kinds])
    first = f"MATCH(TRUE,INDEX({block.name('Problem')}>0,0),0)"
    block.fill("Trouble", [f"=IFERROR({first},0)"])
    return block


def _setting(kind: str, given: str) -> tuple[str, str]:
    """The value of a setting, and when it cannot be read."""
    if kind == "share":
        unread = f'OR({given}="",{reading.unread_share(given)})'
        return f"ROUND({given}*10000,0)", unread
    if kind == "whole":
        return f"N({given})", f"IF(ISNUMBER({given}),{given}<>INT({given}),TRUE)"
    if kind in ("list", "Marketplace"):
        words = reading.listed(given)
        known = reading.unknown_words(f"({words})", domain_of("Marketplace"))
        return (
            words,
            f'IF({given}="",FALSE,OR(LEFT({words},1)="!",{known if kind != "list" else "FALSE"}))',
        )
    found = f"INDEX({WORDS}_{kind},MATCH({given},{WORDS}_{kind},0))"
    return found, f"ISERROR({found})"


def setting(name: str) -> str:
    """A setting's value, for use in a formula."""
    return f"INDEX({SETTINGS}_Value,{list(_SETTINGS).index(name) + 1})"


def signal(name: str, column: str) -> str:
    """A signal's points or limit, for use in a formula."""
    return f"INDEX({SIGNAL_LINES}_{column},{list(SIGNALS).index(name) + 1})"


def fees(start: int) -> Block:
    """The lines of fees that hold today, the best of each kind, and the names of all fees."""
    sheet = sheets.FEES
    block = _table(FEES, start, sheet)
    name = block.text("Fee", "Fee")
    whole = f"INDEX({sheet.table}[[Fee]:[Source]],{block.line},0)"
    block.problems.append(f'AND({name}="",SUMPRODUCT(LEN({whole}))>0)')
    block.problems.append(f'SUMPRODUCT(--ISNUMBER(FIND({{"*","?","~","|","  "}},{name})))>0')
    market = _choice(block, "Marketplace", "Marketplace", "")
    coin = _choice(block, "Currency", "Currency", "")
    first, last = block.value("From", "From"), block.value("To", "To")
    block.problems += [reading.unread_date(first), reading.unread_date(last)]
    _share(block, "Percent", "Percent")
    for header in ("Amount", "Cap"):
        cell = block.value(header, header)
        block.problems += [_unread_amount(cell), f'AND({cell}<>"",{coin}="")']
    holds = f'AND({name}<>"",N({first})<={TODAY},IF({last}="",TRUE,{last}>={TODAY}))'
    kind = block.add("Kind", f'=IF({holds},{name}&"|"&{market}&"|"&{coin},"")')
    rank = block.add("Since", f"=N({first})*1000-{block.line}")
    later = f"({block.name('Kind')}={kind})*({block.name('Since')}>{rank})"
    block.add("Key", f'=IF({kind}="","",IF(SUMPRODUCT({later})=0,{kind},""))')
    is_first = f"IFERROR(MATCH({name},{block.name('Fee')},0),0)={block.line}"
    letter = xl_col_to_name(block.start + len(block.columns))
    slot = block.add(
        "Slot", f'=IF({name}="","",IF({is_first},1+COUNT(${letter}${FIRST - 1}:${letter}¤),""))'
    )
    block.problems.append(f"N({slot})>{SLOTS}")
    block.fill(
        "Slots",
        [
            f'=IFERROR(INDEX({block.name("Fee")},MATCH({n},{block.name("Slot")},0)),"")'
            for n in range(1, SLOTS + 1)
        ],
    )
    sold = f"SUM(INDEX({RESALES}_Times,0,MATCH({name},{block.name('Slots')},0)))>0"
    usual = f'OR({name}="{LABEL_FEE}",{name}="{INSPECTION_FEE}",IFERROR({sold},FALSE))'
    block.add("Matters", f'=IF({usual},{market},"")')
    block.fill("Ones", ["1"] * SLOTS)
    return _finished(block, f'IF({name}<>"",1,0)')


def venues(start: int) -> Block:
    """What each fee is in each marketplace's own currency, and in each currency anywhere."""
    homes = list(terms.MARKETPLACE_CURRENCY.items())
    places = [*homes, *(("", coin) for coin in terms.CURRENCIES), ("", "")]
    block = Block(VENUES, "Fees by place", len(places), start)
    market = block.fill("Marketplace", [place for place, _ in places])
    coin = block.fill("Coin", [coin for _, coin in places])
    units = block.add("Units", "=" + units_of(coin))
    kinds = [f'"|"&{market}&"|"&{coin}', f'"|"&{market}&"|"', f'"||"&{coin}', '"||"']
    for number in range(1, SLOTS + 1):
        slot = f"INDEX({FEES}_Slots,{number})"
        line = "0"
        for kind in reversed(kinds):
            line = f"IFERROR(MATCH({slot}&{kind},{FEES}_Key,0),{line})"
        block.add(f"Line {number}", f'=IF({slot}="",0,{line})')
    for name, usual, minor in (
        ("Percent", "0", False),
        ("Amount", "0", True),
        ("Cap", "1E11", True),
    ):
        for number in range(1, SLOTS + 1):
            line = block.at(f"Line {number}")
            cell = f"INDEX({FEES}_{name},{line})"
            value = f"ROUND({cell}*{units},0)" if minor else cell
            block.add(
                f"{name} {number}", f"=IF({line}=0,{usual},IF(ISNUMBER({cell}),{value},{usual}))"
            )
        block.areas[f"{name}s"] = (f"{name} 1", f"{name} {SLOTS}")
    for name, fee in (("Label", LABEL_FEE), ("Inspection", INSPECTION_FEE)):
        slot = f'MATCH("{fee}",{FEES}_Slots,0)'
        amount, cap = (
            f"INDEX(${block.letter(f'{x} 1')}@:${block.letter(f'{x} {SLOTS}')}@,{slot})"
            for x in ("Amount", "Cap")
        )
        block.add(name, f"=IFERROR(MIN({amount},{cap}),0)")
    return block


def blocks() -> list[Block]:
    """Every block, side by side."""
    made = [words()]
    for make in (action_rules, refund_rules, resale_rules, reasons, tiers, signals, settings, fees, venues):  # fmt: skip
        made.append(make(made[-1].start + made[-1].width))
    return made
