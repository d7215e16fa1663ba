"""Finds the rows that a statement of a draft resembles; words that are rare in the rows count most."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from collector.row import Row

_WORD = re.compile(r"[^\W\d_][\w-]*[^\W_]|[^\W\d_]")
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "that",
        "the",
        "then",
        "to",
        "was",
        "were",
        "with",
        "after",
        "before",
        "since",
        "via",
        "which",
        "be",
        "been",
        "has",
        "had",
        "have",
        "we",
        "our",
        "us",
        "this",
        *("find", "finds", "found", "see", "sees", "saw", "say", "says", "said", "notice", "notices", "noticed"),
        *("write", "writes", "wrote", "post", "posts", "posted", "report", "reports", "reported", "tells", "told"),
    ]
)
_ENDING = re.compile(r"(?<=[a-z]{4})(?:ing|ed|es|s|e|d)$")
"""Endings that are removed, so that `deletes` equals `deleted`."""
STRONG = 0.75
"""Score from which the statement is about the row beyond doubt."""
_WEAK = 0.5
_FEWEST = 2


class Likeness(Struct, frozen=True):
    """A row that a statement resembles."""

    row: Row
    score: float
    """From 0 to 1."""


class Rows:
    """The rows of a timeline, to compare statements with."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """The rows may be in any order."""
        self._rows = [(row, words(row.text)) for row in rows]
        counts = Counter(word for _, own in self._rows for word in own)
        self._weights = {word: 1 / count for word, count in counts.items()}

    def like(self, text: str) -> list[Likeness]:
        """The rows that the text resembles most, the best first."""
        own = words(text)
        if len(own) < _FEWEST:
            return []
        found = [Likeness(row, self._score(own, theirs)) for row, theirs in self._rows]
        found = sorted(
            (one for one in found if one.score >= _WEAK), key=lambda one: (-one.score, one.row.at, one.row.id)
        )
        return [one for one in found if one.score >= found[0].score - 0.05]

    def _score(self, own: frozenset[str], theirs: frozenset[str]) -> float:
        shared = own & theirs
        if len(shared) < _FEWEST:
            return 0
        # A word in no row counts as much against the match as a word in a single row counts for it.
        mass = sum(self._weights.get(word, 1) for word in own)
        return sum(self._weights.get(word, 1) for word in shared) / mass if mass else 0


@lru_cache(maxsize=2048)
def words(text: str) -> frozenset[str]:
    """The words of a text in lower case, without common words and endings."""
    found = frozenset(word.casefold() for word in _WORD.findall(text)) - _COMMON
    return frozenset(_ENDING.sub("", word) for word in found)
