"""Rollouts out of nothing but Events: of StatefulSets, and of ReplicaSets of which nothing was known before."""

from datetime import UTC, datetime
from typing import Any

import pytest

from collector.event import Event, Kind
from collector.source import Gap
from tests.sources.kubernetes.cluster import at, event, only
from tests.sources.shipped_events.reading import events, in_search
from tests.sources.shipped_events.shapes import exported

STARTS = (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)
Said = list[dict[str, Any]]


def told(said: Said) -> list[Event]:
    whole = [{**each, "apiVersion": "v1", "kind": "Event"} for each in said]
    return events(in_search(*(exported(each) for each in whole)))


def gone(number: int, first: float, last: float | None = None, count: int = 1) -> dict[str, Any]:
    said = f"delete Pod db-{number} in StatefulSet db successful"
    return event("SuccessfulDelete", said, ("StatefulSet", "db"), at(first), at(first if last is None else last), count)


def made(number: int, first: float, last: float | None = None, count: int = 1) -> dict[str, Any]:
    said = f"create Pod db-{number} in StatefulSet db successful"
    return event("SuccessfulCreate", said, ("StatefulSet", "db"), at(first), at(first if last is None else last), count)


UPDATE = [gone(2, 100), made(2, 105), gone(1, 120), made(1, 125), gone(0, 140), made(0, 145)]
AND_BACK = [
    *(gone(2, 100, 300, 2), made(2, -9000, 305, 3), gone(1, 120, 320, 2), made(1, -9000, 325, 3)),
    *(gone(0, 140, 340, 2), made(0, -9000, 345, 3)),
]
FAILED = event(
    "RecreatingFailedPod", "StatefulSet shop/db is recreating failed Pod db-1", ("StatefulSet", "db"), at(50)
)


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        (UPDATE, [100]),
        # The names come back, and with them what is said of them: the first and the last time are known.
        (AND_BACK, [100, 300]),
        # Two of three were replaced by now.
        (UPDATE[:4], [100]),
        # Scaled down; made again after somebody deleted it; up again much later.
        ([gone(2, 100), gone(1, 120)], []),
        ([made(1, 100)], []),
        ([gone(2, 100), made(2, 3000)], []),
        # A failed pod is made anew.
        ([FAILED, gone(1, 50), made(1, 51)], []),
    ],
)
def test_a_stateful_set_is_rolled_out_when_its_controller_replaces_its_pods(said: Said, starts: list[float]) -> None:
    every = told(said)
    found = only(every, *STARTS)
    assert [each.at for each in found] == [at(each) for each in starts]
    assert {(each.subject.workload, each.subject.service, each.subject.pod) for each in found} <= {
        ("StatefulSet/db", "db", "")
    }
    stopped = only(every, Kind.POD_TERMINATED)
    assert {each.subject.workload for each in stopped} <= {"StatefulSet/db"}


def scaled(name: str, to: int, when: float) -> dict[str, Any]:
    return event("ScalingReplicaSet", f"Scaled up replica set {name} to {to}", ("Deployment", "web"), at(when))


def created(name: str, pods: str, when: float) -> Said:
    about = ("ReplicaSet", name)
    return [event("SuccessfulCreate", f"Created pod: {name}-aaaa{pod}", about, at(when)) for pod in pods]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        # All its pods were made at once: it had none before.
        ([scaled("web-5d4d95f568", 2, 100), *created("web-5d4d95f568", "bc", 100)], Kind.ROLLOUT_STARTED),
        # It had two; or had pods before, of which one is replaced just then.
        ([scaled("web-5d4d95f568", 4, 100), *created("web-5d4d95f568", "bc", 100)], Kind.SCALED),
        (
            [
                *created("web-5d4d95f568", "d", 10),
                scaled("web-5d4d95f568", 2, 100),
                *created("web-5d4d95f568", "bc", 100),
            ],
            Kind.SCALED,
        ),
    ],
)
def test_a_replica_set_that_nothing_told_of_before_is_new_if_all_its_pods_are(said: Said, kind: Kind) -> None:
    (step,) = only(told(said), *STARTS, Kind.SCALED)
    assert (step.kind, step.at) == (kind, at(100))


def test_that_a_daemon_set_is_rolled_out_events_do_not_tell_and_it_says_so() -> None:
    removed = event(
        "SuccessfulDelete", "Deleted pod: agent-abcde", ("DaemonSet", "agent"), datetime(2026, 4, 1, 14, 5, tzinfo=UTC)
    )
    given = in_search(exported({**removed, "apiVersion": "v1", "kind": "Event"}))
    assert any("pods of DaemonSet agent were removed" in each.reason for each in given if isinstance(each, Gap))
