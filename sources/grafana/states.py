"""The states of an alert instance, and its transitions between them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum

from msgspec import Struct

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATE = re.compile(r"(?P<name>\w+)(?: \((?P<reasons>.*)\))?", re.DOTALL)
_KEPT = "KeepLast"
"""The reason while an alert keeps its state because of missing data or an error."""


class Phase(Enum):
    """The phase that a state belongs to."""

    NORMAL = "normal"
    PENDING = "pending"
    FIRING = "firing"


_PHASES = {
    "normal": Phase.NORMAL,
    "pending": Phase.PENDING,
    "alerting": Phase.FIRING,
    # It still fires until it has been normal for a while.
    "recovering": Phase.FIRING,
    # These states send notifications like alerts.
    "nodata": Phase.FIRING,
    "error": Phase.FIRING,
    # States of the alerts before Grafana 9, which are only in annotations.
    "ok": Phase.NORMAL,
    "paused": Phase.NORMAL,
    "unknown": Phase.NORMAL,
    "no_data": Phase.FIRING,
}


class State(Struct, frozen=True):
    """`Alerting`, `Normal (MissingSeries)`, ..."""

    text: str
    """As Grafana writes it."""
    phase: Phase
    why: str
    """Why it is in this phase, if not because of the alert's condition: `NoData`, `Error, KeepLast`; else empty."""

    @property
    def cause(self) -> str:
        """`why` without `KeepLast`, which is no reason to begin."""
        return ", ".join(part for part in self.why.split(", ") if part != _KEPT)


class Transition(Struct, frozen=True):
    """The transition of one alert instance from one state to another."""

    at: datetime
    """The time of evaluation, rounded down to milliseconds."""
    rule: str
    """Shared by all instances of one rule."""
    title: str
    labels: Mapping[str, str]
    """The labels of the instance."""
    before: State
    after: State
    error: str
    """The error, if the state is an error."""
    url: str
    query: str


def state(value: object) -> State:
    """Parse a state. Raises TypeError or ValueError if Grafana has no such state."""
    if not isinstance(value, str):
        raise TypeError("a state is a string")
    found = _STATE.fullmatch(value)
    phase = _PHASES.get(found["name"].lower()) if found else None
    if found is None or phase is None:
        raise ValueError("no state of Grafana's")
    name, reasons = found["name"], found["reasons"] or ""
    named = {"nodata": "NoData", "no_data": "NoData", "error": "Error", "paused": "Paused"}.get(name.lower(), "")
    return State(value, phase, ", ".join(part for part in (named, reasons) if part))


def moment(milliseconds: object) -> datetime:
    """Unix milliseconds as a time in UTC. Raises TypeError or ValueError if the value is not a plausible time."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        raise TypeError("a time is a whole number")
    # From 1990 to 2200, which leaves room for arithmetic.
    if not 631_152_000_000 <= milliseconds <= 7_258_118_400_000:
        raise ValueError("no time of Grafana's")
    return _EPOCH + timedelta(milliseconds=milliseconds)
