"""A rule table as it is studied: every rule's box, and the part of it that the rule decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from xl_returns.core import sheets
from xl_returns.core.policy import Conditions, Policy, Rule
from xl_returns.core.tables import NO_RULE
from xl_returns.lint.boxes import Box, first_left, grown, large_first, meet
from xl_returns.lint.space import Space, conditions_of
from xl_returns.lint.world import impossible

ACTION_COLUMNS = (
    "Controller", "Tier", "State", "Received", "Status", "Channel", "Price", "Condition", "Settled",
    "A-to-z", "In Policy", "Withdrawal", "Buyer Wants", "Fault", "Reason Group", "Risk",
    "Marketplace", "Category", "Age", "Order Date",
)  # fmt: skip
"""The columns of action rules, those first by which sellers think of a rule."""
REFUND_COLUMNS = (
    "State", "Condition", "Fault", "Withdrawal", "In Policy", "Marketplace", "Category",
    "Order Date",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """The rules of a sheet in the space that they share with lines they are compared with."""

    sheet: sheets.Sheet
    rules: Sequence[Rule]
    outcome: Callable[[Rule], str]
    space: Space
    boxes: Sequence[Box]
    others: Sequence[Box]
    """The boxes of the limits that the rules are compared with."""
    never: Sequence[Box]
    """What no row can be, the widest first."""

    @classmethod
    def of(
        cls,
        sheet: sheets.Sheet,
        rules: Sequence[Rule],
        columns: Sequence[str],
        outcome: Callable[[Rule], str],
        policy: Policy,
        limits: Sequence[Rule] = (),
        categories: Sequence[str] = (),
    ) -> Table:
        """Put a table's rules, limits to compare them with, and what cannot be into one space.

        `categories` are the category words of policy and limits together, the policy's first.
        """
        words = categories or policy.categories
        lines = [_among(conditions_of(rule), policy.categories, words) for rule in rules]
        never = [line for line in impossible(policy) if set(line) <= set(columns)]
        others = [conditions_of(limit) for limit in limits]
        space = Space.over(columns, [*lines, *others, *never], words)
        after_rules, after_others = len(lines), len(lines) + len(others)
        return cls(
            sheet,
            rules,
            outcome,
            space,
            space.boxes[:after_rules],
            space.boxes[after_rules:after_others],
            large_first(space.boxes[after_others:]),
        )

    @cached_property
    def last(self) -> int:
        """The position of the first rule that takes every row, or how many rules there are."""
        full = self.space.full
        held = [meet(box, full) == full for box in self.boxes]
        return held.index(True) if True in held else len(self.boxes)

    def real(self, box: Box, but: Sequence[Box] = ()) -> Box | None:
        """A part of a box that rows can be, outside some others; None where there is none."""
        return first_left(box, large_first([*self.never, *but]) if but else self.never)

    def decided(self, rule: int, within: Box | None = None) -> Box | None:
        """A part of a box (the rule's own) that rows can be and that the rule decides; of usual
        rows if it can be."""
        box = self.inside[rule] if within is None else meet(within, self.inside[rule])
        for part in (box and meet(box, self.space.usual), box):
            if box and part and (found := first_left(part, self._before(rule))):
                return grown(found, box, self._before(rule))
        return None

    def _before(self, rule: int) -> list[Box]:
        if rule not in self._ordered:
            self._ordered[rule] = large_first([*self.never, *self.inside[:rule]])
        return self._ordered[rule]

    @cached_property
    def _ordered(self) -> dict[int, list[Box]]:
        return {}

    def gaps(self) -> Iterator[tuple[Box, Box]]:
        """What only a rule that takes every row decides, in large boxes, each with a part of it
        that rows can be; gaps of usual rows first, then of what is known. There can be very many."""
        found: list[Box] = []
        rules = [*self.never, *self.inside[: self.last]]
        for whole in (self.space.usual, self.space.known, self.space.full):
            while part := first_left(whole, [*found, *large_first(rules)]):
                large = self.grown(part)
                found.append(large)
                yield large, grown(meet(part, large) or part, large, rules)

    def grown(self, gap: Box) -> Box:
        """A gap made as large as no rule but the last forbids, and larger where only exceptions to
        it lie; blanks are kept apart from what is known."""
        box = self.trimmed(grown(gap, self.space.full, self.inside[: self.last]))
        return self.space.loosened(self.space.apart(box, gap))

    def trimmed(self, box: Box) -> Box:
        """A box without values that no row of it has, in the columns that it narrows."""
        sides = list(box)
        for column, full in enumerate(self.space.full):
            if box[column] & full != full:
                sides[column] = self._met(box, column) or box[column]
        return tuple(sides)

    def _met(self, box: Box, column: int) -> int:
        """The values of a column that rows in a box can have."""
        mask = box[column]
        bits = (1 << bit for bit in range(mask.bit_length()) if mask >> bit & 1)
        return sum(bit for bit in bits if self.real((*box[:column], bit, *box[column + 1 :])))

    @property
    def gaps_matter(self) -> bool:
        """Whether the rule that takes every row leaves the row to a person."""
        return self.sheet is sheets.ACTION_RULES

    @property
    def catch_all(self) -> int:
        """The rule that decides the gaps, or NO_RULE."""
        return self.last if self.last < len(self.rules) else NO_RULE

    @cached_property
    def inside(self) -> list[Box]:
        """The rules' boxes, cut to what columns can hold; an empty one has no bits at all."""
        full = self.space.full
        return [meet(box, full) or (0,) * len(full) for box in self.boxes]


def _among(line: Conditions, own: Sequence[str], words: Sequence[str]) -> Conditions:
    """Conditions in which `(other)`, the last category word, stands for all words added to them."""
    category = line.get("Category")
    if category is None:
        return line
    other, last = len(own) - 1, len(words) - 1
    widened = tuple((low, last if high >= other else high) for low, high in category)
    return {**line, "Category": widened}
