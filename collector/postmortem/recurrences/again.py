"""Which failures came back, and whether they did before the actions of an earlier one were done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from collector.postmortem.recurrences.report import BY, Action, Postmortem, State


@dataclass(frozen=True, slots=True)
class Recurrence:
    """All postmortems that share one thing."""

    by: str
    """One of BY."""
    value: str
    postmortems: tuple[Postmortem, ...]
    """In the order of their dates."""

    @property
    def days_between(self) -> float | None:
        """The median number of days from one to the next; None if fewer than two have a date."""
        days = [each.date for each in self.postmortems if each.date]
        gaps = [(after - before).days for before, after in pairwise(days)]
        return float(median(gaps)) if gaps else None


@dataclass(frozen=True, slots=True)
class Followed:
    """An action, and what became of it by `today`."""

    postmortem: Postmortem
    action: Action
    overdue: int
    """Days; 0 if it is not."""
    came_back: Postmortem | None
    """The first later postmortem of the same type of failure from before the action was done."""

    @property
    def open(self) -> bool:
        """Whether it is to be done yet; one whose state is not stated counts as open."""
        return self.action.state in (State.OPEN, State.UNSTATED)


def recurrences(postmortems: Sequence[Postmortem]) -> list[Recurrence]:
    """For each of BY and each value, the most frequent first."""
    found: dict[tuple[str, str], list[Postmortem]] = {}
    for each in postmortems:
        for by in BY:
            for value in each.values(by):
                found.setdefault((by, value), []).append(each)
    made = [Recurrence(by, value, tuple(group)) for (by, value), group in found.items()]
    return sorted(made, key=lambda one: (BY.index(one.by), -len(one.postmortems), one.value))


def same_type(one: Postmortem, other: Postmortem) -> bool:
    """Whether two failures are of one type: they share an alert, or a service and with it a trigger or failing part.

    Where one of them names no service, trigger and part both have to be shared.
    """
    if set(one.alerts) & set(other.alerts):
        return True
    trigger, part = bool(set(one.triggers) & set(other.triggers)), bool(set(one.parts) & set(other.parts))
    if one.services and other.services:
        return bool(set(one.services) & set(other.services)) and (trigger or part)
    return trigger and part


def followed(postmortems: Sequence[Postmortem], today: date) -> list[Followed]:
    """Every action, in the order of the postmortems."""
    return [_followed(each, action, postmortems, today) for each in postmortems for action in each.actions]


def _followed(own: Postmortem, action: Action, every: Sequence[Postmortem], today: date) -> Followed:
    is_open = action.state in (State.OPEN, State.UNSTATED)
    overdue = (today - action.due).days if is_open and action.due and action.due < today else 0
    end = today if is_open else action.done_on
    back = None
    if own.date is not None and end is not None:
        later = (each for each in every if each.date and own.date < each.date <= end)
        back = next((each for each in later if same_type(own, each)), None)
    return Followed(own, action, overdue, back)
