import random
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import force_setattr, replace

from collector.event import Event, Kind, order
from collector.gather import Gathered
from collector.timeline import Scope, draft
from tests.collector.build import WINDOW, alert, at, deploy, errors, event, rollout
from tests.collector.checkout_incident import INCIDENT, OLDER, OTHERS, drafted, told


def test_the_incident_is_told_in_seven_rows_and_the_resolution() -> None:
    timeline = drafted(*INCIDENT, *OTHERS)
    assert told(timeline) == [
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD (replaces 1.4.9; by dana; github run 482; commit 9999999)",
        "14:04 New pods of checkout 1.5.0 pass health checks (3 of 3)",
        "14:05 Old pods of checkout 1.4.9 terminated (3 of 3), rollout complete",
        "14:06 Alert CheckoutErrors fires for checkout: 5xx ratio up from 0.1% to 40%, rising since 14:03"
        " (peak 41.2% at 14:09, 5,412 of 13,004 requests)",
        "14:12 Maria: the new deploy is the cause",
        "14:18 Rollback of checkout from 1.5.0 to 1.4.9 initiated via CI/CD (by sam; github run 483; commit ddddddd)",
        "14:22 Rollback of checkout to 1.4.9 complete (3 of 3 pods ready), 5xx ratio back to 0%",
        "14:23 Alert CheckoutErrors for checkout resolved after 18 min",
    ]
    assert {source for row in timeline.rows for source in row.sources} == {"github", "k8s", "prom", "notes"}
    assert timeline.left_out == (
        "Rollout of search 2.3.1, 14:08 to 14:09, complete",
        "pod.crashed at 14:10:00, 14:10",
    )
    counts = timeline.accounting
    assert counts.events == len(INCIDENT) + len(OTHERS) == counts.rows + counts.folded + counts.dropped
    assert counts.rows == sum(len(row.events) for row in timeline.rows)
    assert sum(counts.rules.values()) == counts.folded + counts.dropped


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_evidence_changes_nothing(seed: int) -> None:
    events = [*INCIDENT, *OTHERS]
    random.Random(seed).shuffle(events)
    shuffled, sorted_ = drafted(*events), drafted(*INCIDENT, *OTHERS)
    assert sorted(shuffled.silent, key=order) == sorted(sorted_.silent, key=order)
    assert shuffled == sorted_


def test_full_detail_loses_no_event_of_the_window_and_repeats_none() -> None:
    timeline = drafted(*INCIDENT, *OTHERS, scope=Scope(full=True))
    shown = [id(event) for row in timeline.rows for event in row.events]
    inside = [e for e in (*INCIDENT, *OTHERS) if WINDOW.overlaps(e.earliest, e.latest)]
    assert {id(event) for event in inside} <= set(shown)
    assert len(shown) == len(set(shown))
    assert all(one.at <= other.at for one, other in pairwise(timeline.rows))
    assert timeline.left_out == ()


def test_a_rollback_is_known_from_ci_alone_by_the_commit_that_ran_before() -> None:
    before = [
        *deploy("01:00:00", "01:01:00", 460, "c", "", "dana"),
        *deploy("09:00:00", "09:01:00", 470, "d", "", "dana"),
    ]
    after = [
        *deploy("14:02:00", "14:05:00", 482, "9", "", "dana"),
        *deploy("14:18:00", "14:22:00", 483, "d", "", "sam"),
    ]
    kinds = [row.kind for row in drafted(*before, *after).rows]
    assert kinds == [
        Kind.DEPLOY_STARTED,
        Kind.ROLLOUT_COMPLETED,
        Kind.ROLLBACK_STARTED,
        Kind.ROLLBACK_COMPLETED,
    ]


def test_the_same_version_again_is_a_restart_and_staging_is_not_production() -> None:
    again = rollout(Kind.ROLLOUT_STARTED, "14:02:50", "14:04:30", "14:05:01", "1.4.9", "1.4.9")
    assert told(drafted(*OLDER, *again))[0].startswith("14:02 Rollout of checkout 1.4.9 starts")
    restart = [replace(each, reason="Restart") if each.kind == Kind.ROLLOUT_STARTED else each for each in again]
    assert told(drafted(*OLDER, *restart))[0].startswith("14:02 Restart of checkout 1.4.9 starts")
    limit = "memory limit of checkout 512Mi to 128Mi"
    changed = [replace(each, description=limit) if each.kind == Kind.ROLLOUT_STARTED else each for each in again]
    assert told(drafted(*OLDER, *changed))[0].startswith(f"14:02 Rollout of checkout 1.4.9 starts ({limit})")
    staged = deploy("13:00:00", "13:01:00", 481, "9", "1.5.0", "dana", environment="staging")
    live = deploy("14:02:00", "14:05:00", 482, "d", "1.4.9", "dana", environment="staging-2")
    assert all(row.kind != Kind.ROLLBACK_STARTED for row in drafted(*OLDER, *staged, *live).rows)


def test_errors_without_alert_and_without_change_have_rows_of_their_own() -> None:
    assert told(drafted(*errors("14:03:30", "14:22:05"))) == [
        "14:03 5xx ratio of checkout rises from 0.1% to 40% (peak 41.2% at 14:09, 5,412 of 13,004 requests)",
        "14:22 5xx ratio of checkout falls from 40% to 0%",
    ]


def test_many_instances_and_repetitions_of_an_alert_are_one_row() -> None:
    instances = [e for n in range(12) for e in alert("HighLatency", f"14:06:{n:02}", "14:20:00", f"pod-{n}")]
    assert told(drafted(*instances)) == [
        "14:06 Alert HighLatency fires for checkout (12 instances)",
        "14:20 Alert HighLatency for checkout resolved after 14 min",
    ]
    flapping = [e for n in range(6) for e in alert("HighLatency", f"14:{6 + 2 * n:02}:00", f"14:{7 + 2 * n:02}:00")]
    for number, flap in enumerate(flapping):
        force_setattr(flap, "keys", flap.keys.__class__(alert="HighLatency", episode=str(number // 2)))
    assert told(drafted(*flapping))[0] == "14:06 Alert HighLatency fires for checkout (6 times between 14:06 and 14:16)"


def test_an_alert_that_fired_before_the_window_and_goes_on_is_told() -> None:
    assert told(drafted(*alert("DiskFull", "13:41:00", None))) == [
        "13:41 Alert DiskFull for checkout has fired since 13:41, its end not seen by 14:30"
    ]
    assert told(drafted(*alert("DiskFull", "13:41:00", "14:11:00", numbers={}))) == [
        "13:41 Alert DiskFull for checkout has fired since 13:41 or before",
        "14:11 Alert DiskFull for checkout resolved after more than 30 min",
    ]
    seen_to_begin = alert("DiskFull", "13:41:00", None, numbers={"fired": at("13:41:00").timestamp()})
    assert "13:41 Alert DiskFull for checkout has fired since 13:41, its" in told(drafted(*seen_to_begin))[0]
    assert told(drafted(*alert("DiskFull", "13:41:00", "13:50:00"))) == []
    late = told(drafted(*alert("DiskFull", "14:20:00", "14:40:00")))
    assert late == ["14:20 Alert DiskFull fires for checkout, still firing at 14:30"]


def test_traffic_and_latency_are_told_and_explain_an_alert() -> None:
    whose = {"service": "checkout", "namespace": "shop"}
    lost = {"before": 30.0, "after": 0.2, "lowest": 0.0, "lowest_at": at("14:05:00").timestamp()}
    slow = {"before": 0.02, "after": 0.34, "p95_before": 0.25, "p95_after": 1.4, "errors": 34.0, "requests": 100.0}
    rows = drafted(
        event(Kind.TRAFFIC_FELL, "14:04:00", numbers=lost, **whose),
        event(Kind.TRAFFIC_ROSE, "14:10:00", numbers={"before": 0.2, "after": 29.0}, **whose),
        event(Kind.LATENCY_ROSE, "14:03:00", numbers=slow, measure="share of requests over 0.5 s", **whose),
        *alert("SlowCheckout", "14:06:00", None),
    )
    assert told(rows) == [
        "14:04 Traffic of checkout falls from 30 to 0.2 requests/s (lowest 0 requests/s at 14:05)",
        "14:06 Alert SlowCheckout fires for checkout, its end not seen by 14:30: share of requests over 0.5 s"
        " up from 2% to 34%, rising since 14:03 (34 of 100 requests, p95 250 ms to 1.4 s)",
        "14:10 Traffic of checkout rises from 0.2 to 29 requests/s",
    ]


def test_errors_that_began_before_anything_was_seen_are_told_by_their_end() -> None:
    numbers = {"before": 0.4, "after": 0.0, "since": at("13:00:00").timestamp()}
    fell = event(Kind.ERRORS_FELL, "14:10:00", numbers=numbers, service="checkout", measure="5xx ratio")
    assert told(drafted(fell)) == ["14:10 5xx ratio of checkout falls from 40% to 0% (since before 13:00)"]


def test_who_evicted_a_pod_meanwhile_is_not_who_deployed() -> None:
    rolled = rollout(Kind.ROLLOUT_STARTED, "14:02:50", "14:04:30", "14:05:01", "1.5.0", "1.4.9")
    force_setattr(rolled[-2], "actor", "sam")
    assert rolled[-2].kind == Kind.POD_TERMINATED
    assert not any("by sam" in row for row in told(drafted(*OLDER, *rolled)))


def test_what_befalls_pods_is_folded_and_lost_nodes_are_told() -> None:
    whose = {"service": "checkout", "workload": "Deployment/checkout"}
    evicted = [event(Kind.POD_EVICTED, f"14:0{n}:00", pod=f"checkout-{n}", **whose) for n in range(3)]
    lost = event(Kind.NODE_NOT_READY, "14:00:30", "Node n1 is not ready", native_id="n1")
    edited = event(Kind.CONFIG_CHANGED, "14:03:00", "ConfigMap checkout changed by sam", **whose)
    assert told(drafted(*evicted, lost, edited, *OTHERS)) == [
        "14:00 3 pods of checkout are evicted (14:00 to 14:02)",
        "14:00 Node n1 is not ready",
        "14:03 ConfigMap checkout changed by sam",
    ]
    # A lost node is news by itself, one that was drained only if that cost pods.
    assert "14:00 Node n1 is not ready" in told(drafted(lost, edited, *OTHERS))
    drained = event(Kind.NODE_DRAINED, "14:05:00", "Node n1 is drained", native_id="n1")
    assert "14:05 Node n1 is drained" in told(drafted(*evicted, drained, *OTHERS))
    assert not any("Node n1" in row for row in told(drafted(drained, edited, *OTHERS)))


def test_deaths_are_counted_with_their_exit_codes_and_the_back_off_stands_under_them() -> None:
    whose = {"service": "checkout", "workload": "Deployment/checkout", "pod": "checkout-1"}

    def death(kind: Kind, clock: str, code: float, **numbers: float) -> Event:
        return event(kind, clock, numbers={"exit_code": code, **numbers}, **whose)

    waits = event(
        Kind.POD_CRASHED, "14:03:05", "Back-off restarting failed container", numbers={"count": 19.0}, **whose
    )
    killed = [death(Kind.POD_OOM_KILLED, f"14:0{n}:00", 137, restarts=n) for n in (2, 4, 6)]
    row = drafted(waits, *killed).rows[0]
    assert told(drafted(waits, *killed)) == [
        "14:02 Containers of checkout are killed for lack of memory: 3 times in 1 pod (14:02 to 14:06), exit code 137"
    ]
    assert waits in row.events
    crashes = [death(Kind.POD_CRASHED, "14:02:00", 1, count=2.0), death(Kind.POD_CRASHED, "14:05:00", 139)]
    assert told(drafted(waits, *crashes)) == [
        "14:02 Containers of checkout crash: 3 times in 1 pod (14:02 to 14:05), exit code 1, 139"
    ]


def test_what_the_pods_of_a_failed_job_died_of_is_told_with_its_failure() -> None:
    whose = {"service": "nightly", "workload": "Job/nightly-1"}
    deaths = [
        event(kind, f"14:0{n}:00", numbers={"exit_code": code}, pod=f"nightly-1-{n}", **whose)
        for n, kind, code in ((2, Kind.POD_CRASHED, 1.0), (3, Kind.POD_OOM_KILLED, 137.0))
    ]
    assert len(told(drafted(*deaths))) == 2
    (row,) = drafted(*deaths, event(Kind.JOB_FAILED, "14:04:00", "Job nightly-1 failed", **whose)).rows
    assert (row.kind, row.text) == (Kind.JOB_FAILED, "Job nightly-1 failed, out of memory, exit code 1, 137")
    assert all(death in row.events for death in deaths)
    # What is made anew under its name dies for itself.
    later = event(Kind.POD_CRASHED, "14:20:00", "Container died", numbers={"exit_code": 2.0}, pod="x", **whose)
    rows = drafted(*deaths, event(Kind.JOB_FAILED, "14:04:00", "Job nightly-1 failed", **whose), later)
    assert told(rows) == ["14:04 Job nightly-1 failed, out of memory, exit code 1, 137", "14:20 Container died"]
    # A Job has no pod of its own to count.
    again = [event(Kind.JOB_FAILED, f"14:{minute}:00", "Job nightly-1 failed", **whose) for minute in ("04", "24")]
    assert told(drafted(*again)) == ["14:04 Jobs of nightly fail: 2 times (14:04 to 14:24)"]


def test_what_happened_in_one_cluster_is_no_news_of_another() -> None:
    whose = {"service": "checkout", "workload": "Deployment/checkout", "pod": "checkout-1"}
    lost = event(Kind.POD_UNREADY, "14:04:00", "Pod checkout-1 is not ready any more", cluster="eu", **whose)
    other = event(Kind.POD_UNREADY, "14:05:00", "Pod checkout-1 is not ready any more", cluster="us", **whose)
    back = event(Kind.POD_RECOVERED, "14:07:00", cluster="us", **whose)
    assert told(drafted(lost, other, back, scope=Scope(services=("checkout",)))) == [
        "14:04 Pod checkout-1 is not ready any more",
        "14:05 Pod checkout-1 is not ready any more, ready again by 14:07",
    ]
    job = {"service": "nightly", "workload": "Job/nightly-1"}
    died = event(Kind.POD_CRASHED, "14:02:00", "Container died", pod="nightly-1-a", cluster="eu", **job)
    failed = event(Kind.JOB_FAILED, "14:04:00", "Job nightly-1 failed", cluster="us", **job)
    assert told(drafted(died, failed)) == ["14:02 Container died", "14:04 Job nightly-1 failed"]


def test_pods_that_are_not_ready_and_back_are_one_row_and_no_trouble_by_themselves() -> None:
    whose = {"service": "checkout", "workload": "Deployment/checkout"}
    flaps = [
        event(Kind.POD_UNREADY, "14:04:00", pod="checkout-1", **whose),
        event(Kind.POD_UNREADY, "14:05:00", pod="checkout-2", **whose),
        event(Kind.POD_RECOVERED, "14:07:00", pod="checkout-1", **whose),
        event(Kind.POD_RECOVERED, "14:09:00", pod="checkout-2", **whose),
    ]
    expected = "14:04 2 pods of checkout are not ready any more (14:04 to 14:05), ready again by 14:09"
    alone = drafted(*flaps, scope=Scope(services=("checkout",)))
    assert told(alone) == [expected]
    assert alone.rows[0].events == tuple(flaps)
    crashes = [
        event(Kind.POD_CRASHED, f"14:1{n}:00", service="batch", workload="Deployment/batch", pod="batch-1")
        for n in range(4)
    ]
    crowded = drafted(*flaps, *crashes)
    assert expected not in told(crowded)
    assert any("checkout" in line for line in crowded.left_out)


def test_silences_and_annotations_of_the_services_in_trouble_are_told() -> None:
    silence = event(Kind.SILENCE_STARTED, "14:08:00", "Silence by sam", alert="CheckoutErrors", source="am")
    other = event(Kind.SILENCE_STARTED, "14:09:00", "Silence of another alert", alert="DiskFull", source="am")
    marker = event(Kind.ANNOTATION, "14:03:00", "Deploy 1.5.0", service="checkout", version="1.5.0", source="grafana")
    remark = event(Kind.ANNOTATION, "14:10:00", "cache flushed", service="checkout", actor="sam", source="grafana")
    timeline = drafted(*INCIDENT, silence, other, marker, remark)
    rows = told(timeline)
    assert "14:08 Silence by sam" in rows
    assert "14:10 cache flushed" in rows
    assert not any("another alert" in row for row in rows)
    assert marker in timeline.rows[0].events


def test_two_sources_that_see_one_alert_see_one_firing_and_one_end() -> None:
    # The second evaluates later, and alone sees the end.
    seen = [
        *alert("CheckoutErrors", "14:06:15", None, source="one", merge_key="CheckoutErrors"),
        *alert("CheckoutErrors", "14:06:40", "14:20:00", source="two", merge_key="CheckoutErrors"),
    ]
    assert told(drafted(*seen)) == [
        "14:06 Alert CheckoutErrors fires for checkout",
        "14:20 Alert CheckoutErrors for checkout resolved after 14 min",
    ]


def test_a_calm_window_tells_of_every_change() -> None:
    rows = told(drafted(*OTHERS[:-1]))
    assert [row[:5] for row in rows] == ["14:08", "14:08", "14:09"]


def test_without_metrics_a_rollback_still_tells_whose_incident_it_was() -> None:
    blind = [e for e in INCIDENT if e.source != "prom"]
    rows = told(drafted(*blind, *OTHERS))
    assert [row[:5] for row in rows] == ["14:02", "14:04", "14:05", "14:12", "14:18", "14:22"]
    assert rows[-1] == "14:22 Rollback of checkout to 1.4.9 complete (3 of 3 pods ready)"


def test_only_the_services_asked_for() -> None:
    timeline = drafted(*INCIDENT, *OTHERS, scope=Scope(services=("search", "serach")))
    assert {row.service for row in timeline.rows} == {"search", ""}
    assert "Alert CheckoutErrors for checkout, 14:06" in timeline.left_out
    assert "nothing was seen of a service serach; did you mean search?" in timeline.left_out


def test_a_failed_deploy_and_a_stuck_rollout_are_told() -> None:
    keys = {"service": "checkout", "run": "1", "commit": "a" * 40, "deployment": "2"}
    begun = event(Kind.ROLLOUT_STARTED, "14:03:00", service="checkout", workload="Deployment/checkout", version="2.0")
    stuck = event(Kind.ROLLOUT_STUCK, "14:13:00", service="checkout", workload="Deployment/checkout")
    failed = [event(Kind.DEPLOY_STARTED, "14:02:00", **keys), event(Kind.DEPLOY_FAILED, "14:14:00", **keys)]
    assert told(drafted(begun, stuck, *failed)) == [
        "14:02 Deploy of checkout 2.0 starts via CI/CD (commit aaaaaaa)",
        "14:13 Rollout of checkout 2.0 is stuck: it made no progress within its deadline",
        "14:14 Deploy of checkout 2.0 failed in CI/CD",
    ]


def test_a_note_outside_the_window_is_not_lost() -> None:
    note = event(Kind.NOTE, "15:10:00", "we should add a test", seconds=59)
    assert "Note outside the window, 2026-04-01 15:10: we should add a test" in drafted(note).left_out


def test_pods_that_never_start_or_never_become_ready_are_rows_with_the_reason() -> None:
    whose = {"service": "checkout", "workload": "Deployment/checkout", "namespace": "shop"}
    quota = [
        event(Kind.POD_START_FAILED, f"14:0{n}:00", "no pod", reason="exceeded quota: compute", pod=f"c-{n}", **whose)
        for n in (2, 3)
    ]
    probe = event(
        Kind.POD_NOT_READY,
        "14:05:00",
        "Pod c-9 does not become ready",
        seconds=600,
        reason="HTTP 503",
        pod="c-9",
        **whose,
    )
    loop = event(
        Kind.POD_CRASH_LOOP,
        "14:06:00",
        "Pod c-8 crashes again and again",
        seconds=900,
        pod="c-8",
        numbers={"count": 7.0},
        **whose,
    )
    assert told(drafted(*quota, probe, loop)) == [
        "14:02 2 pods of checkout cannot start (14:02 to 14:03): exceeded quota: compute",
        "14:05 Pod c-9 does not become ready",
        "14:06 Pod c-8 crashes again and again",
    ]


def test_warnings_of_other_kinds_are_counted_by_what_they_are_about() -> None:
    warnings = [
        event(
            Kind.WARNING,
            f"14:0{n}:00",
            "UpgradeFailed: web-release",
            workload="HelmRelease/web-release",
            reason="UpgradeFailed",
            native_id=str(n),
        )
        for n in (1, 2, 3)
    ]
    timeline = drafted(*warnings)
    assert timeline.rows == ()
    assert timeline.left_out == ("Warnings of other kinds: 3 about HelmRelease/web-release (UpgradeFailed)",)


def test_what_was_deleted_and_what_has_no_volume_is_news_in_any_window() -> None:
    gone = event(
        Kind.WORKLOAD_DELETED,
        "14:10:00",
        "Deployment web was deleted by dev-one",
        service="web",
        workload="Deployment/web",
        actor="dev-one",
    )
    claim = event(Kind.VOLUME_UNBOUND, "14:12:00", "Claim data-web has no volume", service="web", namespace="shop")
    assert told(drafted(gone, claim, *OTHERS[:-1])) == [
        "14:10 Deployment web was deleted by dev-one",
        "14:12 Claim data-web has no volume",
    ]


def test_an_unfinished_rollout_that_is_taken_back_is_a_rollback_and_not_a_scaling() -> None:
    whose = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart"}
    begun = event(Kind.ROLLOUT_STARTED, "14:02:00", version="2.0", replaces="1.9", replica_set="cart-new", **whose)
    back = event(Kind.SCALED, "14:09:00", replica_set="cart-new", numbers={"replicas": 0.0}, **whose)
    false_end = event(Kind.ROLLOUT_COMPLETED, "14:09:00", replica_set="cart-new", numbers={"replicas": 0.0}, **whose)
    assert told(drafted(begun, back, false_end)) == [
        "14:02 Rollout of cart 2.0 starts (replaces 1.9)",
        "14:09 Rollback of cart from 2.0 to 1.9 initiated in the cluster",
    ]
    old = event(Kind.POD_TERMINATED, "14:09:01", replica_set="cart-old", pod="cart-old-a", **whose)
    assert "14:09 workload.scaled at 14:09:00" in told(drafted(begun, back, old))


def test_clocks_that_are_apart_are_named_and_shifted_only_if_asked_to() -> None:
    seen = [
        event(Kind.POD_READY, f"14:0{n}:0{second}", seconds=0, source=source, merge_key=f"pod/{n}/ready", pod=f"p{n}")
        for n in range(4)
        for source, second in (("api", 1), ("log", 6))
    ]
    (skew,) = drafted(*seen).skews
    assert (skew.source, skew.reference, skew.seconds, skew.facts) == ("api", "log", 5.0, 4)
    assert drafted(*seen, scope=Scope(clock_offsets={"api": timedelta(seconds=5)})).skews == ()


def test_pins_give_rows_and_drops_take_them() -> None:
    usual = drafted(*INCIDENT, *OTHERS)
    assert not any("search" in row.text for row in usual.rows)
    note = next(row for row in usual.rows if row.kind == Kind.NOTE)
    every = drafted(*INCIDENT, *OTHERS, scope=Scope(full=True))
    search = next(row for row in every.rows if row.text.startswith("Rollout of search"))
    scope = Scope(pins=frozenset({search.id}), drops=frozenset({note.id}))
    changed = drafted(*INCIDENT, *OTHERS, scope=scope)
    assert search.id in {row.id for row in changed.rows}
    assert note.id not in {row.id for row in changed.rows}


def test_the_phases_are_found_or_it_is_said_why_not() -> None:
    found = {phase.name: phase for phase in drafted(*INCIDENT).phases}
    times = {name: f"{phase.at:%H:%M}" if phase.at else "" for name, phase in found.items()}
    assert times == {
        "started": "14:03",
        "detected": "14:06",
        "identified": "14:12",
        "mitigated": "14:22",
        "resolved": "14:23",
    }
    assert found["resolved"].after == timedelta(minutes=20, seconds=15)
    unsolved = {phase.name: phase for phase in drafted(*errors("14:03:30", None)).phases}
    assert unsolved["mitigated"].at is None
    assert "not seen to end" in unsolved["mitigated"].found_by
    assert drafted(*OTHERS[:-1]).phases == ()


def test_new_pods_are_ready_as_far_as_the_steps_of_the_controller_prove_it() -> None:
    about = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart"}
    known = {"version": "2.0", "replaces": "1.9", "replica_set": "new"}
    gone = event(Kind.POD_TERMINATED, "14:10:00", replica_set="old", pod="old-a", **about)

    def rows(*more: Event, **numbers: float) -> list[str]:
        begun = event(Kind.ROLLOUT_STARTED, "14:02:00", **known, **about, numbers={"replicas": 4, **numbers})
        return [row for row in told(drafted(begun, gone, *more)) if "New pods" in row or "stopped" in row]

    assert rows() == [], "a StatefulSet stops its old pods first, so these prove nothing"
    assert rows(at_least=3) == ["14:10 New pods of cart 2.0 pass health checks: at least 3 of 4 ready by 14:10"]
    assert rows(at_least=4) == ["14:10 New pods of cart 2.0 pass health checks: 4 of 4 ready by 14:10"]
    failed = event(Kind.POD_IMAGE_FAILED, "14:02:10", seconds=900, replica_set="new", pod="new-a", **about)
    assert rows(failed, at_least=4) == ["14:10 1 old pod of cart stopped, while no new one is known to be ready"]
    later = event(Kind.POD_CRASH_LOOP, "14:12:00", seconds=300, replica_set="new", pod="new-a", **about)
    assert rows(later) == ["14:10 1 old pod of cart stopped, while no new one is known to be ready"]
    assert rows(later, at_least=3) == ["14:10 New pods of cart 2.0 pass health checks: at least 3 of 4 ready by 14:10"]


def test_what_goes_to_zero_is_not_replaced_by_its_rollout() -> None:
    about = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart"}
    begun = event(Kind.ROLLOUT_STARTED, "14:02:00", version="2.0", replica_set="new", numbers={"replicas": 1}, **about)
    emptied = event(Kind.SCALED, "14:10:00", numbers={"replicas": 0, "was": 1}, **about)
    gone = event(Kind.POD_TERMINATED, "14:10:00", replica_set="old", pod="old-a", **about)
    rows = told(drafted(begun, emptied, gone))
    assert not any("old pod" in row.lower() or "complete" in row for row in rows)


def test_a_loop_is_one_row_with_what_its_containers_die_of() -> None:
    about = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart", "pod": "cart-a"}
    loop = event(Kind.POD_CRASH_LOOP, "14:04:00", seconds=900, numbers={"count": 9, "exit_code": 137}, **about)
    deaths = [
        event(Kind.POD_OOM_KILLED, f"14:{minute:02}:00", numbers={"exit_code": 137, "restarts": minute}, **about)
        for minute in (4, 6)
    ]
    (row,) = told(drafted(loop, *deaths))
    assert row.startswith("14:04 Containers of cart are killed for lack of memory: 9 times in 1 pod")
    crashes = [replace(each, kind=Kind.POD_CRASHED) for each in deaths]
    (row,) = told(drafted(loop, *crashes))
    assert row.startswith("14:04 ")


def test_what_phases_say_of_times_is_in_the_zone_of_the_table() -> None:
    window = replace(WINDOW, tz=ZoneInfo("America/Los_Angeles"))
    silent = [each for each in INCIDENT if each.kind != Kind.NOTE]
    phases = {phase.name: phase for phase in draft(Gathered((*OLDER, *silent), ()), window, Scope()).phases}
    assert "the rollback began at 07:18" in phases["identified"].found_by


def test_what_comes_of_a_rollout_is_not_printed_before_its_start() -> None:
    about = {
        "service": "cart",
        "namespace": "shop",
        "workload": "Deployment/cart",
        "version": "2.0",
        "replica_set": "new",
    }
    ready = event(Kind.POD_READY, "14:02:05", pod="new-a", numbers={"of": 1}, **about)
    begun = replace(event(Kind.ROLLOUT_STARTED, "14:02:05", **about), at=at("14:02:05.400"))
    assert [row.kind for row in drafted(ready, begun).rows] == [Kind.ROLLOUT_STARTED, Kind.POD_READY]


def test_a_deploy_of_which_only_the_end_is_known_is_one_with_its_rollout() -> None:
    rolled = rollout(Kind.ROLLOUT_STARTED, "14:02:50", "14:04:30", "14:05:01", "1.5.0", "1.4.9")
    known = {"service": "checkout", "environment": "production", "version": "1.5.0", "deployment": "1", "source": "cd"}
    started = event(Kind.DEPLOY_STARTED, "14:05:10", **known)
    started = replace(started, earliest=started.at - timedelta(minutes=30))
    done = event(Kind.DEPLOY_SUCCEEDED, "14:05:10", **known)
    timeline = drafted(*OLDER, *rolled, started, done, *errors("14:03:30", None))
    assert [row for row in told(timeline) if "ratio" not in row] == [
        "14:02 Deploy of checkout 1.5.0 starts via CI/CD (replaces 1.4.9)",
        "14:04 New pods of checkout 1.5.0 pass health checks (3 of 3)",
        "14:05 Old pods of checkout 1.4.9 terminated (3 of 3), rollout complete",
    ]
