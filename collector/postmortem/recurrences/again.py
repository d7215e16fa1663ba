"""Finds the failures that came back, and whether that was before the actions of an earlier postmortem were done."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from statistics import median

from msgspec import Struct

from collector.postmortem.recurrences.report import ATTRIBUTES, Action, Postmortem, State


class Recurrence(Struct, frozen=True):
    """All postmortems that share one value, such as a service."""

    by: str
    """One of BY."""
    value: str
    postmortems: tuple[Postmortem, ...]
    """In order of date."""

    @property
    def days_between(self) -> float | None:
        """The median number of days from one to the next; None if fewer than two have a date."""
        days = [each.date for each in self.postmortems if each.date]
        gaps = [(after - before).days for before, after in pairwise(days)]
        return float(median(gaps)) if gaps else None


class TrackedAction(Struct, frozen=True):
    """An action and its status on the day of the report."""

    postmortem: Postmortem
    action: Action
    overdue: int
    """Days overdue; 0 if it is not."""
    came_back: Postmortem | None
    """The first later postmortem of the same type, if its date is not after the day on which the action was done.

    For an open action that day is the day of the report. None if the day is unknown.
    """

    @property
    def open(self) -> bool:
        """Whether it still has to be done; an action without a stated status counts as open."""
        return self.action.state in (State.OPEN, State.UNSTATED)


def recurrences(postmortems: Sequence[Postmortem]) -> list[Recurrence]:
    """A Recurrence for each value of each attribute in BY; within an attribute, the most frequent first."""
    found: dict[tuple[str, str], list[Postmortem]] = {}
    for each in postmortems:
        for by in ATTRIBUTES:
            for value in each.values(by):
                found.setdefault((by, value), []).append(each)
    made = [Recurrence(by, value, tuple(group)) for (by, value), group in found.items()]
    return sorted(made, key=lambda one: (ATTRIBUTES.index(one.by), -len(one.postmortems), one.value))


def same_type(one: Postmortem, other: Postmortem) -> bool:
    """Whether two failures are of one type: they share an alert, or a service and with it a trigger or failing part.

    If one of them names no service, they must share both a trigger and a part.
    """
    if set(one.alerts) & set(other.alerts):
        return True
    trigger, part = bool(set(one.triggers) & set(other.triggers)), bool(set(one.parts) & set(other.parts))
    if one.services and other.services:
        return bool(set(one.services) & set(other.services)) and (trigger or part)
    return trigger and part


def followed(postmortems: Sequence[Postmortem], today: date) -> list[TrackedAction]:
    """Every action, in the order of the postmortems."""
    later = LaterFailures(postmortems)
    return [_followed(each, action, later.first(each), today) for each in postmortems for action in each.actions]


class LaterFailures:
    """Finds the first later failure of the same type through an index, without comparing all pairs."""

    def __init__(self, postmortems: Sequence[Postmortem]) -> None:
        """Postmortems without a date are never found."""
        self._by_key: dict[tuple[str, ...], list[Postmortem]] = {}
        dated = [each for each in postmortems if each.date]
        for each in sorted(dated, key=_date):
            for key in _keys(each):
                self._by_key.setdefault(key, []).append(each)

    def first(self, own: Postmortem) -> Postmortem | None:
        """The first postmortem of the same type dated after `own`; None if there is none or `own` has no date."""
        if own.date is None:
            return None
        found: list[Postmortem] = []
        for key in _wanted(own):
            every = self._by_key.get(key, [])
            at = bisect_right(every, own.date, key=_date)
            found += every[at : at + 1]
        return min(found, key=lambda each: (_date(each), each.file), default=None)


def _date(one: Postmortem) -> date:
    return one.date or date.max


def _keys(one: Postmortem) -> set[tuple[str, ...]]:
    """The keys by which other postmortems find this one; see `same_type`."""
    both = [("both", trigger, part) for trigger in one.triggers for part in one.parts]
    unnamed = [("unnamed", *rest) for _, *rest in both] if not one.services else []
    return {*_shared(one), *both, *unnamed}


def _wanted(one: Postmortem) -> set[tuple[str, ...]]:
    """The keys by which this postmortem finds others.

    By trigger and part together it finds only those without a service, or all if it has no service itself.
    """
    kind = "unnamed" if one.services else "both"
    return {*_shared(one), *((kind, trigger, part) for trigger in one.triggers for part in one.parts)}


def _shared(one: Postmortem) -> Iterator[tuple[str, ...]]:
    for alert in one.alerts:
        yield "alert", alert
    for service in one.services:
        yield from (("trigger", service, trigger) for trigger in one.triggers)
        yield from (("part", service, part) for part in one.parts)


def _followed(own: Postmortem, action: Action, later: Postmortem | None, today: date) -> TrackedAction:
    is_open = action.state in (State.OPEN, State.UNSTATED)
    overdue = (today - action.due).days if is_open and action.due and action.due < today else 0
    end = today if is_open else action.done_on
    came_back = later is not None and later.date is not None and end is not None and later.date <= end
    return TrackedAction(own, action, overdue, later if came_back else None)
