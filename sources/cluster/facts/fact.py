"""The Event with which a source reports a fact about a cluster."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from collector.event import Event, Identity
from sources.cluster.fields import Moment
from sources.fact import Fact as Fact

_NO_KEYS = Identity()
_NO_NUMBERS: Mapping[str, float] = MappingProxyType({})


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

    An `at` outside `when` is moved to its nearer end. The other arguments are as in Event.
    """
    best = when.earliest if at is None else at
    return Event(
        kind=fact.kind,
        at=min(max(best, when.earliest), when.latest),
        earliest=when.earliest,
        latest=when.latest,
        summary=fact.words,
        source=source,
        native_id=native_id,
        subject=fact.subject,
        keys=keys,
        numbers=numbers,
        actor=actor,
        url=url,
        query=query,
        description=description,
        reason=reason,
        merge_key=fact.merge_key,
    )
