"""Every sentence about a row: the one home of what the desk says of returns."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Final

import polars as pl

from xl_returns.core.language import text
from xl_returns.core.texts import Told

_PHRASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "why": "{rule} {action}: {values}.",
        "why any": "{rule} {action}: no other rule fits.",
        "why gated": "{rule} says {ruled} ({values}), but the row cannot have it: {action}.",
        "why lacking": "{rule} says {ruled} ({values}), but {cells} must be filled first: {action}.",
        "why no rule": "{action}: no rule fits this row.",
        "is": "{name} {value}",
        "with part": "{parts}{part}",
        "sum": "{parts} = {total} {currency}.",
        "units": "{units} x {unit}",
        "shipping": " + shipping {amount}",
        "withheld": " - {share} withheld {amount} ({rule})",
        "label": " - return label {amount}",
        "refunded": " - already refunded {amount}",
        "offer": "Offer {share} of {net} = {amount} {currency}, at most {most}: above that a return is cheaper.",
        "sell": "{disposition} ({grade}, {rule}): {price} - fees {fees} = {recovery} {currency} each.",
        "claim without price": "{action} has no price: fill Unit Cost, which is what a claim would bring",
        "changes below": "The cheapest would be {action} if recovery were under {amount}",
        "changes above": "The cheapest would be {action} if recovery were over {amount}",
        "sell later": "{disposition} ({grade}, {rule}): {price} x {chance} sold x {weeks} weeks at -{loss} = {sale} - fees and storage {fees} = {recovery} {currency} each.",
        "fill photos": "Fill Photos: {disposition} ({rule}) needs them and would bring {amount} each",
        "plan best": "Its best way.",
        "plan full": "{disposition} ({rule}) would bring {amount} each, but takes only {cap} units, and others gain more by it.",
        "plan waits": "{disposition} ({rule}) would bring {amount} each, but too few units bear its shipment of {cost}.",
        "plan left": "No way has room for it.",
        "fill": "Fill {cells}",
        "fill for rule": "{cells} could change this ({rule}: {action})",
        "foreign": "{rule} says {action}, but {controller} controls this refund",
        "unlawful": "{rule} says {action}, but the request is in policy or within the withdrawal period: declining breaks the rules",
        "forbidden": "{rule} would keep {share}: not allowed here, paid in full",
        "photo": "With photos {amount} could be kept; without, nothing is",
        "forfeit": "Refunding yourself gives up a SAFE-T claim worth up to {amount}",
        "auto refund": "After {day} Amazon refunds by itself and SAFE-T is lost",
        "auto refunded": "Amazon may have refunded by itself after {day}: check before you pay",
        "overdue": "Overdue since {day}",
        "fill condition": "Fill Condition: it decides what may be kept back and where the goods go",
        "negotiate": "Talk to the buyer before closing",
        "fill received": "Fill {header}: it starts the refund clock",
        "label dear": "The return label ({label}) costs more than the goods bring ({goods})",
        "marked": "Marked refunded without an amount: check that money moved",
        "overpaid": "{amount} more than paid was refunded",
        "repeat": "{count} open returns for this order and SKU: check that it is not the same unit",
        "unknown reason": "Reason {code} is not in the Reasons sheet",
        "no tier": "{currency} has no price tier: add it to the Tiers sheet",
        "vat": "Enter {amount} without VAT; the buyer receives it with VAT",
        "a to z": "Never refund beside an open A-to-z claim",
        "unreadable": "{header} cannot be read: {problem}",
        "risk": "Risk {score}: {signals}",
        "appeal by": "{route} by {day}",
        "missing": "; missing: {evidence}",
        "photos": "photos",
        "inspection": "inspection",
        "proof of delivery": "proof of delivery",
        "carrier's report": "carrier's report",
        "order number": "order number",
        "fix shipped": "{own} of {of} shipped ({share}); {others}",
        "fix returned": "{own} of {of} returned ({share}); {others}",
        "fix others": "other goods {share}",
        "fix alone": "no other goods to compare with",
        "claim do": "Claim {amount} {currency} from {supplier}",
        "claim why": "{defects} defects of {sold} sold, {rate}; usual {usual}; {loss} lost a unit",
        "fee do": "Mend the causes of this SKU: each unit above the threshold is charged",
        "fee why": "{month}: {returned} of {shipped} FBA units back, {expected} expected; {free} are free; charged from {day}",
        "high do": "See its causes on this sheet",
        "high why": "{returned} of {shipped} shipped, {rate}; high is above {limit}",
        "listing why": "{blamed} of {returns} returns blame size, colour or description, {rate}; of other goods' returns {others}",
        "burst do": "Look at batch, listing and parcels of these days; judge each return by its goods",
        "burst why": "{orders} orders from {first} to {last}, usual are {usual} (by chance {chance}){same}. Taken for abuse, such a flag is right in about {right} of cases{pays}",
        "burst same": "; {count} say the same words",
        "burst pays": "; looking first pays from {share} on",
        "one in": "1 in {count}",
        "one in a billion": "less than 1 in a billion",
        "interval": "{share} % ({low} to {high} %)",
        "above sold": "more returned than sold",
        "even none": "At no price do the goods bring what taking them back costs",
        "even no tier": "Worth taking back from {price} on; the currency has no tier",
        "even below": "Worth taking back from {price} on; your tier lets buyers keep them below {low}",
        "even above": "Not worth taking back below {price}; your tier lets buyers keep them below {low} only",
        "even same": "Your tier is the break-even",
        "join": "; ",
        "list": ", ",
    }
)


PHRASES: Final = tuple(_PHRASES.values())
"""The sentences, for those who translate them."""


def say(language: str, phrase: str, **values: object) -> str:
    """A phrase in a language, its blanks filled."""
    return text(language, _PHRASES[phrase]).format_map(values)


def say_all(language: str, phrase: str, columns: Mapping[str, Told]) -> Told:
    """A phrase for every row of columns of the same length, its blanks filled."""
    template = text(language, _PHRASES[phrase])
    if any(isinstance(column, list) for column in columns.values()):
        rows = zip(*columns.values(), strict=True)
        return [template.format_map(dict(zip(columns, row, strict=True))) for row in rows]
    pieces = [
        piece
        for part, blank, _, _ in Formatter().parse(template)
        for piece in (pl.lit(part), *([pl.col(blank)] if blank else ()))
    ]
    return pl.DataFrame(dict(columns)).select(pl.concat_str(pieces)).to_series()
