"""The contract between the collector and the adapters in `sources/`."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from collector.event import Event
from collector.json_text import TooLarge, decode
from collector.known import KnownNamespaces, QueryPage
from collector.window import Window

Item = TypeVar("Item")
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError, OSError, RecursionError)
"""Errors that a parser raises for an item of an unexpected shape; OSError is for a time too far away."""


class Document(Struct, frozen=True):
    """One raw answer of a system, or one page of it: the unit of capture, replay and reading."""

    call: str
    """Which of the adapter's questions it answers, for example `events`; `read` distinguishes documents by it."""
    asked: str
    """The request, without secrets: `GET https://host/api/v1/events?limit=500`."""
    at: datetime
    """When the answer arrived, in UTC."""
    text: str
    """The answer."""
    content: Any = None
    """The decoded text, if the maker of the document already had it; do not modify it."""

    def json(self) -> Any:
        """The answer decoded. Raises BadAnswer if it is not JSON."""
        if self.content is not None:
            return self.content
        try:
            return decode(self.text)
        except TooLarge as error:
            raise BadAnswer(f"the answer to {self.call} is not read, {error}") from None
        except (ValueError, RecursionError) as error:
            raise BadAnswer(f"the answer to {self.call} is not valid JSON ({error})") from None


class Gap(Struct, frozen=True):
    """Something that could not be seen, or a warning about what was seen. A value, printed under the table."""

    reason: str
    """The missing information and the cause, one line."""
    hint: str = ""
    """The remedy for the reader."""
    fatal: bool = False
    """Whether the source ended with it; without any document before it, the source gave nothing at all."""
    about: str = ""
    """The subject, as in Seen; empty if no other source could report it instead."""
    span: tuple[datetime, datetime] | None = None
    """Start and end of the missing time, in UTC, if a time is missing."""


class Seen(Struct, frozen=True):
    """A stretch of time that a source could see, and how exactly. A value, printed under the table."""

    about: str
    """Sources with the same text here can report the same: `kubernetes production`."""
    what: str
    """What it reports, in words: `Events`, `rollouts and pods`."""
    start: datetime
    end: datetime
    """Both in UTC. The time outside was not queried, or its data not kept."""
    exact: timedelta
    """How exact its times are if they have no timestamp of their own."""


class SameService(Struct, frozen=True):
    """Another name of a service, from a system: a Kubernetes Service that selects its pods, or a route to one."""

    name: str
    """The other name: of a Service, an Ingress, a route, a host."""
    service: str
    """The name of the service, as in `Subject.service`."""
    namespace: str = ""
    cluster: str = ""
    reason: str = ""
    """Why the two are one, in words: `Service shop/web-internal selects app=web, as Deployment/web has`."""


class SourceError(Exception):
    """A source cannot go on. The subclasses say what to do about it; none of them stops the other sources."""

    def __init__(self, reason: str, hint: str = "") -> None:
        """`reason` and `hint` are as for Gap."""
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Unreachable(SourceError):
    """No answer: refused, not resolved, timed out, or still failing after the retries. Try again later."""


class Denied(SourceError):
    """The system refused access (401, 403, login page). Give the token its rights."""


class RateLimited(SourceError):
    """The system limits our requests, and waiting would outlast the deadline."""


class BadAnswer(SourceError):
    """The answer is not what the system's API documents: HTML, truncated JSON, an unexpected shape."""


class Deadline:
    """How long one source may take in all. Shared by its requests, so that none outlasts it."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """The time runs from now."""
        self._clock = clock
        self._end = clock() + seconds
        self.seconds = seconds

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    def overdue(self) -> float:
        """Seconds since the time ran out; 0 while there is some left."""
        return max(0.0, self._clock() - self._end)

    def check(self) -> None:
        """Raise Unreachable if no time is left."""
        if self.remaining() <= 0:
            raise Unreachable(f"not finished within {self.seconds:g} s", "raise `deadline` of this source")


class Source(Protocol):
    """One configured system. `fetch` and `read` share only documents, so that either works without the other."""

    @property
    def name(self) -> str:
        """Name in the configuration, unique."""

    @property
    def type(self) -> str:
        """Key in the registry: `prometheus`, `kubernetes`, ..."""

    @property
    def deadline(self) -> float:
        """Seconds that its whole fetch may take."""

    def target(self) -> str:
        """The system it connects to, and the user: `context production, https://10.0.0.1:6443, as admin`.

        It contains no secrets and needs no request; empty if unknown.
        """

    def fetch(self, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
        """Ask the system and yield its answers page by page, in an order that depends on the answers alone.

        Ask for a wider window if causes may be before it. Partial failures are Gaps among the documents; a
        SourceError ends the source, and everything yielded until then still counts.
        """

    def read(
        self, documents: Iterable[Document], window: Window
    ) -> "Iterator[Event | Gap | Seen | SameService | QueryPage | KnownNamespaces]":
        """Parse documents, in the order fetched, into Events, including those outside the window that explain it.

        Pure: no clock, no network, no file, the same result every time. Anything in a document may be missing
        or have another type than documented.
        """


def each(items: object, parse: Callable[[Any], Iterable[Item]], what: str) -> Iterator[Item | Gap]:
    """Parse every item of a list from outside; those of an unexpected shape become one Gap that counts them."""
    if not isinstance(items, list):
        yield Gap(f"{what}: expected a list, got {type(items).__name__}")
        return
    bad = 0
    for item in items:
        try:
            parsed = list(parse(item))
        except UNREADABLE:
            bad += 1
            continue
        yield from parsed
    if bad:
        yield Gap(f"{what}: {bad} of {len(items)} could not be read and were left out")
