"""Formulas that read a policy cell: word lists, number conditions, shares, flags.

`@` stands for the number of the sheet row that a formula stands in. Everything here is a function
of Excel 2016; what cannot be read gives a problem and never a guess.
"""

from __future__ import annotations

from typing import Final

ANY_LOW, ANY_HIGH, OPEN_END = "-1E15", "9E15", "1E15"
"""A blank value counts as 9E15: only a blank cell reaches so far."""
PARTS: Final = 3
"""So many numbers and ranges a cell may list: `1, 5..7, >30`."""
_DIGITS: Final = '"0123456789"'
_PLACES: Final = "{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15}"
_PREFIXES: Final = ("RO_", "CR_", "AMZ_PG_", "APP_")
_DATES: Final = (30_000, 60_000)
"""A whole number in between may be a date that Excel made of `1-5`."""


def key(word: str) -> str:
    """A word as it stands in a set."""
    return f'"|"&LOWER({word})&"|"'


def with_commas(text: str) -> str:
    """A list with commas as its only separators."""
    for other in ";，；、":
        text = f'SUBSTITUTE({text},"{other}",",")'
    return text


def spaced(text: str) -> str:
    """A list's separators without the blanks around them."""
    plain = with_commas(text)
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({plain}," ,",","),", ",","),",","||")'


def listed(text: str, domain: str = "") -> str:
    """A cell's words as `|a||b|`, after `!` where it says `not` or `非`; blank when blank.

    A word of the domain, by name, that begins with `not` is that word.
    """
    is_not = f'OR(UPPER(LEFT({text},4))="NOT ",LEFT({text},2)="非 ")'
    if domain:
        first = f'TRIM(LEFT({with_commas(text)},FIND(",",{with_commas(text)}&",")-1))'
        is_not = f"AND({is_not},ISERROR(MATCH({first},{domain},0)))"
    words = f'TRIM(LOWER(IF({is_not},MID({text},FIND(" ",{text})+1,9999),{text})))'
    return f'IF({text}="","",IF({is_not},"!","")&"|"&{spaced(words)}&"|")'


def accepted(words: str, domain: str, size: int) -> str:
    """The words that a list accepts, a bit each in the order of their domain (its name, its size).

    A last bit, for a blank value, is only there where the list is blank.
    """
    listed = f'ISNUMBER(FIND({domain}Key,{words}))<>(LEFT({words},1)="!")'
    return f'IF({words}="",{2 ** (size + 1) - 1},SUMPRODUCT(({listed})*{domain}Bit))'


def bit(value: str, domain: str, size: int) -> str:
    """The bit of a row's word, or of a blank."""
    return f'IF({value}="",{2**size},INDEX({domain}Bit,MATCH({value},{domain},0)))'


def unknown_words(words: str, domain: str) -> str:
    """1 where a list names a word that its domain, by name, does not have."""
    keys = f"{domain}Key"
    named = f'(LEN({words})-LEN(SUBSTITUTE({words},"|","")))/2'
    known = f'SUMPRODUCT((LEN({words})-LEN(SUBSTITUTE({words},{keys},"")))/LEN({keys}))'
    return f"({named}<>{known})"


def twice_blank(text: str) -> str:
    """1 where a text has two blanks in a row, which read differently from program to program."""
    return f'ISNUMBER(FIND("  ",{text}))'


def has_digit(text: str) -> str:
    """Whether a text has a digit."""
    return f'(SUMPRODUCT(--ISNUMBER(FIND({{"0","1","2","3","4","5","6","7","8","9"}},{text})))>0)'


def part_of(cell: str, number: int) -> str:
    """One of the conditions that a cell lists; `#` for a cell that is a number."""
    only = '"#"' if number == 1 else '""'
    wide = f'SUBSTITUTE({with_commas(cell)},",",REPT(" ",200))'
    text = f"TRIM(MID({wide},{200 * (number - 1) + 1},200))"
    return f"IF(ISNUMBER({cell}),{only},{text})"


def all_digits(text: str) -> str:
    """Whether a text of at most 15 characters is digits and nothing else."""
    each = f"MID({text},{_PLACES},1)"
    return f'SUMPRODUCT(({each}<>"")*ISNUMBER(FIND({each},{_DIGITS})))=LEN({text})'


def end_of(part: str, *, last: bool) -> str:
    """The text of the first or last number of a condition."""
    dots = f'FIND("..",{part})'
    op = f'IF(OR(LEFT({part},2)="<=",LEFT({part},2)=">="),3,IF(OR(LEFT({part},1)="<",LEFT({part},1)=">"),2,1))'
    ranged = f"MID({part},{dots}+2,99)" if last else f"LEFT({part},{dots}-1)"
    return f"TRIM(IFERROR({ranged},MID({part},{op},99)))"


def number_in(text: str, part: str, cell: str, scale: int) -> str:
    """A number in units of 1/scale; `?` when the text is none. Digits with at most one point and a
    sign, whatever the program's language."""
    size, sign = f'SUBSTITUTE({text},"-","",1)', f'IF(LEFT({text},1)="-",-1,1)'
    digits = f'SUBSTITUTE({size},".","",1)'
    decimals = f'(LEN({size})-IFERROR(FIND(".",{size}),LEN({size})))'
    most = len(str(scale)) - 1
    is_sound = ",".join(
        [
            f'IFERROR(FIND("-",{text}),1)=1',
            f"LEN({digits})>0",
            f"LEN({digits})<=12",
            f'LEFT({size},1)<>"."',
            f'RIGHT({size},1)<>"."',
            f"{decimals}<={most}",
            all_digits(digits),
        ]
    )
    value = f"{sign}*VALUE({digits})*10^({most}-{decimals})"
    return (
        f'IF({part}="","",IF({part}="#",ROUND({cell}*{scale},0),IF(AND({is_sound}),{value},"?")))'
    )


def lowest(part: str, number: str, *, first: bool) -> str:
    """The least value that a condition accepts; a condition that is not there accepts none."""
    none = ANY_LOW if first else "1"
    below = f'AND(LEFT({part},1)="<",ISERROR(FIND("..",{part})))'
    above = f'AND(LEFT({part},1)=">",LEFT({part},2)<>">=")'
    return f'IF({part}="",{none},IF({number}="?",1,IF({below},{ANY_LOW},IF({above},{number}+1,{number}))))'


def highest(part: str, number: str, *, first: bool) -> str:
    """The greatest value that a condition accepts."""
    none = ANY_HIGH if first else "0"
    above, below = f'LEFT({part},1)=">"', f'AND(LEFT({part},1)="<",LEFT({part},2)<>"<=")'
    return f'IF({part}="",{none},IF({number}="?",0,IF({above},{OPEN_END},IF({below},{number}-1,{number}))))'


def unread_number(cell: str, first: str, last: str, scale: int) -> str:
    """1 where a condition is no number, runs backwards, is too fine, or may be a date."""
    low, high = _DATES
    plain = f"IF(ISNUMBER({cell}),OR(ABS({cell}*{scale}-ROUND({cell}*{scale},0))>1E-6,ABS({cell})>1E9,AND({cell}>{low},{cell}<{high})),FALSE)"
    return f'OR({first}="?",{last}="?",IF(AND(ISNUMBER({first}),ISNUMBER({last})),{first}>{last},FALSE),{plain})'


def unread_share(cell: str) -> str:
    """1 where a cell is neither blank nor a share of 0 to 1 in whole basis points."""
    off = f"OR({cell}<0,{cell}>1,ABS({cell}*10000-ROUND({cell}*10000,0))>1E-7)"
    return f'IF(ISNUMBER({cell}),{off},{cell}<>"")'


def unread_amount(cell: str, most: str) -> str:
    """1 where a cell is neither blank nor a number of 0 to `most`."""
    return f'IF(ISNUMBER({cell}),OR({cell}<0,{cell}>{most}),{cell}<>"")'


def unread_date(cell: str) -> str:
    """1 where a cell is neither blank nor a day."""
    return f'IF(ISNUMBER({cell}),OR({cell}<1,{cell}>=2958466),{cell}<>"")'


def bare_code(text: str) -> str:
    """A reason code in capitals with `_` for every run of blanks, `-` and `_`."""
    plain = f"UPPER({text})"
    for other in ("CHAR(9)", "CHAR(10)", "CHAR(13)", '"\u00a0"', '"\u3000"'):
        plain = f'SUBSTITUTE({plain},{other}," ")'
    held = f'TRIM("."&SUBSTITUTE(SUBSTITUTE(TRIM({plain}),"-"," "),"_"," ")&".")'
    return f'IF({text}="","",SUBSTITUTE(MID({held},2,LEN({held})-2)," ","_"))'


def has_prefix(code: str) -> str:
    """Whether a code begins with what a channel adds."""
    tests = (f'LEFT({code},{len(prefix)})="{prefix}"' for prefix in _PREFIXES)
    return f"OR({','.join(tests)})"


def peeled(code: str) -> str:
    """A code without one of the prefixes that channels add."""
    sizes = "+".join(
        f'{len(prefix)}*(LEFT({code},{len(prefix)})="{prefix}")' for prefix in _PREFIXES
    )
    return f"MID({code},1+{sizes},9999)"
