"""What befalls pods and nodes, and the ends of the rollouts of sets, as the log tells them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.merge import merge
from collector.stories.rollouts import rollouts
from tests.examples import examples
from tests.sources.kubernetes_audit.log import Json, at, controller, entry, fetched, lines, told
from tests.sources.kubernetes_audit.spoiling import costs_no_other

T = at("14:10:00")
NODE = "system:node:n1"
SCHEDULER = {"userAgent": "kube-scheduler/v1.29.2 (linux/amd64) kubernetes/4b8e819/scheduler"}
TROUBLES = (Kind.POD_CRASHED, Kind.POD_OOM_KILLED, Kind.POD_IMAGE_FAILED, Kind.POD_EVICTED, Kind.POD_UNSCHEDULABLE)


def later(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def events(tmp_path: Path, entries: list[Json]) -> list[Event]:
    (tmp_path / "audit.log").write_text(lines(entries))
    return told(tmp_path)[0]


def died(seconds: float, reason: str = "Error", code: int = 1) -> Json:
    secret = {"message": "canary-4d2f", "containerID": "canary-4d2f"}
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": stamp(later(seconds)), **secret}}


def report(seconds: float, *containers: Json, uid: str = "u", kind: str = "containerStatuses", **status: Any) -> Json:
    """What the kubelet sends: the parts of the status that are new."""
    body = {"metadata": {"uid": uid}, "status": {kind: list(containers), **status}}
    return entry(later(seconds), NODE, "patch", "pods/status", "web-0", requestObject=body)


def container(state: Json | None = None, last: Json | None = None, restarts: int = 0, name: str = "web") -> Json:
    running = {"running": {"startedAt": stamp(T)}}
    return {"name": name, "restartCount": restarts, "state": state or running, "lastState": last or {}}


def waiting(reason: str) -> Json:
    return {"waiting": {"reason": reason, "message": "canary-4d2f"}}


def found(every: list[Event], *kinds: Kind) -> list[tuple[Kind, float, str]]:
    return [(e.kind, (e.at - T).total_seconds(), e.summary) for e in every if e.kind in (kinds or TROUBLES)]


def test_every_death_is_told_once_with_what_it_was(tmp_path: Path) -> None:
    oom, crash = died(10, "OOMKilled", 137), died(40)
    every = events(
        tmp_path,
        [
            report(10.5, container(oom)),
            report(11, container(last=oom, restarts=1)),
            report(12, container(last=oom, restarts=1), conditions=[{"type": "Ready", "status": "True"}]),
            report(40.5, container(waiting("CrashLoopBackOff"), crash, 1)),
            report(60, container(last=crash, restarts=2)),
            report(70, container(died(69, "Error", 3), name="init"), kind="initContainerStatuses"),
            report(80, container(died(79, "Completed", 0), name="init"), kind="initContainerStatuses"),
        ],
    )
    assert found(every) == [
        (Kind.POD_OOM_KILLED, 10, "Pod web-0: container web ended with exit code 137 (OOMKilled)"),
        (Kind.POD_CRASHED, 40, "Pod web-0: container web ended with exit code 1 (Error)"),
        (Kind.POD_CRASHED, 69, "Pod web-0: container init ended with exit code 3 (Error)"),
    ]
    first = next(event for event in every if event.kind == Kind.POD_OOM_KILLED)
    assert first.merge_key == f"/u/web/{stamp(later(10))}", "as the live API calls it"
    assert first.numbers == {"exit_code": 137, "restarts": 0}
    assert first.latest - first.earliest == timedelta(seconds=1)


@pytest.mark.parametrize("asked", ["pods", "pods/eviction"])
def test_what_ends_because_it_was_told_to_did_not_crash(asked: str, tmp_path: Path) -> None:
    verb = "create" if "/" in asked else "delete"
    log = [
        entry(
            later(20.2),
            "dana",
            verb,
            asked,
            "web-0",
            responseObject={"metadata": {"uid": "u"}} if verb != "create" else {},
        ),
        report(21, container(died(20, "Error", 143))),
        entry(later(22), NODE, "delete", "pods", "web-0"),
        # The next pod of that name does crash.
        report(50, container(died(49)), uid="v"),
    ]
    assert found(events(tmp_path, log), *TROUBLES[:2]) == [
        (Kind.POD_CRASHED, 49, "Pod web-0: container web ended with exit code 1 (Error)")
    ]


def test_images_evictions_and_pods_that_no_node_takes(tmp_path: Path) -> None:
    lacks = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
    lacks["lastTransitionTime"] = stamp(later(5))
    unplaced = {"status": {"conditions": [lacks]}}
    log = [
        entry(
            later(5.5), "system:kube-scheduler", "patch", "pods/status", "big-0", requestObject=unplaced, **SCHEDULER
        ),
        report(10, container(waiting("ErrImagePull"))),
        report(12, container(waiting("ImagePullBackOff"))),
        report(14, container(waiting("ErrImagePull"))),
        report(20, container(waiting("ContainerCreating"))),
        report(30, phase="Failed", reason="Evicted", message="The node was low on resource: memory."),
        entry(later(40), controller("node"), "delete", "pods", "db-0"),
        entry(later(41), "system:kube-scheduler", "delete", "pods", "batch-0", **SCHEDULER),
        entry(later(42), "sam", "create", "pods/eviction", "cart-0"),
        entry(later(43), controller("replicaset"), "delete", "pods", "cart-1"),
    ]
    assert found(events(tmp_path, log)) == [
        (Kind.POD_UNSCHEDULABLE, 5, "Pod big-0 cannot be scheduled (Unschedulable: 0/3 nodes)"),
        (Kind.POD_IMAGE_FAILED, 10, "Pod web-0: an image cannot be pulled (container web: ErrImagePull)"),
        (Kind.POD_EVICTED, 30, "Pod web-0 is evicted (Evicted: The node was low on resource: memory.)"),
        (Kind.POD_EVICTED, 40, "Pod db-0 is evicted from a node that was lost"),
        (Kind.POD_EVICTED, 41, "Pod batch-0 is preempted by the scheduler"),
        (Kind.POD_EVICTED, 42, "Pod cart-0 is evicted by sam"),
    ]


def test_a_pod_is_scheduled_by_whatever_binds_it_also_where_the_log_has_no_content(tmp_path: Path) -> None:
    target = {"requestObject": {"metadata": {"name": "web-0"}, "target": {"kind": "Node", "name": "n1"}}}
    log = [
        entry(later(1.2), "system:kube-scheduler", "create", "pods/binding", "web-0", **target, **SCHEDULER),
        entry(later(2), "system:serviceaccount:kube-system:batch-scheduler", "create", "pods/binding", "job-0"),
        entry(later(3), "system:kube-scheduler", "create", "pods/binding", "web-1", responseStatus={"code": 409}),
    ]
    told_ = [(each.kind, each.at, each.summary, each.merge_key) for each in events(tmp_path, log)]
    assert told_ == [
        (Kind.POD_SCHEDULED, later(1.2), "Pod web-0 is scheduled to n1", "/shop/Pod/web-0/scheduled"),
        (Kind.POD_SCHEDULED, later(2), "Pod job-0 is scheduled", "/shop/Pod/job-0/scheduled"),
    ]


def test_nothing_that_a_container_or_registry_wrote_is_kept(tmp_path: Path) -> None:
    (tmp_path / "audit.log").write_text(
        lines([report(10, container(died(9), died(8))), report(11, container(waiting("ErrImagePull")))])
    )
    given = repr(fetched(tmp_path)[1])
    assert "ErrImagePull" in given
    assert "canary" not in given


def test_nodes_that_are_lost_come_back_and_are_cordoned(tmp_path: Path) -> None:
    def status(seconds: float, by: str, ready: str, since: float, heard: float) -> Json:
        state = {"type": "Ready", "status": ready, "reason": "why", "message": "so"}
        state |= {"lastTransitionTime": stamp(later(since)), "lastHeartbeatTime": stamp(later(heard))}
        body = {"status": {"conditions": [state]}}
        return entry(later(seconds), by, "patch", "nodes/status", "n1", namespace="", requestObject=body)

    cordon = {"namespace": "", "requestObject": {"spec": {"unschedulable": True}}}
    every = events(
        tmp_path,
        [
            status(1, NODE, "True", -9000, 1),
            status(51, controller("node"), "Unknown", 50, 10),
            status(52, controller("node"), "Unknown", 50, 10),
            status(90, NODE, "True", 90, 90),
            status(390, NODE, "True", 90, 390),
            entry(later(400), "dana", "patch", "nodes", "n1", **cordon),
            entry(later(500), controller("cloud-node-lifecycle"), "delete", "nodes", "n1", namespace=""),
        ],
    )
    kinds = (Kind.NODE_NOT_READY, Kind.NODE_READY, Kind.NODE_CHANGED)
    assert found(every, *kinds) == [
        (Kind.NODE_NOT_READY, 50, "Node n1 is not ready: its kubelet is not heard of any more (why: so)"),
        (Kind.NODE_READY, 90, "Node n1 is ready"),
        (Kind.NODE_CHANGED, 400, "Node n1 is cordoned by dana with kubectl/v1.29.2"),
        (Kind.NODE_CHANGED, 500, "Node n1 was removed"),
    ]
    lost = next(event for event in every if event.kind == Kind.NODE_NOT_READY)
    assert (lost.earliest, lost.latest) == (later(10), later(51)), "since it was heard of last"
    assert [event.merge_key for event in every if event.kind in kinds] == [
        f"/Node/n1/{word}" for word in ("not ready", "ready", "cordoned", "removed")
    ]


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_the_rollout_of_a_set_and_its_rollback(kind: str, tmp_path: Path) -> None:
    resource, user = f"{kind.lower()}s", controller("statefulset" if kind == "StatefulSet" else "daemon-set")
    pods = ("db-1", "db-0") if kind == "StatefulSet" else ("db-abcde", "db-fghij")
    log: list[Json] = []

    def revision(seconds: float, name: str, version: str, number: int) -> None:
        whole = {
            "metadata": {"name": f"db-{name}", "namespace": "shop", "creationTimestamp": stamp(T), "uid": name},
            "data": {"spec": {"template": {"spec": {"containers": [{"name": "db", "image": f"shop/db:{version}"}]}}}},
            "revision": number,
        }
        whole["metadata"]["ownerReferences"] = [{"kind": kind, "name": "db", "controller": True}]
        verb = "update" if number == 3 else "create"
        log.append(entry(later(seconds), user, verb, "controllerrevisions", f"db-{name}", responseObject=whole))

    def said(seconds: float, name: str, updated: int, ready: int, current: str) -> None:
        status = {"observedGeneration": 2, "updateRevision": f"db-{name}", "currentRevision": f"db-{current}"}
        status |= {"readyReplicas": ready, "numberReady": ready, "updatedNumberScheduled": updated}
        status |= {"desiredNumberScheduled": 2}
        whole = {"metadata": {"name": "db", "generation": 2}, "spec": {"replicas": 2}, "status": status}
        log.append(entry(later(seconds), user, "update", f"{resource}/status", "db", responseObject=whole))

    def swap(seconds: float, number: int, old: str, new: str) -> None:
        def whole(name: str) -> Json:
            label = f"db-{name}" if kind == "StatefulSet" else name
            owner = [{"kind": kind, "name": "db", "controller": True}]
            meta = {"labels": {"controller-revision-hash": label}, "ownerReferences": owner, "uid": f"{number}{name}"}
            return {"metadata": {"name": pods[number], **meta}}

        log.append(entry(later(seconds), user, "delete", "pods", pods[number], responseObject=whole(old)))
        log.append(entry(later(seconds + 1), NODE, "delete", "pods", pods[number], responseObject=whole(old)))
        state = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(later(seconds + 4))}
        ready = {"requestObject": {"status": {"conditions": [state]}}, "responseObject": whole(new)}
        log.append(entry(later(seconds + 4.5), NODE, "patch", "pods/status", pods[number], **ready))

    revision(1, "aaa", "1.0", 1)
    said(2, "aaa", 0, 0, "aaa")
    said(5, "aaa", 2, 2, "aaa")
    for begin, name, version, number, old in ((100, "bbb", "1.1", 2, "aaa"), (200, "aaa", "1.0", 3, "bbb")):
        revision(begin, name, version, number)
        said(begin + 0.5, name, 0, 2, old)
        swap(begin + 1, 0, old, name)
        swap(begin + 11, 1, old, name)
        said(begin + 15.8, name, 2, 2, old if kind == "StatefulSet" else name)
        said(begin + 16, name, 2, 2, name)
        said(begin + 17, name, 2, 2, name)
    every = events(tmp_path, sorted(log, key=lambda each: str(each["stageTimestamp"])))
    first, update, rollback = rollouts(merge(every))
    assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in (first, update, rollback)] == [
        (Kind.ROLLOUT_STARTED, "1.0", ""),
        (Kind.ROLLOUT_STARTED, "1.1", "1.0"),
        (Kind.ROLLBACK_STARTED, "1.0", "1.1"),
    ]
    for each, begin, old in ((update, 100, "1.0"), (rollback, 200, "1.1")):
        assert [fact.best.subject.pod for fact in each.terminated] == list(pods)
        assert {fact.best.keys.version for fact in each.terminated} == {old}
        assert len(each.ready) == 2 or kind == "StatefulSet", "its names come back"
        assert each.completed
        done = 16 if kind == "StatefulSet" else 15.8
        assert each.completed.best.at == later(begin + done)
        assert each.completed.best.merge_key.startswith("/shop/ControllerRevision/db-")
    assert sum(event.kind in (Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED) for event in every) == 3


@pytest.mark.parametrize("logged", [True, False])
def test_a_log_without_the_status_of_pods_says_what_it_lacks(logged: bool, tmp_path: Path) -> None:
    status = {"conditions": [{"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}]}
    whole = {"metadata": {"name": "web"}, "status": status}
    log = [entry(T, controller("deployment"), "update", "deployments/status", "web", requestObject=whole)]
    (tmp_path / "audit.log").write_text(lines([*log, *([report(1, container(died(1)))] if logged else [])]))
    gaps = [gap.reason for gap in told(tmp_path)[1]]
    assert any("no status of pods with its content" in gap for gap in gaps) is not logged


def test_a_job_that_failed_is_told_once_as_its_cron_jobs(tmp_path: Path) -> None:
    def status(seconds: float, name: str, *conditions: Json, user: str = controller("job"), **more: Any) -> Json:
        owner = [{"kind": "CronJob", "name": "nightly", "controller": True}]
        meta = {"name": name, "ownerReferences": owner, "annotations": {"x": "canary-4d2f"}}
        whole = {"metadata": meta, "status": {"failed": 3, "conditions": list(conditions)}}
        return entry(later(seconds), user, "update", "jobs/status", name, requestObject=whole, **more)

    why = {"reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"}
    failed = {"type": "Failed", "status": "True", "lastTransitionTime": stamp(later(9)), **why}
    log = [
        status(5, "nightly-1"),
        status(9.4, "nightly-1", failed),
        status(12, "nightly-1", failed),
        status(20, "nightly-2", {**failed, "type": "Complete"}),
        status(30, "nightly-3", failed, user="dana"),
        status(40, "nightly-4", failed, objectRef={"resource": "jobs", "subresource": "status", "apiGroup": "volcano"}),
    ]
    (event,) = [each for each in events(tmp_path, log) if each.kind == Kind.JOB_FAILED]
    assert (event.at, event.latest, event.merge_key) == (later(9), later(10), "/shop/Job/nightly-1/failed")
    assert (event.subject.service, event.subject.workload, event.numbers) == ("nightly", "Job/nightly-1", {"failed": 3})
    assert event.summary == "Job nightly-1 failed (BackoffLimitExceeded: Job has reached the specified backoff limit)"
    assert "canary" not in repr(fetched(tmp_path)[1])


def test_a_log_without_the_content_of_jobs_says_so(tmp_path: Path) -> None:
    def gaps(**content: Any) -> list[str]:
        log = [entry(T, controller("job"), "update", "jobs/status", "nightly", **content)]
        (tmp_path / "audit.log").write_text(lines(log))
        return [gap.reason for gap in told(tmp_path)[1] if "Jobs" in gap.reason]

    failed = {"status": {"conditions": [{"type": "Failed", "status": "True", "lastTransitionTime": stamp(T)}]}}
    assert gaps() == ["the audit log has no content of Jobs: which of them failed is not known from it"]
    assert gaps(requestObject={"status": {"active": 1}}) == gaps(requestObject=failed) == []


def every() -> list[Json]:
    """One entry of every sort that is read here."""
    ready = [{"type": "Ready", "status": "Unknown", "lastTransitionTime": stamp(T), "lastHeartbeatTime": stamp(T)}]
    lacks = [{"type": "PodScheduled", "status": "False", "lastTransitionTime": stamp(T)}]
    owner = [{"kind": "StatefulSet", "name": "db", "controller": True}]
    pod = {"metadata": {"name": "db-0", "labels": {"controller-revision-hash": "db-a"}, "ownerReferences": owner}}
    counts = {"currentRevision": "db-a", "updateRevision": "db-a", "readyReplicas": 1, "observedGeneration": 1}
    whole = {"metadata": {"name": "db", "generation": 1}, "spec": {"replicas": 1}, "status": counts}
    revision = {"metadata": {"name": "db-a", "creationTimestamp": stamp(T), "ownerReferences": owner}, "revision": 1}
    node, sets = controller("node"), controller("statefulset")
    done = [{"type": "Failed", "status": "True", "lastTransitionTime": stamp(T)}]
    bound = {"requestObject": {"target": {"kind": "Node", "name": "n1"}}}
    return [
        report(1, container(died(0), died(-9)), container(waiting("ErrImagePull"), name="other"), phase="Failed"),
        report(2, reason="Evicted", phase="Failed", message="low"),
        entry(T, "kube", "patch", "pods/status", "a", requestObject={"status": {"conditions": lacks}}, **SCHEDULER),
        entry(T, node, "update", "nodes/status", "n1", requestObject={"status": {"conditions": ready}}),
        entry(T, "dana", "patch", "nodes", "n1", requestObject={"spec": {"unschedulable": True}}),
        entry(T, sets, "create", "controllerrevisions", "db-a", responseObject=revision),
        entry(T, sets, "update", "statefulsets/status", "db", responseObject=whole),
        entry(T, "dana", "update", "statefulsets", "db", responseObject=whole),
        entry(T, sets, "create", "pods", "db-0", requestObject=pod, responseObject=pod),
        entry(T, sets, "delete", "pods", "db-0", responseObject=pod),
        entry(T, "kube", "create", "pods/binding", "db-0", **bound, **SCHEDULER),
        entry(T, "dana", "update", "configmaps", "flags"),
        entry(T, controller("job"), "update", "jobs/status", "nightly", requestObject={"status": {"conditions": done}}),
    ]


@examples(38)
@given(data=st.data())
def test_entries_of_any_shape_cost_no_other(data: st.DataObject) -> None:
    costs_no_other(data, every())


def accepted(seconds: float, **status: Any) -> Json:
    """The first report on a pod: it is not ready, and its containers are being made."""
    never = {"type": "Ready", "status": "False", "lastTransitionTime": stamp(later(seconds))}
    return report(
        seconds, container(waiting("ContainerCreating")), startTime=stamp(later(seconds)), conditions=[never], **status
    )


STARTS = (Kind.POD_START_FAILED, Kind.POD_NOT_READY, Kind.POD_CRASH_LOOP)


def test_a_pod_that_cannot_start_whatever_the_reason_is_called_does_so_until_it_can(tmp_path: Path) -> None:
    log = [
        accepted(0),
        report(5, container(waiting("CreateContainerConfigError"))),
        report(60, container(waiting("SomeNewError"))),
        report(200, container()),
        report(
            210, container(), conditions=[{"type": "Ready", "status": "True", "lastTransitionTime": stamp(later(209))}]
        ),
    ]
    every = events(tmp_path, log)
    assert found(every, *STARTS) == [
        (Kind.POD_START_FAILED, 5, "Pod web-0 cannot be started (container web: CreateContainerConfigError)")
    ]
    (failed,) = [event for event in every if event.kind == Kind.POD_START_FAILED]
    assert (failed.latest, failed.reason) == (later(60.004), "CreateContainerConfigError")


@pytest.mark.parametrize(
    ("more", "until"),
    [
        ([entry(later(500), "dana", "get", "pods/exec", "other-0")], 500),
        ([entry(later(300), controller("replicaset"), "delete", "pods", "web-0")], 300),
        ([entry(later(30), controller("replicaset"), "delete", "pods", "web-0")], None),
        (
            [report(400, conditions=[{"type": "Ready", "status": "True", "lastTransitionTime": stamp(later(400))}])],
            None,
        ),
    ],
)
def test_a_pod_is_not_ready_from_its_start_until_it_is_or_is_told_to_stop(
    more: list[Json], until: float | None, tmp_path: Path
) -> None:
    every = [event for event in events(tmp_path, [accepted(0), report(9, container()), *more]) if event.kind in STARTS]
    assert [(each.kind, each.at) for each in every] == ([(Kind.POD_NOT_READY, later(0))] if until else [])
    assert all(abs((each.latest - later(until or 0)).total_seconds()) < 1 for each in every)


def test_a_pod_that_its_node_refuses_was_not_evicted(tmp_path: Path) -> None:
    log = [report(1, phase="Failed", reason="OutOfmemory", message="Node didn't have enough resource: memory")]
    assert found(events(tmp_path, log), *TROUBLES, *STARTS) == [
        (
            Kind.POD_START_FAILED,
            1,
            "Pod web-0 cannot be started (OutOfmemory: Node didn't have enough resource: memory)",
        )
    ]


def test_a_loop_has_all_its_ends_and_lasts_while_the_kubelet_waits(tmp_path: Path) -> None:
    log = [accepted(0)]
    for number, when in enumerate((10, 25, 60)):
        log.append(report(when + 0.5, container(waiting("CrashLoopBackOff"), died(when), number)))
    every = events(tmp_path, log)
    (loop,) = [event for event in every if event.kind == Kind.POD_CRASH_LOOP]
    assert (loop.at, loop.numbers["count"], loop.numbers["exit_code"]) == (later(10), 3, 1)
    assert loop.latest >= later(60)
    assert [each[1] for each in found(every, Kind.POD_CRASHED)] == [10, 25, 60]


def test_a_deployment_writes_that_it_cannot_make_its_pods(tmp_path: Path) -> None:
    def status(seconds: float, *conditions: Json) -> Json:
        whole = {
            "metadata": {"name": "cart", "namespace": "shop"},
            "spec": {"replicas": 4},
            "status": {"replicas": 1, "conditions": list(conditions)},
        }
        return entry(
            later(seconds), controller("deployment"), "update", "deployments/status", "cart", requestObject=whole
        )

    why = {"reason": "FailedCreate", "message": "exceeded quota: team-a"}
    failure = {"type": "ReplicaFailure", "status": "True", "lastTransitionTime": stamp(later(10)), **why}
    every = events(tmp_path, [status(10.5, failure), status(90, failure), status(120)])
    (failed,) = [event for event in every if event.kind == Kind.POD_START_FAILED]
    assert (failed.at, failed.latest, dict(failed.numbers)) == (later(10), later(90.004), {"pods": 3, "of": 4})
    assert failed.summary == "Pods of Deployment cart cannot be created (FailedCreate: exceeded quota: team-a)"


def test_a_pod_that_is_made_and_then_given_a_node_is_one_also_if_only_one_of_them_names_its_uid(tmp_path: Path) -> None:
    made = {"responseObject": {"metadata": {"name": "web-0", "namespace": "shop", "uid": "u"}}}
    log = [
        entry(later(1), controller("statefulset"), "create", "pods", "web-0", **made),
        entry(later(1.2), "system:kube-scheduler", "create", "pods/binding", "web-0", **SCHEDULER),
        accepted(2),
        report(30, container(died(29)), uid="u"),
        entry(later(40), "dana", "delete", "pods", "web-0"),
    ]
    every = events(tmp_path, log)
    assert [event.kind for event in every if event.kind.startswith("pod.")] == [
        Kind.POD_SCHEDULED,
        Kind.POD_CRASHED,
        Kind.POD_TERMINATED,
    ]
    assert next(event.merge_key for event in every if event.kind == Kind.POD_CRASHED).startswith("/u/web/")
