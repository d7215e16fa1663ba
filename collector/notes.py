"""Notes: which phase of the incident a note marks, and which notes were written within one stretch of time."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from collector.lazy_pattern import lazy_pattern

IDENTIFIES = lazy_pattern(
    r"\b(identif\w+|root[ -]?cause|caus(?:e|es|ed|ing)|culprit|due to|because|found (?:it|the)|it(?:'s| is) the|"
    r"traced (?:it )?(?:back )?to|pinpoint\w*|(?:that['\u2019]?s|which is) why|"
    r"ursache|wegen|(?:liegt|lag) am?|schuld ist|verursacht\w*)\b",
    re.IGNORECASE,
)
MITIGATES = lazy_pattern(
    r"\b(mitigat\w+|work(?:ed)? ?around|failed over|traffic (?:moved|shifted)|rolled back)\b", re.I
)
RESOLVES = lazy_pattern(r"\b(resolved|all clear|incident (?:is )?(?:over|closed)|recovered|back to normal)\b", re.I)
_LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440))

Item = TypeVar("Item")


def marks_a_phase(text: str) -> bool:
    """Whether the note may report that the cause was found, or that the incident was mitigated or resolved."""
    return any(words.search(text) for words in (IDENTIFIES, MITIGATES, RESOLVES))


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
