"""A Deployment that is paused, and a pod that is not ready for a while, on the real controllers."""

from datetime import UTC, datetime, timedelta

from collector.event import Event, Kind
from collector.merge import Occurrence, merge
from collector.stories.rollouts import rollouts
from tests.sources.kubernetes.hands import APPS, PODS, Hands, read
from tests.sources.kubernetes.workloads import PLACE, deployment, progress

_BUSY = timedelta(seconds=5)


def of(events: list[Event], *kinds: Kind) -> list[Occurrence]:
    return [fact for fact in merge(events) if fact.kind in kinds]


def test_paused_in_the_middle_and_unready_and_back(hands: Hands) -> None:
    hands.ask("POST", f"{APPS}/deployments", deployment())
    hands.until(lambda: progress(hands) == "NewReplicaSetAvailable")
    hands.broken.add("web:1.1.0")
    change = {"template": {"spec": {"containers": [{"name": "web", "image": "web:1.1.0"}]}}}
    hands.ask("PATCH", PLACE, {"spec": change})
    # Not by the reason of Progressing: it stays NewReplicaSetCreated when the controller is late to see the first pod.
    hands.until(lambda: hands.ask("GET", PLACE)["status"].get("updatedReplicas") == 1)
    paused = datetime.now(UTC)
    hands.ask("PATCH", PLACE, {"spec": {"paused": True}})
    hands.until(lambda: progress(hands) == "DeploymentPaused")
    (fact,) = of(read(hands)[0], Kind.ROLLOUT_PAUSED)
    assert fact.best.earliest - _BUSY <= paused <= fact.best.latest
    assert (fact.best.keys.version, fact.best.keys.replaces) == ("1.1.0", "1.0.0")

    hands.mend()
    hands.ask("PATCH", PLACE, {"spec": {"paused": None}})
    hands.until(lambda: progress(hands) == "NewReplicaSetAvailable")
    pod = next(
        each["metadata"]["name"] for each in hands.ask("GET", PODS)["items"] if each["status"]["phase"] == "Running"
    )
    hands.until(lambda: datetime.now(UTC) - hands.since(pod) > timedelta(seconds=4))
    unready = hands.report(pod, ready=False)
    (fact,) = of(read(hands)[0], Kind.POD_UNREADY, Kind.POD_RECOVERED)
    assert (fact.kind, fact.best.subject.pod, fact.service) == (Kind.POD_UNREADY, pod, "web")
    assert fact.best.earliest <= unready <= fact.best.latest

    hands.until(lambda: datetime.now(UTC) - unready > timedelta(seconds=2))
    back = hands.report(pod, ready=True)
    events = read(hands)[0]
    (fact,) = of(events, Kind.POD_UNREADY, Kind.POD_RECOVERED)
    assert (fact.kind, fact.best.subject.pod) == (Kind.POD_RECOVERED, pod)
    assert fact.best.earliest <= back <= fact.best.latest
    # Its first time ready still belongs to the rollout.
    (rollout,) = [each for each in rollouts(merge(events)) if each.keys.version == "1.1.0"]
    assert len(rollout.ready) == 2
    assert rollout.completed
