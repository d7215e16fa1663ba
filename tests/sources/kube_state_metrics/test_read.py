"""What the series mean, and how they mislead."""

from collections import Counter

import pytest
from msgspec.structs import replace

from collector.event import Event, Kind
from tests.sources.kube_state_metrics.answers import read
from tests.sources.kube_state_metrics.derived import TARGET, Series, series
from tests.sources.kube_state_metrics.sampling import BORN, POD, clock, deployment, replica_set, sampled, since
from tests.sources.prometheus.samples import Sampled, at


def told(events: list[Event], *kinds: Kind) -> list[tuple[Kind, str, str, str]]:
    return [(e.kind, clock(e.earliest), clock(e.latest), e.summary) for e in events if e.kind in kinds]


@pytest.fixture(scope="module")
def shop() -> Series:
    return [one for one in series() if "checkout" in str(one.labels)]


@pytest.fixture(scope="module")
def expected(shop: Series) -> Counter[tuple[Kind, str]]:
    return facts(read(shop)[0])


def facts(events: list[Event]) -> Counter[tuple[Kind, str]]:
    return Counter((event.kind, event.merge_key) for event in events if event.merge_key)


def test_labels_that_prometheus_renamed_are_known_again(shop: Series, expected: Counter[tuple[Kind, str]]) -> None:
    ours = {"namespace": "monitoring", "pod": "ksm-0", "container": "ksm", **TARGET}
    renamed = [
        replace(one, labels={f"exported_{k}" if k in ours else k: v for k, v in one.labels.items()} | ours)
        for one in shop
    ]
    events, _ = read(renamed)
    assert facts(events) == expected
    assert all("exported_namespace=" in event.query for event in events)


def test_replicas_of_kube_state_metrics_are_not_two_truths(shop: Series, expected: Counter[tuple[Kind, str]]) -> None:
    other = [one for one in series(11.9, {**TARGET, "instance": "b:8080"}) if "checkout" in str(one.labels)]
    events, gaps = read([*shop, *other])
    assert facts(events) == expected
    assert gaps == read(shop)[1]


def test_an_outage_or_a_lost_shard_deletes_no_pod(shop: Series, expected: Counter[tuple[Kind, str]]) -> None:
    def moved(one: Sampled, begin: float, end: float) -> Series:
        """Not scraped from `begin` to `end`, and by another instance since."""
        early, late = (
            [s for s in one.samples if s[0] < begin],
            [s for s in one.samples if s[0] > end],
        )
        parts = [replace(one, samples=early)] if early else []
        return parts + ([replace(one, labels={**one.labels, "instance": "c:1"}, samples=late)] if late else [])

    away = (at("14:06:00"), at("14:16:00"))
    events, gaps = read([part for one in shop for part in moved(one, *away)])
    assert facts(events) == expected
    assert any("not scraped from 2026-04-01 14:05" in gap.reason for gap in gaps)

    # The other shard, which goes on, never saw these pods.
    other = [sampled("kube_pod_created", {**POD, "instance": "shard-1:1"}, BORN)]
    events, _ = read([*other, *(part for one in shop for part in moved(one, *away))])
    assert {kind: n for kind, n in facts(events).items() if "cart" not in kind[1]} == expected
    ended = [replace(one, samples=[s for s in one.samples if s[0] < away[0]]) for one in shop]
    events, _ = read([*other, *(one for one in ended if one.samples)])
    assert [clock(e.at) for e in events if e.kind == Kind.POD_TERMINATED and e.at.timestamp() > away[0]] == []


def test_deaths_are_counted_by_stamps_or_else_by_restarts() -> None:
    container = POD | {"container": "cart"}
    status = "kube_pod_container_status_"
    common = [
        sampled("kube_pod_created", POD, BORN),
        sampled(f"{status}last_terminated_reason", container | {"reason": "OOMKilled"}, since("14:01:00")),
        # Versions before 2 have a series for every reason.
        sampled(f"{status}last_terminated_reason", container | {"reason": "Error"}, since("14:01:00", 0)),
        sampled(f"{status}last_terminated_exitcode", container, since("14:01:00", 137)),
        sampled("kube_pod_status_reason", POD | {"reason": "Evicted"}, 0),
    ]

    def count(time: float) -> float:
        return 0 if time < at("14:01:00") else 1 if time < at("14:10:00") else 3 if time < at("14:20:00") else 2

    restarts = sampled(f"{status}restarts_total", container, count)
    events, _ = read([*common, restarts])
    deaths = [event for event in events if event.kind == Kind.POD_OOM_KILLED]
    assert [(clock(e.earliest), clock(e.latest)) for e in deaths] == [
        ("14:00:50", "14:01:05"),
        ("14:09:50", "14:10:05"),
    ]
    assert [dict(e.numbers) for e in deaths] == [
        {"exit_code": 137, "restarts": 1},
        {"exit_code": 137, "restarts": 3, "count": 2},
    ]
    assert not told(events, Kind.POD_TERMINATED, Kind.POD_CRASHED)

    def died(time: float) -> float | None:
        return None if time < at("14:01:00") else at("14:00:57") if time < at("14:10:00") else at("14:09:58")

    events, _ = read([*common, restarts, sampled(f"{status}last_terminated_timestamp", container, died)])
    deaths = [event for event in events if event.kind == Kind.POD_OOM_KILLED]
    assert [event.merge_key for event in deaths] == [
        "prod/u-1/cart/2026-04-01T14:00:57Z",
        "prod/u-1/cart/2026-04-01T14:09:58Z",
    ]
    assert [clock(e.latest) for e in deaths] == ["14:00:58", "14:09:59"]


def test_an_eviction_is_the_end_of_a_pod_and_a_name_may_live_again() -> None:
    pod = {"namespace": "shop", "pod": "db-0"}
    again = at("14:10:03")
    made = sampled("kube_pod_created", pod, lambda time: BORN if time < at("14:10:00") else again)
    evicted = sampled(
        "kube_pod_status_reason", pod | {"reason": "Evicted"}, lambda t: 1 if 0 < t - at("14:05:00") < 200 else None
    )
    owner = sampled("kube_pod_owner", pod | {"owner_kind": "StatefulSet", "owner_name": "db"}, 1)
    events, _ = read([made, evicted, owner])
    assert told(events, Kind.POD_EVICTED, Kind.POD_TERMINATED) == [
        (Kind.POD_EVICTED, "14:04:50", "14:05:05", "Pod db-0 is evicted (Evicted)")
    ]
    assert {event.subject.workload for event in events} == {"StatefulSet/db"}
    assert [clock(event.at) for event in events if event.summary.endswith("was created")] == ["13:20:00", "14:10:03"]


def test_a_rollout_that_is_stuck_and_undone_before_old_pods_were_gone() -> None:
    old, new = at("09:00:00"), at("14:02:03")
    found = [
        *replica_set("cart-old", old, lambda _: 4),
        *replica_set("cart-new", new, lambda t: None if t < new else 1 if t < at("14:15:00") else 0),
        deployment("spec_replicas", 4),
        deployment("status_replicas_updated", lambda t: 1 if new <= t < at("14:15:00") else 4),
        deployment("status_condition", since("14:12:00", 1, 0), condition="Progressing", status="false"),
    ]
    events, gaps = read(found)
    assert [(e.kind, clock(e.earliest), clock(e.latest), e.keys.replica_set) for e in events] == [
        (Kind.ROLLOUT_STARTED, "14:02:03", "14:02:04", "cart-new"),
        (Kind.ROLLOUT_STUCK, "14:11:50", "14:12:05", "cart-new"),
        (Kind.ROLLBACK_STARTED, "14:14:50", "14:15:05", "cart-old"),
        (Kind.ROLLBACK_COMPLETED, "14:14:50", "14:15:05", "cart-old"),
    ]
    assert any("kube_pod_created is missing" in gap.reason for gap in gaps)


def test_scaling_is_no_rollout_even_to_nothing_and_back() -> None:
    def wanted(time: float) -> float:
        return 4 if time < at("14:05:00") else 0 if time < at("14:10:00") else 6

    found = [
        *replica_set("cart-old", at("08:00:00"), lambda _: 0),
        *replica_set("cart-now", at("09:00:00"), wanted),
        deployment("spec_replicas", wanted),
        deployment("status_replicas_updated", wanted),
    ]
    events, _ = read(found)
    assert [(e.kind, clock(e.latest), dict(e.numbers)) for e in events] == [
        (Kind.SCALED, "14:05:05", {"replicas": 0, "was": 4}),
        (Kind.SCALED, "14:10:05", {"replicas": 6, "was": 0}),
    ]


def test_what_had_no_pods_when_the_samples_begin_is_scaled_and_not_rolled_back() -> None:
    def wanted(time: float) -> float:
        return 0 if time < at("14:05:00") else 3

    found = [
        *replica_set("cart-old", at("08:00:00"), lambda _: 0),
        *replica_set("cart-now", at("09:00:00"), wanted),
        deployment("spec_replicas", wanted),
        deployment("status_replicas_updated", wanted),
    ]
    assert told(read(found)[0], Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED) == []
    assert [dict(e.numbers) for e in read(found)[0] if e.kind == Kind.SCALED] == [{"replicas": 3, "was": 0}]


def test_a_rollback_in_the_middle_of_a_rollout_gives_old_pods_back() -> None:
    new, back = at("14:02:00"), at("14:04:00")
    found = [
        *replica_set("cart-old", at("09:00:00"), lambda t: 4 if t < new else 2 if t < back else 4),
        *replica_set("cart-new", new, lambda t: None if t < new else 2 if t < back else 0),
        deployment("spec_replicas", 4),
    ]
    events, _ = read(found)
    assert [(e.kind, e.keys.replica_set) for e in events] == [
        (Kind.ROLLOUT_STARTED, "cart-new"),
        (Kind.ROLLBACK_STARTED, "cart-old"),
    ]


def test_a_pod_is_ready_once_and_then_again_and_says_what_it_waits_for() -> None:
    def ready(time: float) -> float:
        return float(at("13:21:00") <= time < at("14:05:00") or time >= at("14:08:00"))

    def stamp(time: float) -> float | None:
        return None if not ready(time) else at("13:20:57") if time < at("14:05:00") else at("14:07:55")

    waits = POD | {"container": "cart", "reason": "ImagePullBackOff"}
    found = [
        sampled("kube_pod_created", {**POD, "pod": "another", "uid": "u-2"}, at("09:00:00")),
        sampled("kube_pod_created", POD, lambda t: BORN if t >= BORN else None),
        sampled("kube_pod_status_unschedulable", POD, lambda t: 1 if BORN < t < BORN + 20 else None),
        sampled("kube_pod_container_status_waiting_reason", waits, lambda t: 1 if BORN + 20 < t < BORN + 50 else None),
        sampled("kube_pod_status_ready", POD | {"condition": "true"}, lambda t: ready(t) if t >= BORN else None),
    ]
    for more, exact in (([], 15), ([sampled("kube_pod_status_ready_time", POD, stamp)], 1)):
        events, _ = read([*found, *more])
        assert [(e.kind, e.summary.removeprefix("Pod cart-1-abcde").strip()) for e in events] == [
            (Kind.OTHER, "was created"),
            (Kind.POD_UNSCHEDULABLE, "cannot be scheduled"),
            (Kind.POD_IMAGE_FAILED, ": an image cannot be pulled (container cart: ImagePullBackOff)"),
            (Kind.POD_READY, "is ready"),
            (Kind.POD_UNREADY, "is not ready any more"),
            (Kind.POD_RECOVERED, "is ready again"),
        ]
        assert [(e.latest - e.earliest).total_seconds() for e in (events[3], events[5])] == [exact, exact]
