"""Why goods come back: buyers' comments grouped into causes by a dictionary of phrases.

The dictionary is `data/causes.csv`. English phrases are words in a row (`scratch*` is a beginning),
Chinese ones are letters in a row. A phrase that begins with `not` is met where the text denies the
rest (`doesn't really work`); every other phrase only where it does not (`not too small`).
"""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from xl_returns.core.policy_lines import reason_key

NOT_TOLD: Final = "Not told"
LISTING, PRODUCT = "Listing", "Product"
_LONGEST: Final = 2_000
"""Letters of a comment that are read; reports cut them far earlier."""
_APART: Final = re.compile(r"\s*;\s*")
_CLAUSES: Final = re.compile(
    r"[.,;:!?()\[\]|/\"\n–—]+|\b(?:but|however|though|although|because|yet|and)\b"
)
_WORD: Final = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SHORT_NOT: Final = re.compile(
    r"\b(do|does|did|is|was|are|were|has|have|had|could|would|wo|ca)nt\b"
)
_ZH: Final = re.compile(r"[\u4e00-\u9fff]")
_ZH_CLAUSES: Final = re.compile(r"[,。、;:!?.\s|]+")
_ZH_DENIES: Final = re.compile(
    r"(?:不|没有|没|未|并非|不是|不算|不觉得|无)(?:很|太|怎么|那么|这么|特别|非常|十分|有|觉得|任何)?$"
)
_DENIES: Final = frozenset(
    ("not", "no", "never", "nothing", "none", "neither", "nor", "without", "hardly", "barely")
)
_BETWEEN: Final = frozenset(
    (
        "a", "able", "actually", "all", "an", "any", "are", "as", "at", "be", "been", "being",
        "came", "come", "did", "do", "does", "even", "exactly", "feel", "feels", "find", "found",
        "had", "has", "have", "is", "it", "its", "longer", "look", "looks", "more",
        "particularly", "properly", "quite", "really", "seem", "seems", "so", "that", "the",
        "them", "they", "think", "this", "to", "very", "want", "was", "were", "will", "would",
    )
)  # fmt: skip
"""Words that may stand between a denial and what it denies."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of returns: where it can be mended (Listing, Product, Parcel, ...), and how.

    `what_to_fix` is by language.
    """

    name: str
    kind: str
    what_to_fix: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """The cause of a return, and whether the buyer's own words told it."""

    cause: str
    by_comment: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    cause: str
    words: tuple[str, ...]
    denied: bool

    @property
    def weight(self) -> int:
        return len(self.words) + self.denied


class Dictionary:
    """The causes, their phrases in English and Chinese, and the reason codes that mean them."""

    def __init__(self, lines: Iterable[Mapping[str, str]]) -> None:
        lines = list(lines)
        named = [line for line in lines if line["Kind"]]
        fixes: dict[str, dict[str, str]] = defaultdict(dict)
        for line in lines:
            fixes[line["Cause"]][line["Language"]] = line["What To Fix"]
        self.causes: Mapping[str, Cause] = {
            name: Cause(name, line["Kind"], fixes[name])
            for line in named
            for name in [line["Cause"]]
        }
        self._of_reason = {
            reason_key(code): line["Cause"] for line in named for code in _parts(line["Reasons"])
        }
        self._of_group = {line["Group"]: line["Cause"] for line in named if line["Group"]}
        self._rank = {name: -place for place, name in enumerate(self.causes)}
        self._english: dict[str, list[_Phrase]] = defaultdict(list)
        self._stems: list[_Phrase] = []
        self._chinese: list[tuple[str, str]] = []
        for line in lines:
            for text in _parts(line["Words"]):
                self._learn(line["Cause"], line["Language"], text)

    def _learn(self, cause: str, language: str, text: str) -> None:
        if language == "zh":
            self._chinese.append((text, cause))
            return
        words = tuple(text.split())
        denied = words[0] == "not"
        phrase = _Phrase(cause, words[denied:], denied)
        if phrase.words[0].endswith("*"):
            self._stems.append(phrase)
        else:
            self._english[phrase.words[0]].append(phrase)

    def of_reason(self, code: str, group: str) -> str:
        """The cause that a reason code means, else that of its group."""
        known = self._of_reason.get(reason_key(code)) if code else None
        return known or self._of_group.get(group, NOT_TOLD)

    def of(self, comment: str, code: str = "", group: str = "Unknown") -> Told:
        """The cause that weighs most in a comment; where it tells none, that of the reason.

        Of causes that weigh the same, the reason's own comes first, then the dictionary's order.
        """
        usual = self.of_reason(code, group)
        found: dict[str, int] = defaultdict(int)
        for cause, weight in self._met(comment):
            found[cause] += weight
        if not found:
            return Told(usual, by_comment=False)
        best = max(found, key=lambda name: (found[name], name == usual, self._rank[name]))
        return Told(best, by_comment=True)

    def _met(self, comment: str) -> Iterator[tuple[str, int]]:
        text = _plain(comment)
        for clause in _CLAUSES.split(text):
            yield from self._in_english(_words(clause))
        if _ZH.search(text):
            for clause in _ZH_CLAUSES.split(text):
                yield from self._in_chinese(clause)

    def _in_english(self, words: Sequence[str]) -> Iterator[tuple[str, int]]:
        for place, word in enumerate(words):
            for phrase in (*self._english.get(word, ()), *self._stems):
                if _stands(phrase, words, place) and phrase.denied == _is_denied(words, place):
                    yield phrase.cause, phrase.weight

    def _in_chinese(self, clause: str) -> Iterator[tuple[str, int]]:
        for text, cause in self._chinese:
            place = clause.find(text)
            if place >= 0 and not _ZH_DENIES.search(clause[:place]):
                yield cause, len(text)


@cache
def dictionary() -> Dictionary:
    """The dictionary that ships with the product."""
    text = (files("xl_returns") / "data" / "causes.csv").read_text("utf-8")
    return Dictionary(csv.DictReader(io.StringIO(text)))


def causes_of(
    comments: Sequence[str], codes: Sequence[str], groups: Sequence[str]
) -> list[tuple[str, bool]]:
    """Cause of each return and whether its comment told it; each distinct one is read once."""
    book, known = dictionary(), dict[tuple[str, str, str], Told]()
    for key in zip(comments, codes, groups, strict=True):
        if key not in known:
            known[key] = book.of(*key)
    told = (known[key] for key in zip(comments, codes, groups, strict=True))
    return [(one.cause, one.by_comment) for one in told]


def _parts(text: str) -> list[str]:
    return [part for part in _APART.split(text.strip()) if part]


def _plain(comment: str) -> str:
    """A comment in small letters, without mark-up entities, full-width forms and short forms."""
    text = unicodedata.normalize("NFKC", html.unescape(comment[:_LONGEST])).casefold()
    text = text.replace("’", "'").replace("`", "'")
    return _SHORT_NOT.sub(r"\1n't", text).replace("cannot", "can not")


def _words(clause: str) -> list[str]:
    found: list[str] = []
    for word in _WORD.findall(clause):
        base, apostrophe, rest = word.partition("'")
        if apostrophe and rest == "t" and base.endswith("n"):
            found += [base[:-1], "not"]
        else:
            found.append(base)
    return found


def _stands(phrase: _Phrase, words: Sequence[str], place: int) -> bool:
    there = words[place : place + len(phrase.words)]
    return len(there) == len(phrase.words) and all(map(_is, there, phrase.words))


def _is(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def _is_denied(words: Sequence[str], place: int) -> bool:
    """Whether a denial stands before a word, with only small words between; `or` carries it on."""
    for before in range(place - 1, -1, -1):
        if words[before] in _DENIES:
            return True
        if words[before] == "or":
            return any(word in _DENIES for word in words[:before])
        if words[before] not in _BETWEEN:
            return False
    return False
