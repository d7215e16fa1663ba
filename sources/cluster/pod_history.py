"""What is known of one pod from its start to its end, whichever evidence shows it.

Each source converts its evidence into a PodInstance; `sources.cluster.pods` derives from it what is worth reporting.
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
    """Where something can be seen again; the fields are those of an Event."""

    native_id: str
    query: str = ""
    url: str = ""
    actor: str = ""


class Observation(Struct, frozen=True):
    """Something that happened to a pod, or a state that began."""

    when: Moment
    evidence: Evidence
    why: str = ""
    """The reason and message of the reporter: `Evicted: The node was low on resource: memory.`"""
    at: datetime | None = None
    """The best single instant within `when`, if it is not the earliest."""
    reason: str = ""
    how: str = ""
    """By whom or how it happened: `is evicted by sam`."""


class Lasting(Observation, frozen=True):
    """A state of a pod: it cannot start, is not ready, or waits."""

    until: datetime | None = None
    """When the state was last seen; None if it was seen once."""
    over: bool = False
    """Whether the state was seen to have ended."""


class Readiness(Observation, frozen=True):
    """One change of readiness. A return to readiness shows that it had been lost."""

    ready: bool = False
    numbers: Mapping[str, float] = field(default_factory=dict)
    """`of`: how many pods were to be ready; only for the first time that a pod is ready, and if it is known."""


class Death(Struct, frozen=True):
    """The end of one run of a container."""

    container: str
    when: Moment
    evidence: Evidence
    code: int | None = None
    reason: str = ""
    restarts: int | None = None
    """How often the container had been restarted at the time of this report."""
    count: int = 1
    """The number of ends within `when`: samples may miss some."""
    started: datetime | None = None
    """When the run that ended had begun."""
    at: datetime | None = None
    """The best single instant within `when`, if it is not the earliest."""
    stamped: bool = True
    """Whether `when` is the second that the kubelet reports."""
    final: bool = False
    """Whether this report shows no later start of the container."""


class BackOff(Struct, frozen=True):
    """A wait of the kubelet before it restarts a container; it waits from the second end on."""

    when: Moment
    """From the first known time to the last."""
    evidence: Evidence
    container: str = ""
    seen: bool = False
    """Whether the pod itself reports the wait, so it still lasts at the end of `when`."""
    text: str = ""


class PodInstance(Struct):
    """One pod; another pod of the same name is another instance. Lists are unordered unless stated otherwise."""

    subject: Subject
    uid: str = ""
    keys: Identity = _NO_KEYS
    started: Moment | None = None
    """When the kubelet accepted it."""
    completed: bool = False
    """Whether its containers have finished successfully."""
    failed: bool = False
    """Whether its phase is Failed, which is final."""
    was_ready: bool = False
    """Whether it was ready before the first entry of `readiness`."""
    readiness: list[Readiness] = field(default_factory=list)
    """In order."""
    scheduled: list[Observation] = field(default_factory=list)
    unschedulable: list[Observation] = field(default_factory=list)
    evicted: list[Observation] = field(default_factory=list)
    stop_requested: Observation | None = None
    """When somebody asked for its deletion."""
    stops: list[Moment] = field(default_factory=list)
    """When something that other evidence reports stopped it: an eviction for which an Event exists."""
    start_failures: list[Lasting] = field(default_factory=list)
    image_failures: list[Lasting] = field(default_factory=list)
    not_ready: Lasting | None = None
    """Set if it has not become ready since it was made."""
    deaths: list[Death] = field(default_factory=list)
    back_offs: list[BackOff] = field(default_factory=list)
    restarts: int = 0
    """The highest known restart count of any of its containers."""
    probe_kills: list[Moment] = field(default_factory=list)
    """When the kubelet began to kill a container for its probe, or to replace one after a change of its definition."""
    node_shortages: list[tuple[Moment, str]] = field(default_factory=list)
    """When its node ran out of memory and killed processes, with the node's report."""
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
