"""Everything that the API server showed of the objects while the play went on, and when it did."""

import threading
import time
from collections.abc import Callable, Iterator

from msgspec import Struct, field

from tests.cluster.client import Client, Json

_KINDS = ("ControllerRevision", "Deployment", "Job", "Node", "Pod", "ReplicaSet", "StatefulSet")
_PATIENCE = 90.0


class Version(Struct, frozen=True):
    """An object as it was from `at` (Unix seconds) on."""

    kind: str
    change: str
    item: Json
    at: float

    @property
    def name(self) -> str:
        name: str = self.item["metadata"]["name"]
        return name


class Seen(Struct):
    """Watches; the shipped Events are the versions of all Event objects."""

    versions: list[Version] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def watch(self, cluster: Client) -> None:
        """Begin."""
        for kind in _KINDS:
            cluster.watch(kind, lambda change, item, at, kind=kind: self._add(Version(kind, change, item, at)))
        cluster.watch("Event", lambda change, item, _: change == "DELETED" or self.events.append(item))

    def of(self, kind: str, name: str = "", since: float = 0.0) -> Iterator[Version]:
        """The versions of an object, or of all of a kind, in the order of time."""
        for version in list(self.versions):
            if version.kind == kind and (not name or version.name == name) and version.at >= since:
                yield version

    def first(self, kind: str, name: str, since: float, true: Callable[[Json], bool]) -> float:
        """When it was first seen so. Waits for it, and fails if it does not come."""
        found = lambda: next((one for one in self.of(kind, name, since) if true(one.item)), None)  # noqa: E731
        end = time.monotonic() + _PATIENCE
        with self._news:
            while (version := found()) is None:
                assert time.monotonic() < end, f"{kind} {name} did not get there"
                self._news.wait(1.0)
        return version.at

    def now(self, kind: str) -> dict[str, Json]:
        """The objects of a kind that exist, by name."""
        there: dict[str, Json] = {}
        for version in self.of(kind):
            if version.change == "DELETED":
                there.pop(version.name, None)
            else:
                there[version.name] = version.item
        return there

    def _add(self, version: Version) -> None:
        with self._news:
            self.versions.append(version)
            self._news.notify_all()
