"""Occurrences by their kind, so that each builder of stories goes through those that it needs and no others."""

from collections.abc import Iterable, Set

from collector.event import Kind
from collector.merge import Occurrence


class ByKind:
    """What happened, to ask for some kinds of it."""

    def __init__(self, occurrences: Iterable[Occurrence]) -> None:
        """In the order in which they shall be given back."""
        self._of: dict[Kind, list[tuple[int, Occurrence]]] = {}
        for number, one in enumerate(occurrences):
            self._of.setdefault(one.best.kind, []).append((number, one))

    def of(self, kinds: Set[Kind]) -> list[Occurrence]:
        """Those of these kinds, in their order."""
        found = [each for kind in kinds for each in self._of.get(kind, ())]
        found.sort(key=_number)
        return [one for _, one in found]


def _number(numbered: tuple[int, Occurrence]) -> int:
    return numbered[0]
