"""The states of an alert instance, and one instance going from one to another."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum

from msgspec import Struct

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATE = re.compile(r"(?P<name>\w+)(?: \((?P<reasons>.*)\))?", re.DOTALL)
_KEPT = "KeepLast"
"""The reason given while an alert keeps its state because there is no data, or an error."""


class Phase(Enum):
    """What a state comes to."""

    NORMAL = "normal"
    PENDING = "pending"
    FIRING = "firing"


_PHASES = {
    "normal": Phase.NORMAL,
    "pending": Phase.PENDING,
    "alerting": Phase.FIRING,
    # It still fires, until it has been normal for a while.
    "recovering": Phase.FIRING,
    # These notify as alerts do.
    "nodata": Phase.FIRING,
    "error": Phase.FIRING,
    # Of the alerts before Grafana 9, which are in annotations only.
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
    """Why it is in this phase, if not because of its condition: `NoData`, `Error, KeepLast`; else empty."""

    @property
    def cause(self) -> str:
        """`why`, without that it keeps an earlier state, which is no cause to begin."""
        return ", ".join(part for part in self.why.split(", ") if part != _KEPT)


class Transition(Struct, frozen=True):
    """One alert instance goes from one state to another."""

    at: datetime
    """The time of evaluation, rounded down to milliseconds."""
    rule: str
    """What the instances of one rule have in common."""
    title: str
    labels: Mapping[str, str]
    """Of the instance."""
    before: State
    after: State
    error: str
    """The error, if the state is one."""
    url: str
    query: str


def state(value: object) -> State:
    """Parse a state. Raises TypeError or ValueError if it is none that Grafana has."""
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
    """Unix milliseconds as a time in UTC. Raises TypeError or ValueError if it is no time to expect."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        raise TypeError("a time is a whole number")
    # From 1990 to 2200: room for arithmetic.
    if not 631_152_000_000 <= milliseconds <= 7_258_118_400_000:
        raise ValueError("no time of Grafana's")
    return _EPOCH + timedelta(milliseconds=milliseconds)
