"""What rollouts are called in the audit log, and StatefulSets that go on only when somebody lets them."""

from pathlib import Path

import pytest

from collector.event import Event, Kind
from tests.sources.kubernetes_audit.log import Json, at, controller, entry, lines, told

T = "14:05:"


def events(tmp_path: Path, *entries: Json) -> list[Event]:
    (tmp_path / "audit.log").write_text(lines(entries))
    return told(tmp_path, cluster="prod")[0]


def of_apps(made: Json) -> Json:
    made["objectRef"]["apiGroup"] = "apps"
    return made


def replica_set(number: int, seconds: int, *containers: Json, **notes: str) -> Json:
    name = f"cart-{'bcdfghjklm'[number] * 9}"
    body = {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "annotations": {"deployment.kubernetes.io/revision": str(number)},
            "ownerReferences": [{"kind": "Deployment", "name": "cart", "controller": True}],
        },
        "spec": {
            "replicas": 1,
            "template": {"metadata": {"annotations": notes}, "spec": {"containers": [*containers]}},
        },
    }
    when = at(f"{T}{seconds:02}")
    return entry(when, controller("deployment"), "create", "replicasets", name, requestObject=body, responseObject=body)


def cart(**more: object) -> Json:
    return {"name": "cart", "image": "reg.example.com/cart:2.0", **more}


def starts(found: list[Event]) -> list[tuple[str, str]]:
    return [(each.reason, each.description) for each in found if each.kind == Kind.ROLLOUT_STARTED][1:]


@pytest.mark.parametrize(
    ("new", "notes", "expected"),
    [
        (cart(), {"kubectl.kubernetes.io/restartedAt": "2026-04-01T14:05:30Z"}, ("Restart", "")),
        (
            cart(resources={"limits": {"memory": "64Mi"}}),
            {},
            ("TemplateChanged", "memory limit of cart none to 64Mi"),
        ),
        (cart(env=[{"name": "MODE", "value": "hidden"}]), {}, ("TemplateChanged", "environment of cart: MODE added")),
        (
            cart(readinessProbe={"periodSeconds": 1, "httpGet": {"port": 80, "path": "/hidden"}}),
            {},
            ("TemplateChanged", "readiness probe of cart"),
        ),
        (cart(image="reg.example.com/cart:2.1"), {}, ("ImageChanged", "")),
    ],
)
def test_a_rollout_is_called_by_what_changed(
    new: Json, notes: dict[str, str], expected: tuple[str, str], tmp_path: Path
) -> None:
    found = events(tmp_path, replica_set(1, 1, cart()), replica_set(2, 30, new, **notes))
    assert starts(found) == [expected]
    assert "hidden" not in repr(found)


def test_a_restart_is_one_also_where_the_log_has_only_what_people_sent(tmp_path: Path) -> None:
    notes = {"kubectl.kubernetes.io/restartedAt": "2026-04-01T14:05:30Z"}
    sent = {"spec": {"template": {"metadata": {"annotations": notes}}}}
    bare = [replica_set(number, seconds) for number, seconds in ((1, 1), (2, 31))]
    for each in bare:
        del each["requestObject"], each["responseObject"]
    restart = entry(at(f"{T}30"), "dana", "patch", "deployments", "cart", requestObject=sent)
    found = events(tmp_path, bare[0], restart, bare[1])
    (started,) = [each for each in found if each.kind == Kind.ROLLOUT_STARTED][1:]
    assert (started.reason, started.actor) == ("Restart", "dana")
    assert started.summary.startswith("Restart of cart started by dana")


def strategy(partition: int | None) -> Json:
    return (
        {"type": "OnDelete"}
        if partition is None
        else {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    )


def database(seconds: int, partition: int | None) -> Json:
    body = {
        "metadata": {"name": "db", "generation": seconds},
        "spec": {"replicas": 3, "updateStrategy": strategy(partition)},
    }
    when = at(f"{T}{seconds:02}")
    return of_apps(entry(when, "dana", "update", "statefulsets", "db", requestObject=body, responseObject=body))


def revision(number: int, seconds: int) -> Json:
    body = {
        "metadata": {
            "name": f"db-{number}",
            "namespace": "shop",
            "creationTimestamp": f"2026-04-01T14:05:{seconds:02}Z",
            "ownerReferences": [{"kind": "StatefulSet", "name": "db", "controller": True}],
        },
        "revision": number,
        "data": {"spec": {"template": {"spec": {"containers": [{"name": "db", "image": f"db:{number}.0"}]}}}},
    }
    user, when = controller("statefulset"), at(f"{T}{seconds:02}")
    made = entry(when, user, "create", "controllerrevisions", f"db-{number}", requestObject=body, responseObject=body)
    return of_apps(made)


def status(seconds: int, updated: int, ready: int = 3) -> Json:
    counted = {"observedGeneration": 1, "updatedReplicas": updated, "readyReplicas": ready}
    counted |= {"currentRevision": "db-1", "updateRevision": "db-2"}
    body = {"metadata": {"name": "db", "generation": 1}, "spec": {"replicas": 3}, "status": counted}
    when, user = at(f"{T}{seconds:02}"), controller("statefulset")
    return of_apps(entry(when, user, "update", "statefulsets/status", "db", requestObject=body, responseObject=body))


def test_a_partition_holds_a_rollout_up_until_somebody_lowers_it(tmp_path: Path) -> None:
    held = [database(5, 2), revision(1, 1), revision(2, 10), status(15, 1, ready=2), status(20, 1), status(25, 1)]
    found = events(tmp_path, *held, database(40, 0))
    halts = [each for each in found if each.kind in (Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED)]
    assert [(each.kind, f"{each.at:%H:%M:%S}", each.description) for each in halts] == [
        (Kind.ROLLOUT_PAUSED, f"{T}20", "partition=2"),
        (Kind.ROLLOUT_RESUMED, f"{T}40", ""),
    ]
    assert halts[1].actor == "dana"
    assert halts[0].keys.version == "2.0"


def test_on_delete_holds_it_up_from_the_start(tmp_path: Path) -> None:
    found = events(tmp_path, database(5, None), revision(1, 1), revision(2, 10))
    (paused,) = [each for each in found if each.kind == Kind.ROLLOUT_PAUSED]
    assert (f"{paused.at:%H:%M:%S}", paused.description) == (f"{T}10", "OnDelete")
