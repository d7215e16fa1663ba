"""What people did, and what is not taken for it."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from tests.examples import examples
from tests.sources.kubernetes_audit.log import Json, controller, entry, lines, told
from tests.sources.kubernetes_audit.spoiling import T, costs_no_other

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "kubernetes-audit.json").read_text())


def events(tmp_path: Path, entries: Iterable[Json], **settings: object) -> list[Event]:
    (tmp_path / "audit.log").write_text(lines(entries))
    return told(tmp_path, **settings)[0]


def later(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def test_what_people_did_is_told_with_who_and_when(tmp_path: Path) -> None:
    image = {"spec": {"template": {"spec": {"containers": [{"name": "cart", "image": "shop/cart:3.9"}]}}}}
    restart = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "x"}}}}}
    operations = [
        {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "shop/cart:4"},
        {"op": "replace", "path": "/spec/template/spec/containers/0/env", "value": "x"},
    ]
    log = [
        entry(T, "dana", "patch", "deployments", "cart", requestObject=image),
        entry(later(1), "dana", "patch", "statefulsets", "db", requestObject=restart),
        entry(later(2), "dana", "patch", "deployments", "cart", requestObject=operations),
        entry(later(3), "dana", "patch", "deployments/scale", "cart", requestObject={"spec": {"replicas": 4}}),
        entry(later(4), "dana", "patch", "deployments", "cart", requestObject={"spec": {"replicas": 6}}),
        entry(later(5), "dana", "update", "secrets", "api-key"),
        entry(later(6), "sam", "create", "pods/exec", "cart-1", impersonatedUser={"username": "system:admin"}),
        entry(
            later(7),
            "sam",
            "patch",
            "nodes",
            "n1",
            namespace="",
            requestObject={"spec": {"unschedulable": True}},
        ),
        entry(later(8), "sam", "create", "pods/eviction", "cart-2"),
        entry(
            later(9),
            "sam",
            "patch",
            "nodes",
            "n1",
            namespace="",
            requestObject={"spec": {"unschedulable": None}},
        ),
    ]
    found = events(tmp_path, log)
    who = "with kubectl/v1.29.2"
    assert [(event.kind, event.summary) for event in found] == [
        (Kind.OTHER, f"Deployment shop/cart changed: image shop/cart:3.9 by dana {who}"),
        (Kind.OTHER, f"StatefulSet shop/db changed: restarted by dana {who}"),
        (Kind.OTHER, f"Deployment shop/cart changed: image shop/cart:4 by dana {who}"),
        (Kind.SCALED, "Deployment shop/cart scaled to 4 by dana"),
        (Kind.SCALED, "Deployment shop/cart scaled from 4 to 6 by dana"),
        (Kind.CONFIG_CHANGED, f"Secret api-key was changed by dana {who}"),
        (Kind.OTHER, f"Pod shop/cart-1: exec opened by sam as system:admin {who}"),
        (Kind.NODE_CHANGED, f"Node n1 is cordoned by sam {who}"),
        (Kind.POD_EVICTED, "Pod cart-2 is evicted by sam"),
        (Kind.POD_TERMINATED, "Pod cart-2 is evicted by sam"),
        (Kind.NODE_CHANGED, f"Node n1 is uncordoned by sam {who}"),
    ]
    assert found[6].actor == "sam as system:admin"
    assert all(event.actor for event in found)
    assert (found[0].earliest, found[0].latest) == (T, T + timedelta(milliseconds=4))


def test_what_was_refused_tried_repeated_or_done_by_the_system_is_nothing_that_people_did(tmp_path: Path) -> None:
    mine = entry(T, "dana", "create", "configmaps", "flags")
    again = {**mine, "requestURI": "/other"}
    lock = [entry(later(2 * n), "operator", "update", "configmaps", "lock") for n in range(100)]
    system = [
        entry(T, controller("endpoint"), "update", "services", "cart"),
        entry(T, "system:node:n1", "patch", "nodes", "n1", namespace=""),
        entry(T, "admin", "update", "configmaps", "x", userAgent="kube-controller-manager/v1.20 (l) k/a/root-ca"),
        entry(T, "dana", "create", "events", "x"),
        entry(T, "dana", "update", "leases", "x"),
        entry(T, "dana", "patch", "deployments/status", "cart"),
        entry(T, "dana", "get", "pods", "cart-1"),
    ]
    refused = [
        {**mine, "auditID": "403", "responseStatus": {"code": 403}},
        {**mine, "auditID": "panic", "stage": "Panic", "responseStatus": {"code": 500}},
        {**mine, "auditID": "dry", "requestURI": "/api/v1/namespaces/shop/configmaps?dryRun=All"},
        {**mine, "auditID": "dry in words", "requestObject": {"dryRun": ["All"]}},
        {**mine, "auditID": "early", "stage": "RequestReceived"},
    ]
    disrupted = {"verb": "create", "what": "pods/eviction", "name": "cart-1"}
    budget = {"responseStatus": {"code": 429, "reason": "TooManyRequests"}}
    dry = {"requestObject": {"kind": "Eviction", "deleteOptions": {"dryRun": ["All"]}}}
    refused += [entry(later(n), "dana", **disrupted, **more) for n, more in enumerate((budget, dry))]
    found = events(tmp_path, [mine, again, *lock, *system, *refused])
    assert [(event.kind, event.summary.split(" by ")[0], event.numbers.get("count")) for event in found] == [
        (Kind.CONFIG_CHANGED, "ConfigMap flags was created", None),
        (Kind.OTHER, "ConfigMap shop/lock changed", 100),
    ]


def test_a_client_that_chooses_its_audit_ids_hides_nothing(tmp_path: Path) -> None:
    log = [entry(later(n), "dana", "delete", "deployments", f"d{n}", auditID="mine") for n in range(3)]
    found = events(tmp_path, log)
    assert len({event.native_id for event in found}) == 3


@examples(19)
@given(data=st.data())
def test_one_entry_of_any_shape_costs_no_other(data: st.DataObject) -> None:
    pages = [one["text"] for one in RECORDED if one["call"] == "entries"]
    costs_no_other(data, [item for page in pages for item in page["entries"]])


def test_a_session_is_told_at_its_start_also_while_it_lasts_and_a_pod_is_removed_once(tmp_path: Path) -> None:
    open_ = entry(T, "sam", "get", "pods/exec", "a", stage="ResponseStarted")
    closed = {**open_, "stage": "ResponseComplete", "stageTimestamp": "2026-04-01T14:14:00.000000Z"}
    removed = [
        entry(later(20), "dana", "delete", "pods", "db-0"),
        entry(later(25), "dana", "delete", "pods", "db-0"),
        entry(later(50), "system:node:n1", "delete", "pods", "db-0"),
        entry(later(55), controller("statefulset"), "delete", "pods", "db-0"),
    ]
    found = events(tmp_path, [open_, closed, *removed])
    assert [(event.kind, event.at, event.actor) for event in found] == [
        (Kind.OTHER, T, "sam"),
        (Kind.POD_TERMINATED, later(20), "dana"),
        (Kind.POD_TERMINATED, later(55), ""),
    ]
    assert found[0].latest == T


def test_an_autoscaler_scales_and_a_stateful_set_rolls_out_and_back(tmp_path: Path) -> None:
    def revision(number: int, version: str) -> Json:
        template = {"spec": {"containers": [{"name": "db", "image": f"shop/db:{version}"}]}}
        return {"requestObject": {"revision": number, "data": {"spec": {"template": template}}}}

    sts = controller("statefulset")
    scaler = "system:serviceaccount:kube-system:horizontal-pod-autoscaler"
    log = [
        entry(T, scaler, "update", "deployments/scale", "cart", requestObject={"spec": {"replicas": 9}}),
        entry(later(60), "dana", "patch", "statefulsets", "db"),
        entry(later(60.2), sts, "create", "controllerrevisions", "db-6d94bb54cf", **revision(1, "15.3")),
        entry(later(90), "dana", "patch", "statefulsets", "db"),
        entry(later(90.2), sts, "create", "controllerrevisions", "db-5b4d8c5f84", **revision(2, "15.4")),
        entry(later(120), "sam", "patch", "statefulsets", "db"),
        entry(later(120.2), sts, "update", "controllerrevisions", "db-6d94bb54cf", **revision(3, "15.3")),
    ]
    found = [event for event in events(tmp_path, log) if event.kind != Kind.OTHER]
    assert [(each.kind, each.actor, each.keys.version, each.keys.replaces) for each in found] == [
        (Kind.SCALED, "horizontal-pod-autoscaler", "", ""),
        (Kind.ROLLOUT_STARTED, "dana", "15.3", ""),
        (Kind.ROLLOUT_STARTED, "dana", "15.4", "15.3"),
        (Kind.ROLLBACK_STARTED, "sam", "15.3", "15.4"),
    ]
    assert {each.subject.workload for each in found[1:]} == {"StatefulSet/db"}
