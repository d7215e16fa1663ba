"""Nodes that change, and Jobs that fail."""

from pathlib import Path

from msgspec.structs import replace

from collector.event import Event, Kind
from collector.merge import merge
from collector.source import Deadline, Document
from tests.collector.build import WINDOW
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.kube_state_metrics.answers import ksm, read
from tests.sources.kube_state_metrics.derived import Series
from tests.sources.kube_state_metrics.node_and_job_series import JOBS, node
from tests.sources.kube_state_metrics.sampling import BORN, POD, clock, sampled, since
from tests.sources.kubernetes import cluster
from tests.sources.prometheus.samples import at, openmetrics, utc

MADE = [sampled("kube_pod_created", POD, BORN)]


def told(events: list[Event], *kinds: Kind) -> list[tuple[str, str, str]]:
    return [(clock(e.earliest), e.summary, e.merge_key.removeprefix("prod/")) for e in events if e.kind in kinds]


def test_what_happens_to_nodes() -> None:
    kinds = (Kind.NODE_CHANGED, Kind.NODE_NOT_READY, Kind.NODE_READY)
    assert told(read([*MADE, *node("n1")])[0], *kinds) == [
        ("14:02:50", "Node n1 was rebooted (its kernel 6.1.0 became 6.1.9)", "Node/n1/rebooted"),
        ("14:04:50", "Node n1 is short of memory", "Node/n1/MemoryPressure"),
        ("14:05:20", "Node n1 reports KernelDeadlock", "Node/n1/KernelDeadlock"),
        ("14:05:50", "Node n1 is no longer short of memory", "Node/n1/no MemoryPressure"),
        ("14:06:50", "Node n1 is not ready", "Node/n1/not ready"),
        ("14:07:50", "Node n1 is cordoned", "Node/n1/cordoned"),
        ("14:09:50", "Node n1 was removed", "Node/n1/removed"),
        ("14:20:04", "Node n1 was added", "Node/n1/added"),
    ]


def test_a_job_says_why_it_failed_or_how_many_of_its_pods_did() -> None:
    events = [event for event in read([*MADE, *JOBS])[0] if event.kind == Kind.JOB_FAILED]
    assert told(events, Kind.JOB_FAILED) == [
        ("14:08:50", "Job migrate failed (DeadlineExceeded)", "shop/Job/migrate/failed"),
        ("14:08:50", "Job policy failed (no reason given)", "shop/Job/policy/failed"),
    ]
    assert [dict(event.numbers) for event in events] == [{}, {"failed": 3}]
    assert {event.subject.service for event in events} == {"nightly"}


def failing(name: str, *times: tuple[str, str], **labels: str) -> Series:
    """A Job that is made anew under its name, each time with when it is known to have failed and when it is removed."""
    labels = {"namespace": "shop", "job_name": name, **labels}

    def failed(time: float) -> bool:
        return any(at(begin) <= time < at(end) for begin, end in times)

    return [
        sampled("kube_job_failed", labels | {"condition": "true"}, lambda t: 1 if failed(t) else None),
        sampled("kube_job_status_failed", labels, lambda t: None if failed(t) else 3),
        sampled(
            "kube_job_status_failed", labels | {"reason": "BackoffLimitExceeded"}, lambda t: 1 if failed(t) else None
        ),
    ]


def test_each_job_of_one_name_that_fails_is_told() -> None:
    """The hooks of Helm and Argo CD are made anew under the same name at every release."""
    jobs = failing("migrate", ("00:00:00", "14:02:00"), ("14:05:00", "14:12:00"), ("14:20:00", "23:00:00"))
    # One scrape is missing, and another kube-state-metrics is late to know.
    jobs = [replace(one, samples=[each for each in one.samples if each[0] != at("14:08:05")]) for one in jobs]
    late = failing("migrate", ("00:00:00", "14:02:00"), ("14:05:06", "14:12:06"), ("14:20:00", "23:00:00"))
    late = [replace(o, labels=o.labels | {"instance": "b"}, samples=[(t + 7, v) for t, v in o.samples]) for o in late]
    for series in (jobs, [*jobs, *late]):
        events = [event for event in read([*MADE, *series])[0] if event.kind == Kind.JOB_FAILED]
        assert [(clock(each.latest), each.summary) for each in events] == [
            ("14:05:05", "Job migrate failed (BackoffLimitExceeded)"),
            ("14:20:05", "Job migrate failed (BackoffLimitExceeded)"),
        ]
        assert len({each.native_id for each in events}) == 2
        # Pods that failed before the Job did are not counted as its own.
        assert dict(events[-1].numbers) == {}


def test_a_shard_that_nobody_asked_tells_no_time() -> None:
    """Another shard was scraped meanwhile, which knows nothing of the Job."""
    whose = {"namespace": "shop", "job_name": "nightly", "condition": "true"}
    old = sampled("kube_job_failed", whose | {"instance": "b"}, since("12:00:00"))
    born = sampled("kube_pod_created", {"namespace": "x", "pod": "y", "uid": "z", "instance": "b"}, BORN)
    first = [replace(one, samples=[(t + 7, v) for t, v in one.samples]) for one in (old, born)]
    assert told(read([*MADE, *first])[0], Kind.JOB_FAILED) == []
    # It is lost, and then another one goes on for it.
    new = sampled("kube_job_failed", whose | {"instance": "c"}, since("14:10:00"))
    more = sampled("kube_pod_created", born.labels | {"instance": "c"}, since("14:10:00", BORN))
    lost = replace(born, samples=[each for each in born.samples if each[0] < at("14:03:00")])
    (event,) = [each for each in read([*MADE, lost, more, new])[0] if each.kind == Kind.JOB_FAILED]
    assert (clock(event.earliest), clock(event.latest)) == ("14:02:50", "14:10:05")


def test_out_of_a_real_prometheus_each_is_one_fact_with_the_live_api(tmp_path: Path) -> None:
    require("prometheus", "promtool")
    same = [
        one for number in range(20) for one in node(f"other-{number}") if one.labels.get("kernel_version") == "6.1.0"
    ]
    fine = [sampled("kube_job_status_failed", {"namespace": "shop", "job_name": "fine"}, 0)]
    with prometheus(tmp_path, openmetrics([*MADE, *JOBS, *node("n1"), *same, *fine])) as url:
        given = [each for each in ksm(url).fetch(WINDOW, Deadline(60)) if isinstance(each, Document)]
    items = [
        item["metric"]
        for one in given
        for item in (one.json()["data"]["result"] if one.call == "samples" else ())
        if item["metric"]["__name__"] in ("kube_node_info", "kube_job_status_failed")
    ]
    assert {each.get("node") or each["job_name"] for each in items} == {"n1", "migrate", "policy"}
    ours = [each for each in ksm().read(given, WINDOW) if isinstance(each, Event)]
    about = {"involvedObject": {"kind": "Node", "name": "n1"}}
    reboot = cluster.event("Rebooted", "Node n1 has been rebooted", ("Node", "n1"), utc(at("14:03:58")), **about)
    why = {"reason": "DeadlineExceeded", "message": "Job was active longer than specified deadline"}
    failed = {"type": "Failed", "status": "True", "lastTransitionTime": "2026-04-01T14:08:58Z", **why}
    migrate = {"metadata": cluster.meta("Job", "migrate", utc(BORN)), "status": {"conditions": [failed], "failed": 4}}
    live = cluster.read({"events": [reboot], "jobs": [migrate]}, window=WINDOW)[0]
    facts = [fact for fact in merge([*live, *ours]) if fact.best.merge_key.endswith(("rebooted", "migrate/failed"))]
    assert [(clock(fact.best.at), {each.source for each in fact.events}) for fact in facts] == [
        ("14:03:58", {"k8s", "ksm"}),
        ("14:08:58", {"k8s", "ksm"}),
    ]
    assert facts[1].best.numbers["failed"] == 4
