"""The Events of an incident of the checkout, and what is drafted of them."""

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Scope, Timeline, draft
from tests.collector.build import WINDOW, alert, deploy, errors, event, rollout

OLDER = [
    *rollout(Kind.ROLLOUT_STARTED, "01:00:00", "01:01:00", "01:02:00", "1.4.8", "1.4.7"),
    *rollout(Kind.ROLLOUT_STARTED, "09:00:00", "09:01:00", "09:02:00", "1.4.9", "1.4.8"),
    *deploy("08:59:00", "09:03:00", 470, "d", "1.4.9", "dana"),
]

INCIDENT = [
    *OLDER,
    *deploy("14:02:05", "14:05:20", 482, "9", "1.5.0", "dana"),
    *rollout(Kind.ROLLOUT_STARTED, "14:02:50", "14:04:30", "14:05:01", "1.5.0", "1.4.9"),
    *errors("14:03:30", "14:22:05"),
    *alert("CheckoutErrors", "14:06:15", "14:23:45"),
    event(Kind.NOTE, "14:12:00", "Maria: the new deploy is the cause", seconds=59),
    *deploy("14:18:10", "14:22:15", 483, "d", "1.4.9", "sam"),
    *rollout(Kind.ROLLBACK_STARTED, "14:20:00", "14:21:40", "14:22:10", "1.4.9", "1.5.0"),
]

OTHERS = [
    *rollout(
        Kind.ROLLOUT_STARTED,
        "14:08:00",
        "14:08:30",
        "14:09:00",
        "2.3.1",
        "2.3.0",
        service="search",
        workload="Deployment/search",
    ),
    *(event(Kind.OTHER, f"14:{minute:02}:00", namespace="x", pod=f"p{minute}") for minute in range(60)),
    event(Kind.POD_CRASHED, "14:10:00", service="batch", namespace="jobs", workload="Deployment/batch", pod="batch-1"),
]


def drafted(*events: Event, scope: Scope | None = None) -> Timeline:
    return draft(Gathered(events, ()), WINDOW, scope or Scope())


def told(timeline: Timeline) -> list[str]:
    return [f"{row.at:%H:%M} {row.text}" for row in timeline.rows]
