"""What speaks against an appeal, from a row's own facts: no route covers everything.

Sources: Amazon help 202175000 and a summary by Amazon in its forum (SAFE-T), G9N934L7Y4SFWPJ4 (FBA
claims), G202041210 (A-to-z); the share that SAFE-T pays is a setting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xl_returns.core import money, terms
from xl_returns.core.facts import Facts
from xl_returns.core.language import phrased
from xl_returns.core.policy import Settings
from xl_returns.core.tables import BLANK
from xl_returns.core.voice import share


def doubts_of(facts: Facts, row: int, route: str, settings: Settings) -> Iterator[str]:
    """Why an appeal of a row may not be accepted, or not in full, each in a sentence."""

    def is_(header: str, *words: str) -> bool:
        return bool(facts.is_(header, *words)[row])

    if route == terms.SAFE_T:
        yield from _of_safe_t(facts, row, settings)
    elif is_("Channel", "FBA") != (route == terms.FBA_CLAIM):
        yield phrased(
            "An FBA claim is for units that Amazon shipped, and no other route is: see Channel"
        )
    if (
        route == terms.FBA_CLAIM
        and is_("Received", "Y")
        and is_("Condition", "Opened", "Defective")
    ):
        yield phrased("Amazon does not pay for units that came back opened, used or defective")
    if route == terms.A_TO_Z and not is_("A-to-z", "Y"):
        yield phrased(
            "A-to-z is not Y: only a claim that was decided for the buyer can be appealed"
        )


def _of_safe_t(facts: Facts, row: int, settings: Settings) -> Iterator[str]:
    refunded, paid = int(facts.refunded[row]), int(facts.net_paid[row])
    if facts.is_("Channel", "FBA")[row]:
        yield phrased("SAFE-T is for orders that you shipped, not for FBA")
    elif facts.is_("Controller", "Seller")[row]:
        yield phrased("SAFE-T covers only refunds that Amazon issued: not eligible if you refund")
        if refunded:
            amount = money.show(refunded, int(facts.rows.places[row]))
            yield phrased(
                "{amount} {currency} is refunded: not eligible unless Amazon did it",
                amount=amount,
                currency=facts.rows.currency(row),
            )
    elif not refunded and not facts.is_("Status", "Refunded")[row]:
        yield phrased("No refund is noted yet: file once Amazon has refunded (Refunded So Far)")
    if facts.is_("A-to-z", "Y")[row]:
        yield phrased("What an A-to-z claim granted is appealed there: SAFE-T does not cover it")
    if facts.is_("Condition", *terms.WORN)[row] and paid != BLANK:
        most = money.percent_of(facts.net_paid[row : row + 1], settings.safe_t_damage_share)
        amount = money.show(int(most[0]), int(facts.rows.places[row]))
        yield phrased(
            "For goods that the buyer used or damaged SAFE-T pays at most {share} of net paid: {amount} {currency}",
            share=share(settings.safe_t_damage_share),
            amount=amount,
            currency=facts.rows.currency(row),
        )


def doubts_of_window(
    opens: dt.date | None, closes: dt.date | None, today: dt.date
) -> Iterator[str]:
    """What to know of the days between which a route is open."""
    if closes is None:
        yield phrased("The last day is not known: fill the dates of the row")
    elif closes < today:
        yield phrased("The window closed on {closes}", closes=closes)
    if opens and opens > today:
        yield phrased("The window opens on {opens}", opens=opens)
