"""A cluster on the day of an incident: its clock, its nodes, and whatever else takes part."""

import heapq
import itertools
import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Protocol

from msgspec import Struct

from tests.incidents.ids import Object, number
from tests.incidents.recorded import Recorded
from tests.incidents.recorder import Recorder
from tests.sources.kubernetes_audit.log import entry

_MOMENT = timedelta(milliseconds=50)
_CLOCK = re.compile(r"(?:(?P<days>\d+) days before )?(?P<time>\d\d:\d\d(?::\d\d)?)")


class Part(Protocol):
    """What has objects in the API."""

    def objects(self) -> Iterator[Object]:
        """As they are now."""


class Release(Struct, frozen=True):
    """What differs between releases of Kubernetes."""

    sizes: bool = False
    """A ScalingReplicaSet Event has the size before: `to 4 from 2`."""


class World:
    """One cluster. Parts plan what they do with `at`; `play` does it in the order of time."""

    def __init__(self, day: str, *, end: str, nodes: int = 6, zone: str = "eu-central-1", sizes: bool = False) -> None:
        """It is looked at on `day` (UTC) at `end`. `zone` names the nodes."""
        from tests.incidents.nodes import Node

        self.day = day
        self.end = self.moment(end)
        self.now = self.end - timedelta(hours=24)
        self.release = Release(sizes)
        self.recorder = Recorder()
        self.parts: list[Part] = []
        self.audit: list[Object] = []
        self.audited = False
        """Whether the API server writes an audit log."""
        self.recorded: Recorded | None = None
        """What a recorder stores, if one runs."""
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._addresses = itertools.count(10)
        self.nodes = [
            Node(self, f"ip-10-0-{number(200, day, n) + 10}-{n + 20}.{zone}.compute.internal") for n in range(nodes)
        ]
        self.parts += self.nodes

    def moment(self, text: str | datetime) -> datetime:
        """`14:02`, `14:02:05`, `9 days before 14:02` or a whole ISO time, in UTC."""
        if isinstance(text, datetime):
            return text
        match = _CLOCK.fullmatch(text)
        if not match:
            return datetime.fromisoformat(text).astimezone(UTC)
        day = datetime.fromisoformat(f"{self.day}T{match['time']}+00:00").astimezone(UTC)
        return day - timedelta(days=int(match["days"] or 0))

    def at(self, when: str | datetime, action: Callable[[], None]) -> None:
        """Do something at a time; what is planned for the past is done next."""
        heapq.heappush(self._due, (self.moment(when), next(self._count), action))

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something so many seconds from now."""
        self.at(self.now + timedelta(seconds=seconds), action)

    def play(self) -> None:
        """Let everything happen that is planned until the end."""
        while self._due and self._due[0][0] <= self.end:
            when, _, action = heapq.heappop(self._due)
            self.now = max(self.now, when)
            action()
            following = self._due[0][0] if self._due else self.end
            if (
                self.recorded
                and following - self.now > _MOMENT
                and self.recorded.since <= self.now <= self.recorded.until
            ):
                self.recorded.look(self.now, deepcopy(self.objects(timedelta(hours=1))))
        self.now = self.end

    def objects(self, ttl: timedelta) -> list[Object]:
        """All of the API's objects, without the Events that have expired."""
        return [
            *itertools.chain.from_iterable(part.objects() for part in self.parts),
            *self.recorder.objects(self.end, ttl),
        ]

    def log(self, user: str, verb: str, what: str, namespace: str, name: str, agent: str = "") -> None:
        """The API server takes a request now; `what` is a resource, with its subresource if need be."""
        if self.audited:
            more = {"userAgent": agent} if agent else {}
            moment = self.now + timedelta(microseconds=number(900_000, user, verb, name))
            self.audit.append(entry(moment, user, verb, what, name, namespace=namespace, level="Metadata", **more))

    def address(self) -> str:
        """A free address for a pod."""
        place = next(self._addresses)
        return f"10.244.{place // 200 % 250}.{place % 200 + 10}"

    def chance(self, *of: object) -> random.Random:
        """Chance that belongs to something, so that more of one thing changes nothing else."""
        return random.Random("\0".join([self.day, *map(str, of)]))
