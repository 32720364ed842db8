"""What all texts about decisions share: the language, and how values are shown."""

from __future__ import annotations

from collections.abc import Iterable

from xl_returns.core import cells, columns, language, money, terms
from xl_returns.core.decide import Decisions
from xl_returns.core.language import RETURNS, text
from xl_returns.core.phrases import say, say_all
from xl_returns.core.rulebook import Rulebook
from xl_returns.core.tables import NO_RULE
from xl_returns.core.texts import Told


class Voice:
    """Speaks about the rows of decisions in the policy's language."""

    def __init__(self, decisions: Decisions, book: Rulebook) -> None:
        self.decisions, self.book = decisions, book
        self._language = book.policy.settings.language
        self._places: list[int] = decisions.facts.rows.places.tolist()
        self.ruling: list[int] = decisions.rule.tolist()

    def say(self, phrase: str, **values: object) -> str:
        """A phrase, its blanks filled."""
        return say(self._language, phrase, **values)

    def say_all(self, phrase: str, **columns: Told) -> Told:
        """A phrase for whole columns, its blanks filled."""
        return say_all(self._language, phrase, columns)

    def word(self, word: str) -> str:
        """A declared word."""
        return text(self._language, word)

    def list(self, texts: Iterable[str]) -> str:
        """Texts as one enumeration."""
        return self.say("list").join(texts)

    def money(self, row: int, minor: int) -> str:
        """Minor units of a row's currency as text."""
        return money.show(int(minor), self._places[row])

    def action(self, code: int) -> str:
        """An action by its position."""
        return self.word(terms.ACTIONS[code])

    def header(self, header: str) -> str:
        """A column or fact by name."""
        table = RETURNS if header in columns.BY_NAME else ""
        return language.header(self._language, table, header)

    def rule(self, row: int) -> str:
        """The id of the action rule that decided a row; empty when none did."""
        rule = self.ruling[row]
        return "" if rule == NO_RULE else self.book.policy.action_rules[rule].id


def share(basis_points: int) -> str:
    """Basis points as text: `30 %`."""
    return f"{basis_points / 100:g} %"


def day(days: int) -> str:
    """A day as text: `2026-01-31`."""
    return cells.date_of(days).isoformat()
