"""The stable alias of each name: the same name has the same alias everywhere."""

import re
from collections.abc import Iterable

from collector.people import parts, same

KINDS = ("person", "host", "address", "text", "word")
TAKEN = re.compile(rf"\b(?:{'|'.join(KINDS)})-[0-9]+", re.IGNORECASE)
"""Texts that already look like an alias."""


class Aliases:
    """The alias of each replaced name, numbered from 1 in the order in which names come."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """`taken` are aliases that already occur in the bundle, and are not given again."""
        self._taken = {each.casefold() for each in taken}
        self._numbers = dict.fromkeys(KINDS, 0)
        self._digits = dict.fromkeys(KINDS, 1)
        self._known: dict[tuple[str, str], str] = {}
        self._people: dict[frozenset[str], str] = {}
        self._with_word: dict[str, list[frozenset[str]]] = {}
        self._with_rarest: dict[str, list[frozenset[str]]] = {}
        self.replaced: dict[str, list[str]] = {}
        """The names that each alias stands for, in the order in which they came."""

    def of(self, kind: str, name: str) -> str:
        """The alias of a name, regardless of upper and lower case."""
        known = self._known.get((kind, name.casefold()))
        if known is None:
            known = self._person(name) if kind == "person" else self._next(kind)
            self._known[kind, name.casefold()] = known
        names = self.replaced.setdefault(known, [])
        if name not in names:
            names.append(name)
        return known

    def widen(self, kind: str, count: int) -> None:
        """Give numbers as many digits as `count` names need, so that aliases sort alphabetically."""
        self._digits[kind] = max(self._digits[kind], len(str(count)))

    def _person(self, name: str) -> str:
        words = parts(name)
        who = same(words, self._alike(words))
        if who not in self._people:
            self._people[who] = self._next("person")
            for word in who:
                self._with_word.setdefault(word, []).append(who)
            if who:
                rarest = min(who, key=lambda word: (len(self._with_word[word]), word))
                self._with_rarest.setdefault(rarest, []).append(who)
        return self._people[who]

    def _alike(self, who: frozenset[str]) -> Iterable[frozenset[str]]:
        """Known names that may be alike: with all words of this name, or only words of it; a few among thousands."""
        longer = min((self._with_word.get(word, []) for word in who), key=len, default=[])
        shorter = [one for word in who for one in self._with_rarest.get(word, [])]
        return dict.fromkeys([*longer, *shorter])

    def _next(self, kind: str) -> str:
        while True:
            self._numbers[kind] += 1
            made = f"{kind}-{self._numbers[kind]:0{self._digits[kind]}}"
            if made not in self._taken:
                return made
