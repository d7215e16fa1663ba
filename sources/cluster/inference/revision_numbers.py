"""Conclusions from the revision numbers of a Deployment alone, without times."""

from collections.abc import Mapping


def undoing(names: Mapping[int, str]) -> set[int]:
    """The revision numbers at which a return was itself undone, so the version it had replaced was deployed again.

    `names` has the ReplicaSet of each number: with 1 old, 2 new, 3 old, 4 new, the third is a return, and the fourth
    undoes it.
    """
    found: set[int] = set()
    seen: set[str] = set()
    returned = False
    for number in sorted(names):
        name, two_before = names[number], names.get(number - 2)
        undoes = returned and number - 1 in names and two_before == name
        if undoes:
            found.add(number)
        returned = name in seen and not undoes
        seen.add(name)
    return found
