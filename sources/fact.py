"""A fact, which is the same whichever source reports it, and the Event with which a source reports it."""

import functools
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from collector.event import Event, Identity, Kind, Subject
from collector.manner import Manner

_NO_KEYS = Identity()
_NO_NUMBERS: Mapping[str, float] = MappingProxyType({})


class Moment(NamedTuple):
    """An instant that is known to be between `earliest` and `latest`."""

    earliest: datetime
    latest: datetime


class Fact(NamedTuple):
    """Something that happened, the same whichever evidence shows it."""

    kind: Kind
    subject: Subject
    words: str
    """One plain line; text from outside is included verbatim."""
    merge_key: str
    """Events of several sources with the same key and overlapping times are one occurrence. Empty: never merged."""
    manner: Manner = Manner.PLAIN
    awaits: str = ""
    """As in Event."""
    by: str | None = None
    """Who took this step, if not always the actor of the whole deploy or run; empty if unknown. None: that actor."""


@functools.lru_cache(maxsize=4096)
def shared(keys: Identity) -> Identity:
    """One shared object for equal keys. Most Events of a cluster are about a few rollouts, so this saves memory."""
    return keys


def report(
    fact: Fact,
    when: Moment,
    *,
    source: str,
    native_id: str,
    at: datetime | None = None,
    keys: Identity = _NO_KEYS,
    numbers: Mapping[str, float] = _NO_NUMBERS,
    actor: str = "",
    url: str = "",
    query: str = "",
    description: str = "",
    reason: str = "",
) -> Event:
    """The Event with which `source` reports the fact: it happened within `when`, most likely `at` (default: its start).

    An `at` outside `when` is moved to its nearer end. If the stamps behind `when` contradict each other, so that it
    ends before it begins, the interval is the time between them. The other arguments are as in Event; `actor` is
    ignored if the fact has `by`.
    """
    earliest, latest = when if when.earliest <= when.latest else (when.latest, when.earliest)
    return Event(
        kind=fact.kind,
        at=earliest if at is None else min(max(at, earliest), latest),
        earliest=earliest,
        latest=latest,
        summary=fact.words,
        source=source,
        native_id=native_id,
        subject=fact.subject,
        keys=keys,
        numbers=numbers,
        actor=actor if fact.by is None else fact.by,
        url=url,
        query=query,
        description=description,
        reason=reason,
        merge_key=fact.merge_key,
        manner=fact.manner,
        awaits=fact.awaits,
    )


def moved(event: Event, when: Moment, at: datetime | None = None) -> Event:
    """The same Event, now known to have happened within `when`, most likely `at` (default: as before).

    As in `report`, contradictory times give the interval between them, never an error.
    """
    earliest, latest = min(when.earliest, when.latest), max(when.earliest, when.latest)
    best = min(max(event.at if at is None else at, earliest), latest)
    return replace(event, at=best, earliest=earliest, latest=latest)
