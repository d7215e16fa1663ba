"""Occurrences by kind, so that each builder of stories reads only those that it needs."""

from collections.abc import Iterable, Set

from collector.event import Kind
from collector.merge import Occurrence


class ByKind:
    """An index of Occurrences by kind."""

    def __init__(self, occurrences: Iterable[Occurrence]) -> None:
        """`of` returns them in the order given here."""
        self._of: dict[Kind, list[tuple[int, Occurrence]]] = {}
        for number, one in enumerate(occurrences):
            self._of.setdefault(one.best.kind, []).append((number, one))

    def of(self, kinds: Set[Kind]) -> list[Occurrence]:
        """The Occurrences of these kinds, in their order."""
        found = [each for kind in kinds for each in self._of.get(kind, ())]
        found.sort(key=_number)
        return [one for _, one in found]


def _number(numbered: tuple[int, Occurrence]) -> int:
    return numbered[0]
