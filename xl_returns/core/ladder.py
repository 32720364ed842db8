"""Keep-it offers as a ladder: opening, next, ceiling; and how often such offers were accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from xl_returns.core import money
from xl_returns.core.language import named, phrased

OFFERED, ACCEPTED, REFUSED = "Offered", "Accepted", "Refused"
_NEAR: Final = 500
"""Offers within so many basis points of net paid count as alike."""
FEW: Final = 10
"""Fewer answers say too little."""


def next_offer(last: int, ceiling: int, left: int) -> int:
    """The next offer after one that was refused, in minor units, with `left` offers to go.

    last + (ceiling - last) / (left + 1): the cheapest way up to the ceiling V, the cost of having
    the goods back, if the buyer may accept anything above `last` with equal chance. From 0 it gives
    the offers k V / (K + 1) of the closed form for K rising offers.
    """
    return min(last + money.ratio(max(ceiling - last, 0), left + 1), ceiling)


def ladder(opening: int, ceiling: int, steps: int) -> list[int]:
    """All offers of a negotiation in which each is refused, in minor units, none above the ceiling."""
    offers = [min(opening, ceiling)]
    while len(offers) < steps:
        offer = next_offer(offers[-1], ceiling, steps - len(offers))
        if offer <= offers[-1]:
            break
        offers.append(offer)
    return offers


@dataclass(frozen=True, slots=True)
class Answered:
    """An offer that was answered: its share of net paid in basis points, and the answer."""

    share: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How many offers alike were accepted, of how many that were answered."""

    accepted: int = 0
    answered: int = 0

    def __str__(self) -> str:
        if not self.answered:
            return phrased("no offer like it was answered yet")
        told = phrased(
            "{accepted} of {answered} offers like it were accepted",
            accepted=self.accepted,
            answered=self.answered,
        )
        return told if self.answered >= FEW else phrased("{told}: too few to tell", told=told)


def acceptance(share: int, past: Iterable[Answered]) -> Acceptance:
    """What past answers tell of an offer of a share of net paid (basis points)."""
    alike: Sequence[Answered] = [x for x in past if abs(x.share - share) <= _NEAR]
    return Acceptance(sum(x.accepted for x in alike), len(alike))


@dataclass(frozen=True)
class Negotiation:
    """Where a negotiation stands; amounts in minor units of the currency.

    `made` are the offers so far; `answer` is the last word, blank while an offer waits for one.
    `next` is None when nothing is left to offer.
    """

    return_id: str
    currency: str
    net_paid: int
    opening: int
    ceiling: int
    steps: int
    made: list[int] = field(default_factory=list)
    answer: str = ""
    learned: Acceptance = Acceptance()

    @property
    def waits(self) -> bool:
        """Whether an offer is out and not answered."""
        return bool(self.made) and not self.answer

    @property
    def accepted(self) -> bool:
        """Whether the buyer took the last offer."""
        return self.answer == ACCEPTED

    @property
    def next(self) -> int | None:
        """What to offer next."""
        left = self.steps - len(self.made)
        if self.waits or self.accepted or left < 1:
            return None
        if not self.made:
            return min(self.opening, self.ceiling)
        offer = next_offer(self.made[-1], self.ceiling, left)
        return offer if offer > self.made[-1] else None

    @property
    def ladder(self) -> list[int]:
        """The offers so far and those to come if each is refused, in minor units."""
        if self.next is None:
            return self.made
        left = self.steps - len(self.made)
        return [*self.made, *ladder(self.next, self.ceiling, left)]

    def share(self, amount: int) -> int:
        """An amount as a share of net paid, in basis points."""
        return money.ratio(amount * money.BASIS, self.net_paid) if self.net_paid else 0

    def shown(self, amount: int) -> str:
        """An amount as text, `12.50 USD`."""
        return f"{money.show(amount, money.decimals(self.currency))} {self.currency}"

    def _answered(self) -> str:
        said = str(named(self.answer))
        return said.lower() if said == self.answer else said

    def __str__(self) -> str:
        parts = []
        if self.made:
            word = self._answered() or phrased("waits for an answer")
            parts.append(
                phrased(
                    "{offer} {word} ({count} of {steps})",
                    offer=self.shown(self.made[-1]),
                    word=word,
                    count=len(self.made),
                    steps=self.steps,
                )
            )
        if self.next is not None:
            parts.append(phrased("offer {amount} next", amount=self.shown(self.next)))
        elif self.answer and not self.accepted:
            parts.append(phrased("nothing left to offer: have the goods back"))
        if self.waits or self.next is not None:
            parts.append(phrased("ceiling {amount}", amount=self.shown(self.ceiling)))
        return "; ".join(parts)
