import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from tests.sources.prometheus.samples import (
    FIRST,
    LAST,
    Sampled,
    alert,
    at,
    document,
    documents,
    read,
    steps,
    up,
    utc,
)

SLOT = 0.731
"""Rules are evaluated at odd moments."""


def seen(*given: list[Sampled], alive: bool = True) -> list[tuple[Kind, str]]:
    return [(event.kind, f"{event.at:%H:%M:%S}") for event in events(*given, alive=alive)]


def events(*given: list[Sampled], alive: bool = True) -> list[Event]:
    found, gaps = read(documents([*itertools.chain(*given), *([up()] if alive else [])]))
    assert [gap.reason for gap in gaps if "request counters" not in gap.reason] == []
    return found


def slots(begin: str, end: str) -> list[float]:
    return steps(at(begin) + SLOT, at(end) + SLOT)


def test_an_episode_is_pending_fires_and_resolves() -> None:
    labels = {"namespace": "shop", "service": "checkout", "deployment": "web", "pod": "web-1", "prometheus": "a"}
    pending = alert("High", "pending", slots("14:04:15", "14:06:00"), at("14:04:15"), **labels)
    firing = alert("High", "firing", slots("14:06:15", "14:23:30"), at("14:04:15"), **labels)
    found = events(pending, [firing[0], Sampled(firing[1].name, firing[1].labels, firing[1].samples)])
    assert [event.kind for event in found] == [Kind.ALERT_PENDING, Kind.ALERT_FIRING, Kind.ALERT_RESOLVED]
    spans = [(event.earliest, event.at, event.latest) for event in found]
    assert spans == [
        (utc(at("14:04:15")), utc(at("14:04:15")), utc(at("14:04:16"))),
        (utc(at("14:06:15") + SLOT),) * 3,
        (utc(at("14:23:30") + SLOT), utc(at("14:23:45") + SLOT), utc(at("14:23:45") + SLOT)),
    ]
    first = found[0]
    assert (first.keys.alert, first.subject.service, first.subject.namespace) == ("High", "checkout", "shop")
    assert (first.subject.workload, first.subject.pod, first.numbers) == (
        "Deployment/web",
        "web-1",
        {"since": at("14:04:15")},
    )
    assert len({event.keys.episode for event in found}) == 1
    assert first.merge_key == 'alertname="High",deployment="web",namespace="shop",pod="web-1",service="checkout"'.join(
        "{}"
    )
    # Both of a pair are asked for.
    assert "prometheus=" not in first.query
    assert first.url.startswith("http://prom/graph?g0.expr=ALERTS%7Balertname%3D%22High%22")


def test_what_fires_throughout_is_left_out_and_what_fires_at_the_end_has_not_resolved() -> None:
    throughout = alert("Watchdog", "firing", steps(FIRST, LAST), at("01:00:00"))
    unknown = alert("Old", "firing", steps(FIRST, LAST), 0)
    chronic = alert("Chronic", "firing", steps(FIRST, LAST), at("12:59:00") - 86400)
    assert seen(throughout, unknown, chronic) == []
    assert seen(alert("Today", "firing", steps(FIRST, LAST), at("09:30:00"))) == [(Kind.ALERT_FIRING, "09:30:00")]
    late = alert("Late", "firing", slots("14:20:00", "14:44:45"), at("14:20:00"))
    assert seen(throughout, late) == [(Kind.ALERT_FIRING, "14:20:00")]


def test_one_that_fired_already_says_since_when_it_is_active() -> None:
    known = events(alert("Old", "firing", steps(FIRST + SLOT, at("14:10:00")), at("09:30:00")))
    assert [(event.kind, event.at) for event in known] == [
        (Kind.ALERT_FIRING, utc(at("09:30:00"))),
        (Kind.ALERT_RESOLVED, utc(at("14:10:00") + SLOT)),
    ]
    assert (known[0].earliest, known[0].latest) == (utc(at("09:30:00")), utc(FIRST + SLOT))
    assert "already fires at 13:00:00 UTC, active since 2026-04-01 09:30:00 UTC" in known[0].summary
    unknown = events(alert("Old", "firing", steps(FIRST + SLOT, at("14:10:00")), at("09:30:00"))[:1])
    assert "already fires at 13:00:00 UTC, since when is unknown" in unknown[0].summary
    assert [dict(event.numbers) for event in unknown] == [{}, {}]
    begun = events(alert("New", "firing", slots("13:41:00", "14:10:00"), at("13:41:00"))[:1])
    assert [dict(event.numbers) for event in begun] == [{name: at("13:41:00") + SLOT} for name in ("fired", "since")]


@pytest.mark.parametrize("missed", [1, 2, 20])
def test_missed_evaluations_are_no_resolution(missed: int) -> None:
    times = slots("14:06:15", "14:23:30")
    once = [(Kind.ALERT_FIRING, "14:06:15"), (Kind.ALERT_RESOLVED, "14:23:45")]
    assert seen(alert("A", "firing", times[:10] + times[10 + missed :], at("14:06:15"))) == once


def test_without_for_state_a_short_hole_is_no_resolution_and_a_long_one_is() -> None:
    times = slots("14:06:15", "14:23:30")
    short = alert("A", "firing", times[:10] + times[11:], 0)[:1]
    long = alert("A", "firing", times[:10] + times[20:], 0)[:1]
    assert [kind for kind, _ in seen(short)] == [Kind.ALERT_FIRING, Kind.ALERT_RESOLVED]
    assert [kind for kind, _ in seen(long)] == [Kind.ALERT_FIRING, Kind.ALERT_RESOLVED] * 2


def test_one_evaluation_of_quiet_with_a_new_start_is_a_new_episode() -> None:
    one = alert("A", "firing", slots("14:06:15", "14:10:00"), at("14:06:15"))
    two = alert("A", "firing", slots("14:10:30", "14:12:00"), at("14:10:30"))
    both = [Sampled(x.name, x.labels, x.samples + y.samples) for x, y in zip(one, two, strict=True)]
    assert [when for _, when in seen(both)] == ["14:06:15", "14:10:15", "14:10:30", "14:12:15"]


def test_a_silence_of_prometheus_neither_resolves_nor_fires_again() -> None:
    one = alert("A", "firing", slots("14:06:15", "14:10:00"), at("14:06:15"))
    two = alert("A", "firing", slots("14:20:15", "14:22:00"), at("14:20:15"))
    both = [Sampled(x.name, x.labels, x.samples + y.samples) for x, y in zip(one, two, strict=True)]
    scraped = [time for time in steps(FIRST, LAST) if not at("14:10:05") < time < at("14:20:00")]
    found, gaps = read(documents([*both, Sampled("up", {}, [(time, 1) for time in scraped])]))
    assert [f"{event.at:%H:%M:%S}" for event in found] == ["14:06:15", "14:22:15"]
    assert "no samples at all from 2026-04-01 14:10:00 to 14:20:00 UTC" in gaps[0].reason


def test_if_nothing_has_samples_after_it_it_is_not_called_resolved() -> None:
    dying = alert("A", "firing", slots("14:06:15", "14:10:00"), at("14:06:15"))
    scraped = Sampled("up", {}, [(time, 1) for time in steps(FIRST, at("14:10:05"))])
    found, gaps = read(documents([*dying, scraped]))
    assert [event.kind for event in found] == [Kind.ALERT_FIRING]
    assert "14:10:00 to 14:30:00" in gaps[0].reason
    # Where nothing but the alert is known, its end is taken for what it looks like.
    assert [kind for kind, _ in seen(dying, alive=False)] == [Kind.ALERT_FIRING, Kind.ALERT_RESOLVED]


def test_instances_are_apart_and_a_pair_of_prometheis_is_one() -> None:
    times, later = slots("14:06:15", "14:10:00"), [time + 4 for time in slots("14:06:15", "14:10:15")]
    quiet = [time for time in later if not at("14:07:00") < time < at("14:09:00")]
    found = events(
        alert("A", "firing", times, times[0], pod="a"),
        alert("A", "firing", times, times[0], pod="b", prometheus_replica="0"),
        # This one sees it go and come back, while the other sees it all the time.
        alert("A", "firing", [time for time in quiet if time < at("14:08:00")], later[0], pod="b", replica="1"),
        alert("A", "firing", [time for time in quiet if time > at("14:08:00")], at("14:09:00"), pod="b", replica="1"),
    )
    told = [(event.subject.pod, event.kind, f"{event.at:%H:%M:%S}") for event in found]
    assert told == [
        ("a", Kind.ALERT_FIRING, "14:06:15"),
        ("a", Kind.ALERT_RESOLVED, "14:10:15"),
        ("b", Kind.ALERT_FIRING, "14:06:15"),
        ("b", Kind.ALERT_RESOLVED, "14:10:34"),
    ]
    assert len({event.merge_key for event in found}) == 2


def test_a_restart_that_shifts_the_state_makes_no_new_episode() -> None:
    """Prometheus evaluates twice before it writes again; a rule with a short `for` begins anew."""
    before = alert("A", "firing", slots("14:06:15", "14:10:00"), at("14:06:15"))
    pending = alert("A", "pending", slots("14:11:00", "14:11:45"), at("14:10:30"))
    after = alert("A", "firing", slots("14:12:00", "14:15:00"), at("14:10:30"))
    for_state = before[1].samples + pending[1].samples + after[1].samples
    firing = Sampled("ALERTS", before[0].labels, before[0].samples + after[0].samples)
    series = [firing, pending[0], Sampled("ALERTS_FOR_STATE", before[1].labels, for_state), up()]
    restarts = document("restarts", "http://prom/api/v1/query_range", {"result": [values(at("14:10:12.4"))]})
    known = [(e.kind, f"{e.at:%H:%M:%S}") for e in read([*documents(series), restarts])[0]]
    assert known == [(Kind.ALERT_FIRING, "14:06:15"), (Kind.ALERT_RESOLVED, "14:15:15")]
    # Nothing says that it was away: then it was quiet for three evaluations.
    assert [f"{e.at:%H:%M:%S}" for e in read(documents(series))[0] if e.kind == Kind.ALERT_RESOLVED] == [
        "14:10:15",
        "14:15:15",
    ]
    # Long before the restart it was over.
    late = document("restarts", "http://prom/api/v1/query_range", {"result": [values(at("14:10:50"))]})
    assert len([e for e in read([*documents(series), late])[0] if e.kind == Kind.ALERT_RESOLVED]) == 2


def test_a_restart_just_after_its_end_widens_when_it_may_have_ended() -> None:
    over = alert("A", "firing", slots("14:06:15", "14:10:00"), at("14:06:15"))
    restart = document("restarts", "http://prom/api/v1/query_range", {"result": [values(at("14:10:05"))]})
    resolved = read([*documents([*over, up()]), restart])[0][1]
    assert (resolved.earliest, resolved.latest) == (utc(at("14:10:00") + SLOT), utc(at("14:10:50")))


def values(start: float) -> dict[str, object]:
    """What `restarts` gives if there was a start before and one at that time."""
    return {"metric": {}, "values": [[FIRST, str(FIRST - 9e5)], [start + 60, str(start)]]}


def test_labels_that_hold_the_value_make_one_episode() -> None:
    times = slots("14:06:15", "14:10:00")
    ratios = [f"{40 + number / 7:.1f}% of requests" for number in range(len(times))]
    found = events(
        *(alert("A", "firing", [time], time, now=ratio) for time, ratio in zip(times, ratios, strict=True)),
        # So it looks if two partitions fire in turn.
        *(alert("B", "firing", slots(f"14:0{n}:15", f"14:0{n + 1}:00"), at(f"14:0{n}:15"), at=str(n)) for n in (2, 6)),
        # And so if they fire at once.
        *(alert("C", "firing", [time, times[-1]], time, code=str(500 + n)) for n, time in enumerate(times[:-1])),
    )
    names = [event.keys.alert for event in found]
    assert [names.count(name) for name in "ABC"] == [2, 4, 2 * (len(times) - 1)]
    assert [(event.kind, f"{event.at:%H:%M:%S}") for event in found[:2]] == [
        (Kind.ALERT_FIRING, "14:06:15"),
        (Kind.ALERT_RESOLVED, "14:10:15"),
    ]
    assert found[0].merge_key == '{alertname="A"}'


def test_samples_that_bear_an_earlier_time_than_their_evaluation() -> None:
    """A query offset: what is evaluated at 14:06:15 is stored at 14:05:15."""
    found = events(
        alert("A", "pending", slots("14:05:15", "14:06:00"), at("14:06:15")),
        alert("A", "firing", slots("14:06:15", "14:08:00"), at("14:06:15")),
    )
    assert [(event.kind, f"{event.at:%H:%M:%S}") for event in found] == [
        (Kind.ALERT_PENDING, "14:05:15"),
        (Kind.ALERT_FIRING, "14:06:15"),
        (Kind.ALERT_RESOLVED, "14:08:15"),
    ]


def test_what_is_meant_to_fire_always_is_left_out_even_if_it_stops() -> None:
    dead = alert("Watchdog", "firing", slots("13:50:00", "14:10:00"), at("13:50:00"))
    none = alert("Inhibitor", "firing", slots("13:50:00", "14:10:00"), at("13:50:00"), severity="none")
    assert seen(dead, none) == []


def test_labels_of_kube_state_metrics_name_the_exporter_not_the_service() -> None:
    labels = {"job": "kube-state-metrics", "service": "kps-kube-state-metrics", "deployment": "cart"}
    found = events(alert("A", "firing", slots("14:06:15", "14:10:00"), at("14:06:15"), **labels))
    assert found[0].subject.service == "cart"


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 80))
def test_every_active_time_lies_in_an_episode_and_no_episode_overlaps_the_next(active: list[bool], seam: int) -> None:
    times = [time for time, on in zip(steps(at("14:00:00") + SLOT, LAST), active, strict=False) if on]
    series = [*alert("A", "firing", times, 0)[:1], up()]
    found, _ = read(documents(series))
    spans = [(one.at, two.at) for one, two in itertools.pairwise(found) if one.kind == Kind.ALERT_FIRING]
    assert len(found) == 2 * len(spans)
    assert all(any(begin <= utc(time) < end for begin, end in spans) for time in times)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert read(documents(series, [at("14:00:00") + seam]))[0] == found
