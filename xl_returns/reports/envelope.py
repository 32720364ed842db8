"""The XML form of the seller-fulfilled returns report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from xl_returns.core.columns import normalised
from xl_returns.core.findings import Refusal
from xl_returns.core.language import marked, phrased
from xl_returns.reports import maps
from xl_returns.reports.model import MFN, Record
from xl_returns.reports.parse import units
from xl_returns.reports.recognise import KNOWN

Fields = Mapping[str, str]
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FLAT: Final = marked(
    "download the same settlement as Flat File V2: Payments > Reports repository, and give that"
)
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")


def is_markup(text: str) -> bool:
    """Whether a text starts as XML or HTML does."""
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def records(text: str, name: str) -> list[Record]:
    """The returned items of the report; a document type or an entity is refused."""
    try:
        root = fromstring(_CONTROL.sub("", text).lstrip("\ufeff \t\r\n"), forbid_dtd=True)
    except DefusedXmlException:
        problem = phrased("the XML declares a document type or entities, which no report does")
        raise Refusal(
            name, problem, phrased("do not use this file; download the report again")
        ) from None
    except (ParseError, ValueError) as error:
        problem = phrased(
            "the file starts like XML but cannot be read as such ({error})", error=error
        )
        raise Refusal(
            name, problem, phrased("download the report again, or {known}", known=phrased(KNOWN))
        ) from None
    if any(_tag(element) == "SettlementReport" for element in root.iter()):
        raise Refusal(
            name,
            phrased("this is a settlement report in XML, which is not read here"),
            phrased(_FLAT),
        )
    if _tag(root) != "AmazonEnvelope" and not any(_tag(e) == "return_details" for e in root.iter()):
        raise Refusal(
            name,
            phrased("this is XML of another kind (`{tag}`)", tag=_tag(root)[:40]),
            phrased(KNOWN),
        )
    returns = (element for element in root.iter() if _tag(element) == "return_details")
    return [r for number, e in enumerate(returns, 1) for r in _of(e, f"{name} return {number}")]


def _of(details: Any, place: str) -> Iterator[Record]:
    """The items of one request; an amount for several items tells no item's price."""
    common = dict(_fields(child for child in details if _tag(child) != "item_details"))
    listed = [_fields(child) for child in details if _tag(child) == "item_details"]
    items = Counter(tuple(sorted(item.items())) for item in listed)
    if len(items) > 1:
        common = {field: v for field, v in common.items() if field != "amount"}
    for item, times in items.items():
        yield Record(place, {**common, **_counted(dict(item), times, common)})
    if not items:
        yield Record(place, common)


def _counted(item: dict[str, str], times: int, common: Fields) -> dict[str, str]:
    """An item named several times: as many units, unless fewer were ordered."""
    try:
        each, ordered = units(item.get("quantity", "")), units(common.get("order_quantity", ""))
    except ValueError:
        return item
    if times == 1 or not each or not ordered or each * times > ordered:
        return item
    refunded = item.get("refunded", "")
    if _AMOUNT.fullmatch(refunded):
        item["refunded"] = str(Decimal(refunded) * times)
    return item | {"quantity": str(each * times)}


def _fields(elements: Any) -> dict[str, str]:
    """Texts below some elements by field name, groups such as the label's included."""
    found: dict[str, str] = {}
    for element in elements:
        for leaf in element.iter():
            field = maps.headers(MFN).get(normalised(_tag(leaf)))
            if field and leaf.text:
                found.setdefault(field, leaf.text)
    return found


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
