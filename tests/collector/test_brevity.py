"""Cells are short: one minute once, a cause without what is wrapped around it, many of one sort as one."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.row import MAX_ROW_LENGTH, Row, Word, WordKind, capitalized
from collector.timeline import Scope, draft
from collector.wording.reasons import reason_of, unwrapped
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
        (
            "0/8 nodes are available: 3 node(s) were unschedulable, 5 node(s) had untolerated taint {a: b}.",
            "0/8 nodes are available: 3 unschedulable, 5 had untolerated taint {a: b}.",
        ),
        (
            "exceeded quota: beta, requested: requests.cpu=500m, used: requests.cpu=10, limited: requests.cpu=10",
            "exceeded quota: beta, requests.cpu requested: 500m, used: 10, limited: 10",
        ),
        (
            "exceeded quota: beta, requested: cpu=1,memory=1Gi, used: cpu=2,memory=2Gi, limited: cpu=2,memory=4Gi",
            "exceeded quota: beta, requested: cpu=1,memory=1Gi, used: cpu=2,memory=2Gi, limited: cpu=2,memory=4Gi",
        ),
        (
            'Step-based analysis phase error/failed: Metric "5xx" assessed Failed due to failed (2) > failureLimit (1)',
            "5xx failed (2) > failureLimit (1)",
        ),
        (
            "Blue/green pre-promotion analysis phase error/failed: RunFailed: 2 metrics",
            "RunFailed: 2 metrics",
        ),
    ],
)
def test_a_cause_stands_without_what_other_layers_put_before_it(message: str, short: str) -> None:
    assert unwrapped(message) == short


def test_that_nothing_could_be_evicted_for_it_is_no_reason() -> None:
    for more in (" no new claims to deallocate, preemption:", " preemption:"):
        why = f"0/3 nodes are available: 3 Insufficient cpu.{more} 0/3 nodes are available: 3 No preemption victims."
        summary = f"Pod web-1 cannot be scheduled (FailedScheduling: {why})"
        waiting = event(Kind.POD_UNSCHEDULABLE, "14:08:00", summary, reason="FailedScheduling")
        assert reason_of(waiting) == "FailedScheduling: 0/3 nodes are available: 3 Insufficient cpu"


def test_pods_that_are_not_even_made_are_not_counted_where_they_are_of_several_services() -> None:
    refused = [
        event(
            Kind.POD_START_FAILED,
            "14:08:00",
            f"Pods of Deployment {name} cannot be created (FailedCreate: exceeded quota: small)",
            reason="FailedCreate",
            service=name,
            namespace="shop",
            workload=f"Deployment/{name}",
            native_id=name,
        )
        for name in _NAMES
    ]
    rows = texts(*refused)
    assert rows == ["Pods of 5 services cannot be created: exceeded quota: small (api, auth, cart and 2 more)"]


@given(st.lists(st.tuples(st.text(max_size=200), st.sampled_from(WordKind)), max_size=5), st.booleans())
@example(
    [("Pods cannot start: ", WordKind.TEXT), (f"Failed to pull {'image ' * 40}r.io/a: not found", WordKind.QUOTE)],
    False,
)
def test_a_quote_is_cut_in_its_middle_and_nothing_else_is(parts: list[tuple[str, WordKind]], note: bool) -> None:
    words = tuple(Word(text, kind) for text, kind in parts)
    kind = Kind.NOTE if note else Kind.POD_START_FAILED
    line = Row("0123456789ab", WINDOW.start, None, words, kind, "", ()).brief(implied=False)
    whole = "".join(text for text, _ in parts)
    if note or len(whole) <= MAX_ROW_LENGTH:
        assert line == whole
        return
    others = sum(len(text) for text, kind in parts if kind != WordKind.QUOTE)
    assert len(line) <= max(MAX_ROW_LENGTH, others + 30 * len(parts))
    assert all(text in line for text, kind in parts if kind != WordKind.QUOTE)
    if parts[-1][0].endswith(": not found"):
        assert line.endswith(" image r.io/a: not found")
        assert len(line) > 130


@pytest.mark.parametrize(
    ("words", "begins"),
    [("gRPC error ratio falls", "gRPC error ratio falls"), ("traffic of iOS falls", "Traffic of iOS falls")],
)
def test_a_row_begins_with_a_capital_letter_and_names_keep_theirs(words: str, begins: str) -> None:
    assert capitalized(words) == begins


def test_nodes_of_one_domain_stand_without_it() -> None:
    def lost(*names: str) -> list[Event]:
        return [
            event(Kind.NODE_NOT_READY, f"14:05:0{place}", f"Node {name} is not ready", node=name, native_id=name)
            for place, name in enumerate(names)
        ]

    one = texts(*lost("n1.eu.example.com", "n2.eu.example.com", "n3.eu.example.com"), *errors("14:05:10", None))
    assert "3 nodes are lost (n1, n2, n3)" in the_one("nodes are lost", one)
    two = texts(*lost("n1.eu.example.com", "n2.us.example.com", "n3.eu.example.com"), *errors("14:05:10", None))
    assert "n1.eu.example.com, n2.us.example.com" in the_one("nodes are lost", two)


def test_an_end_in_another_minute_than_its_row_has_its_time() -> None:
    run = deploy("14:02:00", "14:06:00", 1, "a", "2.0", "dana")
    bad = rollout(Kind.ROLLOUT_STARTED, "14:02:10", "14:03:00", "14:03:30", "2.0", "1.9")
    for over, words in (("14:21:20", " at 14:21"), ("14:22:10", ""), ("14:23:50", " at 14:23")):
        back = rollout(Kind.ROLLBACK_STARTED, "14:20:00", "14:22:00", "14:22:30", "1.9", "2.0")
        rows = texts(*run, *bad, *back, *errors("14:03:30", over))
        assert the_one("ratio back", rows).endswith(f"to 0%{words}")


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
    row = the_one("be scheduled", rows)
    assert "10 pods of 5 services cannot be scheduled (14:08 to 14:13): 0/8 nodes" in row
    assert "8 Insufficient cpu (api, auth" in row
    assert not [row for row in rows if "outside of a rollout" in row]


def test_a_rollback_of_images_without_tags_has_the_digest() -> None:
    known = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout", "replica_set": "old"}
    known |= {"digest": f"sha256:{'1f3c77aa' * 8}", "actor": "kubectl-rollout"}
    back = event(Kind.ROLLBACK_STARTED, "14:16:00", **known)
    row = the_one("initiated", texts(back, *errors("14:03:30", "14:17:00")))
    assert "to digest 1f3c77aa1f3c initiated in the cluster (by kubectl rollout)" in row


def test_pods_of_one_of_several_deploys_are_named_by_its_version_where_the_service_is_clear() -> None:
    cart = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart"}
    first = rollout(Kind.ROLLOUT_STARTED, "14:02:00", "14:03:00", "14:04:00", "1.1", "1.0", **cart)
    second = rollout(Kind.ROLLOUT_STARTED, "14:12:00", "14:13:00", "14:14:00", "1.2", "1.1", **cart)
    rows = draft(Gathered((*first, *second), ()), WINDOW, Scope()).rows
    pods = [row for row in rows if row.kind in (Kind.POD_READY, Kind.POD_TERMINATED)]
    assert [row.brief(implied=True).partition(" (")[0] for row in pods] == [
        "New pods of 1.1 pass health checks",
        "Old pods of 1.0 terminated",
        "New pods of 1.2 pass health checks",
        "Old pods of 1.1 terminated",
    ]
    assert pods[0].brief(implied=False).startswith("New pods of cart 1.1 pass health checks")


@pytest.mark.parametrize(
    ("level", "words"), [(0.0, "back to 0%"), (0.001, "back to 0.1%"), (0.03, "falls from 40% to 3%")]
)
def test_a_ratio_is_back_only_where_it_is_as_before(level: float, words: str) -> None:
    run = deploy("14:02:00", "14:06:00", 1, "a", "2.0", "dana")
    bad = rollout(Kind.ROLLOUT_STARTED, "14:02:10", "14:03:00", "14:03:30", "2.0", "1.9")
    back = rollout(Kind.ROLLBACK_STARTED, "14:20:00", "14:22:00", "14:22:30", "1.9", "2.0")
    rose, fell = errors("14:03:30", "14:22:10")
    fell = replace(fell, numbers={**fell.numbers, "after": level})
    assert f", 5xx ratio {words}" in the_one("to 1.9 complete", texts(*run, *bad, *back, rose, fell))
