"""Series of nodes and of Jobs."""

from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.sampling import sampled, since
from tests.sources.prometheus.samples import at

AGAIN = at("14:20:04")


def node(name: str) -> Series:
    """It fails in every way, is removed, and another machine gets its name."""
    on = {"node": name}
    away = (at("14:10:00"), at("14:20:10"))

    def there(time: float, before: float, after: float | None) -> float | None:
        return before if time < away[0] else after if time > away[1] else None

    def state(condition: str, begin: str, end: str, holds: float = 1) -> Series:
        labels = on | {"condition": condition, "status": "true"}
        return [sampled("kube_node_status_condition", labels, lambda t: abs(1 - holds - (at(begin) <= t < at(end))))]

    info = "kube_node_info"
    return [
        *state("Ready", "14:07:00", "23:00:00", 0),
        *state("MemoryPressure", "14:05:00", "14:06:00"),
        *state("KernelDeadlock", "14:05:30", "23:00:00"),
        sampled("kube_node_spec_unschedulable", on, since("14:08:00", 1, 0)),
        sampled("kube_node_created", on, lambda t: there(t, at("09:00:00"), AGAIN)),
        sampled(info, on | {"kernel_version": "6.1.0"}, lambda t: 1 if t < at("14:03:00") else None),
        sampled(info, on | {"kernel_version": "6.1.9"}, lambda t: there(t, 1, None) if t > at("14:04:00") else None),
        sampled(info, on | {"kernel_version": "6.8.0"}, lambda t: 1 if t > away[1] else None),
    ]


def job(name: str, *reasons: tuple[str, float]) -> Series:
    labels = {"namespace": "shop", "job_name": name}
    return [
        sampled("kube_job_owner", labels | {"owner_kind": "CronJob", "owner_name": "nightly"}, 1),
        sampled("kube_job_failed", labels | {"condition": "true"}, since("14:09:00")),
        # Pods that failed before, and then why the Job did; or how many pods did, if the reason is none of these.
        sampled("kube_job_status_failed", labels, lambda t: None if t >= at("14:09:00") else float(t > at("14:08:00"))),
        *(
            sampled("kube_job_status_failed", labels | ({"reason": reason} if reason else {}), since("14:09:00", value))
            for reason, value in reasons
        ),
    ]


JOBS = [
    *job("migrate", ("BackoffLimitExceeded", 0), ("DeadlineExceeded", 1), ("Evicted", 0)),
    *job("policy", ("BackoffLimitExceeded", 0), ("DeadlineExceeded", 0), ("Evicted", 0), ("", 3)),
]
