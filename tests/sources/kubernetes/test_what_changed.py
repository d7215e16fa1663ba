"""What a rollout is called, to whom its completion belongs, and what is no rollout at all."""

import json
from typing import Any

import pytest

from collector.event import Event, Kind
from tests.sources.kubernetes.cluster import Json, Web, at, event, only, read, stamp

LONG_AGO = at(-86400)
STARTS = (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)
ENDS = (Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED)


def changed(web: Web, **container: Any) -> str:
    """Make a ReplicaSet that runs the same image, with another container in one thing."""
    old = web.sets[web.current]
    name = web.replica_set("9", at(100))
    own = web.sets[name]["spec"]
    own["template"] = json.loads(json.dumps(old["spec"]["template"]))
    own["template"]["spec"]["containers"][0] |= container
    return name


def started(events: list[Event]) -> Event:
    return next(each for each in only(events, *STARTS) if each.at >= at(0))


def test_a_lower_memory_limit_is_a_change_and_no_restart() -> None:
    web = Web()
    web.running("1.0.0", LONG_AGO)
    web.roll(changed(web, resources={"limits": {"memory": "64Mi"}}), at(100))
    found = started(read(web.cluster())[0])
    assert (found.reason, found.description) == ("TemplateChanged", "memory limit of web none to 64Mi")
    assert found.summary.startswith("Rollout of web 1.0.0 (memory limit of web none to 64Mi) started")


def test_the_program_that_wrote_when_the_rollout_began_is_its_actor() -> None:
    web = Web()
    web.running("1.0.0", LONG_AGO)
    web.roll(changed(web, resources={"limits": {"memory": "64Mi"}}), at(100))
    writes = [
        {"manager": "kubectl-edit", "time": stamp(at(99))},
        {"manager": "helm", "time": stamp(at(-5000))},
        {"manager": "kube-controller-manager", "time": stamp(at(100)), "subresource": "status"},
        {"manager": "kubectl-scale", "time": stamp(at(100)), "subresource": "scale"},
    ]
    cluster = web.cluster()
    cluster["deployments"][0]["metadata"]["managedFields"] = writes
    assert started(read(cluster)[0]).actor == "kubectl-edit"
    cluster["deployments"][0]["metadata"]["managedFields"] = [*writes, {"manager": "helm", "time": stamp(at(100))}]
    assert started(read(cluster)[0]).actor == "", "two wrote in that moment"
    cluster["deployments"][0]["metadata"]["managedFields"] = writes[1:]
    assert started(read(cluster)[0]).actor == ""


@pytest.mark.parametrize(
    ("status", "reason"), [("True", "NewReplicaSetAvailable"), ("False", "ProgressDeadlineExceeded")]
)
def test_a_status_is_of_the_replica_set_that_its_message_names(status: str, reason: str) -> None:
    """The next rollout begins in the second after, or even in the very second."""
    for later in (100, 101):
        web = Web()
        web.running("1.0.0", at(-60))
        first = web.current
        second = web.replica_set("1.1.0", at(later))
        web.scale(second, 0, 1, at(later))
        cluster = web.cluster()
        word = "successfully progressed" if status == "True" else "timed out progressing"
        cluster["deployments"][0]["status"]["conditions"][0] |= {
            "status": status,
            "reason": reason,
            "lastUpdateTime": stamp(at(100)),
            "lastTransitionTime": stamp(at(100)),
            "message": f'ReplicaSet "{first}" has {word}.',
        }
        ends = only(read(cluster)[0], *ENDS, Kind.ROLLOUT_STUCK)
        assert [(each.keys.replica_set, each.keys.version) for each in ends] == [(first, "1.0.0")]


def down(name: str, was: int, seconds: float) -> Json:
    words = f"Scaled down replica set {name} from {was} to 0"
    return event("ScalingReplicaSet", words, ("Deployment", "web"), at(seconds))


def up(name: str, to: int, seconds: float) -> Json:
    return event(
        "ScalingReplicaSet", f"Scaled up replica set {name} from 0 to {to}", ("Deployment", "web"), at(seconds)
    )


def sizes(events: list[Event]) -> list[tuple[float | None, float]]:
    return [(each.numbers.get("was"), each.numbers["replicas"]) for each in only(events, Kind.SCALED)]


def test_what_goes_to_zero_and_back_is_scaled_also_where_only_events_are_known() -> None:
    events = read({"events": [down("web-1", 3, 100), up("web-1", 3, 900)]})[0]
    assert sizes(events) == [(3, 0), (0, 3)]
    assert not only(events, *STARTS)
    # Another took over meanwhile: then it came back.
    away = [up("web-2", 3, 50), down("web-1", 3, 60), down("web-2", 3, 905), up("web-1", 3, 900)]
    events = read({"events": away})[0]
    assert [each.kind for each in only(events, *STARTS)] == [Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED]
    assert not sizes(events)


def test_a_workload_that_goes_to_zero_in_a_rollout_has_not_replaced_its_pods() -> None:
    events = read({"events": [up("web-2", 1, 100), down("web-2", 1, 500), down("web-1", 1, 500)]})[0]
    assert {each.merge_key for each in only(events, Kind.SCALED)} == {"prod/shop/Deployment/web/scaled to 0"}
    assert {each.summary for each in only(events, Kind.SCALED)} == {"Deployment web scaled to 0"}
    assert not only(events, *ENDS)


def test_where_all_pods_are_recreated_nothing_is_scaled_to_zero() -> None:
    events = read({"events": [down("web-1", 3, 100), up("web-2", 3, 130)]})[0]
    assert not sizes(events)
    assert [each.at for each in only(events, *STARTS)] == [at(130)]
