"""Clocks: measures the skew of two sources from occurrences that both saw; shifts the sources that the user names."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from statistics import median

from msgspec.structs import replace

from collector.event import Event
from collector.merge import Occurrence
from collector.result import Skew

_EXACT = timedelta(seconds=2)
"""Only times at least as exact as this show skew."""
_LEAST_FACTS = 3
_LEAST_SKEW = 1.5
"""Seconds: half the possible difference of two stamps that are cut to the second, and a margin."""
_SPREAD = 2.0
"""Seconds that a difference may deviate from the median; a wider spread has another cause than the clocks."""


def shifted(events: Iterable[Event], offsets: Mapping[str, timedelta]) -> Iterable[Event]:
    """The Events, with those of the named sources shifted."""
    if not offsets:
        return events
    return (_shift(event, offsets[event.source]) if event.source in offsets else event for event in events)


def skews(occurrences: Iterable[Occurrence]) -> tuple[Skew, ...]:
    """The pairs of sources with clocks that differ, from at least three occurrences that both saw exactly.

    Nothing is shifted because of it: the difference may also be the delay between an action and its detection.
    """
    apart: dict[tuple[str, str], list[float]] = {}
    for one in occurrences:
        if len(one.events) < 2:
            continue
        exact: dict[str, Event] = {}
        for event in one.events:
            if event.latest - event.earliest <= _EXACT:
                exact.setdefault(event.source, event)
        names = sorted(exact)
        for at, name in enumerate(names):
            for other in names[at + 1 :]:
                apart.setdefault((name, other), []).append((exact[other].at - exact[name].at).total_seconds())
    found = []
    for (name, other), differences in sorted(apart.items()):
        middle = median(differences)
        if len(differences) >= _LEAST_FACTS and abs(middle) >= _LEAST_SKEW and _agree(differences, middle):
            found.append(Skew(name, other, round(middle, 1), len(differences)))
    return tuple(found)


def _agree(differences: Sequence[float], middle: float) -> bool:
    near = sum(abs(each - middle) <= _SPREAD for each in differences)
    return near >= 0.8 * len(differences)


def _shift(event: Event, by: timedelta) -> Event:
    numbers = {
        name: value + by.total_seconds() if name in _INSTANTS and value > 0 else value
        for name, value in event.numbers.items()
    }
    return replace(event, at=event.at + by, earliest=event.earliest + by, latest=event.latest + by, numbers=numbers)


_INSTANTS = frozenset({"since", "fired", "repeated_until", "peak_at", "lowest_at"})
"""Numbers of Events that are times."""
