"""Changes of ConfigMaps and Secrets: who made which, whose they are, and that what is in them is not kept."""

from datetime import datetime, timedelta
from pathlib import Path

from collector.event import Event, Kind
from collector.merge import merge
from tests.sources.kubernetes import cluster
from tests.sources.kubernetes_audit.log import WINDOW, Json, at, controller, entry, fetched, lines, told

T = at("14:10:00")
OPERATOR = "system:serviceaccount:shop:operator"


def later(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def changes(tmp_path: Path, entries: list[Json]) -> list[Event]:
    (tmp_path / "audit.log").write_text(lines(entries))
    return [each for each in told(tmp_path, cluster="prod")[0] if each.kind == Kind.CONFIG_CHANGED]


def test_each_write_is_told_with_who_and_whose_it_is(tmp_path: Path) -> None:
    volumes: list[Json] = [
        {"configMap": {"name": "flags"}},
        {"projected": {"sources": [{"secret": {"name": "api-key"}}, {"configMap": {"name": "ca"}}]}},
    ]
    other: list[Json] = [{"configMap": {"name": "ca"}}, {"emptyDir": {"medium": "canary-52a0"}}]

    def deployment(name: str, volumes: list[Json]) -> Json:
        spec = {"containers": [{"name": name, "image": f"{name}:1"}], "volumes": volumes}
        whole = {"metadata": {"name": name}, "spec": {"replicas": 1, "template": {"spec": spec}}}
        return entry(T, controller("deployment"), "update", "deployments/status", name, responseObject=whole)

    secret = {"metadata": {"name": "api-key", "labels": {"app": "canary-52a0"}}, "data": {"canary-52a0": "canary-52a0"}}
    log = [
        deployment("cart", volumes),
        deployment("search", other),
        entry(later(1), "dana", "patch", "configmaps", "flags", requestObject=secret),
        entry(later(2), "dana", "patch", "configmaps", "flags"),
        entry(later(3), "sam", "create", "secrets", "api-key", requestObject=secret, responseObject=secret),
        entry(later(4), "sam", "delete", "configmaps", "ca"),
        entry(later(5), "sam", "deletecollection", "configmaps", ""),
        entry(later(6), "sam", "update", "configmaps", "x", objectRef={"resource": "configmaps", "apiGroup": "other"}),
    ]
    found = changes(tmp_path, log)
    assert [(each.at, each.actor, each.summary.split(" by ")[0], each.subject.service) for each in found] == [
        (later(1), "dana", "ConfigMap flags was changed", "cart"),
        (later(2), "dana", "ConfigMap flags was changed", "cart"),
        (later(3), "sam", "Secret api-key was created", "cart"),
        (later(4), "sam", "ConfigMap ca, which cart and search use, was deleted", ""),
        (later(5), "sam", "ConfigMaps in shop were deleted", ""),
    ]
    assert [each.merge_key for each in found[-2:]] == ["prod/shop/ConfigMap/ca/changed", ""]
    assert "canary" not in repr(fetched(tmp_path)[1])


def test_what_a_container_takes_its_environment_from_is_of_its_service(tmp_path: Path) -> None:
    """Of the environment the names of what it refers to are kept, and no value."""
    container = {
        "name": "cart",
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "env": [
            {"name": "A", "value": "canary-52a0"},
            {"name": "B", "valueFrom": {"secretKeyRef": {"name": "api-key", "key": "k"}}},
        ],
    }
    for field in ("containers", "initContainers"):
        whole = {"metadata": {"name": "cart"}, "spec": {"template": {"spec": {field: [container]}}}}
        log = [
            entry(T, "dana", "update", "deployments", "cart", responseObject=whole),
            entry(later(1), "dana", "patch", "configmaps", "settings"),
            entry(later(2), "dana", "patch", "secrets", "api-key"),
            entry(later(3), "dana", "patch", "configmaps", "kube-root-ca.crt"),
        ]
        found = changes(tmp_path, log)
        assert [(each.subject.workload, each.subject.service) for each in found] == [
            ("ConfigMap/settings", "cart"),
            ("Secret/api-key", "cart"),
        ]
        assert "canary" not in repr(fetched(tmp_path)[1])


def test_locks_beats_and_the_systems_own_are_no_changes(tmp_path: Path) -> None:
    beats = [entry(later(20 * n), OPERATOR, "update", "configmaps", "autoscaler-status") for n in range(30)]
    beats += [entry(later(-3000 + 300.4 * n), OPERATOR, "update", "secrets", "rendered") for n in range(12)]
    renewed = [entry(later(100 * n), OPERATOR, "update", "configmaps", "operator-lock") for n in range(5)]
    root = "system:serviceaccount:kube-system:root-ca-cert-publisher"
    system = [entry(T, user, "create", "configmaps", "kube-root-ca.crt") for user in (root, controller("namespace"))]
    system.append(entry(T, "system:apiserver", "update", "configmaps", "extension-apiserver-authentication"))
    meant = [
        entry(later(7), "dana", "update", "configmaps", "autoscaler-status"),
        entry(later(8), "dana", "update", "configmaps", "operator-lock"),
        entry(later(9), OPERATOR, "create", "configmaps", "operator-lock"),
    ]
    unnamed = [entry(later(30 + n), OPERATOR, "create", "secrets", "") for n in range(12)]
    found = changes(tmp_path, [*beats, *renewed, *system, *meant, *unnamed])
    assert [each.at for each in found[:3]] == [later(7), later(8), later(9)]
    assert {each.summary.split(" by ")[0] for each in found[3:]} == {"A Secret in shop was created"}
    assert len(found) == 15


def test_a_controller_of_others_in_kube_system_is_none_of_kubernetes(tmp_path: Path) -> None:
    log = [entry(T, controller("sealed-secrets"), "update", "secrets", "api-key")]
    assert [each.actor for each in changes(tmp_path, log)] == [controller("sealed-secrets")]


def test_it_is_the_write_that_the_object_tells_of(tmp_path: Path) -> None:
    edited = cluster.meta("ConfigMap", "flags", later(-9000), managedFields=[_wrote("kubectl-edit", later(3))])
    live = cluster.read({"configmaps": [{"metadata": edited}]}, window=WINDOW)[0]
    log = [entry(later(3.2), "dana", "patch", "configmaps", "flags")]
    (fact,) = merge([*live, *changes(tmp_path, log)])
    assert (fact.kind, len(fact.events), fact.best.actor) == (Kind.CONFIG_CHANGED, 2, "dana")
    assert fact.best.at == later(3.2)


def _wrote(manager: str, when: datetime) -> Json:
    return {"manager": manager, "operation": "Update", "time": f"{when:%Y-%m-%dT%H:%M:%SZ}"}
