"""Which items, such as notes, are from one stretch of time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

_LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440))

Item = TypeVar("Item")


def stretches(items: Iterable[Item], when: Callable[[Item], datetime], too_many: int) -> list[list[Item]]:
    """Group the items by stretches of time, and return the groups with several items.

    All stretches have the shortest round length (1, 2, 5, ... minutes of the clock) at which joining each group leaves
    `too_many` fewer; a day if no length is long enough.
    """
    ordered = sorted(items, key=when)
    groups: list[list[Item]] = []
    for length in _LENGTHS:
        groups = _of_length(ordered, when, length)
        if len(ordered) - len(groups) >= too_many:
            break
    return [group for group in groups if len(group) > 1]


def _of_length(ordered: Sequence[Item], when: Callable[[Item], datetime], length: timedelta) -> list[list[Item]]:
    groups: dict[int, list[Item]] = {}
    for item in ordered:
        groups.setdefault(int(when(item).timestamp() // length.total_seconds()), []).append(item)
    return list(groups.values())
