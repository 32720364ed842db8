"""What else could be done about a return, and at what price: lines of the Alternatives sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from xl_returns.books.book import Book
from xl_returns.core import money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.language import marked, named, phrased, spoken, text
from xl_returns.core.ledgers import ALTERNATIVES
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.voice import Voice
from xl_returns.desk import ledger
from xl_returns.desk.ledger import Line
from xl_returns.insight.alternatives import Alternatives, alternatives

_SHOWN: Final = {
    "Expected Cost": marked("costs"),
    "Above Cheapest": marked("above"),
    "Refund": marked("refund"),
    "Fees Back": marked("fees back"),
    "Chance Goods Back": marked("goods back"),
    "Handling": marked("handling"),
    "Recovery": marked("recovery"),
}
_SHARES: Final = ("Chance Goods Back",)


def ranked(decisions: Decisions, book: Rulebook, row: int) -> list[Line]:
    """Every allowed action on a row by expected cost, the cheapest first, as ledger lines."""
    priced, rows = alternatives(decisions, book), decisions.facts.rows
    order, places = priced.ranking(row), int(rows.places[row])
    least = priced.cost(order[0], row) if order else 0
    lines: list[Line] = []
    for index in order:
        one, cost = priced.each[index], priced.cost(index, row)
        amounts = {
            "Expected Cost": cost,
            "Above Cheapest": cost - least,
            "Refund": one.refund[row],
            "Fees Back": one.fees[row],
            "Handling": one.handling[row] if one.chance[row] else 0,
            "Recovery": priced.recovery[row] if one.chance[row] else 0,
            "Appeal Given Up": one.forfeited[row],
        }
        chosen = int(decisions.action[row]) == terms.ACTIONS.index(one.action)
        lines.append(
            {
                "Return ID": rows.text["Return ID"][row],
                "Action": one.action,
                "Policy": "chosen" if chosen else None,
                "Chance Taken": float(one.accepted[row] / money.BASIS),
                "Chance Goods Back": float(one.chance[row] / money.BASIS),
                "Currency": rows.currency(row),
                "Note": None if lines else _note(priced, decisions, Voice(decisions, book), row),
                **{h: money.to_major(int(minor), places) for h, minor in amounts.items()},
            }
        )
    return lines


def _note(priced: Alternatives, decisions: Decisions, voice: Voice, row: int) -> str | None:
    """Where another action would be the cheapest; or that the chosen claim has no price."""
    action = int(decisions.action[row])
    priced_too = any(
        priced.allowed[at, row] and terms.ACTIONS.index(one.action) == action
        for at, one in enumerate(priced.each)
    )
    if terms.ACTIONS[action] in terms.CLAIMS and not priced_too:
        return voice.say("claim without price", action=voice.word(terms.ACTIONS[action]))
    return _flip(priced, voice, row)


def _flip(priced: Alternatives, voice: Voice, row: int) -> str | None:
    flip = priced.flip(row)
    if flip is None:
        return None
    return voice.say(
        "changes below" if flip.below else "changes above",
        action=voice.word(flip.action),
        amount=voice.money(row, flip.recovery),
    )


def told(lines: Sequence[Line]) -> list[str]:
    """The lines as a person reads them on a terminal."""
    if not lines:
        return [phrased("Alternatives       none: nothing is left to choose here")]
    head = "".join(
        [
            f"{text(spoken(), 'Alternatives'):<24}",
            *(f"{text(spoken(), name):>11}" for name in _SHOWN.values()),
        ]
    )
    note = lines[0]["Note"]
    return [head, *map(_told, lines), *([f"  {note}"] if note else [])]


def _told(line: Line) -> str:
    places = money.decimals(str(line["Currency"]))
    cells = [f"{line[h]:>11{',.0%' if h in _SHARES else f',.{places}f'}}" for h in _SHOWN]
    chosen = f"  {named(line['Policy'])}" if line["Policy"] else ""
    return f"  {named(line['Action']):<22}{''.join(cells)}{chosen}"


def show(book: Book, lines: Sequence[Line]) -> None:
    """Make the Alternatives sheet say exactly these lines."""
    ledger.replace(book, ALTERNATIVES, lines)
