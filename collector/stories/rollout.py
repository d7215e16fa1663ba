"""One rollout of one workload, as far as any source saw it."""

from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import SECOND, Identity, Kind
from collector.merge import Occurrence, filled


class Rollout(Struct):
    """One rollout of one workload, from start to end, as far as any source saw it. It grows while it is built."""

    started: Occurrence
    until: datetime | None = None
    """When the workload's next rollout starts."""
    next: "Rollout | None" = None
    """That rollout."""
    ready: list[Occurrence] = field(default_factory=list)
    """One for each new pod that became ready."""
    terminated: list[Occurrence] = field(default_factory=list)
    """One for each old pod."""
    completed: Occurrence | None = None
    stuck: Occurrence | None = None
    holds: list[Occurrence] = field(default_factory=list)
    """Every pause, resumption and abort, in order."""
    emptied: datetime | None = None
    """When its workload was scaled to zero, or deleted, before completion: it does not replace pods that end then."""
    failing: bool = False
    """Whether pods of it could not start, or were not ready, at least for a while."""
    ran_before: bool = False
    """Whether it brings back a version from before the current one."""
    served: str = ""
    """The version that ran when it started, if the version rolled out just before never ran."""

    @property
    def keys(self) -> Identity:
        """The ids of the version rolled out."""
        keys = self.started.best.keys
        if self.served and not self.ran_before:
            keys = replace(keys, replaces=self.served)
        for pod in self.ready:
            keys = filled(keys, Identity(digest=pod.best.keys.digest, version=pod.best.keys.version))
        return keys

    @property
    def replicas(self) -> int:
        """How many pods were wanted, as far as known; at least as many as became ready."""
        ours = [self.started, *self.ready, *([self.completed] if self.completed else [])]
        wanted = (int(one.best.numbers.get(name, 0)) for one in ours for name in ("of", "replicas"))
        return max(len(self.ready), *wanted)

    @property
    def aborted(self) -> Occurrence | None:
        """The abort, if it was given up."""
        return next((one for one in self.holds if one.kind == Kind.ROLLOUT_ABORTED), None)

    @property
    def ran(self) -> bool:
        """Whether its version may have served anybody: it did not clearly fail.

        Pods that did not start are not a failure if all old pods were stopped since: either they started later, or
        nothing ran at all.
        """
        replaced = bool(self.terminated) and len(self.terminated) >= self.replicas
        failed = self.stuck or self.aborted or (self.failing and not replaced)
        return bool(self.completed or self.ready) or not failed

    def under_way(self, moment: datetime) -> bool:
        """Whether `moment` is after its start and before the next rollout of the workload."""
        return self.started.best.earliest - SECOND <= moment and (self.until is None or moment < self.until)
