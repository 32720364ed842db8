"""The ways to sell and the fees on them, as formulas read them."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from xl_returns.books.build.native import reading
from xl_returns.books.build.native.blocks import FIRST, Block
from xl_returns.books.build.native.lines import (
    FEES,
    LATEST,
    RESALES,
    SLOTS,
    TODAY,
    VENUES,
    WORDS,
    choice,
    conditions,
    finished,
    is_on,
    share,
    table,
    units_of,
    unread_amount,
)
from xl_returns.books.build.native.step import minor_of
from xl_returns.core import sheets, terms
from xl_returns.core.policy_lines import FULFILMENT, INSPECTION_FEE, LABEL_FEE


def resale_rules(start: int) -> Block:
    """When each way to sell applies, and what it brings."""
    sheet = sheets.RESALE_RULES
    block = table(RESALES, start, sheet)
    on = is_on(block, sheet)
    conditions(block, sheet)
    disposition = choice(block, "Disposition", "Disposition")
    sealed = f"{block.at('Condition')}<>{2 ** terms.CONDITIONS.index('Sealed')}"
    block.problems.append(f'AND({disposition}="{terms.RESTOCK}",{sealed})')
    choice(block, "Grade", "Grade")
    share(block, "Percent", "Percent of New")
    _limits(block)
    _ending(block)
    _later(block)
    _photos(block)
    _charged(block)
    return finished(block, on)


def _limits(block: Block) -> None:
    """Floor and cap in minor units, and the currency in which they are."""
    coin = choice(block, "Coin", "Currency", "", "Currency")
    every = 2 ** (len(terms.CURRENCIES) + 1) - 1
    own = f"INDEX({WORDS}_CurrencyBit,MATCH({coin},{WORDS}_Currency,0))"
    block.add("Coins", f'=IF({coin}="",{every},IFERROR({own},0))')
    units = units_of(coin)
    for name, usual in (("Floor", "0"), ("Cap", "1E11")):
        cell = block.value(f"{name} given", name)
        block.add(name, f"=IF(ISNUMBER({cell}),{minor_of(cell, units)},{usual})")
        block.problems += [unread_amount(cell), f'AND({cell}<>"",{coin}="")']
    block.problems.append(f"{block.at('Floor')}>{block.at('Cap')}")


def _ending(block: Block) -> None:
    """What prices end in, and how far apart such prices lie, by the decimals of the currency."""
    cell = block.value("Ending given", "Price Ending")
    block.problems.append(unread_amount(cell))
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
    chance = share(block, "Chance", "Chance of Sale", 10_000)
    loss = share(block, "Loss", "Loss per Week")
    storage = block.text("Storage", "Storage per Week")
    block.problems.append(f'AND({weeks}=0,OR({loss}>0,{storage}<>""))')
    sold, kept = _decimals(chance), _decimals(f"(10000-{loss})")
    decimals = block.add("Decimals", f"={sold}+{weeks}*{kept}")
    expected = f"{chance}/10000*(1-{loss}/10000)^{weeks}"
    block.add("Kept", f"=IF({decimals}>8,{expected},ROUND({expected},8))")


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


def fees(start: int) -> Block:
    """The lines of fees that hold today, the best of each kind, and the names of all fees."""
    sheet = sheets.FEES
    block = table(FEES, start, sheet)
    name = block.text("Fee", "Fee")
    whole = f"INDEX({sheet.table}[[Fee]:[Source]],{block.line},0)"
    block.problems.append(f'AND({name}="",SUMPRODUCT(LEN({whole}))>0)')
    block.problems.append(f'SUMPRODUCT(--ISNUMBER(FIND({{"*","?","~","|","  "}},{name})))>0')
    market = choice(block, "Marketplace", "Marketplace", "")
    coin = choice(block, "Currency", "Currency", "")
    first, last = block.value("From", "From"), block.value("To", "To")
    block.problems += [reading.unread_date(first), reading.unread_date(last)]
    share(block, "Percent", "Percent")
    for header in ("Amount", "Cap"):
        cell = block.value(header, header)
        block.problems += [unread_amount(cell), f'AND({cell}<>"",{coin}="")']
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
    return finished(block, f'IF({name}<>"",1,0)')


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
            value = minor_of(cell, units) if minor else cell
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
