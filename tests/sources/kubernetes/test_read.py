import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.cluster.fields import moment
from sources.cluster.image import software
from sources.kubernetes import KubernetesSettings, KubernetesSource
from tests.examples import examples
from tests.sources.kubernetes.cluster import NOON, WINDOW, Json, Web, at, event, meta, only, owned, read, stamp
from tests.sources.kubernetes.database import database
from tests.sources.kubernetes.web_incident import incident

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-05-04T12:10:00Z", "\ud800", "-1", "25%"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def sample() -> dict[str, list[Json]]:
    web = Web(replicas=2)
    incident(web)
    cluster = web.cluster()
    cluster["pods"][0]["status"]["containerStatuses"][0] |= {
        "restartCount": 1,
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": stamp(at(50))}},
    }
    cluster["pods"][0]["metadata"] |= {"deletionTimestamp": stamp(at(930)), "deletionGracePeriodSeconds": 30}
    # A StatefulSet, and the rest of what is listed.
    others = database("1.0.0", ("1.1.0", 100), ("1.0.0", 400))
    for call, items in others.items():
        cluster[call] = [*cluster.get(call, []), *items]
    ready = {
        "type": "Ready",
        "status": "Unknown",
        "lastTransitionTime": stamp(at(5)),
        "lastHeartbeatTime": stamp(at(1)),
    }
    failed = {"type": "Failed", "status": "True", "lastTransitionTime": stamp(at(5))}
    written = [{"manager": "helm", "time": stamp(at(7))}]
    target = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}
    cluster |= {
        "nodes": [{"metadata": meta("Node", "n", at(0)), "spec": {"taints": []}, "status": {"conditions": [ready]}}],
        "jobs": [{"metadata": meta("Job", "j", at(0)), "status": {"conditions": [failed]}}],
        "horizontalpodautoscalers": [{"metadata": meta("HorizontalPodAutoscaler", "h", at(0)), "spec": target}],
        "configmaps": [{"metadata": meta("ConfigMap", "c", at(0), managedFields=written)}],
    }
    size = "New size: 2; reason: cpu"
    cluster["events"].append(event("SuccessfulRescale", size, ("HorizontalPodAutoscaler", "h"), at(9)))
    return cluster


SAMPLE = sample()
PLACES = places(SAMPLE)[1:]


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
@examples(38)
def test_any_junk_in_any_place_costs_at_most_that_place(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    cluster = copy.deepcopy(SAMPLE)
    for (*path, last), junk in changes:
        target: Any = cluster
        for key in path:
            target = target[key] if isinstance(target, dict | list) and _has(target, key) else {}
        if isinstance(target, dict | list) and _has(target, last):
            target[last] = junk
    body = [Document(call, "GET", NOON, json.dumps({"items": items})) for call, items in cluster.items()]
    source = KubernetesSource("k8s", KubernetesSettings(), Scrubber())
    given = list(source.read(body, WINDOW))
    events = [each for each in given if isinstance(each, Event)]
    if all(len(path) > 2 for path, _ in changes):
        assert len(events) >= 20
    for each in events:
        each.summary.encode()
        assert "\n" not in each.summary


def _has(target: Any, key: Any) -> bool:
    return key in target if isinstance(target, dict) else isinstance(key, int) and key < len(target)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"items": 7}', "[" * 100_000, '{"items": [7, null, {}]}'])
def test_a_document_that_is_no_list_is_a_gap(text: str) -> None:
    source = KubernetesSource("k8s", KubernetesSettings(), Scrubber())
    given = list(source.read([Document("events", "GET", NOON, text)], WINDOW))
    assert given
    assert all(isinstance(each, Gap) for each in given)


def test_events_of_both_recorders_keep_their_interval_and_count() -> None:
    old = event("Unhealthy", "Readiness probe\nfailed: 500", ("Pod", "p"), at(10), at(300), 37)
    new = event("Scheduled", "assigned", ("Pod", "p"), at(20))
    new |= {"firstTimestamp": None, "lastTimestamp": "0001-01-01T00:00:00Z", "count": 0}
    new |= {"eventTime": "2026-05-04T12:00:20.250000Z"}
    series = {"count": 5, "lastObservedTime": "2026-05-04T12:04:00.500000Z"}
    repeated = event("FailedScheduling", "0/3 nodes", ("Pod", "q"), at(30)) | {"firstTimestamp": None}
    repeated |= {"lastTimestamp": None, "eventTime": "2026-05-04T12:00:30.750000Z", "series": series}
    bare = event("Odd", "only made", ("Node", "n"), at(40)) | {"firstTimestamp": None, "lastTimestamp": None}
    events = {each.reason: each for each in read({"events": [old, new, repeated, bare]})[0]}
    probe = events["Unhealthy"]
    assert (probe.earliest, probe.latest, probe.numbers["count"]) == (at(10), at(301), 37)
    assert probe.summary == "Pod p does not become ready (Unhealthy: Readiness probe failed: 500)"
    assert probe.query.startswith("/api/v1/namespaces/shop/events/p.")
    assert events["Scheduled"].earliest == events["Scheduled"].latest == at(20.25)
    assert (events["FailedScheduling"].earliest, events["FailedScheduling"].latest) == (at(30.75), at(240.5))
    assert events["FailedScheduling"].numbers["count"] == 5
    assert events["Odd"].latest == at(41)
    assert {each.kind for each in events.values()} == {
        *(Kind.OTHER, Kind.POD_SCHEDULED, Kind.POD_UNSCHEDULABLE, Kind.POD_NOT_READY)
    }


def test_an_event_repeated_by_a_list_begun_again_is_one() -> None:
    once = event("BackOff", "Back-off restarting failed container", ("Pod", "p"), at(10), at(20), 3)
    later = copy.deepcopy(once) | {"count": 4, "lastTimestamp": stamp(at(60))}
    (only_one,) = read({"events": [once, later]}, page=1)[0]
    assert (only_one.kind, only_one.latest, only_one.numbers["back_offs"]) == (Kind.POD_CRASH_LOOP, at(61), 4)


def test_pods_belong_to_their_workload_also_when_they_are_gone() -> None:
    web = Web()
    web.running("1.0.0", at(-86400))
    web.replica_set("1.0.0-x", at(-80000))
    cluster = web.cluster()
    job = {"metadata": meta("Pod", "nightly-1-abcde", at(0), ownerReferences=owned("Job", "nightly-1"))}
    cluster["pods"].append(job)
    names = ["web-100-zzzzz", "web-100-x-zzzzz", "web-100-nope", "nightly-1-abcde", "elsewhere-12345"]
    cluster["events"] = [event("Pulled", name, ("Pod", name), at(5)) for name in names]
    events = {each.subject.pod: each for each in read(cluster)[0] if each.kind == Kind.OTHER}
    assert events["web-100-zzzzz"].keys.replica_set == "web-100"
    assert events["web-100-x-zzzzz"].keys.version == "1.0.0-x"
    assert events["web-100-nope"].subject.workload == events["elsewhere-12345"].subject.workload == ""
    assert events["nightly-1-abcde"].subject.workload == "Job/nightly-1"
    assert {each.subject.cluster for each in events.values()} == {"prod"}


def test_terminations_of_one_pod_are_one_fact_whoever_tells_of_them() -> None:
    web = Web()
    web.running("1.0.0", at(-86400))
    cluster = web.cluster()
    name = cluster["pods"][0]["metadata"]["name"]
    cluster["pods"][0]["metadata"] |= {"deletionTimestamp": stamp(at(120)), "deletionGracePeriodSeconds": 20}
    cluster["events"] = [
        event("SuccessfulDelete", f"Deleted pod: {name}", ("ReplicaSet", "web-100"), at(100)),
        event("Killing", "Stopping container web", ("Pod", name), at(101)),
        event("Killing", "Stopping container proxy", ("Pod", name), at(102)),
        event("Killing", "Container web failed liveness probe, will be restarted", ("Pod", "web-100-zzzzz"), at(103)),
    ]
    facts = [fact for fact in merge(read(cluster)[0]) if fact.kind == Kind.POD_TERMINATED]
    assert [(len(fact.events), fact.best.subject.pod) for fact in facts] == [(4, name)]
    killing = next(each for each in facts[0].events if each.at == at(101))
    assert killing.latest == at(101 + 20 + 1)


def test_deaths_of_containers() -> None:
    web = Web(replicas=1)
    web.running("1.0.0", at(-86400))
    cluster = web.cluster()
    dead = {"exitCode": 1, "reason": "Error", "finishedAt": stamp(at(60))}
    oom = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": stamp(at(70))}
    unknown = {"exitCode": 137, "reason": "ContainerStatusUnknown", "finishedAt": "1970-01-01T00:00:00Z"}
    done = {"exitCode": 0, "reason": "Completed", "finishedAt": stamp(at(80))}
    cluster["pods"][0]["status"] |= {
        "containerStatuses": [
            {"name": "web", "restartCount": 3, "lastState": {"terminated": oom}, "state": {"running": {}}},
            {"name": "lost", "restartCount": 1, "lastState": {"terminated": unknown}},
        ],
        "initContainerStatuses": [
            {"name": "sidecar", "lastState": {"terminated": dead}, "state": {"terminated": done}},
        ],
    }
    deaths = only(read(cluster)[0], Kind.POD_CRASHED, Kind.POD_OOM_KILLED)
    assert [(each.kind, each.at, each.numbers.get("exit_code")) for each in deaths] == [
        (Kind.POD_CRASHED, at(60), 1),
        (Kind.POD_OOM_KILLED, at(70), 137),
    ]
    assert deaths[1].numbers["restarts"] == 3
    assert deaths[1].keys.version == "1.0.0"


def test_a_container_that_stops_with_its_pod_did_not_crash() -> None:
    pod = {"metadata": meta("Pod", "p", at(0)), "status": {}}
    pod["metadata"] |= {"deletionTimestamp": stamp(at(100)), "deletionGracePeriodSeconds": 30}
    ended = {"exitCode": 143, "finishedAt": stamp(at(71))}
    pod["status"] = {"containerStatuses": [{"name": "c", "state": {"terminated": ended}}]}
    assert [each.kind for each in read({"pods": [pod]})[0]] == [Kind.POD_TERMINATED]


@pytest.mark.parametrize(
    ("image", "labels", "notes", "version", "commit", "digest"),
    [
        ("r.io:5000/shop/web:v1.5.0", {}, {}, "1.5.0", "", ""),
        ("r.io:5000/shop/web", {"app.kubernetes.io/version": "v2"}, {}, "v2", "", ""),
        ("web:latest", {}, {}, "latest", "", ""),
        ("web:1.5.1", {"app.kubernetes.io/version": "1.5.0"}, {}, "1.5.1", "", ""),
        ("web:1.5.0@sha256:ab", {}, {}, "1.5.0", "", "sha256:ab"),
        ("web:sha-1a2b3c4", {"app.kubernetes.io/version": "1.5.0"}, {}, "1.5.0", "1a2b3c4", ""),
        ("web:1.5.0-3-g1a2b3c4", {}, {}, "1.5.0-3-g1a2b3c4", "1a2b3c4", ""),
        ("web:20260401", {}, {}, "20260401", "", ""),
        ("web:vanilla", {}, {"org.opencontainers.image.revision": "AB" * 20}, "vanilla", "ab" * 20, ""),
        ("web:1", {}, {"org.opencontainers.image.revision": "not a sha"}, "1", "", ""),
    ],
)
def test_what_an_image_says(image: str, labels: Json, notes: Json, version: str, commit: str, digest: str) -> None:
    proxy = {"name": "proxy", "image": "envoy:9.9.9"}
    containers = [proxy, {"name": "web", "image": image}]
    template = {"metadata": {"labels": labels, "annotations": notes}, "spec": {"containers": containers}}
    runs = software({}, template, "web")
    assert (runs.version, runs.commit, runs.digest) == (version, commit, digest)


@given(
    st.datetimes(NOON.replace(tzinfo=None, year=2000), NOON.replace(tzinfo=None, year=2199)),
    st.integers(-14, 14),
    st.integers(0, 9),
)
def test_a_stamp_means_the_interval_that_its_precision_leaves(truth: datetime, hours: int, digits: int) -> None:
    cut = f".{truth.microsecond:06d}000"[: digits + 1] if digits else ""
    local = truth + timedelta(hours=hours)
    zone = f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00" if hours else "Z"
    found = moment(f"{local:%Y-%m-%dT%H:%M:%S}{cut}{zone}")
    assert found is not None
    assert found.earliest.tzinfo is UTC
    assert found.earliest <= truth.replace(tzinfo=UTC)
    assert truth.replace(tzinfo=UTC) - found.earliest < timedelta(seconds=1)
    assert found.latest - found.earliest == (timedelta() if digits else timedelta(seconds=1))


@pytest.mark.parametrize("stamp", ["", None, 7, "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-05-04", "now"])
def test_no_stamp_is_no_time(stamp: object) -> None:
    assert moment(stamp) is None


def test_the_horizon_of_events_is_their_oldest_last_occurrence() -> None:
    web = Web()
    web.running("1.0.0", at(-86400))
    assert [gap.reason.partition(":")[0] for gap in read(web.cluster())[1]] == ["no Events at all"]
    web.events = [event("BackOff", "x", ("Pod", "p"), at(-86400), at(-300), 90)]
    assert [gap.reason for gap in read(web.cluster())[1]] == ["Events before 2026-05-04 11:55:00Z have expired"]
    web.events.append(event("Pulled", "x", ("Pod", "q"), at(-1000)))
    assert read(web.cluster())[1] == []
    assert read({})[1] == []


def test_a_namespace_that_does_not_exist_is_named() -> None:
    """The API server answers with empty lists for it."""
    certificate = {"metadata": {"name": "kube-root-ca.crt", "namespace": "shop", "uid": "u"}}

    def gaps(*calls: str) -> list[str]:
        listed = [
            Document(
                call, f"GET https://k8s/api/v1/namespaces/{of}/{call}?limit=500", NOON, json.dumps({"items": items})
            )
            for call in calls
            for of, items in (("shop", [certificate]), ("shpo", []))
        ]
        found = KubernetesSource("k8s", KubernetesSettings(), Scrubber()).read(listed, WINDOW)
        return [one.reason for one in found if isinstance(one, Gap) and "no Events" not in one.reason]

    assert gaps("pods", "configmaps") == [
        "namespace shpo has nothing, not even the ConfigMap that Kubernetes makes in each"
    ]
    # Without the right to list ConfigMaps it may only be empty.
    assert gaps("pods") == []
