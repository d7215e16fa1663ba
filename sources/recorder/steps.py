"""The data that the recorder's watches pass to its store."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Stream(NamedTuple):
    """The subject of one watch."""

    cluster: str
    """Name of the cluster; empty if there is only one."""
    resource: str
    """The API's name of the resource: `pods`."""
    namespace: str
    """Empty for all namespaces."""


class Change(Struct, frozen=True):
    """One version of an object, as it was seen."""

    kind: str
    """ADDED, MODIFIED or DELETED as in the watch, LISTED for objects in a list."""
    namespace: str
    name: str
    uid: str
    version: str
    """Its resourceVersion, which may only be compared for equality."""
    at: datetime
    """When the recorder received it, by its own clock."""
    body: str
    """The object as JSON, without secrets."""
    digest: bytes
    """Equal for versions that differ in nothing that is read."""


class Step(Struct, frozen=True, kw_only=True):
    """Data that is stored in one transaction, or not at all."""

    stream: Stream
    changes: tuple[Change, ...] = ()
    position: str = ""
    """Where the watch continues after this step; empty in the middle of a list."""
    until: datetime | None = None
    """Up to when everything is known after this step; None if that is not known."""
    listed_at: datetime | None = None
    """Set if a list is complete with this step: the moment of which the list shows the state."""
    listed: frozenset[str] = frozenset()
    """The uids in that list."""
    missing_right: str = ""
    """The missing right because of which nothing is recorded: `watch pods`."""


def micros(at: datetime) -> int:
    """Microseconds since 1970: the stored form of an instant, the same in every database."""
    return (at - _EPOCH) // _MICROSECOND


def instant(stored: int) -> datetime:
    """The instant, in UTC. Raises OverflowError if it is out of range."""
    return _EPOCH + timedelta(microseconds=stored)
