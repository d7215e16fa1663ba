"""Cells are short: one minute once, a cause without what is wrapped around it, many of one sort as one."""

import itertools

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.timeline import Scope, draft
from collector.wording.reasons import unwrapped
from tests.collector.build import WINDOW, alert, deploy, errors, event, rollout

_NAMES = ("api", "auth", "cart", "mail", "web")


def texts(*events: Event) -> list[str]:
    return [row.text for row in draft(Gathered(events, ()), WINDOW, Scope()).rows]


def the_one(words: str, rows: list[str]) -> str:
    (found,) = [row for row in rows if words in row]
    return found


@pytest.mark.parametrize(
    ("message", "short"),
    [
        (
            'Failed to pull image "r.io/a/b:2": rpc error: code = NotFound desc = failed to pull and unpack image '
            '"r.io/a/b:2": failed to resolve reference "r.io/a/b:2": r.io/a/b:2: not found',
            'Failed to pull image "r.io/a/b:2": not found',
        ),
        (
            'Failed to pull image "b:2": rpc error: code = Unknown desc = toomanyrequests: rate limit exceeded',
            'Failed to pull image "b:2": toomanyrequests: rate limit exceeded',
        ),
        (
            'FailedMount: MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found',
            'FailedMount: secret "web-tls" not found',
        ),
        (
            "Step-based analysis phase error/failed: Metric errors assessed Failed due to failed (2)",
            "Metric errors assessed Failed due to failed (2)",
        ),
        ("0/8 nodes are available: 8 Insufficient cpu.", "0/8 nodes are available: 8 Insufficient cpu."),
    ],
)
def test_a_cause_stands_without_what_other_layers_put_before_it(message: str, short: str) -> None:
    assert unwrapped(message) == short


def test_nodes_of_one_domain_stand_without_it() -> None:
    def lost(*names: str) -> list[Event]:
        return [
            event(Kind.NODE_NOT_READY, f"14:05:0{place}", f"Node {name} is not ready", node=name, native_id=name)
            for place, name in enumerate(names)
        ]

    one = texts(*lost("n1.eu.example.com", "n2.eu.example.com", "n3.eu.example.com"), *errors("14:05:10", None))
    assert "n1, n2, n3" in the_one("nodes are lost", one)
    two = texts(*lost("n1.eu.example.com", "n2.us.example.com", "n3.eu.example.com"), *errors("14:05:10", None))
    assert "n1.eu.example.com, n2.us.example.com" in the_one("nodes are lost", two)


def test_an_end_in_another_minute_than_its_row_has_its_time() -> None:
    run = deploy("14:02:00", "14:06:00", 1, "a", "2.0", "dana")
    bad = rollout(Kind.ROLLOUT_STARTED, "14:02:10", "14:03:00", "14:03:30", "2.0", "1.9")
    for over, words in (("14:21:20", " at 14:21"), ("14:22:10", ""), ("14:23:50", " at 14:23")):
        back = rollout(Kind.ROLLBACK_STARTED, "14:20:00", "14:22:00", "14:22:30", "1.9", "2.0")
        rows = texts(*run, *bad, *back, *errors("14:03:30", over))
        assert the_one("ratio falls", rows).endswith(f"to 0%{words}")


def test_pods_that_waited_for_room_are_one_row_and_no_replacement() -> None:
    """Their workloads were deployed weeks ago, which does not keep them apart."""
    events: list[Event] = [*errors("14:05:00", "14:20:00", service="web"), *alert("Errors", "14:06:00", "14:22:00")]
    for name, pod in itertools.product(_NAMES, "ab"):
        known = {"service": name, "namespace": "shop", "workload": f"Deployment/{name}", "replica_set": f"{name}-1"}
        known |= {"pod": f"{name}-1-{pod}"}
        why = "Pod cannot be scheduled (FailedScheduling: 0/8 nodes are available: 8 Insufficient cpu.)"
        events.append(event(Kind.POD_UNSCHEDULABLE, "14:08:00", why, seconds=300, **known))
        events.append(event(Kind.POD_SCHEDULED, "14:13:00", **known))
    for name in _NAMES:
        known = {"service": name, "namespace": "shop", "workload": f"Deployment/{name}", "replica_set": f"{name}-1"}
        events.append(event(Kind.ROLLOUT_STARTED, "03:00:00", version="1.0", **known))
    rows = texts(*events)
    assert "Pods of 5 services cannot be scheduled: 10 pods (14:08 to 14:13)" in the_one("cannot be scheduled", rows)
    assert not [row for row in rows if "outside of a rollout" in row]


def test_a_rollback_of_images_without_tags_has_the_digest() -> None:
    known = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout", "replica_set": "old"}
    known |= {"digest": f"sha256:{'1f3c77aa' * 8}", "actor": "kubectl-rollout"}
    back = event(Kind.ROLLBACK_STARTED, "14:16:00", **known)
    row = the_one("initiated", texts(back, *errors("14:03:30", "14:17:00")))
    assert "to digest 1f3c77aa1f3c initiated in the cluster (by kubectl rollout)" in row
