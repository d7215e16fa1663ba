"""Pods that cannot start, never become ready, or end again and again, as samples show them."""

from collections.abc import Callable

import pytest

from collector.event import Event, Kind
from tests.sources.kube_state_metrics.answers import read
from tests.sources.kube_state_metrics.sampling import sampled
from tests.sources.prometheus.samples import LAST, Sampled, at

MADE = at("13:40:00")
POD = {"namespace": "shop", "pod": "cart-7-abcde", "uid": "u-7"}
CART = POD | {"container": "cart"}
STATUS = "kube_pod_container_status_"


def there(value: float | Callable[[float], float | None]) -> Callable[[float], float | None]:
    """What is sampled since the pod was made."""
    return lambda time: None if time < MADE else value(time) if callable(value) else value


def pod(*more: Sampled, ready: Callable[[float], float] = lambda _: 0, owner: str = "ReplicaSet") -> list[Event]:
    base = [
        sampled("kube_pod_created", {**POD, "pod": "other", "uid": "u-0"}, at("09:00:00")),
        sampled("kube_pod_created", POD, there(MADE)),
        sampled("kube_pod_owner", POD | {"owner_kind": owner, "owner_name": "cart-7"}, there(1)),
        sampled("kube_pod_status_ready", POD | {"condition": "true"}, there(ready)),
    ]
    return read([*base, *more])[0]


def only(events: list[Event], *kinds: Kind) -> list[Event]:
    return [each for each in events if each.kind in kinds]


def waits(reason: str, begin: float, end: float) -> Sampled:
    return sampled(f"{STATUS}waiting_reason", CART | {"reason": reason}, lambda t: 1 if begin < t < end else None)


@pytest.mark.parametrize("reason", ["CreateContainerError", "NobodyHasHeardOfThis"])
def test_any_reason_to_wait_but_the_usual_ones_keeps_a_pod_from_starting(reason: str) -> None:
    begin, end = MADE + 20, MADE + 300
    (failed,) = only(pod(waits(reason, begin, end)), Kind.POD_START_FAILED)
    assert failed.earliest.timestamp() <= begin <= failed.at.timestamp() + 15
    assert end - 15 <= failed.latest.timestamp() <= end
    assert (failed.reason, failed.subject.pod) == (f"container cart: {reason}", "cart-7-abcde")
    assert only(pod(waits("ContainerCreating", begin, end)), Kind.POD_START_FAILED) == []


@pytest.mark.parametrize(
    ("ready", "owner", "expected"),
    [
        (lambda _: 0, "ReplicaSet", True),
        (lambda _: 0, "Job", False),  # it may have done its work
        (lambda t: float(t > MADE + 200), "ReplicaSet", False),
    ],
)
def test_a_pod_that_is_never_ready_is_so_since_it_was_made(
    ready: Callable[[float], float], owner: str, expected: bool
) -> None:
    found = only(pod(ready=ready, owner=owner), Kind.POD_NOT_READY)
    assert [each.at.timestamp() for each in found] == ([MADE] if expected else [])
    assert all(each.latest.timestamp() >= LAST - 15 for each in found)


def test_a_pod_that_its_node_refuses_was_not_evicted() -> None:
    refused = sampled("kube_pod_status_reason", POD | {"reason": "UnexpectedAdmissionError"}, there(1))
    kinds = (Kind.POD_START_FAILED, Kind.POD_EVICTED, Kind.POD_NOT_READY)
    assert [each.kind for each in only(pod(refused), *kinds)] == [Kind.POD_START_FAILED]


def test_restarts_that_follow_each_other_are_a_loop_that_lasts_while_the_kubelet_waits() -> None:
    ends = [MADE + 30, MADE + 50, MADE + 100, MADE + 190]
    restarts = sampled(f"{STATUS}restarts_total", CART, there(lambda t: float(sum(end < t for end in ends))))
    code = sampled(f"{STATUS}last_terminated_exitcode", CART, lambda t: 7 if t > ends[0] else None)
    every = pod(restarts, code, waits("CrashLoopBackOff", ends[1], LAST + 1))
    (loop,) = only(every, Kind.POD_CRASH_LOOP)
    assert loop.earliest.timestamp() <= ends[0] <= loop.at.timestamp() + 15
    assert loop.latest.timestamp() >= LAST - 15
    assert (loop.numbers["count"], loop.numbers["exit_code"]) == (4, 7)
    assert sum(int(each.numbers.get("count", 1)) for each in only(every, Kind.POD_CRASHED)) == 4


@pytest.mark.parametrize("owner", ["Job", "ReplicaSet"])
def test_a_container_that_was_killed_for_memory_and_not_started_again_was(owner: str) -> None:
    """As long as its pod was there a series had why, which is kept when the pod is gone."""
    died, gone = MADE + 100, MADE + 400
    shown = sampled(
        f"{STATUS}terminated_reason", CART | {"reason": "OOMKilled"}, lambda t: 1 if died < t < gone else None
    )
    (killed,) = only(pod(shown, owner=owner), Kind.POD_OOM_KILLED)
    assert killed.earliest.timestamp() <= died <= killed.latest.timestamp()
    assert (killed.subject.pod, killed.reason) == ("cart-7-abcde", "OOMKilled")
    stamp = sampled(f"{STATUS}last_terminated_timestamp", CART, lambda t: died if t > died + 60 else None)
    why = sampled(
        f"{STATUS}last_terminated_reason", CART | {"reason": "OOMKilled"}, lambda t: 1 if t > died + 60 else None
    )
    restarts = sampled(f"{STATUS}restarts_total", CART, there(lambda t: float(t > died + 60)))
    assert len(only(pod(shown, stamp, why, restarts, owner=owner), Kind.POD_OOM_KILLED)) == 1


def test_one_that_lay_about_before_anything_was_sampled_is_no_news() -> None:
    old = POD | {"pod": "old", "uid": "u-1"}
    made = sampled("kube_pod_created", old, at("09:00:00"))
    shown = sampled(f"{STATUS}terminated_reason", old | {"container": "cart", "reason": "OOMKilled"}, 1)
    assert only(pod(made, shown), Kind.POD_OOM_KILLED) == []
