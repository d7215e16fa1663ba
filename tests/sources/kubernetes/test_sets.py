"""Rollouts of StatefulSets, played by the rules of their controller; `tests/controllers` has the real one."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.merge import merge
from collector.stories.rollouts import rollouts
from tests.examples import examples
from tests.sources.kubernetes.cluster import Json, at, event, meta, only, owned, read, stamp
from tests.sources.kubernetes.database import BORN, READY, database, pod

STARTS = (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)
ENDS = (Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED)


def holds(told: Event, seconds: float) -> bool:
    return told.earliest <= at(seconds) <= told.latest


def test_an_update_and_its_rollback() -> None:
    events = read(database("1.0.0", ("1.1.0", 100), ("1.0.0", 400)))[0]
    starts = only(events, *STARTS)
    assert [(each.kind, each.keys.version, each.keys.replaces, each.keys.revision) for each in starts] == [
        (Kind.ROLLOUT_STARTED, "1.0.0", "", ""),
        (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0", "2"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0", "3"),
    ]
    assert [each.at for each in starts] == [at(BORN), at(100), at(400)]
    assert (starts[2].earliest, starts[2].latest) == (at(100), at(406)), "no later than the first pod that it made"
    assert {each.subject.service for each in starts} == {"database"}
    removed = only(events, Kind.POD_TERMINATED)
    assert [each.keys.version for each in removed] == ["1.0.0"] * 3 + ["1.1.0"] * 3
    ready = only(events, Kind.POD_READY)
    assert [each.at for each in ready] == [at(425), at(450), at(475)]
    assert {each.numbers["of"] for each in ready} == {3}
    (done,) = only(events, *ENDS)
    assert (done.kind, done.at, done.numbers["replicas"]) == (Kind.ROLLBACK_COMPLETED, at(475), 3)


@given(st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=5), st.booleans())
@examples(8)
def test_the_last_rollout_is_told_whatever_was_before(versions: list[str], bumps: bool) -> None:
    course = [version for before, version in zip(["1", *versions], versions, strict=False) if version != before]
    if not course:
        return
    rollouts = [(version, 1000.0 * number) for number, version in enumerate(course)]
    events = read(database("1", *rollouts, bumps=bumps))[0]
    last = only(events, *STARTS)[-1]
    before = ["1", *course][-2]
    assert last.keys.version == course[-1]
    assert (last.kind == Kind.ROLLBACK_STARTED) == (course[-1] in ["1", *course][:-1])
    assert last.keys.replaces == before or not bumps
    assert holds(last, rollouts[-1][1])
    (done,) = only(events, *ENDS)
    assert holds(done, rollouts[-1][1] + 2 * (READY + 5) + 5 + READY)


def test_pods_that_changed_since_are_not_of_the_rollout() -> None:
    cluster = database("1.0.0", ("1.1.0", 100))
    lost, flapped = (one for one in cluster["pods"] if one["metadata"]["name"] in ("db-2", "db-1"))
    flapped, lost = sorted((lost, flapped), key=lambda one: str(one["metadata"]["name"]))
    lost["metadata"]["creationTimestamp"] = stamp(at(1200))
    lost["status"]["conditions"][0]["lastTransitionTime"] = stamp(at(1230))
    flapped["status"]["conditions"][0]["lastTransitionTime"] = stamp(at(900))
    events = read(cluster)[0]
    ready = {each.subject.pod: each for each in only(events, Kind.POD_READY)}
    assert set(ready) == {"db-1", "db-0"}, "db-2 was made again long after"
    assert holds(ready["db-1"], 150), "it was ready before the next was made"
    assert ready["db-1"].latest <= at(156)
    (done,) = only(events, *ENDS)
    assert holds(done, 175)
    assert done.at == at(175)


def test_a_container_that_ends_long_after_the_rollout_completes_no_rollout() -> None:
    cluster = database("1.0.0")
    (first,) = (one for one in cluster["pods"] if one["metadata"]["name"] == "db-0")
    first["status"]["conditions"][0]["lastTransitionTime"] = stamp(at(940))
    run = {"startedAt": stamp(at(BORN + 5)), "finishedAt": stamp(at(900)), "reason": "OOMKilled"}
    first["status"]["containerStatuses"] = [{"name": "db", "restartCount": 1, "lastState": {"terminated": run}}]
    events = read(cluster)[0]
    assert only(events, *ENDS) == []
    assert "db-0" not in {each.subject.pod for each in only(events, Kind.POD_READY)}
    assert [each.at for each in only(events, Kind.POD_RECOVERED)] == [at(940)]


def test_a_first_pod_that_is_made_again_long_after_the_rollout_completes_no_rollout() -> None:
    cluster = database("1.0.0", replicas=1)
    (first,) = cluster["pods"]
    first["metadata"]["creationTimestamp"] = stamp(at(900))
    first["status"]["conditions"][0]["lastTransitionTime"] = stamp(at(920))
    events = read(cluster)[0]
    assert only(events, *ENDS, Kind.POD_READY) == []


def test_a_pod_that_crashes_from_its_start_completes_the_rollout_once_it_is_ready() -> None:
    cluster = database("1.0.0", ("1.1.0", -3000), replicas=1)
    (first,) = cluster["pods"]
    first["status"]["conditions"][0]["lastTransitionTime"] = stamp(at(300))
    run = {"startedAt": stamp(at(250)), "finishedAt": stamp(at(252)), "reason": "Error"}
    first["status"]["containerStatuses"] = [{"name": "db", "restartCount": 11, "lastState": {"terminated": run}}]
    (done,) = only(read(cluster)[0], *ENDS)
    assert done.at == at(300)


def test_a_rollout_that_makes_no_progress_is_stuck_a_crash_after_one_is_not() -> None:
    cluster = database("1.0.0", ("1.1.0", -1200))
    waiting = {"type": "Ready", "status": "False", "lastTransitionTime": stamp(at(-1190))}
    for each in cluster["pods"]:
        if each["metadata"]["name"] == "db-2":
            each["status"]["conditions"] = [waiting]
    cluster["statefulsets"][0]["status"]["readyReplicas"] = 2
    assert only(read(cluster)[0], Kind.ROLLOUT_STUCK, *ENDS) == []
    cluster["pods"] = [each for each in cluster["pods"] if each["metadata"]["name"] == "db-2"]
    cluster["statefulsets"][0]["status"] |= {"updatedReplicas": 1, "currentRevision": "db-100"}
    (stuck,) = only(read(cluster)[0], Kind.ROLLOUT_STUCK, *ENDS)
    assert (stuck.kind, stuck.latest) == (Kind.ROLLOUT_STUCK, at(-1200 + 5 + 1 + 600))
    assert stuck.latest - stuck.earliest == timedelta(seconds=1)
    assert stuck.keys.version == "1.1.0"


@given(st.floats(100, 101), st.floats(0.3, 0.8), st.floats(0.1, 0.3), st.floats(0.1, 1.2), st.booleans())
@examples(13)
def test_rollouts_that_follow_at_once_keep_their_pods_apart(
    start: float, ready: float, go: float, pause: float, bumps: bool
) -> None:
    """Stamps are whole seconds, in one of which an update may end and its rollback begin."""
    back = start + 3 * (ready + go) + pause
    events = read(database("1.0.0", ("1.1.0", start), ("1.0.0", back), bumps=bumps, ready=ready, go=go))[0]
    _, update, rollback = rollouts(merge(events))
    for rollout, version in ((update, "1.0.0"), (rollback, "1.1.0")):
        assert {fact.best.keys.version for fact in rollout.terminated} == {version}
        assert sorted(fact.best.subject.pod for fact in rollout.terminated) == ["db-0", "db-1", "db-2"]


def unfinished(strategy: Json, moved: int) -> dict[str, list[Json]]:
    """A rollout that began 1200 s ago, of which so many of three pods, from the highest number down, are replaced."""
    cluster = database("1.0.0", ("1.1.0", -1200))
    own = cluster["statefulsets"][0]
    own["spec"]["updateStrategy"] = strategy
    own["status"] |= {"updatedReplicas": moved, "currentRevision": "db-100"}
    cluster["events"] = [each for each in cluster["events"] if int(each["message"].split("-")[1][0]) >= 3 - moved]
    cluster["pods"] = [
        each
        if int(each["metadata"]["name"][-1]) >= 3 - moved
        else pod(int(each["metadata"]["name"][-1]), "db-100", BORN)
        for each in cluster["pods"]
    ]
    return cluster


def test_a_partition_and_on_delete_hold_a_rollout_up_and_it_is_not_stuck() -> None:
    partition: Json = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    for strategy, moved, since, why in (
        (partition, 1, -1200 + 5 + READY, "partition=2"),
        ({"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}, 0, -1200, "partition=3"),
        ({"type": "OnDelete"}, 0, -1200, "OnDelete"),
        ({"type": "OnDelete"}, 1, -1200, "OnDelete"),
    ):
        events = read(unfinished(strategy, moved))[0]
        (paused,) = only(events, Kind.ROLLOUT_PAUSED)
        assert (paused.description, paused.keys.version) == (why, "1.1.0")
        assert holds(paused, since)
        assert not only(events, Kind.ROLLOUT_STUCK, *ENDS)
        (own,) = (each for each in rollouts(merge(events)) if each.keys.version == "1.1.0")
        assert [fact.kind for fact in own.holds] == [Kind.ROLLOUT_PAUSED]


def test_a_pod_above_the_partition_that_does_not_become_ready_is_stuck() -> None:
    cluster = unfinished({"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}, 1)
    events = read(cluster)[0]
    assert [each.at for each in only(events, Kind.ROLLOUT_STUCK)] == [at(-1200 + 5 + READY + 600)]
    assert not only(events, Kind.ROLLOUT_PAUSED)


def test_pods_that_are_made_together_prove_nothing_of_each_other() -> None:
    cluster = database("1.0.0", ("1.1.0", 100))
    for each in cluster["pods"]:
        each["metadata"]["creationTimestamp"] = stamp(at(105))
        late = 600 if each["metadata"]["name"] == "db-2" else 130
        each["status"]["conditions"][0]["lastTransitionTime"] = stamp(at(late))
    ready = {each.subject.pod: each for each in only(read(cluster)[0], Kind.POD_READY)}
    assert holds(ready["db-2"], 600)


SOON = st.sampled_from([-9000.0, 99, 100, 101, 130, 199, 200, 201, 205, 230, 900, 1500])
PODS = st.lists(
    st.tuples(
        st.sampled_from(["db-120", "db-120", "db-120", "db-110", ""]),
        SOON,
        st.sampled_from([READY, -60.0, 0.0, 700.0]),
        st.sampled_from(["True", "True", "True", "False"]),
    ),
    min_size=1,
    max_size=4,
)


@given(PODS, st.lists(st.tuples(st.integers(0, 3), SOON, st.booleans()), max_size=6), st.booleans(), st.booleans())
@examples(50)
def test_whatever_the_objects_hold_every_event_has_an_honest_interval(
    pods: list[tuple[str, float, float, str]], stops: list[tuple[int, float, bool]], finished: bool, held: bool
) -> None:
    """Stamps out of order, revisions that nobody lists, names that come back: no object ends the source."""
    cluster = database("1.0.0", ("1.1.0", 100), ("1.2.0", 200))
    cluster["pods"], cluster["events"] = [], []
    for ordinal, (name, made, after, status) in enumerate(pods):
        one = pod(ordinal, name, made, after)
        one["status"]["conditions"][0]["status"] = status
        cluster["pods"].append(one)
    own = cluster["statefulsets"][0]
    own["spec"] |= {"replicas": len(pods), "updateStrategy": {"rollingUpdate": {"partition": 1 if held else 0}}}
    own["status"] |= {"readyReplicas": len(pods), "currentRevision": "db-120" if finished else "db-110"}
    for ordinal, when, by_controller in stops:
        said = f"delete Pod db-{ordinal} in StatefulSet db successful"
        stop = event("SuccessfulDelete", said, ("StatefulSet", "db"), at(when))
        kubelet = event("Killing", "Stopping container db", ("Pod", f"db-{ordinal}"), at(when))
        cluster["events"].append(stop if by_controller else kubelet)
    events, gaps = read(cluster)
    assert len(only(events, *STARTS)) == 3
    assert not [gap for gap in gaps if "could not be read" in gap.reason]


def test_a_pod_made_again_before_the_last_one_is_ready_leaves_the_end_where_the_last_one_is() -> None:
    cluster = database("1.0.0", ("1.1.0", 100))
    times = {"db-2": (105.0, 20.0), "db-1": (300.0, 20.0), "db-0": (155.0, 745.0)}
    cluster["pods"] = [pod(int(name[-1]), "db-110", *when) for name, when in times.items()]
    (done,) = only(read(cluster)[0], *ENDS)
    assert holds(done, 900)


def test_a_daemon_set_whose_pods_people_delete_is_held_and_not_stuck() -> None:
    cluster = database("1.0.0", ("1.1.0", -1200), replicas=2)
    status = {"desiredNumberScheduled": 2, "updatedNumberScheduled": 0, "numberReady": 2}
    about = meta("DaemonSet", "db", at(BORN))
    for each in (*cluster["controllerrevisions"], *cluster["pods"]):
        each["metadata"]["ownerReferences"] = owned("DaemonSet", "db")
    for each in cluster["pods"]:
        each["metadata"]["labels"]["controller-revision-hash"] = "100"
    cluster["daemonsets"] = [{"metadata": about, "spec": {"updateStrategy": {"type": "OnDelete"}}, "status": status}]
    cluster["statefulsets"], cluster["events"] = [], []
    events = read(cluster)[0]
    (paused,) = only(events, Kind.ROLLOUT_PAUSED)
    assert (paused.description, paused.at) == ("OnDelete", at(-1200))
    assert paused.summary == "Rollout of db 1.1.0, replacing 1.0.0 paused"
    assert not only(events, Kind.ROLLOUT_STUCK, *ENDS)
