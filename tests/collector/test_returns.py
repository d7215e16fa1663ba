"""What a rollout replaces, and whether it brings back what ran before, where one before it never came."""

from collections.abc import Iterable

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, deploy, event, rollout

_CART = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart"}


def _begun(at: str, version: str, replaces: str) -> Event:
    key = {"replica_set": f"cart-{version}", "merge_key": f"rs/{version}"}
    return event(Kind.ROLLOUT_STARTED, at, version=version, replaces=replaces, numbers={"replicas": 3}, **key, **_CART)


def _of(kind: Kind, at: str, version: str) -> Event:
    pod = f"cart-{version}-a"
    return event(kind, at, pod=pod, replica_set=f"cart-{version}", version=version, seconds=120, **_CART)


def _stopped(at: str, version: str, pods: str) -> list[Event]:
    key = f"cart-{version}"
    return [event(Kind.POD_TERMINATED, at, pod=f"{key}-{pod}", replica_set=key, **_CART) for pod in pods]


def _begins(events: Iterable[Event]) -> list[str]:
    rows = draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows
    return [row.text for row in rows if row.kind in (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED, Kind.DEPLOY_STARTED)]


def _next(version: str, replaces: str) -> list[Event]:
    return rollout(Kind.ROLLOUT_STARTED, "14:20:00", "14:21:00", "14:22:00", version, replaces, **_CART)


@pytest.mark.parametrize(
    "kind",
    [Kind.POD_IMAGE_FAILED, Kind.POD_START_FAILED, Kind.POD_UNSCHEDULABLE, Kind.POD_CRASH_LOOP, Kind.ROLLOUT_STUCK],
)
def test_what_never_came_is_not_replaced(kind: Kind) -> None:
    failed = [_begun("14:02:00", "1.13.0", "1.12.0"), _of(kind, "14:03:00", "1.13.0")]
    rows = _begins([*failed, *_next("1.14.0", "1.13.0")])
    assert rows[-1] == "Rollout of cart 1.14.0 starts (replaces 1.12.0)"
    every = draft(Gathered((*failed, *_next("1.14.0", "1.13.0")), ()), WINDOW, Scope()).rows
    assert every[-1].text == "Old pods of cart 1.12.0 terminated (3 of 3), rollout complete"


def test_two_that_never_came_in_a_row() -> None:
    first = [_begun("14:02:00", "1.12.1", "1.12.0"), _of(Kind.POD_IMAGE_FAILED, "14:02:30", "1.12.1")]
    second = [_begun("14:10:00", "1.13.0", "1.12.1"), _of(Kind.POD_IMAGE_FAILED, "14:10:30", "1.13.0")]
    assert _begins([*first, *second, *_next("1.14.0", "1.13.0")]) == [
        "Rollout of cart 1.12.1 starts (replaces 1.12.0)",
        "Rollout of cart 1.13.0 starts (replaces 1.12.0)",
        "Rollout of cart 1.14.0 starts (replaces 1.12.0)",
    ]
    # Back to what served all the time, of which no rollout was ever seen.
    assert _begins([*first, *second, *_next("1.12.0", "1.13.0")])[-1] == (
        "Rollback of cart from 1.13.0 to 1.12.0 initiated in the cluster"
    )
    # Back to the first of them is no rollback: it never ran.
    assert (
        _begins([*first, *second, *_next("1.12.1", "1.13.0")])[-1] == "Rollout of cart 1.12.1 starts (replaces 1.12.0)"
    )


def test_what_came_after_a_bad_start_is_replaced() -> None:
    late = [_begun("14:02:00", "1.13.0", "1.12.0"), _of(Kind.POD_UNSCHEDULABLE, "14:03:00", "1.13.0")]
    ready = [_of(Kind.POD_READY, "14:06:00", "1.13.0")]
    expected = "Rollout of cart 1.14.0 starts (replaces 1.13.0)"
    assert _begins([*late, *ready, *_next("1.14.0", "1.13.0")])[-1] == expected
    # Its pods are gone and nobody saw them ready, but all of the old ones were stopped.
    assert _begins([*late, *_stopped("14:07:00", "1.12.0", "abc"), *_next("1.14.0", "1.13.0")])[-1] == expected
    partly = _begins([*late, *_stopped("14:07:00", "1.12.0", "a"), *_next("1.14.0", "1.13.0")])
    assert partly[-1] == "Rollout of cart 1.14.0 starts (replaces 1.12.0)"


def test_what_was_rolled_back_is_deployed_again_and_not_rolled_back_to() -> None:
    first = rollout(Kind.ROLLOUT_STARTED, "14:02:00", "14:03:00", "14:03:30", "1.13.0", "1.12.0", **_CART)
    back = rollout(Kind.ROLLBACK_STARTED, "14:10:00", "14:11:00", "14:11:30", "1.12.0", "1.13.0", **_CART)
    again = rollout(Kind.ROLLBACK_STARTED, "14:20:00", "14:21:00", "14:21:30", "1.13.0", "1.12.0", **_CART)
    assert _begins([*first, *back, *again]) == [
        "Rollout of cart 1.13.0 starts (replaces 1.12.0)",
        "Rollback of cart from 1.13.0 to 1.12.0 initiated in the cluster",
        "Rollout of cart 1.13.0 starts (replaces 1.12.0)",
    ]


def test_so_it_is_with_deploys_of_ci() -> None:
    runs = [("14:02:00", "14:03:00", 1, "a", "1.13.0"), ("14:10:00", "14:11:00", 2, "b", "1.12.0")]
    runs += [("14:20:00", "14:21:00", 3, "a", "1.13.0"), ("14:25:00", "14:26:00", 4, "b", "1.12.0")]
    before = deploy("13:00:00", "13:01:00", 0, "b", "1.12.0", "dana")
    found = _begins([*before, *(one for run in runs for one in deploy(*run, "dana"))])
    assert [text.partition(" via")[0] for text in found] == [
        "Deploy of checkout 1.13.0 starts",
        "Rollback of checkout to 1.12.0 initiated",
        "Deploy of checkout 1.13.0 starts",
        "Rollback of checkout to 1.12.0 initiated",
    ]


def test_pods_of_a_rollback_that_failed_are_no_old_pods_of_the_next_deploy() -> None:
    first = rollout(Kind.ROLLOUT_STARTED, "14:02:00", "14:03:00", "14:03:30", "1.13.0", "1.12.0", **_CART)
    begun = {"replica_set": "cart-1.12.0", "version": "1.12.0", "replaces": "1.13.0", "numbers": {"replicas": 3}}
    back = event(Kind.ROLLBACK_STARTED, "14:10:00", merge_key="rs/back", **begun, **_CART)
    fails = _of(Kind.POD_IMAGE_FAILED, "14:10:30", "1.12.0")
    stopped = _stopped("14:20:05", "1.12.0", "a")
    every = draft(Gathered((*first, back, fails, *stopped, *_next("1.14.0", "1.13.0")), ()), WINDOW, Scope()).rows
    assert every[-1].text == "Old pods of cart 1.13.0 terminated (3 of 3), rollout complete"
