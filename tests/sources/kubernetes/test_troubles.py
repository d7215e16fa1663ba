"""What goes wrong with pods, Jobs, nodes; what an autoscaler did; what was configured."""

import json
from datetime import datetime, timedelta

import pytest

from collector.event import Kind
from collector.merge import merge
from sources.kube_api.reduce import reduced
from tests.sources.kubernetes.cluster import Json, Web, at, event, meta, only, owned, read, stamp
from tests.sources.kubernetes.drains import cordoned, pod_on, stopped


def condition(kind: str, status: str, since: datetime, **more: str) -> Json:
    return {"type": kind, "status": status, "lastTransitionTime": stamp(since), **more}


@pytest.mark.parametrize(
    ("about", "reason", "message", "kind"),
    [
        ("Pod", "FailedScheduling", "0/4 nodes are available: 4 Insufficient memory.", Kind.POD_UNSCHEDULABLE),
        ("Pod", "FailedScheduling", "skip schedule deleting pod: shop/p", Kind.OTHER),
        ("Pod", "Failed", 'Failed to pull image "web:9": not found', Kind.POD_IMAGE_FAILED),
        ("Pod", "Failed", "Error: ErrImagePull", Kind.POD_IMAGE_FAILED),
        ("Pod", "BackOff", 'Back-off pulling image "web:9"', Kind.POD_IMAGE_FAILED),
        ("Pod", "BackOff", "Back-off restarting failed container", Kind.POD_CRASH_LOOP),
        ("Pod", "Failed", "Error: secret not found", Kind.POD_START_FAILED),
        ("Pod", "Killing", "Container web failed liveness probe, will be restarted", Kind.POD_KILLED),
        ("Pod", "Killing", "Stopping container web", Kind.POD_TERMINATED),
        ("Pod", "Evicted", "The node was low on resource: memory.", Kind.POD_EVICTED),
        ("Pod", "Preempted", "Preempted by shop/other on node n1", Kind.POD_EVICTED),
        ("Pod", "EvictedByVPA", "Pod was evicted by VPA Updater to apply resource recommendation.", Kind.POD_EVICTED),
        ("Pod", "ScaleDown", "deleting pod for node scale down", Kind.POD_EVICTED),
        ("Pod", "RemoveDuplicates", "pod evicted from n1 node by sigs.k8s.io/descheduler", Kind.POD_EVICTED),
        ("Node", "ScaleDown", "node removed by cluster autoscaler", Kind.OTHER),
        ("Pod", "TaintManagerEviction", "Marking for deletion Pod shop/p", Kind.POD_EVICTED),
        ("Pod", "TaintManagerEviction", "Cancelling deletion of Pod shop/p", Kind.OTHER),
        ("Job", "BackoffLimitExceeded", "Job has reached the specified backoff limit", Kind.JOB_FAILED),
        ("CronJob", "MissSchedule", "Missed scheduled time to start a job", Kind.JOB_FAILED),
        ("CronJob", "SawCompletedJob", "Saw completed job: nightly-1", Kind.OTHER),
        ("Node", "NodeNotReady", "Node n1 status is now: NodeNotReady", Kind.NODE_NOT_READY),
        ("Node", "NodeReady", "Node n1 status is now: NodeReady", Kind.NODE_READY),
        ("Node", "NodeNotSchedulable", "Node n1 status is now: NodeNotSchedulable", Kind.NODE_CHANGED),
        ("Node", "SpotInterrupted", "Spot interruption warning was triggered", Kind.NODE_CHANGED),
        ("ReplicationController", "FailedCreate", "pods is forbidden: exceeded quota: compute", Kind.POD_START_FAILED),
        ("Node", "Rebooted", "Node n1 has been rebooted, boot id: 7", Kind.NODE_CHANGED),
        ("Node", "RegisteredNode", "Node n1 event: Registered Node n1 in Controller", Kind.OTHER),
        ("Node", "NodeHasSufficientMemory", "Node n1 status is now: NodeHasSufficientMemory", Kind.OTHER),
    ],
)
def test_what_an_event_means(about: str, reason: str, message: str, kind: Kind) -> None:
    (told,) = read({"events": [event(reason, message, (about, "p"), at(10), at(40), 3)]})[0]
    assert (told.kind, told.earliest, told.latest) == (kind, at(10), at(41))
    # That it is not ready is said already.
    assert message in told.summary or reason == "NodeNotReady"


@pytest.mark.parametrize(
    "message",
    [
        "Back-off restarting failed container web in pod p_shop(23567b5f-65b3-4516)",
        "back-off 40s restarting failed container=web pod=p_shop(23567b5f-65b3-4516)",
    ],
)
def test_a_container_that_crashes_again_and_again_is_named_and_its_pod_once(message: str) -> None:
    (told,) = read({"events": [event("BackOff", message, ("Pod", "p"), at(10), at(40), 3)]})[0]
    assert told.summary == "Pod p: container web crashes again and again (BackOff)"


def test_a_node_is_drained_when_the_last_pod_that_it_had_was_told_to_stop() -> None:
    events = [
        stopped("a", at(70), "n1"),
        stopped("b", at(95), "n1"),
        stopped("c", at(80), "n2"),
        stopped("d", at(5), "n1"),
    ]
    pods = [pod_on("agent", "n1", at(-900), "DaemonSet"), pod_on("proxy", "n1", at(-900), "Node")]
    pods += [pod_on("other", "n2", at(-900)), pod_on("new", "n1", at(300))]
    cluster = {"events": events, "nodes": [cordoned("n1", at(60)), cordoned("n2", at(60))], "pods": pods}
    told = only(read(cluster)[0], Kind.NODE_CHANGED, Kind.NODE_DRAINED)
    assert [(each.at, each.summary) for each in told] == [
        (at(60), "Node n1 is cordoned"),
        (at(60), "Node n2 is cordoned"),
        (at(95), "Node n1 is drained: 2 pods stopped since it was cordoned"),
    ]


@pytest.mark.parametrize(
    ("cordons", "uncordons", "drains"),
    [
        # Its pods went long after the cordon was lifted, as in any rollout.
        ([60], [65], []),
        ([60], [110], [(95, 2)]),
        # Cordoned, lifted, and again: an Event that is counted tells its first time and its last.
        ([60, 85], [80, 120], [(70, 1), (95, 1)]),
        ([60, 85], [80], [(70, 1), (95, 1)]),
        ([60, 85], [], [(95, 2)]),
    ],
)
def test_a_node_that_may_have_new_pods_again_is_not_drained_by_what_stops_then(
    cordons: list[float], uncordons: list[float], drains: list[tuple[float, int]]
) -> None:
    events = [
        event(reason, f"Node n1 status is now: {reason}", ("Node", "n1"), at(when[0]), at(when[-1]), len(when))
        for reason, when in (("NodeNotSchedulable", cordons), ("NodeSchedulable", uncordons))
        if when
    ]
    events += [stopped("a", at(70), "n1"), stopped("b", at(95), "n1")]
    told = only(read({"events": events, "pods": [pod_on("other", "n2", at(-900))]})[0], Kind.NODE_DRAINED)
    assert [(each.at, each.numbers["pods"]) for each in told] == [(at(when), pods) for when, pods in drains]
    assert len({each.native_id for each in told}) == len(told)


def test_a_cordon_is_one_with_the_event_that_its_kubelet_records_seconds_later() -> None:
    said = event("NodeNotSchedulable", "Node n1 status is now: NodeNotSchedulable", ("Node", "n1"), at(69))
    (fact,) = merge(read({"events": [said], "nodes": [cordoned("n1", at(60))]})[0])
    assert (fact.best.at, fact.best.latest, len(fact.events)) == (at(60), at(61), 2)


def test_a_pod_tells_the_same_as_its_events() -> None:
    evicted = condition("DisruptionTarget", "True", at(60), reason="EvictionByEvictionAPI", message="Eviction API")
    waiting = condition("PodScheduled", "False", at(30), reason="Unschedulable", message="0/4 nodes: no memory")
    pods = [
        {"metadata": meta("Pod", name, at(0)), "status": {"conditions": [state]}}
        for name, state in (("out", evicted), ("new", waiting))
    ]
    events = [
        event("Evicted", "low on memory", ("Pod", "out"), at(60)),
        event("FailedScheduling", "0/4 nodes", ("Pod", "new"), at(30), at(90), 5),
    ]
    facts = [fact for fact in merge(read({"pods": pods, "events": events})[0]) if fact.kind != Kind.OTHER]
    assert [(fact.kind, fact.best.subject.pod, len(fact.events)) for fact in facts] == [
        (Kind.POD_UNSCHEDULABLE, "new", 2),
        (Kind.POD_EVICTED, "out", 2),
    ]
    assert "Unschedulable: 0/4 nodes: no memory" in facts[0].best.summary
    assert facts[0].best.latest == at(31)


def test_a_sidecar_that_stops_with_its_job_did_not_crash_one_that_died_before_did() -> None:
    ended = {"exitCode": 143, "reason": "Error", "finishedAt": stamp(at(100))}
    before = {"exitCode": 1, "reason": "Error", "finishedAt": stamp(at(50))}
    sidecar = {"name": "proxy", "state": {"terminated": ended}, "lastState": {"terminated": before}, "restartCount": 1}
    pod = {"metadata": meta("Pod", "p", at(0)), "status": {"phase": "Succeeded", "initContainerStatuses": [sidecar]}}
    (death,) = read({"pods": [pod]})[0]
    assert (death.kind, death.at, death.numbers) == (Kind.POD_CRASHED, at(50), {"exit_code": 1, "restarts": 1})


def node(*conditions: Json, **spec: object) -> Json:
    item = {"metadata": meta("Node", "n1", at(-864000)), "spec": spec, "status": {"conditions": list(conditions)}}
    del item["metadata"]["namespace"]
    return item


def test_a_node_that_fell_silent_did_so_after_it_was_last_heard() -> None:
    lost = condition("Ready", "Unknown", at(100), lastHeartbeatTime=stamp(at(55)), reason="NodeStatusUnknown")
    said = event("NodeNotReady", "Node n1 status is now: NodeNotReady", ("Node", "n1"), at(101))
    found = merge(read({"nodes": [node(lost)], "events": [said]})[0])
    (fact,) = [fact for fact in found if fact.kind == Kind.NODE_NOT_READY]
    assert len(fact.events) == 2
    assert {(each.earliest, each.latest) for each in fact.events} == {(at(55), at(101)), (at(100), at(102))}
    assert fact.best.subject.workload == "Node/n1"


def test_what_a_node_object_tells() -> None:
    cordoned = [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": stamp(at(40))}]
    short, fine = condition("MemoryPressure", "True", at(20)), condition("DiskPressure", "False", at(25))
    events = read({"nodes": [node(short, fine, condition("Ready", "True", at(60)), taints=cordoned)]})[0]
    assert [(each.at, each.summary) for each in events] == [
        (at(-864000), "Node n1 was added"),
        (at(20), "Node n1 is short of memory"),
        (at(40), "Node n1 is cordoned"),
        (at(60), "Node n1 is ready"),
    ]


def test_a_job_that_failed_is_its_cron_jobs() -> None:
    why = {"reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"}
    failed = condition("Failed", "True", at(90), **why)
    job = {
        "metadata": meta("Job", "nightly-28", at(0), ownerReferences=owned("CronJob", "nightly")),
        "status": {"failed": 7, "conditions": [failed]},
    }
    fine = {"metadata": meta("Job", "good", at(0)), "status": {"conditions": [condition("Complete", "True", at(5))]}}
    said = event("BackoffLimitExceeded", "Job has reached the specified backoff limit", ("Job", "nightly-28"), at(90))
    (fact,) = merge(read({"jobs": [job, fine], "events": [said]})[0])
    assert (fact.kind, fact.best.subject.workload, len(fact.events)) == (Kind.JOB_FAILED, "Job/nightly-28", 2)
    assert "nightly" in {each.subject.service for each in fact.events}
    assert any(each.numbers.get("failed") == 7 for each in fact.events)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("message", ["from {was} to {to}", "to {to}"])
def test_an_autoscaler_and_the_scaling_it_caused_are_one_with_both_sizes(known: bool, message: str) -> None:
    web = Web(message=message)
    web.running("1.0.0", at(-86400))
    web.autoscale(2, at(50))
    web.autoscale(3, at(100))
    cluster = web.cluster()
    said = "New size: {}; reason: cpu resource utilization (percentage of request) above target"
    for size, when in ((6, 49), (9, 100)):
        cluster["events"].append(
            event("SuccessfulRescale", said.format(size), ("HorizontalPodAutoscaler", "hpa"), at(when))
        )
    reference = {"kind": "Deployment", "name": "web"}
    if known:
        cluster["horizontalpodautoscalers"] = [
            {"metadata": meta("HorizontalPodAutoscaler", "hpa", at(-900)), "spec": {"scaleTargetRef": reference}}
        ]
    first, second = [fact for fact in merge(read(cluster)[0]) if fact.kind == Kind.SCALED]
    assert [len(fact.events) for fact in (first, second)] == [2, 2]
    assert (second.best.numbers["was"], second.best.numbers["replicas"]) == (6, 9)
    assert second.best.subject.workload == "Deployment/web"
    assert second.service == "web-frontend"
    assert "Deployment web scaled from 6 to 9 by its autoscaler: cpu" in {each.summary[:56] for each in second.events}


def test_changes_of_configuration_are_told_by_who_wrote_last() -> None:
    writes = [
        {"manager": "helm", "operation": "Update", "time": stamp(at(-864000))},
        {"manager": "kubectl-edit", "operation": "Update", "time": stamp(at(300))},
        {"manager": "controller", "operation": "Update", "subresource": "status", "time": stamp(at(310))},
    ]
    edited = {"metadata": meta("ConfigMap", "settings", at(-864000), managedFields=writes)}
    made = {"metadata": meta("Secret", "token", at(200), labels={"app": "bank"})}
    old = {"metadata": meta("Secret", "old", at(-864000))}
    web = Web(replicas=1)
    web.running("1.0.0", at(-86400))
    cluster = web.cluster()
    cluster["pods"][0]["spec"] = {"volumes": [{"configMap": {"name": "settings"}}]}
    told = only(read({**cluster, "configmaps": [edited], "secrets": [made, old]})[0], Kind.CONFIG_CHANGED)
    assert [(each.at, each.summary, each.actor, each.subject.service) for each in told] == [
        (at(200), "Secret token was created", "", "bank"),
        (at(300), "ConfigMap settings was changed by kubectl edit", "kubectl-edit", "web-frontend"),
    ]
    assert told[1].latest - told[1].earliest == timedelta(seconds=1)


def test_what_a_pod_takes_its_environment_from_configures_its_service() -> None:
    """Of the environment the names of what it refers to are kept, and no value."""
    container = {
        "name": "web",
        "envFrom": [{"configMapRef": {"name": "settings"}}, {"prefix": "X", "secretRef": {"name": "keys"}}],
        "env": [
            {"name": "LEVEL", "value": "canary-93b1"},
            {"name": "FLAGS", "valueFrom": {"configMapKeyRef": {"name": "flags", "key": "all"}}},
            {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "token", "key": "t"}}},
        ],
    }
    web = Web(replicas=1)
    web.running("1.0.0", at(-86400))
    cluster = web.cluster()
    cluster["pods"][0]["spec"] = {"initContainers": [container], "containers": [{"name": "web", "image": "web:1"}]}
    assert "canary" not in repr(reduced({"items": json.loads(json.dumps(cluster["pods"]))}))

    def written(kind: str, name: str) -> Json:
        return {"metadata": meta(kind, name, at(-864000), managedFields=[{"manager": "vi", "time": stamp(at(300))}])}

    cluster["configmaps"] = [written("ConfigMap", name) for name in ("settings", "flags", "other")]
    cluster["secrets"] = [written("Secret", name) for name in ("keys", "token")]
    kept = {name: reduced(json.loads(json.dumps(items))) for name, items in cluster.items()}
    changed = only(read(kept)[0], Kind.CONFIG_CHANGED)
    assert sorted((each.subject.workload, each.subject.service) for each in changed) == [
        ("ConfigMap/flags", "web-frontend"),
        ("ConfigMap/other", ""),
        ("ConfigMap/settings", "web-frontend"),
        ("Secret/keys", "web-frontend"),
        ("Secret/token", "web-frontend"),
    ]


@pytest.mark.parametrize(
    ("kind", "name", "writer"),
    [
        ("ConfigMap", "kube-root-ca.crt", "kube-controller-manager"),
        ("ConfigMap", "openshift-service-ca.crt", "cluster-policy-controller"),
        ("ConfigMap", "istio-ca-root-cert", "pilot-discovery"),
        ("ConfigMap", "ingress-nginx-leader", "nginx-ingress-controller"),
        ("Secret", "default-token-x7k2z", "kube-controller-manager"),
        ("Secret", "sh.helm.release.v1.web.v12", "Helm"),
    ],
)
def test_what_the_cluster_and_its_tools_keep_configures_no_service(kind: str, name: str, writer: str) -> None:
    web = Web(replicas=1)
    web.running("1.0.0", at(-86400))
    cluster = web.cluster()
    sources = [{"configMap": {"name": name}}, {"secret": {"name": name}}]
    cluster["pods"][0]["spec"] = {"volumes": [{"projected": {"sources": sources}}]}
    write = {"manager": writer, "operation": "Update", "time": stamp(at(300))}
    cluster[f"{kind.lower()}s"] = [{"metadata": meta(kind, name, at(300), managedFields=[write])}]
    (event,) = [each for each in read(cluster)[0] if each.subject.workload == f"{kind}/{name}"]
    assert (event.kind, event.subject.service) == (Kind.OTHER, "")
    assert event.summary.startswith(f"{kind} {name}, ")


def test_a_lock_that_somebody_writes_by_hand_is_configuration() -> None:
    write = {"manager": "kubectl-edit", "operation": "Update", "time": stamp(at(300))}
    item = {"metadata": meta("ConfigMap", "leader-settings", at(-900), managedFields=[write])}
    assert len(only(read({"configmaps": [item]})[0], Kind.CONFIG_CHANGED)) == 1


def test_when_a_pod_was_scheduled_is_one_fact_of_its_object_and_its_event() -> None:
    state = condition("PodScheduled", "True", at(20))
    pods = [pod_on(name, "n1", when) for name, when in (("new", at(19)), ("old", at(-9000)))]
    pods[0]["status"] |= {"conditions": [state]}
    pods[1]["status"] |= {"conditions": [condition("PodScheduled", "True", at(-9000))]}
    exact = {"firstTimestamp": None, "lastTimestamp": None, "eventTime": "2026-05-04T12:00:20.250000Z"}
    said = event("Scheduled", "Successfully assigned shop/new to n1", ("Pod", "new"), at(20)) | exact
    facts = [fact for fact in merge(read({"pods": pods, "events": [said]})[0]) if fact.kind == Kind.POD_SCHEDULED]
    assert [(fact.best.subject.pod, fact.best.at, len(fact.events)) for fact in facts] == [("new", at(20.25), 2)]
    alone = only(read({"pods": pods})[0], Kind.POD_SCHEDULED)
    assert [(each.subject.pod, each.at, each.summary) for each in alone] == [
        ("new", at(20), "Pod new is scheduled to n1")
    ]


def test_the_certificate_of_an_ingress_configures_what_is_behind_it_and_what_several_use_names_them() -> None:
    web = Web(replicas=1)
    web.running("1.0.0", at(-86400))
    cluster = web.cluster()
    first = cluster["pods"][0]
    first["spec"] = {"imagePullSecrets": [{"name": "registry"}], "volumes": [{"secret": {"secretName": "database"}}]}
    cart = meta("Pod", "cart-0", at(-900), ownerReferences=owned("StatefulSet", "cart"))
    cluster["pods"].append({"metadata": cart, "spec": {"volumes": [{"secret": {"secretName": "database"}}]}})
    first["metadata"]["labels"] = {"app": "web"}
    selector = {"metadata": meta("Service", "web", at(-900)), "spec": {"selector": {"app": "web"}}}
    rules = [{"host": "web.example.com", "http": {"paths": [{"backend": {"service": {"name": "web"}}}]}}]
    spec = {"rules": rules, "tls": [{"secretName": "web-tls"}, {}]}
    cluster |= {"services": [selector], "ingresses": [{"metadata": meta("Ingress", "web", at(-900)), "spec": spec}]}
    by = [{"manager": "kubectl-edit", "time": stamp(at(300))}]
    names = ("database", "registry", "unused", "web-tls")
    cluster["secrets"] = [{"metadata": meta("Secret", name, at(-86400), managedFields=by)} for name in names]
    found = {each.subject.workload: each for each in only(read(cluster)[0], Kind.CONFIG_CHANGED)}
    assert {name: each.subject.service for name, each in found.items()} == {
        "Secret/database": "",
        "Secret/registry": "web-frontend",
        "Secret/unused": "",
        "Secret/web-tls": "web-frontend",
    }
    assert [dict(found[name].numbers) for name in ("Secret/database", "Secret/unused")] == [{"users": 2}, {}]
    words = "Secret database, which cart and web-frontend use, was changed by kubectl edit"
    assert found["Secret/database"].summary == words


def test_what_nodes_report_of_memory_stands_beside_the_pods_that_took_their_reasons_with_them() -> None:
    def backs_off(pod: str, node: str) -> Json:
        message = f"Back-off restarting failed container web in pod {pod}_shop(1)"
        return event("BackOff", message, ("Pod", pod), at(60), at(300), 5, source={"host": node})

    killed = "Memory cgroup out of memory: Killed process 41 (java) total-vm:900kB"
    here = event("OOMKilling", killed, ("Node", "node-1"), at(70), at(280), 3)
    elsewhere = event("OOMKilling", "Memory cgroup out of memory: Killed process 7 (cc1)", ("Node", "node-2"), at(65))
    gaps = [gap.reason for gap in read({"events": [backs_off("web-1", "node-1"), here, elsewhere]})[1]]
    assert [gap.partition("; ")[2] for gap in gaps if "went with the pods" in gap] == [
        f"their nodes reported then: {killed}, and 2 more"
    ]
    gaps = [gap.reason for gap in read({"events": [backs_off("web-1", "node-3"), here]})[1]]
    assert any(gap.endswith("went with the pods") for gap in gaps)


@pytest.mark.parametrize(("count", "again", "known"), [(2, 300, True), (1, 300, False), (2, -3000, False)])
def test_a_container_that_was_started_again_in_a_pod_that_is_gone_died_of_something_unknown(
    count: int, again: float, *, known: bool
) -> None:
    started = event("Started", "Started container web", ("Pod", "web-1"), at(-3600), at(again), count)
    gaps = [gap.reason for gap in read({"events": [started]})[1]]
    assert any("what the containers of 1 pod died of" in gap for gap in gaps) == known


def test_who_evicted_a_pod_is_known_where_a_tool_reports_it() -> None:
    pod = ("Pod", "web-1")
    stopped = event("Killing", "Stopping container web", pod, at(61))
    tool = event("ScaleDown", "deleting pod for node scale down", pod, at(60))
    for events, unknown in (([stopped], True), ([stopped, tool], False)):
        gaps = [gap.reason for gap in read({"events": events})[1]]
        assert any("who deleted or evicted" in gap for gap in gaps) == unknown


def test_a_warning_about_a_node_is_the_nodes() -> None:
    full = event("FreeDiskSpaceFailed", "failed to garbage collect", ("Node", "n1"), at(60), type="Warning")
    (one,) = read({"events": [full]})[0]
    assert (one.kind, one.subject.workload, one.subject.service) == (Kind.WARNING, "Node/n1", "")


@pytest.mark.parametrize(
    "tail", ["", ', message: "EXT4-fs: Remounting read-only"', ", msg: EXT4-fs: Remounting read-only"]
)
def test_the_reports_of_each_release_of_the_problem_detector_are_read(tail: str) -> None:
    message = f"Node condition ReadonlyFilesystem is now: True, reason: FilesystemIsReadOnly{tail}"
    (found,) = read({"events": [event("FilesystemIsReadOnly", message, ("Node", "n1"), at(10))]})[0]
    why = "FilesystemIsReadOnly: EXT4-fs: Remounting read-only" if tail else "FilesystemIsReadOnly"
    assert (found.kind, found.summary) == (Kind.NODE_CHANGED, f"Node n1 reports ReadonlyFilesystem ({why})")


def test_a_condition_that_becomes_false_is_over_and_a_good_condition_is_no_problem() -> None:
    over = "Node condition KernelDeadlock is now: False, reason: KernelHasNoDeadlock"
    good = "Node condition StorageReady is now: True, reason: StorageIsReady"
    first, second = read(
        {
            "events": [
                event("KernelHasNoDeadlock", over, ("Node", "n1"), at(10)),
                event("StorageIsReady", good, ("Node", "n1"), at(20), type="Warning"),
            ]
        }
    )[0]
    assert (first.kind, first.summary) == (
        Kind.NODE_CHANGED,
        "Node n1 no longer reports KernelDeadlock (KernelHasNoDeadlock)",
    )
    assert second.kind == Kind.WARNING


def test_a_pod_is_on_the_node_of_the_kubelet_that_reports_it() -> None:
    (found,) = read(
        {
            "events": [
                event("BackOff", "Back-off restarting failed container", ("Pod", "p"), at(10), source={"host": "n1"})
            ]
        }
    )[0]
    assert (found.kind, found.subject.node) == (Kind.POD_CRASH_LOOP, "n1")
