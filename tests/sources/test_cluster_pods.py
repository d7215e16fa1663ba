"""The rule for what became of a pod, whichever source filled its history."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind, Subject
from sources.cluster.pod_history import BackOff, Death, Evidence, Observation, PodInstance, Readiness
from sources.cluster.pods import pod_events
from sources.fact import Moment

T = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SUBJECT = Subject(cluster="c", namespace="shop", workload="Deployment/cart", service="cart", pod="cart-1")


def at(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def moment(seconds: float) -> Moment:
    return Moment(at(seconds), at(seconds + 1))


def death(seconds: float, code: int = 1, reason: str = "Error", name: str = "cart", count: int = 1) -> Death:
    return Death(name, moment(seconds), Evidence(f"{name}/{seconds}"), code, reason, count=count)


def loops(pod: PodInstance) -> list[Event]:
    return [each for each in pod_events(pod, "s") if each.kind == Kind.POD_CRASH_LOOP]


@given(
    gaps=st.lists(st.integers(1, 3600), max_size=12),
    codes=st.sampled_from([0, 1, 137]),
)
def test_ends_that_follow_each_other_soon_are_a_loop_from_the_first_to_the_last(gaps: list[int], codes: int) -> None:
    times = [0]
    for gap in gaps:
        times.append(times[-1] + gap)
    series: list[list[int]] = [[]]
    for time in times:
        if series[-1] and time - series[-1][-1] > 901:
            series.append([])
        series[-1].append(time)
    pod = PodInstance(SUBJECT, "u", deaths=[death(time, codes) for time in reversed(times)])
    found = sorted((each.at, each.latest, each.numbers["count"]) for each in loops(pod))
    assert found == [(at(one[0]), at(one[-1] + 1), len(one)) for one in series if len(one) >= 3]


@given(stop=st.integers(0, 2000), times=st.lists(st.integers(0, 2000), max_size=6, unique=True))
def test_nothing_crashes_or_loses_its_readiness_after_it_was_to_stop(stop: int, times: list[int]) -> None:
    pod = PodInstance(SUBJECT, "u", was_ready=True, deaths=[death(time) for time in times])
    pod.readiness = [Readiness(moment(time), Evidence(f"r/{time}")) for time in sorted(times)]
    pod.stop_requested = Observation(moment(stop), Evidence("stop"))
    late = [each for each in pod_events(pod, "s") if each.latest > at(stop) and each.kind != Kind.POD_TERMINATED]
    assert [each for each in late if each.kind in (Kind.POD_CRASHED, Kind.POD_UNREADY)] == []
    ended = [each for each in pod_events(pod, "s") if each.kind == Kind.POD_CRASHED]
    assert len(ended) == sum(time + 1 <= stop for time in times)


def test_two_containers_that_each_ended_twice_are_no_loop_of_four() -> None:
    pod = PodInstance(SUBJECT, "u", deaths=[death(10), death(20), death(12, name="proxy"), death(22, name="proxy")])
    assert loops(pod) == []


def test_a_loop_without_any_known_end_begins_after_the_start_and_before_the_first_back_off() -> None:
    waits = BackOff(Moment(at(70), at(900)), Evidence("e"))
    for started, earliest in ((0.0, 0.0), (-90_000.0, -530.0)):
        (loop,) = loops(PodInstance(SUBJECT, "u", started=moment(started), back_offs=[waits]))
        assert (loop.earliest, loop.at, loop.latest) == (at(earliest), at(70), at(900))


def test_two_bouts_of_a_loop_hours_apart_are_two() -> None:
    bouts = [BackOff(Moment(at(begin), at(begin + 300)), Evidence(f"e{begin}")) for begin in (100, 20_000)]
    assert [each.at for each in loops(PodInstance(SUBJECT, "u", back_offs=bouts))] == [at(100), at(20_000)]


@pytest.mark.parametrize("reason", ["OOMKilled", "Error"])
def test_what_was_killed_for_lack_of_memory_was_so_also_while_it_was_to_stop(reason: str) -> None:
    pod = PodInstance(
        SUBJECT, "u", deaths=[death(20, 137, reason)], stop_requested=Observation(moment(10), Evidence("x"))
    )
    kinds = {each.kind for each in pod_events(pod, "s")} - {Kind.POD_TERMINATED}
    assert kinds == ({Kind.POD_OOM_KILLED} if reason == "OOMKilled" else set())


def test_the_end_that_is_reported_again_before_the_next_start_is_one_and_was_not_the_last() -> None:
    pod = PodInstance(SUBJECT, "u", completed=True)
    for final in (True, False):
        pod.add_death(Death("cart", moment(5), Evidence("e"), 1, "Error", final=final))
    pod.add_death(Death("cart", moment(50), Evidence("f"), 143, "Error", final=True))
    assert [(each.kind, each.at) for each in pod_events(pod, "s")] == [(Kind.POD_CRASHED, at(5))]
