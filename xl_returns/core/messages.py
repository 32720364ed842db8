"""Texts to buyers: which language, what is filled in, and what marketplaces forbid in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from xl_returns.core import money, terms
from xl_returns.core.findings import Finding
from xl_returns.core.language import marked, phrased, spoken

ENGLISH: Final = "en"
LANGUAGE: Final = {
    "DE": "de", "FR": "fr", "BE": "fr", "IT": "it", "ES": "es", "MX": "es", "NL": "nl", "SE": "sv",
    "PL": "pl", "JP": "ja",
}  # fmt: skip
"""The buyer's language by marketplace; English elsewhere."""
PLACES: Final = ("item", "amount", "order")
LONGEST: Final = 4_000
"""Characters of a message (°: no source found; Amazon's form takes about so many)."""
_COMMA: Final = ("de", "fr", "it", "es", "nl", "sv", "pl")
_LONGEST_ITEM: Final = 80
_PLACE: Final = re.compile(r"\{(\w*)\}")
_FORBIDDEN: Final = {
    marked(
        "a link"
    ): r"https?:|www\.|\b[\w-]+\.(?:com|net|org|de|fr|it|es|nl|se|pl|cn|jp|uk|shop|co)\b",
    marked("an e-mail address"): r"\S@\S",
    marked("talk about reviews"): (
        r"\breviews?\b|\bratings?\b|\bfeedback\b|\bstars?\b|bewertung|rezension|\bavis\b|étoiles"
        r"|reseñ|valoraci|recension|recenzj|opini[ai]|beoordeling|omdöme|レビュー|評価|评价|好评|评论"
    ),
    marked("a coupon"): (
        r"coupon|voucher|discount code|promo|gutschein|rabatt|cup[oó]n|buono|sconto|korting"
        r"|kod rabatowy|クーポン|割引|优惠券|折扣码"
    ),
}


def language_of(marketplace: str) -> str:
    """The two letters of the language in which buyers of a marketplace are written to."""
    return LANGUAGE.get(marketplace, ENGLISH)


def forbidden_in(text: str) -> tuple[str, ...]:
    """What marketplaces do not allow in a text, in words; and places that are not filled in.

    Source: Amazon, buyer messages and reviews policy; code of conduct.
    """
    return _forbidden(text, spoken())


@lru_cache(maxsize=512)
def _forbidden(text: str, _language: str) -> tuple[str, ...]:
    return tuple(_forbidden_in(text))


def _forbidden_in(text: str) -> Iterator[str]:
    for what, pattern in _FORBIDDEN.items():
        if found := re.search(pattern, text, re.IGNORECASE):
            yield f"{phrased(what)} (`{found[0]}`)"
    for name in _PLACE.findall(text):
        if name not in PLACES:
            yield phrased("a place that nothing fills (`{place}`)", place="{" + name + "}")
    if len(text) > LONGEST:
        yield phrased("more than {count:,} characters", count=LONGEST)


def without_text(action: str, language: str) -> Finding:
    """What is told of an action or a route of appeal that the Messages sheet has no text for."""
    problem = phrased("has no text for {action} in {language}", action=action, language=language)
    return Finding(phrased("Messages"), problem, phrased("add it"), "warning")


def filled(text: str, item: str, amount: str, order: str) -> str:
    """A text with its places filled in; what comes from reports stays one plain line."""
    values = {"item": one_line(item)[:_LONGEST_ITEM], "amount": amount, "order": one_line(order)}
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def amount_in(language: str, amount: float, currency: str) -> str:
    """An amount as readers of a language write it: `12,50 EUR`."""
    shown = f"{amount:.{money.decimals(currency)}f}"
    return f"{shown.replace('.', ',') if language in _COMMA else shown} {currency}"


def one_line(text: str) -> str:
    """Text from a report without line breaks, control and direction marks."""
    kept = (
        " " if c.isspace() else c
        for c in text
        if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace()
    )
    return " ".join("".join(kept).split())


ANSWERED: Final = (
    terms.KEEP_ITEM, terms.OFFER, terms.REFUND_NOW, terms.REFUND_ON_RECEIPT, terms.APPROVE,
    terms.CLOSE,
)  # fmt: skip
"""Actions after which the buyer is written to."""
