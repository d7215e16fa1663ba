"""StatefulSets and DaemonSets, played by the rules of their controllers, as their samples tell of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.event import Event, Kind
from collector.merge import merge
from collector.source import Deadline, Document
from collector.stories.rollouts import Rollout, rollouts
from collector.window import Window
from tests.collector.build import WINDOW
from tests.examples import examples
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.kube_state_metrics.answers import ksm, read
from tests.sources.kube_state_metrics.played import GONE, READY, Played, play, revision, series
from tests.sources.kubernetes import cluster
from tests.sources.kubernetes.database import database
from tests.sources.prometheus.samples import LAST, at, openmetrics

STARTS = (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)
ENDS = (Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED)
EXACT = timedelta(seconds=16)
SETS = ("StatefulSet", "DaemonSet")
UPDATE, BACK = ("1.1.0", at("14:02:00")), ("1.0.0", at("14:15:00"))


def told(kind: str, *rolled: tuple[str, float], **more: object) -> list[Event]:
    pods = play("1.0.0", *rolled, kind=kind)
    return read(series(pods, "1.0.0", *rolled, kind=kind, **more))[0]  # type: ignore[arg-type]


def holds(event: Event, seconds: float, slack: float = 1) -> bool:
    return event.earliest.timestamp() - slack <= seconds <= event.latest.timestamp() + slack


def found(events: list[Event]) -> list[Rollout]:
    return rollouts(merge(events))


@pytest.mark.parametrize(("kind", "hashed"), [("StatefulSet", False), ("DaemonSet", False), ("DaemonSet", True)])
def test_an_update_and_its_rollback(kind: str, hashed: bool) -> None:
    events = told(kind, UPDATE, BACK, hashed=hashed)
    update, back = found(events)
    name = "db" if kind == "StatefulSet" else "agent"
    assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in (update, back)] == [
        (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0"),
    ]
    named = hashed or kind == "StatefulSet"
    for each, (version, start) in zip((update, back), (UPDATE, BACK), strict=True):
        begun, done = each.started.best, each.completed
        assert (begun.subject.workload, begun.subject.service) == (f"{kind}/{name}", "database")
        assert {one.service for one in (each.started, *each.ready, *each.terminated)} == {"database"}
        assert holds(begun, start)
        assert begun.latest - begun.earliest <= EXACT
        thing = f"ControllerRevision/{revision(kind, version)}" if named else f"{kind}/{name}"
        assert begun.merge_key == f"prod/shop/{thing}/started"
        assert begun.keys.replica_set == (revision(kind, version) if named else "")
        assert len(each.ready) == len(each.terminated) == each.replicas == 3
        assert done
        assert holds(done.best, start + 3 * (GONE + READY) + 0.3)
        assert done.best.merge_key == f"prod/shop/{thing}/completed"
    assert {fact.best.keys.version for fact in update.terminated} == {"1.0.0"}
    assert {fact.best.keys.version for fact in back.terminated} == {"1.1.0"}
    assert [event.summary for event in events if event.kind in STARTS + ENDS] == [
        f"Rollout of {name} 1.1.0, replacing 1.0.0 started",
        f"Rollout of {name} 1.1.0, replacing 1.0.0 completed",
        f"Rollback of {name} to 1.0.0, replacing 1.1.0 started",
        f"Rollback of {name} to 1.0.0, replacing 1.1.0 completed",
    ]


@pytest.mark.parametrize(
    ("into", "generation"), [(0.1, True), (0.1, False), (0.9, True), (0.9, False), (2.0, False), (14.8, True)]
)
def test_a_status_that_is_written_after_the_first_removal_hides_no_pod(into: float, generation: bool) -> None:
    """As the controller does: it removes a pod, and then writes which revision it wants."""
    scraped = at("14:02:05")
    start = scraped - into
    pods = play("1.0.0", ("1.1.0", start))
    events = read(series(pods, "1.0.0", ("1.1.0", start), lag=into + 1.2, generation=generation))[0]
    (update,) = found(events)
    assert len(update.terminated) == len(update.ready) == 3
    assert holds(update.started.best, start)
    assert update.started.best.latest - update.started.best.earliest <= (EXACT if generation else 2 * EXACT)
    assert update.completed


@pytest.mark.parametrize("kind", SETS)
def test_two_instances_and_renamed_labels_tell_the_same(kind: str) -> None:
    once, other = (
        series(play("1.0.0", UPDATE, BACK, kind=kind), "1.0.0", UPDATE, BACK, kind=kind, phase=phase)
        for phase in (5.0, 11.3)
    )
    ours = {"namespace": "monitoring", "pod": "ksm-0", "container": "ksm"}
    renamed = [
        replace(one, labels={f"exported_{k}" if k in ours else k: v for k, v in one.labels.items()} | ours)
        for one in [*once, *(replace(one, labels={**one.labels, "instance": "b:8080"}) for one in other)]
    ]

    def gist(events: list[Event]) -> list[tuple[Kind, str, str, str]]:
        kinds = (*STARTS, *ENDS, Kind.POD_READY, Kind.POD_TERMINATED)
        told_ = [each for each in events if each.kind in kinds]
        return sorted((each.kind, each.merge_key, each.keys.version, each.keys.replaces) for each in told_)

    assert gist(read(renamed)[0]) == gist(read(once)[0])


@examples(5)
@given(
    kind=st.sampled_from(SETS),
    hashed=st.booleans(),
    phase=st.floats(0.1, 14.9),
    versions=st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=4),
    gaps=st.lists(st.floats(120, 400), min_size=4, max_size=4),
)
def test_every_rollout_is_told_at_its_time_and_no_other(
    kind: str, hashed: bool, phase: float, versions: list[str], gaps: list[float]
) -> None:
    course = [version for before, version in zip(["1.0.0", *versions], versions, strict=False) if version != before]
    rolled = [(version, at("13:40:00") + sum(gaps[: number + 1])) for number, version in enumerate(course)]
    events = told(kind, *rolled, hashed=hashed, phase=phase)
    starts, ends = ([each for each in events if each.kind in kinds] for kinds in (STARTS, ENDS))
    assert [each.keys.version for each in starts] == [each.keys.version for each in ends] == course
    for number, (start, end, (version, true)) in enumerate(zip(starts, ends, rolled, strict=True)):
        back = version in course[:number] and version in ["1.0.0", *course][:number]
        assert (start.kind == Kind.ROLLBACK_STARTED) == (end.kind == Kind.ROLLBACK_COMPLETED) == back
        assert holds(start, true)
        assert holds(end, true + 3 * (GONE + READY) + 0.3)
        assert start.latest - start.earliest <= EXACT
        assert end.latest - end.earliest <= EXACT
    assert [len(each.ready) for each in found(events)] == [3] * len(course)
    assert not [each for each in events if each.kind in (Kind.ROLLOUT_STUCK, Kind.POD_UNREADY, Kind.POD_RECOVERED)]


def test_what_is_no_rollout() -> None:
    """A DaemonSet's annotations change its generation, a new node the pods wanted; a StatefulSet is scaled."""
    every = series(play("1", kind="DaemonSet"), "1", kind="DaemonSet")
    scale = {"kube_daemonset_metadata_generation": 2, "kube_daemonset_status_observed_generation": 2}
    scale |= {"kube_statefulset_replicas": 5}
    every += series(play("1"), "1")
    changed = [
        replace(one, samples=[(t, float(scale[one.name])) if t > at("14:05:00") else (t, v) for t, v in one.samples])
        if one.name in scale
        else replace(one, samples=[(t, v + 1 if t > at("14:10:00") else v) for t, v in one.samples])
        if one.name == "kube_daemonset_status_desired_number_scheduled"
        else one
        for one in every
    ]
    events, _ = read(changed)
    assert [(each.kind, each.merge_key, dict(each.numbers)) for each in events] == [
        (Kind.SCALED, "prod/shop/StatefulSet/db/scaled to 5", {"replicas": 5, "was": 3})
    ]


def test_a_rollout_without_progress_is_stuck_one_that_waits_for_people_is_not() -> None:
    start = at("14:02:00")
    pods = play("1", ("2", start))
    waits = [pod for pod in pods if pod.version == "1" or pod.name == "db-2"]
    kept = [replace(pod, asked=LAST + 1000) if pod.name != "db-2" else pod for pod in waits if pod.version == "1"]
    new = next(pod for pod in waits if pod.version == "2")
    ends = {"kube_statefulset_status_current_revision"}

    def played(pods: list[Played], ready: bool) -> list[Event]:
        every = series(pods, "1", ("2", start))
        changed = []
        for one in every:
            samples = one.samples
            if one.labels.get("uid") == new.uid and "ready" in one.name and not ready:
                samples = [(t, 0.0) for t, _ in samples] if one.name == "kube_pod_status_ready" else []
            if one.name == "kube_statefulset_status_replicas_ready" and not ready:
                samples = [(t, v - (t >= new.made + READY)) for t, v in samples]
            if one.name in ends:
                samples = [(t, 1.0) for t, _ in every[0].samples[:0]] or [s for s in samples if s[0] < start]
            changed.append(replace(one, samples=samples))
        return read([one for one in changed if one.samples])[0]

    events = played([*kept, new], ready=False)
    (stuck,) = [each for each in events if each.kind in (*ENDS, Kind.ROLLOUT_STUCK)]
    assert stuck.kind == Kind.ROLLOUT_STUCK
    assert stuck.merge_key == "prod/shop/ControllerRevision/db-2/makes no progress"
    assert holds(stuck, new.made + 600)
    events = played([*kept, new], ready=True)
    assert [each.kind for each in events if each.kind in (*STARTS, *ENDS, Kind.ROLLOUT_STUCK)] == [Kind.ROLLOUT_STARTED]


@pytest.mark.parametrize("uids", [True, False])
def test_with_the_live_api_each_is_one_fact(uids: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "NOON", datetime(2026, 4, 1, 14, 0, tzinfo=UTC))
    noon, rolled = at("14:00:00"), (("1.1.0", 100.0), ("1.0.0", 700.0))
    listed = database("1.0.0", *rolled)
    live = cluster.read(listed, window=Window(WINDOW.start, WINDOW.end))[0]
    late = [(version, noon + since) for version, since in rolled]
    every = series(play("1.0.0", *late), "1.0.0", *late)
    if not uids:
        every = [replace(one, labels={k: v for k, v in one.labels.items() if k != "uid"}) for one in every]
    ours = read(every)[0]
    both = [each for each in found([*live, *ours]) if each.started.best.at >= WINDOW.start]
    alone = [each for each in found(live) if each.started.best.at >= WINDOW.start]
    assert [each.started.kind for each in both] == [each.started.kind for each in alone]
    for each in both:
        assert {event.source for event in each.started.events} == {"k8s", "ksm"}
        assert {event.source for fact in each.terminated for event in fact.events} == {"k8s", "ksm"}
        assert len(each.ready) == len(each.terminated) == 3
        assert each.completed
    assert {event.source for event in both[-1].completed.events} == {"k8s", "ksm"}  # type: ignore[union-attr]
    assert {one.best.keys.replica_set for each in both for one in (each.started, *each.ready)} == {"db-100", "db-110"}


def test_a_daemonset_whose_revision_only_the_live_api_names_is_one_fact() -> None:
    events = told("DaemonSet", UPDATE, BACK)
    starts = [each for each in events if each.kind in STARTS]
    named = [
        replace(
            each,
            source="k8s",
            merge_key=f"prod/shop/ControllerRevision/agent-{number}/started",
            keys=replace(each.keys, replica_set=f"agent-{number}", version=""),
            kind=Kind.ROLLBACK_STARTED,
        )
        for number, each in enumerate(starts)
    ]
    facts = [fact for fact in merge([*events, *named]) if fact.kind in STARTS]
    assert [(fact.kind, fact.best.keys.replica_set, fact.best.keys.version) for fact in facts] == [
        (Kind.ROLLBACK_STARTED, "agent-0", "1.1.0"),
        (Kind.ROLLBACK_STARTED, "agent-1", "1.0.0"),
    ]
    assert len([fact for fact in merge(events) if fact.kind in STARTS]) == 2


def test_out_of_a_real_prometheus(tmp_path: Path) -> None:
    require("prometheus", "promtool")
    every = [
        one for kind in SETS for one in series(play("1.0.0", UPDATE, BACK, kind=kind), "1.0.0", UPDATE, BACK, kind=kind)
    ]
    with prometheus(tmp_path, openmetrics(every)) as url:
        documents = list(ksm(url).fetch(WINDOW, Deadline(60)))
    assert all(isinstance(each, Document) for each in documents)
    events = [each for each in ksm().read(documents, WINDOW) if isinstance(each, Event)]  # type: ignore[arg-type]
    assert [(each.started.best.subject.workload, each.started.kind, len(each.ready)) for each in found(events)] == [
        (workload, kind, 3) for kind in STARTS for workload in ("DaemonSet/agent", "StatefulSet/db")
    ]
    assert [each.completed is not None for each in found(events)] == [True] * 4


def test_an_api_server_that_counts_no_available_pods_of_stateful_sets_does_not_hide_the_end() -> None:
    """Before Kubernetes 1.22 it always says 0."""
    ours = series(play("1.0.0", UPDATE), "1.0.0", UPDATE)
    ready = next(one for one in ours if one.name == "kube_statefulset_status_replicas_ready")
    none = replace(ready, name="kube_statefulset_status_replicas_available", samples=[(t, 0) for t, _ in ready.samples])
    assert [event.kind for event in read([*ours, none])[0] if event.kind in ENDS] == [Kind.ROLLOUT_COMPLETED]
