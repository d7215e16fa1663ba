"""The kinds of Events, and their order within the same instant."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """The kind of thing that an Event or a Row reports."""

    RUN_STARTED = "ci.run.started"
    RUN_SUCCEEDED = "ci.run.succeeded"
    RUN_FAILED = "ci.run.failed"
    DEPLOY_REQUESTED = "deploy.requested"
    """Somebody or something asked for it; it has not started."""
    DEPLOY_WAITING = "deploy.waiting"
    """It waits for an approval or a slot; it has not started."""
    DEPLOY_APPROVED = "deploy.approved"
    DEPLOY_STARTED = "deploy.started"
    DEPLOY_SUCCEEDED = "deploy.succeeded"
    DEPLOY_FAILED = "deploy.failed"
    DEPLOY_CANCELLED = "deploy.cancelled"
    """Somebody stopped it, either while it ran or while it waited."""
    DEPLOY_SUPERSEDED = "deploy.superseded"
    """A newer one took its place before it was complete."""
    DEPLOY_REFUSED = "deploy.refused"
    """Somebody refused the approval, or a policy did."""
    ROLLOUT_STARTED = "rollout.started"
    ROLLOUT_COMPLETED = "rollout.completed"
    ROLLOUT_STUCK = "rollout.stuck"
    ROLLOUT_PAUSED = "rollout.paused"
    """It waits for somebody, or for a step of a canary; `rollout.resumed` when it goes on."""
    ROLLOUT_RESUMED = "rollout.resumed"
    ROLLOUT_ABORTED = "rollout.aborted"
    """It was given up, and the previous revision gets its pods back."""
    ROLLBACK_STARTED = "rollback.started"
    ROLLBACK_COMPLETED = "rollback.completed"
    POD_SCHEDULED = "pod.scheduled"
    POD_READY = "pod.ready"
    """For the first time; each later time is `pod.recovered`."""
    POD_NOT_READY = "pod.not_ready"
    """It started, and never became ready; `reason` and `description` quote why."""
    POD_START_FAILED = "pod.start_failed"
    """It could not be created or started: quota, webhook, volume, missing Secret, sandbox; see `reason`."""
    POD_UNREADY = "pod.unready"
    """It was ready, runs on, and failed its readiness probe or lost its node."""
    POD_RECOVERED = "pod.recovered"
    POD_TERMINATED = "pod.terminated"
    POD_CRASHED = "pod.crashed"
    POD_CRASH_LOOP = "pod.crash_loop"
    """Its container dies again and again. It begins at the first death; `count` is the number of deaths."""
    POD_OOM_KILLED = "pod.oom_killed"
    POD_KILLED = "pod.killed"
    """Its container was killed because a liveness or startup probe failed."""
    POD_EVICTED = "pod.evicted"
    """Also preempted, or removed from a node that was lost."""
    POD_UNSCHEDULABLE = "pod.unschedulable"
    POD_IMAGE_FAILED = "pod.image_failed"
    JOB_FAILED = "job.failed"
    JOB_RAN = "job.ran"
    """A Job that ran for minutes, at its start time. `numbers["seconds"]` is its duration, if it has ended."""
    NODE_NOT_READY = "node.not_ready"
    NODE_READY = "node.ready"
    NODE_DRAINED = "node.drained"
    """It was cordoned, and then its pods were removed."""
    NODE_CHANGED = "node.changed"
    """Added, removed, cordoned, uncordoned, rebooted, or under pressure."""
    CONFIG_CHANGED = "config.changed"
    FLAG_CHANGED = "flag.changed"
    """A feature flag was switched on or off, or its rules were changed."""
    SCALED = "workload.scaled"
    WORKLOAD_DELETED = "workload.deleted"
    VOLUME_UNBOUND = "volume.unbound"
    """A claim that got no volume."""
    WARNING = "warning"
    """A Kubernetes Warning that has no kind of its own here."""
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
    """A mark on a dashboard, set by a person or a tool."""
    NOTE = "note"
    OTHER = "other"
    """A raw event without a meaning of its own; shown only with --detail full."""


_CAUSES_FIRST = (
    Kind.NOTE,
    Kind.ANNOTATION,
    Kind.RUN_STARTED,
    Kind.DEPLOY_REQUESTED,
    Kind.DEPLOY_WAITING,
    Kind.DEPLOY_APPROVED,
    Kind.DEPLOY_STARTED,
    Kind.ROLLBACK_STARTED,
    Kind.ROLLOUT_STARTED,
    Kind.CONFIG_CHANGED,
    Kind.FLAG_CHANGED,
    Kind.JOB_RAN,
    Kind.SCALED,
    Kind.WORKLOAD_DELETED,
    Kind.VOLUME_UNBOUND,
    Kind.NODE_CHANGED,
    Kind.NODE_NOT_READY,
    Kind.NODE_READY,
    Kind.NODE_DRAINED,
    Kind.POD_EVICTED,
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
    Kind.DEPLOY_CANCELLED,
    Kind.DEPLOY_SUPERSEDED,
    Kind.DEPLOY_REFUSED,
    Kind.RUN_SUCCEEDED,
    Kind.RUN_FAILED,
    Kind.ROLLOUT_PAUSED,
    Kind.ROLLOUT_RESUMED,
    Kind.ROLLOUT_STUCK,
    Kind.ROLLOUT_ABORTED,
    Kind.JOB_FAILED,
    Kind.POD_KILLED,
    Kind.POD_CRASHED,
    Kind.POD_CRASH_LOOP,
    Kind.POD_OOM_KILLED,
    Kind.POD_NOT_READY,
    Kind.POD_UNREADY,
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
