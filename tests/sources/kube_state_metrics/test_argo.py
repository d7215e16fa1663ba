"""Argo Rollouts, of which there are no metrics but those of their ReplicaSets and pods."""

from collector.event import Kind
from collector.merge import merge
from collector.stories.rollouts import rollouts
from tests.sources.kube_state_metrics.answers import read
from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.sampling import deployment, sampled
from tests.sources.prometheus.samples import LAST, at


def argo(name: str, created: float, counts: list[tuple[str, float]]) -> Series:
    """A ReplicaSet of the Rollout `web`, with so many pods wanted since these times."""
    labels = {"namespace": "shop", "replicaset": name}

    def wanted(time: float) -> float | None:
        known = [count for since, count in counts if at(since) <= time]
        return None if time < created else known[-1] if known else 0.0

    return [
        sampled("kube_replicaset_owner", labels | {"owner_kind": "Rollout", "owner_name": "web"}, 1),
        sampled("kube_replicaset_created", labels, created),
        sampled("kube_replicaset_spec_replicas", labels, wanted),
    ]


def served(name: str, of: str, since: float, until: float = LAST) -> Series:
    labels = {"namespace": "shop", "pod": name, "uid": name}

    def there(time: float) -> bool:
        return since <= time < until

    return [
        sampled("kube_pod_created", labels, lambda t: since if there(t) else None),
        sampled("kube_pod_owner", labels | {"owner_kind": "ReplicaSet", "owner_name": of}, 1),
        sampled(
            "kube_pod_status_ready",
            labels | {"condition": "true"},
            lambda t: float(t > since + 20) if there(t) else None,
        ),
        sampled("kube_pod_status_ready_time", labels, lambda t: since + 20 if there(t) and t > since + 20 else None),
    ]


def test_argo_rollouts_are_told_by_their_replicasets() -> None:
    new = at("14:02:00")
    old = at("09:00:00")
    every = [
        *argo("web-old", old, [("09:00:00", 2), ("14:04:00", 1), ("14:06:00", 0)]),
        *argo("web-new", new, [("14:02:00", 1), ("14:05:00", 2)]),
        *argo("web-bad", at("14:20:00"), [("14:20:00", 1), ("14:22:00", 0)]),
        *served("web-old-a", "web-old", old, at("14:04:05")),
        *served("web-old-b", "web-old", old, at("14:06:05")),
        *served("web-new-a", "web-new", new),
        *served("web-new-b", "web-new", at("14:05:00")),
        *served("web-bad-a", "web-bad", at("14:20:00"), at("14:22:05")),
        deployment("spec_replicas", 4),
    ]
    events, _ = read(every)
    told_ = [
        (each.kind, each.merge_key, f"{each.earliest:%H:%M:%S}", f"{each.latest:%H:%M:%S}")
        for each in events
        if each.subject.workload == "Rollout/web" and each.kind.value.startswith("roll")
    ]
    assert told_ == [
        (Kind.ROLLOUT_STARTED, "prod/shop/ReplicaSet/web-new/started", "14:02:00", "14:02:01"),
        (Kind.ROLLOUT_COMPLETED, "prod/shop/ReplicaSet/web-new/completed", "14:05:50", "14:06:05"),
        (Kind.ROLLOUT_STARTED, "prod/shop/ReplicaSet/web-bad/started", "14:20:00", "14:20:01"),
        (Kind.ROLLOUT_ABORTED, "prod/shop/Rollout/web/aborted", "14:21:50", "14:22:05"),
    ]
    (update, *_) = rollouts(merge(events))
    assert (len(update.ready), len(update.terminated)) == (2, 2)
