"""Pods that cannot start, never become ready, or end again and again, as a cluster that is still there shows them."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from collector.source import Document
from sources.cluster.lists import NAMES
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.sources.kubernetes.cluster import WINDOW, Json, at, event, meta, only, owned, read, stamp

LISTED = 0.0
"""`read` lists the cluster at 12:00:00: what lasts does so until then."""


def pod(name: str, started: float, *, uid: str = "", **status: Any) -> Json:
    """A pod of ReplicaSet `cart-7`, which its kubelet accepted at `started` and has not been ready since."""
    never = {
        "type": "Ready",
        "status": "False",
        "lastTransitionTime": stamp(at(started)),
        "reason": "ContainersNotReady",
    }
    item = {
        "metadata": meta("Pod", name, at(started), ownerReferences=owned("ReplicaSet", "cart-7")),
        "spec": {"nodeName": "n1"},
        "status": {"phase": "Pending", "startTime": stamp(at(started)), "conditions": [never], **status},
    }
    item["metadata"]["uid"] = uid or f"Pod-{name}"
    return item


def container(name: str = "cart", restarts: int = 0, last: Json | None = None, **state: Any) -> Json:
    return {"name": name, "restartCount": restarts, "state": state, "lastState": last or {}}


def ended(when: float, code: int, reason: str = "Error", began: float | None = None) -> Json:
    found = {"exitCode": code, "reason": reason, "finishedAt": stamp(at(when))}
    return {"terminated": found | ({} if began is None else {"startedAt": stamp(at(began))})}


def troubles(cluster: dict[str, list[Json]]) -> list[tuple[Kind, datetime, datetime, str]]:
    kinds = (Kind.POD_START_FAILED, Kind.POD_NOT_READY, Kind.POD_IMAGE_FAILED, Kind.VOLUME_UNBOUND, Kind.WARNING)
    return [(each.kind, each.at, each.latest, each.summary) for each in only(read(cluster)[0], *kinds)]


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (
            {"containerStatuses": [container(waiting={"reason": "CreateContainerError", "message": "no such device"})]},
            Kind.POD_START_FAILED,
            "Pod p cannot be started (container cart: CreateContainerError: no such device)",
        ),
        # A reason that no version of Kubernetes known to us has.
        (
            {"initContainerStatuses": [container("keys", waiting={"reason": "VaultSealed"})]},
            Kind.POD_START_FAILED,
            "Pod p cannot be started (container keys: VaultSealed)",
        ),
        (
            {"containerStatuses": [container(waiting={"reason": "SignatureValidationFailed", "message": "unsigned"})]},
            Kind.POD_IMAGE_FAILED,
            "Pod p: an image cannot be pulled (container cart: SignatureValidationFailed: unsigned)",
        ),
        (
            {"initContainerStatuses": [container("migrate", running={"startedAt": stamp(at(-598))})]},
            Kind.POD_NOT_READY,
            "Pod p does not become ready (init container migrate has not ended)",
        ),
        # That a container ended once is no reason why it is not ready for minutes.
        (
            {"phase": "Running", "containerStatuses": [container(running={}, last=ended(-590, 1), restarts=1)]},
            Kind.POD_NOT_READY,
            "Pod p does not become ready (ContainersNotReady)",
        ),
        # A sidecar runs on while the others start.
        (
            {
                "initContainerStatuses": [container("proxy", running={}) | {"started": True}],
                "containerStatuses": [container(waiting={"reason": "PodInitializing"})],
            },
            Kind.POD_NOT_READY,
            "Pod p does not become ready (container cart waits: PodInitializing)",
        ),
        (
            {"phase": "Running", "containerStatuses": [container(running={})]},
            Kind.POD_NOT_READY,
            "Pod p does not become ready (ContainersNotReady)",
        ),
    ],
)
def test_a_pod_that_does_not_start_says_why_itself_and_does_so_until_it_was_listed(
    status: Json, kind: Kind, words: str
) -> None:
    assert troubles({"pods": [pod("p", -600, **status)]}) == [(kind, at(-600), at(LISTED), words)]


def test_a_pod_that_its_node_refuses_cannot_be_started_one_that_it_gives_up_was_evicted() -> None:
    refused = pod("new", -300, phase="Failed", reason="OutOfpods", message="Node didn't have enough resource: pods")
    given_up = pod(
        "old",
        -900,
        phase="Failed",
        reason="Terminated",
        message="Pod was terminated in response to imminent node shutdown.",
        containerStatuses=[container(**ended(-200, 143))],
    )
    found = read({"pods": [refused, given_up]})[0]
    assert [(each.kind, each.at, each.reason) for each in found] == [
        (Kind.POD_START_FAILED, at(-300), "OutOfpods"),
        (Kind.POD_EVICTED, at(-200), "Terminated"),
    ]


@pytest.mark.parametrize(
    ("started", "status"),
    [
        (-60, {"phase": "Running"}),  # it has just been made
        (-600, {"phase": "Succeeded"}),
        (
            -600,
            {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": stamp(at(-500))}],
            },
        ),
        (-600, {"containerStatuses": [], "phase": "Running", "conditions": []}),
    ],
)
def test_a_pod_that_is_young_done_or_ready_is_in_no_trouble(started: float, status: Json) -> None:
    assert troubles({"pods": [pod("p", started, **status)]}) == []


@pytest.mark.parametrize(
    ("message", "begun", "kind"),
    [
        ("until the network is up", -596, Kind.WARNING),
        ("for a long time", None, Kind.POD_START_FAILED),
    ],
)
def test_what_fails_once_while_a_pod_starts_is_only_a_warning(message: str, begun: float | None, kind: Kind) -> None:
    events = [
        event("FailedCreatePodSandBox", message, ("Pod", "p"), at(-600), at(-598), 2, type="Warning"),
        event(
            "FailedMount", "timed out waiting for the condition", ("Pod", "q"), at(-600), at(-300), 4, type="Warning"
        ),
    ]
    if begun:
        events.append(event("Started", "Started container cart", ("Pod", "p"), at(begun)))
    found = only(read({"events": events})[0], Kind.WARNING, Kind.POD_START_FAILED)
    assert {each.reason: each.kind for each in found} == {
        "FailedCreatePodSandBox": kind,
        "FailedMount": Kind.POD_START_FAILED,
    }


@pytest.mark.parametrize(
    ("count", "lasted", "began", "kind"),
    [
        pytest.param(5, 240, None, Kind.WARNING, id="one of five probes fails: the pod is ready all the time"),
        pytest.param(24, 240, None, Kind.POD_NOT_READY, id="each fails, and its start may be forgotten"),
        pytest.param(24, 240, -700, Kind.POD_UNREADY, id="each fails, long after it was started"),
        pytest.param(24, 2400, None, Kind.WARNING, id="few fail for long"),
        pytest.param(33, 2400, -10, Kind.POD_NOT_READY, id="each fails since its start, and Events of it are dropped"),
        pytest.param(33, 2400, -4000, Kind.WARNING, id="Events are dropped, and how many fail is not known"),
    ],
)
def test_a_pod_is_not_ready_whose_probes_all_fail_not_one_that_fails_now_and_then(
    count: int, lasted: float, began: float | None, kind: Kind
) -> None:
    message = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    events = [event("Unhealthy", message, ("Pod", "cart-7-abcde"), at(-3000), at(lasted - 3000), count, type="Warning")]
    if began is not None:
        events.append(event("Started", "Started container cart", ("Pod", "cart-7-abcde"), at(began - 3000)))
    found = [each for each in read({"events": events})[0] if each.reason == "Unhealthy"]
    assert [each.kind for each in found] == [kind]


def replica_set(message: str, since: float) -> Json:
    state = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    state["lastTransitionTime"] = stamp(at(since))
    return {
        "metadata": meta("ReplicaSet", "cart-7", at(-700), ownerReferences=owned("Deployment", "cart")),
        "spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "cart", "image": "cart:7"}]}}},
        "status": {"conditions": [state]},
    }


def test_pods_that_may_not_be_made_are_counted_against_how_many_there_were_to_be() -> None:
    why = 'pods "cart-7-" is forbidden: admission webhook "guard.example" denied the request'
    running = pod("cart-7-aaaaa", -690, phase="Running", conditions=[])
    said = event(
        "FailedCreate", f"Error creating: {why}", ("ReplicaSet", "cart-7"), at(-600), at(-60), 15, type="Warning"
    )
    cluster = {"replicasets": [replica_set(why, -600)], "pods": [running], "events": [said]}
    (fact,) = [fact for fact in merge(read(cluster)[0]) if fact.kind == Kind.POD_START_FAILED]
    assert (len(fact.events), fact.best.subject.workload, fact.best.at) == (2, "Deployment/cart", at(-600))
    assert {name: fact.best.numbers[name] for name in ("pods", "of", "count")} == {"pods": 2, "of": 3, "count": 15}
    assert "guard.example" in fact.best.summary
    # A webhook that was away for a moment.
    made = event("SuccessfulCreate", "Created pod: cart-7-bbbbb", ("ReplicaSet", "cart-7"), at(-599))
    short = event("FailedCreate", "Internal error occurred", ("ReplicaSet", "cart-7"), at(-600), type="Warning")
    assert [each.kind for each in read({"events": [made, short]})[0]] == [Kind.WARNING, Kind.OTHER]


def test_a_claim_without_a_volume_is_the_trouble_of_who_mounts_it_and_waiting_for_a_pod_is_none() -> None:
    claims = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}}]
    db = pod("db-0", -600, phase="Running", conditions=[])
    db["metadata"]["ownerReferences"] = owned("StatefulSet", "db")
    db["spec"]["volumes"] = claims
    about = ("PersistentVolumeClaim", "data-db-0")
    events = [
        event("ProvisioningFailed", "no capacity left", about, at(-500), at(-20), 9, type="Warning"),
        event("WaitForFirstConsumer", "waiting for first consumer to be created", about, at(-510), at(-505), 2),
    ]
    (unbound,) = only(read({"pods": [db], "events": events})[0], Kind.VOLUME_UNBOUND)
    assert (unbound.subject.workload, unbound.earliest, unbound.latest) == ("StatefulSet/db", at(-500), at(-19))
    assert unbound.summary == "PersistentVolumeClaim data-db-0 gets no volume (ProvisioningFailed: no capacity left)"


def test_warnings_of_other_kinds_keep_their_reason_and_what_is_normal_means_nothing() -> None:
    events = [
        event("ReconciliationFailed", "dial tcp: refused", ("Kustomization", "apps"), at(10), type="Warning"),
        event("ReconciliationSucceeded", "done", ("Kustomization", "apps"), at(20), type="Normal"),
    ]
    assert [(each.kind, each.reason) for each in read({"events": events})[0]] == [
        (Kind.WARNING, "ReconciliationFailed"),
        (Kind.OTHER, "ReconciliationSucceeded"),
    ]


def deaths(events: list[Event]) -> list[tuple[Kind, datetime]]:
    kinds = (Kind.POD_CRASHED, Kind.POD_OOM_KILLED, Kind.POD_CRASH_LOOP)
    return [(each.kind, each.at) for each in only(events, *kinds)]


def died(code: int, reason: str = "Error", **more: Any) -> Json:
    return pod(
        "p",
        -600,
        phase="Running",
        conditions=[],
        containerStatuses=[container(restarts=1, last=ended(100, code, reason))],
        **more,
    )


def on_node(reason: str, message: str, when: float) -> Json:
    return event(reason, message, ("Node", "n1"), at(when))


@pytest.mark.parametrize(
    ("item", "events", "expected"),
    [
        (died(1), [], [Kind.POD_CRASHED]),
        (died(0, "Completed"), [], []),
        (
            died(143),
            [event("Killing", "Container cart failed liveness probe, will be restarted", ("Pod", "p"), at(70))],
            [],
        ),
        (died(137), [event("Killing", "Container cart resize requires restart", ("Pod", "p"), at(70))], []),
        # It was killed for its probe an hour before; this is another end.
        (
            died(143),
            [event("Killing", "Container cart failed liveness probe, will be restarted", ("Pod", "p"), at(-500))],
            [Kind.POD_CRASHED],
        ),
        (died(137), [event("Evicted", "The node was low on resource: memory.", ("Pod", "p"), at(98))], []),
        (died(255, "Unknown"), [], []),
        (died(137, "ContainerStatusUnknown"), [], []),
        (died(143), [on_node("Rebooted", "Node n1 has been rebooted, boot id: 7", 160)], []),
        # What ends by itself before a reboot did crash.
        (died(1), [on_node("Rebooted", "Node n1 has been rebooted, boot id: 7", 160)], [Kind.POD_CRASHED]),
        (
            died(137),
            [on_node("SystemOOM", "System OOM encountered, victim process: java, pid: 7", 101)],
            [Kind.POD_OOM_KILLED],
        ),
        (
            died(137),
            [on_node("SystemOOM", "System OOM encountered, victim process: java, pid: 7", 500)],
            [Kind.POD_CRASHED],
        ),
    ],
)
def test_only_what_ends_by_itself_crashed(item: Json, events: list[Json], expected: list[Kind]) -> None:
    assert [kind for kind, _ in deaths(read({"pods": [item], "events": events})[0])] == expected


def listed_at(seconds: float, cluster: dict[str, list[Json]]) -> list[Event]:
    pages = [
        Document(call, f"GET /{call}", at(seconds), json.dumps({"items": cluster.get(call, [])})) for call in NAMES
    ]
    source = KubernetesSource("k8s", KubernetesSettings(cluster="prod"), Scrubber())
    return [each for each in source.read(pages, WINDOW) if isinstance(each, Event)]


def test_a_crash_loop_begins_with_its_first_back_off_counts_and_is_seen_to_last() -> None:
    looping = pod(
        "p",
        60,
        containerStatuses=[
            container(restarts=6, last=ended(700, 2, began=690), waiting={"reason": "CrashLoopBackOff"})
        ],
    )
    said = event("BackOff", "Back-off restarting failed container cart in pod p", ("Pod", "p"), at(80), at(890), 60)
    events = listed_at(900, {"pods": [looping], "events": [said]})
    (fact,) = [fact for fact in merge(events) if fact.kind == Kind.POD_CRASH_LOOP]
    assert len(fact.events) == 2
    assert fact.best.at == at(80)
    assert {(each.earliest, each.latest) for each in fact.events} == {(at(60), at(900)), (at(80), at(891))}
    assert (fact.best.numbers["restarts"], fact.best.numbers["exit_code"]) == (6, 2)
    words = (
        "Pod p: container cart crashes again and again (6 times, exit code 2, Error, still so when it was last seen)"
    )
    assert words in {each.summary for each in fact.events}


def test_a_loop_of_which_all_back_offs_are_forgotten_began_before_its_last_run() -> None:
    looping = pod(
        "p",
        60,
        containerStatuses=[
            container(restarts=6, last=ended(700, 2, began=690), waiting={"reason": "CrashLoopBackOff"})
        ],
    )
    (loop,) = only(listed_at(900, {"pods": [looping]}), Kind.POD_CRASH_LOOP)
    assert (loop.earliest, loop.at, loop.latest) == (at(60), at(690), at(900))


def test_restarts_of_months_are_no_loop() -> None:
    old = pod(
        "p", -5_000_000, phase="Running", containerStatuses=[container(restarts=37, last=ended(100, 1), running={})]
    )
    assert deaths(read({"pods": [old]})[0]) == [(Kind.POD_CRASHED, at(100))]


def test_how_long_a_state_lasts_is_known_also_where_it_began_before_the_window() -> None:
    said = event("Failed", "Error: ImagePullBackOff", ("Pod", "p"), at(-3000), at(600), 90)
    (failed,) = only(read({"events": [said]})[0], Kind.POD_IMAGE_FAILED)
    assert (failed.earliest, failed.latest - failed.earliest) == (at(-3000), timedelta(seconds=3601))
