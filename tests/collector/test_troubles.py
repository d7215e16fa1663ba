"""Rows about pods in trouble, and what goes with them: why, how often, since when, and about which service."""

import pytest

from collector.event import Event, Kind
from tests.collector.build import alert as alert_events
from tests.collector.build import at, errors, event
from tests.collector.checkout_incident import drafted, told

CART = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart"}


def test_pods_that_are_not_even_made_are_not_counted_and_the_quota_is_quoted() -> None:
    refused = [
        event(
            Kind.POD_START_FAILED,
            f"14:0{minute}:00",
            f'Pods of Deployment cart cannot be created (FailedCreate: Error creating: pods "cart-{minute}" is '
            "forbidden: exceeded quota: small, limited: pods=10)",
            reason="FailedCreate",
            native_id=str(minute),
            **CART,
        )
        for minute in (2, 5)
    ]
    assert told(drafted(*refused)) == [
        "14:02 Pods of cart cannot be created (14:02 to 14:05): exceeded quota: small, limited: pods=10"
    ]


def test_pods_of_nobody_are_counted_and_one_shows_what_they_are() -> None:
    waiting = [
        event(
            Kind.POD_START_FAILED,
            "14:02:00",
            f'Pod run-{name} cannot be started (FailedMount: secret "keys" not found)',
            reason="FailedMount",
            namespace="jobs",
            pod=f"run-{name}",
        )
        for name in "abcdef"
    ]
    assert told(drafted(*waiting)) == [
        '14:02 6 pods cannot start: FailedMount: secret "keys" not found (run-a and 5 more)'
    ]


def test_an_image_is_missing_for_the_reason_that_the_registry_gives() -> None:
    known = {"pod": "cart-a", "merge_key": "cart-a/image failed", **CART}
    words = "Pod cart-a: an image cannot be pulled"
    again = event(Kind.POD_IMAGE_FAILED, "14:02:00", f"{words} (Failed: Error: ErrImagePull)", **known, native_id="1")
    why = event(Kind.POD_IMAGE_FAILED, "14:02:00", f"{words} (Failed: cart:7: not found)", **known, native_id="2")
    waits = event(Kind.POD_IMAGE_FAILED, "14:02:00", f"{words} (BackOff: Back-off pulling cart:7)", **known)
    assert told(drafted(again, why, waits)) == [f"14:02 {words} (Failed: cart:7: not found)"]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((None, None, None), "in 3 pods"),
        ((4, None, None), "at least 6 times in 3 pods"),
        ((4, 2, 5), "11 times in 3 pods"),
    ],
)
def test_a_loop_of_crashes_is_counted_as_far_as_its_ends_are_known(counts: tuple[int | None, ...], words: str) -> None:
    loops = [
        event(
            Kind.POD_CRASH_LOOP,
            "14:04:00",
            seconds=900,
            pod=f"cart-{place}",
            numbers={} if count is None else {"count": count, "exit_code": 3},
            reason="Error",
            **CART,
        )
        for place, count in enumerate(counts)
    ]
    code = ", exit code 3" if any(counts) else ""
    (row,) = told(drafted(*loops))
    assert row == f"14:04 Containers of cart crash again and again: {words} (14:04 to 14:19){code}"


def test_a_loop_of_crashes_that_a_rollback_ends_began_when_it_began() -> None:
    known = {"version": "2.0", "replaces": "1.9", "replica_set": "new", **CART}
    begun = event(Kind.ROLLOUT_STARTED, "14:02:00", **known)
    loop = event(
        Kind.POD_CRASH_LOOP, "14:02:10", "Pod cart-a crashes", seconds=1000, replica_set="new", pod="cart-a", **CART
    )
    back = event(Kind.ROLLBACK_STARTED, "14:15:00", version="1.9", replaces="2.0", replica_set="old", **CART)
    assert "14:02 Pod cart-a crashes" in told(drafted(begun, loop, back))


@pytest.mark.parametrize(("seconds", "shown"), [(1500, True), (120, False)])
def test_a_long_loop_that_nobody_counted_has_a_row_beside_a_rollback_elsewhere(seconds: int, shown: bool) -> None:
    waits = event(
        Kind.POD_CRASH_LOOP,
        "14:02:00",
        "Pod cart-a crashes",
        seconds=seconds,
        pod="cart-a",
        numbers={"back_offs": 104},
        **CART,
    )
    other = {"service": "risk", "namespace": "risk", "workload": "Deployment/risk"}
    begun = event(Kind.ROLLOUT_STARTED, "14:05:00", version="2.0", replaces="1.9", replica_set="new", **other)
    back = event(Kind.ROLLBACK_STARTED, "14:15:00", version="1.9", replaces="2.0", replica_set="old", **other)
    assert ("14:02 Pod cart-a crashes" in told(drafted(waits, begun, back))) == shown


def test_every_kill_for_a_probe_counts_also_those_that_one_event_stands_for() -> None:
    kills = [
        event(
            Kind.POD_KILLED,
            "14:03:00",
            f"Pod cart-{name}: a container is killed for failing its probe (Killing: failed liveness probe)",
            seconds=240,
            pod=f"cart-{name}",
            numbers={"count": 3},
            **CART,
        )
        for name in "ab"
    ]
    assert told(drafted(*kills)) == [
        "14:03 Containers of cart are killed for failing their liveness probe: 6 times in 2 pods (14:03 to 14:07)"
    ]


def _latency() -> list[Event]:
    numbers = {"before": 0.02, "after": 0.8}
    known = {"service": "checkout", "namespace": "shop", "measure": "share of slow requests"}
    return [event(Kind.LATENCY_ROSE, "14:03:00", numbers=numbers, **known)]


def test_an_alert_is_about_what_it_is_named_after() -> None:
    slow = alert_events("CheckoutSlow", "14:05:00", None, "slow")
    failing = alert_events("CheckoutErrors", "14:06:00", None, "failing")
    rows = told(drafted(*slow, *failing, *_latency(), *errors("14:03:30", None)))
    assert any(
        row.startswith("14:05 Alert CheckoutSlow fires for checkout, ") and "slow requests up" in row for row in rows
    )
    assert any(row.startswith("14:06 Alert CheckoutErrors fires") and "5xx ratio up" in row for row in rows)


def test_an_alert_of_any_name_is_about_what_there_is() -> None:
    (row,) = told(drafted(*alert_events("CheckoutSlow", "14:05:00", None), *errors("14:03:30", None)))
    assert "5xx ratio up" in row


@pytest.mark.parametrize("named", [True, False])
def test_what_takes_back_two_rollouts_of_which_none_came_goes_back_to_what_ran(named: bool) -> None:
    def begun(clock: str, version: str, replaces: str) -> Event:
        known = {"version": version, "replaces": replaces, "replica_set": version, "numbers": {"replicas": 3}}
        return event(Kind.ROLLOUT_STARTED, clock, **known, **CART)

    def emptied(clock: str, version: str) -> Event:
        return event(Kind.SCALED, clock, "Scaled down to 0", replica_set=version, numbers={"replicas": 0}, **CART)

    failed = [
        event(Kind.POD_START_FAILED, "14:02:05", seconds=300, replica_set="2.1", pod="cart-a", **CART),
        event(Kind.POD_IMAGE_FAILED, "14:08:05", seconds=300, replica_set="2.2", pod="cart-b", **CART),
    ]
    done = event(Kind.ROLLOUT_COMPLETED, "14:15:00", version="2.0", replica_set="2.0", **CART)
    happened = [begun("14:02:00", "2.1", "2.0"), begun("14:08:00", "2.2", "2.1"), *failed, emptied("14:15:00", "2.2")]
    rows = told(drafted(*happened, *([done] if named else [])))
    assert any(row.startswith("14:15 Rollback of cart from 2.2 to 2.0 initiated") for row in rows)
    assert not any("to 2.1" in row for row in rows)


def test_an_old_pod_that_could_not_start_either_is_no_loss() -> None:
    first = event(Kind.ROLLOUT_STARTED, "14:02:00", version="2.1", replaces="2.0", replica_set="one", **CART)
    then = event(Kind.ROLLOUT_STARTED, "14:08:00", version="2.2", replaces="2.1", replica_set="two", **CART)
    stuck = [
        event(Kind.POD_START_FAILED, "14:02:05", seconds=300, replica_set="one", pod="cart-a", **CART),
        event(Kind.POD_IMAGE_FAILED, "14:08:05", seconds=900, replica_set="two", pod="cart-b", **CART),
    ]

    def gone(pod: str) -> Event:
        return event(Kind.POD_TERMINATED, "14:08:01", replica_set="one", pod=pod, **CART)

    assert not any("old pod" in row for row in told(drafted(first, then, *stuck, gone("cart-a"))))
    assert "14:08 1 old pod of cart stopped, while no new one is known to be ready" in told(
        drafted(first, then, *stuck, gone("cart-c"))
    )


def test_a_restart_that_is_complete_is_one_row() -> None:
    known = {"version": "2.0", "replaces": "2.0", "reason": "Restart", **CART}
    begun = event(Kind.ROLLOUT_STARTED, "14:02:00", replica_set="new", **known)
    ready = [
        event(Kind.POD_READY, "14:03:00", replica_set="new", pod=f"n-{n}", numbers={"of": 2}, **CART) for n in "ab"
    ]
    gone = [event(Kind.POD_TERMINATED, "14:03:10", replica_set="old", pod=f"o-{n}", **CART) for n in "ab"]
    done = event(Kind.ROLLOUT_COMPLETED, "14:03:20", replica_set="new", numbers={"replicas": 2}, **CART)
    assert told(drafted(begun, *ready, *gone, done)) == [
        "14:02 Restart of cart 2.0 starts",
        "14:03 Restart of cart 2.0 complete (2 of 2 pods ready)",
    ]
    assert at("14:03:20") == drafted(begun, *ready, *gone, done).rows[-1].at


def test_a_drained_node_that_had_a_pod_of_an_affected_service_has_a_row() -> None:
    drains = [
        event(
            Kind.NODE_DRAINED,
            f"14:1{number}:00",
            f"Node n{number} is drained",
            node=f"n{number}",
            workload=f"Node/n{number}",
        )
        for number in (1, 2)
    ]
    stopped = [
        event(Kind.POD_TERMINATED, "14:10:30", pod="cart-a", node="n1", **CART),
        event(Kind.POD_TERMINATED, "14:11:30", pod="other-a", node="n2", service="other", workload="Deployment/other"),
    ]
    broken = errors("14:05:00", "14:12:00", service="cart", namespace="shop")
    rows = told(drafted(*broken, *drains, *stopped))
    assert [text for text in rows if "drained" in text] == ["14:11 Node n1 is drained"]
    # Where nothing costs anybody anything, that is the ordinary course.
    assert [text for text in told(drafted(*drains, *stopped)) if "drained" in text] == []


def test_an_alert_has_the_level_of_errors_that_began_before_anything_that_was_seen() -> None:
    numbers = {"before": 0.99, "after": 0.001, "since": at("13:00:00").timestamp()}
    ended = event(Kind.ERRORS_FELL, "14:20:00", numbers=numbers, measure="5xx ratio", **CART)
    firing = alert_events("CartErrors", "13:20:00", "14:23:00", service="cart", namespace="shop")
    rows = told(drafted(ended, *firing))
    assert rows[0] == "13:20 Alert CartErrors for cart has fired since 13:20: 5xx ratio is 99% (since before 13:00)"
    assert "14:20 5xx ratio of cart falls from 99% to 0.1% (since before 13:00)" in rows


def test_what_changed_beside_pods_of_no_service_in_trouble_has_a_row() -> None:
    waiting = [
        event(Kind.POD_UNSCHEDULABLE, "14:02:00", pod=f"run-{name}", namespace="shop", seconds=600, native_id=name)
        for name in "abcdef"
    ]
    beside, elsewhere = (
        event(
            Kind.CONFIG_CHANGED,
            "14:10:00",
            f"{name} changed",
            service=name,
            namespace=namespace,
            workload=f"ConfigMap/{name}",
        )
        for name, namespace in (("runner", "shop"), ("other", "blog"))
    )
    rows = told(drafted(*waiting, beside, elsewhere))
    assert [text for text in rows if "changed" in text] == ["14:10 runner changed"]
