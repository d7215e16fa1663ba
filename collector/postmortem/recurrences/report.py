"""The facts read from one postmortem: its date, what failed and why, how long it took, and the actions."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct, field

ATTRIBUTES = ("service", "trigger", "alert", "part")
"""The attributes by which failures are compared."""
MEASURES = ("detect", "identify", "mitigate", "resolve")
"""The milestones to which the time from the start is measured."""


class State(StrEnum):
    """The status of an action."""

    OPEN = "open"
    UNSTATED = "not stated"
    """Nothing in the postmortem shows whether it is done; it counts as open."""
    DONE = "done"
    DROPPED = "dropped"


class Unread(Struct, frozen=True, order=True):
    """Something that could not be read, and why."""

    file: str
    line: int
    """Line number, from 1; 0 for the whole file."""
    reason: str


class Action(Struct, frozen=True):
    """One action of a postmortem."""

    line: int
    text: str
    owner: str
    due: date | None
    state: State
    done_on: date | None = None


class Postmortem(Struct, frozen=True):
    """One postmortem; empty or None fields were not found in it."""

    file: str
    title: str
    date: date | None
    services: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    took: Mapping[str, timedelta] = field(default_factory=dict)
    """The time from the start to each of MEASURES."""
    actions: tuple[Action, ...] = ()

    def values(self, by: str) -> tuple[str, ...]:
        """The values of the attribute `by`, one of BY."""
        return {"service": self.services, "trigger": self.triggers, "alert": self.alerts, "part": self.parts}[by]
