"""Shipped records of every shape, back to the Events that they were."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import Document, Gap
from sources.loki.lines import logfmt
from sources.registry import build
from sources.shipped_events.fields import EXPORTER, Shipped, at, event_object
from tests.sources.shipped_events.reading import CONNECTION, WINDOW, Given, events, in_search
from tests.sources.shipped_events.shapes import JOB, SELECTOR, Line, alloy, loki_answer, nanoseconds


def line(clock: str, said: str, namespace: str = "shop") -> Line:
    return nanoseconds(f"2026-04-01T{clock}Z"), {"job": JOB, "namespace": namespace}, said


def in_loki(*lines: Line, **settings: object) -> Given:
    source = build("mine", "loki-events", {**CONNECTION, **settings}, Scrubber())
    return list(source.read([Document("events", "GET", WINDOW.end, loki_answer(lines))], WINDOW))


def span(event: Event) -> tuple[str, str]:
    return f"{event.earliest:%H:%M:%S.%f}"[:12], f"{event.latest:%H:%M:%S.%f}"[:12]


BACKOFF = 'name=cart-0 kind=Pod reason=BackOff type=Warning count={} msg="Back-off restarting failed container" '


REGARDING = {
    "metadata": {"name": "cart-0.18", "namespace": "shop", "uid": "e1", "creationTimestamp": "2026-04-01T14:05:00Z"},
    "regarding": {"kind": "Pod", "name": "cart-0", "namespace": "shop", "uid": "p1"},
    "note": "Back-off restarting failed container",
    "reason": "BackOff",
    "type": "Warning",
    "deprecatedFirstTimestamp": "2026-04-01T14:05:00Z",
    "deprecatedLastTimestamp": "2026-04-01T14:15:00Z",
    "deprecatedCount": 9,
    "eventTime": None,
}


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_event_that_a_collector_watches_is_read_and_one_that_expires_is_none(*, wrapped: bool) -> None:
    seen = [{"type": "MODIFIED", "object": REGARDING}, {"type": "DELETED", "object": {**REGARDING, "uid": "e2"}}]
    lines = [line("14:15:01", json.dumps({"body": each} if wrapped else each)) for each in seen]
    found = in_loki(*lines, format="opentelemetry", query='{job="events"}')
    (event,) = events(found)
    assert (event.kind, *span(event), event.numbers["back_offs"]) == (
        *(Kind.POD_CRASH_LOOP, "14:05:00.000", "14:15:01.000"),
        9,
    )
    assert not [gap for gap in found if isinstance(gap, Gap) and "could not be read" in gap.reason]


def test_other_records_of_a_collector_are_no_events() -> None:
    """The end of a list that was pulled, and objects of other kinds."""
    others = [
        {"type": "PullEnd", "object": {"kind": "events"}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "cart-0", "namespace": "shop"}},
    ]
    seen = [{"type": "ADDED", "object": REGARDING}, *others]
    found = in_loki(
        *(line("14:15:01", json.dumps(each)) for each in seen), format="opentelemetry", query='{job="events"}'
    )
    assert len(events(found)) == 1
    assert not [gap for gap in found if isinstance(gap, Gap) and "could not be read" in gap.reason]


def test_an_event_whose_attributes_are_beside_its_message_is_read() -> None:
    labels = {
        "k8s_event_reason": "BackOff",
        "k8s_event_count": "9",
        "k8s_event_uid": "e1",
        "k8s_event_name": "cart-0.18",
        "k8s_object_kind": "Pod",
        "k8s_object_name": "cart-0",
        "k8s_namespace_name": "shop",
    }
    at_last, _, _ = line("14:15:00", "")
    shipped = (at_last, labels, "Back-off restarting failed container")
    (event,) = events(in_loki(shipped, format="opentelemetry", query='{job="events"}'))
    assert (event.kind, event.subject.pod, event.subject.namespace) == (Kind.POD_CRASH_LOOP, "cart-0", "shop")
    assert (span(event), event.numbers["back_offs"]) == (("14:15:00.000", "14:15:01.000"), 9)


def test_an_event_that_is_shipped_with_every_count_is_one_until_it_begins_anew() -> None:
    counts = [("14:00:00", 1), ("14:05:00", 2), ("14:05:00", 2), ("14:09:00", 5), ("14:20:00", 1), ("14:21:00", 2)]
    told = events(in_loki(*(line(clock, BACKOFF.format(count)) for clock, count in counts)))
    assert [(each.kind, *span(each), each.numbers["back_offs"]) for each in told] == [
        (Kind.POD_CRASH_LOOP, "14:00:00.000", "14:09:01.000", 5),
        (Kind.POD_CRASH_LOOP, "14:20:00.000", "14:21:01.000", 2),
    ]
    assert len({each.native_id for each in told}) == 2


def test_the_last_word_on_an_event_with_a_uid_counts() -> None:
    first = {"firstTimestamp": "2026-04-01T14:00:00Z", "reason": "Unhealthy", "metadata": {"uid": "u", "name": "a.1"}}
    about = {"involvedObject": {"kind": "Pod", "namespace": "shop", "name": "a"}}
    early = {**first, **about, "lastTimestamp": "2026-04-01T14:00:00Z", "count": 1, "message": "timed out"}
    late = {**first, **about, "lastTimestamp": "2026-04-01T14:10:00Z", "count": 9, "message": "refused"}
    for documents in ((early, late), (late, early, late)):
        (told,) = events(in_search(*documents))
        assert (*span(told), told.numbers["count"]) == ("14:00:00.000", "14:10:01.000", 9)
        assert told.summary.startswith("Unhealthy: refused")


def test_the_time_of_a_line_is_as_exact_as_its_recorder() -> None:
    at_, labels, said = line("14:02:50", "name=a kind=Pod reason=Scheduled msg=x")
    told = events(in_loki((at_, labels, said), (at_ + 1, labels, said + "y"), (at_ + 561_426_000, labels, said + "z")))
    assert sorted(span(each) for each in told) == [
        ("14:02:50.000", "14:02:51.000"),
        ("14:02:50.000", "14:02:51.000"),
        ("14:02:50.561", "14:02:50.561"),
    ]


def test_equal_lines_of_two_namespaces_are_two_events() -> None:
    said = 'name=a-1 kind=Pod reason=Killing msg="Stopping container a"'
    told = events(in_loki(line("14:00:00", said, "shop"), line("14:00:00", said, "staging")))
    assert sorted(each.subject.namespace for each in told) == ["shop", "staging"]


def test_a_rollback_without_any_object_is_recognised() -> None:
    said = 'name=web kind=Deployment reason=ScalingReplicaSet count=1 msg="Scaled {} replica set web-{} to {}" '
    # First an autoscaler, on a Kubernetes before 1.26, which does not say from how many.
    steps = [("up", "aaa", 2), ("up", "bbb", 2), ("down", "aaa", 0), ("up", "aaa", 2), ("down", "bbb", 0)]
    killed = 'name=web-bbb-x7k2p kind=Pod reason=Killing msg="Stopping container web"'
    lines = [line(f"14:0{n}:00", said.format(*step)) for n, step in enumerate(steps)]
    told = events(in_loki(*lines, line("14:04:01", killed)))
    assert [(each.kind, each.keys.replica_set) for each in told if each.kind != Kind.OTHER] == [
        (Kind.SCALED, "web-aaa"),
        (Kind.ROLLOUT_STARTED, "web-bbb"),
        (Kind.ROLLBACK_STARTED, "web-aaa"),
        (Kind.POD_TERMINATED, "web-bbb"),
    ]
    assert {each.subject.workload for each in told} == {"Deployment/web"}
    # The pod may take as long as its grace period.
    assert span(told[-1]) == ("14:04:01.000", "14:04:32.000")


FLAT = {
    "ts": 1775052170000,
    "what": {"reason": "Killing", "text": "Stopping container a"},
    "k8s.pod": "a-1",
    "kind": "Pod",
    "namespace": "shop",
}
FIELDS = {
    "last": "ts",
    "reason": "what.reason",
    "message": "what.text",
    "object": "k8s.pod",
    "kind": "kind",
    "namespace": "namespace",
}


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (1775052170000, ("14:02:50.000", "14:02:51.000")),
        ("1775052170000", ("14:02:50.000", "14:02:51.000")),
        (1775052170, ("14:02:50.000", "14:02:51.000")),
        ("2026-04-01T14:02:50.000Z", ("14:02:50.000", "14:02:51.000")),
        ("2026-04-01T14:02:50.250Z", ("14:02:50.250", "14:02:50.250")),
        ("2026-04-01T16:02:50+02:00", ("14:02:50.000", "14:02:51.000")),
    ],
)
def test_a_layout_of_ones_own_is_mapped(stamp: object, expected: tuple[str, str]) -> None:
    for told in (
        in_search({**FLAT, "ts": stamp}, fields=FIELDS),
        in_loki(line("14:09:00", json.dumps({**FLAT, "ts": stamp})), fields=FIELDS),
    ):
        (event,) = events(told)
        assert event.kind == Kind.POD_TERMINATED
        assert (event.subject.namespace, event.subject.pod) == ("shop", "a-1")
        assert event.earliest.strftime("%H:%M:%S.%f")[:12] == expected[0]
        # Until the end of the grace period.
        assert event.latest - timedelta(seconds=30) == datetime.fromisoformat(f"2026-04-01T{expected[1]}Z")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"source": {"component": "deployment-controller"}, "reason": "ScalingReplicaSet"}, "Deployment"),
        ({"reason": "SuccessfulDelete", "message": "Deleted pod: web-5b4d-x7k2p"}, "ReplicaSet"),
        ({"source": {"component": "job-controller"}, "message": "Created pod: web-5b4d-x7k2p"}, "Job"),
        ({"source": {"component": "kubelet", "host": "n1"}, "reason": "Killing"}, "Pod"),
        ({"source": {"component": "kubelet", "host": "web-5b4d"}, "reason": "Rebooted"}, "Node"),
        ({"reportingComponent": "default-scheduler", "reason": "FailedScheduling"}, "Pod"),
        ({"reason": "Mystery"}, ""),
    ],
)
def test_an_object_that_the_exporter_lost_is_found_by_who_said_what(said: dict[str, Any], kind: str) -> None:
    document = {"metadata": {"name": "web-5b4d.18a2", "namespace": "shop"}, "involvedObject": {}, "reason": "x", **said}
    about = event_object(Shipped(document, ""), EXPORTER)["involvedObject"]
    assert (about["kind"], about["name"]) == (kind, "web-5b4d")
    assert about["namespace"] == ("" if kind == "Node" else "shop")


def test_what_is_no_event_is_counted_and_loses_nothing_else() -> None:
    good = line("14:00:00", "name=a kind=Pod reason=Started msg=x")
    bad = [line("14:00:01", text) for text in ("{cut", "level=info ts=now", "[1]", "{}", "")]
    told = in_loki(good, *bad)
    assert len(events(told)) == 1
    reasons = [gap.reason for gap in told if isinstance(gap, Gap)]
    assert "lines: 1 of 6 could not be read and were left out" in reasons
    assert "records: 4 of 5 could not be read and were left out" in reasons


def test_paths_lead_also_through_keys_with_dots() -> None:
    assert at({"a": {"b.c": {"d": 1}}}, "a.b.c.d") == 1
    assert at({"a.b": {"c": 2}}, "a.b.c") == 2
    assert at({"a": [1]}, "a.b") is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_logfmt_gives_back_what_go_quoted(message: str) -> None:
    def quote(character: str) -> str:
        short = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\x07": "\\a", "\x00": "\\x00"}
        return short.get(character) or (character if character.isprintable() else f"\\U{ord(character):08x}")

    quoted = "".join(map(quote, message))
    read = logfmt(f'name=a.b-1 reason=Killing count=2 msg="{quoted}" ')
    assert read == {"name": "a.b-1", "reason": "Killing", "count": "2", "msg": message}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([*EXPORTER, "metadata", "involvedObject", "source", "series", "firstTimestamp", "eventTime"])


@given(st.lists(st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON, max_size=4)), max_size=3))
def test_no_document_whatever_it_holds_raises(documents: list[dict[str, Any]]) -> None:
    assert in_search(*documents)
    assert in_loki(*(line("14:00:00", json.dumps(each)) for each in documents))


def test_an_event_of_the_api_comes_back_from_a_line() -> None:
    told = events(
        in_loki(
            alloy(
                {
                    "metadata": {},
                    "involvedObject": {"name": "n1", "kind": "Node"},
                    "reason": "NodeReady",
                    "message": 'Node n1 is "ready"',
                    "lastTimestamp": "2026-04-01T14:00:00Z",
                }
            )
        )
    )
    assert told[0].summary == 'Node n1 is ready (NodeReady: Node n1 is "ready")'
    assert told[0].query == f'{SELECTOR} |= "n1"'
