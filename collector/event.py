"""What happened: one Event, its kind, whose it is, and what identifies it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

SECOND = timedelta(seconds=1)


class Kind(StrEnum):
    """What sort of thing an Event or a Row reports."""

    RUN_STARTED = "ci.run.started"
    RUN_SUCCEEDED = "ci.run.succeeded"
    RUN_FAILED = "ci.run.failed"
    DEPLOY_STARTED = "deploy.started"
    DEPLOY_SUCCEEDED = "deploy.succeeded"
    DEPLOY_FAILED = "deploy.failed"
    ROLLOUT_STARTED = "rollout.started"
    ROLLOUT_COMPLETED = "rollout.completed"
    ROLLOUT_STUCK = "rollout.stuck"
    ROLLOUT_PAUSED = "rollout.paused"
    """It waits for somebody, or for a step of a canary; `rollout.resumed` when it goes on."""
    ROLLOUT_RESUMED = "rollout.resumed"
    ROLLOUT_ABORTED = "rollout.aborted"
    """It was given up, and what ran before gets its pods back."""
    ROLLBACK_STARTED = "rollback.started"
    ROLLBACK_COMPLETED = "rollback.completed"
    POD_SCHEDULED = "pod.scheduled"
    POD_READY = "pod.ready"
    """For the first time; each later time is `pod.recovered`."""
    POD_UNREADY = "pod.unready"
    """It was ready, runs on, and failed its readiness probe or lost its node."""
    POD_RECOVERED = "pod.recovered"
    POD_NOT_READY = "pod.not_ready"
    """It runs, or tries to, and has not become ready since it was made."""
    POD_TERMINATED = "pod.terminated"
    POD_START_FAILED = "pod.start_failed"
    """It cannot be made, or its containers cannot be started: a quota, a webhook, a volume, a Secret, the network."""
    POD_CRASHED = "pod.crashed"
    POD_CRASH_LOOP = "pod.crash_loop"
    """A container of it ends again and again."""
    POD_OOM_KILLED = "pod.oom_killed"
    POD_KILLED = "pod.killed"
    """Its container was killed because a liveness or startup probe failed."""
    POD_EVICTED = "pod.evicted"
    """Also preempted, or removed from a node that was lost."""
    POD_UNSCHEDULABLE = "pod.unschedulable"
    POD_IMAGE_FAILED = "pod.image_failed"
    JOB_FAILED = "job.failed"
    NODE_NOT_READY = "node.not_ready"
    NODE_READY = "node.ready"
    NODE_DRAINED = "node.drained"
    """It was cordoned, and then rid of its pods."""
    NODE_CHANGED = "node.changed"
    """Added, removed, cordoned, uncordoned, rebooted, or under pressure."""
    CONFIG_CHANGED = "config.changed"
    SCALED = "workload.scaled"
    WORKLOAD_DELETED = "workload.deleted"
    VOLUME_UNBOUND = "volume.unbound"
    """A PersistentVolumeClaim gets no volume."""
    WARNING = "warning"
    """What its system calls a warning and has no other kind here; `reason` names it."""
    ALERT_PENDING = "alert.pending"
    ALERT_FIRING = "alert.firing"
    ALERT_RESOLVED = "alert.resolved"
    ERRORS_ROSE = "errors.rose"
    ERRORS_FELL = "errors.fell"
    TRAFFIC_FELL = "traffic.fell"
    TRAFFIC_ROSE = "traffic.rose"
    LATENCY_ROSE = "latency.rose"
    LATENCY_FELL = "latency.fell"
    SILENCE_STARTED = "silence.started"
    SILENCE_ENDED = "silence.ended"
    ANNOTATION = "annotation"
    """What somebody, or a tool of theirs, marked on a dashboard."""
    NOTE = "note"
    OTHER = "other"
    """A raw event that has no meaning of its own to us; shown with --detail full only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose event it is. Unknown parts are empty strings."""

    service: str = ""
    """The name under which people know it; what CI, Kubernetes and Prometheus are matched by."""
    environment: str = ""
    """Where CI says it deployed to: `production`."""
    cluster: str = ""
    namespace: str = ""
    workload: str = ""
    """`Kind/name`, for example `Deployment/checkout`."""
    pod: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Keys that say that two events speak of the same thing. Unknown keys are empty strings."""

    commit: str = ""
    """Git sha, full or abbreviated (7 or more hex digits)."""
    version: str = ""
    """Image tag or release, without a leading `v` before a digit: `1.5.0`."""
    digest: str = ""
    """Image digest, `sha256:...`."""
    replaces: str = ""
    """The version that ran before this one, where the source knows it."""
    revision: str = ""
    """Revision of the rollout, as its controller counts (`deployment.kubernetes.io/revision`)."""
    replica_set: str = ""
    """Name of the ReplicaSet (or ControllerRevision) that the rollout or pod belongs to."""
    run: str = ""
    """Native id of the CI run, unique within its system."""
    run_number: str = ""
    """The number people call the run by."""
    deployment: str = ""
    """Native id of the CI system's deployment record."""
    alert: str = ""
    """Name of the alert."""
    measure: str = ""
    """What a ratio is the ratio of, as people call it: `5xx ratio`."""
    episode: str = ""
    """Ties the beginning and the end of one alert instance, or of one time of raised errors, together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, as one source knows it.

    All times are aware and in UTC, and `earliest <= at <= latest`. The truth lies in
    [`earliest`, `latest`]; `at` is the best single instant, the one to print and order by.
    """

    kind: Kind
    at: datetime
    earliest: datetime
    latest: datetime
    summary: str
    """One plain line. Text from outside is in it verbatim: escape it for the format it is printed in."""
    source: str
    """Name of the source in the configuration."""
    native_id: str
    """What the source calls it; unique within the source together with `kind`."""
    subject: Subject = field(default_factory=Subject)
    keys: Identity = field(default_factory=Identity)
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Ratios as fractions of 1, counts, and instants as Unix seconds; each adapter documents its own.

    `since` on an alert: since when it is active, on its end since when it fired; absent if that is unknown.
    """
    actor: str = ""
    """Who did it, as the source names them."""
    url: str = ""
    """Page that shows the evidence to a person; empty if there is none."""
    query: str = ""
    """Query or API path that gave the evidence."""
    description: str = ""
    """What the source says about it at more length: the annotation of an alert. One plain line."""
    plot: tuple[tuple[float, float], ...] = ()
    """The series that shows it, down-sampled: Unix seconds and value, in order; empty if it is not about one."""
    reason: str = ""
    """The short reason that the system gives for it, to be quoted: `FailedMount`."""
    fact: str = ""
    """Two events of one kind with the same non-empty fact, at overlapping times, are one fact seen twice."""

    def __post_init__(self) -> None:
        """Refuse times that are not UTC or not in order: a wrong time is worse than no event."""
        for moment in (self.at, self.earliest, self.latest):
            if moment.tzinfo is not UTC:
                raise ValueError(f"{self.native_id}: times of an Event are in UTC, got {moment!r}")
        if not self.earliest <= self.at <= self.latest:
            raise ValueError(f"{self.native_id}: {self.earliest} <= {self.at} <= {self.latest} does not hold")


def order(event: Event) -> tuple[object, ...]:
    """Sort key that depends on the evidence alone: time, then cause before effect, then the source's own id."""
    told = (event.source, event.native_id, event.summary, event.fact)
    return (event.at, CAUSAL_RANK[event.kind], *told, event.earliest, event.latest)


_CAUSES_FIRST = (
    Kind.NOTE,
    Kind.ANNOTATION,
    Kind.RUN_STARTED,
    Kind.DEPLOY_STARTED,
    Kind.ROLLBACK_STARTED,
    Kind.ROLLOUT_STARTED,
    Kind.CONFIG_CHANGED,
    Kind.SCALED,
    Kind.WORKLOAD_DELETED,
    Kind.NODE_CHANGED,
    Kind.NODE_NOT_READY,
    Kind.NODE_READY,
    Kind.NODE_DRAINED,
    Kind.POD_EVICTED,
    Kind.VOLUME_UNBOUND,
    Kind.POD_UNSCHEDULABLE,
    Kind.POD_IMAGE_FAILED,
    Kind.POD_START_FAILED,
    Kind.POD_SCHEDULED,
    Kind.POD_READY,
    Kind.POD_TERMINATED,
    Kind.ROLLOUT_COMPLETED,
    Kind.ROLLBACK_COMPLETED,
    Kind.DEPLOY_SUCCEEDED,
    Kind.DEPLOY_FAILED,
    Kind.RUN_SUCCEEDED,
    Kind.RUN_FAILED,
    Kind.ROLLOUT_PAUSED,
    Kind.ROLLOUT_RESUMED,
    Kind.ROLLOUT_STUCK,
    Kind.ROLLOUT_ABORTED,
    Kind.JOB_FAILED,
    Kind.POD_KILLED,
    Kind.POD_CRASHED,
    Kind.POD_OOM_KILLED,
    Kind.POD_CRASH_LOOP,
    Kind.POD_UNREADY,
    Kind.POD_NOT_READY,
    Kind.POD_RECOVERED,
    Kind.TRAFFIC_FELL,
    Kind.LATENCY_ROSE,
    Kind.ERRORS_ROSE,
    Kind.ALERT_PENDING,
    Kind.ALERT_FIRING,
    Kind.SILENCE_STARTED,
    Kind.TRAFFIC_ROSE,
    Kind.LATENCY_FELL,
    Kind.ERRORS_FELL,
    Kind.ALERT_RESOLVED,
    Kind.SILENCE_ENDED,
    Kind.WARNING,
    Kind.OTHER,
)
CAUSAL_RANK: Mapping[Kind, int] = MappingProxyType({kind: rank for rank, kind in enumerate(_CAUSES_FIRST)})
