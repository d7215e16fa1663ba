"""The kinds of Events that report each thing that people write about."""

from collector.event import Kind

STARTED = frozenset(
    {
        Kind.DEPLOY_STARTED,
        Kind.ROLLOUT_STARTED,
        Kind.RUN_STARTED,
        Kind.DEPLOY_REQUESTED,
        Kind.DEPLOY_APPROVED,
        Kind.DEPLOY_WAITING,
    }
)
COMPLETED = frozenset({Kind.ROLLOUT_COMPLETED, Kind.DEPLOY_SUCCEEDED, Kind.RUN_SUCCEEDED})
NOT_DONE = frozenset(
    {Kind.DEPLOY_FAILED, Kind.RUN_FAILED, Kind.ROLLOUT_STUCK, Kind.ROLLOUT_ABORTED, Kind.DEPLOY_CANCELLED}
)
REPLACED = frozenset({Kind.POD_READY, Kind.POD_TERMINATED})
BACK_STARTED = STARTED | {Kind.ROLLBACK_STARTED}
BACK_DONE = COMPLETED | {Kind.ROLLBACK_COMPLETED}
DEATHS = frozenset({Kind.POD_CRASHED, Kind.POD_CRASH_LOOP, Kind.POD_KILLED, Kind.POD_OOM_KILLED})
NOT_RUNNING = frozenset({Kind.POD_UNSCHEDULABLE, Kind.POD_START_FAILED, Kind.POD_IMAGE_FAILED, Kind.POD_NOT_READY})
DETECTIONS = frozenset({Kind.ALERT_FIRING, Kind.NOTE, Kind.ANNOTATION, "phase detected"})
EFFECTS = frozenset(
    {
        Kind.ERRORS_ROSE,
        Kind.LATENCY_ROSE,
        Kind.TRAFFIC_FELL,
        Kind.ALERT_FIRING,
        "phase started",
        *DEATHS,
        *NOT_RUNNING,
        Kind.NODE_NOT_READY,
    }
)
ENDS = frozenset(
    {
        Kind.ERRORS_FELL,
        Kind.LATENCY_FELL,
        Kind.TRAFFIC_ROSE,
        Kind.ALERT_RESOLVED,
        "phase resolved",
        "phase mitigated",
        Kind.ROLLBACK_COMPLETED,
        Kind.NOTE,
    }
)
