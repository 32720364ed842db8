"""The policy sheets as formulas read them: one block for each."""

from __future__ import annotations

from typing import Final

from xl_returns.books.build.native import reading
from xl_returns.books.build.native.blocks import Block
from xl_returns.books.build.native.lines import (
    ACTIONS,
    REASONS,
    REFUNDS,
    SETTINGS,
    SIGNAL_LINES,
    TIERS,
    WORDS,
    choice,
    conditions,
    domain_of,
    finished,
    is_on,
    judged,
    share,
    table,
    words,
)
from xl_returns.books.build.native.selling import fees, resale_rules, venues
from xl_returns.core import sheets, terms
from xl_returns.core.grid import MILLS
from xl_returns.core.risk import SIGNALS

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


def action_rules(start: int) -> Block:
    """When each action rule applies, and what it says."""
    sheet = sheets.ACTION_RULES
    block = table(ACTIONS, start, sheet)
    on = is_on(block, sheet)
    conditions(block, sheet)
    choice(block, "Action", "Action")
    return finished(block, on)


def refund_rules(start: int) -> Block:
    """When each refund rule applies, and what may be kept."""
    sheet = sheets.REFUND_RULES
    block = table(REFUNDS, start, sheet)
    on = is_on(block, sheet)
    conditions(block, sheet)
    share(block, "Withhold", "Withhold")
    choice(block, "Refund Outbound", "Settled", "Y")
    choice(block, "Deduct Label", "Settled", "Y")
    return finished(block, on)


def reasons(start: int) -> Block:
    """Reason codes without the prefixes of channels, and what they say."""
    sheet = sheets.REASONS
    block = table(REASONS, start, sheet)
    on = is_on(block, sheet)
    bare = block.add("Bare", "=" + reading.bare_code(block.at("Code")))
    once = block.add("Without a prefix", "=" + reading.peeled(bare))
    code = block.add("Without two", "=" + reading.peeled(once))
    block.problems.append(reading.has_prefix(code))
    choice(block, "Group", "ReasonGroup")
    choice(block, "Fault MFN", "Fault", "Unknown")
    choice(block, "Fault FBA", "Fault", "Unknown")
    choice(block, "Claimed", "State", "Unknown", "State")
    choice(block, "Postage", "Postage", "Seller")
    key = block.add("Key", f'=IF({on}=1,{code},"")')
    block.problems.append(f'AND({key}<>"",SUMPRODUCT(--({block.name("Key")}={key}))>1)')
    return finished(block, on)


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
    return judged(block)


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
    return judged(block)


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


def blocks() -> list[Block]:
    """Every block, side by side."""
    made = [words()]
    for make in (action_rules, refund_rules, resale_rules, reasons, tiers, signals, settings, fees, venues):  # fmt: skip
        made.append(make(made[-1].start + made[-1].width))
    return made
