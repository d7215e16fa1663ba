import json
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Kind
from collector.merge import merge
from tests.sources.kubernetes.cluster import Web, at, event, only, read, stamp
from tests.sources.kubernetes.web_incident import LONG_AGO, incident

MESSAGES = ("to {to}", "to {to} from {was}", "from {was} to {to}")


def webs() -> st.SearchStrategy[Web]:
    sizes = st.tuples(st.integers(1, 7), st.integers(0, 7), st.integers(0, 7)).filter(lambda s: s[1] + s[2] > 0)
    return st.builds(
        lambda size, min_ready, ready, message: Web(
            replicas=size[0],
            surge=size[1],
            unavailable=min(size[2], size[0]),
            min_ready=min_ready,
            ready=ready,
            message=message,
        ),
        sizes,
        st.integers(0, 40),
        st.integers(2, 20),
        st.sampled_from(MESSAGES),
    )


def rollback_start(web: Web, old: str) -> str:
    """When the first pods of the rollback were made."""
    return min(stamp(made) for name, made in web.made.items() if name.startswith(old) and made > at(100))


@given(webs())
def test_a_rollout_and_its_rollback_are_one_each(web: Web) -> None:
    old, new = incident(web)
    facts = merge(read(web.cluster())[0])
    starts = [fact.best for fact in facts if fact.kind in (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)]
    first, rollout, rollback = starts
    assert (first.at, first.keys.version, first.keys.replaces) == (LONG_AGO, "1.0.0", "")
    assert (rollout.kind, rollout.at, rollout.keys.replica_set) == (Kind.ROLLOUT_STARTED, at(100), new)
    assert (rollout.keys.version, rollout.keys.replaces, rollout.keys.revision) == ("1.1.0", "1.0.0", "2")
    assert rollout.keys.commit == "110abcdef0"
    assert (rollback.kind, stamp(rollback.at)) == (Kind.ROLLBACK_STARTED, rollback_start(web, old))
    assert (rollback.keys.version, rollback.keys.replaces, rollback.keys.revision) == ("1.0.0", "1.1.0", "3")
    assert {each.subject.service for each in starts} == {"web-frontend"}
    assert {each.subject.workload for each in starts} == {"Deployment/web"}
    assert not [fact for fact in facts if fact.kind == Kind.SCALED]
    completed = [fact.best for fact in facts if fact.kind == Kind.ROLLBACK_COMPLETED]
    assert [stamp(each.at) for each in completed] == [stamp(web.completed)]


@given(webs())
def test_what_is_said_of_pods_is_true_and_complete_where_it_can_be_proven(web: Web) -> None:
    old, new = incident(web)
    events = read(web.cluster())[0]
    assert len({(each.kind, each.native_id) for each in events}) == len(events)
    ready = {each.subject.pod: each for each in only(events, Kind.POD_READY)}
    for name, said in ready.items():
        assert said.earliest <= web.truth[name] <= said.latest, name
        assert said.numbers["of"] == web.replicas or said.at == LONG_AGO
    back = {name for name in web.made if name.startswith(old) and web.made[name] > at(100)}
    assert back <= ready.keys()
    if web.unavailable == 0:
        assert len([name for name in ready if name.startswith(new)]) == web.replicas
    terminated = [fact for fact in merge(events) if fact.kind == Kind.POD_TERMINATED]
    assert len(terminated) == 2 * web.replicas
    assert all(len(fact.events) == 2 for fact in terminated)


@given(webs(), st.integers(0, 4), st.integers(0, 4))
def test_what_is_said_of_pods_is_true_also_if_more_are_wanted_later(web: Web, first: int, second: int) -> None:
    """Then the objects tell another number than was wanted during the rollout."""
    web.running("1.0.0", LONG_AGO)
    old = web.current
    complete = web.roll(web.replica_set("1.1.0", at(100)), at(100))
    web.autoscale(first, complete + timedelta(minutes=2))
    web.adopt(old)
    complete = web.roll(old, complete + timedelta(minutes=10))
    web.autoscale(second, complete + timedelta(minutes=2))
    for lost in (False, True):
        cluster = web.cluster()
        if lost:
            cluster["pods"] = []
        for said in only(read(cluster)[0], Kind.POD_READY):
            assert said.earliest <= web.truth[said.subject.pod] <= said.latest


@given(webs(), st.randoms(use_true_random=False), st.integers(1, 7))
def test_neither_order_nor_pages_matter(web: Web, rng: random.Random, page: int) -> None:
    incident(web)
    cluster = web.cluster()
    expected = read(cluster)
    shuffled = {call: rng.sample(items, len(items)) for call, items in cluster.items()}
    assert read(shuffled, page) == expected


def test_a_counted_event_tells_of_its_first_and_its_last_occurrence() -> None:
    web = Web(message="to {to}")
    _, new = incident(web)
    web.adopt(new)
    again = web.completed + timedelta(minutes=5)
    web.roll(new, again)
    starts = only(read(web.cluster())[0], Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)[-2:]
    assert [(each.kind, each.keys.version, each.keys.revision, each.keys.replaces) for each in starts] == [
        (Kind.ROLLBACK_STARTED, "1.0.0", "3", "1.1.0"),
        # What was rolled back is deployed once more: that brings back nothing that ran well.
        (Kind.ROLLOUT_STARTED, "1.1.0", "4", "1.0.0"),
    ]
    assert starts[1].at == again
    assert starts[1].native_id.endswith("/last")


@given(webs(), st.booleans())
def test_returns_that_the_recorder_wrote_into_one_event_are_found_by_their_pods(web: Web, again: bool) -> None:
    old, new = incident(web)
    starts = [(old, "3", rollback_start(web, old))]
    if again:
        web.adopt(new)
        begin = web.completed + timedelta(minutes=2)
        web.roll(new, begin)
        starts.append((new, "4", stamp(begin)))
    cluster = web.cluster()
    steps = [each for each in cluster["events"] if each["reason"] == "ScalingReplicaSet"]
    hidden = [each for each in steps if each["lastTimestamp"] >= starts[0][2]]
    for each in hidden[:-1]:
        cluster["events"].remove(each)
    hidden[-1]["message"] = "(combined from similar events): " + hidden[-1]["message"]
    found = only(read(cluster)[0], Kind.ROLLBACK_STARTED, Kind.ROLLOUT_STARTED)
    seen = [(each.keys.replica_set, each.keys.revision, stamp(each.at)) for each in found]
    assert [each for each in dict.fromkeys(seen) if each[1] not in ("1", "2")] == starts


def test_as_many_pods_were_wanted_as_the_deployment_had_before_it_was_scaled() -> None:
    web = Web(replicas=8, message="to {to} from {was}")
    old, _ = incident(web)
    web.scale(old, 8, 3, web.completed + timedelta(minutes=20))
    web.replicas = 3
    for each in web.sets.values():
        each["metadata"]["annotations"]["deployment.kubernetes.io/desired-replicas"] = "3"
    done = only(read(web.cluster())[0], Kind.ROLLBACK_COMPLETED)
    assert [each.numbers["replicas"] for each in done] == [8]


@pytest.mark.parametrize("message", MESSAGES)
def test_an_autoscaler_rolls_nothing_out(message: str) -> None:
    web = Web(message=message)
    incident(web)
    web.scale(web.current, 4, 6, at(3000))
    web.scale(web.current, 6, 5, at(3300))
    events = read(web.cluster())[0]
    scaled = only(events, Kind.SCALED)
    assert [(each.at, each.numbers["replicas"]) for each in scaled] == [(at(3000), 6), (at(3300), 5)]
    assert len(only(events, Kind.ROLLBACK_STARTED)) == 1


@pytest.mark.parametrize("message", MESSAGES)
def test_an_autoscaler_of_a_version_that_came_back_long_ago_rolls_nothing_back(message: str) -> None:
    web = Web(message=message)
    web.running("1.0.0", LONG_AGO)
    old = web.current
    web.replica_set("1.1.0", LONG_AGO + timedelta(days=1))
    web.adopt(old)
    web.scale(old, 4, 8, at(60))
    events = read(web.cluster())[0]
    assert not only(events, Kind.ROLLBACK_STARTED)
    assert [each.at for each in only(events, Kind.SCALED)] == [at(60)]


@pytest.mark.parametrize("message", MESSAGES)
def test_the_return_of_the_newest_after_a_rollback_that_nobody_remembers(message: str) -> None:
    web = Web(message=message)
    web.running("1.0.0", LONG_AGO)
    old = web.current
    new = web.replica_set("1.1.0", LONG_AGO + timedelta(days=1))
    web.adopt(old)
    web.adopt(new)
    web.roll(new, at(60))
    starts = only(read(web.cluster())[0], Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)
    last = starts[-1]
    assert (last.kind, last.at, last.keys.revision) == (Kind.ROLLOUT_STARTED, at(60), "4")
    assert (last.keys.version, last.keys.replaces) == ("1.1.0", "1.0.0")


@pytest.mark.parametrize("message", MESSAGES)
def test_scaling_in_the_middle_of_a_rollout_is_no_rollback(message: str) -> None:
    """The controller scales old and new in proportion then."""
    web = Web(replicas=6, message=message)
    web.running("1.0.0", LONG_AGO)
    old = web.current
    web.replica_set("1.0.9", LONG_AGO + timedelta(days=1))
    web.adopt(old)
    new = web.replica_set("1.1.0", at(100))
    web.scale(new, 0, 2, at(100))
    web.scale(old, 6, 5, at(120))
    web.scale(old, 5, 9, at(130))
    web.scale(new, 2, 3, at(130))
    web.scale(old, 9, 0, at(200))
    events = read(web.cluster())[0]
    assert not only(events, Kind.ROLLBACK_STARTED)
    assert [each.keys.version for each in only(events, Kind.ROLLOUT_STARTED) if each.at >= at(0)] == ["1.1.0"] * 2


def test_a_rollback_whose_events_have_expired_is_told_by_its_pods() -> None:
    web = Web()
    old, _ = incident(web)
    start = rollback_start(web, old)
    web.events = [event("Scheduled", "assigned", ("Pod", "other"), at(5000))]
    events, gaps = read(web.cluster())
    rollback = only(events, Kind.ROLLBACK_STARTED)
    assert [(stamp(each.at), each.earliest, each.keys.replaces) for each in rollback] == [(start, at(100), "1.1.0")]
    assert len(only(events, Kind.ROLLBACK_COMPLETED)) == 1
    assert [gap.reason for gap in gaps] == ["Events before 2026-05-04 13:23:20Z have expired"]


def test_a_restart_is_told_from_a_deploy() -> None:
    web = Web()
    web.running("1.0.0", LONG_AGO)
    old = web.current
    web.sets["web-again"] = web.sets.pop(web.replica_set("1.0.1", at(100)))
    again = web.sets["web-again"]
    again["metadata"]["name"] = "web-again"
    again["spec"]["template"] = json.loads(json.dumps(web.sets[old]["spec"]["template"]))
    again["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = (
        "2026-05-04T14:01:39+02:00"
    )
    web.roll("web-again", at(100))
    started = [each for each in only(read(web.cluster())[0], Kind.ROLLOUT_STARTED) if each.at >= at(0)]
    assert {(each.keys.version, each.keys.replaces) for each in started} == {("1.0.0", "1.0.0")}
    assert all(each.summary.startswith("Restart of web 1.0.0") for each in started)


def test_a_stuck_rollout_is_told_by_its_condition() -> None:
    web = Web()
    web.running("1.0.0", LONG_AGO)
    new = web.replica_set("1.1.0", at(100))
    web.scale(new, 0, 2, at(100))
    cluster = web.cluster()
    condition = cluster["deployments"][0]["status"]["conditions"][0]
    condition |= {"status": "False", "reason": "ProgressDeadlineExceeded", "lastTransitionTime": stamp(at(700))}
    events = read(cluster)[0]
    stuck = only(events, Kind.ROLLOUT_STUCK)
    assert [(each.at, each.keys.version) for each in stuck] == [(at(700), "1.1.0")]
    assert not only(events, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_STARTED)


def test_the_last_step_is_known_where_the_recorder_combined_many() -> None:
    """A rollout of many steps: from the tenth on its Events are one, with the message of the last alone."""
    web = Web(replicas=12, surge=1)
    incident(web)
    steps = [told for told in web.events if told["reason"] == "ScalingReplicaSet" and "down" in told["message"]]
    first = [told for told in steps if told["firstTimestamp"] < stamp(web.completed - timedelta(minutes=10))]
    assert len(first) == 12
    last = first[-1]
    together = {**last, "message": f"(combined from similar events): {last['message']}", "count": 4}
    together |= {"firstTimestamp": first[8]["firstTimestamp"], "lastTimestamp": last["lastTimestamp"]}
    web.events = [told for told in web.events if told not in first[8:]] + [together]
    events = read(web.cluster())[0]
    completed = only(events, Kind.ROLLOUT_COMPLETED)
    assert [(each.keys.version, stamp(each.at)) for each in completed] == [("1.1.0", last["lastTimestamp"])]
    (told,) = [each for each in events if "similar ones" in each.summary]
    assert "to 0 from 1" in told.summary or "from 1 to 0" in told.summary
    assert "the last of 4 similar ones" in told.summary


def test_the_last_pod_of_a_rollback_that_the_recorder_combined_is_no_scaling_to_zero() -> None:
    web = Web(replicas=5, message="to {to} from {was}")
    web.running("1.0.0", LONG_AGO)
    old, new = web.current, web.replica_set("1.1.0", at(100))
    web.roll(new, at(100))
    web.adopt(old)
    web.roll(old, at(700))
    steps = [each for each in web.events if each["reason"] == "ScalingReplicaSet"]
    *hidden, last = [each for each in steps if each["firstTimestamp"] >= stamp(at(700))]
    web.events = [each for each in web.events if each not in hidden]
    last |= {"message": f"(combined from similar events): {last['message']}", "count": len(hidden) + 1}
    last["firstTimestamp"] = hidden[0]["firstTimestamp"]
    assert "to 0 from" in last["message"]
    assert not only(read(web.cluster())[0], Kind.SCALED)
    # What is scaled to zero after that has no pods in any ReplicaSet.
    web.scale(old, 5, 0, at(1500))
    web.replicas = 0
    assert [each.numbers["replicas"] for each in only(read(web.cluster())[0], Kind.SCALED)] == [0]


def test_a_step_before_the_completion_is_no_scaling_though_later_steps_are_unknown() -> None:
    """After 25 Events at once the recorder drops those of a Deployment."""
    web = Web(replicas=12, message="to {to} from {was}", surge=1)
    web.running("1.0.0", LONG_AGO)
    new = web.replica_set("1.1.0", at(100))
    web.roll(new, at(100))
    steps = [each for each in web.events if each["reason"] == "ScalingReplicaSet"]
    ups = [each for each in steps if each["message"].startswith("Scaled up")]
    late = ups[len(ups) // 2]
    downs = [each for each in steps if each not in ups]
    # The last removal that is known is long before the last known addition.
    web.events = [each for each in web.events if each not in ups[len(ups) // 2 + 1 :] and each not in downs[2:]]
    assert late in web.events
    assert not only(read(web.cluster())[0], Kind.SCALED)


def test_pods_of_a_large_rollout_whose_removals_the_recorder_dropped_were_not_removed_by_somebody() -> None:
    web = Web(replicas=12)
    incident(web)
    web.events = [told for told in web.events if told["reason"] != "SuccessfulDelete"]
    gone = event("Killing", "Stopping container web", ("Pod", "web-110-zzzzz"), at(1500))
    assert not [gap for gap in read(web.cluster())[1] if "who deleted" in gap.reason]
    web.events.append(gone)
    (gap,) = [gap for gap in read(web.cluster())[1] if "who deleted" in gap.reason]
    assert gap.reason.startswith("who deleted or evicted 1 pod is not known")
    # A node that was cordoned before is drained, by whoever did that.
    gone["source"] = {"component": "kubelet", "host": "n1"}
    web.events.append(
        event("NodeNotSchedulable", "Node n1 status is now: NodeNotSchedulable", ("Node", "n1"), at(1490))
    )
    assert not [gap for gap in read(web.cluster())[1] if "who deleted" in gap.reason]


def test_a_rollout_that_is_under_way_is_not_complete() -> None:
    """Its Deployment still has the condition of the rollout before, of which it is true."""
    web = Web()
    web.running("1.0.0", LONG_AGO)
    web.scale(web.replica_set("1.1.0", at(100)), 0, 2, at(100))
    completed = only(read(web.cluster())[0], Kind.ROLLOUT_COMPLETED)
    assert [(each.at, each.keys.version) for each in completed] == [(web.completed, "1.0.0")]


def test_an_earlier_rollout_is_complete_when_its_last_old_pod_could_go() -> None:
    web = Web(unavailable=0)
    incident(web)
    completed = only(read(web.cluster())[0], Kind.ROLLOUT_COMPLETED)
    # Two pods more than wanted may exist: two batches of two, each ready after 5 s and available 10 s later.
    assert [(each.at, each.keys.version) for each in completed] == [(at(130), "1.1.0")]
    loose = Web(unavailable=1)
    incident(loose)
    assert not only(read(loose.cluster())[0], Kind.ROLLOUT_COMPLETED)


@pytest.mark.parametrize(
    ("share", "surge", "proven"),
    [("25%", "25%", 4), ("24%", "0%", 3), ("10%", "10%", 4), (0, 0, 3), ("50%", 1, 2), ("x", 1, 0), (None, None, 4)],
)
def test_percentages_round_as_kubernetes_rounds_them(share: object, surge: object, proven: int) -> None:
    """Of 4 replicas; a value that nobody understands proves nothing."""
    from sources.cluster.inference.availability import max_unavailable
    from sources.cluster.inventory import Deployment

    deployment = Deployment(("shop", "Deployment/web"), "web", 4, True, surge, share, ())
    expected = {"25%": 3, None: 3}.get(share, proven) if isinstance(share, str | None) else proven
    assert 4 - max_unavailable(deployment, 4) == expected


def test_pods_that_no_event_tells_of_are_not_said_to_be_ready() -> None:
    """Events may be dropped: then the pods that are known may be just those that were not available."""
    web = Web(unavailable=0)
    _, new = incident(web)
    names = sorted(name for name in web.made if name.startswith(new))
    web.events = [e for e in web.events if names[0] not in (e["involvedObject"]["name"], e["message"][13:])]
    told = {each.subject.pod for each in only(read(web.cluster())[0], Kind.POD_READY)}
    assert told & set(names) == set(names[1:]), "four available pods are proven, so each of the three known is"
    fewer = Web(surge=4, unavailable=1)
    _, new = incident(fewer)
    told = {each.subject.pod for each in only(read(fewer.cluster())[0], Kind.POD_READY)}
    assert not [name for name in told if name.startswith(new)], "one of the four may not have been available"


@pytest.mark.parametrize("message", MESSAGES[1:])
def test_a_rollout_of_which_only_steps_up_are_left_is_no_scaling(message: str) -> None:
    """The Event of the first step down may be one of those that the recorder combined."""
    web = Web(replicas=4, message=message)
    web.running("1.0.0", LONG_AGO)
    new = web.replica_set("1.1.0", at(100))
    web.scale(new, 0, 1, at(100))
    web.scale(new, 1, 2, at(100.4))
    assert not only(read(web.cluster())[0], Kind.SCALED)
    web.scale(new, 2, 8, at(900))
    assert [each.numbers["replicas"] for each in only(read(web.cluster())[0], Kind.SCALED)] == [8]
