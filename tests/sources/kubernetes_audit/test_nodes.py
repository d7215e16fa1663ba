"""Nodes that run short of something, and those that were rebooted."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Kind
from tests.examples import examples
from tests.sources.kubernetes_audit.log import Json, at, controller, entry, fetched, lines, told
from tests.sources.kubernetes_audit.spoiling import costs_no_other

T = at("14:10:00")
KUBELET = "system:node:n1"
MEMORY = "MemoryPressure"


def later(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def state(kind: str, status: str, since: float) -> Json:
    stamp = f"{later(since):%Y-%m-%dT%H:%M:%SZ}"
    return {"type": kind, "status": status, "lastTransitionTime": stamp, "lastHeartbeatTime": stamp}


def status(seconds: float, *conditions: Json, info: Json | None = None, whole: Json | None = None) -> Json:
    """What the kubelet sends: the parts that are new; and what the server answers, if the log has that."""
    sent: dict[str, Any] = {"status": {"conditions": list(conditions), **({"nodeInfo": info} if info else {})}}
    answer = {"responseObject": {"status": {"nodeInfo": whole}}} if whole else {}
    return entry(later(seconds), KUBELET, "patch", "nodes/status", "n1", namespace="", requestObject=sent, **answer)


def changes(tmp_path: Path, *entries: Json) -> list[tuple[float, str, str]]:
    (tmp_path / "audit.log").write_text(lines(entries))
    found = [each for each in told(tmp_path, cluster="prod")[0] if each.kind == Kind.NODE_CHANGED]
    return [
        ((each.at - T).total_seconds(), each.summary, each.merge_key.removeprefix("prod/Node/n1/")) for each in found
    ]


def test_what_a_problem_detector_sets_on_its_node_is_seen(tmp_path: Path) -> None:
    log = [
        status(1, state("Ready", "True", 0), state("ReadonlyFilesystem", "False", 0)),
        status(40.5, state("ReadonlyFilesystem", "True", 40)),
        status(300, state("ReadonlyFilesystem", "True", 40)),
    ]
    assert changes(tmp_path, *log) == [(40, "Node n1 reports ReadonlyFilesystem", "ReadonlyFilesystem")]


def test_each_pressure_is_told_once_and_its_end(tmp_path: Path) -> None:
    log = [
        status(1, state("Ready", "True", 0), state(MEMORY, "False", 0), state("PIDPressure", "False", 0)),
        status(20.5, state(MEMORY, "True", 20)),
        status(30, state(MEMORY, "True", 20), state("DiskPressure", "True", 30)),
        status(50.2, state(MEMORY, "False", 50)),
        status(60.2, state(MEMORY, "False", 50), state("DiskPressure", "Unknown", 60)),
        status(70.2, state("DiskPressure", "False", 70)),
    ]
    assert changes(tmp_path, *log) == [
        (20, "Node n1 is short of memory", MEMORY),
        (30, "Node n1 is short of disk space", "DiskPressure"),
        (50, "Node n1 is no longer short of memory", f"no {MEMORY}"),
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_a_reboot_is_told_when_the_node_reports_it(whole: bool, tmp_path: Path) -> None:
    first, second = {"bootID": "a", "machineID": "m"}, {"bootID": "b", "machineID": "m"}
    ready = state("Ready", "False", 100)

    def answer(info: Json) -> Json | None:
        return info if whole else None

    log = [
        status(1, state("Ready", "True", 0), info=first, whole=answer(first)),
        status(100.3, ready, info={"bootID": "b"}, whole=answer(second)),
        status(101, ready, state(MEMORY, "False", 100), whole=answer(second)),
    ]
    expected = [(100.3, "Node n1 was rebooted", "rebooted")]
    assert changes(tmp_path, *log) == expected
    assert changes(tmp_path, *log[1:]) == expected, "a kubelet sends only what has changed"
    assert changes(tmp_path, log[0]) == [], "it reports for the first time"
    assert changes(tmp_path, log[1], log[1] | {"auditID": "again"}) == expected


def test_another_machine_of_the_same_name_is_no_reboot(tmp_path: Path) -> None:
    first, second = {"bootID": "a", "machineID": "m"}, {"bootID": "b", "machineID": "n"}
    ready = state("Ready", "True", 0)
    log = [
        status(1, ready, info=first),
        entry(later(5), controller("cloud-node-lifecycle"), "delete", "nodes", "n1", namespace=""),
        status(9, ready, info=second),
    ]
    assert [word for _, _, word in changes(tmp_path, *log)] == ["removed"]
    seen = {"requestObject": {"metadata": {"name": "n1"}, "status": {"nodeInfo": {"bootID": "c"}}}}
    log.append(entry(later(20), controller("node"), "update", "nodes/status", "n1", namespace="", **seen))
    assert len(changes(tmp_path, *log)) == 1, "only its kubelet tells when it reported that"


def test_a_log_without_the_content_of_nodes_says_so(tmp_path: Path) -> None:
    def gaps(**content: Any) -> list[str]:
        log = [entry(T, "dana", "patch", "nodes", "n1", namespace="", **content)]
        (tmp_path / "audit.log").write_text(lines(log))
        return [gap.reason for gap in told(tmp_path)[1] if "content of nodes" in gap.reason]

    assert len(gaps()) == 1
    assert gaps(requestObject={"spec": {"unschedulable": True}}) == []
    assert gaps(requestObject={"metadata": {"annotations": {"x": "y"}}}) == [], "also where nothing of it is read"
    assert gaps(requestObject=[{"op": "add", "path": "/metadata/labels/x", "value": "y"}]) == []


def test_that_a_node_boots_and_is_short_of_something_is_all_that_is_kept_of_heartbeats(tmp_path: Path) -> None:
    images = {"status": {"images": [{"names": ["canary-61f0"]}], "nodeInfo": {"kernelVersion": "canary-61f0"}}}
    beats = [status(300 * n, {"type": MEMORY, "lastHeartbeatTime": "2026-04-01T14:10:00Z"}) for n in range(4)]
    old = status(5, state("Ready", "True", -900), state(MEMORY, "False", -900))
    boot = {"status": {"nodeInfo": {"bootID": "a"}}}
    sent = entry(later(9), KUBELET, "update", "nodes/status", "n1", requestObject=boot)
    lost = entry(later(10), controller("node"), "update", "nodes/status", "n1", requestObject=images)
    (tmp_path / "audit.log").write_text(lines([*beats, old, sent, lost]))
    given_ = fetched(tmp_path)[1]
    assert "canary" not in repr(given_)
    assert repr(given_).count("auditID") == 1


@examples(25)
@given(data=st.data())
def test_entries_of_any_shape_cost_no_other(data: st.DataObject) -> None:
    info = {"bootID": "b"}
    over = status(2, state(MEMORY, "False", 2))
    costs_no_other(data, [status(1, state(MEMORY, "True", 0), info=info, whole=info), over])
