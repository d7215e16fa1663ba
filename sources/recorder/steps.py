"""What the recorder passes from its watches to its store."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Stream(NamedTuple):
    """What one watch is about."""

    cluster: str
    """Name of the cluster; empty where there is but one."""
    resource: str
    """As the API calls it: `pods`."""
    namespace: str
    """Empty for all namespaces."""


class Change(Struct, frozen=True):
    """One version of an object, as it was seen."""

    kind: str
    """ADDED, MODIFIED or DELETED as the watch has it, LISTED for what a list showed."""
    namespace: str
    name: str
    uid: str
    version: str
    """Its resourceVersion, which may only be compared for equality."""
    at: datetime
    """When the recorder had it, by its own clock."""
    body: str
    """The object as JSON, without what may be secret."""
    digest: bytes
    """The same for versions that differ in nothing that is read."""


class Step(Struct, frozen=True, kw_only=True):
    """What is stored in one transaction, or not at all."""

    stream: Stream
    changes: tuple[Change, ...] = ()
    position: str = ""
    """Where the watch goes on after it; empty in the middle of a list."""
    until: datetime | None = None
    """Up to when everything is known with it."""
    begun: datetime | None = None
    """A list is complete with it, which shows how things stood at that moment."""
    listed: frozenset[str] = frozenset()
    """The uids of that list."""
    lacks: str = ""
    """The right for want of which nothing is recorded: `watch pods`."""


def micros(at: datetime) -> int:
    """Microseconds since 1970: what the store keeps of an instant, the same in every database."""
    return (at - _EPOCH) // _MICROSECOND


def instant(stored: int) -> datetime:
    """The instant, in UTC. Raises OverflowError for what is none."""
    return _EPOCH + timedelta(microseconds=stored)
