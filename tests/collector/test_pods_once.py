"""Each pod counts once in a rollout, however often the same is reported of it."""

from collector.event import Kind
from collector.merge import merge
from collector.stories.rollouts import rollouts
from tests.collector.build import event

OLD = {"service": "web", "namespace": "shop", "workload": "Deployment/web", "replica_set": "web-1", "version": "1"}
NEW = {**OLD, "replica_set": "web-2", "version": "2"}


def test_a_pod_that_a_late_controller_deletes_again_is_one_pod() -> None:
    started = event(Kind.ROLLOUT_STARTED, "14:02:00", replaces="1", numbers={"replicas": 2}, **NEW)
    gone = [
        event(Kind.POD_TERMINATED, clock, pod=pod, merge_key=f"{pod} {clock}", **OLD)
        for pod, clock in (("web-1-a", "14:03:00"), ("web-1-b", "14:03:10"), ("web-1-b", "14:03:50"))
    ]
    ready = [event(Kind.POD_READY, clock, pod="web-2-a", merge_key=clock, **NEW) for clock in ("14:02:40", "14:03:40")]
    completed = event(Kind.ROLLOUT_COMPLETED, "14:04:00", **NEW)
    (rollout,) = rollouts(merge([started, *gone, *ready, completed]))
    assert [one.best.subject.pod for one in rollout.terminated] == ["web-1-a", "web-1-b"]
    assert [one.best.subject.pod for one in rollout.ready] == ["web-2-a"]
