"""What is known of one pod from its start to its end, whichever evidence shows it.

Each source turns its evidence into a PodInstance; `sources.cluster.pods` derives from it what is worth reporting.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import Identity, Subject
from sources.fact import Moment

_NO_KEYS = Identity()


class Evidence(NamedTuple):
    """Where something can be seen again; as the fields of an Event."""

    native_id: str
    query: str = ""
    url: str = ""
    actor: str = ""


class Observation(Struct, frozen=True):
    """Something that happened to a pod, or began to be so."""

    when: Moment
    evidence: Evidence
    why: str = ""
    """In the words of who reports it: `Evicted: The node was low on resource: memory.`"""
    at: datetime | None = None
    """The best single instant within `when`, if it is not the earliest."""
    reason: str = ""
    how: str = ""
    """By whom or how it came about: `is evicted by sam`."""


class Lasting(Observation, frozen=True):
    """A state of a pod: that it cannot start, is not ready, or waits."""

    until: datetime | None = None
    """When it was last seen to be so; None if it was seen once."""
    over: bool = False
    """It was seen not to be so any more."""


class Readiness(Observation, frozen=True):
    """One change of readiness, or a return of it that shows that it had been lost."""

    ready: bool = False
    numbers: Mapping[str, float] = field(default_factory=dict)
    """`of`: how many pods were to be ready, where this is known of the first time."""


class Death(Struct, frozen=True):
    """The end of one run of a container."""

    container: str
    when: Moment
    evidence: Evidence
    code: int | None = None
    reason: str = ""
    restarts: int | None = None
    """How often the container had been restarted when this was reported."""
    count: int = 1
    """How many ends lie in `when`: samples may miss some."""
    started: datetime | None = None
    """When the run began that ended so."""
    at: datetime | None = None
    """The best single instant within `when`, if it is not the earliest."""
    stamped: bool = True
    """`when` is the second that the kubelet reports."""
    final: bool = False
    """The container was not started again as far as this report goes."""


class BackOff(Struct, frozen=True):
    """The kubelet waits before it starts a container again, which it does from the second end on."""

    when: Moment
    """The first time known, and the last."""
    evidence: Evidence
    container: str = ""
    seen: bool = False
    """The pod itself reports that it waits, so it lasts at the end of `when`."""
    text: str = ""


class PodInstance(Struct):
    """One pod; another one of the same name is another instance. Lists are in no order unless they say so."""

    subject: Subject
    uid: str = ""
    keys: Identity = _NO_KEYS
    started: Moment | None = None
    """When the kubelet accepted it."""
    completed: bool = False
    """It has done its work."""
    failed: bool = False
    """Its phase is Failed, and it stays so."""
    was_ready: bool = False
    """It was ready before the first of `readiness`."""
    readiness: list[Readiness] = field(default_factory=list)
    """In order."""
    scheduled: list[Observation] = field(default_factory=list)
    unschedulable: list[Observation] = field(default_factory=list)
    evicted: list[Observation] = field(default_factory=list)
    stop_requested: Observation | None = None
    """When somebody asked for its deletion."""
    stops: list[Moment] = field(default_factory=list)
    """When something stopped it that is reported by other evidence: an eviction of which an Event exists."""
    start_failures: list[Lasting] = field(default_factory=list)
    image_failures: list[Lasting] = field(default_factory=list)
    not_ready: Lasting | None = None
    """It has not become ready since it was made."""
    deaths: list[Death] = field(default_factory=list)
    back_offs: list[BackOff] = field(default_factory=list)
    restarts: int = 0
    """The most restarts that any of its containers is known to have."""
    probe_kills: list[Moment] = field(default_factory=list)
    """When the kubelet began to kill a container for its probe, or to replace one whose definition changed."""
    node_shortages: list[tuple[Moment, str]] = field(default_factory=list)
    """When its node ran out of memory and killed processes, and what the node reports of it."""
    reboots: list[Moment] = field(default_factory=list)
    """When its node is known to have come back from a reboot."""
    grace: float = 30.0
    """Seconds that a container has to stop."""

    def add_death(self, death: Death) -> None:
        """Add the end of a container, which may be reported again: at last as the end before its next start."""
        for index, known in enumerate(self.deaths):
            if (known.container, known.when) == (death.container, death.when):
                self.deaths[index] = replace(known, final=known.final and death.final)
                return
        self.deaths.append(death)
