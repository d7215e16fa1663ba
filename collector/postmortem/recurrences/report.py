"""What is read from one postmortem: when, what failed and why, how long it took, and what was to be done about it."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct, field

BY = ("service", "trigger", "alert", "part")
"""By what failures are compared."""
MEASURES = ("detect", "identify", "mitigate", "resolve")
"""How long it took from the start to each."""


class State(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    UNSTATED = "not stated"
    """Nothing in the postmortem shows whether it is done; it counts as open."""
    DONE = "done"
    DROPPED = "dropped"


class Unread(Struct, frozen=True, order=True):
    """What could not be read, and why."""

    file: str
    line: int
    """From 1 on; 0 if it is about the whole file."""
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
    """One postmortem; what is empty or None was not found in it."""

    file: str
    title: str
    date: date | None
    services: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    took: Mapping[str, timedelta] = field(default_factory=dict)
    """From the start to each of MEASURES."""
    actions: tuple[Action, ...] = ()

    def values(self, by: str) -> tuple[str, ...]:
        """What it is about, by one of BY."""
        return {"service": self.services, "trigger": self.triggers, "alert": self.alerts, "part": self.parts}[by]
