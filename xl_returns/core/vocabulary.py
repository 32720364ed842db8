"""The words that cells hold and the product knows by name, in both languages.

Tables in files may say them in English or in Chinese; inside they are English.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final

from xl_returns.core import columns, ledgers, sheets, terms
from xl_returns.core.cells import parted
from xl_returns.core.language import CHINESE, ENGLISH, RETURNS, header, text

LIVE: Final = "Live"
LIVE_HEADERS: Final = ("As Of", "Status", "Policy")
"""The table that live formulas follow."""
_NAMES: Final = (
    "Language", "Opening offer middle", "Opening offer high", "Chance goods come back",
    "Chance appeal granted", "Photo threshold", "Withdrawal period", "Withdrawal marketplaces",
    "Fashion categories", "Ships from abroad", "Prices exclude VAT", "Condition when intact",
    "Condition when faulty", "SAFE-T damage share", "Ask above", "Offer steps", "Weight tolerance",
    "Sales tax apart", "Home marketplace",
    "Referral", "Liquidation share", "Used processing", "Inspection", "Negotiation", "Return label",
    "Relabel", "Bundle packing", "Home freight", "Liquidation processing", "Disposal", "Donation",
    "Refund administration", "VAT", "Fulfilment",
    "Answer request", "Refund after receipt", "Withdrawal refund", "A-to-z answer", "SAFE-T claim",
    "FBA claim opens", "FBA claim closes", "FBA goods back", "MFN goods back", "Refund in payments",
    "Wear against reason", "No fault found", "Late request", "Near deadline", "Same order and SKU",
    "Bracketing", "Buyer in 7 days", "Buyer in 90 days", "Kept items", "Same words", "SKU burst",
    "Refunded above paid", "Refunded, not returned", "Fault confirmed", "Carrier or Amazon at fault",
    "Usual defects", "Chance a claim is paid", "Burst days", "Burst least", "Burst chance",
    "Burst look-back", "Least returns", "Flag finds", "Flag spares", "True cases",
    "Cost of waiting", "Claim cost",
)  # fmt: skip
"""What lines of Settings, Fees, Deadlines, Risk Weights and Insight Settings are called."""
_DONE: Final = (
    "Decided", "Overridden", "Imported", "Exported", "Split", "Offered", "Accepted", "Refused",
    "Refund", "Reimbursement", "Replacement", "Removal", "Removal shipment", "Ledger return",
    "Settlement", "Transactions", "Reimbursements", "Replacements", "Removals", "Inventory ledger",
    "Refund not noted in Returns", "Refunded twice", "Refunded above what was paid",
    "Replaced and refunded", "Refunded, never returned", "Refunded, not back yet",
    "Returned, not reimbursed", "Marked refunded, no money moved", "Removal came short",
    "Returned, not in the inventory ledger", "Seller Support", "chosen",
)  # fmt: skip
"""What ledgers say of things that happened, and what does not agree about them."""
_FOUND: Final = (
    "error", "warning", "note",
    "Gap", "Boundary", "Shadowed", "Duplicate", "Impossible", "Crossing", "Never used",
    "Never given", "Dates", "Conflict", "Source", "Unsettled",
)  # fmt: skip
"""What is wrong with a policy, and how grave it is."""
_CAUSES: Final = (
    "Too small", "Too large", "Size or fit", "Not compatible", "Colour differs", "Material or feel",
    "Wrong item sent", "Missing parts", "Stopped working", "Does not work", "Poor quality",
    "Damaged in transit", "Used or opened before", "Expired or spoiled", "Smell", "Leaks",
    "Noise or bad sound", "Unsafe or too hot", "Hard to use", "Uncomfortable", "Arrived late",
    "Not delivered", "Ordered by mistake", "Better price", "Style", "Not authorised", "Not told",
    "Listing", "Product", "Parcel", "Warehouse", "Cause to fix", "Supplier claim",
    "Return rate fee", "High return rate", "Burst", "Defects", "sure", "too few to tell", "normal",
    "forecast", "pursue", "not worth it",
)  # fmt: skip
"""Why goods come back, and how sure that is."""
DAYS: Final = ("calendar days", "business days")
WORDS: Final = tuple(
    dict.fromkeys(
        (
            *terms.YES_NO, *terms.CONTROLLERS, *terms.STATUSES, *terms.CONDITIONS, *terms.STATES,
            *terms.TIERS, *terms.FAULTS, *terms.PAYERS, *terms.BUYER_WISHES, *terms.REASON_GROUPS,
            *terms.GRADES, *terms.ACTIONS, *terms.DISPOSITIONS, *terms.APPEALS,
            *terms.GOODS_CHECKS, *terms.BASES, *DAYS, *_NAMES, *_DONE, *_FOUND, *_CAUSES,
        )
    )
)  # fmt: skip
_KNOWN: Final = frozenset(map(str.casefold, WORDS))
_AND, _EXCEPT = "、", "非 "


@cache
def _english() -> dict[str, str]:
    return {text(CHINESE, word): word for word in WORDS}


@cache
def _chinese() -> dict[str, str]:
    return {word: chinese for chinese, word in _english().items()}


def english(word: str) -> str:
    """The declared word that a word means, in whichever language; any other word stays."""
    return _english().get(word.strip(), word)


@cache
def tables() -> dict[str, tuple[str, ...]]:
    """The headers of every table of the product, by the table's name."""
    return {
        RETURNS: tuple(column.name for column in columns.RETURNS),
        LIVE: LIVE_HEADERS,
        **{ledger.table: ledger.headers for ledger in ledgers.ALL},
        **{sheet.table: tuple(field.name for field in sheet.fields) for sheet in sheets.BESIDE},
        **{s.table: (*(f.name for f in s.fields), sheets.CHECKED.name) for s in sheets.POLICY},
    }


@cache
def _names_of(table: str) -> dict[str, str]:
    """The contract's names of a table's Chinese headers that differ from them."""
    both = ((header(CHINESE, table, name), name) for name in tables().get(table, ()))
    return {chinese: name for chinese, name in both if chinese != name}


@lru_cache(maxsize=512)
def names_in(table: str, headers: tuple[str, ...]) -> tuple[str, ...]:
    """The contract's names of a table's headers, in whichever language; others stay."""
    known, taken = _names_of(table), set(headers)
    return tuple(known[h] if h in known and known[h] not in taken else h for h in headers)


@lru_cache(maxsize=512)
def language_in(table: str, headers: tuple[str, ...]) -> str:
    """The language in which most of a table's headers stand."""
    known = _names_of(table)
    chinese = sum(h in known for h in headers)
    names = set(known.values())
    return CHINESE if chinese > sum(h in names for h in headers) else ENGLISH


def in_english(words: Sequence[Any]) -> list[Any]:
    """A column of words, each in English; what is no word of ours stays."""
    known = _english()
    if not any(isinstance(word, str) and word in known for word in set(words)):
        return list(words)
    return [known.get(word, word) if isinstance(word, str) else word for word in words]


def in_language(language: str, words: Sequence[Any]) -> list[Any]:
    """A column of declared words, each in a language."""
    if language == ENGLISH:
        return list(words)
    known = _chinese()
    return [known.get(word, word) if isinstance(word, str) else word for word in words]


def condition(language: str, cell: str) -> str:
    """A policy's cell of words, such as `not A, B`, as it is written in a language."""
    if language == ENGLISH:
        return cell
    negated, parts = parted(cell, _KNOWN)
    words = _AND.join(text(language, part) for part in parts)
    return f"{_EXCEPT}{words}" if negated else words


def cell_of(language: str, name: str, cell: str) -> str:
    """A cell of a column of Returns, its words in a language; what people wrote stays."""
    column = columns.BY_NAME.get(name)
    return condition(language, cell) if column and column.choices else cell


def contract(cell: str) -> str:
    """A policy's cell of words as it is written in English, in whichever language it stands."""
    if cell.isascii():
        return cell
    negated, parts = parted(cell, _KNOWN)
    words = ", ".join(map(english, parts))
    return f"not {words}" if negated else words


def example(language: str, cell: str) -> str:
    """A row as Cases are written, `Header = value; Header = value`, or a rule's cells, in a language."""
    if language == ENGLISH or not cell:
        return cell
    pairs = (part.partition("=") for part in cell.split(";"))
    return "; ".join(
        f"{_titled(language, name.strip())} = {_valued(language, value.strip())}"
        for name, _, value in pairs
    )


def _titled(language: str, name: str) -> str:
    own = header(language, RETURNS, name)
    return header(language, "", name) if own == name else own


def _valued(language: str, value: str) -> str:
    """A word, though it have a comma, or else several words."""
    whole = text(language, value)
    return condition(language, value) if whole == value else whole
