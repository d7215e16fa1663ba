"""One rollout of one workload, as far as anyone saw it."""

from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import SECOND, Identity, Kind
from collector.merge import Occurrence, filled


class Rollout(Struct):
    """One workload, from the start of a rollout to its end, as far as anyone saw it. Grows while it is built."""

    started: Occurrence
    until: datetime | None = None
    """When the workload's next rollout starts."""
    next: "Rollout | None" = None
    """That rollout."""
    ready: list[Occurrence] = field(default_factory=list)
    """One per new pod that was seen to become ready."""
    terminated: list[Occurrence] = field(default_factory=list)
    """One per old pod."""
    completed: Occurrence | None = None
    stuck: Occurrence | None = None
    holds: list[Occurrence] = field(default_factory=list)
    """Every time that it was paused, went on, or was aborted; in order."""
    emptied: datetime | None = None
    """When its workload was scaled to zero, or deleted, before it was complete: what ends then it does not replace."""
    failing: bool = False
    """Pods of it could not start, or were not ready, for a while at least."""
    ran_before: bool = False
    """It brings back what had run before, and not just before."""
    served: str = ""
    """The version that ran when it started, if the one that was rolled out just before never came to run."""

    @property
    def keys(self) -> Identity:
        """What identifies the version rolled out."""
        keys = self.started.best.keys
        if self.served and not self.ran_before:
            keys = replace(keys, replaces=self.served)
        for pod in self.ready:
            keys = filled(keys, Identity(digest=pod.best.keys.digest, version=pod.best.keys.version))
        return keys

    @property
    def replicas(self) -> int:
        """How many pods were wanted, as far as known; at least as many as were seen."""
        ours = [self.started, *self.ready, *([self.completed] if self.completed else [])]
        wanted = (int(one.best.numbers.get(name, 0)) for one in ours for name in ("of", "replicas"))
        return max(len(self.ready), *wanted)

    @property
    def aborted(self) -> Occurrence | None:
        """That it was given up, if it was."""
        return next((one for one in self.holds if one.kind == Kind.ROLLOUT_ABORTED), None)

    @property
    def ran(self) -> bool:
        """Whether what it rolled out may have served anybody: it did not plainly fail.

        That pods did not start is no failure where all the old ones were stopped since: either they started later, or
        nothing ran at all.
        """
        replaced = bool(self.terminated) and len(self.terminated) >= self.replicas
        failed = self.stuck or self.aborted or (self.failing and not replaced)
        return bool(self.completed or self.ready) or not failed

    def under_way(self, moment: datetime) -> bool:
        """Whether `moment` is after its start and before the next rollout of the workload."""
        return self.started.best.earliest - SECOND <= moment and (self.until is None or moment < self.until)
